/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a pack says about a case: pass, refuse, undetermined or incomplete, and every clause that
 * led there. A refusal exists only if the pack's closed list has its code (R006). */
#pragma once

#include "model/finding.h"
#include "policy/deadline.h"
#include "policy/facts.h"
#include "policy/pack.h"
#include "policy/service.h"

G_BEGIN_DECLS

typedef enum {
  DS_OUTCOME_PASS = 0,         /* every rule is met; in the field this never happens */
  DS_OUTCOME_REFUSE = 1,       /* a reason on the closed list */
  DS_OUTCOME_INCOMPLETE = 2,   /* something the field can still supply is missing or wrong */
  DS_OUTCOME_UNDETERMINED = 3, /* the field has done its part; others decide the rest */
} DsOutcome;

/* "pass", "refuse", "incomplete", "undetermined". Static. */
const char *ds_outcome_word(DsOutcome outcome);

/* One of the pack's deadlines. */
typedef struct {
  char *id; /* "sign", "total", "verify-after-delivery" */
  char *title_zh;
  char *title_en;
  char *start; /* the event: "submitted", "received-by-signer", "returned" … */
  guint value;
  DsDayUnit unit;
  char *at;       /* time of day on the last day, "17:00"; NULL: its end */
  gboolean known; /* the event has happened, so @due is set */
  DsDue due;
  char *document, *clause, *phrase, *requirements;
} DsDeadline;

/* What the person pays on case.day. Money is in fen (1/100 yuan). */
typedef struct {
  gboolean known;    /* the fee table covers the day and the case */
  gboolean open;     /* a fact that decides is not known yet */
  gint64 amount;     /* to be paid, relief taken into account */
  gint64 full;       /* without relief */
  char *item;        /* id of the row */
  char *relief;      /* id of the relief applied, or NULL */
  gint64 settlement; /* internal, never charged to the person; 0 when none (R083) */
  char *document, *clause, *phrase, *requirements;
} DsFee;

typedef struct {
  char *kind;    /* "household-register" … ; alternatives separated by spaces */
  char *zh, *en; /* "出生医学证明"; "one of: …" when there are alternatives */
  char *code;    /* the same as its finding's */
} DsMissingDocument;

typedef struct {
  DsOutcome outcome;
  gboolean rebook;      /* stop this visit and make another appointment; no refusal (R086) */
  DsFindings *findings; /* sorted: refuse, missing, invalid, undetermined, warning, note */
  GPtrArray *missing_documents; /* of DsMissingDocument: the one complete list (R190) */
  DsFee fee;
  GPtrArray *deadlines; /* of DsDeadline */
  char *retention;      /* "long-term" or "N years" in the pack's words; NULL when silent */
  char *retention_zh;
  char *refund;     /* "not-applicable", "on-not-issued", "unspecified" */
  char *refund_ask; /* "supervisor": who decides where the text is silent; else NULL */
  char *refund_zh, *refund_en;
  char *system; /* where the station hands it over: "江西省身份证信息管理系统" */
  char *signing_system;    /* where the signer examines it, when the pack says so; else NULL */
  char *producer;          /* who makes the card; NULL when unknown */
  char **temporary_papers; /* ids of those the person may ask for, as far as settled here */
  char **pickup_modes;     /* values allowed for delivery.mode */
  char *pack_id, *pack_sha256;
  guint pack_version;
} DsDecision;

/* Decides with @pack about the case behind @facts. @language for finding texts ("zh", "en"; NULL:
 * zh). An error means a broken rule, never a difficult case. (transfer full) */
DsDecision *ds_policy_decide(DsPolicy *policy, DsPack *pack, DsService *service, DsFacts *facts,
                             const char *language, GError **error);
void ds_decision_free(DsDecision *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsDecision, ds_decision_free)

/* The deadlines of @pack that apply or may apply to the case behind @facts; known are those whose
 * event has a day (event.returned …). Of DsDeadline. (transfer full) */
GPtrArray *ds_policy_deadlines(DsPolicy *policy, DsPack *pack, DsFacts *facts, GError **error);

/* @facts as @pack sees them. The pack's own word over any view's: notice.ID.version and .sha256;
 * fee.due; same-district; comparison.differs (names of the pack's compared particulars that the
 * roster is known to give otherwise). (transfer full) */
DsFacts *ds_policy_facts_under(DsPolicy *policy, DsPack *pack, DsFacts *facts);
/* Gives @view as facts what steps and outputs want to read and cannot work out: fee.due,
 * same-district, comparison.differs, application.category, application.is-renewal, and for each
 * deadline that holds or may hold deadline.ID.days. What is UNKNOWN is left out. Call it when fields, case.day and the trip's facts are there. */
void ds_policy_add_derived_facts(DsPolicy *policy, DsPack *pack, DsView *view);

/* Pass or undetermined: nothing more to do in the field, so the case may be sealed. */
gboolean ds_decision_field_done(const DsDecision *self);

/* The decision with every clause, for programs (transfer full) and for people (transfer full). */
JsonNode *ds_policy_explain_json(const DsDecision *self);
char *ds_policy_explain_text(const DsDecision *self, const char *language);

G_END_DECLS
