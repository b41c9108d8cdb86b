/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells what a file is by its content and measures pictures. It judges nothing: what a portrait
 * must be is step-portrait's to say, from these measures. */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>
#include <string.h>

#include "picture.h"

#define _(text) dgettext("doorstep", text)
#define PDF_TAIL 1024

typedef struct {
  const char *magic;
  gsize size;
  gsize offset;
  const char *name;
} Magic;

static gboolean
begins(GBytes *data, const Magic *magic)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data(data, &size);

  return size >= magic->offset + magic->size &&
         memcmp(bytes + magic->offset, magic->magic, magic->size) == 0;
}

static void
set_number(DsPart *part, const char *name, const char *format, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  ds_part_set_attribute(part, name, g_ascii_formatd(text, sizeof(text), format, value));
}

static void
set_measures(DsPart *part, const DsPicture *picture)
{
  DsMeasures measures;

  ds_picture_measure(picture, &measures);
  set_number(part, "measure.width", "%.0f", picture->width);
  set_number(part, "measure.height", "%.0f", picture->height);
  set_number(part, "measure.depth", "%.0f", picture->depth);
  if (picture->density > 0)
    set_number(part, "measure.density", "%.0f", picture->density);
  ds_part_set_attribute(part, "measure.colour", measures.colour ? "true" : "false");
  set_number(part, "measure.brightness", "%.1f", measures.brightness);
  set_number(part, "measure.blur", "%.1f", measures.blur);
  set_number(part, "measure.background-white", "%.1f", measures.background_white);
  set_number(part, "measure.background-mean", "%.1f", measures.background_mean);
}

/* Measures what @read decodes. */
static gboolean
inspect_picture(GBytes *data, DsPart *part, const char *media_type,
                gboolean (*read)(GBytes *, DsPicture *, GError **), GError **error)
{
  g_auto(DsPicture) picture = {0};

  if (!read(data, &picture, error))
    return FALSE;
  ds_part_set_attribute(part, "media-type", media_type);
  set_measures(part, &picture);
  return TRUE;
}

/* Its pages are never drawn here; only that the file has its end. */
static gboolean
inspect_pdf(GBytes *data, DsPart *part, GError **error)
{
  gsize size;
  const char *bytes = g_bytes_get_data(data, &size);
  gsize tail = MIN(size, PDF_TAIL);

  if (memmem(bytes + size - tail, tail, "%%EOF", 5) == NULL) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        _("the PDF is cut short (its end mark is missing); copy it again"));
    return FALSE;
  }
  ds_part_set_attribute(part, "media-type", "application/pdf");
  return TRUE;
}

/* Formats people bring, named so that they know what to save it from. */
static const char *
name_of_other(GBytes *data)
{
  static const Magic others[] = {
      {"GIF8", 4, 0, "GIF"},      {"BM", 2, 0, "BMP"},        {"II*\0", 4, 0, "TIFF"},
      {"MM\0*", 4, 0, "TIFF"},    {"WEBP", 4, 8, "WebP"},     {"ftyphei", 7, 4, "HEIC"},
      {"ftypmif1", 8, 4, "HEIC"}, {"ftypavif", 8, 4, "AVIF"}, {"PK\3\4", 4, 0, "ZIP"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
    if (begins(data, &others[i]))
      return others[i].name;
  return NULL;
}

static gboolean
refuse(GBytes *data, GError **error)
{
  gsize size;
  const char *bytes = g_bytes_get_data(data, &size);
  const char *other = name_of_other(data);

  if (size == 0)
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID, _("the file is empty"));
  else if (other != NULL)
    g_set_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED,
                _("this is a %s file; only JPEG, PNG and PDF are taken, save it as one of them"),
                other);
  else if (g_utf8_validate(bytes, (gssize)MIN(size, 512), NULL))
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        _("this is text, not a picture, whatever its name says; choose the picture "
                          "itself"));
  else
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        _("this is no JPEG, PNG or PDF, whatever its name says; choose another "
                          "file"));
  return FALSE;
}

static gboolean
inspect(GBytes *data, DsPart *part, DsFindings *findings, GError **error)
{
  static const Magic jpeg = {"\xff\xd8\xff", 3, 0, "JPEG"};
  static const Magic png = {"\x89PNG\r\n\x1a\n", 8, 0, "PNG"};
  static const Magic pdf = {"%PDF-", 5, 0, "PDF"};

  if (begins(data, &jpeg))
    return inspect_picture(data, part, "image/jpeg", ds_picture_read_jpeg, error);
  if (begins(data, &png))
    return inspect_picture(data, part, "image/png", ds_picture_read_png, error);
  if (begins(data, &pdf))
    return inspect_pdf(data, part, error);
  return refuse(data, error);
}

static const DsInspectorOps ops = {
    .struct_size = sizeof(DsInspectorOps),
    .inspect = inspect,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_INSPECTOR, "inspect-image", ops);
