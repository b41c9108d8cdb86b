/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/limits.h"

#include "base/error.h"
#include "depot/refs.h"
#include "depot/room.h"
#include "station/station-private.h"

#define LEAST (G_GUINT64_CONSTANT(1) << 20)
/* git's own framing around one bundle. */
#define FRAMING (G_GUINT64_CONSTANT(1) << 20)

DsUnitLimits
ds_limits_of(const DsStationSettings *settings, const char *unit)
{
  const DsUnitLimits *own = g_hash_table_lookup(settings->unit_limits, unit);
  DsUnitLimits limits = settings->limits;

  if (own != NULL && own->quota != 0)
    limits.quota = own->quota;
  if (own != NULL && own->bundle_max != 0)
    limits.bundle_max = own->bundle_max;
  if (limits.quota == 0)
    limits.quota = DS_LIMITS_QUOTA;
  if (limits.bundle_max == 0)
    limits.bundle_max = DS_LIMITS_BUNDLE_MAX;
  return limits;
}

char *
ds_limits_size_text(guint64 bytes)
{
  g_autofree char *text = g_format_size_full(bytes, G_FORMAT_SIZE_IEC_UNITS);
  g_auto(GStrv) words = g_strsplit(text, "\u00a0", -1);

  /* it goes through ssh and git to the courier, who keeps nothing but ASCII of it */
  return g_strjoinv(" ", words);
}

static gboolean
is_sane(const DsUnitLimits *limits, GError **error)
{
  if ((limits->quota == 0 || limits->quota >= LEAST) &&
      (limits->bundle_max == 0 || limits->bundle_max >= LEAST))
    return TRUE;
  g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                      "a limit under 1 MiB lets no case through: give 1M or more");
  return FALSE;
}

gboolean
ds_station_set_limits(DsStation *self, const char *unit, const DsUnitLimits *limits, GError **error)
{
  DsStationSettings *settings = self->settings;
  DsUnitLimits *target = &settings->limits;

  if (!is_sane(limits, error))
    return FALSE;
  if (unit != NULL && ds_directory_find_unit(self->directory, unit) == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "unit \"%.64s\" is not in the directory",
                unit);
    return FALSE;
  }
  if (unit != NULL) {
    target = g_hash_table_lookup(settings->unit_limits, unit);
    if (target == NULL) {
      target = g_new0(DsUnitLimits, 1);
      g_hash_table_insert(settings->unit_limits, g_strdup(unit), target);
    }
  }
  if (limits->quota != 0)
    target->quota = limits->quota;
  if (limits->bundle_max != 0)
    target->bundle_max = limits->bundle_max;
  return ds_station_settings_write(settings, self->home, error);
}

const DsStationSettings *
ds_station_settings(const DsStation *self)
{
  return self->settings;
}

/* Cuts @room to @bytes, says so by @format. */
static void
cut(guint64 *room, guint64 bytes, char **note, char *text)
{
  if (bytes >= *room) {
    g_free(text);
    return;
  }
  *room = MAX(bytes, 1);
  g_free(*note);
  *note = text;
}

char *
ds_limits_push_room(const DsStationSettings *settings, const char *unit, const char *path,
                    guint64 *room)
{
  DsUnitLimits limits = ds_limits_of(settings, unit);
  guint64 used = ds_room_used(path), free_bytes = ds_room_free(path);
  g_autofree char *quota = ds_limits_size_text(limits.quota);
  g_autofree char *taken = ds_limits_size_text(used);
  g_autofree char *largest = ds_limits_size_text(limits.bundle_max);
  char *note = NULL;

  *room = DS_DEPOT_INPUT_MAX;
  if (limits.bundle_max < DS_LIMITS_BUNDLE_MAX)
    cut(room, limits.bundle_max + FRAMING, &note,
        g_strdup_printf(DS_ROOM_LIMIT "one bundle of unit %s may have %s", unit, largest));
  cut(room, limits.quota > used ? limits.quota - used : 1, &note,
      g_strdup_printf(DS_ROOM_NOTE "unit %s has %s waiting at the station and may have %s, try "
                                   "again when the station has taken it in",
                      unit, taken, quota));
  cut(room, free_bytes > DS_LIMITS_DISK_RESERVE ? free_bytes - DS_LIMITS_DISK_RESERVE : 1, &note,
      g_strdup(DS_ROOM_NOTE "the station's disk is full, try again later"));
  return note;
}
