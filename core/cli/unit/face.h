/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the commands of doorstep share: where the unit is, how to print, the unit opened once. */
#pragma once

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "cli/common/passphrase.h"
#include "cli/common/progress.h"
#include "unit/unit.h"

G_BEGIN_DECLS

#define DS_PROGRAM "doorstep"

typedef struct {
  char *home;       /* --home, $DOORSTEP_HOME, or ~/.local/share/doorstep */
  gboolean json;    /* --json */
  gboolean quiet;   /* --quiet: no progress */
  char *officer;    /* --officer */
  char *plugin_dir; /* --plugins */
  char *schema_dir; /* --schemas */
  DsCliPassphrase passphrase;
  DsCliPassphrase pin;     /* --pin-fd, --pin-file: the acting officer's */
  DsCliPassphrase to_pin;  /* --to-pin-fd, --to-pin-file of trip handover, while it runs */
  DsUnit *unit;            /* opened on demand, kept for the next command of a batch */
  DsCliProgress *progress; /* with the unit: shown once a command lasts over a second */
} DsFace;

/* Asks for the passphrase when it must, once. (transfer none) */
DsUnit *ds_face_unit(DsFace *self, GError **error);
/* The rules without a unit. (transfer full) */
DsPolicy *ds_face_policy(DsFace *self, GError **error);
/* The plugins without a unit. (transfer full) */
DsRegistry *ds_face_plugins(DsFace *self, GError **error);
/* Ids of the plugins a unit loads. (transfer full) */
GStrv ds_face_profile(DsFace *self, GError **error);
/* Closes the unit if it is open. */
void ds_face_close(DsFace *self);

/* Prints @builder's root with --json and frees it. */
void ds_face_print(JsonBuilder *builder);
/* @name: @value, null for NULL. */
void ds_face_member(JsonBuilder *builder, const char *name, const char *value);
/* An array of findings under @name. */
void ds_face_findings(JsonBuilder *builder, const char *name, const DsFindings *findings);
/* The same for people: one line each, with the clause below. */
void ds_face_show_findings(const DsFindings *findings);

/* One command: "case seal". @args is what follows, NULL-terminated, options already parsed. */
typedef struct {
  const char *noun;
  const char *verb; /* NULL: the noun is the whole command */
  const char *usage;
  const char *summary;
  const char *example;
  guint min_args;
  guint max_args; /* G_MAXUINT: any number */
  /* Fills the command's options into @values; NULL: it has none. */
  const GOptionEntry *options;
  gboolean (*run)(DsFace *face, char **args, GError **error);
} DsCommand;

/* Tables of commands, each closed by one whose noun is NULL. */
extern const DsCommand ds_commands_unit[];
extern const DsCommand ds_commands_connect[];
extern const DsCommand ds_commands_trip[];
extern const DsCommand ds_commands_trip_end[];
extern const DsCommand ds_commands_case[];
extern const DsCommand ds_commands_clock[];
extern const DsCommand ds_commands_case_end[];
extern const DsCommand ds_commands_case_after[];
extern const DsCommand ds_commands_carry[];
extern const DsCommand ds_commands_tools[];
extern const DsCommand ds_commands_rules[];

/* Finds and runs one command line (without the program's name); used by main and batch. */
gboolean ds_command_run(DsFace *face, int argc, char **argv, GError **error);
/* The list of all commands, or the help of one noun. */
void ds_command_help(const char *noun);
/* Whether there are commands "NOUN VERB". */
gboolean ds_command_is_noun(const char *noun);

G_END_DECLS
