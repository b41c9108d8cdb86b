/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* case new, set, add, take, show, list, find: filling a case */
#include "cli/unit/face.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/unit/case-print.h"
#include "cli/unit/duty-print.h"
#include "cli/unit/interview.h"
#include "unit/capture.h"
#include "unit/case.h"
#include "unit/take.h"

static char *opt_trip, *opt_service, *opt_kind, *opt_pictures, *opt_state;
static char **opt_attributes;
static gint opt_row;
static gboolean opt_due;

static char *
make_case(DsUnit *unit, const char *trip, guint row, GError **error)
{
  return ds_unit_case_new(unit, trip, row, opt_service, error);
}

static gboolean
run_new(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  g_autofree char *id =
      unit != NULL ? make_case(unit, args[0], (guint)MAX(opt_row, 0), error) : NULL;

  if (id == NULL)
    return FALSE;
  ds_case_print_id(face, id);
  return TRUE;
}

static const GOptionEntry new_options[] = {
    {"row", 0, 0, G_OPTION_ARG_INT, &opt_row, N_("row of the roster"), "N"},
    {"service", 0, 0, G_OPTION_ARG_STRING, &opt_service, N_("service (the one the trip is about)"),
     "SERVICE"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

static gboolean
run_set(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);

  if (unit == NULL)
    return FALSE;
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) values = g_ptr_array_new();
  for (guint i = 1; args[i] != NULL; i++) {
    char *equals = strchr(args[i], '=');
    if (equals == NULL) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID, _("\"%s\": write FIELD=VALUE"), args[i]);
      return FALSE;
    }
    g_ptr_array_add(names, g_strndup(args[i], (gsize)(equals - args[i])));
    g_ptr_array_add(values, equals + 1);
  }
  g_ptr_array_add(names, NULL);
  return ds_unit_case_set_fields(unit, args[0], (const char *const *)names->pdata,
                                 (const char *const *)values->pdata, error);
}

static GHashTable *
parse_attributes(GError **error)
{
  g_autoptr(GHashTable) attributes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; opt_attributes != NULL && opt_attributes[i] != NULL; i++) {
    char *equals = strchr(opt_attributes[i], '=');
    if (equals == NULL) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID, _("--attribute %s: write NAME=VALUE"),
                  opt_attributes[i]);
      return NULL;
    }
    g_hash_table_insert(attributes,
                        g_strndup(opt_attributes[i], (gsize)(equals - opt_attributes[i])),
                        g_strdup(equals + 1));
  }
  return g_steal_pointer(&attributes);
}

static gboolean
run_add(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  g_autoptr(GHashTable) attributes = unit != NULL ? parse_attributes(error) : NULL;
  g_autoptr(DsFindings) findings = ds_findings_new();
  DsSlot slot = ds_slot_parse(args[1]);

  if (attributes == NULL)
    return FALSE;
  if (slot == 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                _("\"%s\" is no slot: photo, joint-photo, fingerprint, signature, document, "
                  "confirmation"),
                args[1]);
    return FALSE;
  }
  DsCaptureWhat what = {.slot = slot, .kind = opt_kind, .attributes = attributes};
  g_autofree char *id = ds_unit_capture_file(unit, args[0], &what, args[2], findings, error);
  if (id == NULL)
    return FALSE;
  ds_case_print_part(face, id, findings);
  return TRUE;
}

static const GOptionEntry add_options[] = {
    {"kind", 0, 0, G_OPTION_ARG_STRING, &opt_kind,
     N_("kind of document, finger position, or who signed"), "KIND"},
    {"attribute", 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_attributes,
     N_("content=template, algorithm=…, device-serial=…"), "NAME=VALUE"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

/* ---- case take: a whole case from a file, or by asking ---- */

/* The case to fill: an existing local number, or a roster row of --trip. (transfer full) */
static char *
case_to_take(DsUnit *unit, const char *which, GError **error)
{
  char *end = NULL;
  guint64 row = g_ascii_strtoull(which, &end, 10);

  if (opt_trip == NULL)
    return g_strdup(which);
  if (*end != '\0' || row == 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                _("with --trip say the row of its roster, not \"%s\""), which);
    return NULL;
  }
  return make_case(unit, opt_trip, (guint)row, error);
}

static gboolean
take_from_file(DsFace *face, const char *id, const char *path, DsFindings *findings, GError **error)
{
  g_autoptr(JsonNode) file = ds_take_read(path, error);
  g_autofree char *folder =
      opt_pictures != NULL ? g_strdup(opt_pictures) : g_path_get_dirname(path);

  return file != NULL && ds_unit_take(face->unit, id, file, folder, findings, error);
}

static gboolean
run_take(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  g_autoptr(DsFindings) findings = ds_findings_new();

  if (unit == NULL)
    return FALSE;
  if (args[1] == NULL && !isatty(STDIN_FILENO)) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        _("this is no terminal to ask on: give a case file"));
    return FALSE;
  }
  g_autofree char *id = case_to_take(unit, args[0], error);
  if (id == NULL)
    return FALSE;
  if (args[1] == NULL)
    return ds_interview(unit, id, error);
  if (!take_from_file(face, id, args[1], findings, error)) {
    g_prefix_error(error, "%s: ", id);
    return FALSE;
  }
  return ds_case_print_check(face, id, error);
}

static const GOptionEntry take_options[] = {
    {"trip", 0, 0, G_OPTION_ARG_STRING, &opt_trip, N_("the first argument is a row of this trip"),
     "TRIP"},
    {"service", 0, 0, G_OPTION_ARG_STRING, &opt_service, N_("service (the one the trip is about)"),
     "SERVICE"},
    {"pictures", 0, 0, G_OPTION_ARG_FILENAME, &opt_pictures,
     N_("folder of the files it names (else the case file's own)"), "DIR"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

/* ---- looking ---- */

static gboolean
run_show(DsFace *face, char **args, GError **error)
{
  return ds_face_unit(face, error) != NULL && ds_case_print_whole(face, args[0], error);
}

static gboolean
run_check(DsFace *face, char **args, GError **error)
{
  return ds_face_unit(face, error) != NULL && ds_case_print_check(face, args[0], error);
}

/* Only what the station's word leaves to do. */
static gboolean
list_due(DsFace *face, GError **error)
{
  g_autoptr(JsonBuilder) builder = face->json ? json_builder_new() : NULL;

  if (builder != NULL)
    json_builder_begin_object(builder);
  if (!ds_duties_print(face, opt_trip, builder, error))
    return FALSE;
  if (builder != NULL) {
    json_builder_end_object(builder);
    ds_face_print(g_steal_pointer(&builder));
  }
  return TRUE;
}

static gboolean
run_list(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  DsCaseState state = opt_state != NULL ? ds_case_state_parse(opt_state) : (DsCaseState)0;

  if (opt_due)
    return unit != NULL && list_due(face, error);
  if (opt_state != NULL && state == 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, _("\"%s\" is no state of a case"), opt_state);
    return FALSE;
  }
  g_autoptr(GPtrArray) cases =
      unit != NULL ? ds_vault_cases(ds_unit_vault(unit), opt_trip, state, 0, error) : NULL;
  if (cases == NULL)
    return FALSE;
  ds_case_print_list(face, cases);
  return TRUE;
}

static const GOptionEntry list_options[] = {
    {"trip", 0, 0, G_OPTION_ARG_STRING, &opt_trip, N_("only of this trip"), "TRIP"},
    {"state", 0, 0, G_OPTION_ARG_STRING, &opt_state, N_("only in this state"), "STATE"},
    {"due", 0, 0, G_OPTION_ARG_NONE, &opt_due,
     N_("what the station returned or refused, and what is to be done, by due day"), NULL},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

static gboolean
run_find(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  DsVault *vault = unit != NULL ? ds_unit_vault(unit) : NULL;
  gboolean number = g_ascii_isdigit(args[0][0]);
  g_autoptr(GPtrArray) cases = vault == NULL ? NULL
                               : number      ? ds_vault_cases_by_number(vault, args[0], error)
                                             : ds_vault_cases_by_name(vault, args[0], 100, error);

  if (cases == NULL)
    return FALSE;
  ds_case_print_list(face, cases);
  return TRUE;
}

const DsCommand ds_commands_case[] = {
    {"case", "new", "TRIP [--row N]", N_("begin a case"), "doorstep case new school-3 --row 7", 1,
     1, new_options, run_new},
    {"case", "set", "CASE FIELD=VALUE…", N_("save fields; each is durable at once"),
     "doorstep case set unit-07-20260901-001 contact.phone=13800000000", 2, G_MAXUINT, NULL,
     run_set},
    {"case", "add", "CASE SLOT FILE", N_("add a picture or document"),
     "doorstep case add unit-07-20260901-001 document scan.jpg --kind household-register", 3, 3,
     add_options, run_add},
    {"case", "take", "CASE|ROW [FILE]",
     N_("a whole case, from a file and a folder of pictures, or by asking step by step"),
     "doorstep case take 3 case.json --trip school-3 --pictures 003/", 1, 2, take_options,
     run_take},
    {"case", "check", "CASE", N_("what is done, missing, wrong or open, with the clause"), NULL, 1,
     1, NULL, run_check},
    {"case", "show", "CASE", N_("everything about a case"), NULL, 1, 1, NULL, run_show},
    {"case", "list", "[--trip TRIP] [--state STATE] [--due]", N_("cases, newest first"), NULL, 0, 0,
     list_options, run_list},
    {"case", "find", "NAME|NUMBER", N_("cases by citizen number or part of a name"), NULL, 1, 1,
     NULL, run_find},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
