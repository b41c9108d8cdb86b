/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The signed manifest, and its payload alone: what is accepted is written again the same. */
#include "fuzz.h"

#include "bundle/manifest-private.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);
  g_autoptr(GError) error = NULL, payload_error = NULL;
  g_autoptr(DsManifest) parsed = ds_manifest_parse(bytes, &error);
  g_autoptr(DsManifest) decoded = ds_manifest_decode(bytes, &payload_error);
  g_autoptr(GBytes) again = NULL;

  FUZZ_REQUIRE_ONE(parsed, error);
  FUZZ_REQUIRE(parsed == NULL || parsed->verified == NULL);
  FUZZ_REQUIRE_ONE(decoded, payload_error);
  if (decoded == NULL)
    return 0;
  again = ds_manifest_encode(decoded, NULL);
  FUZZ_REQUIRE(again != NULL && g_bytes_equal(again, bytes));
  return 0;
}
