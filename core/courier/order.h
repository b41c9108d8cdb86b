/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside core/courier: what travels before what. The same spool gives the same order on every
 * contact, whatever the folder's own order is. */
#pragma once

#include "courier/outbox.h"

G_BEGIN_DECLS

typedef struct {
  DsSpoolEntry entry;
  gboolean urgent; /* the unit asked for it: courier/mark.h */
  guint64 size;    /* bytes that travel: manifest, record and the chunks it carries */
} DsOrderItem;

/* The rule of courier/exchange.h: urgent, then small, then by sequence, then by id. For GQueue and
 * GArray; @unused is for g_queue_sort. */
gint ds_order_compare(gconstpointer a, gconstpointer b, gpointer unused);

G_END_DECLS
