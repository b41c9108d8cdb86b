/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doorstep-courier: moves ciphertext and nothing else. */
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "cli/common/language.h"
#include "cli/common/progress.h"
#include "cli/common/report.h"
#include "cli/courier/drive.h"
#include "courier/exchange.h"

#define PROGRAM "doorstep-courier"
#define WATCH_MAX (24 * 3600)

typedef struct {
  char *home;
  gboolean json, quiet, version;
  int watch; /* seconds between contacts, 0: one contact */
  gboolean all;
  int part_size; /* MiB, 0: the usual one */
  GCancellable *cancellable;
} Options;

static void
show_progress(const DsExchangeProgress *progress, gpointer user_data)
{
  g_autofree char *sent = g_format_size(progress->bytes_sent);
  g_autofree char *received = g_format_size(progress->bytes_received);

  if (strcmp(progress->phase, "sending") == 0)
    ds_cli_progress_show(user_data, _("sending: %u of %u bundles handed over, %s sent"),
                         progress->bundles_done, progress->bundles_total, sent);
  else
    ds_cli_progress_show(user_data, _("fetching: %s received"), received);
}

static void
add_count(JsonBuilder *builder, const char *name, guint64 value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_int_value(builder, (gint64)value);
}

static void
print_builder(JsonBuilder *builder)
{
  g_autoptr(JsonNode) root = json_builder_get_root(builder);

  ds_cli_print_json(root);
}

static void
print_result_json(const DsExchangeResult *result)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();

  json_builder_begin_object(builder);
  add_count(builder, "waiting", result->waiting);
  add_count(builder, "handed-over", result->handed_over);
  add_count(builder, "already-there", result->already_there);
  add_count(builder, "held", result->held);
  add_count(builder, "refused", result->refused);
  add_count(builder, "batches", result->batches);
  add_count(builder, "messages", result->messages);
  add_count(builder, "forgotten", result->forgotten);
  add_count(builder, "bytes-sent", result->bytes_sent);
  add_count(builder, "bytes-received", result->bytes_received);
  json_builder_set_member_name(builder, "trouble");
  if (result->trouble != NULL)
    json_builder_add_string_value(builder, result->trouble);
  else
    json_builder_add_null_value(builder);
  json_builder_end_object(builder);
  print_builder(builder);
}

static void
print_result(const DsExchangeResult *result)
{
  g_autofree char *sent = g_format_size(result->bytes_sent);
  g_autofree char *received = g_format_size(result->bytes_received);

  printf(_("%u bundles in the spool: %u handed over, %u there before, %u refused; %s sent\n"),
         result->waiting, result->handed_over, result->already_there, result->refused, sent);
  printf(_("%u messages brought back, %s received\n"), result->messages, received);
  if (result->held > 0)
    printf(_("%u withdrawn before they left: not sent\n"), result->held);
  g_auto(GStrv) lines = g_strsplit(result->trouble != NULL ? result->trouble : "", "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    fprintf(stderr, "%s: %s\n", PROGRAM, lines[i]);
}

/* One contact. What was refused one by one is a refusal of the whole command's promise. */
static int
contact(const Options *options, GError **error)
{
  g_autoptr(DsCourierConfig) config = ds_courier_config_load(options->home, error);
  g_autoptr(DsCarrier) carrier = config != NULL ? ds_carrier_new(config, error) : NULL;
  g_autoptr(DsCliProgress) progress = ds_cli_progress_new(PROGRAM, options->quiet);
  DsExchangeOptions exchange = {
      .cancellable = options->cancellable, .progress = show_progress, .user_data = progress};
  DsExchangeResult result = {0};

  if (carrier == NULL || !ds_exchange_run(config->home, carrier, &exchange, &result, error)) {
    ds_exchange_result_clear(&result);
    return DS_EXIT_FAILED;
  }
  g_clear_pointer(&progress, ds_cli_progress_free);
  int code = result.refused > 0 ? DS_EXIT_REFUSED : DS_EXIT_OK;
  if (options->json)
    print_result_json(&result);
  else if (!options->quiet || result.refused > 0)
    print_result(&result);
  fflush(stdout);
  ds_exchange_result_clear(&result);
  return code;
}

/* Sleeps, but not through a request to stop. */
static gboolean
wait_for_next(const Options *options)
{
  GPollFD poll_fd;

  if (!g_cancellable_make_pollfd(options->cancellable, &poll_fd))
    return FALSE;
  g_poll(&poll_fd, 1, options->watch * 1000);
  g_cancellable_release_fd(options->cancellable);
  return !g_cancellable_is_cancelled(options->cancellable);
}

/* Whether it makes sense to try again by itself. */
static gboolean
is_passing(const GError *error)
{
  return g_error_matches(error, DS_ERROR, DS_ERROR_RETRY) ||
         g_error_matches(error, DS_ERROR, DS_ERROR_BUSY) ||
         g_error_matches(error, DS_ERROR, DS_ERROR_NO_SPACE);
}

static int
run_sync(const Options *options)
{
  for (;;) {
    g_autoptr(GError) error = NULL;
    int code = contact(options, &error);
    gboolean stopped = g_cancellable_is_cancelled(options->cancellable);

    if (options->watch > 0 && stopped)
      return DS_EXIT_OK;
    if (error != NULL)
      code = ds_cli_fail(PROGRAM, options->json, error);
    if (options->watch == 0 || (error != NULL && !is_passing(error)))
      return code;
    if (!wait_for_next(options))
      return DS_EXIT_OK;
  }
}

static int
run_status(const Options *options)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *last = NULL;
  DsExchangeStatus status;

  if (!ds_exchange_status(options->home, &status, &error))
    return ds_cli_fail(PROGRAM, options->json, error);
  if (status.last_contact_us > 0)
    last = ds_clock_format(status.last_contact_us);
  if (options->json) {
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    add_count(builder, "spooled", status.spooled);
    add_count(builder, "handed-over", status.handed_over);
    add_count(builder, "inbox", status.inbox);
    json_builder_set_member_name(builder, "last-contact");
    if (last != NULL)
      json_builder_add_string_value(builder, last);
    else
      json_builder_add_null_value(builder);
    json_builder_end_object(builder);
    print_builder(builder);
    return DS_EXIT_OK;
  }
  printf(_("%u bundles in the spool, %u of them handed over and not yet confirmed\n"),
         status.spooled, status.handed_over);
  printf(_("%u messages in the inbox\n"), status.inbox);
  printf(_("last contact: %s\n"), last != NULL ? last : _("never"));
  return DS_EXIT_OK;
}

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
  return NULL;
}

/* A first Ctrl-C ends the contact in order; the second one is the shell's. */
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
parse(Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
      {"home", 0, 0, G_OPTION_ARG_FILENAME, &options->home,
       N_("the unit's folder (default: $DOORSTEP_HOME)"), N_("DIR")},
      {"watch", 0, 0, G_OPTION_ARG_INT, &options->watch,
       N_("sync: stay and make a contact every SECONDS"), N_("SECONDS")},
      {"all", 0, 0, G_OPTION_ARG_NONE, &options->all, N_("drive: also what was handed over before"),
       NULL},
      {"part-size", 0, 0, G_OPTION_ARG_INT, &options->part_size,
       N_("drive: begin a new file after MIB mebibytes (1024)"), N_("MIB")},
      {"json", 0, 0, G_OPTION_ARG_NONE, &options->json, N_("print for programs"), NULL},
      {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet, N_("no progress, no summary"), NULL},
      {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, N_("print the version"), NULL},
      {NULL}};
  g_autoptr(GOptionContext) context = g_option_context_new(N_("sync|status|drive FOLDER"));

  g_option_context_set_translation_domain(context, GETTEXT_PACKAGE);
  g_option_context_set_summary(
      context, N_("Carries sealed bundles to the station and brings its messages back. Sees only\n"
                  "ciphertext and needs no passphrase."));
  g_option_context_set_description(
      context,
      N_("Examples:\n"
         "  doorstep-courier sync --home ~/unit\n"
         "  doorstep-courier sync --home ~/unit --watch 60\n"
         "  doorstep-courier drive --home ~/unit /media/usb\n"
         "  doorstep-courier status --home ~/unit --json\n"
         "\n"
         "Exit codes: 0 done, 1 failed, 64 usage, 65 bad configuration, 69 another courier is at\n"
         "work, 75 try again later, 77 the station refused something or is not the pinned one.\n"));
  g_option_context_add_main_entries(context, entries, GETTEXT_PACKAGE);
  return g_option_context_parse(context, argc, argv, error);
}

static int
run(Options *options, int argc, char **argv)
{
  if (options->version) {
    printf("%s %s\n", PROGRAM, VERSION);
    return DS_EXIT_OK;
  }
  const gboolean drive = argc > 1 && strcmp(argv[1], "drive") == 0;
  if (drive && argc != 3)
    return ds_cli_usage(PROGRAM, "%s", _("drive takes the folder the drive is mounted on"));
  if (!drive && argc != 2)
    return ds_cli_usage(PROGRAM, "%s", _("say sync, status or drive FOLDER"));
  if (options->home == NULL)
    options->home = g_strdup(g_getenv("DOORSTEP_HOME"));
  if (options->home == NULL || *options->home == '\0')
    return ds_cli_usage(PROGRAM, "%s", _("--home DIR is missing"));
  if (options->watch < 0 || options->watch > WATCH_MAX)
    return ds_cli_usage(PROGRAM, _("--watch takes 1 to %d seconds"), WATCH_MAX);
  if (strcmp(argv[1], "status") == 0)
    return run_status(options);
  if (!drive && strcmp(argv[1], "sync") != 0)
    return ds_cli_usage(PROGRAM, _("\"%s\" is no verb; say sync, status or drive FOLDER"), argv[1]);
  watch_signals(options->cancellable);
  if (drive)
    return ds_courier_drive_verb(PROGRAM, options->home, argv[2], options->all, options->part_size,
                                 options->json, options->quiet, options->cancellable);
  return run_sync(options);
}

int
main(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  Options options = {.cancellable = cancellable};

  ds_cli_language_init();
  ds_secret_process_init();
  g_set_prgname(PROGRAM);
  int code = parse(&options, &argc, &argv, &error) ? run(&options, argc, argv)
                                                   : ds_cli_fail(PROGRAM, options.json, error);
  g_free(options.home);
  return ds_cli_finish(PROGRAM, code);
}
