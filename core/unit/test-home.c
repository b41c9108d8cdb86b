/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/test-home.h"

#include <string.h>

#include "base/files.h"
#include "policy/json.h"
#include "unit/apply.h"
#include "unit/case.h"
#include "unit/enrol.h"
#include "unit/seal.h"
#include "unit/take.h"

#define PASSPHRASE "correct horse battery"

static char *
source_path(const char *name)
{
  return g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), name, NULL);
}

DsUnit *
test_home_open(TestHome *self, const char *passphrase, GError **error)
{
  g_autoptr(DsSecret) secret = ds_secret_from_bytes(passphrase, strlen(passphrase));
  g_autofree char *plugins = g_build_filename(g_getenv("DOORSTEP_BUILD_DIR"), "plugins", NULL);
  g_autofree char *schemas = source_path("schemas");
  DsUnitPlaces places = {.home = self->home,
                         .program = "test-unit",
                         .plugin_dir = plugins,
                         .schema_dir = schemas,
                         .officer = self->officer != NULL ? self->officer : "360702001"};

  return ds_unit_open(&places, secret, error);
}

void
test_home_reopen(TestHome *self)
{
  g_autoptr(GError) error = NULL;

  g_clear_pointer(&self->unit, ds_unit_close);
  self->unit = test_home_open(self, PASSPHRASE, &error);
  g_assert_no_error(error);
}

static void
make_unit(TestHome *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) secret = ds_secret_from_bytes(PASSPHRASE, strlen(PASSPHRASE));
  const DsUnitOfficer crew[] = {
      {.number = (char *)"360702001", .name = (char *)"李秀英"},
      {.number = (char *)"360702002", .name = (char *)"王建国"},
  };

  g_assert_true(ds_unit_init(self->home, "unit-07", "章贡7号", crew, G_N_ELEMENTS(crew), secret,
                             DS_SLOTS_COST_LIGHT, &error));
  g_assert_no_error(error);
  test_home_reopen(self);
}

static void
make_people(TestHome *self)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *program = source_path("tests/people/generate");
  const char *argv[] = {program,   "--seed", "7",          "--count", "12",
                        "--small", "--out",  self->people, NULL};
  int status = 0;

  g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                             NULL, NULL, &status, &error));
  g_assert_no_error(error);
  g_assert_cmpint(status, ==, 0);
}

/* The list of people as a dispatch carries it: each with its row. (transfer full) */
static char *
dispatched_roster(const char *path)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) people = ds_json_load(path, &error);
  g_autoptr(JsonNode) rows = json_node_init_array(json_node_alloc(), json_array_new());

  g_assert_no_error(error);
  JsonArray *list = json_node_get_array(people);
  json_array_unref(json_node_get_array(rows));
  for (guint i = 0; i < json_array_get_length(list); i++) {
    JsonObject *row = json_object_new();
    json_object_set_int_member(row, "row", i + 1);
    json_object_set_object_member(row, "fields",
                                  json_object_ref(json_array_get_object_element(list, i)));
    json_array_add_object_element(json_node_get_array(rows), row);
  }
  return ds_json_to_text(rows, FALSE);
}

static void
meet_station(TestHome *self)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *fingerprint = NULL, *roster = NULL;
  g_autofree char *path = g_build_filename(self->people, "roster.json", NULL);
  g_autoptr(GBytes) request = ds_unit_enrolment(self->unit, &fingerprint, &error);

  g_assert_no_error(error);
  self->station = test_station_new(request);
  g_assert_true(ds_unit_trust(self->unit, self->station->directory_bytes,
                              self->station->fingerprint, &error));
  g_assert_no_error(error);
  roster = dispatched_roster(path);
  g_autofree char *message =
      test_station_dispatch(self->station, ds_unit_inbox(self->unit), "unit-07", "t1", roster);
  g_autoptr(DsApplied) applied = ds_unit_apply_inbox(self->unit, &error);
  g_assert_no_error(error);
  if (applied->errors->len > 0)
    g_test_message("%s", (char *)g_ptr_array_index(applied->errors, 0));
  g_assert_cmpuint(applied->dispatches, ==, 1);
}

TestHome *
test_home_new(gboolean enrolled)
{
  g_autoptr(GError) error = NULL;
  TestHome *self = g_new0(TestHome, 1);

  self->root = g_dir_make_tmp("doorstep-unit-XXXXXX", &error);
  g_assert_no_error(error);
  self->home = g_build_filename(self->root, "home", NULL);
  self->people = g_build_filename(self->root, "people", NULL);
  make_unit(self);
  if (enrolled) {
    make_people(self);
    meet_station(self);
  }
  return self;
}

void
test_home_free(TestHome *self)
{
  if (self == NULL)
    return;
  ds_unit_close(self->unit);
  test_station_free(self->station);
  g_assert_true(ds_files_remove_tree(self->root, NULL));
  g_free(self->root);
  g_free(self->home);
  g_free(self->people);
  g_free(self);
}

char *
test_home_person(TestHome *self, guint row)
{
  g_autofree char *folder = g_strdup_printf("%03u", row);

  return g_build_filename(self->people, folder, NULL);
}

char *
test_home_take(TestHome *self, guint row)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = test_home_person(self, row);
  g_autofree char *path = g_build_filename(folder, "case.json", NULL);
  g_autoptr(JsonNode) file = ds_take_read(path, &error);
  g_assert_no_error(error);
  char *id = ds_unit_case_new(self->unit, "t1", row, "first-application", &error);
  g_assert_no_error(error);
  if (!ds_unit_take(self->unit, id, file, folder, NULL, &error))
    g_error("taking row %u: %s", row, error->message);
  return id;
}

char *
test_home_seal(TestHome *self, guint row, DsDigest *id)
{
  g_autoptr(GError) error = NULL;
  char *case_id = test_home_take(self, row);

  if (!ds_unit_case_seal(self->unit, case_id, id, &error))
    g_error("sealing: %s", error->message);
  return case_id;
}

void
test_home_hear(TestHome *self, const DsDigest *bundle, DsState state, const char *detail)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes =
      test_station_statement(self->station, NULL, "unit-07", bundle, state, detail);
  GBytes *const statements[] = {bytes};

  test_station_send(self->station, ds_unit_inbox(self->unit), statements, 1);
  g_autoptr(DsApplied) applied = ds_unit_apply_inbox(self->unit, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(applied->refused, ==, 0);
}

void
test_home_keep_vault(TestHome *home)
{
  g_autofree char *vault = g_build_filename(home->home, "vault", NULL);
  g_autofree char *copy = g_build_filename(home->root, "copy", NULL);
  const char *argv[] = {"cp", "-a", vault, copy, NULL};

  g_clear_pointer(&home->unit, ds_unit_close);
  g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                             NULL, NULL));
  test_home_reopen(home);
}

void
test_home_restore_vault(TestHome *home)
{
  g_autofree char *vault = g_build_filename(home->home, "vault", NULL);
  g_autofree char *copy = g_build_filename(home->root, "copy", NULL);

  g_clear_pointer(&home->unit, ds_unit_close);
  g_assert_true(ds_files_remove_tree(vault, NULL));
  g_assert_cmpint(g_rename(copy, vault), ==, 0);
  test_home_reopen(home);
}
