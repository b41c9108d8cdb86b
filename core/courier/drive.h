/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A drive in the unit: brings home what the station wrote on it, then writes what waits, for a
 * station behind a border that only sticks may cross (core/drive, docs/bundle.md "Drive").
 *
 * Taking: every doorstep-<unit>-home-<batch>.dsd at the top of the folder is read whole and then
 * put into HOME/inbox as a fetch would. What was taken before is passed over; a container that is
 * not sound is named and left alone, the others count. Signatures are checked by whoever holds the
 * vault. A container whose messages are all in the inbox is removed from the drive.
 *
 * Writing: bundles that were handed over neither to the station nor to a drive, in the order of a
 * contact (urgent, then small), into doorstep-<unit>-out-<batch>.dsd of at most part_size bytes
 * each; what does not fit stays for another drive. Out containers whose bundles are all out of the
 * spool are removed first. A bundle on a drive is still sent over the network when that comes
 * first: the station takes it once. */
#pragma once

#include "drive/stick.h"

G_BEGIN_DECLS

#define DS_DRIVE_PART_SIZE (G_GUINT64_CONSTANT(1) << 30) /* unless asked otherwise */
#define DS_DRIVE_PART_MIN (G_GUINT64_CONSTANT(1) << 20)
/* Taken in one use of a drive, so that a stranger's fills neither the disk nor the memory; what is
 * over waits on the drive for the next use. */
#define DS_DRIVE_HOME_CONTAINERS_MAX 64u
#define DS_DRIVE_HOME_MESSAGES_MAX DS_DRIVE_TAKEN_MAX
#define DS_DRIVE_HOME_BYTES_MAX (G_GUINT64_CONSTANT(1) << 30)

typedef struct {
  gboolean all;      /* also what was handed over before, unless it lies on this drive */
  guint64 part_size; /* of one container, as long as it holds more than one bundle; 0: usual */
  GCancellable *cancellable;
  DsDriveProgress progress; /* of each container, taken, written or read back */
  gpointer user_data;
} DsDriveOptions;

typedef struct {
  guint containers_read; /* home containers that were sound */
  guint messages;        /* of these, new in the inbox */
  guint already;         /* messages taken before */
  guint foreign;         /* containers on the drive that are other units', left alone */
  guint removed;         /* containers taken off the drive */
  guint waiting;         /* bundles in the spool */
  guint held;            /* withdrawn before they left */
  guint written;         /* bundles now on the drive that were not before */
  guint left_out;        /* bundles that did not fit */
  guint containers_written;
  guint refused; /* containers, messages and bundles that are not sound */
  guint64 bytes_written;
  char *trouble; /* the first of them in words, a line each, or NULL */
} DsDriveResult;

/* Reads HOME/courier.json for the unit's id. @result is filled as far as it got, also when the call
 * fails. DS_ERROR_BUSY when another courier works in @home, DS_ERROR_NO_SPACE when nothing fitted
 * or the inbox has no room, DS_ERROR_FAILED when the drive went away or cannot be written. */
gboolean ds_courier_drive(const char *home, const char *folder, const DsDriveOptions *options,
                          DsDriveResult *result, GError **error);
void ds_drive_result_clear(DsDriveResult *self);

/* Bundles of the spool that lie on a drive, and when one was last used (0: never). */
gboolean ds_courier_drive_status(const char *home, guint *on_drive, gint64 *last_us,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
