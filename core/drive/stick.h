/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The folder a stick is mounted on, as a stranger's place. Only its top level is looked at, and of
 * that only regular files named
 *
 *   doorstep-<unit>-out-<10-digit batch>.dsd     doorstep-<unit>-home-<10-digit batch>.dsd
 *
 * Links are not followed, other names are not touched, nothing else is opened, and no name that is
 * not of this form is ever shown. What is written appears whole or not at all: written under the
 * same name ending in .part, synced, read back and compared, renamed, the folder synced. */
#pragma once

#include "drive/reader.h"
#include "drive/writer.h"

G_BEGIN_DECLS

#define DS_STICK_ENTRIES_MAX 65536u   /* looked at in one folder */
#define DS_STICK_CONTAINERS_MAX 1024u /* of these, containers */

typedef struct _DsStick DsStick;

typedef struct {
  char *name;
  char *unit;
  DsDriveDirection direction;
  guint64 batch;
} DsStickFile;

/* DS_ERROR_NOT_FOUND when @folder is not there, DS_ERROR_INVALID when it is no folder.
 * (transfer full) */
DsStick *ds_stick_open(const char *folder, GError **error);
void ds_stick_free(DsStick *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsStick, ds_stick_free)
const char *ds_stick_folder(const DsStick *self);

/* "doorstep-unit-7-out-0000000003.dsd". (transfer full) */
char *ds_stick_name(const char *unit, DsDriveDirection direction, guint64 batch);
/* FALSE when @name is no such name. Clears with ds_stick_file_free. */
gboolean ds_stick_name_parse(const char *name, DsStickFile *file);
void ds_stick_file_free(DsStickFile *self);

/* Containers by their names (DsStickFile), in order of unit, direction and batch, nothing opened.
 * DS_ERROR_TOO_LARGE over the caps. (transfer full) */
GPtrArray *ds_stick_list(DsStick *self, GError **error);

/* Opens @file and reads its head. DS_ERROR_INVALID when it is no regular file (a link, a folder, a
 * device, a pipe), DS_ERROR_REFUSED when its head belongs to another name. (transfer full) */
DsDriveReader *ds_stick_read(DsStick *self, const DsStickFile *file, GError **error);

/* Bytes that may still be written. */
gboolean ds_stick_space(DsStick *self, guint64 *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes the head's items, head->count of them, to the writer. */
typedef gboolean (*DsStickFill)(DsDriveWriter *writer, gpointer user_data, GError **error);

typedef struct {
  DsDriveProgress progress; /* of the writing, then of the reading back; may be NULL */
  gpointer user_data;       /* for progress */
  GCancellable *cancellable;
  guint64 expected; /* bytes that will be written, about; for progress */
} DsStickWatch;

/* Writes one container. TRUE: it is on the stick under its name, synced, and was read back from
 * there. @bytes is its size. DS_ERROR_EXISTS when the name is taken, DS_ERROR_NO_SPACE when it did
 * not fit; FALSE leaves nothing with a container's name. */
gboolean ds_stick_write(DsStick *self, const DsDriveHead *head, DsStickFill fill,
                        gpointer user_data, const DsStickWatch *watch, guint64 *bytes,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes a container; TRUE when it was not there. Synced. */
gboolean ds_stick_remove(DsStick *self, const DsStickFile *file,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Removes what a pulled stick or a killed program left half written for @unit in @direction. */
gboolean ds_stick_sweep(DsStick *self, const char *unit, DsDriveDirection direction,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
