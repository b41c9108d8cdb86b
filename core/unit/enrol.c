/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/enrol.h"

#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "bundle/enrol.h"
#include "bundle/seal.h"
#include "unit/pins.h"
#include "unit/unit-private.h"
#include "vault/setting.h"

#define RECOVERY_CONTEXT "recovery"

void
ds_unit_officer_free(gpointer data)
{
  DsUnitOfficer *officer = data;

  if (officer == NULL)
    return;
  g_free(officer->number);
  g_free(officer->name);
  g_free(officer);
}

/* ---- the officers' list: lines "number TAB name" ---- */

static char *
officers_to_text(const DsUnitOfficer *officers, guint count)
{
  GString *text = g_string_new(NULL);

  for (guint i = 0; i < count; i++)
    g_string_append_printf(text, "%s\t%s\n", officers[i].number, officers[i].name);
  return g_string_free(text, FALSE);
}

GPtrArray *
ds_unit_officers(DsUnit *self, GError **error)
{
  GError *local = NULL;
  g_autofree char *text = ds_vault_setting_text(self->vault, DS_UNIT_SETTING_OFFICERS, &local);

  if (text == NULL) {
    if (local == NULL)
      g_set_error_literal(&local, DS_ERROR, DS_ERROR_FAILED,
                          "the vault does not know its officers");
    g_propagate_error(error, local);
    return NULL;
  }

  GPtrArray *officers = g_ptr_array_new_with_free_func(ds_unit_officer_free);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    char *tab = strchr(lines[i], '\t');
    if (tab == NULL)
      continue;
    DsUnitOfficer *officer = g_new0(DsUnitOfficer, 1);
    officer->number = g_strndup(lines[i], (gsize)(tab - lines[i]));
    officer->name = g_strdup(tab + 1);
    g_ptr_array_add(officers, officer);
  }
  return officers;
}

/* ---- making a unit ---- */

static gboolean
check_names(const char *id, const DsUnitOfficer *officers, guint count, GError **error)
{
  if (id == NULL || !g_regex_match_simple("^[a-z0-9][a-z0-9-]{0,63}$", id, 0, 0)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "the unit's id \"%s\" must be 1 to 64 of a-z, 0-9 and \"-\"", id != NULL ? id : "");
    return FALSE;
  }
  if (count == 0) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        "a unit needs at least one officer: --officer NUMBER=NAME");
    return FALSE;
  }
  for (guint i = 0; i < count; i++) {
    const DsUnitOfficer *officer = &officers[i];
    if (!g_regex_match_simple("^[A-Za-z0-9-]{1,32}$", officer->number, 0, 0) ||
        *officer->name == '\0' || strpbrk(officer->name, "\t\n") != NULL) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                  "officer %u: the number must be letters, digits and \"-\", the name not empty",
                  i + 1);
      return FALSE;
    }
  }
  return TRUE;
}

/* A fresh key, kept in @vault as @name. (transfer full) */
static DsKey *
make_key(DsVault *vault, const char *name, GError **error)
{
  g_autoptr(DsKey) key = ds_key_generate(error);
  if (key == NULL)
    return NULL;
  g_autoptr(DsSecret) number = ds_key_dup_private(key);
  return ds_vault_set_secret(vault, name, number, error) ? g_steal_pointer(&key) : NULL;
}

static GBytes *
make_request(DsVault *vault, const char *id, const char *name, const DsUnitOfficer *officers,
             guint count, GError **error)
{
  g_autoptr(DsEnrolment) request = ds_enrolment_new();

  request->unit = g_strdup(id);
  request->name = g_strdup(name);
  request->sign = make_key(vault, DS_UNIT_SECRET_SIGN, error);
  if (request->sign == NULL)
    return NULL;
  request->encrypt = make_key(vault, DS_UNIT_SECRET_ENCRYPT, error);
  if (request->encrypt == NULL)
    return NULL;
  for (guint i = 0; i < count; i++) {
    g_autofree char *secret = g_strconcat(DS_UNIT_SECRET_OFFICER, officers[i].number, NULL);
    g_autoptr(DsKey) key = make_key(vault, secret, error);
    if (key == NULL)
      return NULL;
    ds_enrolment_add_officer(request, officers[i].number, officers[i].name, DS_ROLE_OFFICER, key);
  }
  return ds_enrolment_sign(request, request->sign, error);
}

static gboolean
make_identity(DsVault *vault, const char *id, const char *name, const DsUnitOfficer *officers,
              guint count, GError **error)
{
  g_autofree char *list = officers_to_text(officers, count);
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(vault, error);
  if (transaction == NULL)
    return FALSE;
  g_autoptr(GBytes) request = make_request(vault, id, name, officers, count, error);

  return request != NULL && ds_vault_set_setting(vault, DS_UNIT_SETTING_REQUEST, request, error) &&
         ds_vault_set_setting_text(vault, DS_UNIT_SETTING_ID, id, error) &&
         ds_vault_set_setting_text(vault, DS_UNIT_SETTING_NAME, name, error) &&
         ds_vault_set_setting_text(vault, DS_UNIT_SETTING_OFFICERS, list, error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

/* A new vault, or the one an interrupted init left without a name. (transfer full) */
static DsVault *
create_vault(const char *home, DsSecret *passphrase, DsSlotsCost cost, GError **error)
{
  if (!ds_vault_exists(home))
    return ds_vault_create(home, "doorstep", passphrase, cost, error);

  g_autoptr(DsVault) vault = ds_vault_open(home, "doorstep", passphrase, NULL);
  g_autofree char *id =
      vault != NULL ? ds_vault_setting_text(vault, DS_UNIT_SETTING_ID, NULL) : NULL;
  if (vault != NULL && id == NULL && !ds_vault_lost_database(home))
    return g_steal_pointer(&vault);
  g_set_error(error, DS_ERROR, DS_ERROR_EXISTS, "there is a unit in %s already", home);
  return NULL;
}

gboolean
ds_unit_init(const char *home, const char *id, const char *name, const DsUnitOfficer *officers,
             guint n_officers, DsSecret *passphrase, DsSlotsCost cost, GError **error)
{
  static const char *const folders[] = {"store", "store/spool", "inbox", "depot"};

  if (!check_names(id, officers, n_officers, error) || !ds_files_make_dir(home, error))
    return FALSE;
  g_autofree char *full = g_canonicalize_filename(home, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(folders); i++) {
    g_autofree char *folder = g_build_filename(full, folders[i], NULL);
    if (!ds_files_make_dir(folder, error))
      return FALSE;
  }
  g_autoptr(DsVault) vault = create_vault(full, passphrase, cost, error);
  return vault != NULL &&
         make_identity(vault, id, name != NULL ? name : id, officers, n_officers, error);
}

/* ---- meeting the station ---- */

GBytes *
ds_unit_enrolment(DsUnit *self, char **fingerprint, GError **error)
{
  g_autoptr(GBytes) request = ds_vault_setting(self->vault, DS_UNIT_SETTING_REQUEST, error);

  if (request == NULL) {
    if (error != NULL && *error == NULL)
      g_set_error_literal(error, DS_ERROR, DS_ERROR_FAILED, "the vault holds no enrolment request");
    return NULL;
  }
  *fingerprint = ds_enrol_fingerprint(request, error);
  return *fingerprint != NULL ? g_steal_pointer(&request) : NULL;
}

static gboolean
check_root(const DsDirectory *directory, const char *fingerprint, GError **error)
{
  g_autofree char *own = ds_enrol_root_fingerprint(directory->root);

  if (fingerprint == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "this is the first directory of station %s: have the station read its fingerprint "
                "aloud and give it with --fingerprint",
                directory->station);
    return FALSE;
  }
  if (ds_enrol_fingerprint_equal(own, fingerprint))
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
              "the fingerprint read aloud is not that of this directory's station (%s): do not "
              "trust this file",
              own);
  return FALSE;
}

/* Any draft can be opened at the station when the passphrase is lost. */
static gboolean
wrap_master(DsUnit *self, const DsDirectory *directory, GError **error)
{
  g_autoptr(DsSecret) master = ds_vault_export_master(self->vault);
  g_autoptr(GBytes) blob = ds_seal_secret(master, directory->recovery, RECOVERY_CONTEXT, error);

  return blob != NULL && ds_vault_set_recovery_slot(self->vault, blob, error);
}

gboolean
ds_unit_trust(DsUnit *self, GBytes *bytes, const char *root_fingerprint, GError **error)
{
  guint64 known = 0;
  g_autoptr(GArray) pins = ds_unit_root_pins(self, error);

  if (pins == NULL || !ds_vault_directory_version(self->vault, &known, error))
    return FALSE;
  g_autoptr(DsDirectory) directory =
      ds_directory_verify(bytes, (const DsDigest *)(void *)pins->data, pins->len, known, error);
  if (directory == NULL)
    return FALSE;
  if (pins->len == 0 && !check_root(directory, root_fingerprint, error))
    return FALSE;

  /* the recovery slot first: no unit that knows its station may lack it, whatever interrupts */
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self->vault, error);
  if (transaction == NULL || !wrap_master(self, directory, error) ||
      !ds_vault_add_directory(self->vault, directory->version, bytes, error) ||
      !ds_unit_pin_roots(self, directory, error) ||
      !ds_vault_see_station_time(self->vault, directory->issued_us, error) ||
      !ds_vault_commit(g_steal_pointer(&transaction), error))
    return FALSE;
  return ds_unit_reload_directory(self, error);
}
