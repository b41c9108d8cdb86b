/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/statement.h"

#include <string.h>

#include "base/error.h"
#include "bundle/limits.h"
#include "bundle/test-world.h"

static DsStatement *
sample(DsState state)
{
  DsStatement *s = ds_statement_new();

  s->station = g_strdup("rugao-3");
  s->unit = g_strdup("unit-1");
  s->seq = 12;
  s->bundle = ds_digest_of("bundle", 6);
  s->state = state;
  s->station_us = 1790000000000000;
  s->directory_version = 7;
  s->has_audit = TRUE;
  s->audit_head = ds_digest_of("audit", 5);
  return s;
}

static void
test_round_trip(World *w, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsStatement) s = sample(DS_STATE_RETURNED);
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(DsStatement) read = NULL;
  g_autoptr(DsStatement) parsed = NULL;

  ds_statement_set_detail(s, "category", "photo");
  ds_statement_set_detail(s, "text", "背景不是白色");
  bytes = ds_statement_sign(s, w->unit_encrypt, w->records, &error);
  g_assert_no_error(error);
  g_assert_null(memmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), "photo", 5));
  parsed = ds_statement_parse(bytes, &error);
  g_assert_cmpint(parsed->state, ==, DS_STATE_RETURNED);
  read = ds_statement_verify(bytes, w->directory, "unit-1", &error);
  g_assert_no_error(error);
  g_assert_cmpuint(read->seq, ==, 12);
  g_assert_true(ds_digest_equal(&read->bundle, &s->bundle));
  g_assert_true(ds_digest_equal(&read->audit_head, &s->audit_head));
  g_assert_null(read->detail);
  g_assert_false(ds_statement_open_detail(read, w->stranger, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);
  g_assert_true(ds_statement_open_detail(read, w->unit_encrypt, &error));
  g_assert_cmpstr(g_hash_table_lookup(read->detail, "category"), ==, "photo");
  g_assert_cmpstr(g_hash_table_lookup(read->detail, "text"), ==, "背景不是白色");
}

static void
expect_refused(World *w, DsStatement *s, DsKey *key, const char *unit, gint code,
               const char *message)
{
  g_autoptr(GBytes) bytes = ds_statement_sign(s, NULL, key, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_nonnull(bytes);
  g_assert_null(ds_statement_verify(bytes, w->directory, unit, &error));
  g_assert_error(error, DS_ERROR, code);
  if (strstr(error->message, message) == NULL)
    g_test_message("%s", error->message);
  g_assert_nonnull(strstr(error->message, message));
}

static void
test_refused(World *w, gconstpointer unused)
{
  g_autoptr(DsStatement) durable = sample(DS_STATE_DURABLE);
  g_autoptr(DsStatement) received = sample(DS_STATE_RECEIVED);
  g_autoptr(GBytes) fine = ds_statement_sign(received, NULL, w->online, NULL);
  g_autoptr(DsStatement) read = ds_statement_verify(fine, w->directory, "unit-1", NULL);

  g_assert_nonnull(read);
  g_assert_true(ds_statement_open_detail(read, w->unit_encrypt, NULL));
  expect_refused(w, durable, w->online, "unit-1", DS_ERROR_REFUSED, "may not say \"durable\"");
  expect_refused(w, durable, w->stranger, "unit-1", DS_ERROR_REFUSED,
                 "is not a receipt key of directory version 7");
  expect_refused(w, durable, w->records, "unit-2", DS_ERROR_REFUSED,
                 "statement: is for unit \"unit-1\", this is \"unit-2\"");
  durable->station[0] = 'x';
  expect_refused(w, durable, w->records, "unit-1", DS_ERROR_REFUSED,
                 "statement: is by station \"xugao-3\", this unit belongs to \"rugao-3\"");
}

/* What a key said before it was changed holds, what it says later does not. */
static void
test_retired(World *w, gconstpointer unused)
{
  g_autoptr(DsStatement) s = sample(DS_STATE_DURABLE);
  DsReceiptKey *receipt = w->directory->receipt_keys->pdata[0];

  receipt->retired_us = s->station_us;
  g_autoptr(GBytes) before = ds_statement_sign(s, NULL, w->records, NULL);
  g_autoptr(DsStatement) read = ds_statement_verify(before, w->directory, "unit-1", NULL);
  g_assert_nonnull(read);
  s->station_us++;
  expect_refused(w, s, w->records, "unit-1", DS_ERROR_REFUSED, "was retired at 20");
  ds_directory_add_receipt_key(w->directory, w->stranger, DS_STATES_ALL);
  g_autoptr(GBytes) after = ds_statement_sign(s, NULL, w->stranger, NULL);
  g_autoptr(DsStatement) next = ds_statement_verify(after, w->directory, "unit-1", NULL);
  g_assert_nonnull(next);
}

static void
test_bad_values(World *w, gconstpointer unused)
{
  g_autoptr(DsStatement) s = sample((DsState)15);
  g_autoptr(GError) error = NULL;
  g_autofree char *longest = g_strnfill(DS_FIELD_MAX, 'x');

  g_assert_null(ds_statement_sign(s, NULL, w->records, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED);
  g_assert_nonnull(strstr(error->message, "state 15 is not known here"));
  g_clear_error(&error);
  s->state = DS_STATE_CLOSED;
  s->seq = 0;
  g_assert_null(ds_statement_sign(s, NULL, w->records, &error));
  g_assert_nonnull(strstr(error->message, "statement: seq: byte"));
  g_clear_error(&error);
  s->seq = 1;
  ds_statement_set_detail(s, "text", "x");
  g_assert_null(ds_statement_sign(s, NULL, w->records, &error));
  g_assert_nonnull(strstr(error->message, "needs the unit's encryption key"));
  g_clear_error(&error);
  ds_statement_set_detail(s, "text", longest);
  g_assert_null(ds_statement_sign(s, w->unit_encrypt, w->records, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
}

static void
test_flipped(World *w, gconstpointer unused)
{
  g_autoptr(DsStatement) s = sample(DS_STATE_DURABLE);
  g_autoptr(GBytes) bytes = ds_statement_sign(s, NULL, w->records, NULL);
  gsize size;
  const guint8 *data = g_bytes_get_data(bytes, &size);

  for (gsize i = 0; i < size * 8; i++) {
    g_autofree guint8 *copy = g_memdup2(data, size);
    g_autoptr(GBytes) changed = NULL;
    g_autoptr(GError) error = NULL;

    copy[i / 8] ^= (guint8)(1 << (i % 8));
    changed = g_bytes_new(copy, size);
    g_assert_null(ds_statement_verify(changed, w->directory, "unit-1", &error));
    g_assert_nonnull(error);
  }
}

static void
test_words(void)
{
  for (guint i = 1; i <= DS_STATE_LAST; i++)
    g_assert_cmpint(ds_state_parse(ds_state_word((DsState)i)), ==, (gint)i);
  g_assert_null(ds_state_word((DsState)0));
  g_assert_null(ds_state_word((DsState)(DS_STATE_LAST + 1)));
  g_assert_cmpint(ds_state_parse("lost"), ==, 0);
  g_assert_cmpuint(DS_STATES_ALL, ==, DS_STATE_BIT(DS_STATE_LAST + 1) - 2);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(name, func) \
  g_test_add("/bundle/statement/" name, World, NULL, world_set_up, func, world_tear_down)
  ADD("round-trip", test_round_trip);
  ADD("refused", test_refused);
  ADD("retired", test_retired);
  ADD("bad-values", test_bad_values);
  ADD("flipped", test_flipped);
  g_test_add_func("/bundle/statement/words", test_words);
  return g_test_run();
}
