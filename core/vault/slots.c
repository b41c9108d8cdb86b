/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/slots.h"

#include <sodium.h>
#include <string.h>

#include "base/error.h"
#include "model/cbor.h"
#include "vault/derive.h"

#define VERSION 1
#define ID_SIZE 16
#define SLOTS_MAX 16
#define RECOVERY_MAX (64 * 1024)
#define OPS_MAX 16
#define MEMORY_MAX (1024u * 1024 * 1024)
#define WRAPPED_SIZE (DS_SLOTS_MASTER_SIZE + crypto_aead_xchacha20poly1305_ietf_ABYTES)
#define MAC_LABEL "doorstep/slots/mac/1"

typedef enum {
  SLOT_PASSPHRASE = 1,
  SLOT_RECOVERY = 2,
} SlotKind;

typedef struct {
  SlotKind kind;
  guint8 id[ID_SIZE];
  guint8 salt[crypto_pwhash_SALTBYTES];
  guint64 ops;
  guint64 memory;
  guint8 nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];
  guint8 wrapped[WRAPPED_SIZE];
  GBytes *blob; /* recovery only */
} Slot;

struct _DsSlots {
  guint8 id[ID_SIZE];
  char hex[2 * ID_SIZE + 1];
  GPtrArray *slots;                         /* Slot */
  guint8 mac[crypto_auth_hmacsha256_BYTES]; /* as read */
};

static void
slot_free(gpointer data)
{
  Slot *slot = data;

  g_clear_pointer(&slot->blob, g_bytes_unref);
  g_free(slot);
}

static DsSlots *
slots_alloc(void)
{
  DsSlots *self = g_new0(DsSlots, 1);

  self->slots = g_ptr_array_new_with_free_func(slot_free);
  return self;
}

static void
set_id(DsSlots *self, const guint8 id[ID_SIZE])
{
  memcpy(self->id, id, ID_SIZE);
  sodium_bin2hex(self->hex, sizeof self->hex, id, ID_SIZE);
}

DsSlots *
ds_slots_new(void)
{
  DsSlots *self = slots_alloc();
  guint8 id[ID_SIZE];

  ds_random_bytes(id, sizeof id);
  set_id(self, id);
  return self;
}

void
ds_slots_free(DsSlots *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->slots);
  g_free(self);
}

const char *
ds_slots_id(const DsSlots *self)
{
  return self->hex;
}

guint
ds_slots_count_passphrases(const DsSlots *self)
{
  guint count = 0;

  for (guint i = 0; i < self->slots->len; i++)
    count += ((const Slot *)self->slots->pdata[i])->kind == SLOT_PASSPHRASE;
  return count;
}

/* ---- the file ---- */

static void
read_fixed(DsCborReader *reader, gint64 key, const char *name, guint8 *to, gsize size)
{
  gsize got = 0;

  ds_cbor_want_key(reader, key, name);
  const guint8 *bytes = ds_cbor_get_bytes(reader, size, size, &got);
  if (bytes != NULL && got == size)
    memcpy(to, bytes, size);
}

static void
read_passphrase(DsCborReader *reader, Slot *slot)
{
  read_fixed(reader, 3, "salt", slot->salt, sizeof slot->salt);
  ds_cbor_want_key(reader, 4, "ops");
  slot->ops = ds_cbor_get_uint(reader, OPS_MAX);
  ds_cbor_want_key(reader, 5, "memory");
  slot->memory = ds_cbor_get_uint(reader, MEMORY_MAX);
  if (!ds_cbor_reader_failed(reader) &&
      (slot->ops < crypto_pwhash_OPSLIMIT_MIN || slot->memory < crypto_pwhash_MEMLIMIT_MIN))
    ds_cbor_fail(reader, DS_ERROR_INVALID, "the passphrase would cost too little work");
  read_fixed(reader, 6, "nonce", slot->nonce, sizeof slot->nonce);
  read_fixed(reader, 7, "wrapped", slot->wrapped, sizeof slot->wrapped);
}

static void
read_slot(DsCborReader *reader, DsSlots *self)
{
  Slot *slot = g_new0(Slot, 1);

  g_ptr_array_add(self->slots, slot);
  ds_cbor_enter_map(reader, 8);
  ds_cbor_want_key(reader, 1, "kind");
  guint64 kind = ds_cbor_get_uint(reader, G_MAXINT32);
  if (!ds_cbor_reader_failed(reader) && kind != SLOT_PASSPHRASE && kind != SLOT_RECOVERY)
    ds_cbor_fail(reader, DS_ERROR_UNSUPPORTED,
                 "a slot of kind %" G_GUINT64_FORMAT " is not known here: a newer program made it",
                 kind);
  slot->kind = kind == SLOT_RECOVERY ? SLOT_RECOVERY : SLOT_PASSPHRASE;
  read_fixed(reader, 2, "id", slot->id, sizeof slot->id);
  if (slot->kind == SLOT_PASSPHRASE) {
    read_passphrase(reader, slot);
  } else {
    ds_cbor_want_key(reader, 8, "blob");
    slot->blob = ds_cbor_dup_bytes(reader, 1, RECOVERY_MAX);
  }
  ds_cbor_leave(reader);
}

DsSlots *
ds_slots_parse(GBytes *file, GError **error)
{
  static const DsCborLimits limits = {.max_size = DS_SLOTS_FILE_MAX, .max_items = 1024};
  g_autoptr(DsSlots) self = slots_alloc();
  g_auto(DsCborReader) reader = {0};
  guint8 id[ID_SIZE] = {0};

  if (!ds_cbor_reader_init_bytes(&reader, file, "key slots", &limits, error))
    return NULL;
  ds_cbor_enter_map(&reader, 4);
  ds_cbor_want_key(&reader, 1, "version");
  guint64 version = ds_cbor_get_uint(&reader, G_MAXINT32);
  if (!ds_cbor_reader_failed(&reader) && version != VERSION)
    ds_cbor_fail(&reader, DS_ERROR_UNSUPPORTED,
                 "version %" G_GUINT64_FORMAT
                 " is not known here, only %d: a newer program made it",
                 version, VERSION);
  read_fixed(&reader, 2, "id", id, sizeof id);
  set_id(self, id);
  ds_cbor_want_key(&reader, 3, "slots");
  gsize count = ds_cbor_enter_array(&reader, 1, SLOTS_MAX);
  for (gsize i = 0; i < count && !ds_cbor_reader_failed(&reader); i++)
    read_slot(&reader, self);
  ds_cbor_leave(&reader);
  read_fixed(&reader, 4, "mac", self->mac, sizeof self->mac);
  ds_cbor_leave(&reader);
  return ds_cbor_reader_finish(&reader, error) ? g_steal_pointer(&self) : NULL;
}

static void
put_fixed(DsCborWriter *writer, gint64 key, const void *data, gsize size)
{
  ds_cbor_put_int(writer, key);
  ds_cbor_put_bytes(writer, data, size);
}

static void
put_slot(DsCborWriter *writer, const Slot *slot)
{
  ds_cbor_put_map(writer, slot->kind == SLOT_PASSPHRASE ? 7 : 3);
  ds_cbor_put_int(writer, 1);
  ds_cbor_put_uint(writer, slot->kind);
  put_fixed(writer, 2, slot->id, sizeof slot->id);
  if (slot->kind == SLOT_RECOVERY) {
    gsize size = 0;
    const void *data = g_bytes_get_data(slot->blob, &size);
    put_fixed(writer, 8, data, size);
    return;
  }
  put_fixed(writer, 3, slot->salt, sizeof slot->salt);
  ds_cbor_put_int(writer, 4);
  ds_cbor_put_uint(writer, slot->ops);
  ds_cbor_put_int(writer, 5);
  ds_cbor_put_uint(writer, slot->memory);
  put_fixed(writer, 6, slot->nonce, sizeof slot->nonce);
  put_fixed(writer, 7, slot->wrapped, sizeof slot->wrapped);
}

/* Without @mac: the bytes the mac is made over. */
static GBytes *
encode(DsSlots *self, const guint8 *mac, GError **error)
{
  g_autoptr(DsCborWriter) writer = ds_cbor_writer_new();

  ds_cbor_put_map(writer, mac != NULL ? 4 : 3);
  ds_cbor_put_int(writer, 1);
  ds_cbor_put_uint(writer, VERSION);
  put_fixed(writer, 2, self->id, sizeof self->id);
  ds_cbor_put_int(writer, 3);
  ds_cbor_put_array(writer, self->slots->len);
  for (guint i = 0; i < self->slots->len; i++)
    put_slot(writer, self->slots->pdata[i]);
  if (mac != NULL)
    put_fixed(writer, 4, mac, crypto_auth_hmacsha256_BYTES);
  return ds_cbor_writer_finish(writer, error);
}

static gboolean
make_mac(DsSlots *self, DsSecret *master, guint8 mac[crypto_auth_hmacsha256_BYTES], GError **error)
{
  g_autoptr(DsSecret) key = ds_derive_key(master, MAC_LABEL, error);
  g_autoptr(GBytes) covered = key != NULL ? encode(self, NULL, error) : NULL;
  gsize size = 0;

  if (covered == NULL)
    return FALSE;
  const guint8 *data = g_bytes_get_data(covered, &size);
  crypto_auth_hmacsha256(mac, data, size, ds_secret_data(key));
  return TRUE;
}

GBytes *
ds_slots_encode(DsSlots *self, DsSecret *master, GError **error)
{
  return make_mac(self, master, self->mac, error) ? encode(self, self->mac, error) : NULL;
}

gboolean
ds_slots_check(DsSlots *self, DsSecret *master, GError **error)
{
  guint8 mac[crypto_auth_hmacsha256_BYTES];

  if (!make_mac(self, master, mac, error))
    return FALSE;
  if (sodium_memcmp(mac, self->mac, sizeof mac) == 0)
    return TRUE;
  g_set_error_literal(error, DS_ERROR, DS_ERROR_REFUSED,
                      "the key slots were changed by somebody without the key: restore the file "
                      "from a copy, or report this");
  return FALSE;
}

/* ---- passphrases ---- */

/* What a wrapped master key is bound to: everything in the slot that is not the wrap itself. */
static GBytes *
associated_data(DsSlots *self, const Slot *slot, GError **error)
{
  g_autoptr(DsCborWriter) writer = ds_cbor_writer_new();

  ds_cbor_put_array(writer, 7);
  ds_cbor_put_text(writer, "doorstep/slot/1");
  ds_cbor_put_bytes(writer, self->id, sizeof self->id);
  ds_cbor_put_uint(writer, slot->kind);
  ds_cbor_put_bytes(writer, slot->id, sizeof slot->id);
  ds_cbor_put_bytes(writer, slot->salt, sizeof slot->salt);
  ds_cbor_put_uint(writer, slot->ops);
  ds_cbor_put_uint(writer, slot->memory);
  return ds_cbor_writer_finish(writer, error);
}

static DsSecret *
stretch(const Slot *slot, DsSecret *passphrase, GError **error)
{
  g_autoptr(DsSecret) key = ds_secret_new(crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

  if (crypto_pwhash(ds_secret_data(key), ds_secret_size(key), (char *)ds_secret_data(passphrase),
                    ds_secret_size(passphrase), slot->salt, slot->ops, (size_t)slot->memory,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_RETRY,
                "not enough memory to check a passphrase (%" G_GUINT64_FORMAT
                " MiB): close something and try again",
                slot->memory / 1024 / 1024);
    return NULL;
  }
  return g_steal_pointer(&key);
}

static Slot *
slot_new(SlotKind kind)
{
  Slot *slot = g_new0(Slot, 1);

  slot->kind = kind;
  ds_random_bytes(slot->id, sizeof slot->id);
  ds_random_bytes(slot->salt, sizeof slot->salt);
  ds_random_bytes(slot->nonce, sizeof slot->nonce);
  return slot;
}

static void
remove_kind(DsSlots *self, SlotKind kind)
{
  for (guint i = self->slots->len; i-- > 0;)
    if (((const Slot *)self->slots->pdata[i])->kind == kind)
      g_ptr_array_remove_index(self->slots, i);
}

static gboolean
wrap(DsSlots *self, Slot *slot, DsSecret *master, DsSecret *passphrase, GError **error)
{
  g_autoptr(GBytes) bound = associated_data(self, slot, error);
  g_autoptr(DsSecret) key = bound != NULL ? stretch(slot, passphrase, error) : NULL;
  gsize size = 0;

  if (key == NULL)
    return FALSE;
  const guint8 *data = g_bytes_get_data(bound, &size);
  crypto_aead_xchacha20poly1305_ietf_encrypt(slot->wrapped, NULL, ds_secret_data(master),
                                             DS_SLOTS_MASTER_SIZE, data, size, NULL, slot->nonce,
                                             ds_secret_data(key));
  return TRUE;
}

gboolean
ds_slots_set_passphrase(DsSlots *self, DsSecret *master, DsSecret *passphrase, DsSlotsCost cost,
                        GError **error)
{
  if (ds_secret_size(master) != DS_SLOTS_MASTER_SIZE) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "a master key has %d bytes, not %" G_GSIZE_FORMAT, DS_SLOTS_MASTER_SIZE,
                ds_secret_size(master));
    return FALSE;
  }
  if (ds_secret_size(passphrase) < DS_SLOTS_PASSPHRASE_MIN) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID, "the passphrase is empty");
    return FALSE;
  }
  Slot *slot = slot_new(SLOT_PASSPHRASE);
  slot->ops = cost == DS_SLOTS_COST_LIGHT ? 1 : 3;
  slot->memory = (cost == DS_SLOTS_COST_LIGHT ? 8u : 256u) * 1024 * 1024;
  if (!wrap(self, slot, master, passphrase, error)) {
    slot_free(slot);
    return FALSE;
  }
  remove_kind(self, SLOT_PASSPHRASE);
  g_ptr_array_add(self->slots, slot);
  return TRUE;
}

/* NULL without an error when @passphrase is not this slot's. */
static DsSecret *
unwrap(DsSlots *self, const Slot *slot, DsSecret *passphrase, GError **error)
{
  g_autoptr(DsSecret) master = ds_secret_new(DS_SLOTS_MASTER_SIZE);
  g_autoptr(GBytes) bound = associated_data(self, slot, error);
  g_autoptr(DsSecret) key = bound != NULL ? stretch(slot, passphrase, error) : NULL;
  gsize size = 0;

  if (key == NULL)
    return NULL;
  const guint8 *data = g_bytes_get_data(bound, &size);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(ds_secret_data(master), NULL, NULL, slot->wrapped,
                                                 sizeof slot->wrapped, data, size, slot->nonce,
                                                 ds_secret_data(key)) != 0)
    return NULL;
  return g_steal_pointer(&master);
}

DsSecret *
ds_slots_unlock(DsSlots *self, DsSecret *passphrase, GError **error)
{
  for (guint i = 0; i < self->slots->len; i++) {
    const Slot *slot = self->slots->pdata[i];
    GError *local = NULL;
    if (slot->kind != SLOT_PASSPHRASE)
      continue;
    g_autoptr(DsSecret) master = unwrap(self, slot, passphrase, &local);
    if (local != NULL) {
      g_propagate_error(error, local);
      return NULL;
    }
    if (master != NULL)
      return ds_slots_check(self, master, error) ? g_steal_pointer(&master) : NULL;
  }
  g_set_error_literal(error, DS_ERROR, DS_ERROR_LOCKED,
                      "wrong passphrase: nothing was opened, nothing was changed");
  return NULL;
}

/* ---- recovery ---- */

gboolean
ds_slots_set_recovery(DsSlots *self, GBytes *blob, GError **error)
{
  if (blob != NULL && (g_bytes_get_size(blob) == 0 || g_bytes_get_size(blob) > RECOVERY_MAX)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "a recovery slot has 1 to %d bytes, not %" G_GSIZE_FORMAT, RECOVERY_MAX,
                g_bytes_get_size(blob));
    return FALSE;
  }
  remove_kind(self, SLOT_RECOVERY);
  if (blob != NULL) {
    Slot *slot = slot_new(SLOT_RECOVERY);
    slot->blob = g_bytes_ref(blob);
    g_ptr_array_add(self->slots, slot);
  }
  return TRUE;
}

GBytes *
ds_slots_recovery(const DsSlots *self)
{
  for (guint i = 0; i < self->slots->len; i++) {
    const Slot *slot = self->slots->pdata[i];
    if (slot->kind == SLOT_RECOVERY)
      return slot->blob;
  }
  return NULL;
}
