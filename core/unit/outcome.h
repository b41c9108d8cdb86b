/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the station's word about a case leaves the officer to do: take something again before a day,
 * tell the person, pay money back. */
#pragma once

#include "unit/unit.h"
#include "vault/case.h"

G_BEGIN_DECLS

typedef struct {
  char *case_id;
  char *name; /* NULL: not entered, or shredded */
  DsCaseState state;
  GStrv redo; /* steps to do again; empty when the text must tell; NULL: nothing is to be redone */
  char *text; /* what to do again, or why there is no card; may be NULL */
  char *redirect;           /* where the person is to go; NULL: nowhere */
  char *due;                /* "2026-09-04"; NULL: no time was set */
  gboolean due_provisional; /* beyond the station's working-day table */
  gboolean overdue;         /* by this laptop's clock */
  gboolean notify;          /* the person does not know yet */
  gint64 refund_fen;        /* still to be paid back; 0: nothing */
} DsCaseDuty;

void ds_case_duty_free(DsCaseDuty *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsCaseDuty, ds_case_duty_free)

/* FALSE: nothing is to be done, @duty is NULL. (transfer full) */
gboolean ds_unit_case_duty(DsUnit *self, const DsVaultCase *of, DsCaseDuty **duty,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* DsCaseDuty of @trip (NULL: all), what is due first first, what has no day last.
 * (transfer full) */
GPtrArray *ds_unit_duties(DsUnit *self, const char *trip, GError **error);

typedef struct {
  gint64 paid_fen;   /* paid back so far */
  gboolean notified; /* the person was told how it ended */
} DsCaseSettled;

/* What the journal of @case_id says was done about its end. Of an erased case the sum is gone from
 * there: unit/trip-keep.h kept it. */
gboolean ds_unit_settled(DsUnit *self, const char *case_id, DsCaseSettled *settled,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The person got @fen back (journalled as "refund-paid"). @receipt is the number of the printed
 * receipt that came back, "lost" when it did not. DS_ERROR_REFUSED when nothing is owed,
 * DS_ERROR_INVALID for another sum or another receipt than the case's. */
gboolean ds_unit_refund(DsUnit *self, const char *case_id, gint64 fen, const char *receipt,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The person was told how it ended (journalled as "notified"); @how in words. Again is fine. */
gboolean ds_unit_notified(DsUnit *self, const char *case_id, const char *how,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
