/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/info.h"

#include <locale.h>
#include <string.h>

#include "base/error.h"

#define HEAD                                                                     \
  "\"id\":\"step-x\",\"kind\":\"step\",\"title\":{\"zh\":\"甲\",\"en\":\"X\"}," \
  "\"module\":\"step-x.so\""
#define TITLE "\"title\":{\"zh\":\"甲\",\"en\":\"A\"}"
#define FIELD(MORE) "{" HEAD ",\"fields\":[{\"name\":\"x.a\"," TITLE MORE "}]}"
#define OUTPUT(DOCUMENTS)                           \
  "{\"id\":\"output-x\",\"kind\":\"output\"," TITLE \
  ",\"module\":\"output-x.so\",\"documents\":[" DOCUMENTS "]}"
#define SLOT(MORE) "{" HEAD ",\"slots\":[{" TITLE MORE "}]}"

static DsPluginInfo *
parse(const char *json, GError **error)
{
  return ds_plugin_info_parse(json, -1, "plugin.json", error);
}

static void
test_example(void)
{
  g_autofree char *path = g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), "plugins",
                                           "step-example", "plugin.json", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(DsPluginInfo) self = ds_plugin_info_load(path, &error);

  g_assert_no_error(error);
  g_assert_cmpstr(self->id, ==, "step-example");
  g_assert_cmpint(self->kind, ==, DS_PLUGIN_STEP);
  g_assert_cmpstr(self->module, ==, "step-example.so");
  g_assert_cmpuint(self->fields->len, ==, 1);
  const DsField *field = ds_plugin_info_field(self, "example.remark");
  g_assert_nonnull(field);
  g_assert_cmpint(field->type, ==, DS_FIELD_TEXT);
  g_assert_cmpuint(field->max_length, ==, 200);
  g_assert_false(field->by_citizen);
  g_assert_null(ds_plugin_info_field(self, "example.other"));
}

static void
test_everything(void)
{
  const char *json =
      "{" HEAD ",\"description\":{\"zh\":\"述\",\"en\":\"D\"},"
      "\"fields\":[{\"name\":\"x.a\",\"type\":\"choice\"," TITLE
      ",\"options\":[{\"value\":\"1\"," TITLE "},{\"value\":\"2\"," TITLE "}],"
      "\"required\":true,\"when\":{\"<\":[{\"var\":\"age\"},16]},\"filled_by\":\"citizen\","
      "\"sensitive\":true,\"unsigned\":true},"
      "{\"name\":\"x.c\",\"type\":\"money\"," TITLE "},{\"name\":\"x.d\",\"type\":\"time\"," TITLE
      "},"
      "{\"name\":\"x.b\",\"type\":\"text\"," TITLE ",\"pattern\":\"[0-9]{6}|none\"}],"
      "\"slots\":[{\"slot\":\"document\"," TITLE ",\"kinds\":[{\"value\":\"lease\"," TITLE "}],"
      "\"min\":2,\"max\":5,\"required\":true,\"media_types\":[\"image/jpeg\"],"
      "\"notice_before\":\"step-notice\"},{\"slot\":\"photo\"," TITLE
      "},{\"slot\":\"signature\"," TITLE ",\"covers\":[\"fields\",\"photo\"]}],"
      "\"needs\":{\"devices\":[\"camera\"]},\"requirements\":[\"R096\",\"R137\"]}";
  g_autoptr(GError) error = NULL;
  g_autoptr(DsPluginInfo) self = parse(json, &error);

  g_assert_no_error(error);
  const DsField *choice = ds_plugin_info_field(self, "x.a");
  g_assert_cmpuint(choice->options->len, ==, 2);
  g_assert_true(json_node_get_boolean(choice->required));
  g_assert_true(JSON_NODE_HOLDS_OBJECT(choice->when));
  g_assert_true(choice->by_citizen);
  g_assert_true(choice->sensitive);
  g_assert_true(choice->is_unsigned);
  g_assert_cmpint(ds_plugin_info_field(self, "x.c")->type, ==, DS_FIELD_MONEY);
  g_assert_cmpint(ds_plugin_info_field(self, "x.d")->type, ==, DS_FIELD_TIME);
  const DsField *text = ds_plugin_info_field(self, "x.b");
  g_assert_true(g_regex_match(text->pattern, "360102", 0, NULL));
  g_assert_true(g_regex_match(text->pattern, "none", 0, NULL));
  g_assert_false(g_regex_match(text->pattern, "none at all", 0, NULL));
  g_assert_false(g_regex_match(text->pattern, "360102\n", 0, NULL));
  const DsSlotNeed *document = g_ptr_array_index(self->slots, 0);
  g_assert_cmpint(document->slot, ==, DS_SLOT_DOCUMENT);
  g_assert_cmpuint(document->min, ==, 2);
  g_assert_cmpuint(document->max, ==, 5);
  g_assert_cmpstr(document->media_types[0], ==, "image/jpeg");
  g_assert_cmpstr(document->notice_before, ==, "step-notice");
  const DsSlotNeed *photo = g_ptr_array_index(self->slots, 1);
  g_assert_cmpuint(photo->min, ==, 1);
  g_assert_cmpuint(photo->max, ==, 1);
  g_assert_cmpuint(g_strv_length(photo->media_types), ==, 0);
  g_assert_cmpuint(g_strv_length(photo->covers), ==, 0);
  const DsSlotNeed *signature = g_ptr_array_index(self->slots, 2);
  g_assert_cmpstr(signature->covers[0], ==, "fields");
  g_assert_cmpstr(signature->covers[1], ==, "photo");
  g_assert_cmpstr(self->devices[0], ==, "camera");
  g_assert_cmpuint(g_strv_length(self->requirements), ==, 2);
}

static void
test_without_code(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsPluginInfo) self =
      parse("{\"id\":\"step-x\",\"kind\":\"step\"," TITLE ",\"module\":null}", &error);

  g_assert_no_error(error);
  g_assert_null(self->module);
}

/* One broken plugin.json a fault. */
static const struct {
  const char *json;
  const char *message;
} broken[] = {
    {"", "plugin.json:1:1: "},
    {"{", "plugin.json:1:2: "},
    {"{\"id\":\"step-x\",\"id\":\"step-y\"}", "plugin.json:1:"},
    {"[]", "plugin.json: /: expected an object"},
    {"{" HEAD ",\"colour\":1}", "plugin.json: /: unknown key \"colour\"; known are id kind"},
    {"{\"kind\":\"step\"," TITLE ",\"module\":null}", "plugin.json: /: \"id\" is missing"},
    {"{\"id\":\"step-x\",\"kind\":\"stairs\"," TITLE ",\"module\":null}",
     "plugin.json: /kind: unknown kind of plugin; known are step, source, inspector and output"},
    {"{\"id\":\"step-x\",\"kind\":\"source\"," TITLE ",\"module\":\"step-x.so\"}",
     "plugin.json: /id: expected kind-subject"},
    {"{\"id\":\"step-../x\",\"kind\":\"step\"," TITLE ",\"module\":null}", "plugin.json: /id: "},
    {"{\"id\":\"step-x\",\"kind\":\"step\",\"title\":\"X\",\"module\":null}",
     "plugin.json: /title: expected an object"},
    {"{\"id\":\"step-x\",\"kind\":\"step\",\"title\":{\"en\":\"X\"},\"module\":null}",
     "plugin.json: /title: \"zh\" is missing"},
    {"{\"id\":\"step-x\",\"kind\":\"step\"," TITLE ",\"module\":\"/tmp/x.so\"}",
     "plugin.json: /module: expected the id followed by .so"},
    {"{\"id\":\"source-x\",\"kind\":\"source\"," TITLE ",\"module\":null}",
     "plugin.json: /module: only a step can do without code"},
    {"{" HEAD ",\"fields\":{}}", "plugin.json: /fields: expected an array"},
    {FIELD(""), "plugin.json: /fields/0: \"type\" is missing"},
    {FIELD(",\"type\":\"colour\""), "plugin.json: /fields/0/type: expected text, date"},
    {FIELD(",\"type\":\"text\",\"pattern\":\"[\""), "plugin.json: /fields/0/pattern: "},
    {FIELD(",\"type\":\"text\",\"pattern\":\"\""),
     "plugin.json: /fields/0/pattern: expected a text that is not empty"},
    {FIELD(",\"type\":\"choice\""), "plugin.json: /fields/0/options: a choice has options"},
    {FIELD(",\"type\":\"text\",\"options\":[{\"value\":\"1\"," TITLE "}]"),
     "plugin.json: /fields/0/options: a choice has options, and no other field does"},
    {FIELD(",\"type\":\"choice\",\"options\":[{\"value\":\"1\"," TITLE "},{\"value\":\"1\"," TITLE
           "}]"),
     "plugin.json: /fields/0/options/1: value \"1\" stands there twice"},
    {FIELD(",\"type\":\"text\",\"max_length\":-1"),
     "plugin.json: /fields/0/max_length: expected a whole number from 1 to 10000"},
    {FIELD(",\"type\":\"text\",\"max_length\":1.5"), "plugin.json: /fields/0/max_length: "},
    {FIELD(",\"type\":\"text\",\"required\":null"),
     "plugin.json: /fields/0/required: expected a JsonLogic rule, true or false"},
    {FIELD(",\"type\":\"text\",\"when\":{\"perhaps\":[1]}"), "plugin.json: /: /fields/0/when"},
    {FIELD(",\"type\":\"text\",\"filled_by\":\"dog\""),
     "plugin.json: /fields/0/filled_by: expected officer or citizen"},
    {FIELD(",\"type\":\"text\",\"sensitive\":1"),
     "plugin.json: /fields/0/sensitive: expected true or false"},
    {"{" HEAD ",\"fields\":[{\"name\":\"Name\",\"type\":\"text\"," TITLE "}]}",
     "plugin.json: /fields/0/name: expected a dotted name"},
    {"{" HEAD ",\"fields\":[{\"name\":\"x.a\",\"type\":\"text\"," TITLE
     "},{\"name\":\"x.a\",\"type\":\"text\"," TITLE "}]}",
     "plugin.json: /fields/1: field \"x.a\" stands there twice"},
    {SLOT(""), "plugin.json: /slots/0: \"slot\" is missing"},
    {SLOT(",\"slot\":\"retina\""), "plugin.json: /slots/0/slot: expected photo, joint-photo"},
    {SLOT(",\"slot\":\"photo\",\"min\":3,\"max\":2"), "plugin.json: /slots/0/max: is smaller"},
    {SLOT(",\"slot\":\"photo\",\"media_types\":[\"jpeg\"]"),
     "plugin.json: /slots/0/media_types/0: expected a text of the form"},
    {SLOT(",\"slot\":\"photo\",\"notice_before\":\"Notice\""),
     "plugin.json: /slots/0/notice_before: expected the id of a step"},
    {SLOT(",\"slot\":\"photo\",\"covers\":[\"fields\"]"),
     "plugin.json: /slots/0/covers: only a signature covers something"},
    {SLOT(",\"slot\":\"signature\",\"covers\":[\"signature\"]"),
     "plugin.json: /slots/0/covers/0: expected a text of the form"},
    {"{" HEAD ",\"needs\":{\"network\":true}}", "plugin.json: /needs: unknown key \"network\""},
    {"{" HEAD ",\"requirements\":[\"96\"]}", "plugin.json: /requirements/0: "},
    {"{" HEAD ",\"documents\":[{\"id\":\"a\"," TITLE "}]}",
     "plugin.json: /: only an output has documents"},
    {OUTPUT("{\"id\":\"a\"," TITLE ",\"about\":\"weather\"}"),
     "plugin.json: /documents/0/about: expected case or trip"},
    {OUTPUT("{\"id\":\"a\"," TITLE "},{\"id\":\"a\"," TITLE "}"),
     "plugin.json: /documents/1: id \"a\" stands there twice"},
    {OUTPUT("{\"id\":\"a\"}"), "plugin.json: /documents/0: \"title\" is missing"},
    {OUTPUT("{\"id\":\"a\"," TITLE ",\"value\":\"a\"}"),
     "plugin.json: /documents/0: unknown key \"value\""},
    {"{\"id\":\"source-x\",\"kind\":\"source\"," TITLE ",\"module\":\"source-x.so\",\"fields\":"
     "[{\"name\":\"x.a\",\"type\":\"text\"," TITLE "}]}",
     "plugin.json: /: only a step has fields and slots"},
};

static void
test_documents(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsPluginInfo) self =
      parse(OUTPUT("{\"id\":\"a\"," TITLE "},{\"id\":\"b\"," TITLE
                   ",\"about\":\"case\"},{\"id\":\"c\"," TITLE ",\"about\":\"trip\"}"),
            &error);
  static const struct {
    const char *id, *about;
  } expected[] = {{"a", "case"}, {"b", "case"}, {"c", "trip"}};

  g_assert_no_error(error);
  g_assert_cmpuint(self->documents->len, ==, G_N_ELEMENTS(expected));
  for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
    const DsDocument *document = g_ptr_array_index(self->documents, i);

    g_assert_cmpstr(document->id, ==, expected[i].id);
    g_assert_cmpstr(document->title.en, ==, "A");
    g_assert_cmpstr(ds_about_word(document->about), ==, expected[i].about);
  }
}

static void
test_broken(void)
{
  for (gsize i = 0; i < G_N_ELEMENTS(broken); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(DsPluginInfo) self = parse(broken[i].json, &error);

    g_assert_null(self);
    g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
    if (!g_str_has_prefix(error->message, broken[i].message))
      g_error("%" G_GSIZE_FORMAT ": got \"%s\", expected \"%s\"", i, error->message,
              broken[i].message);
  }
}

static void
test_missing_file(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsPluginInfo) self = ds_plugin_info_load("/nonexistent/plugin.json", &error);

  g_assert_null(self);
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
}

static void
test_language(void)
{
  const DsText text = {(char *)"甲", (char *)"A"};
  const DsText none = {NULL, NULL};

  setlocale(LC_ALL, "C");
  g_setenv("LANGUAGE", "zh_CN", TRUE);
  g_assert_cmpstr(ds_text_pick(&text), ==, "A");
  setlocale(LC_ALL, "C.UTF-8");
  g_assert_cmpstr(ds_text_pick(&text), ==, "甲");
  g_setenv("LANGUAGE", "en:zh_CN", TRUE);
  g_assert_cmpstr(ds_text_pick(&text), ==, "A");
  g_assert_cmpstr(ds_text_pick(&none), ==, "");
  setlocale(LC_ALL, "C");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/info/example", test_example);
  g_test_add_func("/info/everything", test_everything);
  g_test_add_func("/info/without-code", test_without_code);
  g_test_add_func("/info/documents", test_documents);
  g_test_add_func("/info/broken", test_broken);
  g_test_add_func("/info/missing-file", test_missing_file);
  g_test_add_func("/info/language", test_language);
  return g_test_run();
}
