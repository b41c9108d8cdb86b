/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads a container from an open file. First everything is looked at, from the magic to the last
 * byte; only what was found whole can be read item by item. Memory is one file (at most 4 MiB) and
 * a line per item. A file that changes meanwhile is noticed: what is given out was hashed. */
#pragma once

#include <gio/gio.h>

#include "drive/container.h"

G_BEGIN_DECLS

typedef struct _DsDriveReader DsDriveReader;

/* Takes over @fd, a regular file, and reads magic and head. @name is for messages: one that
 * ds_stick_list gave. (transfer full) */
DsDriveReader *ds_drive_reader_new(int fd, const char *name, GError **error);
void ds_drive_reader_free(DsDriveReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsDriveReader, ds_drive_reader_free)

const char *ds_drive_reader_name(const DsDriveReader *self);
/* (transfer none) */
const DsDriveHead *ds_drive_reader_head(const DsDriveReader *self);
guint64 ds_drive_reader_size(const DsDriveReader *self);

/* Reads the whole file once. DS_ERROR_INVALID, _TOO_LARGE, _UNSUPPORTED naming the item and the
 * byte; DS_ERROR_REFUSED for a digest that does not fit; DS_ERROR_FAILED when the drive cannot be
 * read; DS_ERROR_CANCELLED. @progress and @cancellable may be NULL. */
gboolean ds_drive_reader_check(DsDriveReader *self, DsDriveProgress progress, gpointer user_data,
                               GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of the END frame's digest; after ds_drive_reader_check. */
const DsDigest *ds_drive_reader_whole(const DsDriveReader *self);

/* Item @index (below head->count), as checked. DS_ERROR_REFUSED when the file changed
 * since. (transfer full) */
DsDriveItem *ds_drive_reader_item(DsDriveReader *self, guint index, GError **error);
/* File @file of item @index, its bytes hashed. (transfer full) */
GBytes *ds_drive_reader_file(DsDriveReader *self, guint index, const DsDriveItem *item, guint file,
                             GError **error);

G_END_DECLS
