/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All four kinds of COSE objects, by our rules and by those of the public vectors. */
#include "fuzz.h"

#include "bundle/cose.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const DsCoseKind kinds[] = {DS_COSE_SIGN1, DS_COSE_SIGN, DS_COSE_ENCRYPT0,
                                     DS_COSE_ENCRYPT};
  static const DsCoseRules rules[] = {DS_COSE_OWN, DS_COSE_FOREIGN};
  g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);

  for (gsize i = 0; i < 2 * G_N_ELEMENTS(kinds); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(DsCose) cose =
        ds_cose_parse(bytes, kinds[i / 2], "input", 1024 * 1024, rules[i % 2], &error);
    g_autoptr(GBytes) content = NULL;

    FUZZ_REQUIRE_ONE(cose, error);
    if (cose == NULL)
      continue;
    content = ds_cose_content(cose);
    for (guint j = 0; j < cose->leaves->len; j++) {
      const DsKid kid = ds_cose_leaf_kid(cose, j);

      (void)ds_cose_leaf_is(cose, j, &kid);
    }
  }
  return 0;
}
