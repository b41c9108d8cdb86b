/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A decision being made. Private to policy/decide*.c. */
#pragma once

#include <json-glib/json-glib.h>

#include "policy/decide.h"
#include "policy/logic.h"

G_BEGIN_DECLS

typedef struct {
  DsPolicy *policy;
  DsPack *pack;
  JsonObject *root; /* of the pack */
  DsFacts *facts;
  const char *language;
  gboolean zh;
  DsDecision *decision;
  GHashTable *asked; /* facts already reported as not entered */
} DsDeciding;

/* An array that owns DsDeadlines. */
GPtrArray *ds_deadlines_new(void);
/* Empty, for @pack. */
DsDecision *ds_decision_new(const DsPack *pack);

/* The condition "when" of @row. FALSE only for a broken rule; the message names @row's id. */
gboolean ds_deciding_test(DsDeciding *self, JsonObject *row, DsTruth *truth, GPtrArray **unknown,
                          GError **error);
/* Does @row's from/until cover @day? */
gboolean ds_deciding_covers(JsonObject *row, const GDate *day);
/* The day of submission; FALSE when not known. */
gboolean ds_deciding_day(DsDeciding *self, const char *fact, GDate *day);

/* The fee alone, into self->decision. */
gboolean ds_deciding_add_fee(DsDeciding *self, GError **error);
/* Fee, deadlines, retention, refund, routes and pick-up modes. */
gboolean ds_deciding_add_terms(DsDeciding *self, GError **error);

G_END_DECLS
