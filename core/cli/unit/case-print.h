/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the command line shows cases, to people and to programs. */
#pragma once

#include "cli/unit/face.h"
#include "plugin/info.h"
#include "unit/check.h"
#include "vault/case.h"

G_BEGIN_DECLS

void ds_case_print_id(DsFace *face, const char *id);
void ds_case_print_part(DsFace *face, const char *id, const DsFindings *findings);
void ds_case_print_sealed(DsFace *face, const char *id, const DsDigest *bundle);
/* DsVaultCase. */
void ds_case_print_list(DsFace *face, GPtrArray *cases);
/* Steps, findings, decision. */
gboolean ds_case_print_check(DsFace *face, const char *id, GError **error);
/* State, fields, parts, the station's answer. */
gboolean ds_case_print_whole(DsFace *face, const char *id, GError **error);

/* How people read the value of @field (NULL: of an unknown one): money in yuan. NULL for NULL.
 * (transfer full) */
char *ds_case_field_text(const DsField *field, const char *value);

/* Whether the case can be sealed, in words. Static. */
const char *ds_case_complete_text(const DsCaseCheck *check);

/* The state, and what the field decided where the state alone would not say that a case was given
 * up, refused or taken without a document: "identification pending, sealed". In the
 * officer's language. (transfer full) */
char *ds_case_state_text(const DsVaultCase *of);

G_END_DECLS
