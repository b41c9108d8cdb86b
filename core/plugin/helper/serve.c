/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/helper/serve.h"

#include "base/error.h"
#include "plugin/module.h"
#include "plugin/wire.h"

/* A plugin that gives neither a result nor a reason. */
static void
ensure_reason(const DsPlugin *plugin, GError **error)
{
  if (*error == NULL)
    g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "%s gave no result and no reason", plugin->id);
}

static GVariant *
attributes_of(const DsPart *part)
{
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer name, value;

  g_variant_builder_init(&builder, G_VARIANT_TYPE("a{ss}"));
  g_hash_table_iter_init(&iter, part->attributes);
  while (g_hash_table_iter_next(&iter, &name, &value))
    g_variant_builder_add(&builder, "{ss}", name, value);
  return g_variant_builder_end(&builder);
}

static GVariant *
serve_inspect(const DsPlugin *plugin, const DsServeInput *input, GBytes **bytes, GError **error)
{
  const DsInspectorOps *ops = plugin->ops;
  g_autoptr(DsFindings) findings = ds_findings_new();
  g_autoptr(GVariant) part_value = g_variant_get_child_value(input->argument, 0);
  g_autoptr(DsPart) part = ds_part_from_variant(part_value, error);

  if (part == NULL)
    return NULL;
  if (!ops->inspect(input->bytes, part, findings, error)) {
    ensure_reason(plugin, error);
    return NULL;
  }
  const char *media_type = ds_part_attribute(part, "media-type");
  return g_variant_new("(s@a{ss}@" DS_FINDINGS_VARIANT ")", media_type != NULL ? media_type : "",
                       attributes_of(part), ds_findings_to_variant(findings));
}

/* The result of a verb that gives bytes: nothing but them. */
static GVariant *
bytes_or_reason(const DsPlugin *plugin, GBytes *bytes, GError **error)
{
  if (bytes != NULL)
    return g_variant_new("()");
  ensure_reason(plugin, error);
  return NULL;
}

static GVariant *
serve_render(const DsPlugin *plugin, const DsServeInput *input, GBytes **bytes, GError **error)
{
  const DsOutputOps *ops = plugin->ops;
  g_autoptr(GVariant) document = g_variant_get_child_value(input->argument, 0);
  g_autoptr(GVariant) view_value = g_variant_get_child_value(input->argument, 1);
  g_autoptr(DsView) view = ds_view_from_variant(view_value, error);
  const char *name = g_variant_get_string(document, NULL);

  if (view == NULL)
    return NULL;
  if (ops->documents == NULL || !g_strv_contains(ops->documents, name)) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "%s draws no document \"%s\"", plugin->id,
                name);
    return NULL;
  }
  *bytes = ops->render(name, view, error);
  return bytes_or_reason(plugin, *bytes, error);
}

static GVariant *
serve_list(const DsPlugin *plugin, const DsServeInput *input, GBytes **bytes, GError **error)
{
  const DsSourceOps *ops = plugin->ops;
  g_auto(GStrv) names = ops->list(error);

  if (names == NULL) {
    ensure_reason(plugin, error);
    return NULL;
  }
  return g_variant_new_strv((const char *const *)names, -1);
}

static GVariant *
serve_capture(const DsPlugin *plugin, const DsServeInput *input, GBytes **bytes, GError **error)
{
  const DsSourceOps *ops = plugin->ops;
  const char *name;
  guint64 max;

  g_variant_get(input->argument, "(&st)", &name, &max);
  *bytes = ops->capture(name, input->fd, (gsize)max, NULL, error);
  return bytes_or_reason(plugin, *bytes, error);
}

typedef struct {
  const char *verb;
  DsPluginKind kind;
  const char *type;
  GVariant *(*serve)(const DsPlugin *plugin, const DsServeInput *input, GBytes **bytes,
                     GError **error);
} Verb;

static const Verb verbs[] = {
    {"inspect", DS_PLUGIN_INSPECTOR, "(" DS_PART_VARIANT ")", serve_inspect},
    {"render", DS_PLUGIN_OUTPUT, "(s" DS_VIEW_VARIANT ")", serve_render},
    {"list", DS_PLUGIN_SOURCE, "()", serve_list},
    {"capture", DS_PLUGIN_SOURCE, "(st)", serve_capture},
};

GVariant *
ds_serve(const DsPlugin *plugin, const char *verb, const DsServeInput *input, GBytes **bytes,
         GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
    if (g_str_equal(verbs[i].verb, verb) && verbs[i].kind == plugin->kind &&
        g_variant_is_of_type(input->argument, G_VARIANT_TYPE(verbs[i].type)))
      return verbs[i].serve(plugin, input, bytes, error);
  g_set_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED, "%s cannot \"%s\" with %s", plugin->id, verb,
              g_variant_get_type_string(input->argument));
  return NULL;
}

static DsPluginKind
kind_of_id(const char *id)
{
  if (g_str_has_prefix(id, "source-"))
    return DS_PLUGIN_SOURCE;
  if (g_str_has_prefix(id, "inspect-"))
    return DS_PLUGIN_INSPECTOR;
  if (g_str_has_prefix(id, "output-"))
    return DS_PLUGIN_OUTPUT;
  return (DsPluginKind)0;
}

const DsPlugin *
ds_serve_open(const char *folder, const char *id, GError **error)
{
  g_autofree char *name = g_strconcat(id, ".so", NULL);
  g_autofree char *path = g_build_filename(folder, name, NULL);

  return ds_module_open(path, id, kind_of_id(id), error);
}
