/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The crew's signing keys. Without a PIN an officer's key opens with the unit's passphrase, which
 * the whole crew shares: then a signature says "somebody of this crew, as that officer". With a PIN
 * (vault/pin.h) only who knows it signs as that officer, and a trip can be handed over. */
#pragma once

#include "bundle/key.h"
#include "unit/unit.h"

G_BEGIN_DECLS

/* DS_ERROR_NOT_FOUND: not of this crew. */
gboolean ds_unit_officer_has_pin(DsUnit *self, const char *number, gboolean *has,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sets or changes the PIN of @number. @old is asked for when there is one, DS_ERROR_LOCKED when it
 * is another. Journalled as "pin-set". */
gboolean ds_unit_set_pin(DsUnit *self, const char *number, DsSecret *old, DsSecret *pin,
                         DsSlotsCost cost, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How a front end asks for a PIN: of officer @number, called @name. (transfer full) */
typedef DsSecret *(*DsUnitAskPin)(const char *number, const char *name, gpointer data,
                                  GError **error);
void ds_unit_set_ask_pin(DsUnit *self, DsUnitAskPin ask, gpointer data);

/* The signing key of @number; asks for the PIN when there is one, once while the unit is open. A
 * wrong one is journalled as "pin-wrong" and DS_ERROR_LOCKED. (transfer full) */
DsKey *ds_unit_officer_key(DsUnit *self, const char *number, GError **error);

G_END_DECLS
