/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much of a station's answer is taken, and what may be spent on looking at it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DS_FETCH_PACK_MAX (G_GUINT64_CONSTANT(256) << 20)
#define DS_FETCH_MESSAGE_MAX (G_GUINT64_CONSTANT(256) << 20)
#define DS_FETCH_MEMORY_MAX (G_GUINT64_CONSTANT(768) << 20)
#define DS_FETCH_CPU_SECONDS_MAX 120

typedef struct {
  guint64 pack_max;      /* bytes received in one fetch; 0: DS_FETCH_PACK_MAX */
  guint64 memory_max;    /* address space of index-pack; 0: DS_FETCH_MEMORY_MAX */
  guint cpu_seconds_max; /* of index-pack; 0: DS_FETCH_CPU_SECONDS_MAX */
} DsFetchLimits;

G_END_DECLS
