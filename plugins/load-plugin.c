/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* load-plugin FOLDER [ID]: loads plugin ID out of FOLDER, or all there are, as the programs do, and
 * prints them. For tests; exits with 1 when one of them cannot be used. */
#include "plugin/registry.h"

int
main(int argc, char **argv)
{
  const char *const ids[] = {argc > 2 ? argv[2] : NULL, NULL};
  g_autoptr(GError) error = NULL;
  g_autoptr(DsRegistry) registry = NULL;
  int status = 0;

  if (argc < 2)
    return 2;
  registry = ds_registry_load(argv[1], argc > 2 ? ids : NULL, &error);
  if (registry == NULL) {
    g_printerr("%s\n", error->message);
    return 1;
  }
  for (guint i = 0; i < ds_registry_count(registry); i++) {
    const DsPluginEntry *entry = ds_registry_get(registry, i);

    if (entry->problem != NULL)
      g_printerr("%s\n", entry->problem->message);
    else
      g_print("%s %s %s\n", entry->id, ds_plugin_kind_word(entry->info->kind),
              entry->step != NULL ? "loaded" : "known");
    status |= entry->problem != NULL ? 1 : 0;
  }
  return ds_registry_count(registry) > 0 ? status : 1;
}
