/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "courier/carrier.h"

#include <string.h>

#include "base/error.h"

DsCarrier *
ds_carrier_new(const DsCourierConfig *config, GError **error)
{
  if (strcmp(config->carrier, "drive") == 0) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_REFUSED,
                        "this unit has no network way to its station: plug in a drive and run "
                        "doorstep-courier drive FOLDER");
    return NULL;
  }
  if (strcmp(config->carrier, "path") == 0)
    return ds_carrier_path_new(config->path, error);
  return ds_carrier_ssh_new(config, error);
}

DsLink *
ds_carrier_open(DsCarrier *self, DsCarrierService service, GError **error)
{
  return self->class->open(self, service, error);
}

void
ds_carrier_explain(DsCarrier *self, DsLink *link, GError **error)
{
  if (self->class->explain != NULL && error != NULL && *error != NULL)
    self->class->explain(self, link, error);
}

void
ds_carrier_free(DsCarrier *self)
{
  if (self != NULL)
    self->class->free(self);
}
