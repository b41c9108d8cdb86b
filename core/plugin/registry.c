/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/registry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "plugin-paths.h"
#include "plugin/module.h"

struct _DsRegistry {
  gatomicrefcount refs;
  char *folder;
  GPtrArray *entries; /* of DsPluginEntry, sorted by id */
};

const char *
ds_registry_default_folder(void)
{
  const char *folder = secure_getenv("DOORSTEP_PLUGIN_DIR");

  return folder != NULL && *folder != '\0' ? folder : DS_PLUGIN_FOLDER;
}

/* @type is S_IFDIR or S_IFREG; the rule is told in registry.h. */
static gboolean
is_trusted(const char *path, mode_t type, GError **error)
{
  struct stat info;
  gboolean raised = getauxval(AT_SECURE) != 0;

  if (lstat(path, &info) != 0)
    return ds_error_set_errno(error, errno, "opening", path);
  if ((info.st_mode & S_IFMT) != type) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "%s is no %s; plugins are not loaded through it",
                path, type == S_IFDIR ? "folder" : "regular file");
    return FALSE;
  }
  if (info.st_uid != 0 && (raised || info.st_uid != geteuid())) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "%s belongs to user %u; plugins must belong to root%s", path, info.st_uid,
                raised ? "" : " or to the user who runs this program");
    return FALSE;
  }
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "%s may be written by others; run: chmod go-w \"%s\"", path, path);
    return FALSE;
  }
  return TRUE;
}

static void
entry_free(gpointer data)
{
  DsPluginEntry *self = data;

  g_free(self->id);
  g_free(self->folder);
  ds_plugin_info_free(self->info);
  g_clear_error(&self->problem);
  g_free(self);
}

static gboolean
load_module(DsPluginEntry *entry, GError **error)
{
  g_autofree char *path = g_build_filename(entry->folder, entry->info->module, NULL);

  if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND,
                "%s: plugin.json names this module, but it is not there; install the plugin again",
                path);
    return FALSE;
  }
  if (!is_trusted(path, S_IFREG, error))
    return FALSE;
  if (entry->info->kind != DS_PLUGIN_STEP)
    return TRUE;
  const DsPlugin *plugin = ds_module_open(path, entry->id, DS_PLUGIN_STEP, error);
  if (plugin == NULL)
    return FALSE;
  entry->step = plugin->ops;
  return TRUE;
}

static gboolean
load_entry(DsPluginEntry *entry, GError **error)
{
  g_autofree char *path = g_build_filename(entry->folder, "plugin.json", NULL);

  if (!g_file_test(entry->folder, G_FILE_TEST_EXISTS)) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "%s: there is no such plugin", entry->folder);
    return FALSE;
  }
  if (!is_trusted(entry->folder, S_IFDIR, error) || !is_trusted(path, S_IFREG, error))
    return FALSE;
  entry->info = ds_plugin_info_load(path, error);
  if (entry->info == NULL)
    return FALSE;
  if (!g_str_equal(entry->info->id, entry->id)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s: says it is \"%s\", its folder is \"%s\"",
                path, entry->info->id, entry->id);
    return FALSE;
  }
  return entry->info->module == NULL || load_module(entry, error);
}

static void
add_entry(DsRegistry *self, const char *id)
{
  DsPluginEntry *entry = g_new0(DsPluginEntry, 1);

  entry->id = g_strdup(id);
  entry->folder = g_build_filename(self->folder, id, NULL);
  if (!ds_plugin_id_is_valid(id))
    g_set_error(&entry->problem, DS_ERROR, DS_ERROR_INVALID,
                "\"%s\" is no plugin id; expected kind-subject in small letters", id);
  else
    load_entry(entry, &entry->problem);
  g_ptr_array_add(self->entries, entry);
}

/* Folders of the plugin folder that have a plugin.json. (transfer full) */
static GStrv
list_ids(const char *folder, GError **error)
{
  g_autoptr(GPtrArray) names = ds_files_list(folder, error);
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);

  if (names == NULL)
    return NULL;
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path =
        g_build_filename(folder, g_ptr_array_index(names, i), "plugin.json", NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
      g_ptr_array_add(ids, g_strdup(g_ptr_array_index(names, i)));
  }
  g_ptr_array_add(ids, NULL);
  return (GStrv)g_ptr_array_free(g_steal_pointer(&ids), FALSE);
}

static gint
compare_entries(gconstpointer a, gconstpointer b)
{
  return strcmp((*(const DsPluginEntry *const *)a)->id, (*(const DsPluginEntry *const *)b)->id);
}

static DsPluginEntry *
lookup(const DsRegistry *self, const char *id)
{
  for (guint i = 0; i < self->entries->len; i++) {
    DsPluginEntry *entry = g_ptr_array_index(self->entries, i);
    if (g_str_equal(entry->id, id))
      return entry;
  }
  return NULL;
}

DsRegistry *
ds_registry_load(const char *folder, const char *const *ids, GError **error)
{
  g_autofree char *real = realpath(folder, NULL);
  g_auto(GStrv) found = NULL;

  if (real == NULL) {
    ds_error_set_errno(error, errno, "opening the plugin folder", folder);
    return NULL;
  }
  if (!is_trusted(real, S_IFDIR, error))
    return NULL;
  if (ids == NULL) {
    found = list_ids(real, error);
    if (found == NULL)
      return NULL;
    ids = (const char *const *)found;
  }

  DsRegistry *self = g_new0(DsRegistry, 1);
  g_atomic_ref_count_init(&self->refs);
  self->folder = g_steal_pointer(&real);
  self->entries = g_ptr_array_new_with_free_func(entry_free);
  for (gsize i = 0; ids[i] != NULL; i++)
    if (lookup(self, ids[i]) == NULL)
      add_entry(self, ids[i]);
  g_ptr_array_sort(self->entries, compare_entries);
  return self;
}

DsRegistry *
ds_registry_ref(DsRegistry *self)
{
  g_atomic_ref_count_inc(&self->refs);
  return self;
}

void
ds_registry_unref(DsRegistry *self)
{
  if (self == NULL || !g_atomic_ref_count_dec(&self->refs))
    return;
  g_ptr_array_unref(self->entries);
  g_free(self->folder);
  g_free(self);
}

const char *
ds_registry_folder(const DsRegistry *self)
{
  return self->folder;
}

guint
ds_registry_count(const DsRegistry *self)
{
  return self->entries->len;
}

const DsPluginEntry *
ds_registry_get(const DsRegistry *self, guint index)
{
  g_return_val_if_fail(index < self->entries->len, NULL);
  return g_ptr_array_index(self->entries, index);
}

const DsPluginEntry *
ds_registry_find(const DsRegistry *self, const char *id, DsPluginKind kind, GError **error)
{
  const DsPluginEntry *entry = lookup(self, id);

  if (entry == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND,
                "plugin %s is not loaded; the active profile does not name it, or it is not in %s",
                id, self->folder);
    return NULL;
  }
  if (entry->problem != NULL) {
    g_propagate_error(error, g_error_copy(entry->problem));
    return NULL;
  }
  if (kind != 0 && entry->info->kind != kind) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "plugin %s is of kind %s, needed is %s", id,
                ds_plugin_kind_word(entry->info->kind), ds_plugin_kind_word(kind));
    return NULL;
  }
  return entry;
}

void
ds_registry_take_findings(DsFindings *findings, DsFindings *said, const char *id)
{
  for (guint i = 0; i < ds_findings_count(said); i++) {
    DsFinding *finding = (DsFinding *)ds_findings_get(said, i);
    if (finding->kind == DS_FINDING_REFUSE)
      finding->kind = DS_FINDING_INVALID;
  }
  ds_findings_append(findings, said, id);
}

void
ds_registry_check(const DsPluginEntry *entry, const DsView *view, DsFindings *findings)
{
  g_autoptr(DsFindings) own = ds_findings_new();

  if (entry->step == NULL || entry->step->check == NULL)
    return;
  entry->step->check(view, own);
  ds_registry_take_findings(findings, own, entry->id);
}

void
ds_registry_derive(const DsPluginEntry *entry, const DsView *view, DsView *facts)
{
  g_autoptr(DsView) own = ds_view_new();

  if (entry->step == NULL || entry->step->derive == NULL)
    return;
  entry->step->derive(view, own);
  g_autoptr(GPtrArray) names = ds_view_fact_names(own);
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    ds_view_set_fact(facts, name, ds_view_fact(own, name));
  }
}
