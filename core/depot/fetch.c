/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "depot/fetch.h"

#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "depot/pktline.h"
#include "depot/quarantine.h"
#include "depot/shape.h"

static guint64
outbox_max(const char *name, gconstpointer user_data)
{
  const DsOutboxRef *ref = user_data;

  return ds_depot_outbox_entry_max(ref->kind, name);
}

static gboolean
ask(DsLink *link, const DsAdvert *advert, const GArray *wants, GError **error)
{
  g_autoptr(GByteArray) out = g_byte_array_new();
  g_autoptr(GHashTable) asked =
      g_hash_table_new_full(ds_object_id_hash, ds_object_id_equal_p, g_free, NULL);
  char name[DS_DEPOT_REF_SIZE], hex[DS_OBJECT_HEX_SIZE];

  for (guint i = 0; i < wants->len; i++) {
    DsObjectId id;
    ds_depot_outbox_ref(&g_array_index(wants, DsOutboxRef, i), name);
    if (!ds_advert_lookup(advert, name, &id)) {
      g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "the station does not offer %s", name);
      return FALSE;
    }
    if (!g_hash_table_add(asked, g_memdup2(&id, sizeof id)))
      continue;
    ds_object_id_to_hex(&id, hex);
    if (out->len > 0)
      ds_pktline_append_text(out, "want %s\n", hex);
    else
      ds_pktline_append_text(out, "want %s%s%s agent=doorstep\n", hex,
                             ds_advert_can(advert, "no-progress") ? " no-progress" : "",
                             ds_advert_can(advert, "object-format") ? " object-format=sha1" : "");
  }
  ds_pktline_append_flush(out);
  ds_pktline_append_text(out, "done\n");
  return ds_link_write(link, out->data, out->len, error);
}

static gboolean
await_pack(DsLink *link, GError **error)
{
  g_autoptr(GByteArray) line = g_byte_array_new();
  DsPktlineKind kind = ds_pktline_read(link, line, error);

  if (kind == DS_PKTLINE_ERROR)
    return FALSE;
  if (kind == DS_PKTLINE_DATA && strcmp((const char *)line->data, "NAK") == 0)
    return TRUE;
  g_autofree char *words =
      ds_pktline_printable(kind == DS_PKTLINE_DATA ? (const char *)line->data : "", -1);
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
              "the station answers \"%s\" where git says NAK; is this a git server?", words);
  return FALSE;
}

/* What a message of this kind cannot be without, and how much it may unpack to: one blob named
 * four thousand times is small in a pack. */
static gboolean
check_message(const DsOutboxRef *ref, const GArray *entries, GError **error)
{
  guint64 total = 0;

  for (guint i = 0; i < entries->len; i++)
    total += g_array_index(entries, DsRepoEntry, i).size;
  if (total > DS_FETCH_MESSAGE_MAX) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
                "%" G_GUINT64_FORMAT " bytes in one message; at most %" G_GUINT64_FORMAT
                " are taken",
                total, DS_FETCH_MESSAGE_MAX);
    return FALSE;
  }
  if (ref->kind == DS_OUTBOX_DIRECTORY)
    return ds_shape_need(entries, "directory", error);
  if (ref->kind == DS_OUTBOX_DISPATCH)
    return ds_shape_need(entries, "manifest", error) && ds_shape_need(entries, "record", error);
  if (entries->len > 0 && entries->len <= DS_DEPOT_STATEMENTS_MAX)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%u statements in one message; 1 to %u are taken",
              entries->len, DS_DEPOT_STATEMENTS_MAX);
  return FALSE;
}

/* @bad says whether an error is the message's own fault, so that the others still go on. */
static gboolean
give(git_odb *odb, const DsOutboxRef *ref, const GArray *entries, const DsFetchSink *sink,
     gpointer user_data, gboolean *bad, GError **error)
{
  if (!sink->begin(ref, user_data, error))
    return FALSE;
  for (guint i = 0; i < entries->len; i++) {
    const DsRepoEntry *entry = &g_array_index(entries, DsRepoEntry, i);
    g_autoptr(GBytes) bytes = ds_shape_read(odb, entry, error);
    *bad = bytes == NULL;
    if (bytes == NULL || !sink->entry(ref, entry->name, bytes, user_data, error)) {
      sink->abort(ref, user_data);
      return FALSE;
    }
  }
  return sink->commit(ref, user_data, error);
}

static gboolean
take_message(git_odb *odb, const DsAdvert *advert, const DsOutboxRef *ref, const DsFetchSink *sink,
             gpointer user_data, gboolean *bad, GError **error)
{
  char name[DS_DEPOT_REF_SIZE];
  DsObjectId commit;

  *bad = TRUE;
  ds_depot_outbox_ref(ref, name);
  if (!ds_advert_lookup(advert, name, &commit)) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "the station does not offer %s", name);
    return FALSE;
  }
  g_autoptr(GArray) entries =
      ds_shape_open(odb, &commit, name + strlen(DS_DEPOT_OUTBOX), outbox_max, ref, error);
  if (entries == NULL || !check_message(ref, entries, error)) {
    g_prefix_error(error, "%s: ", name);
    return FALSE;
  }
  *bad = FALSE;
  return give(odb, ref, entries, sink, user_data, bad, error);
}

gboolean
ds_fetch_outbox(DsLink *link, const DsAdvert *advert, const GArray *wants, const char *work,
                const DsFetchLimits *limits, const DsFetchSink *sink, gpointer user_data,
                GArray *taken, GHashTable *refused, GError **error)
{
  static const DsFetchLimits no_limits = {0};
  git_odb *odb;

  if (wants->len == 0)
    return ds_fetch_nothing(link, error);
  g_autoptr(DsQuarantine) quarantine = ds_quarantine_new(work, error);
  if (quarantine == NULL || !ask(link, advert, wants, error) || !await_pack(link, error) ||
      !ds_quarantine_take(quarantine, link, limits != NULL ? limits : &no_limits, error))
    return FALSE;
  odb = ds_quarantine_odb(quarantine, error);
  if (odb == NULL)
    return FALSE;

  for (guint i = 0; i < wants->len; i++) {
    const DsOutboxRef *ref = &g_array_index(wants, DsOutboxRef, i);
    g_autoptr(GError) local = NULL;
    gboolean bad = FALSE;

    if (take_message(odb, advert, ref, sink, user_data, &bad, &local)) {
      g_array_append_val(taken, *ref);
      continue;
    }
    /* what the sink finds wrong with the bytes is the message's fault too */
    bad |= g_error_matches(local, DS_ERROR, DS_ERROR_EXISTS) ||
           g_error_matches(local, DS_ERROR, DS_ERROR_INVALID);
    if (!bad) {
      g_propagate_error(error, g_steal_pointer(&local));
      return FALSE;
    }
    if (refused != NULL)
      g_hash_table_replace(refused, g_memdup2(&ref->seq, sizeof ref->seq),
                           g_strdup(local->message));
  }
  return TRUE;
}

gboolean
ds_fetch_nothing(DsLink *link, GError **error)
{
  if (!ds_link_write(link, "0000", 4, error))
    return FALSE;
  ds_link_close_write(link);
  return TRUE;
}

gboolean
ds_fetch_sweep(const char *work, GError **error)
{
  g_autoptr(GPtrArray) names = ds_files_list(work, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    g_autofree char *path = g_build_filename(work, name, NULL);
    if (g_str_has_prefix(name, DS_QUARANTINE_PREFIX) && !ds_files_remove_tree(path, error))
      return FALSE;
  }
  return TRUE;
}
