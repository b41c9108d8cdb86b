/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/secret.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

#define LINE_MAX_BYTES 1024

struct _DsSecret {
  gatomicrefcount refs;
  gsize size;
  guint8 *data; /* sodium_malloc: guard pages, mlock, MADV_DONTDUMP */
};

void
ds_secret_process_init(void)
{
  const struct rlimit no_core = {0, 0};

  if (sodium_init() < 0)
    g_error("no source of random bytes: the kernel's random device is missing");
  setrlimit(RLIMIT_CORE, &no_core);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  umask(077);
}

DsSecret *
ds_secret_new(gsize size)
{
  DsSecret *self = g_new0(DsSecret, 1);

  if (sodium_init() < 0)
    g_error("no source of random bytes: the kernel's random device is missing");
  g_atomic_ref_count_init(&self->refs);
  self->size = size;
  self->data = sodium_malloc(MAX(size, 1));
  if (self->data == NULL)
    g_error("out of lockable memory for a secret of %" G_GSIZE_FORMAT " bytes", size);
  memset(self->data, 0, MAX(size, 1));
  return self;
}

DsSecret *
ds_secret_from_bytes(const void *data, gsize size)
{
  DsSecret *self = ds_secret_new(size);

  if (size > 0)
    memcpy(self->data, data, size);
  return self;
}

DsSecret *
ds_secret_random(gsize size)
{
  DsSecret *self = ds_secret_new(size);

  randombytes_buf(self->data, size);
  return self;
}

DsSecret *
ds_secret_ref(DsSecret *self)
{
  g_atomic_ref_count_inc(&self->refs);
  return self;
}

void
ds_secret_unref(DsSecret *self)
{
  if (self == NULL || !g_atomic_ref_count_dec(&self->refs))
    return;
  sodium_free(self->data); /* wipes */
  g_free(self);
}

guint8 *
ds_secret_data(DsSecret *self)
{
  return self->data;
}

gsize
ds_secret_size(const DsSecret *self)
{
  return self->size;
}

gboolean
ds_secret_equal(const DsSecret *a, const DsSecret *b)
{
  return a->size == b->size && sodium_memcmp(a->data, b->data, a->size) == 0;
}

DsSecret *
ds_secret_read_line(int fd, GError **error)
{
  g_autoptr(DsSecret) line = ds_secret_new(LINE_MAX_BYTES);
  gsize used = 0;

  for (;;) {
    ssize_t got = read(fd, line->data + used, 1); /* byte by byte: what follows is not ours */
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0) {
      ds_error_set_errno(error, errno, "reading", "the passphrase");
      return NULL;
    }
    if (got == 0 || line->data[used] == '\n')
      break;
    if (++used == LINE_MAX_BYTES) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "the passphrase is longer than %d bytes",
                  LINE_MAX_BYTES - 1);
      return NULL;
    }
  }
  if (used == 0) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID, "the passphrase is empty");
    return NULL;
  }
  return ds_secret_from_bytes(line->data, used);
}

void
ds_random_bytes(void *data, gsize size)
{
  if (sodium_init() < 0)
    g_error("no source of random bytes: the kernel's random device is missing");
  randombytes_buf(data, size);
}

void
ds_wipe(void *data, gsize size)
{
  sodium_memzero(data, size);
}
