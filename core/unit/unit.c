/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/unit.h"

#include <string.h>

#include "base/error.h"
#include "plugin/profile.h"
#include "unit/enrol.h"
#include "unit/pack.h"
#include "unit/pins.h"
#include "unit/seal.h"
#include "unit/unit-private.h"
#include "unit/watch.h"
#include "vault/bundles.h"
#include "vault/setting.h"

DsKey *
ds_unit_load_key(DsVault *vault, const char *name, GError **error)
{
  g_autoptr(DsSecret) number = ds_vault_secret(vault, name, error);

  return number != NULL ? ds_key_from_private(number, error) : NULL;
}

static gboolean
open_folders(DsUnit *self, GError **error)
{
  g_autofree char *store = g_build_filename(self->home, "store", NULL);
  g_autofree char *spool = g_build_filename(self->home, "store", "spool", NULL);
  g_autofree char *inbox = g_build_filename(self->home, "inbox", NULL);

  self->store = ds_store_open(store, error);
  self->spool = self->store != NULL ? ds_spool_open(spool, error) : NULL;
  self->inbox = self->spool != NULL ? ds_inbox_open(inbox, error) : NULL;
  return self->inbox != NULL && ds_spool_sweep(self->spool, error);
}

static gboolean
open_rules(DsUnit *self, const DsUnitPlaces *places, GError **error)
{
  const char *plugins =
      places->plugin_dir != NULL ? places->plugin_dir : ds_registry_default_folder();

  g_auto(GStrv) profile = ds_profile_load(places->schema_dir, DS_PROFILE_FIELD, error);

  if (profile == NULL)
    return FALSE;
  self->plugins = ds_registry_load(plugins, (const char *const *)profile, error);
  self->policy = self->plugins != NULL ? ds_policy_load(places->schema_dir, error) : NULL;
  if (self->policy == NULL)
    return FALSE;
  self->helper = ds_helper_new(self->plugins);
  return ds_unit_load_trip_packs(self, error);
}

static gboolean
choose_officer(DsUnit *self, const char *number, GError **error)
{
  g_autoptr(GPtrArray) officers = ds_unit_officers(self, error);

  if (officers == NULL)
    return FALSE;
  if (number == NULL && officers->len != 1) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "this unit has %u officers: say which one acts (--officer NUMBER)", officers->len);
    return FALSE;
  }
  for (guint i = 0; i < officers->len; i++) {
    const DsUnitOfficer *officer = g_ptr_array_index(officers, i);
    if (number != NULL && !g_str_equal(officer->number, number))
      continue;
    self->officer = g_strdup(officer->number);
    self->officer_name = g_strdup(officer->name);
    return TRUE;
  }
  g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "no officer %s is enrolled on this unit",
              number);
  return FALSE;
}

static char *
read_id(DsUnit *self, GError **error)
{
  GError *local = NULL;
  char *id = ds_vault_setting_text(self->vault, DS_UNIT_SETTING_ID, &local);

  if (local != NULL)
    g_propagate_error(error, local);
  else if (id == NULL)
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND,
                "making the unit in %s was interrupted: run doorstep unit init again", self->home);
  return id;
}

static DsUnit *
open_home(const DsUnitPlaces *places, DsSecret *passphrase, GError **error)
{
  g_autoptr(DsUnit) self = g_new0(DsUnit, 1);

  if (!ds_vault_exists(places->home)) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND,
                "there is no unit in %s: make one with doorstep unit init", places->home);
    return NULL;
  }
  self->home = g_canonicalize_filename(places->home, NULL);
  self->vault = ds_vault_open(self->home, places->program, passphrase, error);
  if (self->vault == NULL || !open_folders(self, error))
    return NULL;
  self->id = read_id(self, error);
  if (self->id == NULL)
    return NULL;
  if (!choose_officer(self, places->officer, error))
    return NULL;
  return g_steal_pointer(&self);
}

/* What cannot be finished now (a full disk, a damaged file) must not keep the officer from the
 * other cases: the next change of a case tries the seal again and tells, the next prune the rest.
 */
static void
finish_interrupted(DsUnit *self)
{
  g_autoptr(GError) seal = NULL;
  g_autoptr(GError) prune = NULL;
  g_autoptr(GError) clock = NULL;

  if (!ds_unit_finish_seal(self, &seal))
    g_debug("%s", seal->message);
  if (!ds_unit_watch_clock(self, NULL, &clock))
    g_debug("%s", clock->message);
  if (!ds_vault_finish_prunes(self->vault, self->store, self->spool, self->officer, NULL, &prune))
    g_debug("%s", prune->message);
}

DsUnit *
ds_unit_open(const DsUnitPlaces *places, DsSecret *passphrase, GError **error)
{
  g_autoptr(DsUnit) self = open_home(places, passphrase, error);

  if (self == NULL || !ds_unit_reload_directory(self, error) || !open_rules(self, places, error))
    return NULL;
  finish_interrupted(self);
  return g_steal_pointer(&self);
}

void
ds_unit_close(DsUnit *self)
{
  if (self == NULL)
    return;
  ds_helper_free(self->helper);
  g_clear_pointer(&self->plugins, ds_registry_unref);
  g_clear_pointer(&self->policy, ds_policy_unref);
  g_clear_pointer(&self->pack_problems, g_hash_table_unref);
  ds_directory_free(self->directory);
  g_clear_pointer(&self->officer_keys, g_hash_table_unref);
  g_clear_pointer(&self->inbox, ds_inbox_unref);
  g_clear_pointer(&self->spool, ds_spool_unref);
  g_clear_pointer(&self->store, ds_store_unref);
  ds_vault_close(self->vault);
  g_free(self->officer_name);
  g_free(self->officer);
  g_free(self->id);
  g_free(self->home);
  g_free(self);
}

const char *
ds_unit_home(const DsUnit *self)
{
  return self->home;
}

const char *
ds_unit_id(const DsUnit *self)
{
  return self->id;
}

const char *
ds_unit_officer(const DsUnit *self)
{
  return self->officer;
}

const char *
ds_unit_officer_name(const DsUnit *self)
{
  return self->officer_name;
}

void
ds_unit_set_progress(DsUnit *self, DsUnitProgress progress, gpointer data)
{
  self->progress = progress;
  self->progress_data = data;
}

void
ds_unit_tell_progress(DsUnit *self, guint done, guint total)
{
  if (self->progress != NULL)
    self->progress(done, total, self->progress_data);
}

DsVault *
ds_unit_vault(DsUnit *self)
{
  return self->vault;
}

DsStore *
ds_unit_store(DsUnit *self)
{
  return self->store;
}

DsSpool *
ds_unit_spool(DsUnit *self)
{
  return self->spool;
}

DsInbox *
ds_unit_inbox(DsUnit *self)
{
  return self->inbox;
}

DsRegistry *
ds_unit_plugins(DsUnit *self)
{
  return self->plugins;
}

DsHelper *
ds_unit_helper(DsUnit *self)
{
  return self->helper;
}

DsPolicy *
ds_unit_policy(DsUnit *self)
{
  return self->policy;
}

const DsDirectory *
ds_unit_directory(const DsUnit *self)
{
  return self->directory;
}

const DsDirectory *
ds_unit_require_directory(const DsUnit *self, GError **error)
{
  if (self->directory == NULL)
    g_set_error_literal(error, DS_ERROR, DS_ERROR_REFUSED,
                        "this unit does not know its station yet: doorstep unit trust DIRECTORY "
                        "--fingerprint \"…\"");
  return self->directory;
}

gboolean
ds_unit_reload_directory(DsUnit *self, GError **error)
{
  guint64 version = 0;

  if (!ds_vault_directory_version(self->vault, &version, error))
    return FALSE;
  if (version == 0)
    return TRUE; /* before enrolment is finished */

  g_autoptr(GArray) pins = ds_unit_root_pins(self, error);
  g_autoptr(GBytes) bytes = pins != NULL ? ds_vault_directory(self->vault, 0, error) : NULL;
  if (bytes == NULL)
    return FALSE;
  DsDirectory *directory =
      ds_directory_verify(bytes, (const DsDigest *)(void *)pins->data, pins->len, version, error);
  if (directory == NULL)
    return FALSE;
  ds_directory_free(self->directory);
  self->directory = directory;
  return TRUE;
}
