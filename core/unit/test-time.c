/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A laptop's clock that is set back and forward, and visits around midnight. */
#include "unit/test-home.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "bundle/open.h"
#include "unit/apply.h"
#include "unit/capture.h"
#include "unit/case.h"
#include "unit/check.h"
#include "unit/outbox.h"
#include "unit/seal.h"
#include "unit/watch.h"
#include "vault/bundles.h"
#include "vault/journal.h"
#include "vault/setting.h"

static gint64 offset_us;        /* wall clock minus the true one */
static gint64 booted_us;        /* boot clock minus the true one */
static const char *boot = NULL; /* NULL: the true one */

static DsTime
wrong_clock(void)
{
  ds_clock_set_source(NULL);
  DsTime now = ds_clock_now();
  ds_clock_set_source(wrong_clock);
  now.wall_us += offset_us;
  now.boot_us += booted_us;
  if (boot != NULL)
    g_strlcpy(now.boot_id, boot, sizeof now.boot_id);
  return now;
}

static void
right_clock(void)
{
  offset_us = booted_us = 0;
  boot = NULL;
  ds_clock_set_source(wrong_clock);
}

/* The clock says @local ("2026-12-31T23:58:00+08:00") from now on, without a jump against boot. */
static void
travel(const char *local)
{
  ds_clock_set_source(NULL);
  gint64 moved = ds_clock_parse(local) - ds_clock_now().wall_us;
  booted_us += moved - offset_us;
  offset_us = moved;
  ds_clock_set_source(wrong_clock);
}

static DsWatch
watch(TestHome *home)
{
  g_autoptr(GError) error = NULL;
  DsWatch now;

  g_assert_true(ds_unit_watch_clock(home->unit, &now, &error));
  g_assert_no_error(error);
  return now;
}

static guint
count_jumps(TestHome *home)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) jumps = ds_unit_clock_jumps(home->unit, 0, &error);

  g_assert_no_error(error);
  return jumps->len;
}

static void
test_set_back(void)
{
  right_clock();
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *before = test_home_take(home, 1);

  g_assert_cmpint(watch(home).behind_us, ==, 0);
  offset_us = -3 * G_TIME_SPAN_DAY;
  test_home_reopen(home);
  test_home_reopen(home);
  DsWatch now = watch(home);
  g_assert_cmpint(now.behind_us / G_TIME_SPAN_HOUR, ==,
                  72 - (now.behind_us % G_TIME_SPAN_HOUR != 0));
  g_assert_cmpuint(count_jumps(home), ==, 1); /* once, however often it is opened */

  /* numbers go on, nothing is refused */
  DsDigest id;
  g_autofree char *after = test_home_seal(home, 2, &id);
  g_assert_cmpstr(after, !=, before);
  test_home_hear(home, &id, DS_STATE_DURABLE, NULL);
  DsPruned pruned;
  g_assert_true(ds_unit_prune(home->unit, &pruned, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(pruned.count, ==, 1);
  g_assert_true(ds_vault_audit_verify(ds_unit_vault(home->unit), NULL, &error));
  g_assert_no_error(error);
}

static void
test_numbers_never_collide(void)
{
  right_clock();
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 6; i++) {
    offset_us = -(gint64)(i % 3) * G_TIME_SPAN_DAY;
    char *id = ds_unit_case_new(home->unit, "t1", 0, "first-application", &error);
    g_assert_no_error(error);
    g_assert_true(g_hash_table_add(seen, id));
  }
  g_assert_cmpuint(count_jumps(home), ==, 5);
}

static void
test_set_forward(void)
{
  right_clock();
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;

  watch(home);
  offset_us = 365 * G_TIME_SPAN_DAY;
  g_autofree char *id = ds_unit_case_new(home->unit, "t1", 0, "first-application", &error);
  g_assert_cmpuint(count_jumps(home), ==, 1);
  g_autoptr(GArray) jumps = ds_unit_clock_jumps(home->unit, 0, &error);
  const DsClockJump *jump = &g_array_index(jumps, DsClockJump, 0);
  /* two clocks are read one after the other, and one may be slewed meanwhile */
  g_assert_cmpint(ABS(jump->to_us - jump->from_us - offset_us), <, G_TIME_SPAN_MINUTE);
  g_assert_cmpint(watch(home).behind_us, ==, 0);

  /* the mistake undone: behind its own mistake, until somebody or the station says otherwise */
  offset_us = 0;
  g_assert_cmpint(watch(home).behind_us, >, 364 * G_TIME_SPAN_DAY);
  g_assert_true(ds_unit_confirm_clock(home->unit, &error));
  g_assert_no_error(error);
  g_assert_cmpint(watch(home).behind_us, ==, 0);
  g_assert_cmpuint(count_jumps(home), ==, 2);
}

/* Switched off for a month is no jump; started anew with an older time is one. */
static void
test_new_boot(void)
{
  right_clock();
  g_autoptr(TestHome) home = test_home_new(TRUE);

  watch(home);
  boot = "another-boot";
  booted_us = -ds_clock_now().boot_us;
  offset_us = 30 * G_TIME_SPAN_DAY;
  g_assert_cmpint(watch(home).behind_us, ==, 0);
  g_assert_cmpuint(count_jumps(home), ==, 0);
  offset_us = -2 * G_TIME_SPAN_DAY;
  g_assert_cmpint(watch(home).behind_us, >, G_TIME_SPAN_DAY);
  g_assert_cmpuint(count_jumps(home), ==, 1);
}

/* However long the journal grows, the newest time stays known. */
static void
test_long_journal(void)
{
  right_clock();
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  DsVault *vault = ds_unit_vault(home->unit);
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(vault, &error);

  for (guint i = 0; i < 600; i++)
    g_assert_true(ds_vault_log(vault, NULL, NULL, "looked", NULL, "unit", &error));
  g_assert_true(ds_vault_commit(g_steal_pointer(&transaction), &error));
  g_assert_cmpint(watch(home).behind_us, ==, 0);
  g_autofree char *noted = ds_vault_setting_text(vault, "clock.newest", &error);
  g_assert_nonnull(noted);
  offset_us = -G_TIME_SPAN_DAY;
  g_assert_cmpint(watch(home).behind_us, >, G_TIME_SPAN_DAY / 2);
  g_assert_true(ds_unit_confirm_clock(home->unit, &error));
  g_assert_true(watch(home).station); /* only the station's time is left to be behind */
  g_assert_no_error(error);
}

static void
test_station_settles(void)
{
  right_clock();
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  DsVault *vault = ds_unit_vault(home->unit);

  watch(home);
  offset_us = 100 * G_TIME_SPAN_DAY;
  watch(home);
  offset_us = 0;
  g_assert_cmpint(watch(home).behind_us, >, 0);
  /* a word signed since, and the clock is not behind it */
  gint64 now = ds_clock_now().wall_us;
  g_assert_true(ds_vault_see_station_time(vault, now, &error));
  g_assert_cmpint(watch(home).behind_us, ==, 0);
  /* the station's own time is never talked away */
  g_assert_true(ds_vault_see_station_time(vault, now + G_TIME_SPAN_DAY, &error));
  g_assert_true(ds_unit_confirm_clock(home->unit, &error));
  g_assert_true(watch(home).station);
  g_assert_cmpint(watch(home).behind_us, >, 0);
  g_assert_no_error(error);
}

static DsManifest *
sealed_manifest(TestHome *home, const DsDigest *id, DsRecord **record)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsVaultBundle) bundle = ds_vault_bundle(ds_unit_vault(home->unit), id, &error);
  DsSpoolEntry entry = {.seq = bundle->seq, .id = bundle->id};
  g_autoptr(GBytes) bytes = ds_spool_read_manifest(ds_unit_spool(home->unit), &entry, &error);
  g_autoptr(GBytes) sealed = ds_spool_read_record(ds_unit_spool(home->unit), &entry, &error);
  DsManifest *manifest = ds_manifest_verify(bytes, home->station->directory, &error);
  g_assert_no_error(error);

  *record = ds_open_record(manifest, sealed, home->station->records, &error);
  g_assert_no_error(error);
  return manifest;
}

static void
test_bundle_says_it(void)
{
  right_clock();
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(DsRecord) plain = NULL, late = NULL;
  DsDigest id;
  g_autofree char *first = test_home_seal(home, 1, &id);
  g_autoptr(DsManifest) fine = sealed_manifest(home, &id, &plain);

  g_assert_cmpint(fine->newest_us, ==, 0);
  g_assert_null(g_hash_table_lookup(plain->facts, "clock.behind-seconds"));
  offset_us = -G_TIME_SPAN_DAY;
  g_autofree char *second = test_home_seal(home, 2, &id);
  g_autoptr(DsManifest) behind = sealed_manifest(home, &id, &late);
  g_assert_cmpint(behind->newest_us - behind->time.wall_us, >, G_TIME_SPAN_DAY / 2);
  g_assert_cmpint(
      g_ascii_strtoll(g_hash_table_lookup(late->facts, "clock.behind-seconds"), NULL, 10), >,
      43200);
}

static char *
day_of(TestHome *home, const char *case_id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsView) view = ds_unit_case_view(home->unit, case_id, &error);

  g_assert_no_error(error);
  return g_strdup(ds_view_fact(view, "case.day"));
}

static void
retake(TestHome *home, const char *case_id)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = test_home_person(home, 1);
  g_autofree char *path = g_build_filename(folder, "signature.png", NULL);
  DsCaptureWhat what = {.slot = DS_SLOT_SIGNATURE, .kind = "guardian"};
  g_autofree char *part = ds_unit_capture_file(home->unit, case_id, &what, path, NULL, &error);

  g_assert_no_error(error);
}

/* Signed a minute before midnight on the year's last day, sealed after it. */
static void
test_new_years_eve(void)
{
  right_clock();
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(DsRecord) record = NULL;
  g_autoptr(GError) error = NULL;
  DsDigest id;

  travel("2026-12-31T23:58:30+08:00");
  g_autofree char *case_id = test_home_take(home, 1);
  g_autofree char *eve = day_of(home, case_id);
  g_assert_cmpstr(eve, ==, "2026-12-31");
  travel("2027-01-01T00:01:00+08:00");
  g_assert_true(ds_unit_case_seal(home->unit, case_id, &id, &error));
  g_assert_no_error(error);
  g_autoptr(DsManifest) manifest = sealed_manifest(home, &id, &record);
  g_assert_cmpstr(record->application->day, ==, "2026-12-31");
  g_assert_cmpstr(g_hash_table_lookup(record->facts, "case.day"), ==, "2026-12-31");
  g_assert_cmpstr(g_hash_table_lookup(record->facts, "deadline.total"), ==, "2027-03-01");
  g_autofree char *prefix = g_strndup(case_id, strlen("unit-07-20261231"));
  g_assert_cmpstr(prefix, ==, "unit-07-20261231");
  g_assert_cmpuint(count_jumps(home), ==, 0);
}

/* Signed anew on another day, that day counts; waiting for material, none does. */
static void
test_day_moves_with_the_signature(void)
{
  right_clock();
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;

  travel("2028-02-28T20:00:00+08:00");
  g_autofree char *case_id = test_home_take(home, 1);
  travel("2028-02-29T09:00:00+08:00");
  g_autofree char *still = day_of(home, case_id);
  g_assert_cmpstr(still, ==, "2028-02-28");
  retake(home, case_id);
  g_autofree char *leap = day_of(home, case_id);
  g_assert_cmpstr(leap, ==, "2028-02-29");
  g_assert_true(ds_unit_case_set(home->unit, case_id, "contact.phone", "", &error));
  g_assert_true(ds_unit_case_wait(home->unit, case_id, &error));
  g_assert_no_error(error);
  travel("2028-03-01T09:00:00+08:00");
  g_autofree char *later = day_of(home, case_id);
  g_assert_cmpstr(later, ==, "2028-03-01");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/time/set-back", test_set_back);
  g_test_add_func("/time/numbers-never-collide", test_numbers_never_collide);
  g_test_add_func("/time/set-forward", test_set_forward);
  g_test_add_func("/time/new-boot", test_new_boot);
  g_test_add_func("/time/long-journal", test_long_journal);
  g_test_add_func("/time/station-settles", test_station_settles);
  g_test_add_func("/time/bundle-says-it", test_bundle_says_it);
  g_test_add_func("/time/new-years-eve", test_new_years_eve);
  g_test_add_func("/time/day-moves-with-the-signature", test_day_moves_with_the_signature);
  return g_test_run();
}
