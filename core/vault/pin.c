/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/pin.h"

#include <sodium.h>
#include <string.h>

#include "base/error.h"
#include "model/cbor.h"

#define KEY_MAX 64
#define WRAPPED_MAX (KEY_MAX + crypto_aead_xchacha20poly1305_ietf_ABYTES)
#define OPS_MAX 16
#define MEMORY_MAX (1024u * 1024 * 1024)

typedef struct {
  guint8 salt[crypto_pwhash_SALTBYTES];
  guint64 ops;
  guint64 memory;
  guint8 nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];
  guint8 wrapped[WRAPPED_MAX];
  gsize size; /* of wrapped */
} Wrap;

static GBytes *
bound_to(const Wrap *self, const char *name, GError **error)
{
  g_autoptr(DsCborWriter) writer = ds_cbor_writer_new();

  ds_cbor_put_array(writer, 5);
  ds_cbor_put_text(writer, "doorstep/pin/1");
  ds_cbor_put_text(writer, name);
  ds_cbor_put_bytes(writer, self->salt, sizeof self->salt);
  ds_cbor_put_uint(writer, self->ops);
  ds_cbor_put_uint(writer, self->memory);
  return ds_cbor_writer_finish(writer, error);
}

static DsSecret *
stretch(const Wrap *self, DsSecret *pin, GError **error)
{
  g_autoptr(DsSecret) key = ds_secret_new(crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

  if (crypto_pwhash(ds_secret_data(key), ds_secret_size(key), (char *)ds_secret_data(pin),
                    ds_secret_size(pin), self->salt, self->ops, (size_t)self->memory,
                    crypto_pwhash_ALG_ARGON2ID13) == 0)
    return g_steal_pointer(&key);
  g_set_error_literal(error, DS_ERROR, DS_ERROR_RETRY,
                      "not enough memory to check a PIN: close something and try again");
  return NULL;
}

static void
put_bytes(DsCborWriter *writer, gint64 key, const guint8 *bytes, gsize size)
{
  ds_cbor_put_int(writer, key);
  ds_cbor_put_bytes(writer, bytes, size);
}

static GBytes *
encode(const Wrap *self, GError **error)
{
  g_autoptr(DsCborWriter) writer = ds_cbor_writer_new();

  ds_cbor_put_map(writer, 6);
  ds_cbor_put_int(writer, 1);
  ds_cbor_put_uint(writer, 1);
  put_bytes(writer, 2, self->salt, sizeof self->salt);
  ds_cbor_put_int(writer, 3);
  ds_cbor_put_uint(writer, self->ops);
  ds_cbor_put_int(writer, 4);
  ds_cbor_put_uint(writer, self->memory);
  put_bytes(writer, 5, self->nonce, sizeof self->nonce);
  put_bytes(writer, 6, self->wrapped, self->size);
  return ds_cbor_writer_finish(writer, error);
}

static gsize
read_bytes(DsCborReader *reader, gint64 key, const char *name, guint8 *to, gsize min, gsize max)
{
  gsize size = 0;

  ds_cbor_want_key(reader, key, name);
  const guint8 *bytes = ds_cbor_get_bytes(reader, min, max, &size);
  if (bytes == NULL)
    return 0;
  memcpy(to, bytes, size);
  return size;
}

static gboolean
decode(GBytes *bytes, Wrap *self, GError **error)
{
  const DsCborLimits limits = {.max_size = 1024};
  g_auto(DsCborReader) reader = {0};

  if (!ds_cbor_reader_init_bytes(&reader, bytes, "PIN", &limits, error))
    return FALSE;
  ds_cbor_enter_map(&reader, 6);
  ds_cbor_want_key(&reader, 1, "version");
  if (ds_cbor_get_uint(&reader, 1) != 1)
    ds_cbor_fail(&reader, DS_ERROR_UNSUPPORTED, "a version that is not known here");
  read_bytes(&reader, 2, "salt", self->salt, sizeof self->salt, sizeof self->salt);
  ds_cbor_want_key(&reader, 3, "ops");
  self->ops = ds_cbor_get_uint(&reader, OPS_MAX);
  ds_cbor_want_key(&reader, 4, "memory");
  self->memory = ds_cbor_get_uint(&reader, MEMORY_MAX);
  read_bytes(&reader, 5, "nonce", self->nonce, sizeof self->nonce, sizeof self->nonce);
  self->size = read_bytes(&reader, 6, "wrapped", self->wrapped,
                          crypto_aead_xchacha20poly1305_ietf_ABYTES, sizeof self->wrapped);
  ds_cbor_leave(&reader);
  return ds_cbor_reader_finish(&reader, error);
}

GBytes *
ds_pin_wrap(DsSecret *key, DsSecret *pin, const char *name, DsSlotsCost cost, GError **error)
{
  Wrap self = {.ops = cost == DS_SLOTS_COST_LIGHT ? 1 : 3,
               .memory = (cost == DS_SLOTS_COST_LIGHT ? 8u : 256u) * 1024 * 1024};
  unsigned long long size = 0;

  if (ds_secret_size(pin) < DS_PIN_MIN) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "a PIN has at least %u characters", DS_PIN_MIN);
    return NULL;
  }
  g_return_val_if_fail(ds_secret_size(key) <= KEY_MAX, NULL);
  ds_random_bytes(self.salt, sizeof self.salt);
  ds_random_bytes(self.nonce, sizeof self.nonce);
  g_autoptr(GBytes) bound = bound_to(&self, name, error);
  g_autoptr(DsSecret) wrapping = bound != NULL ? stretch(&self, pin, error) : NULL;
  if (wrapping == NULL)
    return NULL;
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      self.wrapped, &size, ds_secret_data(key), ds_secret_size(key), g_bytes_get_data(bound, NULL),
      g_bytes_get_size(bound), NULL, self.nonce, ds_secret_data(wrapping));
  self.size = (gsize)size;
  return encode(&self, error);
}

DsSecret *
ds_pin_unwrap(GBytes *wrapped, DsSecret *pin, const char *name, GError **error)
{
  Wrap self = {0};

  if (!decode(wrapped, &self, error))
    return NULL;
  g_autoptr(GBytes) bound = bound_to(&self, name, error);
  g_autoptr(DsSecret) wrapping = bound != NULL ? stretch(&self, pin, error) : NULL;
  if (wrapping == NULL)
    return NULL;
  g_autoptr(DsSecret) key = ds_secret_new(self.size - crypto_aead_xchacha20poly1305_ietf_ABYTES);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          ds_secret_data(key), NULL, NULL, self.wrapped, self.size, g_bytes_get_data(bound, NULL),
          g_bytes_get_size(bound), self.nonce, ds_secret_data(wrapping)) == 0)
    return g_steal_pointer(&key);
  g_set_error_literal(error, DS_ERROR, DS_ERROR_LOCKED, "that is not the PIN");
  return NULL;
}
