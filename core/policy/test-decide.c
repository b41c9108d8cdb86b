/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/decide.h"

#include <string.h>

#include "base/error.h"
#include "policy/json.h"
#include "policy/test-case.h"

typedef struct {
  DsPolicy *policy;
  DsPack *pack;
} Fixture;

static DsPolicy *loaded; /* once for all */

static void
set_up(Fixture *self, gconstpointer data)
{
  if (loaded == NULL)
    loaded = test_policy();
  self->policy = ds_policy_ref(loaded);
  self->pack = test_pack(self->policy);
}

static void
tear_down(Fixture *self, gconstpointer data)
{
  ds_pack_unref(self->pack);
  ds_policy_unref(self->policy);
}

/* One spoilt place: field or, with a leading '-', field removed; "+kind" shows a document. */
typedef struct {
  const char *base;  /* "pupil" or "adult" */
  const char *edits; /* "field=value;-field;!slot" separated by ';' */
  DsOutcome outcome;
  DsFindingKind kind;
  const char *codes; /* all findings of that kind */
} Spoilt;

static const Spoilt spoilt[] = {
    {"pupil", "", DS_OUTCOME_UNDETERMINED, DS_FINDING_UNDETERMINED,
     "identity duplicate-face never-issued signing"},
    {"adult", "", DS_OUTCOME_UNDETERMINED, DS_FINDING_UNDETERMINED,
     "identity duplicate-face never-issued signing"},
    /* the closed list */
    {"pupil", "applicant.never-held-card=false", DS_OUTCOME_REFUSE, DS_FINDING_REFUSE, "JX-HELD"},
    {"adult", "applicant.never-held-card=false", DS_OUTCOME_REFUSE, DS_FINDING_REFUSE, "JX-HELD"},
    {"adult", "applicant.address=湖南省长沙市岳麓区麓山路3号", DS_OUTCOME_REFUSE, DS_FINDING_REFUSE,
     "JX-PROVINCE"},
    {"adult", "applicant.address=湘长沙市岳麓区麓山路3号", DS_OUTCOME_REFUSE, DS_FINDING_REFUSE,
     "JX-PROVINCE"},
    {"adult", "residence.region=430104", DS_OUTCOME_REFUSE, DS_FINDING_REFUSE, "JX-RESIDENCE"},
    {"adult", "residence.region=360702", DS_OUTCOME_REFUSE, DS_FINDING_REFUSE, "JX-SAME-COUNTY"},
    {"adult", "applicant.address=吉安市吉州区永叔路4号", DS_OUTCOME_UNDETERMINED,
     DS_FINDING_UNDETERMINED,
     "hukou-province same-county identity duplicate-face never-issued signing"},
    {"adult", "applicant.address=江西省赣州市某路5号", DS_OUTCOME_UNDETERMINED,
     DS_FINDING_UNDETERMINED, "same-county identity duplicate-face never-issued signing"},
    /* guardian */
    {"pupil", "guardian.present=false", DS_OUTCOME_INCOMPLETE, DS_FINDING_MISSING,
     "guardian-present"},
    {"pupil", "guardian.relation=grandparent", DS_OUTCOME_UNDETERMINED, DS_FINDING_UNDETERMINED,
     "guardian-other identity duplicate-face never-issued signing"},
    {"pupil", "guardian.document=passport", DS_OUTCOME_UNDETERMINED, DS_FINDING_UNDETERMINED,
     "guardian-document identity duplicate-face never-issued signing"},
    {"pupil", "guardian.document=passport;-document.guardian-id-card.sighted",
     DS_OUTCOME_INCOMPLETE, DS_FINDING_MISSING, "document.guardian-other-document"},
    {"pupil", "-document.guardian-id-card.sighted", DS_OUTCOME_INCOMPLETE, DS_FINDING_MISSING,
     "document.guardian-id-card"},
    /* kinship */
    {"pupil", "kinship.same-household=false;kinship.birth-certificate-shows-guardian=true",
     DS_OUTCOME_INCOMPLETE, DS_FINDING_MISSING, "document.birth-certificate"},
    {"pupil",
     "kinship.same-household=false;kinship.birth-certificate-shows-guardian=true;"
     "document.birth-certificate.sighted=true",
     DS_OUTCOME_UNDETERMINED, DS_FINDING_MISSING, ""},
    {"pupil",
     "kinship.same-household=false;kinship.birth-certificate-shows-guardian=false;"
     "document.birth-certificate.sighted=true",
     DS_OUTCOME_INCOMPLETE, DS_FINDING_MISSING, "document.kinship"},
    {"pupil",
     "kinship.same-household=false;kinship.birth-certificate-shows-guardian=false;"
     "document.birth-certificate.sighted=true;document.adoption-certificate.sighted=true",
     DS_OUTCOME_UNDETERMINED, DS_FINDING_MISSING, ""},
    {"pupil",
     "kinship.same-household=false;kinship.birth-certificate-shows-guardian=false;"
     "document.marriage-certificate.sighted=true",
     DS_OUTCOME_INCOMPLETE, DS_FINDING_MISSING, "document.birth-certificate"},
    {"pupil", "kinship.same-household=false", DS_OUTCOME_INCOMPLETE, DS_FINDING_MISSING,
     "fact.kinship.birth-certificate-shows-guardian"},
    {"pupil", "-kinship.same-household", DS_OUTCOME_INCOMPLETE, DS_FINDING_MISSING,
     "fact.kinship.same-household"},
    /* proofs */
    {"pupil", "-document.proof-of-study.sighted", DS_OUTCOME_INCOMPLETE, DS_FINDING_MISSING,
     "document.proof-minor"},
    {"pupil",
     "-document.proof-of-study.sighted;document.proof-of-work.sighted=true;residence.basis=work;"
     "residence.holder=guardian",
     DS_OUTCOME_UNDETERMINED, DS_FINDING_MISSING, ""},
    {"pupil",
     "-document.proof-of-study.sighted;document.proof-of-work.sighted=true;residence.basis=work",
     DS_OUTCOME_INCOMPLETE, DS_FINDING_INVALID, "proof-holder-minor"},
    {"pupil", "residence.holder=guardian", DS_OUTCOME_INCOMPLETE, DS_FINDING_INVALID,
     "proof-holder-minor-study"},
    {"adult", "residence.holder=guardian", DS_OUTCOME_INCOMPLETE, DS_FINDING_INVALID,
     "proof-holder-adult"},
    {"adult", "-document.proof-of-work.sighted;document.residence-permit.sighted=true",
     DS_OUTCOME_UNDETERMINED, DS_FINDING_MISSING, ""},
    {"adult", "-document.household-register.sighted;-document.proof-of-work.sighted",
     DS_OUTCOME_INCOMPLETE, DS_FINDING_MISSING, "document.household-register document.proof-adult"},
    /* what is captured and confirmed */
    {"pupil", "!joint-photo", DS_OUTCOME_INCOMPLETE, DS_FINDING_MISSING, "joint-photo"},
    {"pupil", "joint-photo.guardian-number=1", DS_OUTCOME_INCOMPLETE, DS_FINDING_INVALID,
     "joint-photo-guardian"},
    {"adult", "!photo", DS_OUTCOME_INCOMPLETE, DS_FINDING_MISSING, "portrait"},
    {"adult", "!fingerprint", DS_OUTCOME_INCOMPLETE, DS_FINDING_MISSING, "fingerprint-part"},
    {"adult", "-fingerprint.1.result;-fingerprint.2.result", DS_OUTCOME_INCOMPLETE,
     DS_FINDING_MISSING, "fingerprints"},
    {"adult", "-fingerprint.2.result", DS_OUTCOME_UNDETERMINED, DS_FINDING_WARNING,
     "fingerprint-second"},
    {"adult", "fingerprint.1.result=failed;fingerprint.2.result=not-registered;!fingerprint",
     DS_OUTCOME_UNDETERMINED, DS_FINDING_MISSING, ""},
    {"adult", "-notice.read", DS_OUTCOME_INCOMPLETE, DS_FINDING_MISSING, "notice"},
    {"adult", "notice.sha256=" TEST_SHA, DS_OUTCOME_INCOMPLETE, DS_FINDING_INVALID, "notice-text"},
    {"adult", "commitment.sha256=" TEST_SHA, DS_OUTCOME_INCOMPLETE, DS_FINDING_INVALID,
     "commitment-text"},
    {"adult", "-commitment.accepted", DS_OUTCOME_INCOMPLETE, DS_FINDING_MISSING, "commitment"},
    {"adult", "!signature", DS_OUTCOME_INCOMPLETE, DS_FINDING_MISSING, "signature-applicant"},
    {"pupil", "!signature", DS_OUTCOME_INCOMPLETE, DS_FINDING_MISSING, "signature-guardian"},
    {"adult", "-application.confirmed;-review.confirmed", DS_OUTCOME_INCOMPLETE, DS_FINDING_MISSING,
     "confirmed review"},
    {"adult", "delivery.mode=drone", DS_OUTCOME_INCOMPLETE, DS_FINDING_INVALID, "delivery"},
    {"adult", "application.reason=first-under-16", DS_OUTCOME_INCOMPLETE, DS_FINDING_INVALID,
     "reason"},
    {"adult", "applicant.minority-script=true", DS_OUTCOME_UNDETERMINED, DS_FINDING_UNDETERMINED,
     "minority-script identity duplicate-face never-issued signing"},
    {"adult", "-applicant.birth", DS_OUTCOME_INCOMPLETE, DS_FINDING_MISSING,
     "fact.applicant.birth"},
    {"adult", "-delivery.mode;-applicant.never-held-card", DS_OUTCOME_INCOMPLETE,
     DS_FINDING_MISSING, "fact.applicant.never-held-card fact.delivery.mode"},
    /* ages */
    {"pupil", "applicant.birth=2010-09-20", DS_OUTCOME_UNDETERMINED, DS_FINDING_NOTE, "near-age"},
    {"adult", "applicant.birth=1970-01-01", DS_OUTCOME_UNDETERMINED, DS_FINDING_NOTE, ""},
};

static void
test_spoilt(Fixture *self, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS(spoilt); i++) {
    const Spoilt *row = &spoilt[i];
    g_autoptr(DsView) view = test_edited(g_str_equal(row->base, "pupil") ? test_pupil(self->pack)
                                                                         : test_adult(self->pack),
                                         row->edits);
    g_autoptr(DsDecision) decision = test_decide_in(self->policy, self->pack, view, "zh");
    g_autofree char *codes = test_codes(decision, row->kind);
    g_autofree char *text = ds_policy_explain_text(decision, "en");
    g_test_message("%s %s\n%s", row->base, row->edits, text);
    g_assert_cmpstr(ds_outcome_word(decision->outcome), ==, ds_outcome_word(row->outcome));
    g_assert_cmpstr(codes, ==, row->codes);
  }
}

/* Every finding of the pack but the "not entered yet" ones cites clause and requirement. */
static void
test_citations(Fixture *self, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS(spoilt); i++) {
    g_autoptr(DsView) view = test_edited(
        g_str_equal(spoilt[i].base, "pupil") ? test_pupil(self->pack) : test_adult(self->pack),
        spoilt[i].edits);
    g_autoptr(DsDecision) decision = test_decide_in(self->policy, self->pack, view, NULL);
    for (guint k = 0; k < ds_findings_count(decision->findings); k++) {
      const DsFinding *finding = ds_findings_get(decision->findings, k);
      g_assert_nonnull(finding->requirements);
      g_assert_cmpstr(finding->origin, ==, "jiangxi-first-application");
      if (g_str_equal(finding->code, "minority-script"))
        continue; /* the text is silent, and the pack says so */
      g_assert_nonnull(finding->document);
      g_assert_nonnull(finding->clause);
      g_assert_nonnull(finding->phrase);
      if (finding->kind == DS_FINDING_UNDETERMINED)
        g_assert_true(g_str_equal(finding->who, "station") || g_str_equal(finding->who, "signer"));
    }
  }
}

/* What the station and the signer answer turns undetermined into pass or refusal. */
static void
test_station_answers(Fixture *self, gconstpointer data)
{
  static const char *const names[] = {"station.identity-match", "station.no-duplicate-face",
                                      "station.never-issued", "signer.approved"};
  static const char *const codes[] = {"JX-IDENTITY", "JX-IDENTITY", "JX-HELD", "JX-NOT-ISSUED"};

  for (gsize bad = 0; bad <= G_N_ELEMENTS(names); bad++) {
    g_autoptr(DsView) view = test_pupil(self->pack);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
      ds_view_set_fact(view, names[i], i == bad ? "false" : "true");
    g_autoptr(DsDecision) decision = test_decide_in(self->policy, self->pack, view, "zh");
    if (bad == G_N_ELEMENTS(names)) {
      g_assert_cmpint(decision->outcome, ==, DS_OUTCOME_PASS);
      continue;
    }
    g_assert_cmpint(decision->outcome, ==, DS_OUTCOME_REFUSE);
    g_assert_nonnull(ds_findings_find(decision->findings, codes[bad]));
    g_assert_false(ds_decision_field_done(decision));
  }
}

static void
test_rebook(Fixture *self, gconstpointer data)
{
  g_autoptr(DsView) view = test_edited(test_pupil(self->pack), "guardian.present=false");
  g_autoptr(DsDecision) decision = test_decide_in(self->policy, self->pack, view, "en");
  const DsFinding *finding = ds_findings_find(decision->findings, "guardian-present");

  g_assert_true(decision->rebook);
  g_assert_false(ds_findings_has_kind(decision->findings, DS_FINDING_REFUSE));
  g_assert_nonnull(strstr(finding->text, "another appointment"));
  g_assert_cmpstr(finding->requirements, ==, "R086");
}

static void
test_refusal_redirects(Fixture *self, gconstpointer data)
{
  g_autoptr(DsView) view = test_edited(test_pupil(self->pack), "applicant.never-held-card=false");
  g_autoptr(DsDecision) decision = test_decide_in(self->policy, self->pack, view, "zh");
  const DsFinding *finding = ds_findings_get(decision->findings, 0);

  g_assert_cmpstr(finding->code, ==, "JX-HELD");
  g_assert_cmpstr(finding->subject, ==, "applicant.never-held-card");
  g_assert_nonnull(strstr(finding->text, "请改办换领或补领"));
  g_assert_cmpstr(finding->phrase, ==, "本人承诺从未申领过居民身份证");
}

/* R190: everything at once, in both languages. */
static void
test_missing_list(Fixture *self, gconstpointer data)
{
  g_autoptr(DsView) view =
      test_edited(test_pupil(self->pack), "-document.household-register.sighted;"
                                          "-document.guardian-id-card.sighted;"
                                          "-document.proof-of-study.sighted;"
                                          "kinship.same-household=false;"
                                          "kinship.birth-certificate-shows-guardian=false");
  g_autoptr(DsDecision) decision = test_decide_in(self->policy, self->pack, view, "zh");
  const DsMissingDocument *last;

  g_assert_cmpuint(decision->missing_documents->len, ==, 5);
  last = g_ptr_array_index(decision->missing_documents, 4);
  g_assert_cmpstr(last->kind, ==, "marriage-certificate adoption-certificate");
  g_assert_cmpstr(last->zh, ==, "父（母）结婚证或收养登记证");
  g_assert_nonnull(strstr(last->en, "adoption certificate"));
  last = g_ptr_array_index(decision->missing_documents, 2);
  g_assert_cmpstr(last->kind, ==, "proof-of-study"); /* the others must be the guardian's */
}

static void
test_terms(Fixture *self, gconstpointer data)
{
  g_autoptr(DsView) view = test_pupil(self->pack);
  g_autoptr(DsDecision) decision = test_decide_in(self->policy, self->pack, view, "zh");
  const DsDeadline *total = g_ptr_array_index(decision->deadlines, 0);
  g_autofree char *due =
      g_strdup_printf("%04d-%02d-%02d", g_date_get_year(&total->due.day),
                      g_date_get_month(&total->due.day), g_date_get_day(&total->due.day));

  g_assert_true(decision->fee.known);
  g_assert_cmpint(decision->fee.amount, ==, 0);
  g_assert_cmpint(decision->fee.settlement, ==, 1700);
  g_assert_cmpstr(decision->fee.requirements, ==, "R082");
  g_assert_cmpstr(total->id, ==, "total");
  g_assert_true(total->known);
  g_assert_cmpstr(due, ==, "2026-10-31");
  g_assert_cmpuint(decision->deadlines->len, ==, 2); /* nobody collects for the applicant */
  g_assert_cmpstr(decision->retention, ==, "long-term");
  g_assert_cmpstr(decision->refund, ==, "not-applicable");
  g_assert_cmpstr(decision->system, ==, "江西省身份证信息管理系统");
  g_assert_cmpstr(decision->producer, ==, "省公安厅居民身份证制证中心");
  g_assert_true(g_strv_contains((const char *const *)decision->pickup_modes, "post"));
}

static void
test_delivery_terms(Fixture *self, gconstpointer data)
{
  g_autoptr(DsView) view = test_edited(test_pupil(self->pack), "delivery.mode=relative");

  ds_view_set_fact(view, "event.card-received", "2026-11-20");
  ds_view_set_fact(view, "unit.region", "360703");
  g_autoptr(DsDecision) decision = test_decide_in(self->policy, self->pack, view, "zh");
  const DsDeadline *verify = g_ptr_array_index(decision->deadlines, 2);
  g_assert_cmpstr(verify->id, ==, "verify-after-delivery");
  g_assert_true(verify->known);
  g_assert_true(verify->due.provisional);
  g_assert_cmpstr(decision->producer, ==, "赣州市公安局居民身份证制证所");
}

static void
test_explain(Fixture *self, gconstpointer data)
{
  g_autoptr(DsView) view = test_edited(test_pupil(self->pack), "!joint-photo");
  g_autoptr(DsDecision) decision = test_decide_in(self->policy, self->pack, view, "zh");
  g_autoptr(JsonNode) node = ds_policy_explain_json(decision);
  g_autofree char *text = ds_policy_explain_text(decision, "zh");
  JsonObject *root = json_node_get_object(node);
  JsonObject *first = json_array_get_object_element(ds_json_array(root, "findings"), 0);

  g_assert_cmpstr(ds_json_string(root, "outcome"), ==, "incomplete");
  g_assert_cmpstr(ds_json_string(first, "code"), ==, "joint-photo");
  g_assert_cmpstr(ds_json_string(ds_json_object(first, "source"), "clause"), ==, "三（二）");
  g_assert_cmpint(json_array_get_length(ds_json_array(first, "requirements")), ==, 2);
  g_assert_nonnull(strstr(text, "还须拍照留存与监护人同框的图像信息"));
  g_assert_nonnull(strstr(text, "工本费：0.00元"));
}

static void
test_wrong_service(Fixture *self, gconstpointer data)
{
  g_autoptr(JsonNode) root = ds_json_parse(
      "{\"id\":\"renewal\",\"steps\":[],\"title\":{\"zh\":\"换领\",\"en\":\"renewal\"}}", -1,
      "test", NULL);
  g_autoptr(DsService) service = ds_service_new(root, NULL);
  g_autoptr(DsView) view = test_pupil(self->pack);
  g_autoptr(DsFacts) facts = ds_policy_facts(self->policy, view);
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_policy_decide(self->policy, self->pack, service, facts, "zh", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "no rules for the service renewal"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add("/decide/" name, Fixture, NULL, set_up, function, tear_down)
  ADD("spoilt", test_spoilt);
  ADD("citations", test_citations);
  ADD("station-answers", test_station_answers);
  ADD("rebook", test_rebook);
  ADD("refusal-redirects", test_refusal_redirects);
  ADD("missing-list", test_missing_list);
  ADD("terms", test_terms);
  ADD("delivery-terms", test_delivery_terms);
  ADD("explain", test_explain);
  ADD("wrong-service", test_wrong_service);
  int result = g_test_run();
  ds_policy_unref(loaded);
  return result;
}
