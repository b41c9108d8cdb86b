/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/test-station.h"

#include <string.h>

#include "base/clock.h"
#include "bundle/enrol.h"
#include "bundle/manifest.h"
#include "bundle/record.h"
#include "bundle/seal.h"

#define UNIT_DAY G_TIME_SPAN_DAY

static DsKey *
make_key(void)
{
  g_autoptr(GError) error = NULL;
  DsKey *key = ds_key_generate(&error);

  g_assert_no_error(error);
  return key;
}

static guint32
states_from(DsState first, DsState last)
{
  guint32 states = 0;

  for (guint state = first; state <= last; state++)
    states |= 1u << state;
  return states;
}

static void
list_unit(TestStation *self, const DsEnrolment *enrolment)
{
  ds_directory_add_unit(self->directory, enrolment->unit, enrolment->name, enrolment->sign,
                        enrolment->encrypt);
  for (guint i = 0; i < enrolment->officers->len; i++) {
    const DsOfficerEntry *officer = g_ptr_array_index(enrolment->officers, i);
    ds_directory_add_officer(self->directory, officer->number, officer->name, officer->role,
                             officer->key);
  }
  self->unit_key = ds_key_ref(enrolment->encrypt);
}

TestStation *
test_station_new(GBytes *request)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsEnrolment) enrolment = ds_enrolment_verify(request, &error);
  TestStation *self = g_new0(TestStation, 1);
  gint64 now = ds_clock_now().wall_us;

  g_assert_no_error(error);
  self->root = make_key();
  self->intake = make_key();
  self->records = make_key();
  self->recovery = make_key();

  DsDirectory *directory = self->directory = ds_directory_new();
  directory->station = g_strdup("station-1");
  directory->name = g_strdup("章贡分局");
  directory->version = 1;
  directory->issued_us = now;
  directory->expires_us = now + 90 * UNIT_DAY;
  g_ptr_array_add(directory->recipients, ds_key_public(self->records));
  directory->recovery = ds_key_public(self->recovery);
  ds_directory_add_receipt_key(directory, self->intake,
                               1u << DS_STATE_RECEIVED | 1u << DS_STATE_QUARANTINED);
  ds_directory_add_receipt_key(directory, self->records,
                               states_from(DS_STATE_VERIFIED, DS_STATE_LAST));
  g_ptr_array_add(directory->dispatch_keys, ds_key_public(self->records));
  directory->copies = 2;
  g_ptr_array_add(directory->places, g_strdup("archive-1"));
  g_ptr_array_add(directory->places, g_strdup("archive-2"));
  directory->root = ds_key_public(self->root);
  list_unit(self, enrolment);
  self->directory_bytes = ds_directory_sign(directory, self->root, &error);
  g_assert_no_error(error);
  self->fingerprint = ds_enrol_root_fingerprint(self->root);
  return self;
}

void
test_station_free(TestStation *self)
{
  if (self == NULL)
    return;
  ds_key_unref(self->root);
  ds_key_unref(self->intake);
  ds_key_unref(self->records);
  ds_key_unref(self->recovery);
  ds_key_unref(self->unit_key);
  ds_directory_free(self->directory);
  g_bytes_unref(self->directory_bytes);
  g_free(self->fingerprint);
  g_free(self);
}

static gboolean
put_chunk(GBytes *chunk, const DsDigest *sha256, guint index, gpointer message, GError **error)
{
  char hex[DS_DIGEST_HEX_SIZE];

  return ds_inbox_message_put(message, ds_digest_to_hex(sha256, hex), chunk, error);
}

static void
add_roster(DsRecord *record, DsInboxMessage *message, const char *roster)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsChunkWriter) writer = ds_chunk_writer_new(put_chunk, message);

  g_assert_true(ds_chunk_writer_write(writer, roster, strlen(roster), &error));
  g_assert_true(ds_chunk_writer_finish(writer, &error));
  g_assert_no_error(error);
  DsDigest sha256 = ds_chunk_writer_sha256(writer);
  ds_record_add_part(record, "roster-1", "roster", "roster.json", "application/json",
                     ds_chunk_writer_key(writer), ds_chunk_writer_chunks(writer), &sha256,
                     ds_chunk_writer_length(writer));
}

char *
test_station_dispatch(TestStation *self, DsInbox *inbox, const char *unit, const char *trip,
                      const char *roster)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsRecord) record = ds_record_new();
  g_autoptr(DsManifest) manifest = ds_manifest_new();
  g_auto(DsSealed) sealed = {0};
  char *name = g_strdup_printf("%010" G_GUINT64_FORMAT "-dispatch", ++self->messages);
  g_autoptr(DsInboxMessage) message = ds_inbox_begin(inbox, name, &error);
  g_autoptr(GPtrArray) recipients = g_ptr_array_new();
  DsKey *const keys[] = {self->records};
  const DsRole roles[] = {DS_ROLE_STATION};

  g_assert_no_error(error);
  ds_record_set_field(record, "trip.id", trip);
  ds_record_set_field(record, "trip.name", "晴川路小学");
  ds_record_set_field(record, "trip.day", "2026-09-01");
  ds_record_set_field(record, "trip.jurisdiction",
                      self->jurisdiction != NULL ? self->jurisdiction : "jiangxi");
  ds_record_set_field(record, "trip.region", self->region != NULL ? self->region : "360111");
  if (self->police_station != NULL)
    ds_record_set_field(record, "trip.police-station", self->police_station);
  add_roster(record, message, roster);
  manifest->unit = g_strdup(unit);
  manifest->seq = ++self->dispatches;
  manifest->has_prev = manifest->seq > 1;
  manifest->prev = self->last_dispatch;
  manifest->kind = DS_BUNDLE_DISPATCH;
  manifest->directory_version = self->directory->version;
  manifest->time = ds_clock_now();
  g_ptr_array_add(recipients, self->unit_key);
  g_assert_true(ds_seal(manifest, record, recipients, keys, roles, 1, &sealed, &error));
  g_assert_no_error(error);
  self->last_dispatch = sealed.id;
  g_assert_true(ds_inbox_message_put(message, "manifest", sealed.manifest, &error));
  g_assert_true(ds_inbox_message_put(message, "record", sealed.record, &error));
  g_assert_true(ds_inbox_message_commit(message, &error));
  return name;
}

GBytes *
test_station_statement(TestStation *self, DsKey *key, const char *unit, const DsDigest *bundle,
                       DsState state, const char *detail)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsStatement) statement = ds_statement_new();
  gboolean online = state == DS_STATE_RECEIVED || state == DS_STATE_QUARANTINED;

  statement->station = g_strdup(self->directory->station);
  statement->unit = g_strdup(unit);
  statement->seq = ++self->statements;
  statement->bundle = *bundle;
  statement->state = state;
  statement->station_us = ds_clock_now().wall_us;
  statement->directory_version = self->directory->version;
  if (detail != NULL) {
    g_auto(GStrv) lines = g_strsplit(detail, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
      g_auto(GStrv) pair = g_strsplit(lines[i], "=", 2);
      ds_statement_set_detail(statement, pair[0], pair[1]);
    }
  }
  if (key == NULL)
    key = online ? self->intake : self->records;
  GBytes *bytes = ds_statement_sign(statement, self->unit_key, key, &error);
  g_assert_no_error(error);
  return bytes;
}

void
test_station_send(TestStation *self, DsInbox *inbox, GBytes *const *statements, guint count)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *name = g_strdup_printf("%010" G_GUINT64_FORMAT "-statements", ++self->messages);
  g_autoptr(DsInboxMessage) message = ds_inbox_begin(inbox, name, &error);

  g_assert_no_error(error);
  for (guint i = 0; i < count; i++) {
    g_autofree char *file = g_strdup_printf("%010u", i + 1);
    g_assert_true(ds_inbox_message_put(message, file, statements[i], &error));
  }
  g_assert_true(ds_inbox_message_commit(message, &error));
}
