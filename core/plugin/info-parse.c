/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugin.json into DsPluginInfo. */
#include "plugin/info.h"

#include <string.h>

#include "base/error.h"
#include "plugin/info-reader.h"
#include "policy/json.h"
#include "policy/logic.h"

#define MAX_ITEMS 1000
#define MAX_LENGTH 10000

static void
read_text(const DsInfoAt *at, const char *key, DsText *text)
{
  JsonNode *node = ds_info_member(at, key);
  g_autofree char *path = g_strconcat(at->path, "/", key, NULL);
  DsInfoAt inside;

  if (node == NULL || !ds_info_enter(at->reader, node, path, "zh en", &inside) ||
      !ds_info_require(&inside, "zh") || !ds_info_require(&inside, "en"))
    return;
  text->zh = ds_info_string(&inside, "zh");
  text->en = ds_info_string(&inside, "en");
}

/* JsonLogic is any JSON; null would say nothing. (transfer full) */
static JsonNode *
read_logic(const DsInfoAt *at, const char *key)
{
  JsonNode *node = ds_info_member(at, key);
  g_autofree char *path = g_strconcat(at->path, "/", key, NULL);
  g_autoptr(GError) problem = NULL;

  if (node == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_NULL(node) || JSON_NODE_HOLDS_ARRAY(node)) {
    ds_info_fail_at(at, key, "expected a JsonLogic rule, true or false");
    return NULL;
  }
  if (!ds_logic_check(node, path, NULL, &problem)) {
    ds_info_fail(at->reader, "", "%s", problem->message);
    return NULL;
  }
  return json_node_copy(node);
}

static void
option_free(gpointer data)
{
  DsOption *self = data;

  g_free(self->value);
  g_free(self->title.zh);
  g_free(self->title.en);
  g_free(self);
}

static gboolean
has_option(GPtrArray *options, const char *value)
{
  for (guint i = 0; i < options->len; i++)
    if (g_strcmp0(((const DsOption *)g_ptr_array_index(options, i))->value, value) == 0)
      return TRUE;
  return FALSE;
}

/* Items {value, title} with different values. Never NULL. (transfer full) */
static GPtrArray *
read_options(const DsInfoAt *at, const char *key)
{
  GPtrArray *options = g_ptr_array_new_with_free_func(option_free);
  JsonArray *array = ds_info_array(at, key);

  for (guint i = 0; array != NULL && i < json_array_get_length(array); i++) {
    g_autofree char *path = g_strdup_printf("%s/%s/%u", at->path, key, i);
    DsInfoAt inside;

    if (!ds_info_enter(at->reader, json_array_get_element(array, i), path, "value title",
                       &inside) ||
        !ds_info_require(&inside, "value") || !ds_info_require(&inside, "title"))
      break;
    DsOption *option = g_new0(DsOption, 1);
    option->value = ds_info_string(&inside, "value");
    read_text(&inside, "title", &option->title);
    if (option->value != NULL && has_option(options, option->value))
      ds_info_fail(at->reader, path, "value \"%s\" stands there twice", option->value);
    g_ptr_array_add(options, option);
  }
  return options;
}

static void
document_free(gpointer data)
{
  DsDocument *self = data;

  g_free(self->id);
  g_free(self->title.zh);
  g_free(self->title.en);
  g_free(self);
}

static DsAbout
read_about(const DsInfoAt *at)
{
  g_autofree char *word = ds_info_string(at, "about");

  if (g_strcmp0(word, "trip") == 0)
    return DS_ABOUT_TRIP;
  if (word != NULL && !g_str_equal(word, "case"))
    ds_info_fail_at(at, "about", "expected case or trip");
  return DS_ABOUT_CASE;
}

/* Never NULL. (transfer full) */
static GPtrArray *
read_documents(const DsInfoAt *at)
{
  GPtrArray *documents = g_ptr_array_new_with_free_func(document_free);
  JsonArray *array = ds_info_array(at, "documents");

  for (guint i = 0; array != NULL && i < json_array_get_length(array); i++) {
    g_autofree char *path = g_strdup_printf("%s/documents/%u", at->path, i);
    DsInfoAt inside;

    if (!ds_info_enter(at->reader, json_array_get_element(array, i), path, "id title about",
                       &inside) ||
        !ds_info_require(&inside, "id") || !ds_info_require(&inside, "title"))
      break;
    DsDocument *document = g_new0(DsDocument, 1);
    document->id = ds_info_string(&inside, "id");
    read_text(&inside, "title", &document->title);
    document->about = read_about(&inside);
    for (guint j = 0; j < documents->len; j++)
      if (g_strcmp0(((DsDocument *)g_ptr_array_index(documents, j))->id, document->id) == 0)
        ds_info_fail(at->reader, path, "id \"%s\" stands there twice", document->id);
    g_ptr_array_add(documents, document);
  }
  return documents;
}

static void
field_free(gpointer data)
{
  DsField *self = data;

  g_free(self->name);
  g_free(self->title.zh);
  g_free(self->title.en);
  g_free(self->help.zh);
  g_free(self->help.en);
  g_clear_pointer(&self->pattern, g_regex_unref);
  g_free(self->pattern_text);
  g_clear_pointer(&self->options, g_ptr_array_unref);
  g_clear_pointer(&self->required, json_node_unref);
  g_clear_pointer(&self->when, json_node_unref);
  g_free(self);
}

static void
read_pattern(const DsInfoAt *at, DsField *field)
{
  g_autoptr(GError) error = NULL;

  field->pattern_text = ds_info_string(at, "pattern");
  if (field->pattern_text == NULL)
    return;
  g_autofree char *anchored = g_strdup_printf("^(?:%s)$", field->pattern_text);
  field->pattern = g_regex_new(anchored, G_REGEX_OPTIMIZE | G_REGEX_DOLLAR_ENDONLY, 0, &error);
  if (field->pattern == NULL)
    ds_info_fail_at(at, "pattern", error->message);
}

static void
read_field_form(const DsInfoAt *at, DsField *field)
{
  g_autofree char *type = ds_info_string(at, "type");
  g_autofree char *by = ds_info_string(at, "filled_by");

  field->type = ds_field_type_parse(type);
  if (field->type == 0)
    ds_info_fail_at(at, "type",
                    "expected text, date, number, bool, choice, phone, integer, money or time");
  if (by != NULL && !g_str_equal(by, "citizen") && !g_str_equal(by, "officer"))
    ds_info_fail_at(at, "filled_by", "expected officer or citizen");
  field->by_citizen = g_strcmp0(by, "citizen") == 0;
  field->options = read_options(at, "options");
  if ((field->type == DS_FIELD_CHOICE) != (field->options->len > 0))
    ds_info_fail_at(at, "options", "a choice has options, and no other field does");
}

static DsField *
read_field(DsInfoReader *reader, JsonNode *node, const char *path)
{
  DsField *field = g_new0(DsField, 1);
  DsInfoAt at;

  field->options = g_ptr_array_new_with_free_func(option_free);
  if (!ds_info_enter(
          reader, node, path,
          "name type title help pattern max_length options required when filled_by sensitive "
          "unsigned",
          &at) ||
      !ds_info_require(&at, "name") || !ds_info_require(&at, "type") ||
      !ds_info_require(&at, "title"))
    return field;
  g_clear_pointer(&field->options, g_ptr_array_unref);
  field->name = ds_info_string(&at, "name");
  if (field->name != NULL &&
      !g_regex_match_simple("^[a-z0-9]+(-[a-z0-9]+)*(\\.[a-z0-9]+(-[a-z0-9]+)*)+$", field->name,
                            G_REGEX_DOLLAR_ENDONLY, 0))
    ds_info_fail_at(&at, "name", "expected a dotted name like applicant.name");
  read_field_form(&at, field);
  read_text(&at, "title", &field->title);
  read_text(&at, "help", &field->help);
  read_pattern(&at, field);
  field->max_length = ds_info_count(&at, "max_length", 0, MAX_LENGTH);
  field->required = read_logic(&at, "required");
  field->when = read_logic(&at, "when");
  field->sensitive = ds_info_bool(&at, "sensitive");
  field->is_unsigned = ds_info_bool(&at, "unsigned");
  return field;
}

static void
slot_free(gpointer data)
{
  DsSlotNeed *self = data;

  g_free(self->title.zh);
  g_free(self->title.en);
  g_free(self->help.zh);
  g_free(self->help.en);
  g_clear_pointer(&self->kinds, g_ptr_array_unref);
  g_clear_pointer(&self->required, json_node_unref);
  g_clear_pointer(&self->when, json_node_unref);
  g_strfreev(self->media_types);
  g_free(self->notice_before);
  g_strfreev(self->covers);
  g_free(self);
}

static DsSlotNeed *
read_slot(DsInfoReader *reader, JsonNode *node, const char *path)
{
  DsSlotNeed *need = g_new0(DsSlotNeed, 1);
  DsInfoAt at;

  if (!ds_info_enter(reader, node, path,
                     "slot title help kinds min max required when media_types notice_before "
                     "covers",
                     &at) ||
      !ds_info_require(&at, "slot") || !ds_info_require(&at, "title"))
    return need;
  g_autofree char *word = ds_info_string(&at, "slot");
  need->slot = ds_slot_parse(word);
  if (need->slot == 0)
    ds_info_fail_at(&at, "slot",
                    "expected photo, joint-photo, fingerprint, signature, document or "
                    "confirmation");
  read_text(&at, "title", &need->title);
  read_text(&at, "help", &need->help);
  need->kinds = read_options(&at, "kinds");
  need->min = ds_info_count(&at, "min", 1, MAX_ITEMS);
  need->max = ds_info_count(&at, "max", MAX(1, need->min), MAX_ITEMS);
  if (need->max < need->min)
    ds_info_fail_at(&at, "max", "is smaller than min");
  need->required = read_logic(&at, "required");
  need->when = read_logic(&at, "when");
  need->media_types = ds_info_words(&at, "media_types", "^[a-z]+/[a-z0-9.+-]+$");
  need->notice_before = ds_info_string(&at, "notice_before");
  if (need->notice_before != NULL && !ds_plugin_id_is_valid(need->notice_before))
    ds_info_fail_at(&at, "notice_before", "expected the id of a step");
  need->covers = ds_info_words(&at, "covers",
                               "^(fields|photo|joint-photo|fingerprint|document|confirmation)$");
  if (need->covers[0] != NULL && need->slot != DS_SLOT_SIGNATURE)
    ds_info_fail_at(&at, "covers", "only a signature covers something");
  return need;
}

static void
read_fields_and_slots(const DsInfoAt *at, DsPluginInfo *self)
{
  JsonArray *fields = ds_info_array(at, "fields");
  JsonArray *slots = ds_info_array(at, "slots");

  for (guint i = 0; fields != NULL && i < json_array_get_length(fields); i++) {
    g_autofree char *path = g_strdup_printf("/fields/%u", i);
    DsField *field = read_field(at->reader, json_array_get_element(fields, i), path);

    if (field->name != NULL && ds_plugin_info_field(self, field->name) != NULL)
      ds_info_fail(at->reader, path, "field \"%s\" stands there twice", field->name);
    if (at->reader->error != NULL) {
      field_free(field);
      return;
    }
    g_ptr_array_add(self->fields, field);
  }
  for (guint i = 0; slots != NULL && i < json_array_get_length(slots); i++) {
    g_autofree char *path = g_strdup_printf("/slots/%u", i);
    g_ptr_array_add(self->slots, read_slot(at->reader, json_array_get_element(slots, i), path));
  }
}

/* The first word of the id says the kind: step-, source-, inspect-, output-. */
static gboolean
id_fits_kind(const char *id, DsPluginKind kind)
{
  static const char *const prefixes[] = {
      [DS_PLUGIN_STEP] = "step-",
      [DS_PLUGIN_SOURCE] = "source-",
      [DS_PLUGIN_INSPECTOR] = "inspect-",
      [DS_PLUGIN_OUTPUT] = "output-",
  };

  return kind != 0 && g_str_has_prefix(id, prefixes[kind]);
}

static void
read_identity(const DsInfoAt *at, DsPluginInfo *self)
{
  g_autofree char *kind = ds_info_string(at, "kind");

  self->id = ds_info_string(at, "id");
  self->kind = ds_plugin_kind_parse(kind);
  if (self->kind == 0 && kind != NULL)
    ds_info_fail_at(at, "kind",
                    "unknown kind of plugin; known are step, source, inspector and output");
  if (self->id != NULL && (!ds_plugin_id_is_valid(self->id) || !id_fits_kind(self->id, self->kind)))
    ds_info_fail_at(at, "id",
                    "expected kind-subject in small letters, like step-applicant, source-file, "
                    "inspect-image or output-forms");
  read_text(at, "title", &self->title);
  read_text(at, "description", &self->description);
  if (at->reader->error != NULL)
    return;
  if (!json_node_is_null(ds_info_member(at, "module"))) {
    g_autofree char *expected = g_strconcat(self->id, ".so", NULL);

    self->module = ds_info_string(at, "module");
    if (g_strcmp0(self->module, expected) != 0)
      ds_info_fail_at(at, "module",
                      "expected the id followed by .so, or null for a step without code");
  } else if (self->kind != DS_PLUGIN_STEP) {
    ds_info_fail_at(at, "module", "only a step can do without code");
  }
}

static void
read_needs(const DsInfoAt *at, DsPluginInfo *self)
{
  JsonNode *node = ds_info_member(at, "needs");
  DsInfoAt inside;

  if (node == NULL)
    self->devices = g_new0(char *, 1);
  else if (ds_info_enter(at->reader, node, "/needs", "devices", &inside))
    self->devices = ds_info_words(&inside, "devices", "^[a-z0-9]+(-[a-z0-9]+)*$");
}

static void
read_info(DsInfoReader *reader, JsonNode *root, DsPluginInfo *self)
{
  DsInfoAt at;

  if (!ds_info_enter(reader, root, "",
                     "id kind title description module fields slots needs documents requirements",
                     &at) ||
      !ds_info_require(&at, "id") || !ds_info_require(&at, "kind") ||
      !ds_info_require(&at, "title") || !ds_info_require(&at, "module"))
    return;
  read_identity(&at, self);
  if (reader->error != NULL)
    return;
  read_fields_and_slots(&at, self);
  read_needs(&at, self);
  g_ptr_array_unref(self->documents);
  self->documents = read_documents(&at);
  self->requirements = ds_info_words(&at, "requirements", "^R[0-9]{3}$");
  if (self->kind != DS_PLUGIN_STEP && (self->fields->len > 0 || self->slots->len > 0))
    ds_info_fail(reader, "", "only a step has fields and slots");
  if (self->kind != DS_PLUGIN_OUTPUT && self->documents->len > 0)
    ds_info_fail(reader, "", "only an output has documents");
}

DsPluginInfo *
ds_plugin_info_parse(const char *json, gssize size, const char *name, GError **error)
{
  g_autoptr(DsPluginInfo) self = g_new0(DsPluginInfo, 1);
  g_autoptr(JsonNode) root = ds_json_parse(json, size, name, error);
  DsInfoReader reader = {.file = name};

  self->fields = g_ptr_array_new_with_free_func(field_free);
  self->slots = g_ptr_array_new_with_free_func(slot_free);
  self->documents = g_ptr_array_new_with_free_func(document_free);
  if (root == NULL)
    return NULL;
  read_info(&reader, root, self);
  if (reader.error != NULL) {
    g_propagate_error(error, reader.error);
    return NULL;
  }
  return g_steal_pointer(&self);
}
