/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A vault's database on its way from this version's schema to a later one.
 *
 *   migrate old FOLDER      makes one with the schema of today, and rows in it
 *   migrate new FOLDER      opens it as a program would whose schema has a step more
 *   migrate check < folders, one a line: does that again, answers like check-unit */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "db/db.h"
#include "vault/schema.h"

#define N_ROWS 200

static const char later[] = "ALTER TABLE setting ADD COLUMN note TEXT NOT NULL DEFAULT '';"
                            "UPDATE setting SET note = name;"
                            "CREATE TABLE later(name TEXT PRIMARY KEY) STRICT;"
                            "INSERT INTO later SELECT name FROM setting;";

static DsDb *
open_database(const char *folder, gboolean create, gboolean with_later, GError **error)
{
  g_autofree char *path = g_build_filename(folder, "vault.db", NULL);
  g_autofree guint8 *bytes = g_malloc0(32);
  g_autoptr(DsSecret) key = ds_secret_from_bytes(bytes, 32);
  g_autoptr(GPtrArray) steps = g_ptr_array_new();

  for (guint i = 0; i < ds_vault_schema_steps; i++)
    g_ptr_array_add(steps, (gpointer)ds_vault_schema[i]);
  if (with_later)
    g_ptr_array_add(steps, (gpointer)later);
  g_autoptr(DsDb) db = ds_db_open(path, key, create, error);
  if (db == NULL || !ds_db_migrate(db, (const char *const *)steps->pdata, steps->len, error))
    return NULL;
  return g_steal_pointer(&db);
}

static gboolean
fill(DsDb *db, GError **error)
{
  for (guint i = 0; i < N_ROWS; i++) {
    g_autofree char *name = g_strdup_printf("row %u", i);
    if (!ds_db_run(db, error, "INSERT INTO setting VALUES(?, x'00')", "t", name))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check(const char *folder, GError **error)
{
  g_autoptr(DsDb) db = open_database(folder, FALSE, TRUE, error);
  gint64 noted = 0, copied = 0;

  if (db == NULL || !ds_db_check(db, error) ||
      !ds_db_get_int(db, &noted, 0, error, "SELECT count(*) FROM setting WHERE note = name", "") ||
      !ds_db_get_int(db, &copied, 0, error, "SELECT count(*) FROM later", ""))
    return FALSE;
  if (noted == N_ROWS && copied == N_ROWS)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "%d and %d rows of %d", (int)noted, (int)copied,
              N_ROWS);
  return FALSE;
}

static void
answer(const char *folder)
{
  g_autoptr(GError) error = NULL;
  gint64 began = g_get_monotonic_time();
  gboolean good = check(folder, &error);
  g_autofree char *words = good ? g_strdup("") : g_strdup_printf("\"%s\"", error->message);

  printf("{\"state\": {}, \"wrong\": [%s], \"ms\": %d}\n", words,
         (int)((g_get_monotonic_time() - began) / 1000));
  fflush(stdout);
}

int
main(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  char line[4096];

  if (argc == 2 && strcmp(argv[1], "check") == 0) {
    while (fgets(line, sizeof line, stdin) != NULL)
      answer(g_strchomp(line));
    return 0;
  }
  if (argc != 3)
    return 2;
  gboolean old = strcmp(argv[1], "old") == 0;
  g_autoptr(DsDb) db = open_database(argv[2], old, !old, &error);
  if (db != NULL && (!old || fill(db, &error)))
    return 0;
  fprintf(stderr, "%s\n", error->message);
  return 1;
}
