/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/sandbox.h"

#include <dlfcn.h>
#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "plugin-paths.h"

#define TMP_BYTES "67108864"

const char *
ds_sandbox_find_bubblewrap(void)
{
  static const char *const places[] = {"/usr/bin/bwrap", "/bin/bwrap"};

  for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
    if (access(places[i], X_OK) == 0)
      return places[i];
  return NULL;
}

const char *
ds_sandbox_helper_program(void)
{
  const char *program = secure_getenv("DOORSTEP_HELPER");

  return program != NULL && *program != '\0' ? program : DS_HELPER_PROGRAM;
}

static void
add(GPtrArray *words, const char *word)
{
  g_ptr_array_add(words, g_strdup(word));
}

static void
add_all(GPtrArray *words, const char *const *list)
{
  for (gsize i = 0; list[i] != NULL; i++)
    add(words, list[i]);
}

/* Read only, at the same place; what lies under /usr is there already. */
static void
add_bind(GPtrArray *words, const char *path)
{
  if (path == NULL || g_str_has_prefix(path, "/usr/"))
    return;
  add(words, "--ro-bind");
  add(words, path);
  add(words, path);
}

static void
add_env(GPtrArray *words, const char *name, const char *value)
{
  if (value == NULL)
    return;
  add(words, "--setenv");
  add(words, name);
  add(words, value);
}

/* The folder of the library that plugins link, as this process has it loaded. */
static char *
library_folder(void)
{
  Dl_info info;

  if (dladdr((void *)ds_error_quark, &info) == 0 || info.dli_fname == NULL)
    return NULL;
  g_autofree char *real = realpath(info.dli_fname, NULL);
  return real != NULL ? g_path_get_dirname(real) : NULL;
}

/* Findings are worded in the helper, so it speaks the officer's language. */
static void
add_language(GPtrArray *words)
{
  const char *locale = setlocale(LC_MESSAGES, NULL);

  add_env(words, "LC_ALL",
          locale == NULL || g_str_equal(locale, "C") || g_str_equal(locale, "POSIX") ? "C.UTF-8"
                                                                                     : locale);
  add_env(words, "LANGUAGE",
          locale == NULL || g_str_equal(locale, "C") || g_str_equal(locale, "POSIX")
              ? "en"
              : g_getenv("LANGUAGE"));
  add_env(words, "DOORSTEP_LOCALE_DIR", g_getenv("DOORSTEP_LOCALE_DIR"));
}

static void
add_sanitizers(GPtrArray *words)
{
#if defined(__SANITIZE_ADDRESS__)
  add_all(words, (const char *const[]){"--proc", "/proc", NULL});
  add_env(words, "ASAN_OPTIONS", g_getenv("ASAN_OPTIONS"));
  add_env(words, "UBSAN_OPTIONS", g_getenv("UBSAN_OPTIONS"));
#endif
}

/* What every helper gets: the system read-only, an empty /tmp, no network, no capabilities. */
static const char *const fixed[] = {"--unshare-all",
                                    "--die-with-parent",
                                    "--new-session",
                                    "--cap-drop",
                                    "ALL",
                                    "--clearenv",
                                    "--ro-bind",
                                    "/usr",
                                    "/usr",
                                    "--ro-bind-try",
                                    "/lib",
                                    "/lib",
                                    "--ro-bind-try",
                                    "/lib64",
                                    "/lib64",
                                    "--ro-bind-try",
                                    "/etc/fonts",
                                    "/etc/fonts",
                                    "--ro-bind-try",
                                    "/etc/ld.so.cache",
                                    "/etc/ld.so.cache",
                                    "--ro-bind-try",
                                    "/var/cache/fontconfig",
                                    "/var/cache/fontconfig",
                                    "--dev",
                                    "/dev",
                                    "--size",
                                    TMP_BYTES,
                                    "--tmpfs",
                                    "/tmp",
                                    "--chdir",
                                    "/",
                                    "--setenv",
                                    "PATH",
                                    "/usr/bin",
                                    "--setenv",
                                    "HOME",
                                    "/tmp",
                                    "--setenv",
                                    "TMPDIR",
                                    "/tmp",
                                    NULL};

GStrv
ds_sandbox_command(const char *bubblewrap, const char *program, const char *folder, const char *id)
{
  GPtrArray *words = g_ptr_array_new();
  g_autofree char *real = realpath(program, NULL);
  g_autofree char *program_folder = g_path_get_dirname(real != NULL ? real : program);
  g_autofree char *libraries = library_folder();

  add(words, bubblewrap);
  add_all(words, fixed);
  add_bind(words, program_folder);
  if (g_strcmp0(libraries, program_folder) != 0)
    add_bind(words, libraries);
  if (libraries != NULL && !g_str_has_prefix(libraries, "/usr/lib"))
    add_env(words, "LD_LIBRARY_PATH", libraries);
  add_bind(words, folder);
  add_bind(words, g_getenv("DOORSTEP_LOCALE_DIR"));
  add_language(words);
  add_sanitizers(words);
  add(words, "--");
  add_all(words, (const char *const[]){real != NULL ? real : program, folder, id, NULL});
  g_ptr_array_add(words, NULL);
  return (GStrv)g_ptr_array_free(words, FALSE);
}
