/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The papers of a first application as PDF. What stands on them is law and custom of the form;
 * texts that a plan prescribes come from the packs as facts. */
#include "plugin/doorstep-plugin.h"

#include "forms.h"

typedef struct {
  const char *id;
  GBytes *(*draw)(const DsView *view, GError **error);
} Document;

static const Document DOCUMENTS[] = {
    {"registration-form", form_registration},
    {"capture-receipt", form_capture_receipt},
    {"commitment", form_commitment},
    {"missing-notice", form_missing_notice},
};

static const char *const IDS[] = {"registration-form", "capture-receipt", "commitment",
                                  "missing-notice", NULL};

static GBytes *
render(const char *document, const DsView *view, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS(DOCUMENTS); i++)
    if (g_str_equal(DOCUMENTS[i].id, document))
      return DOCUMENTS[i].draw(view, error);
  g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND,
              "there is no document %s; choose registration-form, capture-receipt, commitment or "
              "missing-notice",
              document);
  return NULL;
}

static const DsOutputOps ops = {
    .struct_size = sizeof(DsOutputOps),
    .documents = IDS,
    .render = render,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_OUTPUT, "output-forms", ops);
