/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The station's no, and what it owes the person then: the reason on the pack's closed list, where
 * to go instead (R075, R108), the money back (R158). Cases are named as in review.h; all need
 * unlock. */
#pragma once

#include <glib.h>

#include "station/station.h"

G_BEGIN_DECLS

/* What a supervisor decided about money where the pack is silent; both NULL: nobody was asked. */
typedef struct {
  const char *amount; /* yuan, "20" or "20.00"; "none" */
  const char *by;     /* number of who decided */
} DsRefundWord;

/* How much is paid back, and why. */
typedef struct {
  gint64 fen;
  gboolean asked; /* a supervisor decided */
} DsRefundSaid;

/* 不予受理 after acceptance in the field: @code must be on the case's pack's closed list as the
 * station's. DS_ERROR_REFUSED when the pack is silent about money and @refund says nothing; a pack
 * that decides itself takes no other word. @said may be NULL. */
gboolean ds_station_refuse(DsStation *self, const char *name, const char *code,
                           const DsRefundWord *refund, const char *schemas, const char *by,
                           DsRefundSaid *said, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* 不予签发: whoever signs did not. @reason is for the applicant. */
gboolean ds_station_not_issue(DsStation *self, const char *name, const char *reason,
                              const DsRefundWord *refund, const char *schemas, const char *by,
                              DsRefundSaid *said, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The other end of a 容缺 case: picture and fingerprints are somebody else's, or do not tell. Here
 * the station judges what the field judges of a case with documents, so the field's reasons on the
 * closed list hold, too (R029, R075). */
gboolean ds_station_mismatch(DsStation *self, const char *name, const char *code,
                             const DsRefundWord *refund, const char *schemas, const char *by,
                             DsRefundSaid *said, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A 容缺 case is who it says (R018): it goes on as any other. */
gboolean ds_station_identify(DsStation *self, const char *name, const char *by,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
