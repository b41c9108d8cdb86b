/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doorstep-courier: moves ciphertext and nothing else. */
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"
#include "cli/common/language.h"
#include "cli/common/report.h"
#include "cli/common/terminal.h"
#include "cli/courier/verbs.h"

#define EVERY_MAX (24 * 3600)

static gpointer
await_signal(gpointer cancellable)
{
  sigset_t set;
  int got;

  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  if (sigwait(&set, &got) == 0)
    g_cancellable_cancel(cancellable);
  /* the next one ends the process here and now: every step may be cut at any place */
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  for (;;)
    pause();
  return NULL;
}

/* A first Ctrl-C ends the contact in order, a second one the program. */
static void
watch_signals(GCancellable *cancellable)
{
  sigset_t set;

  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  g_thread_unref(g_thread_new("signals", await_signal, cancellable));
}

static gboolean
parse(DsCourierOptions *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
      {"home", 0, 0, G_OPTION_ARG_FILENAME, &options->home,
       N_("the unit's folder (default: $DOORSTEP_HOME)"), N_("DIR")},
      {"every", 0, 0, G_OPTION_ARG_INT, &options->every,
       N_("run: at least one contact every SECONDS while the network is here (300)"),
       N_("SECONDS")},
      {"watch", 0, 0, G_OPTION_ARG_INT, &options->every, N_("sync: the same as run --every"),
       N_("SECONDS")},
      {"metered", 0, 0, G_OPTION_ARG_NONE, &options->metered,
       N_("run: send over metered networks too"), NULL},
      {"all", 0, 0, G_OPTION_ARG_NONE, &options->all, N_("drive: also what was handed over before"),
       NULL},
      {"part-size", 0, 0, G_OPTION_ARG_INT, &options->part_size,
       N_("drive: begin a new file after MIB mebibytes (1024)"), N_("MIB")},
      {"json", 0, 0, G_OPTION_ARG_NONE, &options->json, N_("print for programs"), NULL},
      {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet, N_("no progress, no summary"), NULL},
      {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, N_("print the version"), NULL},
      {NULL}};
  g_autoptr(GOptionContext) context =
      g_option_context_new(N_("run|sync|status|identity|drive FOLDER"));

  g_option_context_set_translation_domain(context, GETTEXT_PACKAGE);
  g_option_context_set_summary(
      context, N_("Carries sealed bundles to the station and brings its messages back. Sees only\n"
                  "ciphertext and needs no passphrase."));
  g_option_context_set_description(
      context,
      N_("run waits for the station's network and stays; sync makes one contact now, whatever the\n"
         "network; drive takes a stick along; status says what waits and why; identity makes this\n"
         "account's ssh key and prints the half for the station.\n"
         "\n"
         "Examples:\n"
         "  doorstep-courier run --home ~/unit\n"
         "  doorstep-courier sync --home ~/unit\n"
         "  doorstep-courier drive --home ~/unit /media/usb\n"
         "  doorstep-courier status --home ~/unit --json\n"
         "\n"
         "Exit codes: 0 done, 1 failed, 64 usage, 65 bad configuration, 69 another courier is at\n"
         "work, 75 try again later, 77 the station refused something or is not the pinned one.\n"));
  g_option_context_add_main_entries(context, entries, GETTEXT_PACKAGE);
  return g_option_context_parse(context, argc, argv, error);
}

static int
run(DsCourierOptions *options, int argc, char **argv)
{
  if (options->version) {
    g_print("%s %s\n", PROGRAM, VERSION);
    return DS_EXIT_OK;
  }
  const gboolean drive = argc > 1 && strcmp(argv[1], "drive") == 0;
  if (drive && argc != 3)
    return ds_cli_usage(PROGRAM, "%s", _("drive takes the folder the drive is mounted on"));
  if (!drive && argc != 2)
    return ds_cli_usage(PROGRAM, "%s", _("say run, sync, status, identity or drive FOLDER"));
  if (options->home == NULL)
    options->home = g_strdup(g_getenv("DOORSTEP_HOME"));
  if (options->home == NULL || *options->home == '\0')
    return ds_cli_usage(PROGRAM, "%s", _("--home DIR is missing"));
  if (options->every < 0 || options->every > EVERY_MAX)
    return ds_cli_usage(PROGRAM, _("--every and --watch take 1 to %d seconds"), EVERY_MAX);
  if (strcmp(argv[1], "status") == 0)
    return ds_verb_status(options);
  if (strcmp(argv[1], "identity") == 0)
    return ds_verb_identity(options);
  gboolean stays = strcmp(argv[1], "run") == 0;
  if (!stays && !drive && strcmp(argv[1], "sync") != 0)
    return ds_cli_usage(
        PROGRAM, _("\"%s\" is no verb; say run, sync, status, identity or drive FOLDER"), argv[1]);
  watch_signals(options->cancellable);
  if (drive)
    return ds_verb_drive(options, argv[2]);
  return stays || options->every > 0 ? ds_verb_run(options) : ds_verb_sync(options);
}

int
main(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  DsCourierOptions options = {.cancellable = cancellable};

  ds_cli_language_init();
  ds_cli_terminal_init();
  ds_secret_process_init();
  g_set_prgname(PROGRAM);
  int code = parse(&options, &argc, &argv, &error) ? run(&options, argc, argv)
                                                   : ds_cli_fail(PROGRAM, options.json, error);
  g_free(options.home);
  return ds_cli_finish(PROGRAM, code);
}
