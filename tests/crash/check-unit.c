/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens units that a power cut left behind, as the product does, and says what is in them.
 *
 *   check-unit PASSPHRASE-FILE OFFICER < folders, one a line; with '+' before it rules and plugins
 * too
 *
 * One JSON object a line: "wrong", what may never be; "state", what an officer would see; "ms", how
 * long opening took. The folder is changed: opening finishes what was interrupted. */
#include <stdio.h>
#include <string.h>

#include <json-glib/json-glib.h>

#include "base/error.h"
#include "base/files.h"
#include "bundle/manifest.h"
#include "unit/case.h"
#include "unit/seal.h"
#include "unit/unit-private.h"
#include "unit/watch.h"
#include "vault/bundles.h"
#include "vault/case.h"
#include "vault/journal.h"
#include "vault/part.h"
#include "vault/setting.h"
#include "vault/statements.h"

typedef struct {
  DsUnit *unit;
  GPtrArray *wrong; /* sentences */
  JsonBuilder *state;
} Look;

static void complain(Look *look, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
complain(Look *look, const char *format, ...)
{
  va_list list;

  va_start(list, format);
  g_ptr_array_add(look->wrong, g_strdup_vprintf(format, list));
  va_end(list);
}

static void
say(Look *look, const char *name, const char *value)
{
  json_builder_set_member_name(look->state, name);
  json_builder_add_string_value(look->state, value != NULL ? value : "");
}

static void
say_number(Look *look, const char *name, gint64 value)
{
  json_builder_set_member_name(look->state, name);
  json_builder_add_int_value(look->state, value);
}

static gboolean
all_chunks(Look *look, const GArray *chunks, const char *of)
{
  gboolean all = TRUE;

  for (guint i = 0; chunks != NULL && i < chunks->len; i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = ds_store_read(ds_unit_store(look->unit),
                                            &g_array_index(chunks, DsVaultChunk, i).digest, &error);
    if (bytes == NULL) {
      complain(look, "%s: %s", of, error->message);
      all = FALSE;
    }
  }
  return all;
}

/* ---- cases ---- */

static void
look_at_fields(Look *look, const char *id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GHashTable) fields = ds_vault_case_fields(ds_unit_vault(look->unit), id, &error);

  json_builder_set_member_name(look->state, "fields");
  json_builder_begin_object(look->state);
  if (fields == NULL) {
    complain(look, "case %s: %s", id, error->message);
  } else {
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(fields), (GCompareFunc)strcmp);
    for (GList *name = names; name != NULL; name = name->next)
      say(look, name->data, g_hash_table_lookup(fields, name->data));
  }
  json_builder_end_object(look->state);
}

static void
look_at_parts(Look *look, const char *id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) parts = ds_vault_parts(ds_unit_vault(look->unit), id, FALSE, &error);

  json_builder_set_member_name(look->state, "parts");
  json_builder_begin_array(look->state);
  if (parts == NULL)
    complain(look, "case %s: %s", id, error->message);
  for (guint i = 0; parts != NULL && i < parts->len; i++) {
    const DsVaultPart *part = g_ptr_array_index(parts, i);
    json_builder_add_string_value(look->state, part->part->id);
    json_builder_add_string_value(look->state, part->part->sha256);
    if (part->key != NULL)
      all_chunks(look, part->chunks, part->part->id);
    else if (!part->carried)
      complain(look, "part %s has no key and no bundle", part->part->id);
  }
  json_builder_end_array(look->state);
}

static void
look_at_cases(Look *look)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) cases = ds_vault_cases(ds_unit_vault(look->unit), NULL, 0, 0, &error);

  json_builder_set_member_name(look->state, "cases");
  json_builder_begin_array(look->state);
  if (cases == NULL)
    complain(look, "cases: %s", error->message);
  for (guint i = 0; cases != NULL && i < cases->len; i++) {
    const DsVaultCase *one = g_ptr_array_index(cases, i);
    json_builder_begin_object(look->state);
    say(look, "case", one->id);
    say(look, "state", ds_case_state_word(one->state));
    say_number(look, "version", one->version);
    look_at_fields(look, one->id);
    look_at_parts(look, one->id);
    json_builder_end_object(look->state);
  }
  json_builder_end_array(look->state);
}

/* ---- bundles ---- */

static void
look_at_files(Look *look, const DsVaultBundle *bundle)
{
  const DsSpoolEntry entry = {.seq = bundle->seq, .id = bundle->id};
  g_autofree char *name = g_strdup_printf("bundle %" G_GUINT64_FORMAT, bundle->seq);
  g_autoptr(GError) error = NULL;
  DsSpool *spool = ds_unit_spool(look->unit);
  g_autoptr(GBytes) manifest = ds_spool_read_manifest(spool, &entry, &error);
  g_autoptr(GBytes) record = manifest != NULL ? ds_spool_read_record(spool, &entry, &error) : NULL;
  g_autoptr(DsManifest) parsed = record != NULL ? ds_manifest_parse(manifest, &error) : NULL;

  if (parsed == NULL) {
    complain(look, "%s: %s", name, error->message);
    return;
  }
  DsDigest sha256 = ds_digest_of_bytes(record);
  if (!ds_digest_equal(&sha256, &parsed->record))
    complain(look, "%s: its record is not the manifest's", name);
  for (guint i = 0; i < parsed->chunks->len; i++) {
    g_autoptr(GError) missing = NULL;
    const DsChunkRef *ref = &g_array_index(parsed->chunks, DsChunkRef, i);
    g_autoptr(GBytes) bytes = ds_store_read(ds_unit_store(look->unit), &ref->sha256, &missing);
    if (bytes == NULL)
      complain(look, "%s: %s", name, missing->message);
  }
}

static void
look_at_bundles(Look *look)
{
  g_autoptr(GError) error = NULL;
  DsVault *vault = ds_unit_vault(look->unit);
  g_autoptr(GArray) spooled = ds_spool_list(ds_unit_spool(look->unit), &error);
  guint here = 0;

  json_builder_set_member_name(look->state, "bundles");
  json_builder_begin_array(look->state);
  for (guint64 seq = 1;; seq++) {
    g_autoptr(GError) end = NULL;
    g_autoptr(DsVaultBundle) bundle = ds_vault_bundle_by_seq(vault, seq, &end);
    if (bundle == NULL)
      break;
    json_builder_begin_object(look->state);
    say(look, "case", bundle->case_id);
    say_number(look, "receipts", bundle->receipts);
    say_number(look, "pruned", bundle->pruned_us != 0);
    json_builder_end_object(look->state);
    const DsSpoolEntry entry = {.seq = bundle->seq, .id = bundle->id};
    if (bundle->pruned_us == 0) {
      here++;
      look_at_files(look, bundle);
    } else if (ds_spool_has(ds_unit_spool(look->unit), &entry)) {
      complain(look, "bundle %" G_GUINT64_FORMAT " is pruned and in the spool", seq);
    }
  }
  json_builder_end_array(look->state);
  if (spooled == NULL || spooled->len != here)
    complain(look, "%u bundles in the spool, the vault knows %u",
             spooled != NULL ? spooled->len : 0, here);
}

/* ---- messages ---- */

static void
look_at_inbox(Look *look)
{
  g_autoptr(GError) error = NULL;
  DsInbox *inbox = ds_unit_inbox(look->unit);
  g_autoptr(GPtrArray) names = ds_inbox_list(inbox, &error);
  guint64 seq = 0;

  json_builder_set_member_name(look->state, "inbox");
  json_builder_begin_object(look->state);
  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autoptr(GPtrArray) files = ds_inbox_files(inbox, names->pdata[i], &error);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    for (guint k = 0; files != NULL && k < files->len; k++) {
      g_autoptr(GBytes) bytes =
          ds_inbox_read(inbox, names->pdata[i], files->pdata[k], 16 << 20, &error);
      if (bytes == NULL)
        break;
      g_checksum_update(sum, (const guchar *)files->pdata[k], -1);
      g_checksum_update(sum, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes));
    }
    say(look, names->pdata[i], g_checksum_get_string(sum));
  }
  json_builder_end_object(look->state);
  if (error != NULL)
    complain(look, "inbox: %s", error->message);
  if (ds_vault_statement_seq(ds_unit_vault(look->unit), &seq, NULL))
    say_number(look, "statements", (gint64)seq);
}

/* ---- one unit ---- */

/* Life goes on: something is entered, and the journal still holds. */
static void
go_on(Look *look)
{
  g_autoptr(GError) error = NULL;
  DsVault *vault = ds_unit_vault(look->unit);

  if (!ds_vault_audit_verify(vault, NULL, &error) ||
      !ds_vault_log(vault, NULL, NULL, "after-the-cut", NULL, "unit", &error) ||
      !ds_vault_audit_verify(vault, NULL, &error))
    complain(look, "audit: %s", error->message);
}

/* The passphrase's cost is paid once; the key file is read and proven every time. */
static DsVault *
open_vault(const DsUnitPlaces *places, DsSecret *passphrase, GError **error)
{
  static DsSecret *master;

  if (master != NULL)
    return ds_vault_open_with_master(places->home, places->program, master, error);
  DsVault *vault = ds_vault_open(places->home, places->program, passphrase, error);
  if (vault != NULL)
    master = ds_vault_export_master(vault);
  return vault;
}

/* Without rules and plugins, which lie outside of the home and take most of the time: the vault,
 * the folders, the directory, and what opening finishes (core/unit/unit.c). */
static DsUnit *
open_home(const DsUnitPlaces *places, DsSecret *passphrase, GError **error)
{
  g_autoptr(DsUnit) unit = g_new0(DsUnit, 1);
  g_autofree char *store = g_build_filename(places->home, "store", NULL);
  g_autofree char *spool = g_build_filename(places->home, "store", "spool", NULL);
  g_autofree char *inbox = g_build_filename(places->home, "inbox", NULL);

  unit->home = g_strdup(places->home);
  unit->officer = g_strdup(places->officer);
  unit->vault = open_vault(places, passphrase, error);
  unit->store = unit->vault != NULL ? ds_store_open(store, error) : NULL;
  unit->spool = unit->store != NULL ? ds_spool_open(spool, error) : NULL;
  unit->inbox = unit->spool != NULL ? ds_inbox_open(inbox, error) : NULL;
  if (unit->inbox == NULL || !ds_spool_sweep(unit->spool, error) ||
      !ds_unit_reload_directory(unit, error) || !ds_unit_finish_seal(unit, error) ||
      !ds_unit_watch_clock(unit, NULL, error) ||
      !ds_vault_finish_prunes(unit->vault, unit->store, unit->spool, unit->officer, NULL, error))
    return NULL;
  return g_steal_pointer(&unit);
}

static void
look_at_unit(Look *look, const char *home, DsSecret *passphrase, const char *officer)
{
  gboolean whole = home[0] == '+';
  const DsUnitPlaces places = {.home = whole ? home + 1 : home,
                               .program = "check-unit",
                               .plugin_dir = g_getenv("DOORSTEP_PLUGIN_DIR"),
                               .schema_dir = g_getenv("DOORSTEP_SCHEMA_DIR"),
                               .officer = officer};
  g_autoptr(GError) error = NULL;
  g_autoptr(DsUnit) unit =
      whole ? ds_unit_open(&places, passphrase, &error) : open_home(&places, passphrase, &error);

  if (unit == NULL) {
    complain(look, "does not open: %s", error->message);
    return;
  }
  look->unit = unit;
  look_at_cases(look);
  look_at_bundles(look);
  look_at_inbox(look);
  go_on(look);
}

static void
answer(const char *home, DsSecret *passphrase, const char *officer)
{
  g_autoptr(GPtrArray) wrong = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(JsonBuilder) builder = json_builder_new();
  Look look = {.wrong = wrong, .state = builder};
  gint64 began = g_get_monotonic_time();

  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "state");
  json_builder_begin_object(builder);
  look_at_unit(&look, home, passphrase, officer);
  json_builder_end_object(builder);
  say_number(&look, "ms", (g_get_monotonic_time() - began) / 1000);
  json_builder_set_member_name(builder, "wrong");
  json_builder_begin_array(builder);
  for (guint i = 0; i < wrong->len; i++)
    json_builder_add_string_value(builder, wrong->pdata[i]);
  json_builder_end_array(builder);
  json_builder_end_object(builder);
  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  g_autofree char *text = json_to_string(root, FALSE);
  puts(text);
  fflush(stdout);
}

int
main(int argc, char **argv)
{
  char line[4096];
  g_autoptr(GError) error = NULL;
  g_autofree char *words = NULL;

  if (argc != 3 || !g_file_get_contents(argv[1], &words, NULL, &error)) {
    fprintf(stderr, "check-unit PASSPHRASE-FILE OFFICER: %s\n",
            error != NULL ? error->message : "two words, please");
    return 2;
  }
  g_strchomp(words);
  g_autoptr(DsSecret) passphrase = ds_secret_from_bytes(words, strlen(words));
  while (fgets(line, sizeof line, stdin) != NULL)
    answer(g_strchomp(line), passphrase, argv[2]);
  return 0;
}
