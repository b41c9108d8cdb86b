/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/seal.h"

#include "base/error.h"
#include "bundle/cose.h"

#define SECRET_MAX 4096u

void
ds_sealed_clear(DsSealed *self)
{
  g_clear_pointer(&self->manifest, g_bytes_unref);
  g_clear_pointer(&self->record, g_bytes_unref);
}

/* The parts that travel here, as the manifest lists them. */
static void
collect_chunks(DsManifest *manifest, const DsRecord *record)
{
  g_array_set_size(manifest->chunks, 0);
  for (guint i = 0; i < record->parts->len; i++) {
    const DsRecordPart *part = record->parts->pdata[i];

    if (part->from_part == NULL)
      g_array_append_vals(manifest->chunks, part->chunks->data, part->chunks->len);
  }
}

static gboolean
check_parts(const DsManifest *manifest, const DsRecord *record, GError **error)
{
  for (guint i = 0; i < record->parts->len; i++) {
    const DsRecordPart *part = record->parts->pdata[i];

    if (part->from_part == NULL && part->key == NULL) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "part \"%s\": its key is missing", part->id);
      return FALSE;
    }
    if (part->from_part != NULL && !manifest->has_replaces) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                  "part \"%s\": only a bundle that replaces another reuses its parts", part->id);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
ds_seal(DsManifest *manifest, DsRecord *record, GPtrArray *recipients, DsKey *const *keys,
        const DsRole *roles, guint n_keys, DsSealed *sealed, GError **error)
{
  g_autoptr(GBytes) record_bytes = NULL;
  g_autoptr(GBytes) manifest_bytes = NULL;

  if (!check_parts(manifest, record, error))
    return FALSE;
  g_free(record->unit);
  record->unit = g_strdup(manifest->unit);
  record->seq = manifest->seq;
  record->has_prev = manifest->has_prev;
  record->prev = manifest->prev;
  record->kind = manifest->kind;
  record_bytes = ds_record_encrypt(record, recipients, error);
  if (record_bytes == NULL)
    return FALSE;
  manifest->record = ds_digest_of_bytes(record_bytes);
  manifest->record_size = g_bytes_get_size(record_bytes);
  collect_chunks(manifest, record);
  manifest_bytes = ds_manifest_sign(manifest, keys, roles, n_keys, error);
  if (manifest_bytes == NULL)
    return FALSE;
  *sealed = (DsSealed){.manifest = g_steal_pointer(&manifest_bytes),
                       .record = g_steal_pointer(&record_bytes),
                       .id = manifest->id};
  return TRUE;
}

GBytes *
ds_seal_secret(DsSecret *secret, const DsKey *recipient, const char *context, GError **error)
{
  g_autoptr(GPtrArray) recipients = g_ptr_array_new();
  g_autofree char *type = g_strdup_printf("secret-%s", context);

  if (ds_secret_size(secret) > SECRET_MAX) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE, "secret: %zu bytes, at most %u are allowed",
                ds_secret_size(secret), SECRET_MAX);
    return NULL;
  }
  g_ptr_array_add(recipients, (gpointer)recipient);
  return ds_cose_encrypt(ds_secret_data(secret), ds_secret_size(secret), type, recipients, error);
}
