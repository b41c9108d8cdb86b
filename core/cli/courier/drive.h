/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doorstep-courier drive FOLDER */
#pragma once

#include "courier/drive.h"

G_BEGIN_DECLS

/* Runs the verb and says how it went; returns the exit code. @part_mib 0: the usual size. */
int ds_courier_drive_verb(const char *program, const char *home, const char *folder, gboolean all,
                          int part_mib, gboolean json, gboolean quiet, GCancellable *cancellable);

G_END_DECLS
