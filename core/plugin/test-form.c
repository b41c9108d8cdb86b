/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/form.h"

#include <string.h>

#include "base/error.h"

#define HEAD \
  "{\"id\":\"step-x\",\"kind\":\"step\",\"title\":{\"zh\":\"甲\",\"en\":\"X\"},\"module\":null,"
#define TITLE "\"title\":{\"zh\":\"乙\",\"en\":\"Thing\"}"

/* Facts: "age" from the view's fact of that name (an integer), "who-knows" never, fields as text.
 */
static JsonNode *
lookup(const char *name, gpointer data)
{
  const DsView *view = data;
  const char *age = ds_view_fact(view, "age");

  if (g_str_equal(name, "age") && age != NULL)
    return json_node_init_int(json_node_alloc(), g_ascii_strtoll(age, NULL, 10));
  if (ds_view_field(view, name) != NULL)
    return json_node_init_string(json_node_alloc(), ds_view_field(view, name));
  return NULL;
}

/* "elsewhere" is the station's to know. */
static DsFactTable *
table(void)
{
  g_autoptr(JsonNode) root = json_from_string(
      "{\"format\":\"doorstep-facts/1\",\"facts\":["
      "{\"name\":\"age\",\"type\":\"integer\",\"who\":\"unit\",\"title\":{\"zh\":\"甲\","
      "\"en\":\"age\"}},"
      "{\"name\":\"elsewhere\",\"type\":\"bool\",\"who\":\"station\",\"title\":{\"zh\":\"甲\","
      "\"en\":\"elsewhere\"}}]}",
      NULL);
  g_autoptr(GError) error = NULL;
  DsFactTable *made = ds_fact_table_new(root, &error);

  g_assert_no_error(error);
  return made;
}

static DsFindings *
check(const char *json, DsView *view, GError **error)
{
  g_autoptr(GError) broken = NULL;
  g_autoptr(DsPluginInfo) info = ds_plugin_info_parse(json, -1, "plugin.json", &broken);
  g_autoptr(DsFactTable) known = table();
  g_autoptr(DsFacts) facts = ds_facts_new(known, lookup, view, NULL);
  g_autoptr(DsFindings) findings = ds_findings_new();

  g_assert_no_error(broken);
  if (!ds_plugin_check_form(info, view, facts, findings, error))
    return NULL;
  return g_steal_pointer(&findings);
}

/* @json says nothing about @view when @code is NULL, else exactly this. */
static void
assert_says(const char *json, DsView *view, DsFindingKind kind, const char *code, const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsFindings) findings = check(json, view, &error);

  g_assert_no_error(error);
  g_assert_cmpuint(ds_findings_count(findings), ==, code != NULL ? 1 : 0);
  if (code == NULL)
    return;
  const DsFinding *finding = ds_findings_get(findings, 0);
  g_assert_cmpstr(finding->code, ==, code);
  g_assert_cmpstr(finding->text, ==, text);
  g_assert_cmpint(finding->kind, ==, kind);
  g_assert_cmpstr(finding->origin, ==, "step-x");
}

static void
assert_field(const char *more, const char *value, const char *text)
{
  g_autofree char *json =
      g_strconcat(HEAD "\"fields\":[{\"name\":\"x.a\"," TITLE ",", more, "}]}", NULL);
  g_autoptr(DsView) view = ds_view_new();

  ds_view_set_field(view, "x.a", value);
  assert_says(json, view, DS_FINDING_INVALID, text != NULL ? "x.a.form" : NULL, text);
}

static const struct {
  const char *more;
  const char *value;
  const char *text; /* NULL: fine */
} values[] = {
    {"\"type\":\"date\"", "2026-02-28", NULL},
    {"\"type\":\"date\"", "2026-02-29", "“Thing”: is no date like 2026-09-01"},
    {"\"type\":\"date\"", "2026-2-28", "“Thing”: is no date like 2026-09-01"},
    {"\"type\":\"bool\"", "false", NULL},
    {"\"type\":\"bool\"", "no", "“Thing”: is neither true nor false"},
    {"\"type\":\"phone\"", "+86 791-8888 0000", NULL},
    {"\"type\":\"phone\"", "1234", "“Thing”: is no telephone number: digits, at least five"},
    {"\"type\":\"phone\"", "call me", "“Thing”: is no telephone number: digits, at least five"},
    {"\"type\":\"integer\"", "-12", NULL},
    {"\"type\":\"integer\"", "1.5", "“Thing”: is no whole number"},
    {"\"type\":\"money\"", "2000", NULL},
    {"\"type\":\"money\"", "20.00", "“Thing”: is no amount of money"},
    {"\"type\":\"time\"", "2026-09-01T08:30:00+08:00", NULL},
    {"\"type\":\"time\"", "2026-09-01 08:30", "“Thing”: is no time like 2026-09-01T08:30:00+08:00"},
    {"\"type\":\"choice\",\"options\":[{\"value\":\"work\"," TITLE "}]", "work", NULL},
    {"\"type\":\"choice\",\"options\":[{\"value\":\"work\"," TITLE "}]", "play",
     "“Thing”: is none of the choices"},
    {"\"type\":\"text\",\"max_length\":3", "诸葛亮", NULL},
    {"\"type\":\"text\",\"max_length\":3", "古丽·买", "“Thing”: is longer than 3 characters"},
    {"\"type\":\"text\",\"pattern\":\"[0-9]{6}\"", "330000", NULL},
    {"\"type\":\"text\",\"pattern\":\"[0-9]{6}\"", "3300001",
     "“Thing”: does not have the expected form"},
    {"\"type\":\"text\",\"pattern\":\"[0-9]{6}\",\"help\":{\"zh\":\"六位\",\"en\":\"six "
     "digits\"}",
     "33", "“Thing”: six digits"},
    {"\"type\":\"text\"", "a\nb", "“Thing”: holds line breaks or control characters"},
    {"\"type\":\"text\"", "a\xff", "“Thing”: holds line breaks or control characters"},
    {"\"type\":\"number\"", "anything: the step looks at it", NULL},
    {"\"type\":\"bool\",\"when\":false", "no", NULL},
};

static void
test_values(void)
{
  for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
    assert_field(values[i].more, values[i].value, values[i].text);
}

static void
test_required(void)
{
  const char *json = HEAD "\"fields\":[{\"name\":\"x.a\",\"type\":\"text\"," TITLE
                          ",\"required\":{\"<\":[{\"var\":\"age\"},16]}}]}";
  g_autoptr(DsView) view = ds_view_new();

  /* The age is not known since the birth date waits to be entered: that field says so. */
  assert_says(json, view, 0, NULL, NULL);
  ds_view_set_fact(view, "age", "16");
  assert_says(json, view, 0, NULL, NULL);
  ds_view_set_fact(view, "age", "15");
  assert_says(json, view, DS_FINDING_MISSING, "x.a.missing", "“Thing” is missing");
  ds_view_set_field(view, "x.a", "here");
  assert_says(json, view, 0, NULL, NULL);
}

static void
test_when(void)
{
  const char *json = HEAD "\"fields\":[{\"name\":\"x.a\",\"type\":\"text\"," TITLE
                          ",\"required\":true,\"when\":{\"<\":[{\"var\":\"age\"},16]}}]}";
  g_autoptr(DsView) view = ds_view_new();

  assert_says(json, view, 0, NULL, NULL);
  ds_view_set_fact(view, "age", "40");
  assert_says(json, view, 0, NULL, NULL);
  ds_view_set_fact(view, "age", "9");
  assert_says(json, view, DS_FINDING_MISSING, "x.a.missing", "“Thing” is missing");
}

static void
test_undetermined(void)
{
  const char *json = HEAD "\"fields\":[{\"name\":\"x.a\",\"type\":\"text\"," TITLE
                          ",\"required\":{\"var\":\"elsewhere\"}}]}";
  g_autoptr(DsView) view = ds_view_new();
  g_autoptr(GError) error = NULL;

  assert_says(json, view, DS_FINDING_UNDETERMINED, "x.a.undetermined",
              "whether “Thing” is needed cannot be known here");
  g_autoptr(DsFindings) findings = check(json, view, &error);
  g_assert_cmpstr(ds_findings_get(findings, 0)->who, ==, "station");
}

static void
add_part(DsView *view, DsSlot slot, const char *kind, const char *media_type)
{
  ds_view_add_part(view, ds_part_new("p", slot, kind, media_type, 1, ""));
}

static void
test_slots(void)
{
  const char *json = HEAD "\"slots\":[{\"slot\":\"document\"," TITLE
                          ",\"kinds\":[{\"value\":\"lease\"," TITLE "}],\"min\":2,\"max\":3,"
                          "\"required\":true,\"media_types\":[\"image/jpeg\"]}]}";
  g_autoptr(DsView) view = ds_view_new();

  assert_says(json, view, DS_FINDING_MISSING, "document.missing", "“Thing” is missing");
  add_part(view, DS_SLOT_DOCUMENT, "lease", "image/jpeg");
  /* Other kinds and other slots do not count. */
  add_part(view, DS_SLOT_DOCUMENT, "other", "image/png");
  add_part(view, DS_SLOT_PHOTO, "lease", "image/jpeg");
  assert_says(json, view, DS_FINDING_MISSING, "document.missing", "“Thing” is missing");
  add_part(view, DS_SLOT_DOCUMENT, "lease", "image/jpeg");
  assert_says(json, view, 0, NULL, NULL);
  add_part(view, DS_SLOT_DOCUMENT, "lease", "image/png");
  assert_says(json, view, DS_FINDING_INVALID, "document.media-type",
              "“Thing” is of type image/png; taken are image/jpeg");
}

static void
test_too_many(void)
{
  const char *json = HEAD "\"slots\":[{\"slot\":\"photo\"," TITLE "}]}";
  g_autoptr(DsView) view = ds_view_new();

  assert_says(json, view, 0, NULL, NULL);
  add_part(view, DS_SLOT_PHOTO, "", "image/jpeg");
  assert_says(json, view, 0, NULL, NULL);
  add_part(view, DS_SLOT_PHOTO, "", "image/jpeg");
  assert_says(json, view, DS_FINDING_INVALID, "photo.too-many",
              "“Thing”: there are 2, at most 1 are taken; remove some");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/form/values", test_values);
  g_test_add_func("/form/required", test_required);
  g_test_add_func("/form/when", test_when);
  g_test_add_func("/form/undetermined", test_undetermined);
  g_test_add_func("/form/slots", test_slots);
  g_test_add_func("/form/too-many", test_too_many);
  return g_test_run();
}
