/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A unit from its first day to a case in hand. */
#include "unit/test-home.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "bundle/open.h"
#include "unit/apply.h"
#include "unit/capture.h"
#include "unit/case.h"
#include "unit/check.h"
#include "unit/confirm.h"
#include "unit/enrol.h"
#include "unit/form.h"
#include "unit/take.h"
#include "vault/trip.h"

static void
test_passphrase(void)
{
  g_autoptr(TestHome) home = test_home_new(FALSE);
  g_autoptr(GError) error = NULL;

  g_autoptr(DsUnit) second = test_home_open(home, "correct horse battery", &error);
  g_assert_error(error, DS_ERROR, DS_ERROR_BUSY);
  g_assert_nonnull(strstr(error->message, "in use by test-unit since"));
  g_clear_error(&error);

  g_clear_pointer(&home->unit, ds_unit_close);
  g_autoptr(DsUnit) wrong = test_home_open(home, "wrong", &error);
  g_assert_null(wrong);
  g_assert_error(error, DS_ERROR, DS_ERROR_LOCKED);
}

static void
test_init_names(void)
{
  g_autoptr(TestHome) home = test_home_new(FALSE);
  g_autoptr(DsSecret) secret = ds_secret_random(8);
  g_autoptr(GError) error = NULL;
  g_autofree char *other = g_build_filename(home->root, "other", NULL);
  DsUnitOfficer officer = {.number = (char *)"1", .name = (char *)"李"};

  g_assert_false(
      ds_unit_init(other, "Unit 7", NULL, &officer, 1, secret, DS_SLOTS_COST_LIGHT, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_false(
      ds_unit_init(other, "unit-7", NULL, &officer, 0, secret, DS_SLOTS_COST_LIGHT, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_clear_error(&error);
  g_clear_pointer(&home->unit, ds_unit_close);
  g_assert_false(
      ds_unit_init(home->home, "unit-7", NULL, &officer, 1, secret, DS_SLOTS_COST_LIGHT, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_EXISTS);
}

static void
test_trust(void)
{
  g_autoptr(TestHome) home = test_home_new(FALSE);
  g_autoptr(GError) error = NULL;
  g_autofree char *fingerprint = NULL, *again = NULL;
  g_autoptr(GBytes) request = ds_unit_enrolment(home->unit, &fingerprint, &error);
  g_autoptr(GBytes) same = ds_unit_enrolment(home->unit, &again, &error);

  g_assert_true(g_bytes_equal(request, same));
  g_assert_cmpstr(fingerprint, ==, again);
  g_assert_null(ds_unit_require_directory(home->unit, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);

  home->station = test_station_new(request);
  GBytes *directory = home->station->directory_bytes;
  g_assert_false(ds_unit_trust(home->unit, directory, NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);
  g_assert_false(
      ds_unit_trust(home->unit, directory, "00000 00000 00000 00000 00000 00000", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);
  g_assert_true(ds_unit_trust(home->unit, directory, home->station->fingerprint, &error));
  g_assert_no_error(error);

  /* another station's directory, however new, is not ours */
  g_autoptr(TestStation) other = test_station_new(request);
  g_assert_false(ds_unit_trust(home->unit, other->directory_bytes, other->fingerprint, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);
  test_home_reopen(home);
  g_assert_cmpstr(ds_unit_directory(home->unit)->station, ==, "station-1");

  /* a forgotten passphrase: the station's recovery key gives the master back */
  g_autoptr(GBytes) blob = ds_vault_read_recovery_slot(home->home, &error);
  g_assert_no_error(error);
  g_autoptr(DsSecret) master = ds_open_secret(blob, home->station->recovery, "recovery", &error);
  g_assert_no_error(error);
  g_autoptr(DsSecret) own = ds_vault_export_master(ds_unit_vault(home->unit));
  g_assert_true(ds_secret_equal(master, own));
}

static void
test_dispatch(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  DsVault *vault = ds_unit_vault(home->unit);
  g_autoptr(GPtrArray) rows = ds_vault_roster(vault, "t1", &error);

  g_assert_no_error(error);
  g_assert_cmpuint(rows->len, ==, 12);
  g_autofree char *name =
      test_station_dispatch(home->station, ds_unit_inbox(home->unit), "unit-08", "t2", "[]");
  g_autoptr(DsApplied) applied = ds_unit_apply_inbox(home->unit, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(applied->refused, ==, 1);
  g_autofree char *reason = g_strdup_printf("%s/refused/%s.reason", home->home, name);
  g_assert_true(g_file_test(reason, G_FILE_TEST_IS_REGULAR));

  g_autofree char *broken =
      test_station_dispatch(home->station, ds_unit_inbox(home->unit), "unit-07", "t3",
                            "[{\"row\": 1, \"fields\": {\"applicant.name\": 3}}]");
  g_autoptr(DsApplied) second = ds_unit_apply_inbox(home->unit, &error);
  g_assert_cmpuint(second->refused, ==, 1);
  g_assert_nonnull(strstr(g_ptr_array_index(second->errors, 0), "applicant.name is no text"));
  g_autofree char *escape =
      test_station_dispatch(home->station, ds_unit_inbox(home->unit), "unit-07", "t3",
                            "[{\"row\": 4, \"fields\": {\"applicant.name\": \"\\u001b[2J\"}}]");
  g_autoptr(DsApplied) third = ds_unit_apply_inbox(home->unit, &error);
  g_assert_cmpuint(third->refused, ==, 1);
  g_assert_nonnull(strstr(g_ptr_array_index(third->errors, 0),
                          "roster row 4: a text holds a control character"));
  g_autoptr(DsVaultTrip) none = ds_vault_trip(vault, "t3", &error);
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
}

/* What was fine when it came may be refused by newer installed rules: the vault still opens, and
 * only that trip is closed. */
static void
test_broken_pack(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  DsVault *vault = ds_unit_vault(home->unit);
  g_autoptr(GBytes) broken = g_bytes_new_static("{\"id\": 7}", 9);
  g_autofree char *old = ds_unit_case_new(home->unit, "t1", 1, "first-application", &error);
  g_autofree char *message =
      test_station_dispatch(home->station, ds_unit_inbox(home->unit), "unit-07", "t2",
                            "[{\"row\": 1, \"fields\": {\"applicant.name\": \"王\"}}]");
  g_autoptr(DsApplied) applied = ds_unit_apply_inbox(home->unit, &error);

  g_assert_no_error(error);
  g_assert_true(ds_vault_set_trip_data(vault, "t1", "pack:odd", broken, &error));
  test_home_reopen(home);
  g_autoptr(DsCaseCheck) none = ds_unit_case_check(home->unit, old, &error);
  g_assert_null(none);
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "the rules that trip t1 brought cannot be used"));
  g_assert_nonnull(strstr(error->message, "pack:odd"));
  g_clear_error(&error);
  g_autofree char *other = ds_unit_case_new(home->unit, "t2", 1, "first-application", &error);
  g_assert_no_error(error);
  g_autoptr(DsCaseCheck) check = ds_unit_case_check(home->unit, other, &error);
  g_assert_no_error(error);
}

/* What comes before the station is known waits, and a message that cannot be read does not hold up
 * the others. */
static void
test_inbox_waits(void)
{
  g_autoptr(TestHome) home = test_home_new(FALSE);
  g_autoptr(GError) error = NULL;
  g_autofree char *fingerprint = NULL;
  g_autoptr(GBytes) request = ds_unit_enrolment(home->unit, &fingerprint, &error);
  DsInbox *inbox = ds_unit_inbox(home->unit);

  home->station = test_station_new(request);
  g_autofree char *early = test_station_dispatch(home->station, inbox, "unit-07", "t1", "[]");
  g_autofree char *late = test_station_dispatch(home->station, inbox, "unit-07", "t2", "[]");
  g_autoptr(DsApplied) none = ds_unit_apply_inbox(home->unit, &error);
  g_assert_null(none);
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);
  g_assert_true(ds_inbox_has(inbox, early));
  g_assert_true(ds_unit_trust(home->unit, home->station->directory_bytes,
                              home->station->fingerprint, &error));

  g_autofree char *manifest = g_build_filename(home->home, "inbox", early, "manifest", NULL);
  g_autofree char *away = g_build_filename(home->root, "away", NULL);
  g_assert_cmpint(g_rename(manifest, away), ==, 0);
  g_assert_cmpint(symlink("manifest", manifest), ==, 0);
  g_autoptr(DsApplied) stopped = ds_unit_apply_inbox(home->unit, &error);
  g_assert_null(stopped);
  g_assert_nonnull(error);
  g_clear_error(&error);
  g_assert_true(ds_inbox_has(inbox, early));
  g_assert_false(ds_inbox_has(inbox, late));
  g_autoptr(DsVaultTrip) second = ds_vault_trip(ds_unit_vault(home->unit), "t2", &error);
  g_assert_no_error(error);

  g_assert_cmpint(g_rename(away, manifest), ==, 0);
  g_autoptr(DsApplied) applied = ds_unit_apply_inbox(home->unit, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(applied->dispatches, ==, 1);
}

/* Cut between the vault and the unit's name: init starts over instead of a dead end. */
static void
test_init_again(void)
{
  g_autoptr(TestHome) home = test_home_new(FALSE);
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) secret = ds_secret_from_bytes("correct horse battery", 21);
  DsUnitOfficer officer = {.number = (char *)"360702001", .name = (char *)"李"};

  g_clear_pointer(&home->unit, ds_unit_close);
  g_assert_true(ds_files_remove_tree(home->home, &error));
  g_assert_true(ds_files_make_dir(home->home, &error));
  g_autoptr(DsVault) bare =
      ds_vault_create(home->home, "test", secret, DS_SLOTS_COST_LIGHT, &error);
  g_assert_no_error(error);
  g_clear_pointer(&bare, ds_vault_close);
  g_autoptr(DsUnit) none = test_home_open(home, "correct horse battery", &error);
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
  g_assert_nonnull(strstr(error->message, "unit init again"));
  g_clear_error(&error);
  g_assert_true(
      ds_unit_init(home->home, "unit-7", NULL, &officer, 1, secret, DS_SLOTS_COST_LIGHT, &error));
  g_assert_no_error(error);
  test_home_reopen(home);
  g_assert_cmpstr(ds_unit_id(home->unit), ==, "unit-7");
}

static void
set_field(TestHome *home, const char *id, const char *name, const char *value)
{
  g_autoptr(GError) error = NULL;

  if (!ds_unit_case_set(home->unit, id, name, value, &error))
    g_error("%s: %s", name, error != NULL ? error->message : "no error");
}

static void
test_fields(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *id = ds_unit_case_new(home->unit, "t1", 1, "first-application", &error);

  g_assert_no_error(error);
  g_assert_true(g_str_has_prefix(id, "unit-07-"));
  g_autofree char *twice = ds_unit_case_new(home->unit, "t1", 1, "first-application", &error);
  g_assert_null(twice);
  g_assert_error(error, DS_ERROR, DS_ERROR_EXISTS);
  g_assert_nonnull(strstr(error->message, id));
  g_clear_error(&error);
  g_autofree char *unknown = ds_unit_case_new(home->unit, "t1", 2, "no-such-service", &error);
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
  g_clear_error(&error);

  g_assert_false(ds_unit_case_set(home->unit, id, "applicant.shoe-size", "43", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_clear_error(&error);
  const char *names[] = {"contact.phone", "applicant.shoe-size", NULL};
  const char *values[] = {"13800000001", "43"};
  g_assert_false(ds_unit_case_set_fields(home->unit, id, names, values, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_clear_error(&error);
  names[1] = NULL;
  g_autoptr(DsView) before = ds_unit_case_view(home->unit, id, &error);
  g_assert_null(ds_view_field(before, "contact.phone")); /* all or none */
  g_assert_true(ds_unit_case_set_fields(home->unit, id, names, values, &error));
  set_field(home, id, "applicant.number", " 11010519491231002x ");
  set_field(home, id, "notice.read", "true");
  test_home_reopen(home);
  g_autoptr(DsView) view = ds_unit_case_view(home->unit, id, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(ds_view_field(view, "applicant.number"), ==, "11010519491231002X");
  g_assert_cmpstr(ds_view_field(view, "contact.phone"), ==, "13800000001");
  g_assert_cmpuint(strlen(ds_view_field(view, "notice.sha256")), ==, 64);
  g_assert_nonnull(ds_view_field(view, "notice.read-at"));
  g_assert_nonnull(ds_view_fact(view, "roster.class"));
  g_assert_nonnull(ds_view_fact(view, "station.name"));
}

/* What is read stands before the question; version, digest and time are nobody's to bring. */
static void
test_confirm(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *id = ds_unit_case_new(home->unit, "t1", 1, "first-application", &error);
  g_autoptr(DsPack) pack = NULL, none = NULL;
  const DsPackText *text = NULL, *nothing = NULL;

  g_assert_true(
      ds_unit_text_to_confirm(home->unit, id, "step-notice", "notice.read", &pack, &text, &error));
  g_assert_nonnull(strstr(text->zh, "现就有关事项告知如下"));
  g_assert_true(ds_unit_text_to_confirm(home->unit, id, "step-guardian", "guardian.present", &none,
                                        &nothing, &error));
  g_assert_null(none);
  g_assert_null(nothing);

  g_autoptr(DsCaseCheck) check = ds_unit_case_check(home->unit, id, &error);
  g_assert_nonnull(ds_findings_find(check->findings, "notice.read.missing"));
  g_assert_null(ds_findings_find(check->findings, "notice.sha256.missing"));
  g_assert_null(ds_findings_find(check->findings, "commitment.version.missing"));
}

/* Row 6 brought no marriage certificate: the step could not know, the rules do. */
static void
test_wanted(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *id = test_home_take(home, 6);
  g_autoptr(DsCaseCheck) check = ds_unit_case_check(home->unit, id, &error);

  g_assert_no_error(error);
  for (guint i = 0; i < check->steps->len; i++) {
    const DsCaseStep *step = g_ptr_array_index(check->steps, i);
    DsStepProgress wanted =
        g_str_equal(step->id, "step-documents") ? DS_PROGRESS_OPEN : DS_PROGRESS_DONE;
    g_test_message("%s", step->id);
    g_assert_cmpint(step->progress, ==, wanted);
  }
}

static char *
capture(TestHome *home, const char *id, DsSlot slot, const char *path, GError **error)
{
  DsCaptureWhat what = {.slot = slot, .kind = ""};

  return ds_unit_capture_file(home->unit, id, &what, path, NULL, error);
}

static void
test_capture(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *id = ds_unit_case_new(home->unit, "t1", 1, "first-application", &error);
  g_autofree char *person = test_home_person(home, 1);
  g_autofree char *portrait = g_build_filename(person, "portrait.jpg", NULL);
  g_autofree char *text = g_build_filename(home->root, "text.jpg", NULL);
  guint64 before = 0, after = 0, bytes = 0;

  g_autofree char *part = capture(home, id, DS_SLOT_PHOTO, portrait, &error);
  g_assert_no_error(error);
  g_autoptr(GBytes) plain = ds_unit_part_bytes(home->unit, id, part, &error);
  g_autoptr(GBytes) original = ds_files_read(portrait, G_MAXINT, &error);
  g_assert_true(g_bytes_equal(plain, original));

  /* a second portrait takes the first one's place, and its chunks go */
  g_assert_true(ds_store_usage(ds_unit_store(home->unit), &before, &bytes, &error));
  g_autofree char *second = capture(home, id, DS_SLOT_PHOTO, portrait, &error);
  g_assert_true(ds_store_usage(ds_unit_store(home->unit), &after, &bytes, &error));
  g_assert_cmpuint(before, ==, after);
  g_autoptr(DsView) view = ds_unit_case_view(home->unit, id, &error);
  g_assert_cmpuint(ds_view_count_parts(view, DS_SLOT_PHOTO, NULL), ==, 1);

  /* bad files add nothing */
  g_assert_true(g_file_set_contents(text, "no picture at all", -1, &error));
  g_autofree char *none = capture(home, id, DS_SLOT_PHOTO, text, &error);
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "text.jpg"));
  g_clear_error(&error);
  g_autofree char *missing = capture(home, id, DS_SLOT_PHOTO, "/nonexistent.jpg", &error);
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
  g_clear_error(&error);
  DsCaptureWhat odd = {.slot = DS_SLOT_DOCUMENT, .kind = "library-card"};
  g_autofree char *kind = ds_unit_capture_file(home->unit, id, &odd, portrait, NULL, &error);
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_true(ds_store_usage(ds_unit_store(home->unit), &before, &bytes, NULL));
  g_assert_cmpuint(before, ==, after);

  g_clear_error(&error);

  /* what is no template of a finger is its picture */
  DsCaptureWhat finger = {.slot = DS_SLOT_FINGERPRINT, .kind = "11"};
  g_autofree char *image = g_build_filename(person, "finger-11.png", NULL);
  g_autofree char *ridges = ds_unit_capture_file(home->unit, id, &finger, image, NULL, &error);
  g_assert_no_error(error);
  g_autoptr(DsView) with_finger = ds_unit_case_view(home->unit, id, &error);
  const DsPart *seen = ds_view_part(with_finger, ds_view_part_count(with_finger) - 1);
  g_assert_cmpstr(seen->id, ==, ridges);
  g_assert_cmpstr(ds_part_attribute(seen, "content"), ==, "image");
}

/* A bad value stops a file; what it said before stays, durable. */
static void
test_take_stops(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(home->root, "case.json", NULL);
  g_autofree char *id = ds_unit_case_new(home->unit, "t1", 2, "first-application", &error);

  g_assert_true(g_file_set_contents(path,
                                    "{\"fields\": {\"contact.phone\": \"13800000007\","
                                    " \"delivery.recipient\": \"a\\u0007b\"}}",
                                    -1, &error));
  g_autoptr(JsonNode) file = ds_take_read(path, &error);
  g_assert_no_error(error);
  g_assert_false(ds_unit_take(home->unit, id, file, home->root, NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "delivery.recipient holds a control character"));
  g_clear_error(&error);
  test_home_reopen(home);
  g_autoptr(DsView) view = ds_unit_case_view(home->unit, id, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(ds_view_field(view, "contact.phone"), ==, "13800000007");
  g_assert_null(ds_view_field(view, "delivery.recipient"));
}

static void
test_refusal(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *fine = test_home_take(home, 1);
  g_autofree char *holder = test_home_take(home, 9);

  g_assert_false(ds_unit_case_refuse(home->unit, fine, "no-residence-permit", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);
  g_autoptr(DsCaseCheck) check = ds_unit_case_check(home->unit, holder, &error);
  g_assert_no_error(error);
  g_assert_cmpint(check->decision->outcome, ==, DS_OUTCOME_REFUSE);
  const DsFinding *reason = ds_findings_find(check->findings, "JX-HELD");
  if (reason == NULL)
    g_error("nothing refuses a pupil who has held a card");
  g_assert_nonnull(reason->clause);
  g_assert_true(ds_unit_case_refuse(home->unit, holder, reason->code, &error));
  g_assert_no_error(error);
  g_assert_false(ds_unit_case_set(home->unit, holder, "contact.phone", "1", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
}

static void
test_form(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *id = test_home_take(home, 6);
  g_autoptr(GBytes) pdf = ds_unit_render_form(home->unit, id, "missing-notice", &error);

  g_assert_no_error(error);
  g_assert_true(g_str_has_prefix(g_bytes_get_data(pdf, NULL), "%PDF-"));
  g_autoptr(GBytes) none = ds_unit_render_form(home->unit, id, "love-letter", &error);
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
  g_clear_error(&error);
  g_assert_true(ds_unit_case_wait(home->unit, id, &error));
  g_assert_no_error(error);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/unit/passphrase", test_passphrase);
  g_test_add_func("/unit/init-names", test_init_names);
  g_test_add_func("/unit/trust", test_trust);
  g_test_add_func("/unit/dispatch", test_dispatch);
  g_test_add_func("/unit/broken-pack", test_broken_pack);
  g_test_add_func("/unit/inbox-waits", test_inbox_waits);
  g_test_add_func("/unit/init-again", test_init_again);
  g_test_add_func("/unit/fields", test_fields);
  g_test_add_func("/unit/confirm", test_confirm);
  g_test_add_func("/unit/wanted", test_wanted);
  g_test_add_func("/unit/capture", test_capture);
  g_test_add_func("/unit/take-stops", test_take_stops);
  g_test_add_func("/unit/refusal", test_refusal);
  g_test_add_func("/unit/form", test_form);
  return g_test_run();
}
