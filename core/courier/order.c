/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "courier/order.h"

gint
ds_order_compare(gconstpointer a, gconstpointer b, gpointer unused)
{
  const DsOrderItem *first = a, *second = b;

  if (first->urgent != second->urgent)
    return first->urgent ? -1 : 1;
  if (first->size != second->size)
    return first->size < second->size ? -1 : 1;
  if (first->entry.seq != second->entry.seq)
    return first->entry.seq < second->entry.seq ? -1 : 1;
  return ds_digest_compare(&first->entry.id, &second->entry.id);
}
