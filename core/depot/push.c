/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "depot/push.h"

#include <string.h>

#include "base/error.h"
#include "depot/pack.h"
#include "depot/pktline.h"

#define ZERO_ID "0000000000000000000000000000000000000000"
/* a station indexes at least this fast; a report that takes longer will not come */
#define UNPACK_BYTES_PER_SECOND (2 * 1024 * 1024)

/* What is known of one bundle before the first byte goes. */
typedef struct {
  DsDepotSource *source;
  DsPushReport *report;
  GArray *blobs; /* DsObjectId, in order of the entries */
  GBytes *tree;
  GBytes *commit;
  DsObjectId tree_id, commit_id;
} Plan;

static void
plan_free(gpointer data)
{
  Plan *plan = data;

  g_array_unref(plan->blobs);
  g_clear_pointer(&plan->tree, g_bytes_unref);
  g_clear_pointer(&plan->commit, g_bytes_unref);
  g_free(plan);
}

void
ds_push_report_free(DsPushReport *self)
{
  if (self == NULL)
    return;
  g_free(self->reason);
  g_free(self);
}

static void
report_set(DsPushReport *report, DsPushOutcome outcome, const char *reason)
{
  report->outcome = outcome;
  g_free(report->reason);
  report->reason = reason != NULL ? ds_pktline_printable(reason, -1) : NULL;
}

/* First reading: names everything, keeps nothing but names. */
static Plan *
plan_new(DsDepotSource *source, DsPushReport *report, GError **error)
{
  g_autoptr(GByteArray) tree = g_byte_array_new();
  g_autoptr(GArray) blobs = g_array_new(FALSE, FALSE, sizeof(DsObjectId));
  char hex[DS_DIGEST_HEX_SIZE];

  for (guint i = 0; i < source->entries->len; i++) {
    const DsDepotEntry *entry = &g_array_index(source->entries, DsDepotEntry, i);
    g_autoptr(GBytes) bytes = ds_depot_source_read(source, entry, error);
    gsize size;
    if (bytes == NULL)
      return NULL;
    const void *data = g_bytes_get_data(bytes, &size);
    DsObjectId id = ds_object_id_of(DS_OBJECT_BLOB, data, size);
    g_array_append_val(blobs, id);
    ds_object_tree_append(tree, entry->name, &id);
  }

  Plan *plan = g_new0(Plan, 1);
  plan->source = source;
  plan->report = report;
  plan->blobs = g_steal_pointer(&blobs);
  plan->tree_id = ds_object_id_of(DS_OBJECT_TREE, tree->data, tree->len);
  plan->tree = g_byte_array_free_to_bytes(g_steal_pointer(&tree));
  plan->commit = ds_object_commit(&plan->tree_id, ds_digest_to_hex(&source->id, hex));
  gsize size;
  const void *data = g_bytes_get_data(plan->commit, &size);
  plan->commit_id = ds_object_id_of(DS_OBJECT_COMMIT, data, size);
  return plan;
}

static GPtrArray *
make_plans(const DsAdvert *advert, GPtrArray *sources, GPtrArray *reports)
{
  GPtrArray *plans = g_ptr_array_new_with_free_func(plan_free);

  for (guint i = 0; i < sources->len; i++) {
    DsDepotSource *source = g_ptr_array_index(sources, i);
    DsPushReport *report = g_ptr_array_index(reports, i);
    g_autoptr(GError) local = NULL;

    if (ds_advert_has_bundle(advert, &source->id)) {
      report_set(report, DS_PUSH_ALREADY, NULL);
      continue;
    }
    Plan *plan = plan_new(source, report, &local);
    if (plan != NULL)
      g_ptr_array_add(plans, plan);
    else
      report_set(report, DS_PUSH_UNREADABLE, local->message);
  }
  return plans;
}

/* Capabilities ride behind a NUL on the first command. */
static void
append_command(GByteArray *out, const char *old_id, const char *new_id, const char *ref,
               const DsAdvert *advert, gboolean first)
{
  g_autoptr(GString) line = g_string_new(NULL);

  g_string_printf(line, "%s %s %s", old_id, new_id, ref);
  if (first) {
    g_string_append_c(line, '\0');
    g_string_append(line, " report-status agent=doorstep");
    if (ds_advert_can(advert, "object-format"))
      g_string_append(line, " object-format=sha1");
  }
  ds_pktline_append(out, line->str, line->len);
}

static gboolean
need_capability(const DsAdvert *advert, const char *capability, GError **error)
{
  if (ds_advert_can(advert, capability))
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED,
              "the station's git does not offer %s; it needs git 1.7 or later", capability);
  return FALSE;
}

/* One object a pack: index-pack --strict refuses a pack that holds an object twice. */
static gboolean
is_new(GHashTable *seen, const DsObjectId *id)
{
  return g_hash_table_add(seen, g_memdup2(id, sizeof *id));
}

static guint32
count_objects(GPtrArray *plans)
{
  g_autoptr(GHashTable) seen =
      g_hash_table_new_full(ds_object_id_hash, ds_object_id_equal_p, g_free, NULL);

  for (guint i = 0; i < plans->len; i++) {
    Plan *plan = g_ptr_array_index(plans, i);
    is_new(seen, &plan->tree_id);
    is_new(seen, &plan->commit_id);
    for (guint j = 0; j < plan->blobs->len; j++)
      is_new(seen, &g_array_index(plan->blobs, DsObjectId, j));
  }
  return g_hash_table_size(seen);
}

static gboolean
send_blob(DsPackWriter *writer, Plan *plan, guint index, GError **error)
{
  const DsDepotEntry *entry = &g_array_index(plan->source->entries, DsDepotEntry, index);
  g_autoptr(GBytes) bytes = ds_depot_source_read(plan->source, entry, error);
  gsize size;

  if (bytes == NULL)
    return FALSE;
  const void *data = g_bytes_get_data(bytes, &size);
  DsObjectId id = ds_object_id_of(DS_OBJECT_BLOB, data, size);
  if (!ds_object_id_equal(&id, &g_array_index(plan->blobs, DsObjectId, index))) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "entry %s changed while it was being sent; nothing of this batch counts",
                entry->name);
    return FALSE;
  }
  return ds_pack_writer_add(writer, DS_OBJECT_BLOB, data, size, error);
}

static gboolean
send_plan(DsPackWriter *writer, Plan *plan, GHashTable *seen, GError **error)
{
  gsize size;
  const void *data;

  for (guint i = 0; i < plan->blobs->len; i++)
    if (is_new(seen, &g_array_index(plan->blobs, DsObjectId, i)) &&
        !send_blob(writer, plan, i, error))
      return FALSE;
  data = g_bytes_get_data(plan->tree, &size);
  if (is_new(seen, &plan->tree_id) &&
      !ds_pack_writer_add(writer, DS_OBJECT_TREE, data, size, error))
    return FALSE;
  data = g_bytes_get_data(plan->commit, &size);
  return !is_new(seen, &plan->commit_id) ||
         ds_pack_writer_add(writer, DS_OBJECT_COMMIT, data, size, error);
}

static gboolean
send_pack(DsLink *link, GPtrArray *plans, GError **error)
{
  g_autoptr(GHashTable) seen =
      g_hash_table_new_full(ds_object_id_hash, ds_object_id_equal_p, g_free, NULL);
  g_autoptr(DsPackWriter) writer = ds_pack_writer_new(link, count_objects(plans), error);

  if (writer == NULL)
    return FALSE;
  for (guint i = 0; i < plans->len; i++)
    if (!send_plan(writer, g_ptr_array_index(plans, i), seen, error))
      return FALSE;
  return ds_pack_writer_finish(writer, error);
}

/* One status line; @reports maps full ref names to DsPushReport. */
static gboolean
take_status(const char *line, GHashTable *reports, GError **error)
{
  gboolean good = g_str_has_prefix(line, "ok ");
  g_auto(GStrv) words = g_strsplit(line, " ", good ? 2 : 3);
  DsPushReport *report = g_strv_length(words) >= 2 ? g_hash_table_lookup(reports, words[1]) : NULL;

  if ((!good && !g_str_has_prefix(line, "ng ")) || report == NULL ||
      report->outcome != DS_PUSH_NOT_SENT) {
    g_autofree char *shown = ds_pktline_printable(line, -1);
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "the server's report says \"%s\", which answers nothing we asked", shown);
    return FALSE;
  }
  if (good)
    report_set(report, DS_PUSH_HANDED_OVER, NULL);
  else
    report_set(report, DS_PUSH_REFUSED, words[2] != NULL ? words[2] : "no reason given");
  return TRUE;
}

static void
refuse_all(GHashTable *reports, const char *reason)
{
  GHashTableIter iter;
  gpointer report;

  g_hash_table_iter_init(&iter, reports);
  while (g_hash_table_iter_next(&iter, NULL, &report))
    report_set(report, DS_PUSH_REFUSED, reason);
}

/* "unpack ok", then one line a ref, then a flush. Nothing is marked handed over before the flush
 * was seen: a report cut in the middle is no report. */
static gboolean
read_report(DsLink *link, GHashTable *reports, GError **error)
{
  g_autoptr(GByteArray) line = g_byte_array_new();
  g_autofree char *unpack = NULL;
  DsPktlineKind kind;

  if (ds_pktline_read(link, line, error) != DS_PKTLINE_DATA ||
      !g_str_has_prefix((const char *)line->data, "unpack ")) {
    if (error != NULL && *error == NULL)
      g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                          "the server's report does not begin with unpack");
    return FALSE;
  }
  unpack = g_strdup((const char *)line->data + strlen("unpack "));
  while ((kind = ds_pktline_read(link, line, error)) == DS_PKTLINE_DATA)
    if (!take_status((const char *)line->data, reports, error))
      return FALSE;
  if (kind == DS_PKTLINE_ERROR)
    return FALSE;
  if (strcmp(unpack, "ok") != 0)
    refuse_all(reports, unpack);
  return TRUE;
}

static void
forget_statuses(GHashTable *reports)
{
  GHashTableIter iter;
  gpointer report;

  g_hash_table_iter_init(&iter, reports);
  while (g_hash_table_iter_next(&iter, NULL, &report))
    report_set(report, DS_PUSH_NOT_SENT, NULL);
}

/* TRUE when every ref of @reports has its status. */
static gboolean
is_complete(GHashTable *reports, GError **error)
{
  GHashTableIter iter;
  gpointer ref, report;

  g_hash_table_iter_init(&iter, reports);
  while (g_hash_table_iter_next(&iter, &ref, &report)) {
    if (((DsPushReport *)report)->outcome == DS_PUSH_NOT_SENT) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "the server's report says nothing about %s",
                  (const char *)ref);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
is_refused(GHashTable *reports)
{
  GHashTableIter iter;
  gpointer report;

  g_hash_table_iter_init(&iter, reports);
  while (g_hash_table_iter_next(&iter, NULL, &report))
    if (((DsPushReport *)report)->outcome != DS_PUSH_REFUSED)
      return FALSE;
  return TRUE;
}

static guint
unpack_seconds(GPtrArray *plans)
{
  guint64 bytes = 0;

  for (guint i = 0; plans != NULL && i < plans->len; i++)
    bytes += ((Plan *)g_ptr_array_index(plans, i))->source->size;
  return (guint)(bytes / UNPACK_BYTES_PER_SECOND);
}

static gboolean
converse(DsLink *link, GByteArray *commands, GPtrArray *plans, GHashTable *reports, GError **error)
{
  g_autoptr(GError) early = NULL, late = NULL;
  gboolean sent = ds_link_write(link, commands->data, commands->len, &early) &&
                  (plans == NULL || send_pack(link, plans, &early));

  if (!sent && !g_error_matches(early, DS_ERROR, DS_ERROR_RETRY)) {
    g_propagate_error(error, g_steal_pointer(&early));
    return FALSE;
  }
  if (sent) {
    ds_link_close_write(link);
    ds_link_add_patience(link, unpack_seconds(plans));
  }
  /* a server that stops listening may have said why; it cannot have taken what was not sent */
  if (read_report(link, reports, &late) && is_complete(reports, &late) &&
      (sent || is_refused(reports)))
    return TRUE;
  forget_statuses(reports);
  if (sent)
    g_propagate_error(error, g_steal_pointer(&late));
  else
    g_propagate_error(error, g_steal_pointer(&early));
  return FALSE;
}

gboolean
ds_push_bundles(DsLink *link, const DsAdvert *advert, GPtrArray *sources, GPtrArray **reports,
                GError **error)
{
  g_autoptr(GByteArray) commands = g_byte_array_new();
  g_autoptr(GHashTable) by_ref = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  char ref[DS_DEPOT_REF_SIZE], hex[DS_OBJECT_HEX_SIZE];

  *reports = g_ptr_array_new_with_free_func((GDestroyNotify)ds_push_report_free);
  for (guint i = 0; i < sources->len; i++)
    g_ptr_array_add(*reports, g_new0(DsPushReport, 1));
  if (!need_capability(advert, "report-status", error))
    return FALSE;
  g_autoptr(GPtrArray) plans = make_plans(advert, sources, *reports);
  if (plans->len == 0)
    return ds_push_nothing(link, error);

  for (guint i = 0; i < plans->len; i++) {
    Plan *plan = g_ptr_array_index(plans, i);
    ds_depot_bundle_ref(&plan->source->id, ref);
    if (g_hash_table_contains(by_ref, ref)) {
      report_set(plan->report, DS_PUSH_ALREADY, NULL);
      continue;
    }
    append_command(commands, ZERO_ID, ds_object_id_to_hex(&plan->commit_id, hex), ref, advert,
                   i == 0);
    g_hash_table_insert(by_ref, g_strdup(ref), plan->report);
  }
  ds_pktline_append_flush(commands);
  return converse(link, commands, plans, by_ref, error);
}

gboolean
ds_push_delete(DsLink *link, const DsAdvert *advert, const char *const *refs, GError **error)
{
  g_autoptr(GByteArray) commands = g_byte_array_new();
  g_autoptr(GHashTable) by_ref =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)ds_push_report_free);
  GHashTableIter iter;
  gpointer ref, report;

  if (!need_capability(advert, "report-status", error) ||
      !need_capability(advert, "delete-refs", error))
    return FALSE;
  for (; *refs != NULL; refs++) {
    char hex[DS_OBJECT_HEX_SIZE];
    DsObjectId id;
    if (g_hash_table_contains(by_ref, *refs) || !ds_advert_lookup(advert, *refs, &id))
      continue;
    append_command(commands, ds_object_id_to_hex(&id, hex), ZERO_ID, *refs, advert,
                   commands->len == 0);
    g_hash_table_insert(by_ref, g_strdup(*refs), g_new0(DsPushReport, 1));
  }
  if (commands->len == 0)
    return ds_push_nothing(link, error);
  ds_pktline_append_flush(commands);
  if (!converse(link, commands, NULL, by_ref, error))
    return FALSE;
  g_hash_table_iter_init(&iter, by_ref);
  while (g_hash_table_iter_next(&iter, &ref, &report)) {
    const DsPushReport *said = report;
    if (said->outcome != DS_PUSH_HANDED_OVER) {
      g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "the station keeps %s: %s", (const char *)ref,
                  said->reason);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
ds_push_nothing(DsLink *link, GError **error)
{
  if (!ds_link_write(link, "0000", 4, error))
    return FALSE;
  ds_link_close_write(link);
  return TRUE;
}
