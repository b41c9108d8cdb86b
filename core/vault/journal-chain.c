/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/journal-chain.h"

#include "model/cbor.h"

gboolean
ds_chain_commit(const guint8 salt[DS_CHAIN_SALT_SIZE], const char *value, DsDigest *commitment,
                GError **error)
{
  g_autoptr(DsCborWriter) writer = ds_cbor_writer_new();
  g_autoptr(DsHasher) hasher = ds_hasher_new();
  gsize size = 0;

  ds_cbor_put_text(writer, value);
  g_autoptr(GBytes) text = ds_cbor_writer_finish(writer, error);
  if (text == NULL)
    return FALSE;
  const void *data = g_bytes_get_data(text, &size);
  ds_hasher_update(hasher, salt, DS_CHAIN_SALT_SIZE);
  ds_hasher_update(hasher, data, size);
  *commitment = ds_hasher_finish(hasher);
  return TRUE;
}

gboolean
ds_chain_hash(const DsChainLink *link, DsDigest *hash, GError **error)
{
  g_autoptr(DsCborWriter) writer = ds_cbor_writer_new();

  ds_cbor_put_array(writer, 12);
  ds_cbor_put_text(writer, "doorstep/journal/1");
  ds_cbor_put_uint(writer, link->index);
  ds_cbor_put_int(writer, link->time.wall_us);
  ds_cbor_put_int(writer, link->time.boot_us);
  ds_cbor_put_text(writer, link->time.boot_id);
  ds_cbor_put_text(writer, link->who);
  ds_cbor_put_text(writer, link->case_id);
  ds_cbor_put_text(writer, link->step);
  ds_cbor_put_text(writer, link->kind);
  ds_cbor_put_text(writer, link->name);
  ds_cbor_put_digest(writer, link->commitment);
  ds_cbor_put_digest(writer, &link->prev);
  g_autoptr(GBytes) bytes = ds_cbor_writer_finish(writer, error);
  if (bytes == NULL)
    return FALSE;
  *hash = ds_digest_of_bytes(bytes);
  return TRUE;
}
