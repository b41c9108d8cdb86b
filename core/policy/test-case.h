/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cases that tests start from: complete, then spoilt in one place. Header only, for tests. */
#pragma once

#include <string.h>

#include "policy/decide.h"

#define TEST_SHA "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static inline char *
test_schemas(void)
{
  return g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), "schemas", NULL);
}

static inline DsPolicy *
test_policy(void)
{
  g_autofree char *dir = test_schemas();
  g_autoptr(GError) error = NULL;
  DsPolicy *policy = ds_policy_load(dir, &error);

  g_assert_no_error(error);
  return policy;
}

static inline DsPack *
test_pack_of(DsPolicy *policy, const char *jurisdiction)
{
  g_autoptr(GError) error = NULL;
  GDate day;

  g_date_clear(&day, 1);
  g_date_set_dmy(&day, 1, G_DATE_SEPTEMBER, 2026);
  DsPack *pack = ds_policy_pack_for(policy, jurisdiction, NULL, &day, &error);
  g_assert_no_error(error);
  return pack;
}

static inline DsPack *
test_pack(DsPolicy *policy)
{
  return test_pack_of(policy, "jiangxi");
}

static inline void
test_set_all(DsView *view, const char *const (*fields)[2], gsize count)
{
  for (gsize i = 0; i < count; i++)
    ds_view_set_field(view, fields[i][0], fields[i][1]);
}

static inline void
test_add_part(DsView *view, const char *id, DsSlot slot, const char *kind)
{
  ds_view_add_part(view, ds_part_new(id, slot, kind, "image/jpeg", 1000, TEST_SHA));
}

/* @text: "slot:kind". */
static inline void
test_add_slot(DsView *view, const char *text)
{
  g_auto(GStrv) parts = g_strsplit(text, ":", 2);
  g_autofree char *id = g_strdup_printf("%s-%u", parts[0], ds_view_part_count(view));

  test_add_part(view, id, ds_slot_parse(parts[0]), parts[1]);
}

/* Codes of all findings of @kind, separated by spaces. */
static inline char *
test_codes(const DsDecision *decision, DsFindingKind kind)
{
  g_autoptr(GString) codes = g_string_new(NULL);

  for (guint i = 0; i < ds_findings_count(decision->findings); i++) {
    const DsFinding *finding = ds_findings_get(decision->findings, i);
    if (finding->kind == kind)
      g_string_append_printf(codes, "%s%s", codes->len > 0 ? " " : "", finding->code);
  }
  return g_string_free(g_steal_pointer(&codes), FALSE);
}

static inline DsView *
test_without_slot(DsView *view, const char *word)
{
  DsView *copy = ds_view_new();
  g_autoptr(GPtrArray) fields = ds_view_field_names(view);
  g_autoptr(GPtrArray) facts = ds_view_fact_names(view);

  for (guint i = 0; i < fields->len; i++)
    ds_view_set_field(copy, g_ptr_array_index(fields, i),
                      ds_view_field(view, g_ptr_array_index(fields, i)));
  for (guint i = 0; i < facts->len; i++)
    ds_view_set_fact(copy, g_ptr_array_index(facts, i),
                     ds_view_fact(view, g_ptr_array_index(facts, i)));
  for (guint i = 0; i < ds_view_part_count(view); i++)
    if (ds_view_part(view, i)->slot != ds_slot_parse(word))
      ds_view_add_part(copy, ds_part_copy(ds_view_part(view, i)));
  ds_view_unref(view);
  return copy;
}

/* @view (taken) with @edits, separated by ';': "field=value", "-field" removes, "@fact=value" sets
 * a fact, "!slot" empties a slot, "+slot:kind" adds a part. */
static inline DsView *
test_edited(DsView *view, const char *edits)
{
  g_auto(GStrv) list = g_strsplit(edits, ";", -1);

  for (char **edit = list; *edit != NULL; edit++) {
    char *value = strchr(*edit, '=');
    if (**edit == '!') {
      view = test_without_slot(view, *edit + 1);
    } else if (**edit == '-') {
      ds_view_set_field(view, *edit + 1, NULL);
    } else if (**edit == '+') {
      test_add_slot(view, *edit + 1);
    } else if (value != NULL) {
      *value = '\0';
      if (**edit == '@')
        ds_view_set_fact(view, *edit + 1, value + 1);
      else
        ds_view_set_field(view, *edit, value + 1);
    }
  }
  return view;
}

static inline void
test_add_common(DsView *view, DsPack *pack)
{
  static const char *const fields[][2] = {
      {"applicant.name", "欧阳小川"},
      {"applicant.sex", "1"},
      {"applicant.ethnic", "01"},
      {"applicant.address", "江西省赣州市章贡区文清路1号"},
      {"applicant.never-held-card", "true"},
      {"residence.address", "江西省南昌市东湖区民德路2号"},
      {"residence.region", "360102"},
      {"application.confirmed", "true"},
      {"contact.phone", "13800000000"},
      {"document.household-register.sighted", "true"},
      {"notice.read", "true"},
      {"commitment.accepted", "true"},
      {"fingerprint.1.result", "registered"},
      {"fingerprint.1.position", "11"},
      {"fingerprint.2.result", "registered"},
      {"fingerprint.2.position", "16"},
      {"delivery.mode", "self"},
      {"review.confirmed", "true"},
  };

  test_set_all(view, fields, G_N_ELEMENTS(fields));
  ds_view_set_field(view, "notice.sha256", ds_pack_text(pack, "notice")->sha256);
  ds_view_set_field(view, "commitment.sha256", ds_pack_text(pack, "commitment")->sha256);
  ds_view_set_fact(view, "case.day", "2026-09-01");
  ds_view_set_fact(view, "unit.region", "360102");
  test_add_part(view, "photo-1", DS_SLOT_PHOTO, "");
  test_add_part(view, "finger-1", DS_SLOT_FINGERPRINT, "11");
  test_add_part(view, "finger-2", DS_SLOT_FINGERPRINT, "16");
}

/* A pupil of 10 whose household is elsewhere in the province; kinship case K1. */
static inline DsView *
test_pupil(DsPack *pack)
{
  static const char *const fields[][2] = {
      {"applicant.birth", "2016-03-05"},
      {"application.reason", "first-under-16"},
      {"guardian.present", "true"},
      {"guardian.name", "欧阳山"},
      {"guardian.number", "360702198801010011"},
      {"guardian.relation", "father"},
      {"guardian.document", "resident-id-card"},
      {"kinship.same-household", "true"},
      {"residence.basis", "study"},
      {"residence.holder", "applicant"},
      {"document.guardian-id-card.sighted", "true"},
      {"document.proof-of-study.sighted", "true"},
      {"joint-photo.guardian-number", "360702198801010011"},
  };
  DsView *view = ds_view_new();

  test_add_common(view, pack);
  test_set_all(view, fields, G_N_ELEMENTS(fields));
  test_add_part(view, "joint-1", DS_SLOT_JOINT_PHOTO, "");
  test_add_part(view, "sign-1", DS_SLOT_SIGNATURE, "guardian");
  return view;
}

/* A worker of 20. */
static inline DsView *
test_adult(DsPack *pack)
{
  static const char *const fields[][2] = {
      {"applicant.birth", "2006-03-05"},
      {"application.reason", "first-from-16"},
      {"residence.basis", "work"},
      {"residence.holder", "applicant"},
      {"document.proof-of-work.sighted", "true"},
  };
  DsView *view = ds_view_new();

  test_add_common(view, pack);
  test_set_all(view, fields, G_N_ELEMENTS(fields));
  test_add_part(view, "sign-1", DS_SLOT_SIGNATURE, "applicant");
  return view;
}

static inline DsDecision *
test_decide_for(DsPolicy *policy, DsPack *pack, const char *service, DsView *view,
                const char *language)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsFacts) facts = ds_policy_facts(policy, view);
  DsService *table = ds_policy_service(policy, service, &error);
  DsDecision *decision = ds_policy_decide(policy, pack, table, facts, language, &error);

  g_assert_no_error(error);
  return decision;
}

static inline DsDecision *
test_decide_in(DsPolicy *policy, DsPack *pack, DsView *view, const char *language)
{
  return test_decide_for(policy, pack, "first-application", view, language);
}
