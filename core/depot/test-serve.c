/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "depot/serve.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

static void
test_units(void)
{
  static const char *const good[] = {"u", "unit-7", "A.b_c-9"};
  static const char *const bad[] = {"",     "-u",    ".u",       "u/..", "u v",
                                    "a..b", "u.git", "u.lock",   "u'",   "\xe5\x8d\x95",
                                    "u\n",  "../u",  "u;reboot", "$u"};
  g_autofree char *long_name = g_strnfill(65, 'u');

  for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
    g_assert_true(ds_serve_unit_valid(good[i]));
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
    g_assert_false(ds_serve_unit_valid(bad[i]));
  g_assert_false(ds_serve_unit_valid(long_name));
}

static void
test_good(void)
{
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) push = ds_serve_plan("git-receive-pack 'u-1.git'", "u-1", "/srv/u-1.git", &error);
  g_auto(GStrv) fetch = ds_serve_plan("git-upload-pack 'u-1.git'", "u-1", "/srv/u-1.git", &error);

  g_assert_no_error(error);
  g_assert_cmpuint(g_strv_length(push), ==, 3);
  g_assert_cmpstr(push[0], ==, "git");
  g_assert_cmpstr(push[1], ==, "receive-pack");
  g_assert_cmpstr(push[2], ==, "/srv/u-1.git");
  g_assert_cmpstr(fetch[1], ==, "upload-pack");
}

static void
test_refused(void)
{
  static const char *const commands[] = {"git-receive-pack 'u-2.git'",
                                         "git-receive-pack u-1.git",
                                         "git-receive-pack '/srv/u-1.git'",
                                         "git-receive-pack 'u-1.git' ",
                                         "git-receive-pack 'u-1.git'; id",
                                         "git-receive-pack '../u-1.git'",
                                         "git-upload-archive 'u-1.git'",
                                         "git receive-pack 'u-1.git'",
                                         "git-receive-pack --help",
                                         "id",
                                         "",
                                         "\x1b[2J"};

  for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(ds_serve_plan(commands[i], "u-1", "/srv/u-1.git", &error));
    g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
    g_assert_null(strchr(error->message, '\x1b'));
  }
  g_autoptr(GError) error = NULL;
  g_assert_null(ds_serve_plan(NULL, "u-1", "/srv/u-1.git", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_assert_nonnull(strstr(error->message, "no shell"));
  g_clear_error(&error);
  g_assert_null(ds_serve_plan("git-receive-pack 'u-1.git'", "u-1", "u-1.git", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
}

#define KEY "AAAAC3NzaC1lZDI1NTE5AAAAIEZ0aGlzIGlzIG5vdCBhIHJlYWwga2V5IGF0IGFsbCEh"

static void
test_authorized(void)
{
  const char *const command[] = {
      "/usr/bin/doorstep-station", "serve", "--dir", "/srv/two words", "u-1", NULL};
  const char *const quote[] = {"/srv/\"x\"", NULL};
  static const char *const bad[] = {"",
                                    "ssh-ed25519",
                                    "ssh-rsa " KEY,
                                    "ssh-ed25519 short",
                                    "command=\"id\" ssh-ed25519 " KEY,
                                    "ssh-ed25519 " KEY "\nssh-ed25519 " KEY,
                                    "ssh-ed25519 " KEY "\",x"};
  g_autoptr(GError) error = NULL;
  g_autofree char *line =
      ds_serve_authorized_line(command, "u-1", "ssh-ed25519 " KEY " somebody\n", &error);

  g_assert_no_error(error);
  g_assert_cmpstr(line, ==,
                  "command=\"/usr/bin/doorstep-station serve --dir '/srv/two words' u-1\",restrict "
                  "ssh-ed25519 " KEY " u-1\n");
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_assert_null(ds_serve_authorized_line(command, "u-1", bad[i], &error));
    g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
    g_clear_error(&error);
  }
  g_assert_null(ds_serve_authorized_line(quote, "u-1", "ssh-ed25519 " KEY, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_null(ds_serve_authorized_line(command, "u 1", "ssh-ed25519 " KEY, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
}

/* What a unit's git may cost: nothing it starts can lift these limits. */
static void
test_limits(void)
{
  char *argv[] = {(char *)"sh", (char *)"-c", (char *)"ulimit -Hv; ulimit -Ht; env", NULL};
  char text[4096] = "";
  int ends[2];

  g_assert_cmpint(pipe(ends), ==, 0);
  g_setenv("GIT_TEST_OF_OURS", "1", TRUE);
  pid_t child = fork();
  g_assert_cmpint(child, >=, 0);
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    if (!ds_serve_exec(argv, NULL))
      _exit(1);
  }
  close(ends[1]);
  for (gsize have = 0; have < sizeof text - 1;) {
    ssize_t got = read(ends[0], text + have, sizeof text - 1 - have);
    if (got <= 0)
      break;
    have += (gsize)got;
  }
  close(ends[0]);
  g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
  g_auto(GStrv) lines = g_strsplit(text, "\n", 3);
  g_assert_cmpint(atoi(lines[0]), <=, 512 * 1024); /* KiB */
  g_assert_cmpint(atoi(lines[1]), <=, 3600);
  g_assert_nonnull(strstr(lines[2], "GIT_CONFIG_NOSYSTEM=1"));
  g_assert_null(strstr(lines[2], "GIT_TEST_OF_OURS"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/depot/serve/units", test_units);
  g_test_add_func("/depot/serve/good", test_good);
  g_test_add_func("/depot/serve/refused", test_refused);
  g_test_add_func("/depot/serve/authorized", test_authorized);
  g_test_add_func("/depot/serve/limits", test_limits);
  return g_test_run();
}
