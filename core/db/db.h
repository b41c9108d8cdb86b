/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One thin SQLCipher connection: keyed, hardened, one process at a time. The only layer that links
 * SQLCipher. SQL is always a static string with ? places; values never become SQL text.
 *
 * Set-up: raw 256-bit key, locking_mode=EXCLUSIVE, WAL, synchronous=FULL, temp_store=MEMORY,
 * foreign_keys, trusted_schema=OFF, cell_size_check, secure_delete, mmap off, defensive; then an
 * authorizer refuses ATTACH, DETACH, every PRAGMA and load_extension.
 *
 * Formats name the values that follow, one letter each:
 *   i int (also guint, gboolean, enum)   l gint64 (cast constants!)   t const char * (NULL: null)
 *   b const void *, gsize (NULL: null)   g GBytes * (NULL: null)      d const DsDigest * (NULL:
 * null) s DsSecret * (NULL: null)            n null, takes no value
 *
 * Errors of every function: DS_ERROR_NO_SPACE when the disk is full (the running transaction is
 * undone, what was committed stands), DS_ERROR_BUSY when another process holds the file,
 * DS_ERROR_LOCKED when the key does not fit, DS_ERROR_EXISTS for a broken UNIQUE or PRIMARY KEY,
 * DS_ERROR_INVALID for another broken constraint, otherwise DS_ERROR_FAILED.
 * Not thread safe: one thread uses a DsDb. */
#pragma once

#include <glib.h>

#include "base/digest.h"
#include "base/secret.h"

G_BEGIN_DECLS

#define DS_DB_KEY_SIZE 32

typedef struct _DsDb DsDb;

/* Opens @path with the 32-byte @key; with @create the file may be missing. A wrong key, or a file
 * that is no database, is DS_ERROR_LOCKED; a SQLCipher before 4.6 is DS_ERROR_UNSUPPORTED;
 * a missing file DS_ERROR_NOT_FOUND. (transfer full) */
DsDb *ds_db_open(const char *path, DsSecret *key, gboolean create,
                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Rolls back what is open, checkpoints and closes. NULL is fine. */
void ds_db_close(DsDb *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsDb, ds_db_close)

/* Brings the schema to version @n_steps: step i (SQL text, may hold several statements) leads from
 * version i to i + 1, each in its own transaction. A schema newer than @n_steps is
 * DS_ERROR_UNSUPPORTED. Steps are only ever appended. */
gboolean ds_db_migrate(DsDb *self, const char *const *steps, guint n_steps,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The schema version found, 0 for an empty database, -1 on error. */
gint64 ds_db_schema_version(DsDb *self, GError **error);

/* One statement, run to its end; rows it yields are dropped. */
gboolean ds_db_run(DsDb *self, GError **error, const char *sql, const char *format,
                   ...) G_GNUC_WARN_UNUSED_RESULT;
/* Rows changed by the last ds_db_run that was an INSERT, UPDATE or DELETE. */
gint64 ds_db_changes(DsDb *self);
/* First column of the first row; @missing when there is no row or it is null. */
gboolean ds_db_get_int(DsDb *self, gint64 *value, gint64 missing, GError **error, const char *sql,
                       const char *format, ...) G_GNUC_WARN_UNUSED_RESULT;

/* Rows of a query. The statement comes from a cache and returns to it on free. */
typedef struct _DsDbRows DsDbRows;
typedef enum {
  DS_DB_ERROR = -1,
  DS_DB_DONE = 0,
  DS_DB_ROW = 1,
} DsDbStep;

/* Binds and stands before the first row. Text and blobs are copied, secrets are not: they must
 * outlive the rows. (transfer full) */
DsDbRows *ds_db_query(DsDb *self, GError **error, const char *sql, const char *format,
                      ...) G_GNUC_WARN_UNUSED_RESULT;
DsDbStep ds_db_rows_next(DsDbRows *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ds_db_rows_free(DsDbRows *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsDbRows, ds_db_rows_free)

/* Columns of the row stood on, counted from 0. */
gboolean ds_db_rows_is_null(DsDbRows *self, int column);
gint64 ds_db_rows_int(DsDbRows *self, int column);       /* 0 for null */
const char *ds_db_rows_text(DsDbRows *self, int column); /* NULL for null; until next or free */
GBytes *ds_db_rows_bytes(DsDbRows *self, int column);    /* (transfer full), NULL for null */
DsSecret *ds_db_rows_secret(DsDbRows *self, int column); /* (transfer full), NULL for null */
/* FALSE when the column is null or not 32 bytes; @digest is then zeroed. */
gboolean ds_db_rows_digest(DsDbRows *self, int column, DsDigest *digest);

/* A transaction that is undone unless committed: g_autoptr(DsDbTransaction) t = ds_db_begin(…).
 * Inside another it is a savepoint; they end in reverse order of their begin. */
typedef struct _DsDbTransaction DsDbTransaction;
DsDbTransaction *ds_db_begin(DsDb *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes @transaction: ds_db_commit(g_steal_pointer(&t), error). Durable on TRUE when outermost;
 * on FALSE it is undone. */
gboolean ds_db_commit(DsDbTransaction *transaction, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ds_db_rollback(DsDbTransaction *transaction); /* takes it; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsDbTransaction, ds_db_rollback)

/* Moves the write-ahead log into the database and empties it. Not inside a transaction. */
gboolean ds_db_checkpoint(DsDb *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* SQLite's and SQLCipher's own checks of every page; DS_ERROR_FAILED names the first problem. */
gboolean ds_db_check(DsDb *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
