/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A trip given from one officer to another. */
#include "unit/test-home.h"

#include <string.h>

#include "base/error.h"
#include "bundle/open.h"
#include "unit/apply.h"
#include "unit/case.h"
#include "unit/handing.h"
#include "unit/handover.h"
#include "unit/officer.h"
#include "unit/outbox.h"
#include "unit/seal.h"
#include "unit/trip-report.h"
#include "vault/bundles.h"
#include "vault/journal.h"
#include "vault/setting.h"

#define FIRST "360702001"
#define SECOND "360702002"

/* What each officer types; NULL: nobody is there. */
typedef struct {
  const char *first, *second;
  guint asked;
} Pins;

static DsSecret *
secret_of(const char *text)
{
  return ds_secret_from_bytes(text, strlen(text));
}

static DsSecret *
type_pin(const char *number, const char *name, gpointer data, GError **error)
{
  Pins *pins = data;
  const char *typed = g_str_equal(number, FIRST) ? pins->first : pins->second;

  pins->asked++;
  if (typed != NULL)
    return secret_of(typed);
  g_set_error(error, DS_ERROR, DS_ERROR_CANCELLED, "%s did not answer", name);
  return NULL;
}

static void
set_pin(TestHome *home, const char *number, const char *pin)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) secret = secret_of(pin);

  g_assert_true(ds_unit_set_pin(home->unit, number, NULL, secret, DS_SLOTS_COST_LIGHT, &error));
  g_assert_no_error(error);
}

/* Both have PINs, and @pins answers. */
static TestHome *
new_home(Pins *pins)
{
  TestHome *home = test_home_new(TRUE);

  set_pin(home, FIRST, "first-pin");
  set_pin(home, SECOND, "second-pin");
  ds_unit_set_ask_pin(home->unit, type_pin, pins);
  return home;
}

static void
expect_error(GError **error, int code, const char *part)
{
  g_assert_error(*error, DS_ERROR, code);
  if (strstr((*error)->message, part) == NULL)
    g_test_message("%s", (*error)->message);
  g_assert_nonnull(strstr((*error)->message, part));
  g_clear_error(error);
}

/* With a PIN the key no longer opens without it, for any seal. */
static void
test_pin(void)
{
  Pins pins = {.first = "wrong-pin"};
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) longer = secret_of("longer-pin"), first = secret_of("first-pin");
  DsDigest id;
  gboolean has = TRUE;
  g_autofree char *case_id = test_home_take(home, 1);

  g_assert_true(ds_unit_officer_has_pin(home->unit, FIRST, &has, &error));
  g_assert_false(has);
  set_pin(home, FIRST, "first-pin");
  g_assert_false(ds_vault_has_secret(ds_unit_vault(home->unit), "officer." FIRST));
  g_assert_false(ds_unit_case_seal(home->unit, case_id, &id, &error));
  expect_error(&error, DS_ERROR_LOCKED, "signs with a PIN");
  ds_unit_set_ask_pin(home->unit, type_pin, &pins);
  g_assert_false(ds_unit_case_seal(home->unit, case_id, &id, &error));
  expect_error(&error, DS_ERROR_LOCKED, "that is not the PIN");
  pins.first = "first-pin";
  g_assert_true(ds_unit_case_seal(home->unit, case_id, &id, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(pins.asked, ==, 2);
  g_autofree char *second = test_home_seal(home, 2, &id);
  g_assert_cmpuint(pins.asked, ==, 2); /* once while it is open */

  g_assert_false(ds_unit_set_pin(home->unit, FIRST, NULL, longer, DS_SLOTS_COST_LIGHT, &error));
  expect_error(&error, DS_ERROR_LOCKED, "has a PIN already");
  g_assert_false(ds_unit_set_pin(home->unit, FIRST, longer, longer, DS_SLOTS_COST_LIGHT, &error));
  expect_error(&error, DS_ERROR_LOCKED, "that is not the PIN");
  g_assert_true(ds_unit_set_pin(home->unit, FIRST, first, longer, DS_SLOTS_COST_LIGHT, &error));
  g_assert_false(ds_unit_set_pin(home->unit, "999", NULL, longer, DS_SLOTS_COST_LIGHT, &error));
  expect_error(&error, DS_ERROR_NOT_FOUND, "no officer 999");
}

static void
test_refused(void)
{
  Pins pins = {.first = "first-pin", .second = "second-pin"};
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  DsDigest id;

  ds_unit_set_ask_pin(home->unit, type_pin, &pins);
  g_assert_false(ds_unit_hand_over(home->unit, "t1", SECOND, NULL, &id, &error));
  expect_error(&error, DS_ERROR_REFUSED, "officer " FIRST " has no PIN");
  set_pin(home, FIRST, "first-pin");
  g_assert_false(ds_unit_hand_over(home->unit, "t1", SECOND, NULL, &id, &error));
  expect_error(&error, DS_ERROR_REFUSED, "officer " SECOND " has no PIN");
  set_pin(home, SECOND, "second-pin");
  g_assert_false(ds_unit_hand_over(home->unit, "t1", FIRST, NULL, &id, &error));
  expect_error(&error, DS_ERROR_INVALID, "has the trip already");
  g_assert_false(ds_unit_hand_over(home->unit, "t1", "999", NULL, &id, &error));
  expect_error(&error, DS_ERROR_NOT_FOUND, "no officer 999");
  g_assert_false(ds_unit_hand_over(home->unit, "t9", SECOND, NULL, &id, &error));
  expect_error(&error, DS_ERROR_NOT_FOUND, "no trip t9");
  /* the receiver's word is the receiver's */
  pins.second = "first-pin";
  g_assert_false(ds_unit_hand_over(home->unit, "t1", SECOND, NULL, &id, &error));
  expect_error(&error, DS_ERROR_LOCKED, "officer " SECOND ": that is not the PIN");
  pins.second = NULL;
  g_assert_false(ds_unit_hand_over(home->unit, "t1", SECOND, NULL, &id, &error));
  expect_error(&error, DS_ERROR_CANCELLED, "did not answer");
  g_autoptr(GPtrArray) none = ds_unit_handovers(home->unit, "t1", &error);
  g_assert_cmpuint(none->len, ==, 0);
}

static GBytes *
fetch(const DsDigest *sha256, gpointer store, GError **error)
{
  return ds_store_read(store, sha256, error);
}

/* What the station finds in bundle @id. */
static DsHandover *
open_handover(TestHome *home, const DsDigest *id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsVaultBundle) bundle = ds_vault_bundle(ds_unit_vault(home->unit), id, &error);
  DsSpoolEntry entry = {.seq = bundle->seq, .id = bundle->id};
  g_autoptr(GBytes) bytes = ds_spool_read_manifest(ds_unit_spool(home->unit), &entry, &error);
  g_autoptr(GBytes) sealed = ds_spool_read_record(ds_unit_spool(home->unit), &entry, &error);
  g_autoptr(DsManifest) manifest = ds_manifest_verify(bytes, home->station->directory, &error);
  g_assert_no_error(error);
  g_assert_cmpint(manifest->kind, ==, DS_BUNDLE_TRIP);
  g_autoptr(DsRecord) record = ds_open_record(manifest, sealed, home->station->records, &error);
  g_assert_no_error(error);
  g_autoptr(GBytes) part = ds_open_part_bytes(g_ptr_array_index(record->parts, 0), NULL, fetch,
                                              ds_unit_store(home->unit), &error);
  DsHandover *handover = ds_handover_verify(part, home->station->directory, &error);
  g_assert_no_error(error);
  return handover;
}

static void
test_hand_over(void)
{
  Pins pins = {.first = "first-pin", .second = "second-pin"};
  g_autoptr(TestHome) home = new_home(&pins);
  g_autoptr(GError) error = NULL;
  DsDigest sealed_id, id;
  DsPruned pruned;
  g_autofree char *sealed = test_home_seal(home, 1, &sealed_id);
  g_autofree char *draft = test_home_take(home, 2);

  g_assert_true(ds_unit_hand_over(home->unit, "t1", SECOND, "两张旧证", &id, &error));
  g_assert_no_error(error);
  g_autoptr(DsHandover) said = open_handover(home, &id);
  g_assert_cmpstr(said->from, ==, FIRST);
  g_assert_cmpstr(said->to, ==, SECOND);
  g_assert_cmpstr(said->remark, ==, "两张旧证");
  g_assert_cmpuint(said->cases->len, ==, 2);
  const DsHandoverCase *first = g_ptr_array_index(said->cases, 0);
  g_assert_cmpstr(first->local_number, ==, sealed);
  g_assert_true(first->has_bundle && ds_digest_equal(&first->bundle, &sealed_id));

  /* the giver is out, the draft has changed hands, the sealed one has not */
  g_assert_false(ds_unit_case_set(home->unit, draft, "contact.phone", "13800000000", &error));
  expect_error(&error, DS_ERROR_REFUSED, "handed over to officer " SECOND);
  g_assert_null(ds_unit_case_new(home->unit, "t1", 3, "first-application", &error));
  expect_error(&error, DS_ERROR_REFUSED, "--officer " SECOND);
  g_assert_false(ds_unit_case_seal(home->unit, draft, &sealed_id, &error));
  expect_error(&error, DS_ERROR_REFUSED, SECOND);
  g_autoptr(DsTripReport) report = ds_unit_trip_report(home->unit, "t1", &error);
  g_assert_cmpstr(report->responsible, ==, SECOND);
  g_assert_cmpstr(((DsTripCase *)g_ptr_array_index(report->cases, 0))->officer, ==, FIRST);
  g_assert_cmpstr(((DsTripCase *)g_ptr_array_index(report->cases, 1))->officer, ==, SECOND);
  g_autoptr(DsView) view = ds_trip_report_view(report);
  g_assert_cmpstr(ds_view_field(view, "handover.from.name"), ==, "李秀英");
  g_assert_cmpstr(ds_view_field(view, "handover.to.number"), ==, SECOND);
  g_assert_cmpuint(strlen(ds_view_field(view, "handover.digest")), ==, 64);

  /* the receiver goes on, and the station's word lets the bundle go; the document stays */
  home->officer = SECOND;
  test_home_reopen(home);
  ds_unit_set_ask_pin(home->unit, type_pin, &pins);
  g_assert_true(ds_unit_case_seal(home->unit, draft, &sealed_id, &error));
  g_assert_no_error(error);
  test_home_hear(home, &id, DS_STATE_RECEIVED, NULL);
  test_home_hear(home, &id, DS_STATE_DURABLE, NULL);
  g_assert_true(ds_unit_prune(home->unit, &pruned, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(pruned.count, ==, 1);
  g_autoptr(GPtrArray) kept = ds_unit_handovers(home->unit, "t1", &error);
  g_assert_cmpuint(kept->len, ==, 1);
  g_assert_cmpint(((DsUnitHandover *)g_ptr_array_index(kept, 0))->receipt, ==,
                  DS_VAULT_RECEIPT_DURABLE);
  g_assert_true(ds_vault_audit_verify(ds_unit_vault(home->unit), NULL, &error));
  g_assert_no_error(error);

  /* and back again */
  g_assert_true(ds_unit_hand_over(home->unit, "t1", FIRST, NULL, &id, &error));
  g_assert_no_error(error);
  g_autofree char *none = ds_unit_case_new(home->unit, "t1", 3, "first-application", &error);
  expect_error(&error, DS_ERROR_REFUSED, "--officer " FIRST);
}

/* Killed between the intent and the mark: finished when the bundle is there, else it never was. */
static void
test_interrupted(void)
{
  Pins pins = {.first = "first-pin", .second = "second-pin"};
  g_autoptr(TestHome) home = new_home(&pins);
  g_autoptr(GError) error = NULL;
  DsVault *vault = ds_unit_vault(home->unit);
  DsDigest id, other = ds_digest_of("never written", 13);
  g_autofree char *draft = test_home_take(home, 2);

  g_assert_true(ds_unit_hand_over(home->unit, "t1", SECOND, NULL, &id, &error));
  g_autoptr(GPtrArray) kept = ds_unit_handovers(home->unit, "t1", &error);
  const DsUnitHandover *done = g_ptr_array_index(kept, 0);
  g_autoptr(DsVaultBundle) bundle = ds_vault_bundle(vault, &id, &error);
  DsHanding again = {.seq = done->seq, .id = id, .head = bundle->head, .bytes = done->bytes};
  g_assert_true(ds_handing_begin(home->unit, &again, &error));
  g_assert_true(ds_unit_finish_seal(home->unit, &error)); /* known: nothing is done twice */
  g_assert_no_error(error);
  g_autoptr(GPtrArray) same = ds_unit_handovers(home->unit, "t1", &error);
  g_assert_cmpuint(same->len, ==, 1);

  DsHanding lost = {.seq = done->seq + 1, .id = other, .head = bundle->head, .bytes = done->bytes};
  gboolean pending = TRUE;
  g_auto(DsHanding) left = {0};
  g_assert_true(ds_handing_begin(home->unit, &lost, &error));
  g_assert_true(ds_unit_finish_seal(home->unit, &error));
  g_assert_true(ds_handing_pending(home->unit, &left, &pending, &error));
  g_assert_false(pending);
  g_assert_no_error(error);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/handover/pin", test_pin);
  g_test_add_func("/handover/refused", test_refused);
  g_test_add_func("/handover/hand-over", test_hand_over);
  g_test_add_func("/handover/interrupted", test_interrupted);
  return g_test_run();
}
