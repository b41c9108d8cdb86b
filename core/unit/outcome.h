/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a return, a refusal or a withdrawal leaves the officer to do: take something again before a
 * day, tell the person, pay money back (unit/settle.h). */
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
  gint64 refund_ask_fen;    /* cash about which a supervisor has to be asked; 0: none */
} DsCaseDuty;

void ds_case_duty_free(DsCaseDuty *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsCaseDuty, ds_case_duty_free)

/* FALSE: nothing is to be done, @duty is NULL. (transfer full) */
gboolean ds_unit_case_duty(DsUnit *self, const DsVaultCase *of, DsCaseDuty **duty,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* DsCaseDuty of @trip (NULL: all), what is due first first, what has no day last.
 * (transfer full) */
GPtrArray *ds_unit_duties(DsUnit *self, const char *trip, GError **error);

G_END_DECLS
