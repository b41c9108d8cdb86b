/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the courier brought and the vault's owner has not applied yet. A message is one file, or a
 * folder of files for a dispatch:
 *
 *   PATH/<name>      or      PATH/<name>/<file> …
 *
 * Names are 1 to 128 of a-z 0-9 . - and start with a letter or digit; foreign names that break
 * this are refused, so they never become paths. A message appears whole or not at all. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DsInbox DsInbox;

/* Opens the inbox at @path, creating the folder when missing. (transfer full) */
DsInbox *ds_inbox_open(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
DsInbox *ds_inbox_ref(DsInbox *self);
void ds_inbox_unref(DsInbox *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsInbox, ds_inbox_unref)

/* TRUE when @name may name a message or a file in one. */
gboolean ds_inbox_name_is_valid(const char *name);

/* A message of one file. Durable on TRUE; the same bytes again are fine, other bytes under the
 * same name are DS_ERROR_EXISTS, a name of another form DS_ERROR_INVALID. */
gboolean ds_inbox_add(DsInbox *self, const char *name, GBytes *bytes,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A message of several files, of any size together: begin, put each, commit. Freed without commit
 * it never was. */
typedef struct _DsInboxMessage DsInboxMessage;
DsInboxMessage *ds_inbox_begin(DsInbox *self, const char *name,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_inbox_message_put(DsInboxMessage *self, const char *file, GBytes *bytes,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Durable on TRUE. When a message of that name is there with the same files and bytes this one is
 * dropped and TRUE; with others DS_ERROR_EXISTS. */
gboolean ds_inbox_message_commit(DsInboxMessage *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ds_inbox_message_free(DsInboxMessage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsInboxMessage, ds_inbox_message_free)

/* Message names, oldest arrival first, then by name; nothing may rest on that order but
 * convenience. (transfer full) */
GPtrArray *ds_inbox_list(DsInbox *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_inbox_has(DsInbox *self, const char *name);
/* Sorted file names of a folder message; one empty list for a message of one file.
 * (transfer full) */
GPtrArray *ds_inbox_files(DsInbox *self, const char *name,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @file NULL for a message of one file. More than @max bytes are DS_ERROR_TOO_LARGE.
 * (transfer full) */
GBytes *ds_inbox_read(DsInbox *self, const char *name, const char *file, gsize max,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Once applied. TRUE when it was not there. */
gboolean ds_inbox_remove(DsInbox *self, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Removes what a crash left half added or half removed. For the courier, before it adds; the unit
 * may remove messages meanwhile. */
gboolean ds_inbox_sweep(DsInbox *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
