/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A trip is given from the acting officer to another of the crew; both sign what is handed over
 * (bundle/handover.h). From then on only the other one begins, changes and seals its cases. */
#pragma once

#include "bundle/handover.h"
#include "unit/unit.h"

G_BEGIN_DECLS

/* Signs, seals a bundle of kind "trip" into the spool, keeps the document in the vault, and lets
 * the trip and its open cases change hands, all or nothing, also when it is interrupted. Both
 * officers need a PIN of their own, for the passphrase is the whole crew's: DS_ERROR_REFUSED says
 * whose is missing; DS_ERROR_REFUSED too when another officer has the trip. @remark may be NULL.
 * @bundle: its id. */
gboolean ds_unit_hand_over(DsUnit *self, const char *trip, const char *to, const char *remark,
                           DsDigest *bundle, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* After a crash: the handover whose bundle reached the spool is finished, another one never was.
 * Part of ds_unit_finish_seal. */
gboolean ds_unit_finish_handover(DsUnit *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One document as kept, oldest first. */
typedef struct {
  guint64 seq; /* of its bundle */
  DsDigest bundle;
  int receipt; /* highest of RECEIVED, VERIFIED, DURABLE for it; 0: none */
  DsHandover *handover;
  GBytes *bytes; /* as signed */
} DsUnitHandover;

/* Of @trip. (transfer full) */
GPtrArray *ds_unit_handovers(DsUnit *self, const char *trip, GError **error);

G_END_DECLS
