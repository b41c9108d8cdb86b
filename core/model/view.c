/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/view.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

struct _DsView {
  gatomicrefcount refs;
  GHashTable *fields;
  GHashTable *facts;
  GPtrArray *parts;
  GHashTable *bytes;
  DsFindings *findings;
};

static const char *const slot_words[] = {
    [DS_SLOT_PHOTO] = "photo",
    [DS_SLOT_JOINT_PHOTO] = "joint-photo",
    [DS_SLOT_FINGERPRINT] = "fingerprint",
    [DS_SLOT_SIGNATURE] = "signature",
    [DS_SLOT_DOCUMENT] = "document",
    [DS_SLOT_CONFIRMATION] = "confirmation",
};

const char *
ds_slot_word(DsSlot slot)
{
  return slot >= DS_SLOT_PHOTO && slot <= DS_SLOT_CONFIRMATION ? slot_words[slot] : "";
}

DsSlot
ds_slot_parse(const char *word)
{
  for (gsize i = DS_SLOT_PHOTO; i < G_N_ELEMENTS(slot_words); i++)
    if (g_strcmp0(word, slot_words[i]) == 0)
      return (DsSlot)i;
  return (DsSlot)0;
}

DsPart *
ds_part_new(const char *id, DsSlot slot, const char *kind, const char *media_type, guint64 size,
            const char *sha256)
{
  DsPart *self = g_new0(DsPart, 1);

  self->id = g_strdup(id);
  self->slot = slot;
  self->kind = g_strdup(kind != NULL ? kind : "");
  self->media_type = g_strdup(media_type);
  self->size = size;
  self->sha256 = g_strdup(sha256);
  self->attributes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

DsPart *
ds_part_copy(const DsPart *self)
{
  DsPart *copy =
      ds_part_new(self->id, self->slot, self->kind, self->media_type, self->size, self->sha256);
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init(&iter, self->attributes);
  while (g_hash_table_iter_next(&iter, &name, &value))
    ds_part_set_attribute(copy, name, value);
  return copy;
}

void
ds_part_free(DsPart *self)
{
  if (self == NULL)
    return;
  g_free(self->id);
  g_free(self->kind);
  g_free(self->media_type);
  g_free(self->sha256);
  g_hash_table_unref(self->attributes);
  g_free(self);
}

const char *
ds_part_attribute(const DsPart *self, const char *name)
{
  return g_hash_table_lookup(self->attributes, name);
}

void
ds_part_set_attribute(DsPart *self, const char *name, const char *value)
{
  g_hash_table_replace(self->attributes, g_strdup(name), g_strdup(value));
}

static void
part_destroy(gpointer part)
{
  ds_part_free(part);
}

static void
bytes_destroy(gpointer bytes)
{
  g_bytes_unref(bytes);
}

DsView *
ds_view_new(void)
{
  DsView *self = g_new0(DsView, 1);

  g_atomic_ref_count_init(&self->refs);
  self->fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  self->facts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  self->parts = g_ptr_array_new_with_free_func(part_destroy);
  self->bytes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, bytes_destroy);
  self->findings = ds_findings_new();
  return self;
}

DsView *
ds_view_ref(DsView *self)
{
  g_atomic_ref_count_inc(&self->refs);
  return self;
}

void
ds_view_unref(DsView *self)
{
  if (self == NULL || !g_atomic_ref_count_dec(&self->refs))
    return;
  g_hash_table_unref(self->fields);
  g_hash_table_unref(self->facts);
  g_ptr_array_unref(self->parts);
  g_hash_table_unref(self->bytes);
  ds_findings_unref(self->findings);
  g_free(self);
}

const char *
ds_view_field(const DsView *self, const char *name)
{
  return g_hash_table_lookup(self->fields, name);
}

const char *
ds_view_fact(const DsView *self, const char *name)
{
  return g_hash_table_lookup(self->facts, name);
}

gboolean
ds_view_field_is_true(const DsView *self, const char *name)
{
  return g_strcmp0(ds_view_field(self, name), "true") == 0;
}

static gboolean
parse_date(const char *text, GDate *day)
{
  unsigned year, month, mday;
  char rest;

  if (text == NULL || strlen(text) != 10 ||
      sscanf(text, "%4u-%2u-%2u%c", &year, &month, &mday, &rest) != 3 ||
      !g_date_valid_dmy((GDateDay)mday, (GDateMonth)month, (GDateYear)year))
    return FALSE;
  g_date_clear(day, 1);
  g_date_set_dmy(day, (GDateDay)mday, (GDateMonth)month, (GDateYear)year);
  return TRUE;
}

gboolean
ds_view_field_date(const DsView *self, const char *name, GDate *day)
{
  return parse_date(ds_view_field(self, name), day);
}

gboolean
ds_view_fact_date(const DsView *self, const char *name, GDate *day)
{
  return parse_date(ds_view_fact(self, name), day);
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *
sorted_keys(GHashTable *table)
{
  GPtrArray *names = g_ptr_array_new();
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init(&iter, table);
  while (g_hash_table_iter_next(&iter, &name, NULL))
    g_ptr_array_add(names, name);
  g_ptr_array_sort(names, compare_names);
  return names;
}

GPtrArray *
ds_view_field_names(const DsView *self)
{
  return sorted_keys(self->fields);
}

GPtrArray *
ds_view_fact_names(const DsView *self)
{
  return sorted_keys(self->facts);
}

guint
ds_view_part_count(const DsView *self)
{
  return self->parts->len;
}

const DsPart *
ds_view_part(const DsView *self, guint index)
{
  g_return_val_if_fail(index < self->parts->len, NULL);
  return g_ptr_array_index(self->parts, index);
}

static gboolean
part_matches(const DsPart *part, DsSlot slot, const char *kind)
{
  return part->slot == slot && (kind == NULL || g_str_equal(part->kind, kind));
}

guint
ds_view_count_parts(const DsView *self, DsSlot slot, const char *kind)
{
  guint count = 0;

  for (guint i = 0; i < self->parts->len; i++)
    count += part_matches(g_ptr_array_index(self->parts, i), slot, kind) ? 1 : 0;
  return count;
}

const DsPart *
ds_view_find_part(const DsView *self, DsSlot slot, const char *kind)
{
  for (guint i = self->parts->len; i > 0; i--) {
    const DsPart *part = g_ptr_array_index(self->parts, i - 1);
    if (part_matches(part, slot, kind))
      return part;
  }
  return NULL;
}

GBytes *
ds_view_part_bytes(const DsView *self, const char *part_id)
{
  return g_hash_table_lookup(self->bytes, part_id);
}

DsFindings *
ds_view_findings(const DsView *self)
{
  return self->findings;
}

static void
set_or_remove(GHashTable *table, const char *name, const char *value)
{
  if (value == NULL || *value == '\0')
    g_hash_table_remove(table, name);
  else
    g_hash_table_replace(table, g_strdup(name), g_strdup(value));
}

void
ds_view_set_field(DsView *self, const char *name, const char *value)
{
  set_or_remove(self->fields, name, value);
}

void
ds_view_set_fact(DsView *self, const char *name, const char *value)
{
  set_or_remove(self->facts, name, value);
}

void
ds_view_add_part(DsView *self, DsPart *part)
{
  g_ptr_array_add(self->parts, part);
}

void
ds_view_attach_bytes(DsView *self, const char *part_id, GBytes *bytes)
{
  g_hash_table_replace(self->bytes, g_strdup(part_id), g_bytes_ref(bytes));
}
