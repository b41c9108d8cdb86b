/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the command line shows cases, to people and to programs. */
#pragma once

#include "cli/unit/face.h"

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

G_END_DECLS
