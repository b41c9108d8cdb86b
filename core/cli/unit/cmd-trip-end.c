/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* trip report, close, handover; unit pin */
#include "base/files.h"
#include "cli/common/language.h"
#include "cli/unit/trip-print.h"
#include "unit/form.h"
#include "unit/handover.h"
#include "unit/officer.h"
#include "unit/trip-end.h"

static char *opt_pdf;
static gboolean opt_leave;

static gboolean
write_pdf(DsUnit *unit, const char *trip, const char *document, const char *file, GError **error)
{
  ds_cli_language_paper_begin();
  g_autoptr(GBytes) pdf = ds_unit_render_trip_form(unit, trip, document, error);
  ds_cli_language_paper_end();
  if (pdf == NULL)
    return FALSE;
  g_autofree char *path = g_canonicalize_filename(file, NULL);
  g_autofree char *dir = g_path_get_dirname(path);
  g_autofree char *name = g_path_get_basename(path);
  gsize size = 0;
  const void *data = g_bytes_get_data(pdf, &size);
  return ds_files_replace(dir, name, data, size, error);
}

static gboolean
print_report(DsFace *face, DsUnit *unit, const char *trip, GError **error)
{
  g_autoptr(DsTripReport) report = ds_unit_trip_report(unit, trip, error);

  if (report == NULL)
    return FALSE;
  if (face->json)
    ds_trip_print_report_json(report);
  else
    ds_trip_print_report(report);
  return TRUE;
}

static gboolean
run_report(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);

  if (unit == NULL)
    return FALSE;
  if (opt_pdf != NULL && !write_pdf(unit, args[0], "trip-report", opt_pdf, error))
    return FALSE;
  return (opt_pdf != NULL && !face->json) || print_report(face, unit, args[0], error);
}

static const GOptionEntry report_options[] = {
    {"pdf", 0, 0, G_OPTION_ARG_FILENAME, &opt_pdf, N_("draw it on paper instead"), "FILE"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

static gboolean
run_close(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  DsTripClosed closed;

  if (unit == NULL || !ds_unit_close_trip(unit, args[0], opt_leave, &closed, error))
    return FALSE;
  if (!face->json)
    g_print(_("trip %s is closed: %u people of the roster forgotten, personal data of %u settled "
              "cases erased, %u left open\n\n"),
            args[0], closed.forgotten, closed.erased, closed.left);
  return print_report(face, unit, args[0], error);
}

static const GOptionEntry close_options[] = {
    {"leave", 0, 0, G_OPTION_ARG_NONE, &opt_leave,
     N_("cases that are not sealed stay open and can be sealed later"), NULL},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

/* ---- handover ---- */

static char *opt_to, *opt_remark, *opt_to_pin_file;
static gint opt_to_pin_fd;

static gboolean
hand_over(DsFace *face, DsUnit *unit, const char *trip, DsDigest *bundle, GError **error)
{
  face->to_pin =
      (DsCliPassphrase){.fd = opt_to_pin_fd > 0 ? opt_to_pin_fd : -1, .file = opt_to_pin_file};
  gboolean done = ds_unit_hand_over(unit, trip, opt_to, opt_remark, bundle, error);
  face->to_pin = (DsCliPassphrase)DS_CLI_PASSPHRASE_INIT;
  return done;
}

static gboolean
run_handover(DsFace *face, char **args, GError **error)
{
  char hex[DS_DIGEST_HEX_SIZE];
  DsDigest bundle;

  if (opt_to == NULL) {
    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        _("--to NUMBER is needed: the officer who takes the trip over"));
    return FALSE;
  }
  DsUnit *unit = ds_face_unit(face, error);
  if (unit == NULL || !hand_over(face, unit, args[0], &bundle, error))
    return FALSE;
  if (opt_pdf != NULL && !write_pdf(unit, args[0], "trip-handover", opt_pdf, error)) {
    g_prefix_error(error, _("the trip was handed over, but its paper was not drawn: "));
    return FALSE;
  }
  if (!face->json) {
    g_print(_("trip %s is officer %s's now, sealed as %.16s…\n"), args[0], opt_to,
            ds_digest_to_hex(&bundle, hex));
    return TRUE;
  }
  JsonBuilder *builder = json_builder_new();
  json_builder_begin_object(builder);
  ds_face_member(builder, "trip", args[0]);
  ds_face_member(builder, "from", ds_unit_officer(unit));
  ds_face_member(builder, "to", opt_to);
  ds_face_member(builder, "bundle", ds_digest_to_hex(&bundle, hex));
  json_builder_end_object(builder);
  ds_face_print(builder);
  return TRUE;
}

static const GOptionEntry handover_options[] = {
    {"to", 0, 0, G_OPTION_ARG_STRING, &opt_to, N_("the officer who takes it over"), "NUMBER"},
    {"to-pin-fd", 0, 0, G_OPTION_ARG_INT, &opt_to_pin_fd,
     N_("read that officer's PIN from this open file descriptor"), "N"},
    {"to-pin-file", 0, 0, G_OPTION_ARG_FILENAME, &opt_to_pin_file,
     N_("read that officer's PIN from this file (mode 600)"), "FILE"},
    {"remark", 0, 0, G_OPTION_ARG_STRING, &opt_remark, N_("what both should know"), "TEXT"},
    {"pdf", 0, 0, G_OPTION_ARG_FILENAME, &opt_pdf, N_("draw the paper too"), "FILE"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

/* ---- unit pin ---- */

static char *opt_new_file;
static gint opt_new_fd;
static gboolean opt_light;

static gboolean
run_pin(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  gboolean has = FALSE;
  g_autoptr(DsSecret) old = NULL;

  if (unit == NULL || !ds_unit_officer_has_pin(unit, args[0], &has, error))
    return FALSE;
  g_autofree char *prompt = g_strdup_printf(_("PIN of officer %s: "), args[0]);
  if (has && (old = ds_cli_passphrase_read(&face->pin, prompt, error)) == NULL)
    return FALSE;
  const DsCliPassphrase from = {.fd = opt_new_fd > 0 ? opt_new_fd : -1, .file = opt_new_file};
  g_autofree char *wanted = g_strdup_printf(_("New PIN of officer %s: "), args[0]);
  g_autoptr(DsSecret) pin = ds_cli_passphrase_read_new(&from, wanted, error);
  if (pin == NULL ||
      !ds_unit_set_pin(unit, args[0], old, pin,
                       opt_light ? DS_SLOTS_COST_LIGHT : DS_SLOTS_COST_NORMAL, error))
    return FALSE;
  if (!face->json)
    g_print(_("officer %s signs with this PIN from now on\n"), args[0]);
  return TRUE;
}

static const GOptionEntry pin_options[] = {
    {"new-fd", 0, 0, G_OPTION_ARG_INT, &opt_new_fd,
     N_("read the new PIN from this open file descriptor"), "N"},
    {"new-file", 0, 0, G_OPTION_ARG_FILENAME, &opt_new_file,
     N_("read the new PIN from this file (mode 600)"), "FILE"},
    {"light", 0, 0, G_OPTION_ARG_NONE, &opt_light, N_("cheap hashing, for demonstrations only"),
     NULL},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

const DsCommand ds_commands_trip_end[] = {
    {"trip", "report", "TRIP [--pdf FILE]", N_("what a trip did, holds and still owes"),
     "doorstep trip report school-3 --pdf report.pdf", 1, 1, report_options, run_report},
    {"trip", "close", "TRIP [--leave]", N_("no more cases; forget who did not come; report"),
     "doorstep trip close school-3", 1, 1, close_options, run_close},
    {"trip", "handover", "TRIP --to NUMBER",
     N_("give a trip to another officer; both sign with their PINs"),
     "doorstep trip handover visits-3 --to 360702002", 1, 1, handover_options, run_handover},
    {"unit", "pin", "NUMBER", N_("an officer's own PIN: only who knows it signs as that officer"),
     "doorstep unit pin 360702001", 1, 1, pin_options, run_pin},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
