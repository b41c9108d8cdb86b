/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory for keys, passphrases and plaintext that must not outlive its use: locked into RAM,
 * guarded, kept out of core dumps, wiped when the last reference goes (libsodium). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DsSecret DsSecret;

/* Once per process, before anything else: sodium_init, no core dumps, not ptrace-able
 * (PR_SET_DUMPABLE 0), umask 077. Aborts only when the random source is missing. */
void ds_secret_process_init(void);

/* Zeroed secret of @size bytes. (transfer full) */
DsSecret *ds_secret_new(gsize size);
/* Copies @data; the caller still wipes its own copy. */
DsSecret *ds_secret_from_bytes(const void *data, gsize size);
/* @size bytes from the system's random source. */
DsSecret *ds_secret_random(gsize size);
DsSecret *ds_secret_ref(DsSecret *self);
void ds_secret_unref(DsSecret *self);

guint8 *ds_secret_data(DsSecret *self);
gsize ds_secret_size(const DsSecret *self);
/* Constant time; sizes are not secret. */
gboolean ds_secret_equal(const DsSecret *a, const DsSecret *b);

/* Reads one line (without its newline) from @fd into a secret, at most 1024 bytes: how a
 * passphrase arrives from --passphrase-fd. DS_ERROR_INVALID when empty or too long. */
DsSecret *ds_secret_read_line(int fd, GError **error);

/* Fills @data from the system's random source. */
void ds_random_bytes(void *data, gsize size);
/* Wipes memory in a way the compiler keeps. */
void ds_wipe(void *data, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsSecret, ds_secret_unref)

G_END_DECLS
