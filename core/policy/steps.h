/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which steps a case needs, in order, and why. */
#pragma once

#include "policy/facts.h"
#include "policy/service.h"

G_BEGIN_DECLS

typedef enum {
  DS_STEP_NOT_NEEDED = 0,
  DS_STEP_OPTIONAL = 1,
  DS_STEP_REQUIRED = 2,
  DS_STEP_OPEN = 3, /* not decided yet: @waits_for names the facts */
} DsStepState;

/* "not-needed", "optional", "required", "open". Static. */
const char *ds_step_state_word(DsStepState state);

typedef struct {
  char *id;
  DsStepState state;
  char *why;        /* for people */
  char **waits_for; /* NULL-terminated names, for OPEN; else empty */
} DsStepPlan;

/* Array of DsStepPlan in the service's order. @language for @why. (transfer full) */
GPtrArray *ds_policy_plan_steps(const DsService *service, DsFacts *facts, const char *language,
                                GError **error);

G_END_DECLS
