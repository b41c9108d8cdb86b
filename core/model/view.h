/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A case as rules, steps and outputs see it: values, never the vault. Part of the plugin
 * interface. Whoever builds a view fills it; from then on it is read only.
 *
 * fields  what was entered, by dotted name ("applicant.name"). Values are UTF-8 text in one form:
 *         dates "2026-09-01", booleans "true" / "false", integers in decimal, choices their value.
 * facts   what is known without being entered: "case.local-number", "case.day", derived values.
 * parts   the evidence, by id; bytes are attached only for outputs and inspectors. */
#pragma once

#include <glib.h>

#include "model/finding.h"

G_BEGIN_DECLS

/* The closed list of slots a part can fill. */
typedef enum {
  DS_SLOT_PHOTO = 1,
  DS_SLOT_JOINT_PHOTO = 2,
  DS_SLOT_FINGERPRINT = 3,
  DS_SLOT_SIGNATURE = 4,
  DS_SLOT_DOCUMENT = 5,
  DS_SLOT_CONFIRMATION = 6, /* read and confirm: the text that was shown */
} DsSlot;

/* "photo", "joint-photo", "fingerprint", "signature", "document", "confirmation"; static.
 * Parse gives 0 for anything else. */
const char *ds_slot_word(DsSlot slot);
DsSlot ds_slot_parse(const char *word);

typedef struct {
  char *id; /* unique in the case: "photo-1" */
  DsSlot slot;
  char *kind;             /* within the slot: a document kind ("household-register"), a finger
                             position ("11"), a signer ("guardian"), or "" */
  char *media_type;       /* by content, never by name: "image/jpeg" */
  guint64 size;           /* plaintext bytes */
  char *sha256;           /* of the plaintext, hex */
  GHashTable *attributes; /* text → text: "captured-at", "device", "algorithm", "pages",
                             measures as "measure.width" … */
} DsPart;

DsPart *ds_part_new(const char *id, DsSlot slot, const char *kind, const char *media_type,
                    guint64 size, const char *sha256);
DsPart *ds_part_copy(const DsPart *self);
void ds_part_free(DsPart *self);
/* NULL when absent. */
const char *ds_part_attribute(const DsPart *self, const char *name);
void ds_part_set_attribute(DsPart *self, const char *name, const char *value);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsPart, ds_part_free)

typedef struct _DsView DsView;

DsView *ds_view_new(void);
DsView *ds_view_ref(DsView *self);
void ds_view_unref(DsView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsView, ds_view_unref)

/* NULL when absent; an empty value counts as absent. */
const char *ds_view_field(const DsView *self, const char *name);
const char *ds_view_fact(const DsView *self, const char *name);
/* TRUE only for "true". */
gboolean ds_view_field_is_true(const DsView *self, const char *name);
/* FALSE when absent or no date. */
gboolean ds_view_field_date(const DsView *self, const char *name, GDate *day);
gboolean ds_view_fact_date(const DsView *self, const char *name, GDate *day);
/* Names in sorted order. (transfer container) */
GPtrArray *ds_view_field_names(const DsView *self);
GPtrArray *ds_view_fact_names(const DsView *self);

guint ds_view_part_count(const DsView *self);
const DsPart *ds_view_part(const DsView *self, guint index);
/* How many parts fill @slot; with @kind only those of that kind. */
guint ds_view_count_parts(const DsView *self, DsSlot slot, const char *kind);
/* The last (newest) part of @slot, of @kind if not NULL; NULL when none. */
const DsPart *ds_view_find_part(const DsView *self, DsSlot slot, const char *kind);
/* Attached bytes of a part, or NULL. (transfer none) */
GBytes *ds_view_part_bytes(const DsView *self, const char *part_id);
/* Findings attached for outputs that list them; never NULL. (transfer none) */
DsFindings *ds_view_findings(const DsView *self);

/* For builders. NULL or "" removes. */
void ds_view_set_field(DsView *self, const char *name, const char *value);
void ds_view_set_fact(DsView *self, const char *name, const char *value);
void ds_view_add_part(DsView *self, DsPart *part); /* takes it */
void ds_view_attach_bytes(DsView *self, const char *part_id, GBytes *bytes);

/* To and from the helper process. Floating. From: an error for a variant of another type. */
#define DS_PART_VARIANT "(sussta{ss}s)"
GVariant *ds_part_to_variant(const DsPart *self);
DsPart *ds_part_from_variant(GVariant *variant, GError **error);
#define DS_VIEW_VARIANT "(a{ss}a{ss}a" DS_PART_VARIANT DS_FINDINGS_VARIANT "a{say})"
GVariant *ds_view_to_variant(const DsView *self);
DsView *ds_view_from_variant(GVariant *variant, GError **error);

G_END_DECLS
