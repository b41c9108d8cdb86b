/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libjpeg-turbo reports errors by jumping; everything that must survive the jump is in Reader. */
#include "picture.h"

#include <libintl.h>
#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#define _(text) dgettext("doorstep", text)
#define CM_PER_INCH 2.54
/* A progressive picture has about ten; each one costs a pass over all its pixels. */
#define SCANS_MAX 100

typedef struct {
  struct jpeg_error_mgr base; /* first: libjpeg knows only this */
  struct jpeg_decompress_struct info;
  struct jpeg_progress_mgr progress;
  jmp_buf jump;
  DsPicture *picture;
  GError **error;
} Reader;

static void
fail(Reader *self)
{
  char text[JMSG_LENGTH_MAX];

  self->base.format_message((j_common_ptr)&self->info, text);
  g_set_error(self->error, DS_ERROR, DS_ERROR_INVALID,
              _("the JPEG is damaged or cut short (%s); take or copy it again"), text);
  longjmp(self->jump, 1);
}

static void
on_error(j_common_ptr info)
{
  fail((Reader *)info->err);
}

/* What libjpeg would paper over with grey: negative levels are warnings of corrupt data. */
static void
on_message(j_common_ptr info, int level)
{
  if (level < 0)
    fail((Reader *)info->err);
}

static void
on_progress(j_common_ptr info)
{
  Reader *self = (Reader *)info->err;

  if (self->info.input_scan_number <= SCANS_MAX)
    return;
  g_set_error(self->error, DS_ERROR, DS_ERROR_INVALID,
              _("the JPEG is drawn in more than %d layers; save it again with another program"),
              SCANS_MAX);
  longjmp(self->jump, 1);
}

static guint
density_of(const struct jpeg_decompress_struct *info)
{
  if (!info->saw_JFIF_marker || info->density_unit == 0)
    return 0;
  return info->density_unit == 1 ? info->X_density : (guint)(info->X_density * CM_PER_INCH + 0.5);
}

static gboolean
check_colours(Reader *self)
{
  J_COLOR_SPACE space = self->info.jpeg_color_space;

  if (space == JCS_GRAYSCALE || space == JCS_YCbCr || space == JCS_RGB)
    return TRUE;
  g_set_error_literal(self->error, DS_ERROR, DS_ERROR_UNSUPPORTED,
                      _("the JPEG is made for printing (CMYK colours); save it as RGB"));
  return FALSE;
}

static gboolean
read_rows(Reader *self)
{
  struct jpeg_decompress_struct *info = &self->info;
  DsPicture *picture = self->picture;

  if (setjmp(self->jump) != 0)
    return FALSE;
  if (jpeg_read_header(info, TRUE) != JPEG_HEADER_OK || !check_colours(self) ||
      !ds_picture_allocate(picture, info->image_width, info->image_height, self->error))
    return FALSE;
  picture->density = density_of(info);
  picture->depth = (guint)(info->num_components * info->data_precision);
  info->out_color_space = JCS_RGB;
  jpeg_start_decompress(info);
  while (info->output_scanline < info->output_height) {
    JSAMPROW row = picture->rgb + (gsize)info->output_scanline * picture->width * 3;
    jpeg_read_scanlines(info, &row, 1);
  }
  jpeg_finish_decompress(info);
  return TRUE;
}

gboolean
ds_picture_read_jpeg(GBytes *data, DsPicture *picture, GError **error)
{
  Reader reader = {.picture = picture, .error = error};
  gsize size;
  const guint8 *bytes = g_bytes_get_data(data, &size);

  reader.info.err = jpeg_std_error(&reader.base);
  reader.base.error_exit = on_error;
  reader.base.emit_message = on_message;
  jpeg_create_decompress(&reader.info);
  reader.progress.progress_monitor = on_progress;
  reader.info.progress = &reader.progress;
  jpeg_mem_src(&reader.info, bytes, (unsigned long)size);
  gboolean ok = read_rows(&reader);
  jpeg_destroy_decompress(&reader.info);
  return ok;
}
