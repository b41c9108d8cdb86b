/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/test-bundle-fixture.h"

#include <string.h>

#include "base/error.h"
#include "vault/statements.h"

Disk
open_disk(Fixture *fixture)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *store = g_build_filename(fixture->home, "store", NULL);
  g_autofree char *spool = g_build_filename(fixture->home, "store", "spool", NULL);
  Disk disk = {ds_store_open(store, &error), ds_spool_open(spool, &error)};

  g_assert_no_error(error);
  return disk;
}

void
close_disk(Disk *disk)
{
  ds_store_unref(disk->store);
  ds_spool_unref(disk->spool);
}

DsVaultChunk
put_chunk(Disk *disk, const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
  DsVaultChunk chunk = {ds_digest_of_bytes(bytes), strlen(text)};

  g_assert_true(ds_store_put(disk->store, &chunk.digest, bytes, NULL));
  return chunk;
}

char *
add_part(Fixture *fixture, Disk *disk, const char *case_id, const char *text)
{
  g_autoptr(GError) error = NULL;
  char *id = ds_vault_next_part_id(fixture->vault, case_id, DS_SLOT_PHOTO, &error);
  g_autofree char *second = g_strconcat(text, "-second", NULL);
  DsVaultChunk chunks[] = {put_chunk(disk, text), put_chunk(disk, second)};
  DsPart *plain = ds_part_new(id, DS_SLOT_PHOTO, "", "image/jpeg", 12345, "abc");

  ds_part_set_attribute(plain, "device", "camera 1");
  g_autoptr(DsVaultPart) part =
      ds_vault_part_new(plain, ds_secret_random(32), chunks, G_N_ELEMENTS(chunks));
  g_assert_true(ds_vault_add_part(fixture->vault, case_id, "step-portrait", part, "P1", &error));
  g_assert_no_error(error);
  return id;
}

DsVaultBundle *
make_bundle(Fixture *fixture, Disk *disk, const char *case_id)
{
  g_autoptr(GError) error = NULL;
  DsVaultBundle *bundle = ds_vault_bundle_new();
  g_autoptr(GPtrArray) parts = ds_vault_parts(fixture->vault, case_id, FALSE, &error);

  g_assert_true(
      ds_vault_next_bundle(fixture->vault, &bundle->seq, &bundle->has_prev, &bundle->prev, &error));
  bundle->id = ds_digest_of(&bundle->seq, sizeof bundle->seq);
  bundle->case_id = g_strdup(case_id);
  bundle->version = 1;
  bundle->kind = g_strdup("case");
  g_assert_true(ds_vault_audit_head(fixture->vault, &bundle->head, &error));
  g_autofree char *text = g_strdup_printf("manifest %" G_GUINT64_FORMAT, bundle->seq);
  g_autoptr(GBytes) manifest = g_bytes_new(text, strlen(text));
  g_autoptr(GBytes) record = g_bytes_new_static("record", 6);
  bundle->manifest_sha256 = ds_digest_of_bytes(manifest);
  bundle->manifest_size = g_bytes_get_size(manifest);
  bundle->record_size = 6;
  bundle->sealed_us = 1;
  for (guint i = 0; i < parts->len; i++) {
    const DsVaultPart *part = parts->pdata[i];
    if (!part->carried)
      g_array_append_vals(bundle->chunks, part->chunks->data, part->chunks->len);
  }
  g_assert_true(ds_spool_add(disk->spool, bundle->seq, &bundle->id, manifest, record, &error));
  g_assert_no_error(error);
  return bundle;
}

DsVaultBundle *
seal(Fixture *fixture, Disk *disk, const char *case_id)
{
  g_autoptr(GError) error = NULL;
  DsVaultBundle *bundle = make_bundle(fixture, disk, case_id);

  g_assert_true(ds_vault_add_bundle(fixture->vault, bundle, FALSE, "P1", &error));
  g_assert_no_error(error);
  return bundle;
}

void
say(Fixture *fixture, guint64 seq, const DsVaultBundle *bundle, int state)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = g_bytes_new_static("signed", 6);
  const DsVaultStatement statement = {.seq = seq,
                                      .bundle = bundle->id,
                                      .state = state,
                                      .station_us = 1000 + (gint64)seq,
                                      .bytes = bytes};

  g_assert_true(ds_vault_add_statement(fixture->vault, &statement, NULL, &error));
  g_assert_no_error(error);
}
