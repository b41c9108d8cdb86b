/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* trip report, close */
#include "base/files.h"
#include "cli/common/language.h"
#include "cli/unit/trip-print.h"
#include "unit/form.h"
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

const DsCommand ds_commands_trip_end[] = {
    {"trip", "report", "TRIP [--pdf FILE]", N_("what a trip did, holds and still owes"),
     "doorstep trip report school-3 --pdf report.pdf", 1, 1, report_options, run_report},
    {"trip", "close", "TRIP [--leave]", N_("no more cases; forget who did not come; report"),
     "doorstep trip close school-3", 1, 1, close_options, run_close},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
