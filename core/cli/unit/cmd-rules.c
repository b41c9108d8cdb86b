/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* policy logic, policy explain */
#include "cli/unit/face.h"

#include "base/clock.h"
#include "base/error.h"
#include "cli/common/report.h"
#include "policy/decide.h"
#include "policy/json.h"
#include "policy/logic.h"
#include "unit/check.h"

static char *opt_pack, *opt_on, *opt_service, *opt_facts;

static gboolean
run_logic(DsFace *face, char **args, GError **error)
{
  g_autoptr(JsonNode) rule = ds_json_parse(args[0], -1, "RULE", error);
  g_autoptr(JsonNode) data =
      rule != NULL ? ds_json_parse(args[1] != NULL ? args[1] : "null", -1, "DATA", error) : NULL;
  g_autoptr(DsLogicResult) result = data != NULL ? ds_logic_apply(rule, data, NULL, error) : NULL;

  if (result == NULL)
    return FALSE;
  g_autofree char *text = ds_json_to_text(result->value, FALSE);
  g_print("%s\n", text);
  return TRUE;
}

/* {"fields": {…}, "facts": {…}} laid into a view. */
static gboolean
read_view(const char *path, DsView *view, GError **error)
{
  static const char *const members[] = {"fields", "facts"};
  g_autoptr(JsonNode) root = ds_json_load(path, error);

  if (root == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_OBJECT(root)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, _("%s: must be an object with fields and facts"),
                path);
    return FALSE;
  }
  for (guint i = 0; i < G_N_ELEMENTS(members); i++) {
    JsonObject *object = ds_json_object(json_node_get_object(root), members[i]);
    JsonObjectIter iter;
    const char *name;
    JsonNode *value;

    if (object == NULL)
      continue;
    json_object_iter_init(&iter, object);
    while (json_object_iter_next(&iter, &name, &value)) {
      if (json_node_get_value_type(value) != G_TYPE_STRING) {
        g_set_error(error, DS_ERROR, DS_ERROR_INVALID, _("%s: /%s/%s must be a text"), path,
                    members[i], name);
        return FALSE;
      }
      if (i == 0)
        ds_view_set_field(view, name, json_node_get_string(value));
      else
        ds_view_set_fact(view, name, json_node_get_string(value));
    }
  }
  return TRUE;
}

static void
print_decision(DsFace *face, const DsDecision *decision)
{
  if (face->json) {
    g_autoptr(JsonNode) json = ds_policy_explain_json(decision);
    ds_cli_print_json(json);
    return;
  }
  g_autofree char *text = ds_policy_explain_text(decision, ds_text_language());
  g_print("%s", text);
}

static gboolean
explain_case(DsFace *face, const char *id, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  g_autoptr(DsCaseCheck) check = unit != NULL ? ds_unit_case_check(unit, id, error) : NULL;

  if (check == NULL)
    return FALSE;
  print_decision(face, check->decision);
  return TRUE;
}

/* @name is a pack's id or a jurisdiction; @service may be NULL. (transfer full) */
static DsPack *
find_pack(DsPolicy *policy, const char *name, const char *service, const GDate *day, GError **error)
{
  for (guint i = 0; i < ds_policy_pack_count(policy); i++) {
    DsPack *pack = ds_policy_pack_at(policy, i);
    if (g_str_equal(ds_pack_id(pack), name))
      return ds_pack_ref(pack);
  }
  return ds_policy_pack_for(policy, name, service, day, error);
}

/* The service that was asked for, else the pack's first. */
static DsService *
find_service(DsPolicy *policy, const DsPack *pack, GError **error)
{
  JsonArray *own = ds_json_array(ds_pack_root(pack), "services");

  return ds_policy_service(
      policy, opt_service != NULL ? opt_service : json_array_get_string_element(own, 0), error);
}

static gboolean
explain_facts(DsFace *face, GError **error)
{
  g_autoptr(DsPolicy) policy = ds_face_policy(face, error);
  g_autoptr(DsView) view = ds_view_new();
  GDate day;

  if (policy == NULL)
    return FALSE;
  ds_clock_day(ds_clock_now().wall_us, &day);
  if (opt_on != NULL && !ds_date_parse(&day, opt_on)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, _("--on %s: write a day as 2026-09-01"), opt_on);
    return FALSE;
  }
  g_autoptr(DsPack) pack = find_pack(policy, opt_pack, opt_service, &day, error);
  DsService *service = pack != NULL ? find_service(policy, pack, error) : NULL;
  if (service == NULL || (opt_facts != NULL && !read_view(opt_facts, view, error)))
    return FALSE;

  g_autofree char *on = ds_date_format(&day);
  ds_view_set_fact(view, "case.day", on);
  ds_view_set_fact(view, "case.service", ds_service_id(service));
  ds_view_set_fact(view, "case.jurisdiction", ds_pack_jurisdiction(pack));
  ds_pack_add_facts(pack, view);
  ds_policy_add_derived_facts(policy, pack, view);
  g_autoptr(DsFacts) facts = ds_policy_facts(policy, view);
  g_autoptr(DsDecision) decision =
      ds_policy_decide(policy, pack, service, facts, ds_text_language(), error);
  if (decision == NULL)
    return FALSE;
  print_decision(face, decision);
  return TRUE;
}

static gboolean
run_explain(DsFace *face, char **args, GError **error)
{
  if (args[0] != NULL)
    return explain_case(face, args[0], error);
  if (opt_pack == NULL) {
    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        _("give a case, or --pack with a pack or a jurisdiction"));
    return FALSE;
  }
  return explain_facts(face, error);
}

static const GOptionEntry explain_options[] = {
    {"pack", 0, 0, G_OPTION_ARG_STRING, &opt_pack, N_("a pack's id, or a jurisdiction"), "PACK"},
    {"on", 0, 0, G_OPTION_ARG_STRING, &opt_on, N_("the day of submission (today)"), "DATE"},
    {"service", 0, 0, G_OPTION_ARG_STRING, &opt_service, N_("service (the pack's)"), "SERVICE"},
    {"facts", 0, 0, G_OPTION_ARG_FILENAME, &opt_facts, N_("what is known, as JSON"), "FILE"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

const DsCommand ds_commands_rules[] = {
    {"policy", "logic", "RULE [DATA]", N_("apply a JsonLogic rule to data, both JSON texts"),
     "doorstep policy logic '{\">\": [{\"var\": \"age\"}, 16]}' '{\"age\": 17}'", 1, 2, NULL,
     run_logic},
    {"policy", "explain", "CASE | --pack PACK --on DATE",
     N_("a decision with every clause that led to it, and who settles what is open"),
     "doorstep policy explain --pack jiangxi --on 2026-09-01 --facts pupil.json", 0, 1,
     explain_options, run_explain},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
