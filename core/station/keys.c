/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/keys.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "vault/derive.h"

#define SLOTS "slots"
#define PRIVATE "private"
#define ONLINE "online.key"
#define RECEIPT "receipt"
#define RECEIPT_NEXT "receipt.next"
#define ONLINE_NEXT "online.next"
#define BOX_LABEL "doorstep/station/private/1"
#define RECEIPT_LABEL "doorstep/station/receipt/1"
#define CASES_LABEL "doorstep/station/cases/1"
#define N_PRIVATE 3u /* root, records, recovery */
#define PRIVATE_SIZE (N_PRIVATE * DS_KEY_PRIVATE_SIZE)
#define NONCE_SIZE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define BOX_SIZE (NONCE_SIZE + PRIVATE_SIZE + crypto_aead_xchacha20poly1305_ietf_ABYTES)
#define ONE_BOX_SIZE (NONCE_SIZE + DS_KEY_PRIVATE_SIZE + crypto_aead_xchacha20poly1305_ietf_ABYTES)
#define ONLINE_SIZE (DS_KEY_PRIVATE_SIZE + 32u)

/* A fresh private key as its 32 bytes into @out. */
static gboolean
put_new_key(guint8 *out, GError **error)
{
  g_autoptr(DsKey) key = ds_key_generate(error);
  if (key == NULL)
    return FALSE;
  g_autoptr(DsSecret) number = ds_key_dup_private(key);
  memcpy(out, ds_secret_data(number), DS_KEY_PRIVATE_SIZE);
  return TRUE;
}

static DsKey *
get_key(const guint8 *in, GError **error)
{
  g_autoptr(DsSecret) number = ds_secret_from_bytes(in, DS_KEY_PRIVATE_SIZE);

  return ds_key_from_private(number, error);
}

static gboolean
write_online(const char *dir, GError **error)
{
  g_autoptr(DsSecret) online = ds_secret_random(ONLINE_SIZE);

  return put_new_key(ds_secret_data(online), error) &&
         ds_files_create(dir, ONLINE, ds_secret_data(online), ONLINE_SIZE, error);
}

static gboolean
write_private(const char *dir, DsSecret *master, GError **error)
{
  g_autoptr(DsSecret) wrap = ds_derive_key(master, BOX_LABEL, error);
  g_autoptr(DsSecret) plain = ds_secret_new(PRIVATE_SIZE);
  guint8 box[BOX_SIZE];

  if (wrap == NULL)
    return FALSE;
  for (guint i = 0; i < N_PRIVATE; i++)
    if (!put_new_key(ds_secret_data(plain) + i * DS_KEY_PRIVATE_SIZE, error))
      return FALSE;
  ds_random_bytes(box, NONCE_SIZE);
  crypto_aead_xchacha20poly1305_ietf_encrypt(box + NONCE_SIZE, NULL, ds_secret_data(plain),
                                             PRIVATE_SIZE, (const guint8 *)BOX_LABEL,
                                             strlen(BOX_LABEL), NULL, box, ds_secret_data(wrap));
  return ds_files_create(dir, PRIVATE, box, sizeof box, error);
}

gboolean
ds_station_keys_create(const char *dir, DsSecret *passphrase, DsSlotsCost cost, GError **error)
{
  if (ds_secret_size(passphrase) < DS_STATION_PASSPHRASE_MIN) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "the passphrase is too short: use at least %u characters",
                DS_STATION_PASSPHRASE_MIN);
    return FALSE;
  }
  g_autoptr(DsSecret) master = ds_secret_random(DS_SLOTS_MASTER_SIZE);
  g_autoptr(DsSlots) slots = ds_slots_new();
  if (!ds_slots_set_passphrase(slots, master, passphrase, cost, error))
    return FALSE;
  g_autoptr(GBytes) file = ds_slots_encode(slots, master, error);
  return file != NULL && ds_files_make_dir(dir, error) && write_online(dir, error) &&
         write_private(dir, master, error) &&
         ds_files_create(dir, SLOTS, g_bytes_get_data(file, NULL), g_bytes_get_size(file), error);
}

static DsSecret *
open_master(const char *dir, DsSecret *passphrase, GError **error)
{
  g_autofree char *path = g_build_filename(dir, SLOTS, NULL);
  g_autoptr(GBytes) file = ds_files_read(path, DS_SLOTS_FILE_MAX, error);
  if (file == NULL)
    return NULL;
  g_autoptr(DsSlots) slots = ds_slots_parse(file, error);
  if (slots == NULL)
    return NULL;
  return ds_slots_unlock(slots, passphrase, error);
}

static DsSecret *
open_private(const char *dir, DsSecret *master, GError **error)
{
  g_autofree char *path = g_build_filename(dir, PRIVATE, NULL);
  g_autoptr(GBytes) file = ds_files_read(path, BOX_SIZE, error);
  g_autoptr(DsSecret) wrap = ds_derive_key(master, BOX_LABEL, file != NULL ? error : NULL);
  g_autoptr(DsSecret) plain = ds_secret_new(PRIVATE_SIZE);

  if (file == NULL || wrap == NULL)
    return NULL;
  const guint8 *box = g_bytes_get_data(file, NULL);
  if (g_bytes_get_size(file) != BOX_SIZE ||
      crypto_aead_xchacha20poly1305_ietf_decrypt(
          ds_secret_data(plain), NULL, NULL, box + NONCE_SIZE, BOX_SIZE - NONCE_SIZE,
          (const guint8 *)BOX_LABEL, strlen(BOX_LABEL), box, ds_secret_data(wrap)) != 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "%s was changed or belongs to another station: restore it from a backup", path);
    return NULL;
  }
  return g_steal_pointer(&plain);
}

/* One key under @box; NULL in @key when there is no such file. */
static gboolean
open_box(const char *dir, const char *name, DsSecret *box, DsKey **key, GError **error)
{
  g_autofree char *path = g_build_filename(dir, name, NULL);
  g_autoptr(DsSecret) plain = ds_secret_new(DS_KEY_PRIVATE_SIZE);
  g_autoptr(GError) reason = NULL;
  g_autoptr(GBytes) file = ds_files_read(path, ONE_BOX_SIZE, &reason);

  *key = NULL;
  if (file == NULL && g_error_matches(reason, DS_ERROR, DS_ERROR_NOT_FOUND))
    return TRUE;
  if (file == NULL) {
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
  }
  const guint8 *data = g_bytes_get_data(file, NULL);
  if (g_bytes_get_size(file) != ONE_BOX_SIZE ||
      crypto_aead_xchacha20poly1305_ietf_decrypt(
          ds_secret_data(plain), NULL, NULL, data + NONCE_SIZE, ONE_BOX_SIZE - NONCE_SIZE,
          (const guint8 *)RECEIPT_LABEL, strlen(RECEIPT_LABEL), data, ds_secret_data(box)) != 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "%s was changed or belongs to another station: restore it from a backup", path);
    return FALSE;
  }
  *key = ds_key_from_private(plain, error);
  return *key != NULL;
}

DsStationKeys *
ds_station_keys_open(const char *dir, DsSecret *passphrase, GError **error)
{
  g_autoptr(DsSecret) master = open_master(dir, passphrase, error);
  if (master == NULL)
    return NULL;
  g_autoptr(DsSecret) plain = open_private(dir, master, error);
  if (plain == NULL)
    return NULL;

  const guint8 *at = ds_secret_data(plain);
  g_autoptr(DsStationKeys) self = g_new0(DsStationKeys, 1);
  if ((self->root = get_key(at, error)) == NULL ||
      (self->records = get_key(at + DS_KEY_PRIVATE_SIZE, error)) == NULL ||
      (self->recovery = get_key(at + 2 * DS_KEY_PRIVATE_SIZE, error)) == NULL ||
      (self->case_db = ds_derive_key(master, CASES_LABEL, error)) == NULL ||
      (self->box = ds_derive_key(master, RECEIPT_LABEL, error)) == NULL ||
      !open_box(dir, RECEIPT, self->box, &self->receipt, error))
    return NULL;
  if (self->receipt == NULL)
    self->receipt = ds_key_ref(self->records);
  return g_steal_pointer(&self);
}

void
ds_station_keys_free(DsStationKeys *self)
{
  if (self == NULL)
    return;
  g_clear_pointer(&self->root, ds_key_unref);
  g_clear_pointer(&self->records, ds_key_unref);
  g_clear_pointer(&self->recovery, ds_key_unref);
  g_clear_pointer(&self->receipt, ds_key_unref);
  g_clear_pointer(&self->case_db, ds_secret_unref);
  g_clear_pointer(&self->box, ds_secret_unref);
  g_free(self);
}

DsStationOnline *
ds_station_online_open(const char *dir, GError **error)
{
  g_autofree char *path = g_build_filename(dir, ONLINE, NULL);
  g_autoptr(GBytes) file = ds_files_read(path, ONLINE_SIZE, error);
  if (file == NULL)
    return NULL;
  if (g_bytes_get_size(file) != ONLINE_SIZE) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s must have %u bytes: restore it", path,
                ONLINE_SIZE);
    return NULL;
  }
  const guint8 *at = g_bytes_get_data(file, NULL);
  g_autoptr(DsStationOnline) self = g_new0(DsStationOnline, 1);
  self->sign = get_key(at, error);
  self->ledger_db =
      ds_secret_from_bytes(at + DS_KEY_PRIVATE_SIZE, ONLINE_SIZE - DS_KEY_PRIVATE_SIZE);
  return self->sign != NULL ? g_steal_pointer(&self) : NULL;
}

void
ds_station_online_free(DsStationOnline *self)
{
  if (self == NULL)
    return;
  g_clear_pointer(&self->sign, ds_key_unref);
  g_clear_pointer(&self->ledger_db, ds_secret_unref);
  g_free(self);
}

/* ---- changing the keys that sign statements ---- */

static gboolean
write_box(const char *dir, const char *name, DsSecret *box, DsSecret *number, GError **error)
{
  guint8 sealed[ONE_BOX_SIZE];

  ds_random_bytes(sealed, NONCE_SIZE);
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      sealed + NONCE_SIZE, NULL, ds_secret_data(number), DS_KEY_PRIVATE_SIZE,
      (const guint8 *)RECEIPT_LABEL, strlen(RECEIPT_LABEL), NULL, sealed, ds_secret_data(box));
  return ds_files_replace(dir, name, sealed, sizeof sealed, error);
}

/* The file is whole, so that renaming it is all there is to do. */
static gboolean
write_online_next(const char *dir, const DsStationOnline *online, DsSecret *number, GError **error)
{
  g_autoptr(DsSecret) file = ds_secret_new(ONLINE_SIZE);

  memcpy(ds_secret_data(file), ds_secret_data(number), DS_KEY_PRIVATE_SIZE);
  memcpy((guint8 *)ds_secret_data(file) + DS_KEY_PRIVATE_SIZE, ds_secret_data(online->ledger_db),
         ONLINE_SIZE - DS_KEY_PRIVATE_SIZE);
  return ds_files_replace(dir, ONLINE_NEXT, ds_secret_data(file), ONLINE_SIZE, error);
}

gboolean
ds_station_keys_prepare(const char *dir, const DsStationKeys *keys, const DsStationOnline *online,
                        DsKey **receipt, DsKey **front, GError **error)
{
  g_autoptr(DsKey) first = ds_key_generate(error);
  g_autoptr(DsKey) second = first != NULL ? ds_key_generate(error) : NULL;

  if (second == NULL)
    return FALSE;
  g_autoptr(DsSecret) first_number = ds_key_dup_private(first);
  g_autoptr(DsSecret) second_number = ds_key_dup_private(second);
  if (!write_box(dir, RECEIPT_NEXT, keys->box, first_number, error) ||
      !write_online_next(dir, online, second_number, error))
    return FALSE;
  *receipt = g_steal_pointer(&first);
  *front = g_steal_pointer(&second);
  return TRUE;
}

gboolean
ds_station_keys_next_receipt(const char *dir, const DsStationKeys *keys, DsKey **next,
                             GError **error)
{
  return open_box(dir, RECEIPT_NEXT, keys->box, next, error);
}

gboolean
ds_station_keys_next_online(const char *dir, DsKey **next, GError **error)
{
  g_autofree char *path = g_build_filename(dir, ONLINE_NEXT, NULL);

  *next = NULL;
  if (!g_file_test(path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_autoptr(GBytes) file = ds_files_read(path, ONLINE_SIZE, error);
  if (file == NULL)
    return FALSE;
  if (g_bytes_get_size(file) != ONLINE_SIZE) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s must have %u bytes: remove it", path,
                ONLINE_SIZE);
    return FALSE;
  }
  *next = get_key(g_bytes_get_data(file, NULL), error);
  return *next != NULL;
}

static gboolean
settle(const char *dir, const char *prepared, const char *name, gboolean take, GError **error)
{
  g_autofree char *from = g_build_filename(dir, prepared, NULL);
  g_autofree char *to = g_build_filename(dir, name, NULL);

  if (!take)
    return ds_files_remove(from, error);
  if (rename(from, to) < 0)
    return ds_error_set_errno(error, errno, "renaming into", to);
  return ds_files_sync_dir(dir, error);
}

gboolean
ds_station_keys_settle_receipt(const char *dir, DsStationKeys *keys, DsKey *next, GError **error)
{
  if (!settle(dir, RECEIPT_NEXT, RECEIPT, next != NULL, error))
    return FALSE;
  if (next != NULL) {
    ds_key_unref(keys->receipt);
    keys->receipt = ds_key_ref(next);
  }
  return TRUE;
}

gboolean
ds_station_keys_settle_online(const char *dir, DsStationOnline *online, DsKey *next, GError **error)
{
  if (!settle(dir, ONLINE_NEXT, ONLINE, next != NULL, error))
    return FALSE;
  if (next != NULL) {
    ds_key_unref(online->sign);
    online->sign = ds_key_ref(next);
  }
  return TRUE;
}
