/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The laptop's clock against what this unit has seen: the newest time in its journal, the newest
 * time the station signed, the time since boot. A clock that is wrong is shown and recorded; no
 * receipt, replay or prune ever asks it (DESIGN: time). */
#pragma once

#include "unit/unit.h"

G_BEGIN_DECLS

/* What clocks may drift or be set by the network without a word. */
#define DS_WATCH_TOLERANCE_US (2 * G_TIME_SPAN_MINUTE)

typedef struct {
  gint64 now_us;    /* the wall clock */
  gint64 newest_us; /* the newest time seen, by this unit or signed by the station; 0: none */
  gint64 behind_us; /* how far the clock is behind it; 0: it is not, or within the tolerance */
  gboolean station; /* the newest time is the station's word */
} DsWatch;

typedef struct {
  guint64 entry;  /* of the journal */
  gint64 from_us; /* what the clock should have said */
  gint64 to_us;   /* what it said */
} DsClockJump;

/* Compares and, once for every jump, journals "clock-jump" with its seconds: back against the last
 * entry, forward too as long as the machine was not started anew in between. Done when the unit is
 * opened, a case is begun and a case is sealed. @watch (may be NULL) as below. */
gboolean ds_unit_watch_clock(DsUnit *self, DsWatch *watch,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Pure reading. */
gboolean ds_unit_read_watch(DsUnit *self, DsWatch *watch, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The officer compared the clock with another one, and it is right: times seen before count no
 * more, the station's do. Journalled as "clock-confirmed". The station's word does the same: a time
 * signed after the jump that the clock is not behind. */
gboolean ds_unit_confirm_clock(DsUnit *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* DsClockJump in order, from journal entry @from on. (transfer full) */
GArray *ds_unit_clock_jumps(DsUnit *self, guint64 from, GError **error);

G_END_DECLS
