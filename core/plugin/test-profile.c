/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/profile.h"

#include <string.h>

#include "base/error.h"
#include "base/files.h"

static void
test_shipped(void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *schemas = g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), "schemas", NULL);
  g_auto(GStrv) ids = ds_profile_load(schemas, DS_PROFILE_FIELD, &error);

  g_assert_no_error(error);
  g_assert_true(g_strv_contains((const char *const *)ids, "step-portrait"));
  g_assert_false(g_strv_contains((const char *const *)ids, "step-example"));
  g_auto(GStrv) none = ds_profile_load(schemas, "no-such-profile", &error);
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
  g_assert_null(none);
}

/* Each of these profiles breaks one rule; the message names file and path. */
static void
test_broken(void)
{
  static const char *const cases[][2] = {
      {"{\"format\": 2, \"id\": \"x\", \"title\": {\"zh\": \"a\", \"en\": \"a\"}, \"plugins\": "
       "[\"step-a\"]}",
       "x.json: /format"},
      {"{\"format\": 1, \"id\": \"x\", \"title\": {\"zh\": \"a\", \"en\": \"a\"}, \"plugins\": []}",
       "x.json: /plugins"},
      {"{\"format\": 1, \"id\": \"x\", \"title\": {\"zh\": \"a\", \"en\": \"a\"}, \"plugins\": "
       "[\"../evil\"]}",
       "x.json: /plugins/0"},
      {"{\"format\": 1, \"id\": \"x\", \"title\": {\"zh\": \"a\", \"en\": \"a\"}, \"plugins\": "
       "[\"step-a\"], \"run\": \"rm\"}",
       "x.json: "},
  };
  g_autoptr(GError) error = NULL;
  g_autofree char *root = g_dir_make_tmp("doorstep-profile-XXXXXX", &error);
  g_autofree char *profiles = g_build_filename(root, "profiles", NULL);
  g_autofree char *rules =
      g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), "schemas", "profile.schema.json", NULL);
  g_autoptr(GBytes) schema = ds_files_read(rules, 1 << 20, &error);
  gsize size = 0;
  const void *data = g_bytes_get_data(schema, &size);

  g_assert_true(ds_files_make_dir(profiles, &error));
  g_assert_true(ds_files_replace(root, "profile.schema.json", data, size, &error));
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_assert_true(ds_files_replace(profiles, "x.json", cases[i][0], strlen(cases[i][0]), &error));
    g_auto(GStrv) ids = ds_profile_load(root, "x", &error);
    g_assert_null(ids);
    g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, cases[i][1]));
    g_clear_error(&error);
  }
  g_assert_true(ds_files_remove_tree(root, &error));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/profile/shipped", test_shipped);
  g_test_add_func("/profile/broken", test_broken);
  return g_test_run();
}
