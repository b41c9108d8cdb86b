/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "picture.h"

#include <libintl.h>
#include <string.h>

#define _(text) dgettext("doorstep", text)

gboolean
ds_picture_allocate(DsPicture *self, guint width, guint height, GError **error)
{
  guint64 pixels = (guint64)width * height;

  if (pixels == 0 || pixels > DS_PICTURE_MAX_PIXELS) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
                _("the picture has %u × %u pixels, at most %u million are taken; make it smaller"),
                width, height, DS_PICTURE_MAX_PIXELS / 1000000);
    return FALSE;
  }
  self->width = width;
  self->height = height;
  self->rgb = g_try_malloc(pixels * 3);
  if (self->rgb == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
                _("there is no memory for a picture of %u × %u pixels; make it smaller"), width,
                height);
    return FALSE;
  }
  return TRUE;
}

void
ds_picture_clear(DsPicture *self)
{
  if (self->rgb != NULL)
    explicit_bzero(self->rgb, (gsize)self->width * self->height * 3);
  g_clear_pointer(&self->rgb, g_free);
}
