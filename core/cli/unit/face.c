/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/unit/face.h"

#include "base/clock.h"
#include "base/error.h"
#include "cli/common/report.h"
#include "cli/unit/clock-print.h"
#include "plugin/profile.h"
#include "unit/officer.h"

/* Long enough for the next trip home. */
#define DIRECTORY_WARNING (30 * G_TIME_SPAN_DAY)

static const char *
schema_dir(const DsFace *self)
{
  const char *environment = g_getenv("DOORSTEP_SCHEMA_DIR");

  if (self->schema_dir != NULL)
    return self->schema_dir;
  return environment != NULL ? environment : DOORSTEP_SCHEMA_DIR;
}

static const char *
plugin_dir(const DsFace *self)
{
  return self->plugin_dir != NULL ? self->plugin_dir : ds_registry_default_folder();
}

static void
show_progress(guint done, guint total, gpointer progress)
{
  ds_cli_progress_show(progress, _("%u of %u"), done, total);
}

/* A wrong clock stops nothing; it is said at every unlock until it is right. */
static void
warn_of_clock(DsUnit *unit)
{
  DsWatch watch;

  if (!ds_unit_read_watch(unit, &watch, NULL))
    return;
  g_autofree char *warning = ds_clock_print_warning(&watch);
  if (warning != NULL)
    g_printerr("%s: %s\n", DS_PROGRAM, warning);
}

/* Nor does an old directory: what it says is still signed, only nobody knows what has changed. */
static void
warn_of_directory(DsUnit *unit)
{
  const DsDirectory *directory = ds_unit_directory(unit);
  gint64 now = ds_clock_now().wall_us;
  GDate day;

  if (directory == NULL || directory->expires_us - now > DIRECTORY_WARNING)
    return;
  ds_clock_day(directory->expires_us, &day);
  g_autofree char *text = ds_date_format(&day);
  if (ds_directory_is_expired(directory, now))
    g_printerr(
        _("%s: the station's directory expired on %s: connect to the station, or take a new "
          "one from a file with \"doorstep unit trust\"; until then this unit does not learn "
          "of changed keys and revoked officers\n"),
        DS_PROGRAM, text);
  else
    g_printerr(_("%s: the station's directory expires on %s: connect to the station before\n"),
               DS_PROGRAM, text);
}

/* An officer's own PIN: from where the command line says, else asked by name. */
static DsSecret *
ask_pin(const char *number, const char *name, gpointer data, GError **error)
{
  const DsFace *self = data;
  gboolean own = g_strcmp0(number, ds_unit_officer(self->unit)) == 0;
  g_autofree char *prompt = g_strdup_printf(_("PIN of officer %s %s: "), number, name);
  GError *local = NULL;
  DsSecret *pin = ds_cli_passphrase_read(own ? &self->pin : &self->to_pin, prompt, &local);

  if (g_error_matches(local, DS_ERROR, DS_ERROR_LOCKED)) {
    g_clear_error(&local);
    g_set_error(&local, DS_ERROR, DS_ERROR_LOCKED,
                own ? _("officer %s signs with a PIN and there is no terminal to ask on: give "
                        "--pin-fd or --pin-file")
                    : _("officer %s signs with a PIN and there is no terminal to ask on: give "
                        "--to-pin-fd or --to-pin-file"),
                number);
  }
  if (local != NULL)
    g_propagate_error(error, local);
  return pin;
}

DsUnit *
ds_face_unit(DsFace *self, GError **error)
{
  if (self->unit != NULL)
    return self->unit;
  if (!ds_vault_exists(self->home)) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND,
                _("there is no unit in %s: make one with \"doorstep unit init\", or name another "
                  "folder with --home"),
                self->home);
    return NULL;
  }

  g_autoptr(DsSecret) passphrase =
      ds_cli_passphrase_read(&self->passphrase, _("Passphrase of the unit: "), error);
  if (passphrase == NULL)
    return NULL;
  DsUnitPlaces places = {.home = self->home,
                         .program = DS_PROGRAM,
                         .plugin_dir = plugin_dir(self),
                         .schema_dir = schema_dir(self),
                         .officer = self->officer};
  self->unit = ds_unit_open(&places, passphrase, error);
  if (self->unit != NULL) {
    self->progress = ds_cli_progress_new(DS_PROGRAM, self->quiet);
    ds_unit_set_progress(self->unit, show_progress, self->progress);
    ds_unit_set_ask_pin(self->unit, ask_pin, self);
    warn_of_clock(self->unit);
    warn_of_directory(self->unit);
  }
  return self->unit;
}

DsPolicy *
ds_face_policy(DsFace *self, GError **error)
{
  return ds_policy_load(schema_dir(self), error);
}

DsRegistry *
ds_face_plugins(DsFace *self, GError **error)
{
  return ds_registry_load(plugin_dir(self), NULL, error);
}

GStrv
ds_face_profile(DsFace *self, GError **error)
{
  return ds_profile_load(schema_dir(self), DS_PROFILE_FIELD, error);
}

void
ds_face_close(DsFace *self)
{
  g_clear_pointer(&self->progress, ds_cli_progress_free);
  g_clear_pointer(&self->unit, ds_unit_close);
}

void
ds_face_print(JsonBuilder *builder)
{
  JsonNode *root = json_builder_get_root(builder);

  ds_cli_print_json(root);
  json_node_unref(root);
  g_object_unref(builder);
}

void
ds_face_member(JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name(builder, name);
  if (value != NULL)
    json_builder_add_string_value(builder, value);
  else
    json_builder_add_null_value(builder);
}

void
ds_face_findings(JsonBuilder *builder, const char *name, const DsFindings *findings)
{
  json_builder_set_member_name(builder, name);
  json_builder_begin_array(builder);
  for (guint i = 0; i < ds_findings_count(findings); i++) {
    const DsFinding *finding = ds_findings_get(findings, i);
    json_builder_begin_object(builder);
    ds_face_member(builder, "kind", ds_finding_kind_word(finding->kind));
    ds_face_member(builder, "code", finding->code);
    ds_face_member(builder, "subject", finding->subject);
    ds_face_member(builder, "text", finding->text);
    ds_face_member(builder, "origin", finding->origin);
    ds_face_member(builder, "document", finding->document);
    ds_face_member(builder, "clause", finding->clause);
    ds_face_member(builder, "phrase", finding->phrase);
    ds_face_member(builder, "requirements", finding->requirements);
    ds_face_member(builder, "who", finding->who);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static const char *
kind_title(DsFindingKind kind)
{
  switch (kind) {
  case DS_FINDING_NOTE:
    return _("note");
  case DS_FINDING_WARNING:
    return _("warning");
  case DS_FINDING_MISSING:
    return _("missing");
  case DS_FINDING_INVALID:
    return _("wrong");
  case DS_FINDING_UNDETERMINED:
    return _("open");
  case DS_FINDING_REFUSE:
    return _("refuse");
  }
  return "";
}

void
ds_face_show_findings(const DsFindings *findings)
{
  for (guint i = 0; i < ds_findings_count(findings); i++) {
    const DsFinding *finding = ds_findings_get(findings, i);
    g_print("  [%s] %s", kind_title(finding->kind),
            finding->text != NULL ? finding->text : finding->code);
    if (finding->subject != NULL)
      g_print(" (%s)", finding->subject);
    g_print("\n");
    if (finding->clause != NULL && finding->phrase != NULL)
      g_print("      %s %s「%s」\n", finding->document != NULL ? finding->document : "",
              finding->clause, finding->phrase);
  }
}
