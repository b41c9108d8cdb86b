/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/station/verb.h"

#include <stdio.h>

#include "base/error.h"
#include "station/statements.h"

gboolean
ds_verb_parse(DsVerb *self, const char *parameters, const char *examples, const GOptionEntry *own,
              int min, int max, int *argc, char ***argv)
{
  const GOptionEntry common[] = {
      {"home", 0, 0, G_OPTION_ARG_FILENAME, &self->home, N_("the station's folder"), N_("DIR")},
      {"json", 0, 0, G_OPTION_ARG_NONE, &self->json, N_("answer in JSON"), NULL},
      {"wait", 0, 0, G_OPTION_ARG_INT, &self->wait,
       N_("wait so long for another process to leave the station (30)"), N_("SECONDS")},
      {NULL},
  };
  GOptionEntry secret[3];
  const char *verb = (*argv)[0];
  g_autofree char *title = g_strdup_printf("%s %s", verb, *parameters != '\0' ? _(parameters) : "");
  g_autoptr(GOptionContext) context = g_option_context_new(parameters);
  g_autoptr(GError) error = NULL;

  ds_cli_passphrase_entries(&self->passphrase, secret);
  g_option_context_set_translation_domain(context, GETTEXT_PACKAGE);
  g_option_context_set_description(context, examples);
  if (own != NULL)
    g_option_context_add_main_entries(context, own, GETTEXT_PACKAGE);
  g_option_context_add_main_entries(context, common, GETTEXT_PACKAGE);
  g_option_context_add_main_entries(context, secret, GETTEXT_PACKAGE);

  g_autofree char *name = g_strdup_printf(PROGRAM " %s", verb);
  g_set_prgname(name);
  gboolean parsed = g_option_context_parse(context, argc, argv, &error);
  g_set_prgname(PROGRAM);
  if (!parsed) {
    ds_cli_usage(PROGRAM, "%s: %s", verb, error->message);
    return FALSE;
  }
  if (*argc - 1 < min || (max >= 0 && *argc - 1 > max)) {
    ds_cli_usage(PROGRAM, _("wrong number of words: %s"), title);
    return FALSE;
  }
  if (self->home == NULL)
    self->home = g_strdup(g_getenv("DOORSTEP_STATION_HOME"));
  if (self->home != NULL && *self->home != '\0')
    return TRUE;
  ds_cli_usage(PROGRAM, "%s", _("which station? Give --home DIR or set DOORSTEP_STATION_HOME"));
  return FALSE;
}

gboolean
ds_verb_open(DsVerb *self, GError **error)
{
  gint64 until = g_get_monotonic_time() + self->wait * G_TIME_SPAN_SECOND;

  for (;;) {
    g_autoptr(GError) reason = NULL;
    self->station = ds_station_open(self->home, PROGRAM, &reason);
    if (self->station != NULL)
      return TRUE;
    if (!g_error_matches(reason, DS_ERROR, DS_ERROR_BUSY) || g_get_monotonic_time() >= until) {
      g_propagate_error(error, g_steal_pointer(&reason));
      return FALSE;
    }
    g_usleep(G_USEC_PER_SEC / 10);
  }
}

gboolean
ds_verb_open_unlocked(DsVerb *self, GError **error)
{
  /* asked for before the station is held: a person may take a while */
  g_autoptr(DsSecret) passphrase =
      ds_cli_passphrase_read(&self->passphrase, _("Station passphrase: "), error);

  return passphrase != NULL && ds_verb_open(self, error) &&
         ds_station_unlock(self->station, passphrase, error);
}

gboolean
ds_verb_publish_now(DsVerb *self, GError **error)
{
  guint published = 0;

  return ds_station_publish(self->station, &published, error);
}

int
ds_verb_end(DsVerb *self, const GError *error)
{
  if (error != NULL)
    return ds_cli_fail(PROGRAM, self->json, error);
  return ds_cli_finish(PROGRAM, DS_EXIT_OK);
}

void
ds_verb_clear(DsVerb *self)
{
  g_clear_pointer(&self->station, ds_station_free);
  g_clear_pointer(&self->home, g_free);
  ds_cli_passphrase_clear(&self->passphrase);
}

const char *
ds_verb_text(JsonObject *object, const char *member)
{
  return json_object_get_string_member_with_default(object, member, "");
}

const char *
ds_verb_schemas(void)
{
  const char *schemas = g_getenv("DOORSTEP_SCHEMA_DIR");

  return schemas != NULL ? schemas : SCHEMAS_DIR;
}
