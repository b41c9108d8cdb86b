/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "db/db.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "db/db-private.h"

#define OLDEST_MAJOR 4
#define OLDEST_MINOR 6

/* synchronous=FULL in WAL is one sync of the log per commit. secure_delete overwrites what is
 * deleted: defence in depth only, a flash disk keeps old blocks anyway. */
static const char settings_sql[] = "PRAGMA cipher_memory_security = OFF;"
                                   "PRAGMA locking_mode = EXCLUSIVE;"
                                   "PRAGMA journal_mode = WAL;"
                                   "PRAGMA synchronous = FULL;"
                                   "PRAGMA temp_store = MEMORY;"
                                   "PRAGMA mmap_size = 0;"
                                   "PRAGMA foreign_keys = ON;"
                                   "PRAGMA trusted_schema = OFF;"
                                   "PRAGMA cell_size_check = ON;"
                                   "PRAGMA secure_delete = ON;"
                                   "PRAGMA journal_size_limit = 8388608;";

static DsErrorCode
error_code(int code)
{
  switch (code & 0xff) {
  case SQLITE_FULL:
    return DS_ERROR_NO_SPACE;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return DS_ERROR_BUSY;
  case SQLITE_NOTADB:
    return DS_ERROR_LOCKED;
  case SQLITE_TOOBIG:
    return DS_ERROR_TOO_LARGE;
  case SQLITE_CONSTRAINT:
    return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY
               ? DS_ERROR_EXISTS
               : DS_ERROR_INVALID;
  case SQLITE_AUTH:
    return DS_ERROR_REFUSED;
  default:
    return DS_ERROR_FAILED;
  }
}

static const char *
explanation(DsDb *self, int code)
{
  switch (code & 0xff) {
  case SQLITE_FULL:
    return "the disk is full; make room and try again, nothing saved was lost";
  case SQLITE_BUSY:
    return "another process is using the database";
  case SQLITE_NOTADB:
    return "the key does not fit, or the file is no database of ours";
  case SQLITE_CORRUPT:
    return "the database is damaged";
  default:
    return self->handle != NULL ? sqlite3_errmsg(self->handle) : sqlite3_errstr(code);
  }
}

gboolean
ds_db_fail(DsDb *self, int code, const char *doing, GError **error)
{
  /* a write that hits a file size limit or a full quota comes back as an I/O error */
  if ((code & 0xff) == SQLITE_IOERR && self->handle != NULL) {
    int system = sqlite3_system_errno(self->handle);
    if (system == ENOSPC || system == EDQUOT || system == EFBIG)
      code = SQLITE_FULL;
  }
  g_set_error(error, DS_ERROR, error_code(code), "%s %s: %s", doing, self->path,
              explanation(self, code));
  return FALSE;
}

gboolean
ds_db_exec(DsDb *self, const char *sql, const char *doing, GError **error)
{
  int code = sqlite3_exec(self->handle, sql, NULL, NULL, NULL);

  return code == SQLITE_OK || ds_db_fail(self, code, doing, error);
}

static int
authorize(void *data, int action, const char *first, const char *second, const char *database,
          const char *trigger)
{
  DsDb *self = data;

  if (action == SQLITE_ATTACH || action == SQLITE_DETACH)
    return SQLITE_DENY;
  if (action == SQLITE_PRAGMA && !self->setting_up)
    return SQLITE_DENY;
  if (action == SQLITE_FUNCTION && g_strcmp0(second, "load_extension") == 0)
    return SQLITE_DENY;
  return SQLITE_OK;
}

/* SQLCipher takes a raw key as the text x'<64 hex digits>'; here it never leaves locked memory. */
static gboolean
set_key(DsDb *self, DsSecret *key, GError **error)
{
  static const char digits[] = "0123456789abcdef";
  g_autoptr(DsSecret) text = ds_secret_new(2 * DS_DB_KEY_SIZE + 3);
  char *at = (char *)ds_secret_data(text);

  *at++ = 'x';
  *at++ = '\'';
  for (gsize i = 0; i < DS_DB_KEY_SIZE; i++) {
    *at++ = digits[ds_secret_data(key)[i] >> 4];
    *at++ = digits[ds_secret_data(key)[i] & 15];
  }
  *at = '\'';
  int code = sqlite3_key(self->handle, ds_secret_data(text), (int)ds_secret_size(text));
  return code == SQLITE_OK || ds_db_fail(self, code, "keying", error);
}

/* First column of the first row as text, or NULL: for PRAGMAs that answer. */
static char *
ask(DsDb *self, const char *sql)
{
  sqlite3_stmt *statement = NULL;
  char *answer = NULL;

  if (sqlite3_prepare_v2(self->handle, sql, -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW)
    answer = g_strdup((const char *)sqlite3_column_text(statement, 0));
  sqlite3_finalize(statement);
  return answer;
}

static gboolean
check_cipher(DsDb *self, GError **error)
{
  g_autofree char *version = ask(self, "PRAGMA cipher_version");
  char *rest = NULL;
  guint64 major = version != NULL ? g_ascii_strtoull(version, &rest, 10) : 0;
  guint64 minor = rest != NULL && *rest == '.' ? g_ascii_strtoull(rest + 1, NULL, 10) : 0;

  if (major > OLDEST_MAJOR || (major == OLDEST_MAJOR && minor >= OLDEST_MINOR))
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED,
              "SQLCipher %d.%d or newer is needed, this is %s: install libsqlcipher from "
              "bookworm-backports",
              OLDEST_MAJOR, OLDEST_MINOR, version != NULL ? version : "plain SQLite");
  return FALSE;
}

static gboolean
set_up(DsDb *self, DsSecret *key, GError **error)
{
  sqlite3_extended_result_codes(self->handle, 1);
  sqlite3_db_config(self->handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
  sqlite3_db_config(self->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
  sqlite3_db_config(self->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  sqlite3_set_authorizer(self->handle, authorize, self);
  if (!set_key(self, key, error))
    return FALSE;
  /* a wrong key is our error to tell, not SQLCipher's to print; its log is per process */
  if (!ds_db_exec(self, "PRAGMA cipher_log_level = NONE", "opening", error) ||
      !check_cipher(self, error))
    return FALSE;
  if (!ds_db_exec(self, settings_sql, "opening", error))
    return FALSE;
  /* the first read takes the exclusive lock and proves the key */
  int code =
      sqlite3_exec(self->handle, "BEGIN IMMEDIATE; SELECT count(*) FROM sqlite_schema; COMMIT",
                   NULL, NULL, NULL);
  if (code != SQLITE_OK)
    return ds_db_fail(self, code, "opening", error);
  g_autofree char *mode = ask(self, "PRAGMA journal_mode");
  if (g_strcmp0(mode, "wal") != 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "opening %s: no write-ahead log here (mode %s)",
                self->path, mode != NULL ? mode : "unknown");
    return FALSE;
  }
  sqlite3_db_config(self->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  return TRUE;
}

static void
finalize(gpointer statement)
{
  sqlite3_finalize(statement);
}

DsDb *
ds_db_open(const char *path, DsSecret *key, gboolean create, GError **error)
{
  g_autoptr(DsDb) self = g_new0(DsDb, 1);
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_PRIVATECACHE |
              (create ? SQLITE_OPEN_CREATE : 0);

  self->path = g_strdup(path);
  self->statements = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, finalize);
  if (ds_secret_size(key) != DS_DB_KEY_SIZE) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "a database key has %d bytes, not %" G_GSIZE_FORMAT, DS_DB_KEY_SIZE,
                ds_secret_size(key));
    return NULL;
  }
  if (!create && !g_file_test(path, G_FILE_TEST_EXISTS)) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "there is no database %s", path);
    return NULL;
  }
  int code = sqlite3_open_v2(path, &self->handle, flags, NULL);
  if (code != SQLITE_OK) {
    ds_db_fail(self, code, "opening", error);
    return NULL;
  }
  self->setting_up = TRUE;
  if (!set_up(self, key, error))
    return NULL;
  self->setting_up = FALSE;
  return g_steal_pointer(&self);
}

void
ds_db_close(DsDb *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref(self->statements);
  sqlite3_close(self->handle);
  g_free(self->path);
  g_free(self);
}

gint64
ds_db_schema_version(DsDb *self, GError **error)
{
  gint64 version = -1;

  self->setting_up = TRUE;
  gboolean ok = ds_db_get_int(self, &version, 0, error, "PRAGMA user_version", "");
  self->setting_up = FALSE;
  return ok ? version : -1;
}

static gboolean
migrate_one(DsDb *self, const char *step, guint version, GError **error)
{
  g_autoptr(DsDbTransaction) transaction = ds_db_begin(self, error);
  g_autofree char *stamp = g_strdup_printf("PRAGMA user_version = %u", version);

  if (transaction == NULL)
    return FALSE;
  /* SQLite checks a strict table that gains a column by a PRAGMA of its own */
  self->setting_up = TRUE;
  gboolean ok =
      ds_db_exec(self, step, "migrating", error) && ds_db_exec(self, stamp, "migrating", error);
  self->setting_up = FALSE;
  return ok && ds_db_commit(g_steal_pointer(&transaction), error);
}

gboolean
ds_db_migrate(DsDb *self, const char *const *steps, guint n_steps, GError **error)
{
  gint64 version = ds_db_schema_version(self, error);

  if (version < 0)
    return FALSE;
  if (version > (gint64)n_steps) {
    g_set_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED,
                "%s has schema version %" G_GINT64_FORMAT
                "; this program knows up to %u: use the newer program that made it",
                self->path, version, n_steps);
    return FALSE;
  }
  for (guint i = (guint)version; i < n_steps; i++)
    if (!migrate_one(self, steps[i], i + 1, error))
      return FALSE;
  return TRUE;
}

gboolean
ds_db_checkpoint(DsDb *self, GError **error)
{
  int code = sqlite3_wal_checkpoint_v2(self->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

  return code == SQLITE_OK || ds_db_fail(self, code, "checkpointing", error);
}

static gboolean
check_one(DsDb *self, const char *pragma, const char *good, GError **error)
{
  self->setting_up = TRUE;
  g_autofree char *answer = ask(self, pragma);
  self->setting_up = FALSE;

  if (g_strcmp0(answer, good) == 0)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "%s is damaged: %s", self->path,
              answer != NULL ? answer : "a check could not be run");
  return FALSE;
}

gboolean
ds_db_check(DsDb *self, GError **error)
{
  /* it reads the file alone: a page that a power cut left unwritten there is still in the WAL */
  if (!ds_db_checkpoint(self, error))
    return FALSE;
  /* cipher_integrity_check answers no row at all when every page's MAC holds */
  self->setting_up = TRUE;
  g_autofree char *page = ask(self, "PRAGMA cipher_integrity_check");
  g_autofree char *reference = ask(self, "PRAGMA foreign_key_check");
  self->setting_up = FALSE;
  if (page != NULL || reference != NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "%s is damaged: %s", self->path,
                page != NULL ? page : "a row refers to one that is missing");
    return FALSE;
  }
  return check_one(self, "PRAGMA integrity_check", "ok", error);
}
