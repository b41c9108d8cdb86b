/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside core/unit: a service as the plugins that are its steps. */
#pragma once

#include "unit/unit.h"

G_BEGIN_DECLS

/* DS_ERROR_NOT_FOUND lists the services there are. */
gboolean ds_unit_service_exists(DsUnit *self, const char *service, GError **error);

/* Ids of all steps the service may lead through, in its order, needed or not.
 * (transfer full), NULL-terminated. */
GStrv ds_unit_service_steps(DsUnit *self, const char *service);

/* The field @name among the steps of @service and the step that collects it (may be NULL).
 * NULL when there is none. (transfer none) */
const DsField *ds_unit_service_field(DsUnit *self, const char *service, const char *name,
                                     const char **step);

/* The need of @service's steps that a part of @slot and @kind fills, and its step. NULL when no
 * step asks for such a part. (transfer none) */
const DsSlotNeed *ds_unit_service_slot(DsUnit *self, const char *service, DsSlot slot,
                                       const char *kind, const char **step);

G_END_DECLS
