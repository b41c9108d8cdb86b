/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Three clocks, because a field laptop's wall clock lies: wall time, time since boot, and which
 * boot it was. Decisions about receipts and pruning never use any of them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  gint64 wall_us;  /* microseconds since 1970-01-01T00:00Z, as the machine believes */
  gint64 boot_us;  /* microseconds since boot, suspend included (CLOCK_BOOTTIME) */
  char boot_id[37]; /* the kernel's random id of this boot */
} DsTime;

DsTime ds_clock_now(void);

/* For tests of what a clock set wrong does: from now on ds_clock_now answers with what @source
 * gives. NULL: the machine's clocks again. */
typedef DsTime (*DsClockSource)(void);
void ds_clock_set_source(DsClockSource source);

/* "2026-09-01T08:30:00Z" (UTC, whole seconds) for records. (transfer full) */
char *ds_clock_format(gint64 wall_us);
/* The inverse, also with an offset; -1 when @text is no RFC 3339 time. */
gint64 ds_clock_parse(const char *text);

/* The calendar day at UTC+8, the only zone Chinese administrative days are counted in. */
void ds_clock_day(gint64 wall_us, GDate *day);
/* "2026-09-01" (transfer full); and back: FALSE when @text is no valid date of that form. */
char *ds_date_format(const GDate *day);
gboolean ds_date_parse(GDate *day, const char *text);

/* As people write them: "2026-9-1", "2026/09/01", "2026.9.1", "20260901", "2026年9月1日" as
 * "2026-09-01"; NULL for anything else. (transfer full) */
char *ds_date_read(const char *text);
/* A day as above, a space or T, and "8:30" or "08:30:00", meant at UTC+8, as
 * "2026-09-01T08:30:00+08:00"; RFC 3339 comes back as it is. NULL for anything else.
 * (transfer full) */
char *ds_clock_read(const char *text);

G_END_DECLS
