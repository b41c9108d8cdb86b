/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A decoded picture, and the two ways to get one. */
#pragma once

#include "plugin/doorstep-plugin.h"

G_BEGIN_DECLS

/* More than any camera or A4 scanner in use gives; a file that unpacks to more is refused before
 * it is unpacked. */
#define DS_PICTURE_MAX_PIXELS (64u * 1000 * 1000)

typedef struct {
  guint width;
  guint height;
  guint density; /* dots per inch as the file says; 0 when it does not say */
  guint depth;   /* bits a pixel in the file: 24 for plain colour, 8 for grey */
  guint8 *rgb;   /* width × height × 3, rows from the top */
} DsPicture;

/* Decode all of @data: a file that ends early or has a fault is DS_ERROR_INVALID, one over
 * DS_PICTURE_MAX_PIXELS DS_ERROR_TOO_LARGE, a JPEG in CMYK DS_ERROR_UNSUPPORTED. */
gboolean ds_picture_read_jpeg(GBytes *data, DsPicture *picture, GError **error);
gboolean ds_picture_read_png(GBytes *data, DsPicture *picture, GError **error);

/* Allocates the pixels after checking the size. */
gboolean ds_picture_allocate(DsPicture *self, guint width, guint height, GError **error);
/* Wipes the pixels. */
void ds_picture_clear(DsPicture *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DsPicture, ds_picture_clear)

/* What can be said about the pixels (measure.c). */
typedef struct {
  gboolean colour;         /* at least 1 % of the pixels are not grey */
  double brightness;       /* mean luma, 0 to 255 */
  double blur;             /* variance of the Laplacian of luma: small is blurred */
  double background_white; /* percent of the background's pixels that are nearly white */
  double background_mean;  /* their mean luma */
} DsMeasures;

void ds_picture_measure(const DsPicture *self, DsMeasures *measures);

G_END_DECLS
