/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* unit init, request, trust, status; audit verify */
#include "cli/unit/face.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "cli/unit/clock-print.h"
#include "cli/unit/trip-print.h"
#include "courier/config.h"
#include "courier/why.h"
#include "unit/apply.h"
#include "unit/enrol.h"
#include "unit/trip-report.h"
#include "vault/bundles.h"
#include "vault/case.h"
#include "vault/journal.h"

#define FILE_MAX (4 * 1024 * 1024)
/* What a minor's case needs on the disk, measured on generated people. */
#define CASE_BYTES (2400 * 1024)

static char *opt_id, *opt_name, *opt_fingerprint;
static char **opt_officers;
static gboolean opt_light;

static gboolean
write_file(const char *path, GBytes *bytes, GError **error)
{
  g_autofree char *full = g_canonicalize_filename(path, NULL);
  g_autofree char *dir = g_path_get_dirname(full);
  g_autofree char *name = g_path_get_basename(full);
  gsize size = 0;
  const void *data = g_bytes_get_data(bytes, &size);

  return ds_files_replace(dir, name, data, size, error);
}

/* ---- unit init ---- */

static GArray *
parse_officers(GError **error)
{
  g_autoptr(GArray) officers = g_array_new(FALSE, TRUE, sizeof(DsUnitOfficer));

  for (guint i = 0; opt_officers != NULL && opt_officers[i] != NULL; i++) {
    char *equals = strchr(opt_officers[i], '=');
    if (equals == NULL) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID, _("--officer %s: write NUMBER=NAME"),
                  opt_officers[i]);
      return NULL;
    }
    *equals = '\0';
    DsUnitOfficer officer = {.number = opt_officers[i], .name = equals + 1};
    g_array_append_val(officers, officer);
  }
  return g_steal_pointer(&officers);
}

static gboolean
run_init(DsFace *face, char **args, GError **error)
{
  g_autoptr(GArray) officers = parse_officers(error);
  if (officers == NULL)
    return FALSE;
  g_autoptr(DsSecret) passphrase =
      ds_cli_passphrase_read_new(&face->passphrase, _("New passphrase of the unit: "), error);
  if (passphrase == NULL ||
      !ds_unit_init(face->home, opt_id, opt_name, (DsUnitOfficer *)(void *)officers->data,
                    officers->len, passphrase,
                    opt_light ? DS_SLOTS_COST_LIGHT : DS_SLOTS_COST_NORMAL, error))
    return FALSE;
  if (!face->json)
    g_print(_("unit %s is made in %s; next: doorstep unit request --out FILE\n"), opt_id,
            face->home);
  return TRUE;
}

static const GOptionEntry init_options[] = {
    {"id", 0, 0, G_OPTION_ARG_STRING, &opt_id, N_("short name, a-z 0-9 -"), "ID"},
    {"name", 0, 0, G_OPTION_ARG_STRING, &opt_name, N_("name for people"), "NAME"},
    {"crew", 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_officers,
     N_("an officer of this unit; may be given several times"), "NUMBER=NAME"},
    {"light", 0, 0, G_OPTION_ARG_NONE, &opt_light,
     N_("cheap passphrase hashing, for demonstrations only"), NULL},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

/* ---- unit request, trust ---- */

static gboolean
run_request(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  g_autofree char *fingerprint = NULL;
  g_autoptr(GBytes) request = unit != NULL ? ds_unit_enrolment(unit, &fingerprint, error) : NULL;

  if (request == NULL || !write_file(args[0], request, error))
    return FALSE;
  if (face->json) {
    JsonBuilder *builder = json_builder_new();
    json_builder_begin_object(builder);
    ds_face_member(builder, "unit", ds_unit_id(unit));
    ds_face_member(builder, "file", args[0]);
    ds_face_member(builder, "fingerprint", fingerprint);
    json_builder_end_object(builder);
    ds_face_print(builder);
    return TRUE;
  }
  g_print(_("%s: carry this file to the station, and read aloud:\n  %s\n"), args[0], fingerprint);
  return TRUE;
}

static gboolean
run_trust(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  g_autoptr(GBytes) directory = unit != NULL ? ds_files_read(args[0], FILE_MAX, error) : NULL;

  if (directory == NULL || !ds_unit_trust(unit, directory, opt_fingerprint, error))
    return FALSE;
  const DsDirectory *now = ds_unit_directory(unit);
  if (!face->json)
    g_print(_("station %s (%s) is trusted, directory version %llu\n"), now->station, now->name,
            (unsigned long long)now->version);
  return TRUE;
}

static const GOptionEntry trust_options[] = {
    {"fingerprint", 0, 0, G_OPTION_ARG_STRING, &opt_fingerprint,
     N_("what the station read aloud, the first time"), "DIGITS"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

/* ---- unit status, audit verify ---- */

typedef struct {
  guint waiting;
  guint64 waiting_bytes;
  guint64 objects, object_bytes, free_bytes;
  guint64 cases[DS_CASE_STATE_LAST + 1];
  guint64 missing; /* number of a statement that never came; 0: none */
  DsWatch watch;
} Status;

static gboolean
read_status(DsUnit *unit, Status *status, GError **error)
{
  g_autoptr(GPtrArray) bundles = ds_vault_bundles(ds_unit_vault(unit), NULL, error);

  if (bundles == NULL ||
      !ds_store_usage(ds_unit_store(unit), &status->objects, &status->object_bytes, error) ||
      !ds_store_free_space(ds_unit_store(unit), &status->free_bytes, error) ||
      !ds_vault_count_cases(ds_unit_vault(unit), NULL, status->cases, error) ||
      !ds_unit_missing_statement(unit, &status->missing, error) ||
      !ds_unit_read_watch(unit, &status->watch, error))
    return FALSE;
  status->waiting = bundles->len;
  for (guint i = 0; i < bundles->len; i++) {
    const DsVaultBundle *bundle = g_ptr_array_index(bundles, i);
    status->waiting_bytes += bundle->manifest_size + bundle->record_size;
  }
  return TRUE;
}

static void
print_status_json(DsUnit *unit, const Status *status, const DsWhy *why)
{
  JsonBuilder *builder = json_builder_new();
  const DsDirectory *directory = ds_unit_directory(unit);

  json_builder_begin_object(builder);
  ds_face_member(builder, "unit", ds_unit_id(unit));
  ds_face_member(builder, "officer", ds_unit_officer(unit));
  ds_face_member(builder, "station", directory != NULL ? directory->station : NULL);
  json_builder_set_member_name(builder, "directory");
  json_builder_add_int_value(builder, directory != NULL ? (gint64)directory->version : 0);
  g_autofree char *expires = directory != NULL ? ds_clock_format(directory->expires_us) : NULL;
  ds_face_member(builder, "directory-expires", expires);
  json_builder_set_member_name(builder, "outbox");
  json_builder_add_int_value(builder, status->waiting);
  json_builder_set_member_name(builder, "objects");
  json_builder_add_int_value(builder, (gint64)status->objects);
  json_builder_set_member_name(builder, "object-bytes");
  json_builder_add_int_value(builder, (gint64)status->object_bytes);
  json_builder_set_member_name(builder, "cases-that-fit");
  json_builder_add_int_value(builder, (gint64)(status->free_bytes / CASE_BYTES));
  json_builder_set_member_name(builder, "missing-statement");
  if (status->missing > 0)
    json_builder_add_int_value(builder, (gint64)status->missing);
  else
    json_builder_add_null_value(builder);
  json_builder_set_member_name(builder, "cases");
  json_builder_begin_object(builder);
  for (int state = 1; state <= DS_CASE_STATE_LAST; state++)
    if (status->cases[state] > 0) {
      json_builder_set_member_name(builder, ds_case_state_word((DsCaseState)state));
      json_builder_add_int_value(builder, (gint64)status->cases[state]);
    }
  json_builder_end_object(builder);
  ds_clock_print_json(builder, &status->watch);
  json_builder_set_member_name(builder, "courier");
  json_builder_add_value(builder, ds_why_json(why));
  json_builder_end_object(builder);
  ds_face_print(builder);
}

static gboolean
run_status(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  Status status = {0};
  g_auto(DsWhy) why = {0};

  if (unit == NULL || !read_status(unit, &status, error))
    return FALSE;
  ds_why_load(ds_unit_home(unit), &why);
  if (face->json) {
    print_status_json(unit, &status, &why);
    return TRUE;
  }
  const DsDirectory *directory = ds_unit_directory(unit);
  g_print(_("unit %s, officer %s %s, station %s\n"), ds_unit_id(unit), ds_unit_officer(unit),
          ds_unit_officer_name(unit), directory != NULL ? directory->name : _("not known yet"));
  for (int state = 1; state <= DS_CASE_STATE_LAST; state++)
    if (status.cases[state] > 0) {
      g_autofree char *title = ds_print_column(ds_case_state_title((DsCaseState)state), 22);
      g_print("  %s %" G_GUINT64_FORMAT "\n", title, status.cases[state]);
    }
  g_autofree char *held = g_format_size(status.object_bytes);
  g_print(_("%u bundles not yet pruned, %s of evidence here, room for about %llu more cases\n"),
          status.waiting, held, (unsigned long long)(status.free_bytes / CASE_BYTES));
  if (status.missing > 0)
    g_print(
        _("statement %llu of the station never came, later ones did; if it does not come at the "
          "next contact, ask the station for: doorstep-station publish --again %s --from %llu\n"),
        (unsigned long long)status.missing, ds_unit_id(unit), (unsigned long long)status.missing);
  g_autofree char *warning = ds_clock_print_warning(&status.watch);
  if (warning != NULL)
    g_print("%s\n", warning);
  g_autofree char *sentence = ds_why_sentence(&why);
  g_print(_("courier: %s\n"), sentence);
  return TRUE;
}

static gboolean
run_audit(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  DsAuditHead head;
  guint64 bad = 0;
  char hex[DS_DIGEST_HEX_SIZE];

  if (unit == NULL || !ds_vault_audit_verify(ds_unit_vault(unit), &bad, error) ||
      !ds_vault_audit_head(ds_unit_vault(unit), &head, error))
    return FALSE;
  ds_digest_to_hex(&head.hash, hex);
  if (face->json) {
    JsonBuilder *builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "entries");
    json_builder_add_int_value(builder, (gint64)head.index);
    ds_face_member(builder, "head", hex);
    json_builder_end_object(builder);
    ds_face_print(builder);
    return TRUE;
  }
  g_print(_("the journal holds: %llu entries, head %s\n"), (unsigned long long)head.index, hex);
  return TRUE;
}

const DsCommand ds_commands_unit[] = {
    {"unit", "init", "--id ID --crew NUMBER=NAME", N_("make a unit in the home folder"),
     "doorstep --home /srv/unit unit init --id unit-07 --name 章贡7号 --crew 360702001=李秀英", 0,
     0, init_options, run_init},
    {"unit", "request", "FILE", N_("write the enrolment request and show its fingerprint"),
     "doorstep unit request unit-07.enrol", 1, 1, NULL, run_request},
    {"unit", "trust", "DIRECTORY", N_("take the station's directory"),
     "doorstep unit trust station.directory --fingerprint \"01234 56789 …\"", 1, 1, trust_options,
     run_trust},
    {"unit", "status", "", N_("what this unit holds and what waits"), NULL, 0, 0, NULL, run_status},
    {"audit", "verify", "", N_("walk the journal's chain"), NULL, 0, 0, NULL, run_audit},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
