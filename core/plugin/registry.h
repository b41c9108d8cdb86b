/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plugins of one folder: FOLDER/ID/{plugin.json, ID.so}.
 *
 * Who may put code there: folder, subfolders and files must belong to root or to the user who runs
 * the program, must not be writable by group or others, and must be no symbolic links. Programs
 * that run with another user's rights (setuid) accept root alone.
 *
 * Only step modules are loaded into this process, bound locally and made resident. Of sources,
 * inspectors and outputs only plugin.json is read: their code runs in the helper process
 * (plugin/helper.h). A plugin that cannot be used does not stop the others: it is kept with the
 * reason, and ds_registry_find gives that reason to whoever needs it. */
#pragma once

#include "plugin/info.h"

G_BEGIN_DECLS

typedef struct _DsRegistry DsRegistry;

/* One plugin. @info is NULL when plugin.json could not be read; @problem is set when the plugin
 * cannot be used, with what to do about it. */
typedef struct {
  char *id;
  char *folder; /* absolute */
  DsPluginInfo *info;
  const DsStepOps *step; /* for steps with code, else NULL */
  GError *problem;
} DsPluginEntry;

/* $DOORSTEP_PLUGIN_DIR when set (uninstalled runs), else where plugins are installed. Static. */
const char *ds_registry_default_folder(void);

/* Loads @folder. @ids (NULL-terminated) names what the active profile uses; a named plugin that is
 * not there becomes an entry with a problem. NULL: every subfolder that has a plugin.json. Fails
 * only when the folder itself cannot be read or trusted. (transfer full) */
DsRegistry *ds_registry_load(const char *folder, const char *const *ids,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
DsRegistry *ds_registry_ref(DsRegistry *self);
void ds_registry_unref(DsRegistry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsRegistry, ds_registry_unref)

/* Where it was loaded from, absolute. */
const char *ds_registry_folder(const DsRegistry *self);

/* All entries, sorted by id, also those with a problem. (transfer none) */
guint ds_registry_count(const DsRegistry *self);
const DsPluginEntry *ds_registry_get(const DsRegistry *self, guint index);

/* The usable plugin @id of @kind (0: any kind). DS_ERROR_NOT_FOUND when it is not loaded, its own
 * problem when it is broken, DS_ERROR_INVALID when it is of another kind. (transfer none) */
const DsPluginEntry *ds_registry_find(const DsRegistry *self, const char *id, DsPluginKind kind,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the step itself has to say about @view: check() if it has code, findings get the id as
 * origin. Generic completeness is plugin/form.h. */
void ds_registry_check(const DsPluginEntry *entry, const DsView *view, DsFindings *findings);
/* Adds what plugin @id said to @findings with it as origin. Only rules refuse (R006): a plugin's
 * REFUSE counts as INVALID, in @said too. */
void ds_registry_take_findings(DsFindings *findings, DsFindings *said, const char *id);
/* What the step derives from @view, added to @facts. */
void ds_registry_derive(const DsPluginEntry *entry, const DsView *view, DsView *facts);

G_END_DECLS
