/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/officer.h"

#include "base/error.h"
#include "unit/enrol.h"
#include "unit/unit-private.h"
#include "vault/journal.h"
#include "vault/pin.h"
#include "vault/setting.h"

#define SETTING_PIN "officer-pin." /* with the number */

static char *
setting_name(const char *number)
{
  return g_strconcat(SETTING_PIN, number, NULL);
}

static char *
secret_name(const char *number)
{
  return g_strconcat(DS_UNIT_SECRET_OFFICER, number, NULL);
}

/* Name of the officer; NULL with DS_ERROR_NOT_FOUND. (transfer full) */
static char *
officer_name(DsUnit *self, const char *number, GError **error)
{
  g_autoptr(GPtrArray) officers = ds_unit_officers(self, error);

  for (guint i = 0; officers != NULL && i < officers->len; i++) {
    const DsUnitOfficer *officer = g_ptr_array_index(officers, i);
    if (g_str_equal(officer->number, number))
      return g_strdup(officer->name);
  }
  if (officers != NULL)
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "no officer %s is enrolled on this unit",
                number);
  return NULL;
}

/* The wrapped key; NULL without an error when the officer has no PIN. */
static GBytes *
find_wrapped(DsUnit *self, const char *number, GError **error)
{
  g_autofree char *name = setting_name(number);

  return ds_vault_setting(self->vault, name, error);
}

gboolean
ds_unit_officer_has_pin(DsUnit *self, const char *number, gboolean *has, GError **error)
{
  GError *local = NULL;
  g_autofree char *name = officer_name(self, number, error);
  if (name == NULL)
    return FALSE;
  g_autoptr(GBytes) wrapped = find_wrapped(self, number, &local);
  *has = wrapped != NULL;
  if (local == NULL)
    return TRUE;
  g_propagate_error(error, local);
  return FALSE;
}

static DsSecret *
unwrap(DsUnit *self, const char *number, GBytes *wrapped, DsSecret *pin, GError **error)
{
  GError *local = NULL;
  DsSecret *number_of_key = ds_pin_unwrap(wrapped, pin, number, &local);

  if (number_of_key != NULL)
    return number_of_key;
  if (g_error_matches(local, DS_ERROR, DS_ERROR_LOCKED)) {
    g_autoptr(GError) ignored = NULL;
    if (!ds_vault_log(self->vault, NULL, NULL, "pin-wrong", number, self->officer, &ignored))
      g_debug("%s", ignored->message);
    g_prefix_error(&local, "officer %s: ", number);
  }
  g_propagate_error(error, local);
  return NULL;
}

/* The private key as it lies here, opened with @old when it has a PIN. */
static DsSecret *
open_for_change(DsUnit *self, const char *number, DsSecret *old, GError **error)
{
  GError *local = NULL;
  g_autoptr(GBytes) wrapped = find_wrapped(self, number, &local);
  g_autofree char *secret = secret_name(number);

  if (local != NULL) {
    g_propagate_error(error, local);
    return NULL;
  }
  if (wrapped == NULL)
    return ds_vault_secret(self->vault, secret, error);
  if (old == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_LOCKED, "officer %s has a PIN already: give it too",
                number);
    return NULL;
  }
  return unwrap(self, number, wrapped, old, error);
}

gboolean
ds_unit_set_pin(DsUnit *self, const char *number, DsSecret *old, DsSecret *pin, DsSlotsCost cost,
                GError **error)
{
  g_autofree char *who = officer_name(self, number, error);
  g_autofree char *setting = setting_name(number);
  g_autofree char *secret = secret_name(number);
  g_autoptr(DsSecret) key = who != NULL ? open_for_change(self, number, old, error) : NULL;
  g_autoptr(GBytes) wrapped = key != NULL ? ds_pin_wrap(key, pin, number, cost, error) : NULL;
  g_autoptr(DsVaultTransaction) transaction =
      wrapped != NULL ? ds_vault_begin(self->vault, error) : NULL;

  return transaction != NULL && ds_vault_set_setting(self->vault, setting, wrapped, error) &&
         ds_vault_set_secret(self->vault, secret, NULL, error) &&
         ds_vault_log(self->vault, NULL, NULL, "pin-set", number, self->officer, error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

void
ds_unit_set_ask_pin(DsUnit *self, DsUnitAskPin ask, gpointer data)
{
  self->ask_pin = ask;
  self->ask_pin_data = data;
}

static DsKey *
ask_for_key(DsUnit *self, const char *number, GBytes *wrapped, GError **error)
{
  g_autofree char *name = officer_name(self, number, error);

  if (name == NULL)
    return NULL;
  if (self->ask_pin == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_LOCKED, "officer %s signs with a PIN, and nobody asks",
                number);
    return NULL;
  }
  g_autoptr(DsSecret) pin = self->ask_pin(number, name, self->ask_pin_data, error);
  g_autoptr(DsSecret) key = pin != NULL ? unwrap(self, number, wrapped, pin, error) : NULL;
  return key != NULL ? ds_key_from_private(key, error) : NULL;
}

DsKey *
ds_unit_officer_key(DsUnit *self, const char *number, GError **error)
{
  GError *local = NULL;
  g_autofree char *secret = secret_name(number);
  DsKey *known =
      self->officer_keys != NULL ? g_hash_table_lookup(self->officer_keys, number) : NULL;

  if (known != NULL)
    return ds_key_ref(known);
  g_autoptr(GBytes) wrapped = find_wrapped(self, number, &local);
  if (local != NULL) {
    g_propagate_error(error, local);
    return NULL;
  }
  if (wrapped == NULL)
    return ds_unit_load_key(self->vault, secret, error);
  DsKey *key = ask_for_key(self, number, wrapped, error);
  if (key == NULL)
    return NULL;
  if (self->officer_keys == NULL)
    self->officer_keys =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)ds_key_unref);
  g_hash_table_insert(self->officer_keys, g_strdup(number), ds_key_ref(key));
  return key;
}
