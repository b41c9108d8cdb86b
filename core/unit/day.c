/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/day.h"

#include "base/clock.h"
#include "unit/pack.h"
#include "unit/unit-private.h"
#include "vault/case.h"

gboolean
ds_unit_fix_day(DsUnit *self, const char *case_id, gboolean again, GError **error)
{
  g_autoptr(DsVaultCase) of = ds_vault_case(self->vault, case_id, error);
  GDate today;

  if (of == NULL)
    return FALSE;
  if (of->day != NULL && (!again || of->version > 1))
    return TRUE;
  ds_clock_day(ds_clock_now().wall_us, &today);
  g_autofree char *day = ds_date_format(&today);
  g_autoptr(DsPack) pack = ds_unit_pack_on(self, of, &today, error);
  if (pack == NULL)
    return FALSE;
  g_autofree char *version = g_strdup_printf("%u", ds_pack_version(pack));
  return ds_vault_set_case_pack(self->vault, case_id, ds_pack_id(pack), version, day, self->officer,
                                error);
}

gboolean
ds_unit_forget_day(DsUnit *self, const char *case_id, GError **error)
{
  g_autoptr(DsVaultCase) of = ds_vault_case(self->vault, case_id, error);

  if (of == NULL)
    return FALSE;
  return of->version > 1 ||
         ds_vault_set_case_pack(self->vault, case_id, NULL, NULL, NULL, self->officer, error);
}
