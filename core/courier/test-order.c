/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What travels first, what stays, and what is broken and keeps no other back. */
#include "courier/order.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "courier/exchange.h"
#include "courier/mark.h"
#include "courier/test-unit.h"

/* What arrived in a contact that was cut after @batches batches, as indexes of the entries. Every
 * bundle is above the first batch's size, so a batch is one bundle. */
static char *
arrived_after(TestUnit *unit, guint batches)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) text = g_string_new(NULL);
  DsExchangeResult result;

  g_assert_false(test_unit_sync(unit, test_cut_new(unit->repo, batches + 1, 1000, G_MAXUINT64),
                                &result, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_RETRY);
  g_assert_cmpuint(result.handed_over, ==, batches);
  ds_exchange_result_clear(&result);
  for (guint i = 0; i < unit->entries->len; i++)
    if (test_unit_has_arrived(unit, i))
      g_string_append_printf(text, "%u ", i);
  return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Urgent, then small before large, then by sequence; the same on every contact. Sizes in chunks of
 * 300 kB: 5 4 4 7 5, the fourth is urgent. So: 3, 1, 2, 0, 4. */
static void
test_order(TestUnit *unit, gconstpointer data)
{
  static const guint chunks[] = {5, 4, 4, 7, 5};
  static const char *const after[] = {"3 ", "1 3 ", "1 2 3 ", "0 1 2 3 "};
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS(chunks); i++)
    test_unit_seal(unit, 1, chunks[i], 300000);
  g_assert_true(
      ds_courier_mark_set(unit->home, DS_COURIER_URGENT, &test_unit_entry(unit, 3)->id, &error));
  for (guint i = 0; i < G_N_ELEMENTS(after); i++) {
    g_autofree char *arrived = arrived_after(unit, 1);
    g_assert_cmpstr(arrived, ==, after[i]);
  }
  DsExchangeResult result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.handed_over, ==, 1);
  test_unit_check_arrived(unit);
}

/* The rule by itself: whatever the order it is given, and for equals by sequence, then id. */
static void
test_compare(void)
{
  DsOrderItem items[] = {
      {.entry = {.seq = 9}, .urgent = TRUE, .size = 5},
      {.entry = {.seq = 1}, .urgent = TRUE, .size = 6},
      {.entry = {.seq = 7}, .size = 1},
      {.entry = {.seq = 2}, .size = 4},
      {.entry = {.seq = 3, .id = {{1}}}, .size = 4},
      {.entry = {.seq = 3, .id = {{2}}}, .size = 4},
      {.entry = {.seq = 1}, .size = G_MAXUINT64},
  };
  const guint n = G_N_ELEMENTS(items);

  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++)
      g_assert_cmpint(CLAMP(ds_order_compare(&items[i], &items[j], NULL), -1, 1), ==,
                      i < j ? -1 : i > j);
}

/* Withdrawn before it left: the original stays here as long as the withdrawal is in the spool. */
static void
test_held(TestUnit *unit, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(unit->home, "store", "spool", NULL);
  g_autoptr(DsSpool) spool = ds_spool_open(path, &error);
  const DsSpoolEntry *original, *withdrawal;
  DsExchangeResult result;
  DsDigest named;

  test_unit_seal(unit, 3, 1, 100);
  original = test_unit_entry(unit, 0);
  withdrawal = test_unit_entry(unit, 2);
  g_assert_true(ds_courier_hold_set(unit->home, &original->id, &withdrawal->id, &error));
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.handed_over, ==, 2);
  g_assert_cmpuint(result.held, ==, 1);
  g_assert_false(test_unit_has_arrived(unit, 0));
  /* handed over and taken: the withdrawal is still here, so the original still stays */
  test_unit_station_takes(unit);
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.handed_over, ==, 0);
  g_assert_cmpuint(result.held, ==, 1);

  /* a withdrawal that is not there holds nothing: better a needless delivery than none */
  g_assert_true(ds_spool_remove(spool, withdrawal, &error));
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.held, ==, 0);
  g_assert_cmpuint(result.handed_over, ==, 1);
  /* and a mark goes with its bundle */
  g_assert_true(ds_courier_hold_get(unit->home, &original->id, &named));
  g_assert_true(ds_digest_equal(&named, &withdrawal->id));
  g_assert_true(ds_spool_remove(spool, original, &error));
  test_unit_sync_well(unit);
  g_assert_false(ds_courier_hold_get(unit->home, &original->id, &named));
}

static gboolean
take_digest(const DsDigest *digest, guint64 size, gpointer data)
{
  *(DsDigest *)data = *digest;
  return FALSE;
}

/* A chunk that is gone: named, passed over, tried again; when it is back it travels. */
static void
test_missing_chunk(TestUnit *unit, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(unit->home, "store", NULL);
  g_autoptr(DsStore) store = ds_store_open(path, &error);
  g_autofree char *hex = NULL;
  g_autoptr(GBytes) chunk = NULL;
  DsExchangeResult result;
  DsDigest digest;

  test_unit_seal(unit, 1, 1, 100);
  g_assert_true(ds_store_foreach(store, take_digest, &digest, &error));
  chunk = ds_store_read(store, &digest, &error);
  g_assert_true(ds_store_remove(store, &digest, &error));
  test_unit_seal(unit, 2, 1, 50);
  hex = ds_digest_dup_hex(&test_unit_entry(unit, 0)->id);
  for (guint contact = 0; contact < 2; contact++) {
    g_assert_true(test_unit_sync(unit, NULL, &result, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(result.handed_over, ==, contact == 0 ? 2 : 0);
    g_assert_cmpuint(result.refused, ==, 1);
    g_assert_nonnull(strstr(result.trouble, hex));
    g_assert_nonnull(strstr(result.trouble, "is not in the store"));
    ds_exchange_result_clear(&result);
  }
  g_assert_true(ds_store_put(store, &digest, chunk, &error));
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.handed_over, ==, 1);
}

/* Each broken bundle has its line. */
static void
test_several_broken(TestUnit *unit, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DsExchangeResult result;

  test_unit_seal(unit, 4, 1, 100);
  for (guint i = 0; i < 3; i++) {
    g_autofree char *hex = ds_digest_dup_hex(&test_unit_entry(unit, i)->id);
    g_autofree char *name = g_strdup_printf("%010u-%s", i + 1, hex);
    g_autofree char *folder = g_build_filename(unit->home, "store", "spool", name, NULL);
    g_autofree char *file = g_build_filename(folder, i < 2 ? "manifest" : "record", NULL);
    g_assert_cmpint(g_unlink(file), ==, 0);
  }
  g_assert_true(test_unit_sync(unit, NULL, &result, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(result.handed_over, ==, 1);
  g_assert_cmpuint(result.refused, ==, 3);
  g_auto(GStrv) lines = g_strsplit(result.trouble, "\n", -1);
  g_assert_cmpuint(g_strv_length(lines), ==, 3);
  g_assert_true(g_str_has_prefix(lines[0], "bundle 1: "));
  g_assert_true(g_str_has_prefix(lines[1], "bundle 2: "));
  ds_exchange_result_clear(&result);
}

#define ADD(name, function)                                                      \
  g_test_add("/courier/order/" name, TestUnit, NULL, test_unit_set_up, function, \
             test_unit_tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/courier/order/compare", test_compare);
  ADD("order", test_order);
  ADD("held", test_held);
  ADD("missing-chunk", test_missing_chunk);
  ADD("several-broken", test_several_broken);
  return g_test_run();
}
