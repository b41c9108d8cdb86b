/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/pins.h"

#include "base/digest.h"
#include "base/error.h"
#include "bundle/key.h"
#include "unit/unit-private.h"
#include "vault/setting.h"

GArray *
ds_unit_root_pins(DsUnit *self, GError **error)
{
  GError *local = NULL;
  g_autoptr(GBytes) stored = ds_vault_setting(self->vault, DS_UNIT_SETTING_PINS, &local);
  gsize size = 0;

  if (local != NULL) {
    g_propagate_error(error, local);
    return NULL;
  }
  GArray *pins = g_array_new(FALSE, FALSE, sizeof(DsDigest));
  const guint8 *data = stored != NULL ? g_bytes_get_data(stored, &size) : NULL;
  if (size >= sizeof(DsDigest))
    g_array_append_vals(pins, data, (guint)(size / sizeof(DsDigest)));
  return pins;
}

gboolean
ds_unit_pin_roots(DsUnit *self, const DsDirectory *directory, GError **error)
{
  DsDigest pins[2] = {ds_key_digest(directory->root)};
  gsize count = 1;

  if (directory->next_root != NULL)
    pins[count++] = ds_key_digest(directory->next_root);
  g_autoptr(GBytes) bytes = g_bytes_new(pins, count * sizeof *pins);
  return ds_vault_set_setting(self->vault, DS_UNIT_SETTING_PINS, bytes, error);
}
