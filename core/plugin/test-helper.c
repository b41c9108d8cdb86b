/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/helper.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "base/error.h"
#include "base/files.h"

#define TITLE "\"title\":{\"zh\":\"甲\",\"en\":\"A\"}"

typedef struct {
  char *folder;
  DsRegistry *registry;
  DsHelper *helper;
  GError *error;
} Fixture;

static void
put(const char *folder, const char *name, const char *text, gsize size)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  g_autoptr(GError) error = NULL;

  g_file_set_contents(path, text, (gssize)size, &error);
  g_assert_no_error(error);
  g_assert_cmpint(g_chmod(path, 0644), ==, 0);
}

/* Installs fixture @file of core/plugin as plugin @id. */
static void
install(Fixture *fixture, const char *id, const char *kind, const char *file)
{
  g_autofree char *folder = g_build_filename(fixture->folder, id, NULL);
  g_autofree char *source =
      g_build_filename(g_getenv("DOORSTEP_BUILD_DIR"), "core", "plugin", file, NULL);
  g_autofree char *module = g_strconcat(id, ".so", NULL);
  g_autofree char *json = g_strdup_printf(
      "{\"id\":\"%s\",\"kind\":\"%s\"," TITLE ",\"module\":\"%s\"}", id, kind, module);
  g_autofree char *content = NULL;
  gsize size;

  g_assert_true(g_file_get_contents(source, &content, &size, NULL));
  g_assert_cmpint(g_mkdir(folder, 0755), ==, 0);
  put(folder, "plugin.json", json, strlen(json));
  put(folder, module, content, size);
}

static void
setup(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture->folder = g_dir_make_tmp("helper-XXXXXX", &error);
  install(fixture, "inspect-fixture", "inspector", "fixture-inspect.so");
  install(fixture, "output-fixture", "output", "fixture-output.so");
  install(fixture, "inspect-wrong", "inspector", "fixture-wrong-abi.so");
  fixture->registry = ds_registry_load(fixture->folder, NULL, &error);
  g_assert_no_error(error);
  fixture->helper = ds_helper_new(fixture->registry);
}

static void
teardown(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  if (!ds_helper_stop(fixture->helper, &error))
    g_error("%s", error->message);
  ds_helper_free(fixture->helper);
  ds_registry_unref(fixture->registry);
  g_clear_error(&fixture->error);
  g_assert_true(ds_files_remove_tree(fixture->folder, &error));
  g_free(fixture->folder);
}

/* Lets the inspector do @word. The part, or NULL with fixture->error set. (transfer full) */
static DsPart *
inspect(Fixture *fixture, const char *word, guint timeout_ms, DsFindings *findings)
{
  g_autoptr(GBytes) data = g_bytes_new(word, strlen(word));
  g_autoptr(DsPart) part = ds_part_new("photo-1", DS_SLOT_PHOTO, "", "", strlen(word), "");
  g_autoptr(DsFindings) own = ds_findings_new();

  g_clear_error(&fixture->error);
  if (!ds_helper_inspect(fixture->helper, "inspect-fixture", data, part,
                         findings != NULL ? findings : own, timeout_ms, NULL, &fixture->error))
    return NULL;
  return g_steal_pointer(&part);
}

static void
assert_result(Fixture *fixture, const char *word, const char *result)
{
  g_autoptr(DsPart) part = inspect(fixture, word, 0, NULL);

  g_assert_no_error(fixture->error);
  g_assert_cmpstr(ds_part_attribute(part, "measure.result"), ==, result);
}

/* @word costs one attempt with this error, and the next one works. */
static void
assert_costs_one(Fixture *fixture, const char *word, guint timeout_ms, int code,
                 const char *message)
{
  g_autoptr(DsPart) none = inspect(fixture, word, timeout_ms, NULL);

  g_assert_null(none);
  g_assert_error(fixture->error, DS_ERROR, code);
  g_assert_cmpstr(fixture->error->message, ==, message);
  g_autoptr(DsPart) part = inspect(fixture, "measure", 0, NULL);
  g_assert_no_error(fixture->error);
  g_assert_cmpstr(part->media_type, ==, "text/plain");
}

static void
test_inspect(Fixture *fixture, gconstpointer data)
{
  g_autoptr(DsFindings) findings = ds_findings_new();
  g_autoptr(DsPart) part = inspect(fixture, "measure", 0, findings);

  g_assert_no_error(fixture->error);
  g_assert_cmpstr(part->media_type, ==, "text/plain");
  g_assert_cmpstr(ds_part_attribute(part, "media-type"), ==, "text/plain");
  g_assert_cmpstr(ds_part_attribute(part, "measure.length"), ==, "7");
  /* Not an inspector's to say. */
  g_assert_null(ds_part_attribute(part, "captured-at"));
  const DsFinding *finding = ds_findings_find(findings, "fixture.warned");
  g_assert_nonnull(finding);
  g_assert_cmpstr(finding->text, ==, "mind this");
  g_assert_cmpstr(finding->origin, ==, "inspect-fixture");
  g_assert_false(ds_findings_has_kind(findings, DS_FINDING_REFUSE));
  g_assert_true(ds_findings_has_kind(findings, DS_FINDING_INVALID));
}

/* The process stays warm between requests. */
static void
test_warm(Fixture *fixture, gconstpointer data)
{
  g_autoptr(DsPart) first = inspect(fixture, "process", 0, NULL);
  g_autoptr(DsPart) second = inspect(fixture, "process", 0, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_cmpstr(ds_part_attribute(first, "measure.requests"), ==, "1");
  g_assert_cmpstr(ds_part_attribute(second, "measure.requests"), ==, "2");
  g_assert_true(ds_helper_stop(fixture->helper, &error));
  g_autoptr(DsPart) third = inspect(fixture, "process", 0, NULL);
  g_assert_cmpstr(ds_part_attribute(third, "measure.requests"), ==, "1");
}

static void
test_plugin_error(Fixture *fixture, gconstpointer data)
{
  assert_costs_one(fixture, "error", 0, DS_ERROR_INVALID, "this is no picture");
  assert_costs_one(fixture, "nothing", 0, DS_ERROR_FAILED,
                   "inspect-fixture gave no result and no reason");
}

static void
test_crash(Fixture *fixture, gconstpointer data)
{
  assert_costs_one(fixture, "crash", 0, DS_ERROR_RETRY,
                   "the helper for inspect-fixture crashed (signal 11); try again");
  assert_costs_one(fixture, "leave", 0, DS_ERROR_RETRY,
                   "the helper for inspect-fixture ended too early (exit status 7); try again");
}

static void
test_hang(Fixture *fixture, gconstpointer data)
{
  assert_costs_one(fixture, "hang", 300, DS_ERROR_RETRY,
                   "the helper for inspect-fixture did not answer within 300 ms and was stopped; "
                   "try again");
}

static gpointer
cancel_soon(gpointer cancellable)
{
  g_usleep(100000);
  g_cancellable_cancel(cancellable);
  return NULL;
}

static void
test_cancel(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_autoptr(GBytes) bytes = g_bytes_new_static("hang", 4);
  g_autoptr(DsPart) part = ds_part_new("p", DS_SLOT_PHOTO, "", "", 4, "");
  g_autoptr(DsFindings) findings = ds_findings_new();
  GThread *thread = g_thread_new("cancel", cancel_soon, cancellable);

  g_assert_false(ds_helper_inspect(fixture->helper, "inspect-fixture", bytes, part, findings, 0,
                                   cancellable, &fixture->error));
  g_assert_error(fixture->error, DS_ERROR, DS_ERROR_CANCELLED);
  g_thread_join(thread);
}

static void
test_hog(Fixture *fixture, gconstpointer data)
{
#if defined(__SANITIZE_ADDRESS__)
  g_test_skip("the sanitizer needs the address space");
#else
  assert_result(fixture, "hog", "denied");
#endif
}

static void
test_network(Fixture *fixture, gconstpointer data)
{
  assert_result(fixture, "call", "Network is unreachable");
}

static void
test_files(Fixture *fixture, gconstpointer data)
{
  g_autofree char *secret = g_build_filename(fixture->folder, "secret", NULL);
  g_autofree char *read_it = g_strconcat("open ", secret, NULL);
  g_autofree char *module =
      g_build_filename(fixture->folder, "inspect-fixture", "inspect-fixture.so", NULL);
  g_autofree char *read_own = g_strconcat("open ", module, NULL);
  g_autofree char *write_own = g_strconcat("write ", module, NULL);

  put(fixture->folder, "secret", "key", 3);
  assert_result(fixture, read_it, "denied");
  assert_result(fixture, "open /etc/passwd", "denied");
#if !defined(__SANITIZE_ADDRESS__) /* the sanitizer needs /proc */
  assert_result(fixture, "open /proc/1/environ", "denied");
#endif
  assert_result(fixture, read_own, "opened");
  assert_result(fixture, write_own, "denied");
  assert_result(fixture, "write /usr/doorstep-was-here", "denied");
}

static void
test_environment(Fixture *fixture, gconstpointer data)
{
  g_setenv("DOORSTEP_TEST_SECRET", "x", TRUE);
  g_autoptr(DsPart) part = inspect(fixture, "environment", 0, NULL);
  const char *names = ds_part_attribute(part, "measure.result");

  g_assert_nonnull(strstr(names, "HOME"));
  g_assert_null(strstr(names, "DOORSTEP_TEST_SECRET"));
  g_assert_cmpstr(ds_part_attribute(part, "measure.locale"), ==, "C.UTF-8");
  g_assert_cmpstr(ds_part_attribute(part, "measure.language"), ==, "en");
}

/* Findings are worded where the plugin runs, so the helper speaks what the program speaks. */
static void
test_language(Fixture *fixture, gconstpointer data)
{
  setlocale(LC_ALL, "C.UTF-8");
  g_setenv("LANGUAGE", "zh_CN", TRUE);
  g_autoptr(DsPart) part = inspect(fixture, "environment", 0, NULL);
  setlocale(LC_ALL, "C");
  g_unsetenv("LANGUAGE");

  g_assert_cmpstr(ds_part_attribute(part, "measure.locale"), ==, "C.UTF-8");
  g_assert_cmpstr(ds_part_attribute(part, "measure.language"), ==, "zh_CN");
}

static void
test_bad_replies(Fixture *fixture, gconstpointer data)
{
  const char *not_in_form =
      "the helper for inspect-fixture sent a reply that is not in form; it was stopped";

  assert_costs_one(fixture, "garbage", 0, DS_ERROR_FAILED, not_in_form);
  assert_costs_one(fixture, "other", 0, DS_ERROR_FAILED, not_in_form);
  assert_costs_one(fixture, "too-much", 0, DS_ERROR_FAILED,
                   "the helper for inspect-fixture sent a reply over 75497472 bytes; it was "
                   "stopped");
}

static void
test_render(Fixture *fixture, gconstpointer data)
{
  g_autoptr(DsView) view = ds_view_new();
  gsize size = 5 * 1024 * 1024 + 3;
  g_autofree char *big = g_malloc(size);
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_helper_render(fixture->helper, "output-fixture", "name", view, 0, NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_cmpstr(error->message, ==, "applicant.name is missing");
  g_clear_error(&error);
  g_assert_null(ds_helper_render(fixture->helper, "output-fixture", "poem", view, 0, NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
  g_clear_error(&error);

  for (gsize i = 0; i < size; i++)
    big[i] = (char)(i * 31);
  g_autoptr(GBytes) photo = g_bytes_new(big, size);
  ds_view_add_part(view, ds_part_new("photo-1", DS_SLOT_PHOTO, "", "image/jpeg", size, ""));
  ds_view_attach_bytes(view, "photo-1", photo);
  g_autoptr(GBytes) back =
      ds_helper_render(fixture->helper, "output-fixture", "bytes", view, 0, NULL, &error);
  g_assert_no_error(error);
  g_assert_true(g_bytes_equal(photo, back));
}

static void
test_too_large(Fixture *fixture, gconstpointer data)
{
  g_autofree char *much = g_malloc0(DS_HELPER_MAX_BYTES + 1);
  g_autoptr(GBytes) bytes = g_bytes_new_static(much, DS_HELPER_MAX_BYTES + 1);
  g_autoptr(DsPart) part = ds_part_new("p", DS_SLOT_PHOTO, "", "", 4, "");
  g_autoptr(DsFindings) findings = ds_findings_new();

  g_assert_false(ds_helper_inspect(fixture->helper, "inspect-fixture", bytes, part, findings, 0,
                                   NULL, &fixture->error));
  g_assert_error(fixture->error, DS_ERROR, DS_ERROR_TOO_LARGE);
}

static void
test_not_loadable(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static("x", 1);
  g_autoptr(DsView) view = ds_view_new();
  g_autoptr(DsPart) part = ds_part_new("p", DS_SLOT_PHOTO, "", "", 1, "");
  g_autoptr(DsFindings) findings = ds_findings_new();

  g_assert_false(ds_helper_inspect(fixture->helper, "inspect-wrong", bytes, part, findings, 0, NULL,
                                   &fixture->error));
  g_assert_error(fixture->error, DS_ERROR, DS_ERROR_UNSUPPORTED);
  g_assert_nonnull(strstr(fixture->error->message, "plugin ABI 2, this program has ABI 1"));
  g_clear_error(&fixture->error);
  g_assert_null(
      ds_helper_render(fixture->helper, "inspect-fixture", "name", view, 0, NULL, &fixture->error));
  g_assert_error(fixture->error, DS_ERROR, DS_ERROR_INVALID);
}

static void
assert_no_sandbox(Fixture *fixture, const char *message)
{
  g_autoptr(DsPart) part = inspect(fixture, "measure", 0, NULL);

  g_assert_null(part);
  g_assert_error(fixture->error, DS_ERROR, DS_ERROR_UNSUPPORTED);
  if (strstr(fixture->error->message, message) == NULL)
    g_error("got \"%s\", expected \"%s\"", fixture->error->message, message);
}

static void
test_no_bubblewrap(Fixture *fixture, gconstpointer data)
{
  ds_helper_set_programs(fixture->helper, "/nonexistent/bwrap", NULL);
  assert_no_sandbox(fixture, "/nonexistent/bwrap is not there; install the package bubblewrap");
}

/* A bubblewrap that may not make namespaces complains and exits with 1. */
static void
test_no_namespaces(Fixture *fixture, gconstpointer data)
{
  g_autofree char *fake = g_build_filename(fixture->folder, "bwrap", NULL);
  const char *script =
      "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n";

  put(fixture->folder, "bwrap", script, strlen(script));
  g_assert_cmpint(g_chmod(fake, 0755), ==, 0);
  ds_helper_set_programs(fixture->helper, fake, NULL);
  assert_no_sandbox(fixture, "the sandbox for inspect-fixture could not be made: ");
#if !defined(__SANITIZE_ADDRESS__)
  assert_no_sandbox(fixture, "bwrap: No permissions to create new namespace");
#endif
}

static void
test_no_helper(Fixture *fixture, gconstpointer data)
{
  ds_helper_set_programs(fixture->helper, NULL, "/nonexistent/doorstep-helper");
  assert_no_sandbox(fixture, "needs the program /nonexistent/doorstep-helper");
}

static void
add(const char *name, void (*test)(Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat("/helper/", name, NULL);

  g_test_add(path, Fixture, NULL, setup, test, teardown);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  add("inspect", test_inspect);
  add("warm", test_warm);
  add("plugin-error", test_plugin_error);
  add("crash", test_crash);
  add("hang", test_hang);
  add("cancel", test_cancel);
  add("hog", test_hog);
  add("network", test_network);
  add("files", test_files);
  add("environment", test_environment);
  add("language", test_language);
  add("bad-replies", test_bad_replies);
  add("render", test_render);
  add("too-large", test_too_large);
  add("not-loadable", test_not_loadable);
  add("no-bubblewrap", test_no_bubblewrap);
  add("no-namespaces", test_no_namespaces);
  add("no-helper", test_no_helper);
  return g_test_run();
}
