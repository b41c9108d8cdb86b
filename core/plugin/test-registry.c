/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/registry.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"

#define MANIFEST                                                                        \
  "{\"id\":\"step-fixture\",\"kind\":\"step\",\"title\":{\"zh\":\"甲\",\"en\":\"A\"}," \
  "\"module\":\"step-fixture.so\"}"

typedef struct {
  char *folder; /* the plugin folder */
  char *plugin; /* its one plugin */
} Fixture;

static void
put(const char *folder, const char *name, const char *text, gssize size)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  g_autoptr(GError) error = NULL;

  g_file_set_contents(path, text, size, &error);
  g_assert_no_error(error);
  g_assert_cmpint(g_chmod(path, 0644), ==, 0);
}

/* The fixture compiled as @variant becomes the plugin's module. */
static void
put_module(Fixture *fixture, const char *variant)
{
  g_autofree char *name = g_strconcat("fixture-", variant, ".so", NULL);
  g_autofree char *path =
      g_build_filename(g_getenv("DOORSTEP_BUILD_DIR"), "core", "plugin", name, NULL);
  g_autofree char *content = NULL;
  gsize size;

  g_assert_true(g_file_get_contents(path, &content, &size, NULL));
  put(fixture->plugin, "step-fixture.so", content, (gssize)size);
}

static void
setup(Fixture *fixture, gconstpointer variant)
{
  g_autoptr(GError) error = NULL;

  fixture->folder = g_dir_make_tmp("registry-XXXXXX", &error);
  g_assert_no_error(error);
  fixture->plugin = g_build_filename(fixture->folder, "step-fixture", NULL);
  g_assert_cmpint(g_mkdir(fixture->plugin, 0755), ==, 0);
  put(fixture->plugin, "plugin.json", MANIFEST, -1);
  put_module(fixture, variant != NULL ? variant : "good");
}

static void
teardown(Fixture *fixture, gconstpointer variant)
{
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_files_remove_tree(fixture->folder, &error));
  g_free(fixture->plugin);
  g_free(fixture->folder);
}

/* Loading gives step-fixture a problem with @code whose message holds @text. */
static void
assert_problem(Fixture *fixture, int code, const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) reason = NULL;
  g_autoptr(DsRegistry) registry = ds_registry_load(fixture->folder, NULL, &error);

  g_assert_no_error(error);
  g_assert_cmpuint(ds_registry_count(registry), ==, 1);
  g_assert_null(ds_registry_get(registry, 0)->step);
  g_assert_null(ds_registry_find(registry, "step-fixture", 0, &reason));
  g_assert_error(reason, DS_ERROR, code);
  if (strstr(reason->message, text) == NULL)
    g_error("got \"%s\", expected \"%s\"", reason->message, text);
}

static void
test_good(Fixture *fixture, gconstpointer variant)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsRegistry) registry = ds_registry_load(fixture->folder, NULL, &error);
  g_autoptr(DsView) view = ds_view_new();
  g_autoptr(DsView) facts = ds_view_new();
  g_autoptr(DsFindings) findings = ds_findings_new();

  g_assert_no_error(error);
  const DsPluginEntry *entry = ds_registry_find(registry, "step-fixture", DS_PLUGIN_STEP, &error);
  g_assert_no_error(error);
  ds_registry_check(entry, view, findings);
  g_assert_cmpuint(ds_findings_count(findings), ==, 1);
  g_assert_cmpstr(ds_findings_get(findings, 0)->origin, ==, "step-fixture");
  ds_registry_derive(entry, view, facts);
  g_assert_cmpstr(ds_view_fact(facts, "fixture.derived"), ==, "yes");

  g_assert_null(ds_registry_find(registry, "step-fixture", DS_PLUGIN_OUTPUT, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_cmpstr(error->message, ==, "plugin step-fixture is of kind step, needed is output");
}

static void
test_wrong_abi(Fixture *fixture, gconstpointer variant)
{
  assert_problem(fixture, DS_ERROR_UNSUPPORTED, "built for plugin ABI 2, this program has ABI 1");
}

static void
test_wrong_size(Fixture *fixture, gconstpointer variant)
{
  assert_problem(fixture, DS_ERROR_UNSUPPORTED, "its descriptor has 48 bytes, expected 32");
}

static void
test_no_size(Fixture *fixture, gconstpointer variant)
{
  assert_problem(fixture, DS_ERROR_UNSUPPORTED, "built for plugin ABI 0, this program has ABI 1");
}

static void
test_wrong_ops(Fixture *fixture, gconstpointer variant)
{
  assert_problem(fixture, DS_ERROR_UNSUPPORTED, "its operations have 16 bytes, expected 24");
}

static void
test_unknown_kind(Fixture *fixture, gconstpointer variant)
{
  assert_problem(fixture, DS_ERROR_INVALID, "says it is of kind 9, plugin.json says kind 1");
}

static void
test_other_kind(Fixture *fixture, gconstpointer variant)
{
  assert_problem(fixture, DS_ERROR_INVALID, "says it is of kind 2, plugin.json says kind 1");
}

static void
test_other_id(Fixture *fixture, gconstpointer variant)
{
  assert_problem(fixture, DS_ERROR_INVALID,
                 "says it is \"step-other\", plugin.json says \"step-fixture\"");
}

static void
test_no_symbol(Fixture *fixture, gconstpointer variant)
{
  assert_problem(fixture, DS_ERROR_INVALID, "has no symbol doorstep_plugin");
}

static void
test_not_a_module(Fixture *fixture, gconstpointer variant)
{
  put(fixture->plugin, "step-fixture.so", "#!/bin/sh\n", -1);
  assert_problem(fixture, DS_ERROR_INVALID, "cannot load");
}

static void
test_no_module(Fixture *fixture, gconstpointer variant)
{
  g_autofree char *path = g_build_filename(fixture->plugin, "step-fixture.so", NULL);

  g_assert_cmpint(g_unlink(path), ==, 0);
  assert_problem(fixture, DS_ERROR_NOT_FOUND, "plugin.json names this module, but it is not there");
}

static void
test_linked_module(Fixture *fixture, gconstpointer variant)
{
  g_autofree char *path = g_build_filename(fixture->plugin, "step-fixture.so", NULL);
  g_autofree char *other = g_build_filename(fixture->plugin, "real.so", NULL);

  g_assert_cmpint(g_rename(path, other), ==, 0);
  g_assert_cmpint(symlink(other, path), ==, 0);
  assert_problem(fixture, DS_ERROR_REFUSED, "is no regular file");
}

static void
test_broken_plugin_json(Fixture *fixture, gconstpointer variant)
{
  put(fixture->plugin, "plugin.json", "{\"id\":\"step-fixture\"}", -1);
  assert_problem(fixture, DS_ERROR_INVALID, "plugin.json: /: \"kind\" is missing");
}

static void
test_unknown_kind_in_plugin_json(Fixture *fixture, gconstpointer variant)
{
  put(fixture->plugin, "plugin.json",
      "{\"id\":\"step-fixture\",\"kind\":\"ladder\",\"title\":{\"zh\":\"甲\",\"en\":\"A\"},"
      "\"module\":null}",
      -1);
  assert_problem(fixture, DS_ERROR_INVALID, "/kind: unknown kind of plugin");
}

static void
test_other_folder(Fixture *fixture, gconstpointer variant)
{
  put(fixture->plugin, "plugin.json",
      "{\"id\":\"step-other\",\"kind\":\"step\",\"title\":{\"zh\":\"甲\",\"en\":\"A\"},"
      "\"module\":null}",
      -1);
  assert_problem(fixture, DS_ERROR_INVALID,
                 "says it is \"step-other\", its folder is \"step-fixture\"");
}

static void
test_writable(Fixture *fixture, gconstpointer variant)
{
  g_autofree char *module = g_build_filename(fixture->plugin, "step-fixture.so", NULL);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint(g_chmod(module, 0664), ==, 0);
  assert_problem(fixture, DS_ERROR_REFUSED, "step-fixture.so may be written by others; run: chmod");
  g_assert_cmpint(g_chmod(module, 0644), ==, 0);
  g_assert_cmpint(g_chmod(fixture->plugin, 0777), ==, 0);
  assert_problem(fixture, DS_ERROR_REFUSED, "step-fixture may be written by others; run: chmod");
  g_assert_cmpint(g_chmod(fixture->plugin, 0755), ==, 0);
  g_assert_cmpint(g_chmod(fixture->folder, 0757), ==, 0);
  g_assert_null(ds_registry_load(fixture->folder, NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
}

static void
test_foreign_owner(Fixture *fixture, gconstpointer variant)
{
  g_autofree char *module = g_build_filename(fixture->plugin, "step-fixture.so", NULL);

  if (geteuid() != 0) {
    g_test_skip("needs root to give a file away");
    return;
  }
  g_assert_cmpint(chown(module, 12345, 12345), ==, 0);
  assert_problem(fixture, DS_ERROR_REFUSED, "belongs to user 12345; plugins must belong to root");
}

/* A profile gets what it names, and only that. */
static void
test_profile(Fixture *fixture, gconstpointer variant)
{
  const char *const named[] = {"step-absent", "step-fixture", "../evil", NULL};
  const char *const none[] = {NULL};
  g_autoptr(GError) error = NULL;
  g_autoptr(DsRegistry) registry = ds_registry_load(fixture->folder, named, &error);
  g_autoptr(DsRegistry) empty = ds_registry_load(fixture->folder, none, &error);

  g_assert_no_error(error);
  g_assert_cmpuint(ds_registry_count(registry), ==, 3);
  g_assert_nonnull(ds_registry_find(registry, "step-fixture", 0, &error));
  g_assert_null(ds_registry_find(registry, "step-absent", 0, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
  g_clear_error(&error);
  g_assert_null(ds_registry_find(registry, "../evil", 0, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_null(ds_registry_find(empty, "step-fixture", 0, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
  g_assert_nonnull(strstr(error->message, "the active profile does not name it"));
}

static void
test_no_folder(void)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_registry_load("/nonexistent/plugins", NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
}

static void
add(const char *name, const char *variant, void (*test)(Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat("/registry/", name, NULL);

  g_test_add(path, Fixture, variant, setup, test, teardown);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  add("good", "good", test_good);
  add("wrong-abi", "wrong-abi", test_wrong_abi);
  add("wrong-size", "wrong-size", test_wrong_size);
  add("no-size", "no-size", test_no_size);
  add("wrong-ops", "wrong-ops", test_wrong_ops);
  add("unknown-kind", "unknown-kind", test_unknown_kind);
  add("other-kind", "other-kind", test_other_kind);
  add("other-id", "other-id", test_other_id);
  add("no-symbol", "no-symbol", test_no_symbol);
  add("not-a-module", NULL, test_not_a_module);
  add("no-module", NULL, test_no_module);
  add("linked-module", NULL, test_linked_module);
  add("broken-plugin-json", NULL, test_broken_plugin_json);
  add("unknown-kind-in-plugin-json", NULL, test_unknown_kind_in_plugin_json);
  add("other-folder", NULL, test_other_folder);
  add("writable", NULL, test_writable);
  add("foreign-owner", NULL, test_foreign_owner);
  add("profile", NULL, test_profile);
  g_test_add_func("/registry/no-folder", test_no_folder);
  return g_test_run();
}
