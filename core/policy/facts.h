/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What rules may ask about a case, and who can answer. schemas/facts.json declares every fact:
 * name, type, who knows it, titles, and what its absence means. */
#pragma once

#include <json-glib/json-glib.h>

#include "model/view.h"
#include "policy/age.h"
#include "policy/tables.h"

G_BEGIN_DECLS

/* ---- the declared table ---- */

typedef enum {
  DS_FACT_TEXT = 1,
  DS_FACT_DATE, /* "2026-09-01" */
  DS_FACT_BOOL,
  DS_FACT_INTEGER,
  DS_FACT_LIST, /* of texts; in a view: separated by spaces */
} DsFactType;

typedef struct {
  char *name;
  DsFactType type;
  char *who; /* "unit" (entered or measured in the field), "applicant", "station",
                "signer" (county of registration), "province" */
  char *title_zh;
  char *title_en;
  JsonNode *absent; /* the value when nothing was entered, or NULL: then it is UNKNOWN */
  char **from;      /* facts it is worked out from, NULL-terminated, may be NULL */
} DsFactSpec;

typedef struct _DsFactTable DsFactTable;

/* From schemas/facts.json, already checked against its schema. (transfer full) */
DsFactTable *ds_fact_table_new(JsonNode *root, GError **error);
DsFactTable *ds_fact_table_ref(DsFactTable *self);
void ds_fact_table_unref(DsFactTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsFactTable, ds_fact_table_unref)
/* NULL when not declared. A declared "document.*.sighted" answers for any middle. */
const DsFactSpec *ds_fact_table_find(const DsFactTable *self, const char *name);
/* Declared names, sorted. (transfer container) */
GPtrArray *ds_fact_table_names(const DsFactTable *self);

/* ---- a provider of facts ---- */

typedef struct _DsFacts DsFacts;

/* The fact @name as JSON (transfer full): null for "known to be nothing"; NULL for UNKNOWN. */
typedef JsonNode *(*DsFactsLookup)(const char *name, gpointer data);

/* @table may be NULL: then nobody in particular knows an UNKNOWN fact. */
DsFacts *ds_facts_new(DsFactTable *table, DsFactsLookup lookup, gpointer data, GDestroyNotify free);
/* The facts of @view by the types of @table. Besides fields, view facts and declared absences:
 *   parts.photo, parts.joint-photo, parts.fingerprint, parts.signature, parts.document
 *                       how many parts fill the slot
 *   signatures          signers whose signature is there, without those of signatures.stale
 *   signatures.stale    signers of what has changed since, if the view names any
 *   documents           kinds sighted by the officer or scanned, sorted
 *   age                 whole years on case.day; a 29 February birthday is reached on 1 March
 *                       (GA 214.8)
 *   validity.years      term by that age: 5, 10, 20, or 0 for 长期; provisional until signing
 *   validity.next-age-day  day on which 16, 26 or 46 is reached, null from 46
 *   validity.days-to-next-age   days from case.day until then, null from 46
 *   kinship.case        K1 | K2 | K3, if no step derived it
 *   hukou.province, hukou.prefecture, hukou.county   codes found in applicant.address by the
 *                       tables; UNKNOWN where the address does not tell
 *   residence.province, residence.prefecture, residence.county   from residence.region
 *   unit.province, unit.prefecture, unit.county   from unit.region
 *   application.category   cross-province | cross-prefecture | cross-county | cross-station |
 *                       local: home against the accepting place (policy/place.h)
 *   application.is-renewal   expired or damaged: 换领
 *   fingerprints.recorded   how many of the two rows have a result
 * @tables may be NULL: then hukou.* and application.category are UNKNOWN. Keeps references; the
 * view must not change. */
DsFacts *ds_facts_from_view(DsFactTable *table, DsTables *tables, DsView *view);
DsFacts *ds_facts_ref(DsFacts *self);
void ds_facts_unref(DsFacts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsFacts, ds_facts_unref)

/* (transfer full); NULL for UNKNOWN. */
JsonNode *ds_facts_lookup(DsFacts *self, const char *name);
/* The fact to ask for when @name is UNKNOWN: the first fact @name is worked out from that nobody
 * has entered, else @name itself. Static or owned by the table or by @name. */
const char *ds_facts_ask_for(DsFacts *self, const char *name);
/* Who will know @name; "unit" for undeclared names. Static or owned by the table. */
const char *ds_facts_who(DsFacts *self, const char *name);
/* Title for people; the name itself when not declared. @language as in ds_json_title. */
const char *ds_facts_title(DsFacts *self, const char *name, const char *language);

G_END_DECLS
