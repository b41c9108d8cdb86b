/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugin.json: what a plugin says about itself that needs no code (schemas/plugin.schema.json).
 * Front ends draw a step's page from it; nothing here is executed.
 *
 * Read strictly: an unknown key, a wrong type, a name out of form or a pattern that does not
 * compile is DS_ERROR_INVALID, and the message names the file and the path in it
 * ("plugin.json: /fields/2/pattern: …"). Conditions ("required", "when") are JsonLogic trees kept
 * as they are; whoever holds the facts evaluates them (plugin/form.h). */
#pragma once

#include <json-glib/json-glib.h>

#include "model/view.h"
#include "plugin/doorstep-plugin.h"

G_BEGIN_DECLS

/* A text in both languages, never NULL inside. */
typedef struct {
  char *zh;
  char *en;
} DsText;

/* The person's language as the process has it now: "zh" or "en". Static. */
const char *ds_text_language(void);

/* The one for the person's language: zh when the message locale is Chinese, else en; "" for a
 * text that is absent. Static until @text goes. */
const char *ds_text_pick(const DsText *text);

typedef enum {
  DS_FIELD_TEXT = 1,
  DS_FIELD_DATE,    /* 2026-09-01 */
  DS_FIELD_NUMBER,  /* 公民身份号码: 18 characters */
  DS_FIELD_BOOL,    /* true, false */
  DS_FIELD_CHOICE,  /* one of the options' values */
  DS_FIELD_PHONE,   /* digits, +, - and spaces; at least 5 digits */
  DS_FIELD_INTEGER, /* decimal, may begin with - */
  DS_FIELD_MONEY,   /* fen, decimal; shown and asked for in yuan */
  DS_FIELD_TIME,    /* RFC 3339: 2026-09-01T08:30:00+08:00 */
} DsFieldType;

/* "text", "date" … static; parse gives 0 for anything else. */
const char *ds_field_type_word(DsFieldType type);
DsFieldType ds_field_type_parse(const char *word);

/* One answer to choose, or one kind of a slot. */
typedef struct {
  char *value;
  DsText title;
} DsOption;

typedef struct {
  char *name; /* "applicant.name" */
  DsFieldType type;
  DsText title;
  DsText help;
  GRegex *pattern;      /* anchored at both ends; NULL: any */
  char *pattern_text;   /* as written, for messages */
  guint max_length;     /* characters; 0: no limit of its own */
  GPtrArray *options;   /* of DsOption, for CHOICE; never NULL */
  JsonNode *required;   /* JsonLogic; NULL: not required */
  JsonNode *when;       /* JsonLogic; NULL: always asked */
  gboolean by_citizen;  /* "filled_by": "citizen" */
  gboolean sensitive;   /* never shown in lists and logs */
  gboolean is_unsigned; /* the officer's own word: no part of what a person signs */
} DsField;

typedef struct {
  DsSlot slot;
  DsText title;
  DsText help;
  GPtrArray *kinds;    /* of DsOption; empty: kind is "" */
  guint min;           /* at least so many when required; default 1 */
  guint max;           /* never more than so many of these kinds; default 1 */
  JsonNode *required;  /* JsonLogic; NULL: not required */
  JsonNode *when;      /* JsonLogic; NULL: always offered */
  GStrv media_types;   /* by content; empty: any */
  char *notice_before; /* a step that must be done before the first capture; NULL: none */
  GStrv covers;        /* for signatures: what the signer sees, "fields" and words of slots; empty:
                          the signature is bound to nothing */
} DsSlotNeed;

typedef enum {
  DS_ABOUT_CASE = 0, /* drawn from the view of a case */
  DS_ABOUT_TRIP = 1, /* drawn from the view of a trip */
} DsAbout;

/* What an output draws. */
typedef struct {
  char *id; /* "capture-receipt" */
  DsText title;
  DsAbout about;
} DsDocument;

typedef struct {
  char *id; /* = the folder's name */
  DsPluginKind kind;
  DsText title;
  DsText description;
  char *module;         /* file in the same folder; NULL for a step without code */
  GPtrArray *fields;    /* of DsField */
  GPtrArray *slots;     /* of DsSlotNeed */
  GStrv devices;        /* "camera", "fingerprint-reader", … what it needs to be of use */
  GPtrArray *documents; /* of DsDocument: what an output draws */
  GStrv requirements;   /* "R096" … */
} DsPluginInfo;

/* Reads @path, at most 1 MiB. (transfer full) */
DsPluginInfo *ds_plugin_info_load(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same from memory; @name stands for the file in messages. (transfer full) */
DsPluginInfo *ds_plugin_info_parse(const char *json, gssize size, const char *name,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ds_plugin_info_free(DsPluginInfo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsPluginInfo, ds_plugin_info_free)

/* NULL when the plugin has no such field. (transfer none) */
const DsField *ds_plugin_info_field(const DsPluginInfo *self, const char *name);

/* "case", "trip"; static. */
const char *ds_about_word(DsAbout about);

/* "step", "source", "inspector", "output"; static. Parse gives 0 for anything else. */
const char *ds_plugin_kind_word(DsPluginKind kind);
DsPluginKind ds_plugin_kind_parse(const char *word);

/* What a plugin's id looks like: kind-subject, [a-z0-9-], at most 64 bytes. */
gboolean ds_plugin_id_is_valid(const char *id);

G_END_DECLS
