/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The record's plaintext: what is accepted is written again the same. */
#include "fuzz.h"

#include <string.h>

#include "bundle/record.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsRecord) record = ds_record_decode(data, size, &error);
  g_autoptr(DsSecret) again = NULL;

  FUZZ_REQUIRE_ONE(record, error);
  if (record == NULL)
    return 0;
  again = ds_record_encode(record, TRUE, NULL);
  FUZZ_REQUIRE(again != NULL && ds_secret_size(again) == size &&
               memcmp(ds_secret_data(again), data, size) == 0);
  return 0;
}
