/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/service.h"

#include "base/error.h"

gboolean
ds_unit_service_exists(DsUnit *self, const char *service, GError **error)
{
  return ds_policy_service(ds_unit_policy(self), service, error) != NULL;
}

GStrv
ds_unit_service_steps(DsUnit *self, const char *service)
{
  DsService *table = ds_policy_service(ds_unit_policy(self), service, NULL);
  GStrvBuilder *builder = g_strv_builder_new();

  for (guint i = 0; table != NULL && i < ds_service_step_count(table); i++)
    g_strv_builder_add(builder, ds_service_step(table, i)->id);
  GStrv ids = g_strv_builder_end(builder);
  g_strv_builder_unref(builder);
  return ids;
}

/* The plugin behind step @index of @table; NULL when the profile does not have it. */
static const DsPluginEntry *
step_plugin(DsUnit *self, DsService *table, guint index)
{
  return ds_registry_find(ds_unit_plugins(self), ds_service_step(table, index)->id, DS_PLUGIN_STEP,
                          NULL);
}

const DsField *
ds_unit_service_field(DsUnit *self, const char *service, const char *name, const char **step)
{
  DsService *table = ds_policy_service(ds_unit_policy(self), service, NULL);

  for (guint i = 0; table != NULL && i < ds_service_step_count(table); i++) {
    const DsPluginEntry *entry = step_plugin(self, table, i);
    const DsField *field = entry != NULL ? ds_plugin_info_field(entry->info, name) : NULL;
    if (field == NULL)
      continue;
    if (step != NULL)
      *step = entry->id;
    return field;
  }
  return NULL;
}

static gboolean
need_takes_kind(const DsSlotNeed *need, const char *kind)
{
  if (need->kinds->len == 0)
    return TRUE;
  for (guint i = 0; i < need->kinds->len; i++)
    if (g_strcmp0(((const DsOption *)g_ptr_array_index(need->kinds, i))->value, kind) == 0)
      return TRUE;
  return FALSE;
}

/* The last step that takes such a part: of two that take signatures, the later one sees more. */
const DsSlotNeed *
ds_unit_service_slot(DsUnit *self, const char *service, DsSlot slot, const char *kind,
                     const char **step)
{
  DsService *table = ds_policy_service(ds_unit_policy(self), service, NULL);

  for (guint i = table != NULL ? ds_service_step_count(table) : 0; i-- > 0;) {
    const DsPluginEntry *entry = step_plugin(self, table, i);
    for (guint j = 0; entry != NULL && j < entry->info->slots->len; j++) {
      const DsSlotNeed *need = g_ptr_array_index(entry->info->slots, j);
      if (need->slot != slot || !need_takes_kind(need, kind))
        continue;
      if (step != NULL)
        *step = entry->id;
      return need;
    }
  }
  return NULL;
}
