/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The station says no, or asks again. */
#include "station/refusal.h"

#include <string.h>

#include "base/error.h"
#include "station/review.h"
#include "station/station-private.h"
#include "station/test-fixture.h"
#include "station/test-pack.h"

typedef struct {
  TestFixture f;
  char *schemas;
} No;

static void
set_up(No *self, gconstpointer data)
{
  test_fixture_set_up(&self->f, data);
  self->schemas = test_pack_schemas(self->f.home->dir);
}

static void
tear_down(No *self, gconstpointer data)
{
  g_free(self->schemas);
  test_fixture_tear_down(&self->f, data);
}

/* A case by @pack for which @fen were taken in cash, sealed, pushed and taken in. */
static TestBundle *
bring(No *self, const char *local, const char *pack, const char *fen, gboolean pending)
{
  TestCase what = {.local = local,
                   .schemas = self->schemas,
                   .pack = pack,
                   .received = fen,
                   .outcome = pending ? DS_CASE_OUTCOME_PENDING : 0};
  TestBundle *bundle = test_unit_seal(self->f.unit, ds_station_directory(self->f.station), &what);

  test_push(self->f.home, "unit-7", bundle, TEST_PUSH_WHOLE);
  test_intake(self->f.station);
  return bundle;
}

static void
expect_last_word(No *self, DsState state, const char *name, const char *value)
{
  g_autoptr(GPtrArray) statements = test_unit_statements(self->f.unit, self->f.station);
  const DsStatement *said = statements->pdata[statements->len - 1];

  g_assert_cmpint(said->state, ==, state);
  g_assert_cmpstr(g_hash_table_lookup(said->detail, name), ==, value);
}

static void
expect_state(No *self, const char *local, const char *state)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = ds_station_show_case(self->f.station, local, &error);

  g_assert_no_error(error);
  g_assert_cmpstr(json_object_get_string_member(json_node_get_object(node), "state"), ==, state);
}

static void
test_silent_pack(No *self, gconstpointer data)
{
  static const struct {
    DsRefundWord word;
    int code;
    const char *says;
  } wrong[] = {
      {{NULL, NULL}, DS_ERROR_REFUSED, "ask a supervisor"},
      {{"20", NULL}, DS_ERROR_REFUSED, "--decided-by NUMBER"},
      {{"zwanzig", "036900"}, DS_ERROR_INVALID, "no sum in yuan"},
      {{"1.234", "036900"}, DS_ERROR_INVALID, "no sum in yuan"},
      {{"-1", "036900"}, DS_ERROR_INVALID, "no sum in yuan"},
      {{"20.01", "036900"}, DS_ERROR_INVALID, "more than the 20.00 yuan"},
  };
  const DsRefundWord word = {"20", "036900"}, none = {"none", "036900"};
  g_autoptr(TestBundle) one = bring(self, "a-1", "test-silent", "2000", FALSE);
  g_autoptr(TestBundle) two = bring(self, "a-2", "test-silent", "2000", FALSE);
  DsStation *station = self->f.station;
  DsRefundSaid said;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_assert_false(
        ds_station_refuse(station, "a-1", "T2", &wrong[i].word, self->schemas, "x", NULL, &error));
    test_assert_error(&error, wrong[i].code, wrong[i].says);
  }
  expect_state(self, "a-1", "review");
  g_assert_false(
      ds_station_refuse(station, "a-1", "JX-HELD", &word, self->schemas, "x", NULL, &error));
  test_assert_error(&error, DS_ERROR_INVALID, "no reason for which the station may refuse");

  g_assert_true(ds_station_refuse(station, "a-1", "T2", &word, self->schemas, "x", &said, &error));
  g_assert_no_error(error);
  g_assert_cmpint(said.fen, ==, 2000);
  g_assert_true(said.asked);
  expect_state(self, "a-1", "refused-by-station");
  expect_last_word(self, DS_STATE_REFUSED, DS_DETAIL_REFUSAL, "T2");
  expect_last_word(self, DS_STATE_REFUSED, DS_DETAIL_REASON, "身份信息不一致");
  expect_last_word(self, DS_STATE_REFUSED, DS_DETAIL_REDIRECT, "请到户籍所在地派出所办理");
  expect_last_word(self, DS_STATE_REFUSED, DS_DETAIL_REFUND, "2000");
  expect_last_word(self, DS_STATE_REFUSED, DS_DETAIL_REFUND_BY, "036900");
  g_assert_false(ds_station_refuse(station, "a-1", "T2", &word, self->schemas, "x", NULL, &error));
  test_assert_error(&error, DS_ERROR_REFUSED, "is \"refused-by-station\"");

  g_assert_true(ds_station_not_issue(station, "a-2", "身份无法核实", &none, self->schemas, "x",
                                     &said, &error));
  g_assert_cmpint(said.fen, ==, 0);
  expect_last_word(self, DS_STATE_NOT_ISSUED, DS_DETAIL_REFUND, "0");
  expect_last_word(self, DS_STATE_NOT_ISSUED, DS_DETAIL_REFUND_BY, "036900");
}

/* SC10: Jiangsu pays back, Jiangxi took nothing. */
static void
test_packs_that_speak(No *self, gconstpointer data)
{
  const DsRefundWord word = {"20", "036900"};
  g_autoptr(TestBundle) one = bring(self, "a-1", "test-back", "2000", FALSE);
  g_autoptr(TestBundle) two = bring(self, "a-2", "test-free", NULL, FALSE);
  DsStation *station = self->f.station;
  DsRefundSaid said;
  g_autoptr(GError) error = NULL;

  g_assert_false(
      ds_station_not_issue(station, "a-1", "身份存疑", &word, self->schemas, "x", NULL, &error));
  test_assert_error(&error, DS_ERROR_INVALID, "all of it is paid back");
  g_assert_true(
      ds_station_not_issue(station, "a-1", "身份存疑", NULL, self->schemas, "x", &said, &error));
  g_assert_no_error(error);
  g_assert_cmpint(said.fen, ==, 2000);
  g_assert_false(said.asked);
  expect_last_word(self, DS_STATE_NOT_ISSUED, DS_DETAIL_REFUND, "2000");
  expect_last_word(self, DS_STATE_NOT_ISSUED, DS_DETAIL_REFUND_BY, NULL);

  g_assert_false(
      ds_station_not_issue(station, "a-2", "身份存疑", &word, self->schemas, "x", NULL, &error));
  test_assert_error(&error, DS_ERROR_INVALID, "nothing was paid");
  g_assert_true(
      ds_station_not_issue(station, "a-2", "身份存疑", NULL, self->schemas, "x", &said, &error));
  g_assert_cmpint(said.fen, ==, 0);
  expect_last_word(self, DS_STATE_NOT_ISSUED, DS_DETAIL_REASON, "身份存疑");
}

/* SC04: no document, so nobody accepts before history was looked at. */
static void
test_identification(No *self, gconstpointer data)
{
  static const char *const photo[] = {"photo", NULL};
  GDate due;
  DsReturnOrder order = {.categories = photo, .detail = "重拍", .due = &due};
  g_autoptr(TestBundle) one = bring(self, "p-1", "test-back", "4000", TRUE);
  g_autoptr(TestBundle) two = bring(self, "p-2", "test-back", "4000", TRUE);
  DsStation *station = self->f.station;
  DsRefundSaid said;
  gboolean already = TRUE;
  g_autoptr(GError) error = NULL;

  g_date_set_dmy(&due, 4, G_DATE_SEPTEMBER, 2026);
  expect_state(self, "p-1", "identification");
  g_assert_false(ds_station_accept(station, "p-1", "x", &already, &error));
  test_assert_error(&error, DS_ERROR_REFUSED, "\"doorstep-station identify\" first");
  g_assert_false(
      ds_station_not_issue(station, "p-1", "身份存疑", NULL, self->schemas, "x", NULL, &error));
  test_assert_error(&error, DS_ERROR_REFUSED, "is not identified");
  g_assert_true(ds_station_identify(station, "p-1", "036900", &error));
  expect_state(self, "p-1", "review");
  g_assert_false(ds_station_identify(station, "p-1", "036900", &error));
  test_assert_error(&error, DS_ERROR_REFUSED, "is \"review\"");
  g_assert_true(ds_station_accept(station, "p-1", "x", &already, &error));
  g_assert_false(already);
  g_autofree char *heard = test_unit_heard(self->f.unit, station, &one->id);
  g_assert_cmpstr(heard, ==, "received verified durable accepted");

  g_assert_false(
      ds_station_mismatch(station, "p-1", "T2", NULL, self->schemas, "x", &said, &error));
  test_assert_error(&error, DS_ERROR_REFUSED, "is \"accepted\"");
  g_assert_false(ds_station_mismatch(station, "p-2", "JX-NOT-ISSUED", NULL, self->schemas, "x",
                                     &said, &error));
  test_assert_error(&error, DS_ERROR_INVALID, "the station or unit may refuse");
  g_assert_true(
      ds_station_mismatch(station, "p-2", "JX-HELD", NULL, self->schemas, "x", &said, &error));
  g_assert_cmpint(said.fen, ==, 4000);
  expect_state(self, "p-2", "refused-by-station");
  g_assert_false(ds_station_return(station, "p-2", &order, "x", NULL, &error));
  test_assert_error(&error, DS_ERROR_REFUSED, "is \"refused-by-station\"");
}

#define ADD(name, function) \
  g_test_add("/station/refusal/" name, No, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("silent-pack", test_silent_pack);
  ADD("packs-that-speak", test_packs_that_speak);
  ADD("identification", test_identification);
  return g_test_run();
}
