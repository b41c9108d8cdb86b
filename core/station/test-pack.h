/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For tests of what the station does by a case's rules: a folder of schemas with three made-up
 * packs, the Jiangxi one with a few rows changed. All know the station's reasons T2 and T5 and the
 * signer's T9; a correction is due in 3 working days, 2 when expedited.
 *   test-silent  says nothing about refunds
 *   test-back    pays back when no card is issued
 *   test-free    charges nothing, and sets no time for corrections */
#pragma once

#include "bundle/record.h"

/* Made in @dir. (transfer full) */
char *test_pack_schemas(const char *dir);
/* Makes @record one that was taken by pack @id of @schemas. */
void test_pack_use(DsRecord *record, const char *schemas, const char *id);
