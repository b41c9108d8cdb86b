/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Facts under a pack: its texts, its fee, its district groups, its comparison. */
#include "policy/decide-inside.h"

#include <string.h>

#include "policy/json.h"
#include "policy/logic-value.h"
#include "policy/place.h"

typedef struct {
  DsPolicy *policy;
  DsPack *pack;
  DsFacts *facts; /* without the pack */
} Overlay;

static void
overlay_free(gpointer data)
{
  Overlay *self = data;

  ds_policy_unref(self->policy);
  ds_pack_unref(self->pack);
  ds_facts_unref(self->facts);
  g_free(self);
}

/* The text @name; NULL when UNKNOWN or no text. (transfer full) */
static char *
text_of(const Overlay *self, const char *name)
{
  g_autoptr(JsonNode) node = ds_facts_lookup(self->facts, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_dup_string(node) : NULL;
}

/* What the person has to pay; UNKNOWN as long as the table's row is not settled. */
static JsonNode *
fee_fact(const Overlay *self)
{
  g_autoptr(DsDecision) decision = ds_decision_new(self->pack);
  DsDeciding deciding = {.policy = self->policy,
                         .pack = self->pack,
                         .root = ds_pack_root(self->pack),
                         .facts = self->facts,
                         .decision = decision};

  /* A broken row is reported where the decision itself comes to it. */
  if (!ds_deciding_add_fee(&deciding, NULL) || !decision->fee.known)
    return NULL;
  return json_node_init_int(json_node_alloc(), decision->fee.amount);
}

static JsonNode *
district_fact(const Overlay *self)
{
  g_autofree char *address = text_of(self, "applicant.address");
  g_autofree char *home_region =
      address != NULL ? ds_tables_region_of_address(ds_policy_tables(self->policy), address) : NULL;
  g_autofree char *home_bureau = text_of(self, "applicant.police-bureau");
  g_autofree char *here_region = text_of(self, "unit.region");
  g_autofree char *here_bureau = text_of(self, "unit.police-bureau");
  DsPlace home = {.region = home_region, .bureau = home_bureau};
  DsPlace here = {.region = here_region, .bureau = here_bureau};
  JsonArray *districts = ds_json_array(ds_pack_root(self->pack), "districts");
  gboolean same;

  return ds_place_same_district(ds_policy_tables(self->policy), districts, &home, &here, &same)
             ? ds_js_bool(same)
             : NULL;
}

static gboolean
same_province(const Overlay *self, const char *a, const char *b)
{
  DsTables *tables = ds_policy_tables(self->policy);
  g_autofree char *one = ds_tables_region_of_address(tables, a);
  g_autofree char *other = ds_tables_region_of_address(tables, b);

  return one != NULL && other != NULL && strncmp(one, other, 2) == 0;
}

/* Is the particular @name on record, and another than the one entered? */
static gboolean
differs(const Overlay *self, const char *name, gboolean within_province)
{
  g_autofree char *fact = g_strconcat("roster.", name, NULL);
  g_autofree char *recorded = text_of(self, fact), *entered = text_of(self, name);

  if (recorded == NULL || entered == NULL || g_str_equal(recorded, entered))
    return FALSE;
  return !(within_province && g_str_equal(name, "applicant.address") &&
           same_province(self, recorded, entered));
}

static JsonNode *
comparison_fact(const Overlay *self)
{
  JsonObject *comparison = ds_json_object(ds_pack_root(self->pack), "comparison");
  JsonArray *fields = comparison != NULL ? ds_json_array(comparison, "fields") : NULL;
  gboolean within = g_strcmp0(ds_json_string(comparison, "address"), "province") == 0;
  JsonArray *found = json_array_new();
  JsonNode *node = json_node_new(JSON_NODE_ARRAY);

  for (guint i = 0; fields != NULL && i < json_array_get_length(fields); i++) {
    const char *name = json_array_get_string_element(fields, i);
    if (differs(self, name, within))
      json_array_add_string_element(found, name);
  }
  json_node_take_array(node, found);
  return node;
}

/* notice.ID.sha256 and notice.ID.version. */
static JsonNode *
text_fact(const Overlay *self, const char *name)
{
  g_auto(GStrv) parts = g_strsplit(name, ".", -1);
  const DsPackText *text = g_strv_length(parts) == 3 ? ds_pack_text(self->pack, parts[1]) : NULL;

  if (text != NULL && g_str_equal(parts[2], "sha256"))
    return ds_js_text(text->sha256);
  if (text != NULL && g_str_equal(parts[2], "version"))
    return ds_js_text(text->version);
  return ds_facts_lookup(self->facts, name);
}

/* These are the pack's word, whatever a view says. */
static JsonNode *
overlay_lookup(const char *name, gpointer data)
{
  Overlay *self = data;

  if (g_str_equal(name, "fee.due"))
    return fee_fact(self);
  if (g_str_equal(name, "same-district"))
    return district_fact(self);
  if (g_str_equal(name, "comparison.differs"))
    return comparison_fact(self);
  return g_str_has_prefix(name, "notice.") ? text_fact(self, name)
                                           : ds_facts_lookup(self->facts, name);
}

DsFacts *
ds_policy_facts_under(DsPolicy *policy, DsPack *pack, DsFacts *facts)
{
  Overlay *overlay = g_new0(Overlay, 1);

  overlay->policy = ds_policy_ref(policy);
  overlay->pack = ds_pack_ref(pack);
  overlay->facts = ds_facts_ref(facts);
  return ds_facts_new(ds_policy_fact_table(policy), overlay_lookup, overlay, overlay_free);
}

/* As a view writes it: lists with spaces. (transfer full) */
static char *
value_text(JsonNode *value)
{
  if (!JSON_NODE_HOLDS_ARRAY(value))
    return JSON_NODE_HOLDS_NULL(value) ? NULL : ds_js_to_text(value, G_MAXUINT16);
  JsonArray *list = json_node_get_array(value);
  g_autoptr(GString) words = g_string_new(NULL);
  for (guint i = 0; i < json_array_get_length(list); i++)
    g_string_append_printf(words, "%s%s", i > 0 ? " " : "", json_array_get_string_element(list, i));
  return g_string_free(g_steal_pointer(&words), FALSE);
}

/* The terms that hold or may hold for the case: deadline.ID.days. */
static void
add_terms(DsPolicy *policy, DsPack *pack, DsFacts *facts, DsView *view)
{
  g_autoptr(GPtrArray) deadlines = ds_policy_deadlines(policy, pack, facts, NULL);

  for (guint i = 0; deadlines != NULL && i < deadlines->len; i++) {
    const DsDeadline *deadline = g_ptr_array_index(deadlines, i);
    g_autofree char *name = g_strdup_printf("deadline.%s.days", deadline->id);
    g_autofree char *days = g_strdup_printf("%u", deadline->value);
    ds_view_set_fact(view, name, days);
  }
}

void
ds_policy_add_derived_facts(DsPolicy *policy, DsPack *pack, DsView *view)
{
  static const char *const names[] = {"fee.due", "same-district", "comparison.differs",
                                      "application.category", "application.is-renewal"};
  g_autoptr(DsFacts) plain = ds_policy_facts(policy, view);
  g_autoptr(DsFacts) facts = ds_policy_facts_under(policy, pack, plain);

  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autoptr(JsonNode) value = ds_facts_lookup(facts, names[i]);
    g_autofree char *text = value != NULL ? value_text(value) : NULL;
    ds_view_set_fact(view, names[i], text);
  }
  add_terms(policy, pack, facts, view);
}
