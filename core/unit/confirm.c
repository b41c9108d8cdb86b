/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/confirm.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "unit/pack.h"
#include "vault/journal.h"

#define NOTICE "notice"
#define JOINED_TEXT "commitment" /* a pack may hold both in one text */

typedef struct {
  char *version;
  char *sha256;
  char *at;
} Names;

static void
names_clear(Names *self)
{
  g_free(self->version);
  g_free(self->sha256);
  g_free(self->at);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Names, names_clear)

/* FALSE: @name confirms nothing. */
static gboolean
find_names(const DsPluginInfo *info, const char *name, const char *subject, Names *names)
{
  const DsField *field = ds_plugin_info_field(info, name);

  names->version = g_strconcat(subject, ".version", NULL);
  names->sha256 = g_strconcat(subject, ".sha256", NULL);
  names->at = g_strconcat(name, "-at", NULL);
  return field != NULL && field->type == DS_FIELD_BOOL &&
         ds_plugin_info_field(info, names->version) != NULL &&
         ds_plugin_info_field(info, names->sha256) != NULL;
}

static const DsPackText *
find_text(const DsPack *pack, const char *subject, GError **error)
{
  const DsPackText *text = ds_pack_text(pack, subject);

  if (text == NULL && g_str_equal(subject, NOTICE))
    text = ds_pack_text(pack, JOINED_TEXT);
  if (text == NULL)
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "pack %s has no text \"%s\" to confirm",
                ds_pack_id(pack), subject);
  return text;
}

gboolean
ds_unit_field_is_noted(const DsPluginInfo *info, const char *name)
{
  for (guint i = 0; i < info->fields->len; i++) {
    const DsField *field = g_ptr_array_index(info->fields, i);
    g_autofree char *subject = g_strndup(field->name, strcspn(field->name, "."));
    g_auto(Names) names = {0};
    if (find_names(info, field->name, subject, &names) &&
        (g_str_equal(name, names.version) || g_str_equal(name, names.sha256) ||
         g_str_equal(name, names.at)))
      return TRUE;
  }
  return FALSE;
}

gboolean
ds_unit_text_to_confirm(DsUnit *self, const char *case_id, const char *step, const char *name,
                        DsPack **pack, const DsPackText **text, GError **error)
{
  const DsPluginEntry *entry = ds_registry_find(ds_unit_plugins(self), step, DS_PLUGIN_STEP, error);
  g_autofree char *subject = g_strndup(name, strcspn(name, "."));
  g_auto(Names) names = {0};

  *pack = NULL;
  *text = NULL;
  if (entry == NULL)
    return FALSE;
  if (!find_names(entry->info, name, subject, &names))
    return TRUE;

  g_autoptr(DsVaultCase) of = ds_vault_case(ds_unit_vault(self), case_id, error);
  *pack = of != NULL ? ds_unit_case_pack(self, of, error) : NULL;
  if (*pack == NULL || (*text = find_text(*pack, subject, error)) == NULL) {
    g_clear_pointer(pack, ds_pack_unref);
    return FALSE;
  }
  return TRUE;
}

gboolean
ds_unit_note_confirmation(DsUnit *self, const DsVaultCase *of, const char *step, const char *name,
                          const char *value, GError **error)
{
  const DsPluginEntry *entry = ds_registry_find(ds_unit_plugins(self), step, DS_PLUGIN_STEP, error);
  g_autofree char *subject = g_strndup(name, strcspn(name, "."));
  g_auto(Names) names = {0};
  const DsPackText *text = NULL;

  if (entry == NULL)
    return FALSE;
  if (!find_names(entry->info, name, subject, &names))
    return TRUE;

  g_autoptr(DsPack) pack = ds_unit_case_pack(self, of, error);
  gboolean confirmed = g_strcmp0(value, "true") == 0;
  if (pack == NULL || (confirmed && (text = find_text(pack, subject, error)) == NULL))
    return FALSE;
  g_autofree char *now = confirmed ? ds_clock_format(ds_clock_now().wall_us) : NULL;
  const struct {
    const char *name;
    const char *value;
  } notes[] = {
      {names.version, text != NULL ? text->version : NULL},
      {names.sha256, text != NULL ? text->sha256 : NULL},
      {names.at, now},
  };
  for (guint i = 0; i < G_N_ELEMENTS(notes); i++)
    if (ds_plugin_info_field(entry->info, notes[i].name) != NULL &&
        !ds_vault_set_field(ds_unit_vault(self), of->id, step, notes[i].name, notes[i].value,
                            ds_unit_officer(self), error))
      return FALSE;
  return TRUE;
}
