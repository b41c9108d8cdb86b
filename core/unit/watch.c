/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/watch.h"

#include <stdlib.h>

#include "base/clock.h"
#include "unit/unit-private.h"
#include "vault/journal.h"
#include "vault/setting.h"

#define EVENT_JUMP "clock-jump"
#define EVENT_CONFIRMED "clock-confirmed"
/* "ENTRY WALL": the newest time of the journal up to that entry, as far as it counts. */
#define SETTING_NEWEST "clock.newest"
/* Entries after which it is noted anew, so that no unlock reads the whole journal. */
#define NOTE_AFTER 500u
/* The station's newest time when the clock last jumped. */
#define SETTING_STATION_THEN "clock.station-at-jump"
#define WHO "unit"

static gboolean
read_number(DsUnit *self, const char *name, gint64 *value, GError **error)
{
  GError *local = NULL;
  g_autofree char *text = ds_vault_setting_text(self->vault, name, &local);

  *value = text != NULL ? g_ascii_strtoll(text, NULL, 10) : 0;
  if (local == NULL)
    return TRUE;
  g_propagate_error(error, local);
  return FALSE;
}

static gboolean
write_number(DsUnit *self, const char *name, gint64 value, GError **error)
{
  g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, value);

  return ds_vault_set_setting_text(self->vault, name, text, error);
}

/* ---- the newest time ---- */

static gboolean
note_newest(DsUnit *self, guint64 entry, gint64 wall_us, GError **error)
{
  g_autofree char *text =
      g_strdup_printf("%" G_GUINT64_FORMAT " %" G_GINT64_FORMAT, entry, wall_us);

  return ds_vault_set_setting_text(self->vault, SETTING_NEWEST, text, error);
}

/* @counted: the entry up to which it was noted. */
static gboolean
read_newest(DsUnit *self, gint64 *wall_us, guint64 *counted, GError **error)
{
  GError *local = NULL;
  g_autofree char *text = ds_vault_setting_text(self->vault, SETTING_NEWEST, &local);
  char *rest = NULL;
  gint64 since = 0;

  if (local != NULL) {
    g_propagate_error(error, local);
    return FALSE;
  }
  *counted = text != NULL ? g_ascii_strtoull(text, &rest, 10) : 0;
  *wall_us = rest != NULL ? g_ascii_strtoll(rest, NULL, 10) : 0;
  if (!ds_vault_newest_wall(self->vault, *counted, &since, error))
    return FALSE;
  *wall_us = MAX(*wall_us, since);
  return TRUE;
}

gboolean
ds_unit_read_watch(DsUnit *self, DsWatch *watch, GError **error)
{
  gint64 own = 0, station = 0;
  guint64 counted = 0;

  *watch = (DsWatch){.now_us = ds_clock_now().wall_us};
  if (!read_newest(self, &own, &counted, error) ||
      !ds_vault_station_time(self->vault, &station, error))
    return FALSE;
  watch->station = station > own;
  watch->newest_us = MAX(station, own);
  if (watch->newest_us - watch->now_us > DS_WATCH_TOLERANCE_US)
    watch->behind_us = watch->newest_us - watch->now_us;
  return TRUE;
}

/* ---- jumps ---- */

/* The last entry's clocks; @entry NULL before the first. */
static gboolean
last_entry(DsUnit *self, DsVaultEntry **entry, GError **error)
{
  DsAuditHead head;

  *entry = NULL;
  if (!ds_vault_audit_head(self->vault, &head, error))
    return FALSE;
  if (head.index == 0)
    return TRUE;
  g_autoptr(GPtrArray) entries = ds_vault_entries_from(self->vault, head.index, 1, error);
  if (entries == NULL)
    return FALSE;
  if (entries->len > 0)
    *entry = g_ptr_array_steal_index(entries, 0);
  return TRUE;
}

/* What the wall clock should say at @now at the least; exactly, in the boot of @last. */
static gint64
jump_since(const DsTime *last, const DsTime *now, gint64 *expected)
{
  gboolean same_boot = *last->boot_id != '\0' && g_str_equal(last->boot_id, now->boot_id) &&
                       now->boot_us >= last->boot_us;

  *expected = last->wall_us + (same_boot ? now->boot_us - last->boot_us : 0);
  gint64 jump = now->wall_us - *expected;
  if (jump > 0 && !same_boot)
    return 0; /* it was switched off for that long, for all we know */
  return ABS(jump) > DS_WATCH_TOLERANCE_US ? jump : 0;
}

static gboolean
note_jump(DsUnit *self, gint64 expected, gint64 now, GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self->vault, error);
  g_autofree char *from = ds_clock_format(expected);
  g_autofree char *to = ds_clock_format(now);
  g_autofree char *detail = g_strdup_printf("%+" G_GINT64_FORMAT " s: %s, not %s",
                                            (now - expected) / G_USEC_PER_SEC, to, from);
  gint64 station = 0;

  return transaction != NULL && ds_vault_station_time(self->vault, &station, error) &&
         write_number(self, SETTING_STATION_THEN, station, error) &&
         ds_vault_log(self->vault, NULL, NULL, EVENT_JUMP, detail, WHO, error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

static gboolean
settle(DsUnit *self, const char *event, const char *who, GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self->vault, error);
  DsAuditHead head;

  return transaction != NULL && ds_vault_audit_head(self->vault, &head, error) &&
         note_newest(self, head.index, 0, error) &&
         ds_vault_log(self->vault, NULL, NULL, event, NULL, who, error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

/* The own times are proved wrong by a time the station signed since. */
static gboolean
is_settled_by_station(DsUnit *self, const DsWatch *watch, gboolean *settled, GError **error)
{
  gint64 station = 0, then = 0;

  *settled = FALSE;
  if (watch->behind_us == 0 || watch->station)
    return TRUE;
  if (!ds_vault_station_time(self->vault, &station, error) ||
      !read_number(self, SETTING_STATION_THEN, &then, error))
    return FALSE;
  *settled = station > then && watch->now_us >= station;
  return TRUE;
}

static gboolean
count_on(DsUnit *self, GError **error)
{
  gint64 newest = 0;
  guint64 counted = 0;
  DsAuditHead head;

  return ds_vault_audit_head(self->vault, &head, error) &&
         read_newest(self, &newest, &counted, error) &&
         (head.index < counted + NOTE_AFTER || note_newest(self, head.index, newest, error));
}

gboolean
ds_unit_watch_clock(DsUnit *self, DsWatch *watch, GError **error)
{
  g_autoptr(DsVaultEntry) last = NULL;
  DsTime now = ds_clock_now();
  DsWatch own;
  gint64 expected = 0;
  gboolean settled = FALSE;

  if (watch == NULL)
    watch = &own;
  if (!last_entry(self, &last, error))
    return FALSE;
  if (last != NULL && jump_since(&last->time, &now, &expected) != 0 &&
      !note_jump(self, expected, now.wall_us, error))
    return FALSE;
  if (!count_on(self, error) || !ds_unit_read_watch(self, watch, error) ||
      !is_settled_by_station(self, watch, &settled, error))
    return FALSE;
  return !settled || (settle(self, EVENT_CONFIRMED, "station", error) &&
                      ds_unit_read_watch(self, watch, error));
}

gboolean
ds_unit_confirm_clock(DsUnit *self, GError **error)
{
  return settle(self, EVENT_CONFIRMED, self->officer, error);
}

GArray *
ds_unit_clock_jumps(DsUnit *self, guint64 from, GError **error)
{
  g_autoptr(GPtrArray) entries = ds_vault_entries(self->vault, NULL, error);
  g_autoptr(GArray) jumps = g_array_new(FALSE, FALSE, sizeof(DsClockJump));

  if (entries == NULL)
    return NULL;
  for (guint i = 0; i < entries->len; i++) {
    const DsVaultEntry *entry = g_ptr_array_index(entries, i);
    if (entry->index < from || !g_str_equal(entry->name, EVENT_JUMP) || entry->value == NULL)
      continue;
    gint64 seconds = g_ascii_strtoll(entry->value, NULL, 10);
    DsClockJump jump = {.entry = entry->index,
                        .from_us = entry->time.wall_us - seconds * G_USEC_PER_SEC,
                        .to_us = entry->time.wall_us};
    g_array_append_val(jumps, jump);
  }
  return g_steal_pointer(&jumps);
}
