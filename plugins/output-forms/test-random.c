/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Papers of values that nobody thought of: whatever a person may be called, a paper comes out and
 * nothing stands outside its margins. The seed is g_test's (--seed). */
#include "test-forms.h"
#include "test-pdf.h"

#define ROUNDS 2

/* Letters of many scripts, long and short words, marks, signs, line ends. */
static gunichar
random_letter(void)
{
  static const struct {
    gunichar first, last;
  } RANGES[] = {{0x4E00, 0x9FA5}, {0x4E00, 0x9FA5}, {0x3400, 0x4DB5},  {0x20000, 0x2A6D6},
                {0x0041, 0x005A}, {0x0061, 0x007A}, {0x0030, 0x0039},  {0x0F40, 0x0F69},
                {0x0621, 0x064A}, {0x1820, 0x1877}, {0xA000, 0xA48C},  {0x00B7, 0x00B7},
                {0x0020, 0x0020}, {0x2010, 0x2027}, {0x1F600, 0x1F64F}};
  guint range = (guint)g_test_rand_int_range(0, G_N_ELEMENTS(RANGES));

  return (gunichar)g_test_rand_int_range((gint32)RANGES[range].first,
                                         (gint32)RANGES[range].last + 1);
}

static char *
random_text(guint most)
{
  guint length = (guint)g_test_rand_int_range(1, (gint32)most + 1);
  GString *text = g_string_new(NULL);
  gboolean same = g_test_rand_int_range(0, 4) == 0; /* one endless word */
  gunichar letter = random_letter();

  for (guint i = 0; i < length; i++)
    g_string_append_unichar(text, same ? letter : random_letter());
  return g_string_free(text, FALSE);
}

static void
scramble(DsView *view)
{
  static const struct {
    const char *name;
    guint most;
  } FIELDS[] = {{"applicant.name", 50},        {"applicant.address", 120},
                {"residence.address", 120},    {"guardian.name", 101},
                {"guardian.number", 30},       {"guardian.phone", 30},
                {"contact.phone", 30},         {"delivery.recipient", 50},
                {"delivery.address", 120},     {"fee.payer", 50},
                {"appointment.address", 120},  {"appointment.hardship-detail", 200},
                {"fingerprint.1.reason", 100}, {"review.officer-remark", 500},
                {"signature.reason", 200},     {"document.other.description", 100}};

  for (guint i = 0; i < G_N_ELEMENTS(FIELDS); i++) {
    g_autofree char *value = random_text(FIELDS[i].most);

    if (g_test_rand_int_range(0, 5) > 0)
      ds_view_set_field(view, FIELDS[i].name, value);
  }
}

static void
test_random_papers(void)
{
  static const char *const DOCUMENTS[] = {"registration-form", "capture-receipt", "refusal-notice",
                                          "cash-slip",         "refund-slip",     "kit-list",
                                          "commitment"};

  for (guint i = 0; i < ROUNDS * G_N_ELEMENTS(DOCUMENTS); i++) {
    g_autoptr(DsView) view = forms_visit();
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) pdf = NULL;
    g_autofree char *explanation = random_text(300), *text = random_text(1500);

    forms_set_facts(view, "bundle.id", "3f0c5a1d", "refusal.code", "J5", "refusal.by", "station",
                    "refusal.text", "不予受理", "refusal.phrase", "…", "refusal.explanation",
                    explanation, "refund.amount", "2000", "refund.reason", explanation,
                    "text.commitment.zh", text, NULL);
    forms_set_fields(view, "fingerprint.1.result", "failed", "signature.signer",
                     "officer-on-behalf", "document.other.sighted", "true", NULL);
    scramble(view);
    pdf = forms_render(DOCUMENTS[i % G_N_ELEMENTS(DOCUMENTS)], view, &error);
    g_test_message("%s", DOCUMENTS[i % G_N_ELEMENTS(DOCUMENTS)]);
    g_assert_no_error(error);
    pdf_expect_inside_margins(pdf);
  }
}

static void
test_random_trips(void)
{
  for (guint i = 0; i < ROUNDS; i++) {
    g_autoptr(DsView) view = ds_view_new();
    g_autoptr(GBytes) pdf = NULL;
    guint rows = (guint)g_test_rand_int_range(1, 60);

    forms_set_fields(view, "trip.id", "t", NULL);
    for (guint row = 1; row <= rows; row++) {
      static const char *const CELLS[] = {"number", "name", "state", "receipt", "owed", "reason"};

      for (guint c = 0; c < G_N_ELEMENTS(CELLS); c++) {
        g_autofree char *name = g_strdup_printf("row.%u.%s", row, CELLS[c]);
        g_autofree char *value = random_text(c == 4 ? 600 : 60);

        ds_view_set_field(view, name, value);
      }
    }
    pdf = forms_render("trip-report", view, NULL);
    g_assert_nonnull(pdf);
    pdf_expect_inside_margins(pdf);
  }
}

void
add_random_tests(void)
{
  g_test_add_func("/output-forms/random-papers", test_random_papers);
  g_test_add_func("/output-forms/random-trips", test_random_trips);
}
