/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A private key in the vault that its owner's PIN alone opens, even while the vault is open:
 *
 *   {1: 1, 2: salt, 3: ops, 4: memory, 5: nonce, 6: wrapped}     deterministic CBOR
 *   wrapped = XChaCha20-Poly1305(Argon2id(PIN, salt, ops, memory), nonce, key,
 *             aad = CBOR ["doorstep/pin/1", name, salt, ops, memory])
 *
 * Whoever has the open vault can still try PINs, each at the cost of one Argon2id: a PIN of six
 * digits holds for days, not for years (docs/threats.md). */
#pragma once

#include <glib.h>

#include "base/secret.h"
#include "vault/slots.h"

G_BEGIN_DECLS

#define DS_PIN_MIN 6u /* characters */

/* DS_ERROR_INVALID for a PIN that is too short. @name binds the wrap to whose key it is.
 * (transfer full) */
GBytes *ds_pin_wrap(DsSecret *key, DsSecret *pin, const char *name, DsSlotsCost cost,
                    GError **error);
/* DS_ERROR_LOCKED: another PIN, DS_ERROR_INVALID: damaged. (transfer full) */
DsSecret *ds_pin_unwrap(GBytes *wrapped, DsSecret *pin, const char *name, GError **error);

G_END_DECLS
