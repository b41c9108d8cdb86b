/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of this folder only. */
#pragma once

#include <sqlcipher/sqlite3.h>

#include "db/db.h"

G_BEGIN_DECLS

struct _DsDb {
  sqlite3 *handle;
  char *path;
  GHashTable *statements; /* SQL text → sqlite3_stmt at rest */
  guint depth;            /* open transactions */
  gboolean setting_up;    /* the authorizer lets our own PRAGMAs through */
};

/* Sets @error from SQLite's result @code; always FALSE. @doing as for ds_error_set_errno. */
gboolean ds_db_fail(DsDb *self, int code, const char *doing, GError **error);

/* Runs SQL text of ours (PRAGMA, schema steps, BEGIN), possibly several statements. */
gboolean ds_db_exec(DsDb *self, const char *sql, const char *doing, GError **error);

G_END_DECLS
