/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Key slots: one random master key, wrapped once per way in. A file of deterministic CBOR:
 *
 *   {1: version 1, 2: id (16 bytes), 3: [slot …], 4: mac}
 *   passphrase slot {1: 1, 2: id, 3: salt, 4: ops, 5: memory bytes, 6: nonce, 7: wrapped master}
 *   recovery slot   {1: 2, 2: id, 8: blob made and opened by a later layer}
 *
 * A passphrase becomes a key by Argon2id (libsodium, version 1.3), which wraps the master key by
 * XChaCha20-Poly1305 with all the slot's other members and the file's id as associated data.
 * The mac (HMAC-SHA256 under a key derived from the master) covers everything before it, so a slot
 * added, removed or exchanged by somebody without the master is found at the next unlock.
 * Also used for the station's key file. */
#pragma once

#include <glib.h>

#include "base/secret.h"

G_BEGIN_DECLS

#define DS_SLOTS_MASTER_SIZE 32
#define DS_SLOTS_FILE_MAX (256 * 1024)
#define DS_SLOTS_PASSPHRASE_MIN 1 /* how good it must be is the front end's and the pack's word */

typedef enum {
  DS_SLOTS_COST_NORMAL = 0, /* 256 MiB, 3 passes: about a second on a field laptop */
  DS_SLOTS_COST_LIGHT = 1,  /* 8 MiB, 1 pass: tests and the demo only */
} DsSlotsCost;

typedef struct _DsSlots DsSlots;

/* No slots yet, a random id. (transfer full) */
DsSlots *ds_slots_new(void);
/* DS_ERROR_INVALID with the byte for a broken file, DS_ERROR_UNSUPPORTED for a newer version or
 * an unknown kind of slot. (transfer full) */
DsSlots *ds_slots_parse(GBytes *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The file, with a mac under @master. (transfer full) */
GBytes *ds_slots_encode(DsSlots *self, DsSecret *master, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ds_slots_free(DsSlots *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsSlots, ds_slots_free)

const char *ds_slots_id(const DsSlots *self); /* 32 hex digits */
guint ds_slots_count_passphrases(const DsSlots *self);

/* Replaces every passphrase slot by one for @passphrase. */
gboolean ds_slots_set_passphrase(DsSlots *self, DsSecret *master, DsSecret *passphrase,
                                 DsSlotsCost cost, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The master key. DS_ERROR_LOCKED when no slot opens ("wrong passphrase"), DS_ERROR_REFUSED when
 * one opens but the file's mac does not fit. (transfer full) */
DsSecret *ds_slots_unlock(DsSlots *self, DsSecret *passphrase,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* DS_ERROR_REFUSED when the file was not last written with @master. */
gboolean ds_slots_check(DsSlots *self, DsSecret *master, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* At most 64 KiB; NULL removes. */
gboolean ds_slots_set_recovery(DsSlots *self, GBytes *blob,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *ds_slots_recovery(const DsSlots *self); /* (transfer none), NULL when there is none */

G_END_DECLS
