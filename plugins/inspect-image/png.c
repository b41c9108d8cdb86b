/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "picture.h"

#include <libintl.h>
#include <string.h>

#include <png.h>

#define _(text) dgettext("doorstep", text)
#define SIGNATURE_SIZE 8
#define CHUNK_OVERHEAD 12 /* length, type, checksum */
#define METRES_PER_INCH 0.0254

static guint32
read_u32(const guint8 *at)
{
  guint32 value;

  memcpy(&value, at, sizeof(value));
  return GUINT32_FROM_BE(value);
}

/* From the pHYs chunk, which stands before the pixels; libpng's simple interface leaves it out. */
static guint
density_of(const guint8 *bytes, gsize size)
{
  for (gsize at = SIGNATURE_SIZE; at + CHUNK_OVERHEAD <= size;) {
    guint32 length = read_u32(bytes + at);
    const guint8 *type = bytes + at + 4;
    const guint8 *body = bytes + at + 8;

    if (length > size - at - CHUNK_OVERHEAD || memcmp(type, "IDAT", 4) == 0)
      return 0;
    if (memcmp(type, "pHYs", 4) == 0 && length == 9)
      return body[8] == 1 ? (guint)(read_u32(body) * METRES_PER_INCH + 0.5) : 0;
    at += length + CHUNK_OVERHEAD;
  }
  return 0;
}

static guint
depth_of(const png_image *image)
{
  guint channels = (image->format & PNG_FORMAT_FLAG_COLOR) != 0 ? 3 : 1;

  channels += (image->format & PNG_FORMAT_FLAG_ALPHA) != 0 ? 1 : 0;
  return channels * ((image->format & PNG_FORMAT_FLAG_LINEAR) != 0 ? 16 : 8);
}

/* What lies under transparent pixels is paper. */
static const png_color paper = {255, 255, 255};

static gboolean
read_pixels(png_image *image, DsPicture *picture, const guint8 *bytes, gsize size, GError **error)
{
  if (!png_image_begin_read_from_memory(image, bytes, size))
    return FALSE;
  if (!ds_picture_allocate(picture, image->width, image->height, error))
    return FALSE;
  picture->density = density_of(bytes, size);
  picture->depth = depth_of(image);
  image->format = PNG_FORMAT_RGB;
  return png_image_finish_read(image, &paper, picture->rgb, 0, NULL) != 0;
}

gboolean
ds_picture_read_png(GBytes *data, DsPicture *picture, GError **error)
{
  png_image image = {.version = PNG_IMAGE_VERSION};
  g_autoptr(GError) refused = NULL;
  gsize size;
  const guint8 *bytes = g_bytes_get_data(data, &size);
  gboolean ok = read_pixels(&image, picture, bytes, size, &refused);

  if (!ok && refused == NULL)
    g_set_error(&refused, DS_ERROR, DS_ERROR_INVALID,
                _("the PNG is damaged or cut short (%s); take or copy it again"), image.message);
  png_image_free(&image);
  if (refused != NULL)
    g_propagate_error(error, g_steal_pointer(&refused));
  return ok;
}
