/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The papers of an application and of a trip as PDF. What stands on them is law and custom of the
 * form; texts that a plan prescribes come from the packs as facts. */
#include "plugin/doorstep-plugin.h"

#include "forms.h"

typedef struct {
  const char *id;
  GBytes *(*draw)(const DsView *view, GError **error);
} Document;

static const Document DOCUMENTS[] = {
    {"registration-form", form_registration}, {"capture-receipt", form_capture_receipt},
    {"commitment", form_commitment},          {"missing-notice", form_missing_notice},
    {"refusal-notice", form_refusal_notice},  {"cash-slip", form_cash_slip},
    {"refund-slip", form_refund_slip},        {"kit-list", form_kit_list},
    {"trip-report", form_trip_report},        {"trip-handover", form_trip_handover},
};

static const char *const IDS[] = {
    "registration-form", "capture-receipt", "commitment",  "missing-notice",
    "refusal-notice",    "cash-slip",       "refund-slip", "kit-list",
    "trip-report",       "trip-handover",   NULL};
G_STATIC_ASSERT(G_N_ELEMENTS(IDS) == G_N_ELEMENTS(DOCUMENTS) + 1);

static GBytes *
render(const char *document, const DsView *view, GError **error)
{
  g_autofree char *known = NULL;

  for (guint i = 0; i < G_N_ELEMENTS(DOCUMENTS); i++)
    if (g_str_equal(DOCUMENTS[i].id, document))
      return DOCUMENTS[i].draw(view, error);
  known = g_strjoinv(", ", (char **)IDS);
  g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "there is no document %s; choose one of %s",
              document, known);
  return NULL;
}

static const DsOutputOps ops = {
    .struct_size = sizeof(DsOutputOps),
    .documents = IDS,
    .render = render,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_OUTPUT, "output-forms", ops);
