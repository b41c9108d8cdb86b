/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens stations that a power cut left behind, goes on where they stopped, and says what they hold.
 *
 *   check-station PASSPHRASE-FILE < folders, one a line
 *
 * Answers like check-unit; "outbox" is what units can fetch: the file and the commit. */
#include <stdio.h>
#include <string.h>

#include <json-glib/json-glib.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/files.h"
#include "station/intake.h"
#include "station/report.h"
#include "station/review.h"
#include "station/station.h"

#define FILE_LIMIT (64 << 20)

static void
complain(GPtrArray *wrong, const char *what, GError *error)
{
  g_ptr_array_add(wrong, g_strdup_printf("%s: %s", what, error != NULL ? error->message : "wrong"));
  g_clear_error(&error);
}

/* ---- folders ---- */

/* Adds relative name → digest of every file below. */
static void
add_files(const char *root, const char *below, GHashTable *files)
{
  g_autofree char *path = g_build_filename(root, below, NULL);
  g_autoptr(GPtrArray) names = ds_files_list(path, NULL);

  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autofree char *name = g_build_filename(below, names->pdata[i], NULL);
    g_autofree char *full = g_build_filename(root, name, NULL);
    char hex[DS_DIGEST_HEX_SIZE];
    if (g_file_test(full, G_FILE_TEST_IS_DIR)) {
      add_files(root, name, files);
      continue;
    }
    g_autoptr(GBytes) bytes = ds_files_read(full, FILE_LIMIT, NULL);
    if (bytes == NULL)
      continue;
    DsDigest digest = ds_digest_of_bytes(bytes);
    g_hash_table_insert(files, g_steal_pointer(&name), g_strdup(ds_digest_to_hex(&digest, hex)));
  }
}

static GHashTable *
files_of(const char *home, const char *folder)
{
  GHashTable *files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *path = g_build_filename(home, folder, NULL);

  add_files(path, "", files);
  return files;
}

/* Both archives hold the same files with the same bytes. */
static guint
compare_archives(const char *home, GPtrArray *wrong)
{
  g_autoptr(GHashTable) first = files_of(home, "archive-1");
  g_autoptr(GHashTable) second = files_of(home, "archive-2");
  GHashTableIter iter;
  gpointer name, digest;

  g_hash_table_iter_init(&iter, first);
  while (g_hash_table_iter_next(&iter, &name, &digest))
    if (g_strcmp0(g_hash_table_lookup(second, name), digest) != 0)
      g_ptr_array_add(wrong, g_strdup_printf("the archives differ in %s", (char *)name));
  if (g_hash_table_size(first) != g_hash_table_size(second))
    g_ptr_array_add(wrong, g_strdup("the archives hold different files"));
  return g_hash_table_size(first);
}

static void
say_outbox(const char *home, JsonBuilder *builder)
{
  g_autofree char *repos = g_build_filename(home, "repos", NULL);
  g_autoptr(GPtrArray) units = ds_files_list(repos, NULL);

  json_builder_set_member_name(builder, "outbox");
  json_builder_begin_object(builder);
  for (guint i = 0; units != NULL && i < units->len; i++) {
    g_autofree char *folder = g_build_filename(repos, units->pdata[i], "refs", "outbox", NULL);
    g_autoptr(GPtrArray) names = ds_files_list(folder, NULL);
    for (guint k = 0; names != NULL && k < names->len; k++) {
      g_autofree char *path = g_build_filename(folder, names->pdata[k], NULL);
      g_autofree char *commit = NULL;
      if (!g_file_get_contents(path, &commit, NULL, NULL))
        continue;
      json_builder_set_member_name(builder, names->pdata[k]);
      json_builder_add_string_value(builder, g_strchomp(commit));
    }
  }
  json_builder_end_object(builder);
}

/* ---- one station ---- */

static void
say_node(JsonBuilder *builder, const char *name, JsonNode *node, GPtrArray *wrong, GError *error)
{
  if (node == NULL) {
    complain(wrong, name, error);
    return;
  }
  json_builder_set_member_name(builder, name);
  json_builder_add_value(builder, node);
}

static void
look_at_station(const char *home, DsSecret *passphrase, JsonBuilder *builder, GPtrArray *wrong)
{
  GError *error = NULL;
  DsIntakeCounts counts;
  g_autoptr(DsStation) station = ds_station_open(home, "check-station", &error);

  if (station == NULL || !ds_station_unlock(station, passphrase, &error)) {
    complain(wrong, "does not open", error);
    return;
  }
  if (!ds_station_intake(station, &counts, NULL, NULL, NULL, &error) || counts.failed > 0 ||
      counts.quarantined > 0)
    complain(wrong, "intake", g_steal_pointer(&error));
  JsonNode *cases = ds_station_list_cases(station, NULL, &error);
  say_node(builder, "cases", cases, wrong, g_steal_pointer(&error));
  JsonNode *bundles = ds_station_list_bundles(station, NULL, &error);
  say_node(builder, "bundles", bundles, wrong, g_steal_pointer(&error));
  JsonNode *report = ds_station_report(station, &error);
  say_node(builder, "report", report, wrong, g_steal_pointer(&error));
  json_builder_set_member_name(builder, "archived");
  json_builder_add_int_value(builder, compare_archives(home, wrong));
  say_outbox(home, builder);
}

static void
answer(const char *home, DsSecret *passphrase)
{
  g_autoptr(GPtrArray) wrong = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(JsonBuilder) builder = json_builder_new();
  gint64 began = g_get_monotonic_time();

  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "state");
  json_builder_begin_object(builder);
  look_at_station(home, passphrase, builder, wrong);
  json_builder_end_object(builder);
  json_builder_set_member_name(builder, "ms");
  json_builder_add_int_value(builder, (g_get_monotonic_time() - began) / 1000);
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

  if (argc != 2 || !g_file_get_contents(argv[1], &words, NULL, &error)) {
    fprintf(stderr, "check-station PASSPHRASE-FILE: %s\n",
            error != NULL ? error->message : "one word, please");
    return 2;
  }
  g_strchomp(words);
  g_autoptr(DsSecret) passphrase = ds_secret_from_bytes(words, strlen(words));
  while (fgets(line, sizeof line, stdin) != NULL)
    answer(g_strchomp(line), passphrase);
  return 0;
}
