/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Chunks, records and sealed secrets as they arrive, under keys that are never theirs by chance:
 * nothing may be given out but what opens. */
#include "fuzz.h"

#include <string.h>

#include "base/digest.h"
#include "bundle/open.h"

static DsKey *
recipient(void)
{
  static const char seed[] = "doorstep golden key records";
  const DsDigest digest = ds_digest_of(seed, strlen(seed));
  g_autoptr(DsSecret) number = ds_secret_from_bytes(digest.bytes, sizeof digest.bytes);

  return ds_key_from_private(number, NULL);
}

static DsSecret *
chunk_key(void)
{
  DsSecret *key = ds_secret_new(32);

  for (guint i = 0; i < 32; i++)
    ds_secret_data(key)[i] = (guint8)i;
  return key;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);
  g_autoptr(DsKey) key = recipient();
  g_autoptr(DsSecret) secret = chunk_key();
  g_autoptr(DsChunkReader) reader = ds_chunk_reader_new(secret, 1, NULL);
  g_autoptr(GError) one = NULL, two = NULL, three = NULL;
  g_autoptr(DsSecret) chunk = ds_chunk_reader_open(reader, 0, bytes, &one);
  g_autoptr(DsRecord) record = ds_record_decrypt(bytes, key, &two);
  g_autoptr(DsSecret) opened = ds_open_secret(bytes, key, "recovery", &three);

  FUZZ_REQUIRE_ONE(chunk, one);
  FUZZ_REQUIRE_ONE(record, two);
  FUZZ_REQUIRE_ONE(opened, three);
  return 0;
}
