/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A view on the wire to the helper process. */
#include "model/view.h"

#include "base/error.h"

static GVariant *
strings_to_variant(GPtrArray *names, const DsView *view,
                   const char *(*get)(const DsView *, const char *))
{
  GVariantBuilder builder;

  g_variant_builder_init(&builder, G_VARIANT_TYPE("a{ss}"));
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    g_variant_builder_add(&builder, "{ss}", name, get(view, name));
  }
  return g_variant_builder_end(&builder);
}

static GVariant *
attributes_to_variant(const DsPart *part)
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

GVariant *
ds_part_to_variant(const DsPart *self)
{
  return g_variant_new("(susst@a{ss}s)", self->id, (guint32)self->slot, self->kind,
                       self->media_type, self->size, attributes_to_variant(self), self->sha256);
}

GVariant *
ds_view_to_variant(const DsView *self)
{
  g_autoptr(GPtrArray) fields = ds_view_field_names(self);
  g_autoptr(GPtrArray) facts = ds_view_fact_names(self);
  GVariantBuilder parts, bytes;

  g_variant_builder_init(&parts, G_VARIANT_TYPE("a" DS_PART_VARIANT));
  g_variant_builder_init(&bytes, G_VARIANT_TYPE("a{say}"));
  for (guint i = 0; i < ds_view_part_count(self); i++) {
    const DsPart *part = ds_view_part(self, i);
    GBytes *data = ds_view_part_bytes(self, part->id);

    g_variant_builder_add_value(&parts, ds_part_to_variant(part));
    if (data != NULL)
      g_variant_builder_add(&bytes, "{s@ay}", part->id,
                            g_variant_new_from_bytes(G_VARIANT_TYPE("ay"), data, TRUE));
  }
  return g_variant_new("(@a{ss}@a{ss}a" DS_PART_VARIANT "@" DS_FINDINGS_VARIANT "a{say})",
                       strings_to_variant(fields, self, ds_view_field),
                       strings_to_variant(facts, self, ds_view_fact), &parts,
                       ds_findings_to_variant(ds_view_findings(self)), &bytes);
}

static void
read_strings(GVariant *variant, DsView *view, void (*set)(DsView *, const char *, const char *))
{
  GVariantIter iter;
  const char *name, *value;

  g_variant_iter_init(&iter, variant);
  while (g_variant_iter_next(&iter, "{&s&s}", &name, &value))
    set(view, name, value);
}

DsPart *
ds_part_from_variant(GVariant *variant, GError **error)
{
  const char *id, *kind, *media_type, *sha256, *name, *value;
  guint32 slot;
  guint64 size;
  g_autoptr(GVariantIter) attributes = NULL;

  if (!g_variant_is_of_type(variant, G_VARIANT_TYPE(DS_PART_VARIANT))) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "a part has type %s, expected %s",
                g_variant_get_type_string(variant), DS_PART_VARIANT);
    return NULL;
  }
  g_variant_get(variant, "(&su&s&sta{ss}&s)", &id, &slot, &kind, &media_type, &size, &attributes,
                &sha256);
  DsPart *part = ds_part_new(id, (DsSlot)slot, kind, media_type, size, sha256);
  while (g_variant_iter_next(attributes, "{&s&s}", &name, &value))
    ds_part_set_attribute(part, name, value);
  return part;
}

static void
read_parts(GVariant *variant, DsView *view)
{
  for (gsize i = 0; i < g_variant_n_children(variant); i++) {
    g_autoptr(GVariant) child = g_variant_get_child_value(variant, i);
    ds_view_add_part(view, ds_part_from_variant(child, NULL));
  }
}

static void
read_bytes(GVariant *variant, DsView *view)
{
  GVariantIter iter;
  const char *id;
  GVariant *data;

  g_variant_iter_init(&iter, variant);
  while (g_variant_iter_next(&iter, "{&s@ay}", &id, &data)) {
    g_autoptr(GBytes) bytes = g_variant_get_data_as_bytes(data);
    ds_view_attach_bytes(view, id, bytes);
    g_variant_unref(data);
  }
}

DsView *
ds_view_from_variant(GVariant *variant, GError **error)
{
  if (!g_variant_is_of_type(variant, G_VARIANT_TYPE(DS_VIEW_VARIANT))) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "a case view has type %s, expected %s",
                g_variant_get_type_string(variant), DS_VIEW_VARIANT);
    return NULL;
  }

  g_autoptr(DsView) self = ds_view_new();
  g_autoptr(GVariant) fields = g_variant_get_child_value(variant, 0);
  g_autoptr(GVariant) facts = g_variant_get_child_value(variant, 1);
  g_autoptr(GVariant) parts = g_variant_get_child_value(variant, 2);
  g_autoptr(GVariant) findings = g_variant_get_child_value(variant, 3);
  g_autoptr(GVariant) bytes = g_variant_get_child_value(variant, 4);
  g_autoptr(DsFindings) list = ds_findings_from_variant(findings, error);

  if (list == NULL)
    return NULL;
  read_strings(fields, self, ds_view_set_field);
  read_strings(facts, self, ds_view_set_fact);
  read_parts(parts, self);
  read_bytes(bytes, self);
  ds_findings_append(ds_view_findings(self), list, NULL);
  return g_steal_pointer(&self);
}
