/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every verb of doorstep-station does before and after its own work. */
#pragma once

#include <glib.h>
#include <glib/gi18n-lib.h>

#include "cli/common/passphrase.h"
#include "cli/common/report.h"
#include "station/station.h"

G_BEGIN_DECLS

#define PROGRAM "doorstep-station"

typedef struct {
  char *home; /* --home or $DOORSTEP_STATION_HOME */
  gboolean json;
  int wait; /* seconds to wait for another process to leave the station */
  DsCliPassphrase passphrase;
  DsStation *station; /* after ds_verb_open */
} DsVerb;

/* Each verb gets its own words, argv[0] being the verb, and returns the exit code. */
typedef int (*DsVerbRun)(DsVerb *self, int argc, char **argv);

int ds_verb_init(DsVerb *self, int argc, char **argv);
int ds_verb_enrol(DsVerb *self, int argc, char **argv);
int ds_verb_directory(DsVerb *self, int argc, char **argv);
int ds_verb_dispatch(DsVerb *self, int argc, char **argv);
int ds_verb_publish(DsVerb *self, int argc, char **argv);
int ds_verb_intake(DsVerb *self, int argc, char **argv);
int ds_verb_drive(DsVerb *self, int argc, char **argv);
int ds_verb_list(DsVerb *self, int argc, char **argv);
int ds_verb_show(DsVerb *self, int argc, char **argv);
int ds_verb_accept(DsVerb *self, int argc, char **argv);
int ds_verb_return(DsVerb *self, int argc, char **argv);
int ds_verb_not_issue(DsVerb *self, int argc, char **argv);
int ds_verb_lost(DsVerb *self, int argc, char **argv);
int ds_verb_close_trip(DsVerb *self, int argc, char **argv);
int ds_verb_limits(DsVerb *self, int argc, char **argv);
int ds_verb_rotate(DsVerb *self, int argc, char **argv);
int ds_verb_refuse(DsVerb *self, int argc, char **argv);
int ds_verb_identify(DsVerb *self, int argc, char **argv);
int ds_verb_duplicate(DsVerb *self, int argc, char **argv);
int ds_verb_report(DsVerb *self, int argc, char **argv);
int ds_verb_export(DsVerb *self, int argc, char **argv);
int ds_verb_serve(DsVerb *self, int argc, char **argv);
int ds_verb_authorized_keys(DsVerb *self, int argc, char **argv);
int ds_verb_maintain(DsVerb *self, int argc, char **argv);
int ds_verb_recover(DsVerb *self, int argc, char **argv);

/* Parses the options every verb has and @own (closed by {NULL}, or NULL). @parameters and @examples
 * are for --help. What is left in argv[1…] must be @min to @max words. FALSE: the command line is
 * wrong, it has been said, return DS_EXIT_USAGE. */
gboolean ds_verb_parse(DsVerb *self, const char *parameters, const char *examples,
                       const GOptionEntry *own, int min, int max, int *argc, char ***argv);

/* Opens the station at --home, waiting a while for another process. */
gboolean ds_verb_open(DsVerb *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same, and unlocks it with the passphrase given or asked for. */
gboolean ds_verb_open_unlocked(DsVerb *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Opens, unlocks, and puts what was decided into the units' outboxes before it closes. */
gboolean ds_verb_publish_now(DsVerb *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The end of a verb: tells @error, if any, and returns the exit code. */
int ds_verb_end(DsVerb *self, const GError *error);
void ds_verb_clear(DsVerb *self);

/* Text of a member, "" when it is not there. */
const char *ds_verb_text(JsonObject *object, const char *member);
/* Folder of schemas: $DOORSTEP_SCHEMA_DIR or where they were installed. */
const char *ds_verb_schemas(void);

G_END_DECLS
