/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Marks the unit layer leaves for the courier: an empty file HOME/depot/urgent/<id> or
 * HOME/depot/resend/<id>. Gone once the bundle is handed over. */
#pragma once

#include "base/digest.h"

G_BEGIN_DECLS

typedef enum {
  DS_COURIER_URGENT, /* before everything else */
  DS_COURIER_RESEND, /* again, although it was handed over */
} DsCourierMark;

/* Durable on TRUE; again is fine. */
gboolean ds_courier_mark_set(const char *home, DsCourierMark mark, const DsDigest *id,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_courier_mark_has(const char *home, DsCourierMark mark, const DsDigest *id);
/* TRUE when it was not there. */
gboolean ds_courier_mark_clear(const char *home, DsCourierMark mark, const DsDigest *id,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
