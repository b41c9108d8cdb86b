/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/pack.h"

#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/files.h"
#include "policy/json.h"
#include "policy/test-case.h"

/* ---- a copy of schemas/ to break ---- */

#define JIANGXI "jurisdictions/jiangxi-first-application.json"

static const char *const files[] = {"facts.json",
                                    "facts.schema.json",
                                    "service.schema.json",
                                    "jurisdiction.schema.json",
                                    "services/first-application.json",
                                    JIANGXI,
                                    "tables/regions.json",
                                    "tables/regions.schema.json",
                                    "tables/ethnic.json",
                                    "tables/ethnic.schema.json",
                                    "tables/fingers.json",
                                    "tables/fingers.schema.json",
                                    "tables/police-units.json",
                                    "tables/police-units.schema.json",
                                    "tables/working-days.json",
                                    "tables/working-days.schema.json"};

static void
write_file(const char *dir, const char *file, const char *text, gssize size)
{
  g_autofree char *path = g_build_filename(dir, file, NULL);
  g_autofree char *folder = g_path_get_dirname(path);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
  g_file_set_contents(path, text, size, &error);
  g_assert_no_error(error);
}

static char *
copy_schemas(void)
{
  g_autofree char *from = test_schemas();
  g_autoptr(GError) error = NULL;
  char *to = g_dir_make_tmp("doorstep-policy-XXXXXX", &error);

  g_assert_no_error(error);
  for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *path = g_build_filename(from, files[i], NULL);
    g_autofree char *text = NULL;
    gsize size;
    g_file_get_contents(path, &text, &size, &error);
    g_assert_no_error(error);
    write_file(to, files[i], text, (gssize)size);
  }
  return to;
}

static void
remove_copy(char *dir)
{
  g_assert_true(ds_files_remove_tree(dir, NULL));
  g_free(dir);
}

/* Sets (or, with @value NULL, removes) what the pointer @at says in @root. */
static void
edit(JsonNode *root, const char *at, JsonNode *value)
{
  g_auto(GStrv) parts = g_strsplit(at + 1, "/", -1);
  JsonNode *place = root;
  char **part = parts;

  for (; part[1] != NULL; part++)
    place = JSON_NODE_HOLDS_ARRAY(place)
                ? json_array_get_element(json_node_get_array(place), (guint)atoi(*part))
                : json_object_get_member(json_node_get_object(place), *part);
  if (JSON_NODE_HOLDS_ARRAY(place)) {
    json_array_remove_element(json_node_get_array(place), (guint)atoi(*part));
    g_assert_nonnull(value);
    g_autoptr(JsonArray) rest = json_array_new();
    JsonArray *list = json_node_get_array(place);
    while (json_array_get_length(list) > (guint)atoi(*part)) {
      json_array_add_element(rest,
                             json_node_copy(json_array_get_element(list, (guint)atoi(*part))));
      json_array_remove_element(list, (guint)atoi(*part));
    }
    json_array_add_element(list, json_node_copy(value));
    for (guint i = 0; i < json_array_get_length(rest); i++)
      json_array_add_element(list, json_node_copy(json_array_get_element(rest, i)));
  } else if (value != NULL) {
    json_object_set_member(json_node_get_object(place), *part, json_node_copy(value));
  } else {
    json_object_remove_member(json_node_get_object(place), *part);
  }
}

/* A pack is given to a policy that has none; anything else is written to the copy and loaded. */
static void
load_broken(const char *dir, DsPolicy *rest, const char *file, const char *text, GError **error)
{
  g_autofree char *name = g_path_get_basename(file);

  if (g_str_has_prefix(file, "jurisdictions/")) {
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(DsPack) pack = ds_policy_load_pack_bytes(rest, bytes, name, error);
    g_assert_null(pack);
    return;
  }
  write_file(dir, file, text, -1);
  g_autoptr(DsPolicy) policy = ds_policy_load(dir, error);
  g_assert_null(policy);
}

static void
check_break(const char *dir, DsPolicy *rest, JsonObject *row)
{
  const char *file = ds_json_string(row, "file"), *says = ds_json_string(row, "says");
  g_autofree char *source = test_schemas();
  g_autofree char *path = g_build_filename(source, file, NULL);
  g_autofree char *before = NULL;
  g_autoptr(GError) error = NULL;
  gsize size;

  g_assert_true(g_file_get_contents(path, &before, &size, NULL));
  g_autoptr(JsonNode) root = ds_json_parse(before, (gssize)size, file, NULL);
  edit(root, ds_json_string(row, "at"), json_object_get_member(row, "value"));
  g_autofree char *broken = ds_json_to_text(root, FALSE);
  load_broken(dir, rest, file, broken, &error);
  g_test_message("%s: %s", says, error != NULL ? error->message : "loaded");
  g_assert_nonnull(strstr(error->message, says));
  if (!g_str_has_prefix(file, "jurisdictions/"))
    write_file(dir, file, before, (gssize)size);
}

/* One place broken at a time: never loads, and the message names file, path and reason. */
static void
test_breaks(void)
{
  g_autofree char *path = g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), "core", "policy",
                                           "test-data", "pack-breaks.json", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) root = ds_json_load(path, &error);
  char *dir = copy_schemas();
  g_autofree char *pack = g_build_filename(dir, JIANGXI, NULL);

  g_assert_no_error(error);
  g_assert_cmpint(g_unlink(pack), ==, 0);
  g_autoptr(DsPolicy) rest = ds_policy_load(dir, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(ds_policy_pack_count(rest), ==, 0);
  JsonArray *rows = json_node_get_array(root);
  for (guint i = 0; i < json_array_get_length(rows); i++)
    check_break(dir, rest, json_array_get_object_element(rows, i));
  g_assert_cmpuint(ds_policy_pack_count(rest), ==, 0);
  remove_copy(dir);
}

static void
test_broken_text(void)
{
  char *dir = copy_schemas();
  g_autoptr(GError) error = NULL;

  write_file(dir, "jurisdictions/half.json", "{\"format\":\n\"doorstep-pack/1\",", -1);
  g_assert_null(ds_policy_load(dir, &error));
  g_assert_nonnull(strstr(error->message, "half.json:2:19: expected a member's name"));
  remove_copy(dir);
}

/* ---- Jiangxi's pack ---- */

static void
test_texts(void)
{
  g_autoptr(DsPolicy) policy = test_policy();
  g_autoptr(DsPack) pack = test_pack(policy);
  const DsPackText *commitment = ds_pack_text(pack, "commitment");
  const DsPackText *notice = ds_pack_text(pack, "notice");
  const DsPackText *declaration = ds_pack_text(pack, "declaration");
  g_autoptr(DsView) view = ds_view_new();
  DsDigest digest = ds_digest_of(commitment->zh, strlen(commitment->zh));
  g_autofree char *hex = ds_digest_dup_hex(&digest);

  g_assert_cmpuint(ds_pack_text_count(pack), ==, 4);
  g_assert_cmpstr(commitment->sha256, ==, hex);
  /* A change of one character of the law's text must be seen here. */
  g_assert_cmpstr(notice->sha256, ==,
                  "8112f909e30f8208c7fc28fdf4ff04a3f173966adbd9ff125908df996141fc55");
  g_assert_cmpstr(commitment->sha256, ==,
                  "78356a3a3265d4b59e44091c8cd167f40fc69137ebf89ae04e9d6db886c02aad");
  g_assert_true(g_str_has_prefix(commitment->zh, notice->zh));
  g_assert_true(g_str_has_suffix(commitment->zh, declaration->zh));
  ds_pack_add_facts(pack, view);
  g_assert_cmpstr(ds_view_fact(view, "notice.commitment.sha256"), ==, hex);
  g_assert_cmpstr(ds_view_fact(view, "notice.notice.version"), ==, notice->version);
  g_assert_cmpstr(ds_view_fact(view, "text.commitment.zh"), ==, commitment->zh);
  g_assert_cmpstr(ds_view_fact(view, "case.pack"), ==, "jiangxi-first-application");
  g_assert_cmpstr(ds_view_fact(view, "case.pack-sha256"), ==, ds_pack_sha256(pack));
  g_assert_null(ds_pack_text(pack, "nothing"));
}

/* Every requirement of this pack's text that a rule, document, term or text can carry is named. */
static void
test_requirements(void)
{
  static const char *const ids[] = {
      "R077", "R078", "R079", "R080", "R081", "R082", "R083", "R084", "R085", "R086",
      "R087", "R088", "R089", "R090", "R091", "R092", "R093", "R094", "R095", "R096",
      "R097", "R098", "R099", "R100", "R101", "R102", "R103", "R104", "R105", "R106",
      "R107", "R108", "R111", "R112", "R113", "R114", "R119", "R120", "R121", "R122",
      "R123", "R124", "R125", "R126", "R127", "R128", "R129", "R130", "R131", "R132",
      "R133", "R134", "R135", "R136", "R138", "R139", "R140", "R141", "R142"};
  g_autoptr(DsPolicy) policy = test_policy();
  g_autoptr(DsPack) pack = test_pack(policy);
  gsize size;
  const char *text = g_bytes_get_data(ds_pack_bytes(pack), &size);

  for (gsize i = 0; i < G_N_ELEMENTS(ids); i++) {
    g_autofree char *quoted = g_strdup_printf("\"%s\"", ids[i]);
    g_test_message("%s", ids[i]);
    g_assert_nonnull(g_strstr_len(text, (gssize)size, quoted));
  }
}

/* ---- what the packs cite ---- */

/* The texts of the norms, one after the other; NULL when they are not beside the checkout. */
static char *
norms(void)
{
  g_autofree char *dir =
      g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), "..", "shared", "seeds", NULL);
  g_autoptr(GDir) folder = g_dir_open(dir, 0, NULL);
  g_autoptr(GString) all = g_string_new(NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autofree char *text = NULL;
    if (g_file_get_contents(path, &text, NULL, NULL))
      g_string_append(all, text);
  }
  return folder != NULL ? g_string_free(g_steal_pointer(&all), FALSE) : NULL;
}

/* Every phrase that @node cites, as it stands there. Returns how many. */
static guint
check_phrases(JsonNode *node, const char *text)
{
  guint count = 0;

  if (JSON_NODE_HOLDS_ARRAY(node)) {
    JsonArray *list = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(list); i++)
      count += check_phrases(json_array_get_element(list, i), text);
  }
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return count;
  JsonObject *object = json_node_get_object(node);
  const char *phrase = ds_json_string(object, "phrase");
  JsonObjectIter iter;
  JsonNode *value;
  if (phrase != NULL) {
    g_test_message("%s", phrase);
    g_assert_nonnull(strstr(text, phrase));
    count++;
  }
  json_object_iter_init(&iter, object);
  while (json_object_iter_next(&iter, NULL, &value))
    count += check_phrases(value, text);
  return count;
}

static void
test_phrases(void)
{
  g_autoptr(DsPolicy) policy = test_policy();
  g_autofree char *text = norms();

  if (text == NULL) {
    g_test_skip("the texts of the norms are not beside the checkout");
    return;
  }
  for (guint i = 0; i < ds_policy_pack_count(policy); i++) {
    g_autoptr(JsonNode) root = json_node_new(JSON_NODE_OBJECT);
    json_node_set_object(root, ds_pack_root(ds_policy_pack_at(policy, i)));
    g_assert_cmpuint(check_phrases(root, text), >=, 30);
  }
}

/* ---- dates ---- */

/* A pack that extends Jiangxi's, with more members in @more. */
static GBytes *
child_pack(const char *id, guint version, const char *from, const char *more)
{
  char *text = g_strdup_printf(
      "{\"format\":\"doorstep-pack/1\",\"id\":\"%s\",\"version\":%u,\"jurisdiction\":\"jiangxi\","
      "\"title\":{\"zh\":\"新\",\"en\":\"new\"},\"effective-from\":\"%s\","
      "\"extends\":{\"id\":\"jiangxi-first-application\",\"version\":1}%s}",
      id, version, from, more);

  return g_bytes_new_take(text, strlen(text));
}

static void
add_pack(DsPolicy *policy, const char *id, guint version, const char *from, const char *more)
{
  g_autoptr(GBytes) bytes = child_pack(id, version, from, more);
  g_autoptr(GError) error = NULL;
  g_autoptr(DsPack) pack = ds_policy_load_pack_bytes(policy, bytes, "dispatched", &error);

  g_assert_no_error(error);
}

static void
expect_pack(DsPolicy *policy, const char *on, const char *id, guint version)
{
  g_autoptr(GError) error = NULL;
  GDate day;

  g_assert_true(ds_date_parse(&day, on));
  g_autoptr(DsPack) pack = ds_policy_pack_for(policy, "jiangxi", "first-application", &day, &error);
  g_test_message("%s: %s", on, error != NULL ? error->message : ds_pack_id(pack));
  if (id == NULL) {
    g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
    return;
  }
  g_assert_no_error(error);
  g_assert_cmpstr(ds_pack_id(pack), ==, id);
  g_assert_cmpuint(ds_pack_version(pack), ==, version);
}

static void
test_dates(void)
{
  g_autoptr(DsPolicy) policy = test_policy();

  expect_pack(policy, "2020-12-31", NULL, 0);
  expect_pack(policy, "2021-01-01", "jiangxi-first-application", 1);
  add_pack(policy, "jiangxi-first-application", 2, "2026-09-01", "");
  expect_pack(policy, "2026-08-31", "jiangxi-first-application", 1);
  expect_pack(policy, "2026-09-01", "jiangxi-first-application", 2);
  add_pack(policy, "jiangxi-trial", 1, "2026-10-01",
           ",\"effective-until\":\"2026-10-31\",\"supersedes\":[\"jiangxi-first-application\"]");
  expect_pack(policy, "2026-09-30", "jiangxi-first-application", 2);
  expect_pack(policy, "2026-10-01", "jiangxi-trial", 1);
  expect_pack(policy, "2026-10-31", "jiangxi-trial", 1);
  expect_pack(policy, "2026-11-01", NULL, 0); /* what was superseded does not come back */
}

static void
test_not_found_says_why(void)
{
  g_autoptr(DsPolicy) policy = test_policy();
  g_autoptr(GError) error = NULL;
  GDate day;

  g_assert_true(ds_date_parse(&day, "2020-12-31"));
  g_assert_null(ds_policy_pack_for(policy, "jiangxi", "first-application", &day, &error));
  g_assert_cmpstr(error->message, ==,
                  "no rule pack of jiangxi for first-application is in force on 2020-12-31 (here "
                  "are: jiangxi-first-application version 1 from 2021-01-01); ask the station for "
                  "one");
  g_clear_error(&error);
  g_assert_null(ds_policy_pack_for(policy, "rugao", NULL, &day, &error));
  g_assert_nonnull(strstr(error->message, "rugao is in force on 2020-12-31 (here are: none)"));
}

static void
test_inheritance(void)
{
  g_autoptr(DsPolicy) policy = test_policy();
  g_autoptr(GBytes) bytes = child_pack("jiangxi-child", 1, "2027-01-01", ",\"fees\":[]");
  g_autoptr(GError) error = NULL;
  g_autoptr(DsPack) child = ds_policy_load_pack_bytes(policy, bytes, "child", &error);
  GDate day;

  g_assert_no_error(error);
  g_assert_cmpuint(ds_pack_text_count(child), ==, 4);
  g_assert_cmpint(json_array_get_length(ds_json_array(ds_pack_root(child), "fees")), ==, 0);
  g_assert_cmpstr(ds_pack_title(child, "en"), ==, "new");
  g_assert_false(ds_pack_effective_until(child, &day));
  g_assert_null(ds_json_object(ds_pack_root(child), "effective-note"));
}

static void
test_dispatched(void)
{
  g_autoptr(DsPolicy) policy = test_policy();
  g_autoptr(DsPack) pack = test_pack(policy);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) other = child_pack("jiangxi-first-application", 1, "2027-01-01", "");
  g_autoptr(GBytes) big = g_bytes_new_take(g_malloc0(2 * 1024 * 1024), 2 * 1024 * 1024);
  g_autoptr(GBytes) empty = g_bytes_new(NULL, 0);
  g_autoptr(GBytes) list = g_bytes_new_static("[]", 2);
  guint before = ds_policy_pack_count(policy);

  g_autoptr(DsPack) again = ds_policy_load_pack_bytes(policy, ds_pack_bytes(pack), "again", &error);
  g_assert_no_error(error);
  g_assert_true(again == pack);
  g_assert_cmpuint(ds_policy_pack_count(policy), ==, before);
  g_assert_null(ds_policy_load_pack_bytes(policy, other, "other.json", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_EXISTS);
  g_clear_error(&error);
  g_assert_null(ds_policy_load_pack_bytes(policy, big, "big.json", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
  g_clear_error(&error);
  g_assert_null(ds_policy_load_pack_bytes(policy, empty, "empty.json", &error));
  g_assert_cmpstr(error->message, ==, "empty.json:1:1: the text ends early");
  g_clear_error(&error);
  g_assert_null(ds_policy_load_pack_bytes(policy, list, "list.json", &error));
  g_assert_cmpstr(error->message, ==, "list.json: /: must be of type object, is array");
}

static void
test_by_id(void)
{
  g_autoptr(DsPolicy) policy = test_policy();
  g_autoptr(DsPack) pack = test_pack(policy);
  g_autoptr(GError) error = NULL;
  g_autoptr(DsPack) same =
      ds_policy_pack_by_id(policy, "jiangxi-first-application", 1, ds_pack_sha256(pack), &error);

  g_assert_true(same == pack);
  g_assert_null(ds_policy_pack_by_id(policy, "jiangxi-first-application", 1, TEST_SHA, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);
  g_assert_null(ds_policy_pack_by_id(policy, "jiangxi-first-application", 9, NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
  g_clear_error(&error);
  g_assert_null(ds_policy_service(policy, "renewal", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/pack/breaks", test_breaks);
  g_test_add_func("/pack/broken-text", test_broken_text);
  g_test_add_func("/pack/texts", test_texts);
  g_test_add_func("/pack/requirements", test_requirements);
  g_test_add_func("/pack/phrases", test_phrases);
  g_test_add_func("/pack/dates", test_dates);
  g_test_add_func("/pack/not-found-says-why", test_not_found_says_why);
  g_test_add_func("/pack/inheritance", test_inheritance);
  g_test_add_func("/pack/dispatched", test_dispatched);
  g_test_add_func("/pack/by-id", test_by_id);
  return g_test_run();
}
