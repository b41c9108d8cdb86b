/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "base/secret.h"
#include "cli/common/passphrase.h"
#include "cli/common/report.h"
#include "cli/common/terminal.h"

static void
assert_secret(DsSecret *secret, const char *text)
{
  g_assert_nonnull(secret);
  g_assert_cmpmem(ds_secret_data(secret), ds_secret_size(secret), text, strlen(text));
}

static void
test_fd(void)
{
  int ends[2];
  g_autoptr(GError) error = NULL;

  g_assert_cmpint(pipe(ends), ==, 0);
  g_assert_cmpint(write(ends[1], "correct horse\nrest", 18), ==, 18);
  close(ends[1]);
  DsCliPassphrase options = {.fd = ends[0]};
  g_autoptr(DsSecret) secret = ds_cli_passphrase_read(&options, "", &error);
  g_assert_no_error(error);
  assert_secret(secret, "correct horse");
  close(ends[0]);
}

static void
test_file(void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp("doorstep-XXXXXX", &error);
  g_autofree char *path = g_build_filename(dir, "words", NULL);
  DsCliPassphrase options = {.fd = -1, .file = path};

  g_assert_null(ds_cli_passphrase_read(&options, "", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
  g_clear_error(&error);

  g_assert_true(g_file_set_contents(path, "battery staple\n", -1, &error));
  g_assert_cmpint(g_chmod(path, 0644), ==, 0);
  g_assert_null(ds_cli_passphrase_read(&options, "", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_assert_nonnull(strstr(error->message, "chmod 600"));
  g_clear_error(&error);

  g_assert_cmpint(g_chmod(path, 0600), ==, 0);
  g_autoptr(DsSecret) secret = ds_cli_passphrase_read_new(&options, "", &error);
  g_assert_no_error(error);
  assert_secret(secret, "battery staple");
  g_assert_true(ds_files_remove_tree(dir, NULL));
}

static void
test_no_terminal(void)
{
  g_autoptr(GError) error = NULL;
  DsCliPassphrase options = DS_CLI_PASSPHRASE_INIT;
  int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

  g_assert_cmpint(dup2(null, STDIN_FILENO), ==, STDIN_FILENO);
  close(null);
  g_assert_false(ds_cli_passphrase_given(&options));
  g_assert_null(ds_cli_passphrase_read(&options, "", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_LOCKED);
  g_assert_nonnull(strstr(error->message, "--passphrase-fd"));
}

static void
test_exit_codes(void)
{
  const struct {
    int code;
    int exit;
  } table[] = {
      {DS_ERROR_FAILED, 1},     {DS_ERROR_INVALID, 65},   {DS_ERROR_RETRY, 75},
      {DS_ERROR_REFUSED, 77},   {DS_ERROR_NOT_FOUND, 65}, {DS_ERROR_BUSY, 69},
      {DS_ERROR_LOCKED, 77},    {DS_ERROR_NO_SPACE, 75},  {DS_ERROR_EXISTS, 65},
      {DS_ERROR_TOO_LARGE, 65}, {DS_ERROR_CANCELLED, 75}, {DS_ERROR_UNSUPPORTED, 65},
  };

  g_assert_cmpint(ds_cli_exit_code(NULL), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
    g_autoptr(GError) error = g_error_new_literal(DS_ERROR, table[i].code, "x");
    g_assert_cmpint(ds_cli_exit_code(error), ==, table[i].exit);
  }
  g_autoptr(GError) usage = g_error_new_literal(G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "x");
  g_assert_cmpint(ds_cli_exit_code(usage), ==, 64);
}

static void
test_printable(void)
{
  g_autofree char *text = ds_cli_printable("王\x1b[2J\r小\n\xe2\x80\xae明 \xc2\x9b\xff·");

  g_assert_cmpstr(text, ==, "王\\u001b[2J\\u000d小\\u000a\\u202e明 \\u009b\xef\xbf\xbd·");
  g_autoptr(JsonNode) node =
      json_from_string("{\"a\\n\": [\"\\u202e\", 1], \"b\": {\"c\": \"d\"}}", NULL);
  ds_cli_make_printable(node);
  g_autofree char *json = json_to_string(node, FALSE);
  g_assert_nonnull(strstr(json, "[\"\\\\u202e\",1]"));
  g_assert_nonnull(strstr(json, "\"a\\\\u000a\":"));
  g_assert_nonnull(strstr(json, "\"c\":\"d\""));
}

/* g_print and g_printerr, as the programs use them. */
static void
test_print(void)
{
  if (g_test_subprocess()) {
    ds_cli_terminal_init();
    g_print("out\t\x1b[2J\r\n");
    g_printerr("err\t\x1b[2J\r\n");
    return;
  }
  g_test_trap_subprocess(NULL, 0, 0);
  g_test_trap_assert_passed();
  g_test_trap_assert_stdout("*out\t\\u001b[2J\\u000d\n*");
  g_test_trap_assert_stderr("*err\t\\u001b[2J\\u000d\n*");
}

int
main(int argc, char **argv)
{
  ds_secret_process_init();
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/cli/common/passphrase-fd", test_fd);
  g_test_add_func("/cli/common/passphrase-file", test_file);
  g_test_add_func("/cli/common/no-terminal", test_no_terminal);
  g_test_add_func("/cli/common/exit-codes", test_exit_codes);
  g_test_add_func("/cli/common/printable", test_printable);
  g_test_add_func("/cli/common/print", test_print);
  return g_test_run();
}
