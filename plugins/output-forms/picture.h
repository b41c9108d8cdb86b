/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pictures as the PDF takes them. */
#pragma once

#include <cairo.h>

#include "plugin/doorstep-plugin.h"

/* An image surface of the picture's size. PNG is decoded; JPEG is only carried along for the PDF
 * to embed, so that no decoder of ours touches it. NULL for anything else, for broken pictures and
 * for more than 6000 pixels a side. (transfer full) */
cairo_surface_t *picture_load(GBytes *bytes, GError **error);
