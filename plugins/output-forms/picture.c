/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "picture.h"

#include <string.h>

#define MOST_PIXELS 6000 /* a side */

typedef struct {
  const guint8 *data;
  gsize size;
} Source;

static cairo_status_t
read_some(void *closure, unsigned char *data, unsigned int size)
{
  Source *source = closure;

  if (size > source->size)
    return CAIRO_STATUS_READ_ERROR;
  memcpy(data, source->data, size);
  source->data += size;
  source->size -= size;
  return CAIRO_STATUS_SUCCESS;
}

static gboolean
fits(guint width, guint height)
{
  return width > 0 && height > 0 && width <= MOST_PIXELS && height <= MOST_PIXELS;
}

static guint
read_be(const guint8 *at, guint bytes)
{
  guint value = 0;

  for (guint i = 0; i < bytes; i++)
    value = value << 8 | at[i];
  return value;
}

/* The size stands in the IHDR chunk, before anything is unpacked. */
static cairo_surface_t *
load_png(const guint8 *data, gsize size)
{
  Source source = {data, size};
  cairo_surface_t *picture;

  if (size < 24 || !fits(read_be(data + 16, 4), read_be(data + 20, 4)))
    return NULL;
  picture = cairo_image_surface_create_from_png_stream(read_some, &source);
  if (cairo_surface_status(picture) == CAIRO_STATUS_SUCCESS)
    return picture;
  cairo_surface_destroy(picture);
  return NULL;
}

/* Walks the segments to the frame header (SOF0 to SOF2, which every viewer knows). */
static gboolean
find_jpeg_size(const guint8 *data, gsize size, guint *width, guint *height)
{
  gsize at = 2;

  while (at + 9 <= size && data[at] == 0xFF) {
    guint marker = data[at + 1];

    if (marker >= 0xC0 && marker <= 0xC2) {
      *height = read_be(data + at + 5, 2);
      *width = read_be(data + at + 7, 2);
      return fits(*width, *height);
    }
    at += 2 + read_be(data + at + 2, 2);
  }
  return FALSE;
}

static cairo_surface_t *
load_jpeg(const guint8 *data, gsize size)
{
  cairo_surface_t *picture;
  guint width, height;
  guint8 *copy;

  if (!find_jpeg_size(data, size, &width, &height))
    return NULL;
  picture = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
  copy = g_memdup2(data, size);
  if (cairo_surface_set_mime_data(picture, CAIRO_MIME_TYPE_JPEG, copy, size, g_free, copy) !=
      CAIRO_STATUS_SUCCESS) {
    g_free(copy);
    cairo_surface_destroy(picture);
    return NULL;
  }
  return picture;
}

cairo_surface_t *
picture_load(GBytes *bytes, GError **error)
{
  static const guint8 PNG[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  gsize size;
  const guint8 *data = g_bytes_get_data(bytes, &size);
  cairo_surface_t *picture = NULL;

  if (size > sizeof PNG && memcmp(data, PNG, sizeof PNG) == 0)
    picture = load_png(data, size);
  else if (size > 4 && data[0] == 0xFF && data[1] == 0xD8)
    picture = load_jpeg(data, size);
  if (picture == NULL)
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "a picture for the form is no JPEG or PNG, is broken, or has more than %d pixels a "
                "side; capture it again",
                MOST_PIXELS);
  return picture;
}
