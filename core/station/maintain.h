/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Housekeeping, for the night: neither holds the station nor hinders a push or an intake. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How long before its end a directory is to be renewed. */
#define DS_MAINTAIN_WARN_DAYS 30

typedef struct {
  guint repositories;  /* tidied */
  guint swept;         /* unfinished pushes and locks that nobody holds any more */
  guint quarantined;   /* broken bundles that were older than a year, removed */
  guint64 freed;       /* bytes */
  gint directory_days; /* until the directory expires; negative: so long ago */
} DsMaintained;

/* Repacks every unit's repository and drops what archived bundles left there, sweeps what killed
 * pushes left a day ago, and what lies in quarantine for more than a year. One repository's failure
 * does not keep the others from it; the first error is told. @done is filled as far as it came. */
gboolean ds_station_maintain(const char *home, DsMaintained *done,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
