/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/module.h"

#include <string.h>

#include "base/error.h"

/* Every ops struct begins with its size. */
static guint32
ops_size(DsPluginKind kind)
{
  static const guint32 sizes[] = {
      [DS_PLUGIN_STEP] = sizeof(DsStepOps),
      [DS_PLUGIN_SOURCE] = sizeof(DsSourceOps),
      [DS_PLUGIN_INSPECTOR] = sizeof(DsInspectorOps),
      [DS_PLUGIN_OUTPUT] = sizeof(DsOutputOps),
  };

  return kind >= DS_PLUGIN_STEP && kind <= DS_PLUGIN_OUTPUT ? sizes[kind] : 0;
}

/* Nothing past the first two words is read before they are known to be ours. */
static gboolean
check_abi(const DsPlugin *plugin, const char *path, GError **error)
{
  if (plugin->struct_size < 2 * sizeof(guint32) || plugin->abi != DS_PLUGIN_ABI) {
    g_set_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED,
                "%s: built for plugin ABI %u, this program has ABI %u; build the plugin again with "
                "the headers of this version",
                path, plugin->struct_size < 2 * sizeof(guint32) ? 0 : plugin->abi, DS_PLUGIN_ABI);
    return FALSE;
  }
  if (plugin->struct_size != sizeof(DsPlugin)) {
    g_set_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED,
                "%s: its descriptor has %u bytes, expected %u; build the plugin again with the "
                "headers of this version",
                path, plugin->struct_size, (guint)sizeof(DsPlugin));
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_descriptor(const DsPlugin *plugin, const char *path, const char *id, DsPluginKind kind,
                 GError **error)
{
  if (!check_abi(plugin, path, error))
    return FALSE;
  if (ops_size(plugin->kind) == 0 || plugin->kind != kind) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "%s: says it is of kind %u, plugin.json says kind %u", path, plugin->kind, kind);
    return FALSE;
  }
  if (plugin->id == NULL || !g_str_equal(plugin->id, id)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s: says it is \"%s\", plugin.json says \"%s\"",
                path, plugin->id != NULL ? plugin->id : "", id);
    return FALSE;
  }
  if (plugin->ops == NULL || *(const guint32 *)plugin->ops != ops_size(kind)) {
    g_set_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED,
                "%s: its operations have %u bytes, expected %u; build the plugin again with the "
                "headers of this version",
                path, plugin->ops != NULL ? *(const guint32 *)plugin->ops : 0, ops_size(kind));
    return FALSE;
  }
  return TRUE;
}

const DsPlugin *
ds_module_open(const char *path, const char *id, DsPluginKind kind, GError **error)
{
  GModule *module = g_module_open(path, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);
  gpointer symbol = NULL;

  if (module == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "cannot load %s: %s", path, g_module_error());
    return NULL;
  }
  if (!g_module_symbol(module, DS_PLUGIN_SYMBOL, &symbol) || symbol == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "%s: has no symbol %s; define it with DS_DEFINE_PLUGIN", path, DS_PLUGIN_SYMBOL);
    g_module_close(module);
    return NULL;
  }
  if (!check_descriptor(symbol, path, id, kind, error)) {
    g_module_close(module);
    return NULL;
  }
  g_module_make_resident(module);
  return symbol;
}
