/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/dispatch.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "bundle/seal.h"
#include "model/cbor.h"
#include "policy/pack.h"
#include "station/say.h"
#include "station/sent.h"
#include "station/statements.h"
#include "station/station-private.h"

#define PLACE_NAME_MAX 300

/* Everything that travels, while it is put together. */
typedef struct {
  DsRecord *record;
  GPtrArray *names;    /* char *: chunk digests, then "manifest" and "record" */
  GPtrArray *contents; /* GBytes */
} Parcel;

static void
parcel_clear(Parcel *self)
{
  g_clear_pointer(&self->record, ds_record_free);
  g_clear_pointer(&self->names, g_ptr_array_unref);
  g_clear_pointer(&self->contents, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Parcel, parcel_clear)

static void
parcel_init(Parcel *self)
{
  self->record = ds_record_new();
  self->names = g_ptr_array_new_with_free_func(g_free);
  self->contents = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
}

static void
parcel_put(Parcel *self, const char *name, GBytes *bytes)
{
  g_ptr_array_add(self->names, g_strdup(name));
  g_ptr_array_add(self->contents, g_bytes_ref(bytes));
}

static gboolean
keep_chunk(GBytes *chunk, const DsDigest *sha256, guint index, gpointer data, GError **error)
{
  char hex[DS_DIGEST_HEX_SIZE];

  parcel_put(data, ds_digest_to_hex(sha256, hex), chunk);
  return TRUE;
}

/* Encrypts @bytes as part @slot-@index of the parcel. */
static gboolean
add_part(Parcel *self, const char *slot, const char *kind, GBytes *bytes, GError **error)
{
  g_autoptr(DsChunkWriter) writer = ds_chunk_writer_new(keep_chunk, self);
  g_autofree char *id = g_strdup_printf("%s-%u", slot, self->record->parts->len + 1);

  if (!ds_chunk_writer_write(writer, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes),
                             error) ||
      !ds_chunk_writer_finish(writer, error))
    return FALSE;
  DsDigest sha256 = ds_chunk_writer_sha256(writer);
  ds_record_add_part(self->record, id, slot, kind, "application/json", ds_chunk_writer_key(writer),
                     ds_chunk_writer_chunks(writer), &sha256, ds_chunk_writer_length(writer));
  return TRUE;
}

/* All *.json of one folder of schemas, in order of name. */
static gboolean
add_folder(Parcel *self, const char *schemas, const char *folder, const char *slot, GError **error)
{
  g_autofree char *dir = g_build_filename(schemas, folder, NULL);
  g_autoptr(GPtrArray) names = ds_files_list(dir, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    if (!g_str_has_suffix(name, ".json") || g_str_has_suffix(name, ".schema.json"))
      continue;
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autoptr(GBytes) bytes = ds_files_read(path, DS_PART_MAX, error);
    g_autofree char *kind = g_strndup(name, strlen(name) - strlen(".json"));
    if (bytes == NULL || !add_part(self, slot, kind, bytes, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
region_valid(const char *region)
{
  return region != NULL && strlen(region) == 6 && strspn(region, "0123456789") == 6;
}

/* The officers' numbers separated by spaces, all of them known and not revoked. (transfer full) */
static char *
officer_list(const DsStation *self, const DsDispatchOrder *order, GError **error)
{
  g_autoptr(GString) list = g_string_new(NULL);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

  for (guint i = 0; order->officers != NULL && order->officers[i] != NULL; i++) {
    const DsOfficerEntry *entry = ds_directory_find_officer(self->directory, order->officers[i]);
    if (entry == NULL || entry->revoked_us != 0) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "officer \"%.64s\" is %s", order->officers[i],
                  entry == NULL ? "not in the directory" : "revoked");
      return NULL;
    }
    if (g_hash_table_add(seen, entry->number))
      g_string_append_printf(list, "%s%s", list->len > 0 ? " " : "", entry->number);
  }
  for (guint i = 0; order->officers == NULL && i < self->directory->officers->len; i++) {
    const DsOfficerEntry *entry = self->directory->officers->pdata[i];
    if (entry->revoked_us == 0 && g_hash_table_add(seen, entry->number))
      g_string_append_printf(list, "%s%s", list->len > 0 ? " " : "", entry->number);
  }
  return g_string_free(g_steal_pointer(&list), FALSE);
}

/* A name that the tables or the unit do not know would decide between neighbours, wrongly. */
static gboolean
check_place(DsPolicy *policy, const DsDispatchOrder *order, GError **error)
{
  const char *station = order->police_station, *bureau = order->police_bureau;

  if (station != NULL &&
      (*station == '\0' || strlen(station) > PLACE_NAME_MAX || strpbrk(station, "\n\r\t") != NULL ||
       ds_cbor_text_problem(station) != NULL)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "the police station's name must be 1 to %d bytes of UTF-8 on one line",
                PLACE_NAME_MAX);
    return FALSE;
  }
  if (bureau == NULL || ds_tables_police_unit_name(ds_policy_tables(policy), bureau) != NULL)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
              "police bureau \"%.64s\" is no id of tables/police-units; leave it out where the "
              "region alone tells the bureau",
              bureau);
  return FALSE;
}

/* The rules must load here before they are sent where nobody can mend them. */
static gboolean
check_order(DsStation *self, const DsDispatchOrder *order, GError **error)
{
  const DsUnitEntry *unit = ds_directory_find_unit(self->directory, order->unit);

  if (unit == NULL || unit->revoked_us != 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "unit \"%.64s\" is %s", order->unit,
                unit == NULL ? "not in the directory: enrol it first" : "revoked");
    return FALSE;
  }
  if (order->trip_name == NULL || *order->trip_name == '\0' || !g_date_valid(&order->trip_day) ||
      order->jurisdiction == NULL || !region_valid(order->region)) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        "a trip needs a name, a day, a jurisdiction and a region of six digits");
    return FALSE;
  }
  g_autoptr(DsPolicy) policy = ds_policy_load(order->schemas, error);
  if (policy == NULL)
    return FALSE;
  g_autoptr(DsPack) pack =
      ds_policy_pack_for(policy, order->jurisdiction, NULL, &order->trip_day, error);
  return pack != NULL && check_place(policy, order, error);
}

static char *
make_trip_id(const DsDispatchOrder *order)
{
  guint32 tail;

  if (order->trip_id != NULL)
    return g_strdup(order->trip_id);
  g_autofree char *day = ds_date_format(&order->trip_day);
  ds_random_bytes(&tail, sizeof tail);
  return g_strdup_printf("%s-%06x", day, tail & 0xffffff);
}

static gboolean
fill_parcel(DsStation *self, Parcel *parcel, const DsDispatchOrder *order, const char *trip_id,
            GError **error)
{
  g_autofree char *officers = officer_list(self, order, error);
  g_autofree char *day = ds_date_format(&order->trip_day);

  if (officers == NULL)
    return FALSE;
  ds_record_set_field(parcel->record, "trip.id", trip_id);
  ds_record_set_field(parcel->record, "trip.name", order->trip_name);
  ds_record_set_field(parcel->record, "trip.day", day);
  ds_record_set_field(parcel->record, "trip.jurisdiction", order->jurisdiction);
  ds_record_set_field(parcel->record, "trip.region", order->region);
  if (order->police_station != NULL)
    ds_record_set_field(parcel->record, "trip.police-station", order->police_station);
  if (order->police_bureau != NULL)
    ds_record_set_field(parcel->record, "trip.police-bureau", order->police_bureau);
  ds_record_set_field(parcel->record, "officers", officers);
  if (order->roster != NULL) {
    g_autoptr(GBytes) roster = ds_roster_to_json(order->roster);
    if (!add_part(parcel, "roster", "roster", roster, error))
      return FALSE;
  }
  return add_folder(parcel, order->schemas, "jurisdictions", "pack", error) &&
         add_folder(parcel, order->schemas, "services", "service", error) &&
         add_folder(parcel, order->schemas, "tables", "table", error);
}

/* The place of the next dispatch in the row of this unit's dispatches. */
static gboolean
next_in_row(DsStation *self, const char *unit, DsManifest *manifest, GError **error)
{
  g_autoptr(DsDbRows) rows = NULL;

  if (!ds_station_know_unit(self, unit, error))
    return FALSE;
  rows = ds_db_query(self->ledger, error,
                     "SELECT next_dispatch, last_dispatch FROM unit WHERE id = ?", "t", unit);
  if (rows == NULL || ds_db_rows_next(rows, error) != DS_DB_ROW)
    return FALSE;
  manifest->seq = (guint64)ds_db_rows_int(rows, 0);
  manifest->has_prev = ds_db_rows_digest(rows, 1, &manifest->prev);
  return TRUE;
}

static gboolean
seal_parcel(DsStation *self, Parcel *parcel, DsManifest *manifest, DsSealed *sealed, GError **error)
{
  const DsUnitEntry *unit = ds_directory_find_unit(self->directory, manifest->unit);
  g_autoptr(GPtrArray) recipients = g_ptr_array_new();
  DsKey *keys[] = {self->keys->records};
  const DsRole roles[] = {DS_ROLE_STATION};

  g_ptr_array_add(recipients, unit->encrypt);
  if (!ds_seal(manifest, parcel->record, recipients, keys, roles, 1, sealed, error))
    return FALSE;
  parcel_put(parcel, "manifest", sealed->manifest);
  parcel_put(parcel, "record", sealed->record);
  return TRUE;
}

static gboolean
send_parcel(DsStation *self, Parcel *parcel, const char *unit, GError **error)
{
  g_autoptr(DsManifest) manifest = ds_manifest_new();
  g_auto(DsSealed) sealed = {0};
  g_autoptr(DsDbTransaction) transaction = ds_db_begin(self->ledger, error);

  if (transaction == NULL || !next_in_row(self, unit, manifest, error))
    return FALSE;
  manifest->unit = g_strdup(unit);
  manifest->kind = DS_BUNDLE_DISPATCH;
  manifest->directory_version = self->directory->version;
  manifest->time = ds_clock_now();
  manifest->station_us = manifest->time.wall_us;
  if (!seal_parcel(self, parcel, manifest, &sealed, error))
    return FALSE;
  return ds_station_enqueue(self, unit, DS_OUTBOX_DISPATCH, parcel->names, parcel->contents,
                            error) &&
         ds_db_run(self->ledger, error,
                   "UPDATE unit SET next_dispatch = next_dispatch + 1, last_dispatch = ?"
                   " WHERE id = ?",
                   "dt", &sealed.id, unit) &&
         ds_db_commit(g_steal_pointer(&transaction), error);
}

char *
ds_station_dispatch(DsStation *self, const DsDispatchOrder *order, GError **error)
{
  g_auto(Parcel) parcel = {0};
  guint published = 0;

  if (!ds_station_require_unlocked(self, "dispatching", error) || !check_order(self, order, error))
    return NULL;
  parcel_init(&parcel);
  g_autofree char *trip_id = make_trip_id(order);
  if (!fill_parcel(self, &parcel, order, trip_id, error) ||
      !ds_sent_keep(self, order, trip_id, error) ||
      !send_parcel(self, &parcel, order->unit, error) ||
      !ds_station_publish(self, &published, error))
    return NULL;
  return g_steal_pointer(&trip_id);
}
