/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells JPEG from PNG and measures nothing: what is left is the cost of everything else. */
#include "plugin/doorstep-plugin.h"

static gboolean
inspect(GBytes *data, DsPart *part, DsFindings *findings, GError **error)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data(data, &size);

  ds_part_set_attribute(part, "media-type",
                        size > 0 && bytes[0] == 0x89 ? "image/png" : "image/jpeg");
  return TRUE;
}

static const DsInspectorOps ops = {
    .struct_size = sizeof(DsInspectorOps),
    .inspect = inspect,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_INSPECTOR, "inspect-image", ops);
