/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/handover.h"

#include <string.h>

#include "base/error.h"
#include "bundle/cose.h"
#include "bundle/manifest.h"
#include "bundle/record.h"
#include "bundle/test-world.h"

/* The world has one officer; the second one's key is the stranger's until it is listed. */
static void
list_second(World *w)
{
  ds_directory_add_officer(w->directory, "036882", "王五", DS_ROLE_OFFICER, w->stranger);
}

static DsHandover *
sample(void)
{
  DsHandover *h = ds_handover_new();
  const DsDigest bundle = ds_digest_of("bundle", 6);

  h->unit = g_strdup("unit-1");
  h->trip = g_strdup("visits-0901");
  h->name = g_strdup("九月上门");
  h->time.wall_us = 1790000000000000;
  h->time.boot_us = 55;
  g_strlcpy(h->time.boot_id, "6cf7b9a4-6d8f-4a52-a2b4-0f0a3b4a5c6d", sizeof h->time.boot_id);
  h->station_us = 1789999999000000;
  h->from = g_strdup("036881");
  h->to = g_strdup("036882");
  h->cash_fen = 6000;
  h->refund_owed_fen = 2000;
  h->cards = 2;
  ds_handover_add_receipts(h, "LU-2026", 3, "000101", "000104", 6000);
  ds_handover_add_case(h, "unit-1-20260901-001", "sealed", &bundle);
  ds_handover_add_case(h, "unit-1-20260901-002", "draft", NULL);
  h->has_audit = TRUE;
  h->audit_head = ds_digest_of("audit", 5);
  h->remark = g_strdup("两张旧证在信封里");
  return h;
}

static void
test_round_trip(World *w, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsHandover) h = sample();
  DsDigest from, to;

  list_second(w);
  g_autoptr(GBytes) bytes = ds_handover_sign(h, w->officer, w->stranger, &error);
  g_assert_no_error(error);
  g_autoptr(DsHandover) read = ds_handover_verify(bytes, w->directory, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(read->trip, ==, "visits-0901");
  g_assert_cmpstr(read->from, ==, "036881");
  g_assert_cmpstr(read->to, ==, "036882");
  g_assert_cmpuint(read->cash_fen, ==, 6000);
  g_assert_cmpuint(read->refund_owed_fen, ==, 2000);
  g_assert_cmpuint(read->cards, ==, 2);
  g_assert_cmpint(read->station_us, ==, 1789999999000000);
  const DsHandoverReceipts *receipts = read->receipts->pdata[0];
  g_assert_cmpstr(receipts->last, ==, "000104");
  g_assert_cmpuint(read->cases->len, ==, 2);
  const DsHandoverCase *second = read->cases->pdata[1];
  g_assert_cmpstr(second->state, ==, "draft");
  g_assert_false(second->has_bundle);
  g_assert_cmpstr(read->remark, ==, "两张旧证在信封里");
  g_assert_true(ds_digest_equal(&read->digest, &h->digest));
  g_assert_true(ds_handover_signatures(bytes, &from, &to, &error));
  g_assert_false(ds_digest_equal(&from, &to));
}

static void
refuse(GBytes *bytes, const DsDirectory *directory, gint code, const char *part)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_handover_verify(bytes, directory, &error));
  g_assert_error(error, DS_ERROR, code);
  if (strstr(error->message, part) == NULL)
    g_test_message("%s", error->message);
  g_assert_nonnull(strstr(error->message, part));
}

static void
test_signers(World *w, gconstpointer unused)
{
  g_autoptr(DsHandover) h = sample();
  g_autoptr(GBytes) good = ds_handover_sign(h, w->officer, w->stranger, NULL);

  refuse(good, w->directory, DS_ERROR_REFUSED, "knows no such key of officer 036882");
  list_second(w);
  g_autoptr(DsHandover) fine = ds_handover_verify(good, w->directory, NULL);
  g_assert_nonnull(fine);

  /* each officer's key under the other's number */
  g_autoptr(GBytes) crossed = ds_handover_sign(h, w->stranger, w->officer, NULL);
  refuse(crossed, w->directory, DS_ERROR_REFUSED, "officer 036881");

  g_autoptr(DsCose) cose =
      ds_cose_parse(good, DS_COSE_SIGN, "handover", DS_HANDOVER_MAX, DS_COSE_OWN, NULL);
  g_autoptr(GBytes) payload = ds_cose_content(cose);
  DsKey *one[] = {w->officer}, *turned[] = {w->stranger, w->officer};
  g_autoptr(GBytes) alone = ds_cose_sign(DS_COSE_SIGN, payload, "handover", one, 1, NULL);
  g_autoptr(GBytes) swapped = ds_cose_sign(DS_COSE_SIGN, payload, "handover", turned, 2, NULL);
  DsKey *both[] = {w->officer, w->stranger};
  g_autoptr(GBytes) other = ds_cose_sign(DS_COSE_SIGN, payload, "manifest", both, 2, NULL);
  refuse(alone, w->directory, DS_ERROR_INVALID, "needs two signatures");
  refuse(swapped, w->directory, DS_ERROR_INVALID, "needs two signatures");
  refuse(other, w->directory, DS_ERROR_REFUSED, "");
}

static void
test_form(World *w, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsHandover) h = sample();
  g_autoptr(GBytes) none = NULL;

  g_free(h->to);
  h->to = g_strdup("036881");
  none = ds_handover_sign(h, w->officer, w->stranger, &error);
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "to another officer"));
  g_clear_error(&error);
  g_free(h->to);
  h->to = g_strdup("036882");
  g_free(h->trip);
  h->trip = g_strdup("");
  none = ds_handover_sign(h, w->officer, w->stranger, &error);
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
}

/* A manifest of kind trip wants both officers, and replaces nothing. */
static void
test_manifest(World *w, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsManifest) m = ds_manifest_new();
  DsKey *keys[] = {w->unit_sign, w->officer, w->stranger};
  const DsRole roles[] = {DS_ROLE_UNIT, DS_ROLE_OFFICER, DS_ROLE_OFFICER};

  list_second(w);
  m->unit = g_strdup("unit-1");
  m->seq = 1;
  m->kind = DS_BUNDLE_TRIP;
  m->record = ds_digest_of("record", 6);
  m->record_size = 9;
  g_autoptr(GBytes) bytes = ds_manifest_sign(m, keys, roles, 3, &error);
  g_assert_no_error(error);
  g_autoptr(DsManifest) read = ds_manifest_verify(bytes, w->directory, &error);
  g_assert_no_error(error);
  g_assert_cmpint(read->kind, ==, DS_BUNDLE_TRIP);
  g_assert_cmpstr(ds_bundle_kind_word(read->kind), ==, "trip");
  g_assert_null(ds_manifest_sign(m, keys, roles, 2, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "one unit and two officers"));
  g_clear_error(&error);
  m->has_replaces = TRUE;
  g_assert_null(ds_manifest_sign(m, keys, roles, 3, &error));
  g_assert_nonnull(strstr(error->message, "a trip replaces nothing"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(name, func) \
  g_test_add("/bundle/handover/" name, World, NULL, world_set_up, func, world_tear_down)
  ADD("round-trip", test_round_trip);
  ADD("signers", test_signers);
  ADD("form", test_form);
  ADD("manifest", test_manifest);
  return g_test_run();
}
