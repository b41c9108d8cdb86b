/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a case stands: the service's table of steps, each step's findings about form and
 * completeness, and the pack's decision. */
#pragma once

#include <glib.h>

#include "plugin/info.h"
#include "policy/decide.h"
#include "policy/steps.h"
#include "unit/case.h"

G_BEGIN_DECLS

typedef enum {
  DS_PROGRESS_NOT_NEEDED = 0,
  DS_PROGRESS_OPEN = 1, /* something is missing or malformed, for the step or for the rules */
  DS_PROGRESS_DONE = 2,
  DS_PROGRESS_WAITS = 3, /* whether it is needed rests on facts that are not there yet */
} DsStepProgress;

/* "not-needed", "open", "done", "waits". Static. */
const char *ds_step_progress_word(DsStepProgress progress);

typedef struct {
  char *id;
  char *title; /* in the officer's language */
  char *why;   /* why it is needed or not, likewise */
  DsStepProgress progress;
  gboolean untouched;   /* may be filled in, and nothing of it is there yet */
  DsFindings *findings; /* of this step */
} DsCaseStep;

typedef struct {
  DsView *view;
  GPtrArray *steps;     /* DsCaseStep in the service's order */
  DsFindings *findings; /* all of them: steps', then the pack's */
  DsDecision *decision;
  gboolean complete; /* no step open, the pack does not refuse and misses nothing */
} DsCaseCheck;

/* @info's step is where the officer brings what @finding is about: it asks for that field, or takes
 * parts of that slot ("document"). */
gboolean ds_unit_step_collects(const DsPluginInfo *info, const DsFinding *finding);

/* 容缺: complete, but for the identification, which only the station's records can give (R016). */
gboolean ds_case_check_is_pending(const DsCaseCheck *self);

/* A finding of the rules that only says a field has not been entered yet. */
gboolean ds_unit_finding_is_unentered(const DsFinding *finding);

/* Pure reading. (transfer full) */
DsCaseCheck *ds_unit_case_check(DsUnit *self, const char *case_id, GError **error);
void ds_case_check_free(DsCaseCheck *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsCaseCheck, ds_case_check_free)

/* 待补材料: the case waits; the missing list is what the notice prints (R190). REFUSED when nothing
 * is missing. */
gboolean ds_unit_case_wait(DsUnit *self, const char *case_id,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* 不予受理: only for a reason the pack's closed list gives and this case shows now (R006);
 * DS_ERROR_REFUSED names the reasons it does show, or what in the step that they rest on is
 * malformed. */
gboolean ds_unit_case_refuse(DsUnit *self, const char *case_id, const char *code,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
