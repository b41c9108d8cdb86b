/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/case.h"

#include <string.h>

#include "base/error.h"
#include "vault/journal.h"
#include "vault/test-vault-fixture.h"
#include "vault/trip.h"

static DsVaultTrip
example_trip(const char *id)
{
  DsVaultTrip trip = {.id = (char *)id,
                      .name = (char *)"南昌一中",
                      .day = (char *)"2026-09-01",
                      .jurisdiction = (char *)"CN-36",
                      .region = (char *)"360111",
                      .dispatch = ds_digest_of(id, strlen(id)),
                      .state = DS_TRIP_OPEN};

  return trip;
}

static void
add_trip(Fixture *fixture, const char *id)
{
  g_autoptr(GError) error = NULL;
  DsVaultTrip trip = example_trip(id);

  g_assert_true(ds_vault_add_trip(fixture->vault, &trip, &error));
  g_assert_no_error(error);
}

static void
add_row(Fixture *fixture, const char *trip, guint row, const char *name, const char *number)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GHashTable) fields = g_hash_table_new(g_str_hash, g_str_equal);

  g_hash_table_insert(fields, (gpointer) "applicant.name", (gpointer)name);
  g_hash_table_insert(fields, (gpointer) "applicant.number", (gpointer)number);
  g_assert_true(ds_vault_set_roster_row(fixture->vault, trip, row, fields, &error));
  g_assert_no_error(error);
}

static void
test_words(void)
{
  for (int state = 1; state <= DS_CASE_STATE_LAST; state++) {
    const char *word = ds_case_state_word((DsCaseState)state);
    g_assert_cmpstr(word, !=, "unknown");
    g_assert_cmpint(ds_case_state_parse(word), ==, state);
  }
  g_assert_cmpint(ds_case_state_parse("unknown"), ==, 0);
  g_assert_cmpint(ds_case_state_parse(NULL), ==, 0);
  g_assert_cmpstr(ds_case_state_word((DsCaseState)99), ==, "unknown");
}

static void
test_create(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  add_trip(fixture, "T1");
  g_assert_true(ds_vault_create_case(fixture->vault, "C1", "T1", 3, "first", "P1", &error));
  g_autoptr(DsVaultCase) made = ds_vault_case(fixture->vault, "C1", &error);
  g_assert_cmpstr(made->trip, ==, "T1");
  g_assert_cmpuint(made->roster_row, ==, 3);
  g_assert_cmpstr(made->service, ==, "first");
  g_assert_cmpstr(made->officer, ==, "P1");
  g_assert_null(made->pack);
  g_assert_cmpint(made->state, ==, DS_CASE_DRAFT);
  g_assert_cmpuint(made->version, ==, 1);
  g_assert_cmpint(made->created_us, >, 0);
  g_assert_false(made->shredded);

  g_assert_false(ds_vault_create_case(fixture->vault, "C1", NULL, 0, "first", "P1", &error));
  assert_message(&error, DS_ERROR_EXISTS, "there is a case C1 already");
  g_assert_false(ds_vault_create_case(fixture->vault, "C2", "T9", 0, "first", "P1", &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "there is no trip T9");
  g_assert_null(ds_vault_case(fixture->vault, "C2", &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "there is no case C2");
}

static void
test_states(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  guint64 counts[DS_CASE_STATE_LAST + 1];
  DsVault *vault = fixture->vault;

  add_trip(fixture, "T1");
  for (int i = 0; i < 5; i++) {
    g_autofree char *id = g_strdup_printf("C%d", i);
    g_assert_true(ds_vault_create_case(vault, id, i < 3 ? "T1" : NULL, 0, "first", "P1", &error));
  }
  g_assert_true(ds_vault_set_case_state(vault, "C1", DS_CASE_REFUSED, "age", "P1", &error));
  g_assert_true(ds_vault_set_case_state(vault, "C1", DS_CASE_SEALED, "sealed", "P1", &error));
  g_assert_true(ds_vault_set_case_state(vault, "C1", DS_CASE_SEALED, "again", "P1", &error));
  g_autoptr(DsVaultCase) sealed = ds_vault_case(vault, "C1", &error);
  g_assert_cmpint(sealed->state, ==, DS_CASE_SEALED);
  g_assert_cmpint(sealed->decision, ==, DS_CASE_REFUSED);
  g_autoptr(GPtrArray) entries = ds_vault_entries(vault, "C1", &error);
  g_assert_cmpuint(entries->len, ==, 3);
  g_assert_cmpstr(((const DsVaultEntry *)entries->pdata[1])->value, ==, "refused: age");

  g_autoptr(GPtrArray) all = ds_vault_cases(vault, NULL, 0, 0, &error);
  g_autoptr(GPtrArray) two = ds_vault_cases(vault, NULL, 0, 2, &error);
  g_autoptr(GPtrArray) of_trip = ds_vault_cases(vault, "T1", 0, 0, &error);
  g_autoptr(GPtrArray) drafts = ds_vault_cases(vault, NULL, DS_CASE_DRAFT, 0, &error);
  g_autoptr(GPtrArray) trip_drafts = ds_vault_cases(vault, "T1", DS_CASE_DRAFT, 0, &error);
  g_assert_cmpuint(all->len, ==, 5);
  g_assert_cmpstr(((const DsVaultCase *)all->pdata[0])->id, ==, "C4"); /* newest first */
  g_assert_cmpuint(two->len, ==, 2);
  g_assert_cmpuint(of_trip->len, ==, 3);
  g_assert_cmpuint(drafts->len, ==, 4);
  g_assert_cmpuint(trip_drafts->len, ==, 2);
  g_assert_true(ds_vault_count_cases(vault, NULL, counts, &error));
  g_assert_cmpuint(counts[DS_CASE_DRAFT], ==, 4);
  g_assert_cmpuint(counts[DS_CASE_SEALED], ==, 1);
  g_assert_true(ds_vault_count_cases(vault, "T1", counts, &error));
  g_assert_cmpuint(counts[DS_CASE_DRAFT], ==, 2);

  g_assert_false(ds_vault_set_case_state(vault, "C9", DS_CASE_SEALED, NULL, "P1", &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "there is no case C9");
  g_assert_false(ds_vault_set_case_state(vault, "C1", (DsCaseState)24, NULL, "P1", &error));
  assert_message(&error, DS_ERROR_INVALID, "24 is no state");
}

static void
test_pack_and_version(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture_case(fixture, "C1");
  g_assert_true(
      ds_vault_set_case_pack(fixture->vault, "C1", "CN-36", "2", "2026-09-01", "P1", &error));
  g_assert_true(ds_vault_set_case_version(fixture->vault, "C1", 2, "P1", &error));
  g_autoptr(DsVaultCase) found = ds_vault_case(fixture->vault, "C1", &error);
  g_assert_cmpstr(found->pack, ==, "CN-36");
  g_assert_cmpstr(found->pack_version, ==, "2");
  g_assert_cmpstr(found->day, ==, "2026-09-01");
  g_assert_cmpuint(found->version, ==, 2);
  g_assert_false(ds_vault_set_case_version(fixture->vault, "C9", 2, "P1", &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "C9");
  g_assert_false(ds_vault_set_case_pack(fixture->vault, "C9", "a", "b", NULL, "P1", &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "C9");
}

static guint
count_named(Fixture *fixture, const char *part)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) found = ds_vault_cases_by_name(fixture->vault, part, 0, &error);

  g_assert_no_error(error);
  return found->len;
}

static void
test_search(Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = {"王小明", "小王", "艾尔肯·买买提", "𠮷野", "Anna Maria"};
  g_autoptr(GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *id = g_strdup_printf("C%" G_GSIZE_FORMAT, i);
    fixture_case(fixture, id);
    fixture_field(fixture, id, "applicant.name", names[i]);
    fixture_field(fixture, id, "applicant.number", i < 2 ? "N1" : id);
  }
  g_assert_cmpuint(count_named(fixture, "王"), ==, 2);
  g_assert_cmpuint(count_named(fixture, "小"), ==, 2);
  g_assert_cmpuint(count_named(fixture, "小明"), ==, 1);
  g_assert_cmpuint(count_named(fixture, "买"), ==, 1);
  g_assert_cmpuint(count_named(fixture, "𠮷"), ==, 1);
  g_assert_cmpuint(count_named(fixture, "maria"), ==, 1);
  g_assert_cmpuint(count_named(fixture, "明王"), ==, 0);
  g_assert_cmpuint(count_named(fixture, "%"), ==, 0);
  g_assert_cmpuint(count_named(fixture, "' OR 1"), ==, 0);
  g_autoptr(GPtrArray) limited = ds_vault_cases_by_name(fixture->vault, "王", 1, &error);
  g_assert_cmpuint(limited->len, ==, 1);

  fixture_field(fixture, "C0", "applicant.name", "赵六");
  g_assert_cmpuint(count_named(fixture, "王"), ==, 1);
  g_assert_cmpuint(count_named(fixture, "赵六"), ==, 1);
  fixture_field(fixture, "C0", "applicant.name", NULL);
  g_assert_cmpuint(count_named(fixture, "赵六"), ==, 0);

  g_autoptr(GPtrArray) duplicates = ds_vault_cases_by_number(fixture->vault, "N1", &error);
  g_autoptr(GPtrArray) none = ds_vault_cases_by_number(fixture->vault, "N2", &error);
  g_assert_cmpuint(duplicates->len, ==, 2);
  g_assert_cmpstr(((const DsVaultCase *)duplicates->pdata[0])->id, ==, "C1");
  g_assert_cmpuint(none->len, ==, 0);
}

static void
test_trips(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) pack = g_bytes_new_static("{}", 2);
  DsVault *vault = fixture->vault;
  DsVaultTrip other = example_trip("T1");

  add_trip(fixture, "T1");
  add_trip(fixture, "T1"); /* the same dispatch again */
  add_trip(fixture, "T2");
  other.dispatch.bytes[0] ^= 1;
  g_assert_false(ds_vault_add_trip(vault, &other, &error));
  assert_message(&error, DS_ERROR_EXISTS, "trip T1 is here already");
  g_assert_true(ds_vault_set_trip_state(vault, "T2", DS_TRIP_CLOSED, &error));
  g_assert_false(ds_vault_set_trip_state(vault, "T9", DS_TRIP_CLOSED, &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "there is no trip T9");
  g_autoptr(DsVaultTrip) closed = ds_vault_trip(vault, "T2", &error);
  g_assert_cmpint(closed->state, ==, DS_TRIP_CLOSED);
  g_assert_cmpstr(closed->name, ==, "南昌一中");
  g_assert_cmpstr(closed->region, ==, "360111");
  g_assert_null(ds_vault_trip(vault, "T9", &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "there is no trip T9");
  g_autoptr(GPtrArray) trips = ds_vault_trips(vault, &error);
  g_assert_cmpuint(trips->len, ==, 2);

  g_assert_true(ds_vault_set_trip_data(vault, "T1", "pack:CN-36", pack, &error));
  g_assert_true(ds_vault_set_trip_data(vault, "T1", "pack:CN-36", pack, &error));
  g_assert_true(ds_vault_set_trip_data(vault, "T1", "a", pack, &error));
  g_assert_false(ds_vault_set_trip_data(vault, "T9", "a", pack, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_clear_error(&error);
  g_autoptr(GBytes) back = ds_vault_trip_data(vault, "T1", "pack:CN-36", &error);
  g_assert_true(g_bytes_equal(back, pack));
  g_assert_null(ds_vault_trip_data(vault, "T1", "missing", &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "trip T1 brought no \"missing\"");
  g_autoptr(GPtrArray) names = ds_vault_trip_data_names(vault, "T1", &error);
  g_assert_cmpuint(names->len, ==, 2);
  g_assert_cmpstr(names->pdata[0], ==, "a");
}

static void
test_roster(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DsVault *vault = fixture->vault;

  add_trip(fixture, "T1");
  add_row(fixture, "T1", 1, "王小明", "N1");
  add_row(fixture, "T1", 2, "李四", "N2");
  add_row(fixture, "T1", 10, "赵六", "N1");
  add_row(fixture, "T1", 10, "赵七", "N1"); /* replaces */
  g_assert_true(ds_vault_create_case(vault, "C1", "T1", 2, "first", "P1", &error));
  g_assert_true(ds_vault_create_case(vault, "C2", "T1", 2, "first", "P1", &error));

  g_autoptr(GPtrArray) rows = ds_vault_roster(vault, "T1", &error);
  g_assert_cmpuint(rows->len, ==, 3);
  const DsVaultRosterRow *second = rows->pdata[1], *third = rows->pdata[2];
  g_assert_cmpuint(second->row, ==, 2);
  g_assert_cmpstr(second->case_id, ==, "C2");
  g_assert_cmpuint(third->row, ==, 10);
  g_assert_null(third->case_id);
  g_assert_cmpstr(g_hash_table_lookup(third->fields, "applicant.name"), ==, "赵七");
  g_autoptr(DsVaultRosterRow) row = ds_vault_roster_row(vault, "T1", 1, &error);
  g_assert_cmpstr(g_hash_table_lookup(row->fields, "applicant.number"), ==, "N1");
  g_assert_null(ds_vault_roster_row(vault, "T1", 3, &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "the roster of trip T1 has no row 3");
  g_autoptr(GArray) found = ds_vault_roster_find(vault, "T1", "N1", &error);
  g_assert_cmpuint(found->len, ==, 2);
  g_assert_cmpuint(g_array_index(found, guint, 1), ==, 10);
  g_assert_true(ds_vault_forget_roster(vault, "T1", &error));
  g_autoptr(GPtrArray) none = ds_vault_roster(vault, "T1", &error);
  g_assert_cmpuint(none->len, ==, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/case/words", test_words);
  ADD("/case/create", test_create);
  ADD("/case/states", test_states);
  ADD("/case/pack-and-version", test_pack_and_version);
  ADD("/case/search", test_search);
  ADD("/case/trips", test_trips);
  ADD("/case/roster", test_roster);
  return g_test_run();
}
