/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "cli/common/language.h"
#include "cli/station/verb.h"

static const struct {
  const char *name;
  DsVerbRun run;
  const char *summary;
} verbs[] = {
    {"init", ds_verb_init, N_("make a station")},
    {"enrol", ds_verb_enrol, N_("show a unit's request and its fingerprint, or admit the unit")},
    {"directory", ds_verb_directory, N_("show, write, renew the directory; revoke members")},
    {"rotate", ds_verb_rotate, N_("change the keys that sign statements")},
    {"lost", ds_verb_lost, N_("a laptop is gone: revoke it, list the people on it")},
    {"close-trip", ds_verb_close_trip, N_("forget the list of a trip that is over")},
    {"dispatch", ds_verb_dispatch, N_("send a trip with its roster and rules to a unit")},
    {"intake", ds_verb_intake, N_("take in what units sent, answer and archive it")},
    {"drive", ds_verb_drive, N_("take in what came on a drive, and write the answers on it")},
    {"list", ds_verb_list, N_("list cases, or bundles")},
    {"show", ds_verb_show, N_("show one case")},
    {"accept", ds_verb_accept, N_("accept cases")},
    {"return", ds_verb_return, N_("return a case to be corrected")},
    {"identify", ds_verb_identify, N_("say who a 容缺 case is about")},
    {"refuse", ds_verb_refuse, N_("refuse a case for a reason of its rules")},
    {"not-issue", ds_verb_not_issue, N_("decide that no card is issued")},
    {"duplicate", ds_verb_duplicate, N_("mark a case as taken twice")},
    {"report", ds_verb_report, N_("count cases and bundles, show gaps")},
    {"export", ds_verb_export, N_("write a case into a folder, in the clear")},
    {"publish", ds_verb_publish, N_("put waiting messages into outboxes, or send them again")},
    {"serve", ds_verb_serve, N_("the forced command of a unit's ssh key")},
    {"authorized-keys", ds_verb_authorized_keys, N_("print the line for sshd that admits a unit")},
    {"limits", ds_verb_limits, N_("how much a unit may leave at the station")},
    {"maintain", ds_verb_maintain, N_("tidy the units' repositories, once a night")},
    {"recover", ds_verb_recover, N_("set a new passphrase for a unit that lost its own")},
};

static void
print_help(FILE *out)
{
  fprintf(out, _("Usage: %s VERB [OPTION…] [WORD…]\n\nVerbs:\n"), PROGRAM);
  for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
    fprintf(out, "  %-16s %s\n", verbs[i].name, _(verbs[i].summary));
  fprintf(
      out,
      _("\n\"%s VERB --help\" tells more about one of them.\n"
        "\nExamples:\n"
        "  %s init --home /srv/station --id nanchang --name 南昌站\n"
        "  %s intake --home /srv/station --watch 30\n"
        "\nExit codes: 0 done, 1 failed, 64 usage, 65 bad input, 69 in use by another process,\n"
        "75 try again later, 77 refused or locked.\n"),
      PROGRAM, PROGRAM, PROGRAM);
}

int
main(int argc, char **argv)
{
  ds_cli_language_init();
  ds_secret_process_init();
  g_set_prgname(PROGRAM);

  if (argc < 2)
    return ds_cli_usage(PROGRAM, "%s", _("a verb is missing"));
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
      strcmp(argv[1], "help") == 0) {
    print_help(stdout);
    return ds_cli_finish(PROGRAM, DS_EXIT_OK);
  }
  if (strcmp(argv[1], "--version") == 0) {
    printf("%s %s\n", PROGRAM, VERSION);
    return ds_cli_finish(PROGRAM, DS_EXIT_OK);
  }
  for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
    if (strcmp(argv[1], verbs[i].name) != 0)
      continue;
    DsVerb verb = {.wait = 30, .passphrase = DS_CLI_PASSPHRASE_INIT};
    int code = verbs[i].run(&verb, argc - 1, argv + 1);
    ds_verb_clear(&verb);
    return code;
  }
  return ds_cli_usage(PROGRAM, _("\"%s\" is no verb"), argv[1]);
}
