/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a trip did, holds and still owes: cases, cash and receipts, cards, papers, jumps of the
 * clock. Works as long as the vault does: sealed cases keep their fields here, and of a case whose
 * personal data was erased the few fields of unit/trip-keep.h. */
#pragma once

#include <glib.h>

#include "model/view.h"
#include "unit/handover.h"
#include "unit/unit.h"
#include "vault/case.h"
#include "vault/trip.h"

G_BEGIN_DECLS

/* What somebody still has to do about a case. */
typedef enum {
  DS_OWED_MATERIAL = 1, /* something is missing or wrong; detail: what */
  DS_OWED_SEAL = 2,     /* complete, refused, pending or withdrawn, and not sealed */
  DS_OWED_DURABLE = 3,  /* sealed, and the station did not say DURABLE yet; detail: what it said */
  DS_OWED_REDO = 4,     /* returned; detail: until when */
  DS_OWED_QUARANTINE = 5, /* the station could not read it: seal it again */
  DS_OWED_IDENTIFY = 6,   /* 容缺: the station has to identify the person */
  DS_OWED_REFUND = 7,     /* detail: fen */
  DS_OWED_NOTICE = 8,     /* the person does not know yet how it ended; detail: how */
  DS_OWED_DECIDE = 9,     /* the rules give a reason to refuse it; detail: which */
  DS_OWED_ASK = 10,       /* the rules are silent about cash of an ended case; detail: fen */
} DsOwedKind;

/* "material", "seal", "durable", "redo", "quarantine", "identify", "refund", "notice", "decide",
 * "ask"; static. */
const char *ds_owed_word(DsOwedKind kind);

typedef struct {
  DsOwedKind kind;
  char *detail; /* or NULL */
} DsTripOwed;

typedef struct {
  char *id;   /* the local number */
  char *name; /* NULL: not entered, or erased */
  gboolean erased;
  char *officer; /* who is responsible */
  char *service;
  char *reason;  /* application.reason, or NULL */
  char *urgency; /* application.urgency, or NULL */
  DsCaseState state;
  DsCaseState decision; /* how the field left it */
  DsCaseState standing; /* decision where it ended the case and only the archiving followed, else
                           state: what the person would call it */
  char *day;            /* of submission, or NULL */
  char *bundle;         /* hex of the newest, or NULL */
  int receipt;          /* highest of RECEIVED, VERIFIED, DURABLE for it; 0: none */
  char *due;            /* of a returned case, or NULL */
  gboolean due_provisional;

  char *fee_method;                      /* cash, payment-code, exempt; NULL: none was taken */
  gint64 fee_fen;                        /* received */
  char *receipt_series, *receipt_number; /* of the printed receipt, or NULL */
  gint64 refund_fen;                     /* to be paid back in all; 0: nothing */
  gint64 refund_paid_fen;                /* of that, paid already */
  gint64 refund_ask_fen;                 /* taken, and nobody has decided what goes back */

  gboolean old_card;     /* handed in and held */
  char *temporary;       /* temporary.wanted, or NULL for none */
  char *hardship;        /* appointment.hardship, or NULL: no home visit */
  char *hardship_detail; /* or NULL */
  char *visit_at;        /* RFC 3339, or NULL */
  GPtrArray *owed;       /* DsTripOwed */
} DsTripCase;

typedef struct {
  char *series;       /* may be "" */
  guint count;        /* receipts given */
  GPtrArray *pads;    /* char *: "000101–000108", the numbers from one pad of receipts each */
  char *first;        /* by number */
  char *last;         /* the same as first when there is one */
  GPtrArray *missing; /* char *: numbers within a pad that no case of the trip has, at
                         most DS_TRIP_MISSING_MAX, a longer gap as "0005…0009" */
  GPtrArray *doubled; /* char *: numbers that two cases have */
  gint64 fen;         /* cash for them */
} DsTripSeries;

#define DS_TRIP_MISSING_MAX 20
#define DS_TRIP_PAD 50 /* receipts in a pad: a wider gap is another pad, not a lost receipt */

typedef struct {
  DsVaultTrip *trip;
  gint64 at_us;                           /* of the report, by the wall clock */
  char *station;                          /* its name, or NULL */
  GPtrArray *crew;                        /* DsUnitOfficer */
  char *responsible;                      /* officer's number after a handover, or NULL: the crew */
  guint roster;                           /* people still on the roster */
  guint absent;                           /* of them, without a case */
  GPtrArray *cases;                       /* DsTripCase, oldest first */
  guint by_state[DS_CASE_STATE_LAST + 1]; /* by standing */

  gint64 cash_fen;
  guint paid_cash, paid_code, exempt; /* cases by method */
  GPtrArray *series;                  /* DsTripSeries, sorted */
  guint cash_without_receipt;         /* cases */
  gint64 refund_fen, refund_paid_fen, refund_ask_fen;
  guint old_cards;
  guint temporary_cards, temporary_certificates;
  guint visits; /* with a hardship */
  guint owed;   /* cases that owe something */

  GPtrArray *handovers;   /* DsUnitHandover, oldest first */
  GArray *jumps;          /* DsClockJump since the trip came */
  GHashTable *statements; /* state word → guint */
} DsTripReport;

/* Pure reading. DS_ERROR_NOT_FOUND: no such trip. (transfer full) */
DsTripReport *ds_unit_trip_report(DsUnit *self, const char *trip, GError **error);
void ds_trip_report_free(DsTripReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsTripReport, ds_trip_report_free)

/* For the papers "trip-report" and "trip-handover" (plugins/output-forms lists the names): trip.*
 * and row.N.*, worded in the language the process has. (transfer full) */
DsView *ds_trip_report_view(const DsTripReport *self);

/* In the officer's language, for the view and for front ends. (transfer full) */
char *ds_trip_owed_text(const DsTripOwed *owed);
char *ds_trip_series_text(const DsTripSeries *series);
/* "sealed" → "已封存". Static. */
const char *ds_case_state_title(DsCaseState state);
/* Of appointment.hardship; another word is given back. */
const char *ds_hardship_title(const char *hardship);

G_END_DECLS
