/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doorstep: the officer's command line. */
#include <stdlib.h>

#include "base/secret.h"
#include "cli/common/language.h"
#include "cli/common/report.h"
#include "cli/common/terminal.h"
#include "cli/unit/batch.h"
#include "cli/unit/face.h"

static gboolean show_version = FALSE;

static char *
default_home(void)
{
  const char *environment = g_getenv("DOORSTEP_HOME");

  if (environment != NULL)
    return g_strdup(environment);
  return g_build_filename(g_get_user_data_dir(), "doorstep", NULL);
}

static void
print_help(const char *noun)
{
  g_print("%s\n  doorstep [--home DIR] [--json] %s\n\n", _("Usage:"), _("COMMAND …"));
  g_print("%s\n", _("Options:"));
  g_print("  --home DIR               %s\n", _("folder of the unit (else $DOORSTEP_HOME)"));
  g_print("  --officer NUMBER         %s\n", _("acting officer, when the unit has several"));
  g_print("  --passphrase-fd N        %s\n", _("read the passphrase from descriptor N"));
  g_print("  --passphrase-file FILE   %s\n", _("read the passphrase from a private file"));
  g_print("  --pin-fd N, --pin-file FILE\n                           %s\n",
          _("the acting officer's own PIN, when there is one"));
  g_print("  --json                   %s\n", _("print JSON for programs"));
  g_print("  --quiet                  %s\n", _("no progress"));
  g_print("  --plugins DIR, --schemas DIR\n                           %s\n",
          _("use these plugins and rules instead of the installed ones"));
  g_print("\n%s\n", _("Commands:"));
  ds_command_help(noun);
  ds_batch_help();
  g_print("\n%s\n", _("Exit codes: 0 done, 1 failed, 64 usage, 65 bad input, 69 in use, 75 try "
                      "again, 77 refused or locked."));
  g_print("%s\n  doorstep --home /srv/unit case take 3 case.json --trip t1 --pictures 003/\n",
          _("Example:"));
}

/* The options every command has, wherever they stand; the rest is left for the command. */
static gboolean
parse_common(DsFace *face, int *argc, char ***argv, GError **error)
{
  GOptionEntry passphrase[3] = {{0}};
  const GOptionEntry entries[] = {
      {"home", 0, 0, G_OPTION_ARG_FILENAME, &face->home, NULL, NULL},
      {"json", 0, 0, G_OPTION_ARG_NONE, &face->json, NULL, NULL},
      {"quiet", 'q', 0, G_OPTION_ARG_NONE, &face->quiet, NULL, NULL},
      {"officer", 0, 0, G_OPTION_ARG_STRING, &face->officer, NULL, NULL},
      {"pin-fd", 0, 0, G_OPTION_ARG_INT, &face->pin.fd, NULL, NULL},
      {"pin-file", 0, 0, G_OPTION_ARG_FILENAME, &face->pin.file, NULL, NULL},
      {"plugins", 0, 0, G_OPTION_ARG_FILENAME, &face->plugin_dir, NULL, NULL},
      {"schemas", 0, 0, G_OPTION_ARG_FILENAME, &face->schema_dir, NULL, NULL},
      {"version", 0, 0, G_OPTION_ARG_NONE, &show_version, NULL, NULL},
      {NULL, 0, 0, 0, NULL, NULL, NULL},
  };
  g_autoptr(GOptionContext) context = g_option_context_new(NULL);

  ds_cli_passphrase_entries(&face->passphrase, passphrase);
  g_option_context_set_help_enabled(context, FALSE);
  g_option_context_set_ignore_unknown_options(context, TRUE);
  g_option_context_add_main_entries(context, entries, NULL);
  g_option_context_add_main_entries(context, passphrase, NULL);
  return g_option_context_parse(context, argc, argv, error);
}

static gboolean
run(DsFace *face, int argc, char **argv, GError **error)
{
  if (show_version) {
    g_print("doorstep %s\n", DOORSTEP_VERSION);
    return TRUE;
  }
  if (argc > 1 && (g_str_equal(argv[1], "--help") || g_str_equal(argv[1], "help"))) {
    print_help(argc > 2 ? argv[2] : NULL);
    return TRUE;
  }
  if (argc < 2)
    return ds_command_run(face, 0, NULL, error);
  if (argc == 3 && g_str_equal(argv[2], "--help") &&
      (g_str_equal(argv[1], "batch") || ds_command_is_noun(argv[1]))) {
    print_help(argv[1]);
    return TRUE;
  }
  if (g_str_equal(argv[1], "batch"))
    return ds_batch_run(face, argc - 2, argv + 2, error);
  return ds_command_run(face, argc - 1, argv + 1, error);
}

int
main(int argc, char **argv)
{
  DsFace face = {.passphrase = DS_CLI_PASSPHRASE_INIT,
                 .pin = DS_CLI_PASSPHRASE_INIT,
                 .to_pin = DS_CLI_PASSPHRASE_INIT};
  g_autoptr(GError) error = NULL;
  int code = DS_EXIT_OK;

  ds_cli_language_init();
  ds_cli_terminal_init();
  ds_secret_process_init();

  if (!parse_common(&face, &argc, &argv, &error)) {
    code = ds_cli_fail(DS_PROGRAM, face.json, error);
  } else {
    if (face.home == NULL)
      face.home = default_home();
    if (!run(&face, argc, argv, &error))
      code = error != NULL ? ds_cli_fail(DS_PROGRAM, face.json, error) : DS_EXIT_FAILED;
  }
  ds_face_close(&face);
  ds_cli_passphrase_clear(&face.passphrase);
  ds_cli_passphrase_clear(&face.pin);
  g_free(face.home);
  g_free(face.officer);
  g_free(face.plugin_dir);
  g_free(face.schema_dir);
  return ds_cli_finish(DS_PROGRAM, code);
}
