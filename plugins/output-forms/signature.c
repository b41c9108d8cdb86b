/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signature.h"

#include "words.h"

#define CAPTION 20.0

const char *
signature_signer(const DsView *view, const char *const *fields)
{
  for (; *fields != NULL; fields++)
    if (ds_view_field(view, *fields) != NULL)
      return ds_view_field(view, *fields);
  return NULL;
}

const DsPart *
signature_part(const DsView *view, const char *signer)
{
  return signer != NULL ? ds_view_find_part(view, DS_SLOT_SIGNATURE, signer) : NULL;
}

gboolean
signature_draw(Sheet *sheet, const DsView *view, const char *signer, Box box, GError **error)
{
  const DsPart *part = signature_part(view, signer);
  GBytes *bytes = part != NULL ? ds_view_part_bytes(view, part->id) : NULL;
  const char *reason = words_field(view, "signature.reason");

  if (g_strcmp0(signer, "officer-on-behalf") == 0) {
    g_autofree char *caption = g_strdup_printf("（民警代签：%s）", reason);

    box.height -= CAPTION;
    sheet_fit(sheet, (Box){box.x, box.y + box.height, box.width, CAPTION}, caption, 8, INK_CENTRE);
  }
  return bytes == NULL || sheet_picture(sheet, box, bytes, error);
}
