/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The decision as a value. */
#include "policy/decide.h"

#include "policy/decide-inside.h"

const char *
ds_outcome_word(DsOutcome outcome)
{
  static const char *const words[] = {"pass", "refuse", "incomplete", "undetermined"};

  return (gsize)outcome < G_N_ELEMENTS(words) ? words[outcome] : "undetermined";
}

static void
deadline_free(gpointer data)
{
  DsDeadline *self = data;

  g_free(self->id);
  g_free(self->title_zh);
  g_free(self->title_en);
  g_free(self->start);
  g_free(self->at);
  g_free(self->document);
  g_free(self->clause);
  g_free(self->phrase);
  g_free(self->requirements);
  g_free(self);
}

static void
missing_document_free(gpointer data)
{
  DsMissingDocument *self = data;

  g_free(self->kind);
  g_free(self->zh);
  g_free(self->en);
  g_free(self->code);
  g_free(self);
}

static void
fee_clear(DsFee *self)
{
  g_free(self->item);
  g_free(self->relief);
  g_free(self->document);
  g_free(self->clause);
  g_free(self->phrase);
  g_free(self->requirements);
}

void
ds_decision_free(DsDecision *self)
{
  if (self == NULL)
    return;
  ds_findings_unref(self->findings);
  g_ptr_array_unref(self->missing_documents);
  g_ptr_array_unref(self->deadlines);
  fee_clear(&self->fee);
  g_free(self->retention);
  g_free(self->retention_zh);
  g_free(self->refund);
  g_free(self->refund_ask);
  g_free(self->refund_zh);
  g_free(self->refund_en);
  g_free(self->system);
  g_free(self->signing_system);
  g_free(self->producer);
  g_strfreev(self->pickup_modes);
  g_strfreev(self->temporary_papers);
  g_free(self->pack_id);
  g_free(self->pack_sha256);
  g_free(self);
}

GPtrArray *
ds_deadlines_new(void)
{
  return g_ptr_array_new_with_free_func(deadline_free);
}

DsDecision *
ds_decision_new(const DsPack *pack)
{
  DsDecision *self = g_new0(DsDecision, 1);

  self->findings = ds_findings_new();
  self->missing_documents = g_ptr_array_new_with_free_func(missing_document_free);
  self->deadlines = ds_deadlines_new();
  self->pack_id = g_strdup(ds_pack_id(pack));
  self->pack_version = ds_pack_version(pack);
  self->pack_sha256 = g_strdup(ds_pack_sha256(pack));
  return self;
}

gboolean
ds_decision_field_done(const DsDecision *self)
{
  return self->outcome == DS_OUTCOME_PASS || self->outcome == DS_OUTCOME_UNDETERMINED;
}
