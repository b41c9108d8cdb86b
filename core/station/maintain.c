/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/maintain.h"

#include <sys/stat.h>

#include "base/clock.h"
#include "base/files.h"
#include "depot/repo.h"
#include "depot/room.h"
#include "station/settings.h"
#include "station/station-private.h"

/* For one step of one repository. */
#define STEP_SECONDS 3600
/* Folders of killed pushes older than this are nobody's any more. */
#define STALE_SECONDS (24 * 3600)
/* Whoever wanted to know why has asked by then; the ledger keeps the reason. */
#define QUARANTINE_US (365 * G_TIME_SPAN_DAY)

static gboolean
tidy(const char *home, const char *unit, DsMaintained *done, GError **error)
{
  g_autofree char *path = ds_station_repo_path(home, unit);
  guint64 before = ds_room_used(path);
  guint swept = 0;
  gboolean good = ds_repo_sweep(path, STALE_SECONDS, &swept, error);

  done->swept += swept;
  good = good && ds_repo_maintain(path, STEP_SECONDS, error);
  guint64 after = ds_room_used(path);
  done->freed += before > after ? before - after : 0;
  done->repositories += good ? 1 : 0;
  return good;
}

static guint64
folder_size(const char *dir)
{
  g_autoptr(GPtrArray) names = ds_files_list(dir, NULL);
  guint64 bytes = 0;

  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autofree char *path = g_build_filename(dir, names->pdata[i], NULL);
    struct stat st;
    bytes += lstat(path, &st) == 0 ? (guint64)st.st_size : 0;
  }
  return bytes;
}

static gboolean
empty_quarantine(const char *home, const char *unit, DsMaintained *done, GError **error)
{
  g_autofree char *dir = g_build_filename(home, "quarantine", unit, NULL);
  gint64 oldest = ds_clock_now().wall_us - QUARANTINE_US;

  if (!g_file_test(dir, G_FILE_TEST_IS_DIR))
    return TRUE;
  g_autoptr(GPtrArray) names = ds_files_list(dir, error);
  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autofree char *path = g_build_filename(dir, names->pdata[i], NULL);
    struct stat st;
    if (lstat(path, &st) < 0 || (gint64)st.st_mtime * G_USEC_PER_SEC > oldest)
      continue;
    done->freed += folder_size(path);
    if (!ds_files_remove_tree(path, error))
      return FALSE;
    done->quarantined++;
  }
  return names != NULL;
}

/* Whole days, towards the past. */
static gint
days_until(gint64 at_us)
{
  gint64 left = at_us - ds_clock_now().wall_us;

  return (gint)(left / G_TIME_SPAN_DAY) - (left < 0 ? 1 : 0);
}

gboolean
ds_station_maintain(const char *home, DsMaintained *done, GError **error)
{
  g_autofree char *full = g_canonicalize_filename(home, NULL);
  g_autoptr(DsStationSettings) settings = ds_station_settings_read(full, error);
  g_autoptr(DsDirectory) directory = NULL;
  g_autoptr(GBytes) bytes = NULL;
  GError *first = NULL;

  *done = (DsMaintained){0};
  if (settings == NULL ||
      !ds_station_read_directory(full, &settings->root, &directory, &bytes, error))
    return FALSE;
  done->directory_days = days_until(directory->expires_us);
  for (guint i = 0; i < directory->units->len; i++) {
    const DsUnitEntry *entry = directory->units->pdata[i];
    GError *reason = NULL;
    if (tidy(full, entry->id, done, &reason) && empty_quarantine(full, entry->id, done, &reason))
      continue;
    g_prefix_error(&reason, "unit %s: ", entry->id);
    if (first == NULL)
      first = g_steal_pointer(&reason);
    g_clear_error(&reason);
  }
  if (first == NULL)
    return TRUE;
  g_propagate_error(error, first);
  return FALSE;
}
