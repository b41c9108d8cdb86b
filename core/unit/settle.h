/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is to be settled with the person when a case ended without a card: the cash that was taken,
 * and telling.
 *
 * Where the station ended it, its statement says what is paid back. Where the field did (refused or
 * withdrawn), the refund of the case's pack says it: nothing, all of it, or, when the text is
 * silent, what a supervisor decides. Everything that speaks of money asks here. */
#pragma once

#include "unit/unit.h"
#include "vault/case.h"

G_BEGIN_DECLS

typedef struct {
  gint64 taken_fen;  /* in cash, in the field */
  gint64 owed_fen;   /* to be paid back in all, as far as it is decided */
  gint64 paid_fen;   /* of that, paid already */
  gboolean ask;      /* nobody has decided yet what of taken_fen goes back */
  char *decided_by;  /* the supervisor asked in the field; NULL: the rules or the station */
  gboolean notified; /* the person knows that the station said no */
} DsCaseSettle;

void ds_case_settle_free(DsCaseSettle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsCaseSettle, ds_case_settle_free)

/* Pure reading; all zero for a case that did not end so. Of a case whose personal data is erased
 * only what was paid back is known. (transfer full) */
DsCaseSettle *ds_unit_case_settle(DsUnit *self, const DsVaultCase *of, GError **error);
/* owed_fen - paid_fen, not below 0. */
gint64 ds_case_settle_open(const DsCaseSettle *self);
/* Refused or withdrawn here; not issued or refused by the station's word. */
gboolean ds_case_ended_in_field(const DsVaultCase *of);
gboolean ds_case_ended_by_station(const DsVaultCase *of);

/* The person got @fen back (journalled as "refund-paid"). @receipt is the number of the printed
 * receipt that came back, "lost" when it did not. Where the rules are silent @decided_by is the
 * number of the supervisor who decided on @fen (journalled as "refund-decided"), which may be less
 * than was taken, or 0: then no receipt comes back. The number is recorded, not proven.
 * DS_ERROR_REFUSED when nothing is owed, nobody was asked, or one's own number is given;
 * DS_ERROR_INVALID for another sum, another receipt than the case's, or a supervisor where none is
 * asked. */
gboolean ds_unit_refund(DsUnit *self, const char *case_id, gint64 fen, const char *receipt,
                        const char *decided_by, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The person was told how it ended (journalled as "notified"); @how in words. Again is fine. */
gboolean ds_unit_notified(DsUnit *self, const char *case_id, const char *how,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
