/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jurisdiction packs and the whole of schemas/ as one loaded, checked policy. A pack is dated: the
 * day of the submission in the field selects it, and the case keeps id, version and digest. */
#pragma once

#include <json-glib/json-glib.h>

#include "model/view.h"
#include "policy/deadline.h"
#include "policy/facts.h"
#include "policy/service.h"
#include "policy/tables.h"

G_BEGIN_DECLS

/* A text the law prescribes, verbatim. */
typedef struct {
  char *id;      /* "notice", "commitment", "form-notes" */
  char *version; /* "jiangxi-first-application/1" */
  char *title;
  char *zh;     /* paragraphs separated by newlines, no newline at the end */
  char *sha256; /* of the UTF-8 bytes of @zh, computed when loaded */
} DsPackText;

typedef struct _DsPack DsPack;

DsPack *ds_pack_ref(DsPack *self);
void ds_pack_unref(DsPack *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsPack, ds_pack_unref)

const char *ds_pack_id(const DsPack *self);           /* "jiangxi-first-application-2021" */
const char *ds_pack_jurisdiction(const DsPack *self); /* "jiangxi" */
guint ds_pack_version(const DsPack *self);
const char *ds_pack_sha256(const DsPack *self); /* of the file as it arrived, hex */
const char *ds_pack_title(const DsPack *self, const char *language);
GBytes *ds_pack_bytes(const DsPack *self);    /* the file as it arrived (transfer none) */
JsonObject *ds_pack_root(const DsPack *self); /* with what it inherits (transfer none) */
/* FALSE when open-ended. */
gboolean ds_pack_effective_from(const DsPack *self, GDate *day);
gboolean ds_pack_effective_until(const DsPack *self, GDate *day); /* last day, inclusive */
gboolean ds_pack_has_service(const DsPack *self, const char *service_id);
guint ds_pack_text_count(const DsPack *self);
const DsPackText *ds_pack_text_at(const DsPack *self, guint index);
const DsPackText *ds_pack_text(const DsPack *self, const char *id); /* NULL when it has none */

/* May @who ("unit", "station", "signer") say @refusal, a row of the pack's closed list? */
gboolean ds_pack_refusal_is_for(JsonObject *refusal, const char *who);

/* Gives @view what steps and outputs need from the pack:
 *   case.pack (id), case.pack-version, case.pack-sha256, case.pack-title
 *   for each text ID: notice.ID.version, notice.ID.sha256, text.ID.title, text.ID.zh */
void ds_pack_add_facts(const DsPack *self, DsView *view);

typedef struct _DsPolicy DsPolicy;

/* Loads @dir (…/schemas): facts.json, tables/, services/, jurisdictions/, each checked against its
 * *.schema.json. Every operator and fact a rule names must exist. The message names file, JSON path
 * and reason. */
DsPolicy *ds_policy_load(const char *dir, GError **error);
DsPolicy *ds_policy_ref(DsPolicy *self);
void ds_policy_unref(DsPolicy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsPolicy, ds_policy_unref)

/* Adds a pack that came by dispatch; @name is for messages. The same bytes again are fine; the
 * same id and version with other bytes is DS_ERROR_EXISTS. (transfer full) */
DsPack *ds_policy_load_pack_bytes(DsPolicy *self, GBytes *bytes, const char *name, GError **error);

/* Drops the packs added after there were @count: what came with a dispatch that was refused. */
void ds_policy_drop_packs(DsPolicy *self, guint count);

/* The pack in force for @jurisdiction and @service_id (NULL: any) on @day: the highest version of
 * the latest one that has begun, has not ended and is not superseded by one that has begun.
 * DS_ERROR_NOT_FOUND says which days are covered. (transfer full) */
DsPack *ds_policy_pack_for(DsPolicy *self, const char *jurisdiction, const char *service_id,
                           const GDate *day, GError **error);
/* The pack a case keeps. @sha256 may be NULL. DS_ERROR_NOT_FOUND, DS_ERROR_REFUSED when the digest
 * differs. (transfer full) */
DsPack *ds_policy_pack_by_id(DsPolicy *self, const char *id, guint version, const char *sha256,
                             GError **error);
guint ds_policy_pack_count(const DsPolicy *self);
DsPack *ds_policy_pack_at(const DsPolicy *self, guint index); /* (transfer none) */

/* NULL and DS_ERROR_NOT_FOUND when there is none of that name. (transfer none) */
DsService *ds_policy_service(DsPolicy *self, const char *id, GError **error);
DsFactTable *ds_policy_fact_table(DsPolicy *self); /* (transfer none) */
DsTables *ds_policy_tables(DsPolicy *self);        /* (transfer none) */
DsCalendar *ds_policy_calendar(DsPolicy *self);    /* (transfer none) */
/* ds_facts_from_view with this policy's tables. (transfer full) */
DsFacts *ds_policy_facts(DsPolicy *self, DsView *view);

G_END_DECLS
