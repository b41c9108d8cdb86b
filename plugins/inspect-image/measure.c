/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "picture.h"

/* The background of a portrait is what lies along the top edge and, above the shoulders, along both
 * sides. */
#define MARGIN_PERCENT 6
#define SIDE_PERCENT 50
/* The darkest channel of a nearly white pixel. */
#define NEARLY_WHITE 230
/* Between the strongest and weakest channel of a grey pixel; JPEG rounds colours. */
#define GREY_SPREAD 16
#define COLOUR_SHARE 0.01

static inline guint
luma(const guint8 *pixel)
{
  return (299u * pixel[0] + 587u * pixel[1] + 114u * pixel[2] + 500u) / 1000u;
}

static inline const guint8 *
pixel_at(const DsPicture *self, guint x, guint y)
{
  return self->rgb + ((gsize)y * self->width + x) * 3;
}

static void
measure_all(const DsPicture *self, DsMeasures *measures)
{
  gsize pixels = (gsize)self->width * self->height;
  gsize coloured = 0;
  guint64 sum = 0;

  for (gsize i = 0; i < pixels; i++) {
    const guint8 *p = self->rgb + i * 3;
    guint most = MAX(p[0], MAX(p[1], p[2]));
    guint least = MIN(p[0], MIN(p[1], p[2]));

    sum += luma(p);
    coloured += most - least > GREY_SPREAD ? 1 : 0;
  }
  measures->brightness = (double)sum / (double)pixels;
  measures->colour = (double)coloured >= COLOUR_SHARE * (double)pixels;
}

static void
measure_blur(const DsPicture *self, DsMeasures *measures)
{
  double sum = 0, squares = 0;
  gsize count = 0;

  for (guint y = 1; y + 1 < self->height; y++)
    for (guint x = 1; x + 1 < self->width; x++) {
      int edge = 4 * (int)luma(pixel_at(self, x, y)) - (int)luma(pixel_at(self, x - 1, y)) -
                 (int)luma(pixel_at(self, x + 1, y)) - (int)luma(pixel_at(self, x, y - 1)) -
                 (int)luma(pixel_at(self, x, y + 1));
      sum += edge;
      squares += (double)edge * edge;
      count++;
    }
  measures->blur = 0;
  if (count > 0)
    measures->blur = squares / (double)count - (sum / (double)count) * (sum / (double)count);
}

static gboolean
is_background(const DsPicture *self, guint x, guint y)
{
  guint top = MAX(1, self->height * MARGIN_PERCENT / 100);
  guint side = MAX(1, self->width * MARGIN_PERCENT / 100);

  if (y < top)
    return TRUE;
  return y < self->height * SIDE_PERCENT / 100 && (x < side || x >= self->width - side);
}

static void
measure_background(const DsPicture *self, DsMeasures *measures)
{
  guint64 sum = 0;
  gsize white = 0, count = 0;

  for (guint y = 0; y < MAX(1, self->height * SIDE_PERCENT / 100); y++)
    for (guint x = 0; x < self->width; x++) {
      const guint8 *p = pixel_at(self, x, y);

      if (!is_background(self, x, y))
        continue;
      count++;
      sum += luma(p);
      white += MIN(p[0], MIN(p[1], p[2])) >= NEARLY_WHITE ? 1 : 0;
    }
  measures->background_white = 100.0 * (double)white / (double)count;
  measures->background_mean = (double)sum / (double)count;
}

void
ds_picture_measure(const DsPicture *self, DsMeasures *measures)
{
  measure_all(self, measures);
  measure_blur(self, measures);
  measure_background(self, measures);
}
