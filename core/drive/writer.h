/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes a container to an open file, from front to end: the head with the number of items, then
 * each item followed by its files in order, then the end. Holds nothing back and syncs nothing. */
#pragma once

#include <gio/gio.h>

#include "drive/container.h"

G_BEGIN_DECLS

typedef struct _DsDriveWriter DsDriveWriter;

/* @fd stays the caller's. @path is for messages. (transfer full) */
DsDriveWriter *ds_drive_writer_new(int fd, const char *path, const DsDriveHead *head,
                                   GError **error);
void ds_drive_writer_free(DsDriveWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsDriveWriter, ds_drive_writer_free)

/* Who watches: told after each file, of @total bytes that will be written; asked before each.
 * Either may be NULL. */
void ds_drive_writer_watch(DsDriveWriter *self, DsDriveProgress progress, guint64 total,
                           gpointer user_data, GCancellable *cancellable);

gboolean ds_drive_writer_item(DsDriveWriter *self, DsDriveItem *item,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The next file of the last item; DS_ERROR_INVALID when it is not the one announced. */
gboolean ds_drive_writer_file(DsDriveWriter *self, GBytes *bytes,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @whole, if not NULL, is what a reader must find as the digest of the whole. */
gboolean ds_drive_writer_finish(DsDriveWriter *self, DsDigest *whole,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Bytes written so far. */
guint64 ds_drive_writer_size(const DsDriveWriter *self);

/* What an item of @files files with @size bytes together will take, at most. */
guint64 ds_drive_item_travel_size(guint files, guint64 size);
/* What a container takes beside its items, at most. */
guint64 ds_drive_head_travel_size(const DsDriveHead *head);

G_END_DECLS
