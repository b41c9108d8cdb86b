/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gio/gio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "model/number.h"
#include "station/roster.h"

/* Numbers are made here: none stands in a file. */
static char *
make_number(const char *birth, guint sequence)
{
  g_autofree char *head = g_strdup_printf("360702%s%03u", birth, sequence);

  return g_strdup_printf("%s%c", head, ds_number_check_digit(head));
}

static DsRoster *
read_size(const char *text, gssize size, GError **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new(text, size < 0 ? strlen(text) : (gsize)size);
  GDate today;

  g_date_set_dmy(&today, 1, G_DATE_SEPTEMBER, 2026);
  return ds_roster_read(bytes, "class.csv", &today, NULL, error);
}

static DsRoster *
read_good(const char *text)
{
  g_autoptr(GError) error = NULL;
  DsRoster *roster = read_size(text, -1, &error);

  g_assert_no_error(error);
  g_assert_nonnull(roster);
  return roster;
}

static void
assert_refused(const char *text, gssize size, int code, const char *words)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsRoster) roster = read_size(text, size, &error);

  g_assert_null(roster);
  g_assert_error(error, DS_ERROR, code);
  if (strstr(error->message, words) == NULL)
    g_error("\"%s\" does not say \"%s\"", error->message, words);
}

static const char *
field(const DsRoster *roster, guint index, const char *name)
{
  return g_hash_table_lookup(ds_roster_row(roster, index)->fields, name);
}

static void
assert_problem(const DsRoster *roster, guint index, guint row, const char *words)
{
  g_assert_cmpuint(index, <, ds_roster_problem_count(roster));
  const DsRosterProblem *problem = ds_roster_problem(roster, index);
  g_assert_cmpuint(problem->row, ==, row);
  if (strstr(problem->text, words) == NULL)
    g_error("\"%s\" does not say \"%s\"", problem->text, words);
}

static void
test_plain(void)
{
  g_autofree char *one = make_number("20130405", 11), *two = make_number("20140607", 22);
  g_autofree char *text =
      g_strdup_printf("applicant.name,applicant.sex,applicant.number,roster.class\r\n"
                      "\"张 \"\"小\"\" 明\",1,%s, 三（2）班 \r\n\r\n李雪,女,%s,\r\n",
                      one, two);
  g_autoptr(DsRoster) roster = read_good(text);

  g_assert_cmpuint(ds_roster_problem_count(roster), ==, 0);
  g_assert_cmpuint(ds_roster_row_count(roster), ==, 2);
  g_assert_cmpstr(field(roster, 0, "applicant.name"), ==, "张 \"小\" 明");
  g_assert_cmpstr(field(roster, 0, "roster.class"), ==, "三（2）班");
  g_assert_cmpstr(field(roster, 1, "applicant.sex"), ==, "2");
  g_assert_null(field(roster, 1, "roster.class"));
  g_assert_cmpuint(ds_roster_row(roster, 1)->row, ==, 4);
  g_assert_true(ds_roster_require_clean(roster, NULL));
  g_assert_null(ds_roster_notes(roster)[0]);

  g_autoptr(GBytes) json = ds_roster_to_json(roster);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = json_from_string(g_bytes_get_data(json, NULL), &error);
  g_assert_no_error(error);
  JsonObject *first = json_array_get_object_element(json_node_get_array(node), 0);
  g_assert_cmpint(json_object_get_int_member(first, "row"), ==, 1);
  g_assert_cmpstr(json_object_get_string_member(json_object_get_object_member(first, "fields"),
                                                "applicant.number"),
                  ==, one);
}

static void
test_encodings(void)
{
  const char *utf8 = "姓名,性别,班级\n王芳,女,一班\n";
  gsize size = 0;
  g_autofree char *gb = g_convert(utf8, -1, "GB18030", "UTF-8", NULL, &size, NULL);
  g_autoptr(DsRoster) from_gb = read_size(gb, (gssize)size, NULL);
  g_assert_nonnull(from_gb);
  g_assert_cmpstr(ds_roster_notes(from_gb)[0], ==, "converted from GB 18030");
  g_assert_cmpstr(field(from_gb, 0, "applicant.name"), ==, "王芳");
  g_assert_cmpstr(field(from_gb, 0, "applicant.sex"), ==, "2");
  g_assert_cmpstr(field(from_gb, 0, "roster.class"), ==, "一班");

  g_autofree char *marked = g_strconcat("\xEF\xBB\xBF", utf8, NULL);
  g_autoptr(DsRoster) with_mark = read_good(marked);
  g_assert_cmpstr(ds_roster_notes(with_mark)[0], ==, "passed over the byte-order mark");
  g_assert_cmpstr(field(with_mark, 0, "applicant.name"), ==, "王芳");

  assert_refused("applicant.name\n\xFF\xFF\n", -1, DS_ERROR_INVALID, "broken at byte 15");
  assert_refused("a\0b", 3, DS_ERROR_INVALID, "zero bytes");
}

static void
test_row_problems(void)
{
  g_autofree char *good = make_number("20130405", 11), *future = make_number("20260902", 22);
  g_autofree char *wrong = g_strdup(good);
  wrong[17] = wrong[17] == '1' ? '2' : '1';
  g_autofree char *text =
      g_strdup_printf("applicant.name,applicant.number,applicant.birth,applicant.sex\n"
                      "甲,%s,2013-04-05,1\n"
                      "乙,%s,,\n"
                      "丙,%s,,\n"
                      "丁,130503670401001,,\n"
                      "戊,%s,,\n"
                      "己,,2013-02-29,3\n"
                      ",,,1\n"
                      "辛,只有两格\n"
                      "壬,,2027-01-01,\n",
                      good, wrong, good, future);
  g_autoptr(DsRoster) roster = read_good(text);
  g_autoptr(GError) error = NULL;

  g_assert_cmpuint(ds_roster_row_count(roster), ==, 1);
  assert_problem(roster, 0, 3, "row 3, applicant.number: has a wrong check digit");
  assert_problem(roster, 1, 4, "is the same number as in row 2");
  assert_problem(roster, 2, 5, "15 digits");
  assert_problem(roster, 3, 6, "birth date in the future");
  assert_problem(roster, 4, 7, "applicant.sex: must be 1 (男) or 2 (女)");
  assert_problem(roster, 5, 7, "applicant.birth: must be a date");
  assert_problem(roster, 6, 8, "applicant.name: is empty");
  assert_problem(roster, 7, 9, "row 9: has 2 cells, the header has 4");
  assert_problem(roster, 8, 10, "applicant.birth: lies in the future");
  g_assert_cmpuint(ds_roster_problem_count(roster), ==, 9);

  g_assert_false(ds_roster_require_clean(roster, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "class.csv has 9 problems"));
  g_assert_nonnull(strstr(error->message, "row 9"));
  g_assert_null(strstr(error->message, good));
}

static void
test_ethnic(void)
{
  const char *text = "姓名,民族\n甲,汉\n乙,蒙古族\n丙,03\n丁,火星\n戊,99\n";
  g_autofree char *dir =
      g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), "schemas", "tables", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(DsTables) tables = ds_tables_load(dir, &error);
  g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
  GDate today;

  g_assert_no_error(error);
  g_date_set_dmy(&today, 1, G_DATE_SEPTEMBER, 2026);
  g_autoptr(DsRoster) roster = ds_roster_read(bytes, "class.csv", &today, tables, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(ds_roster_row_count(roster), ==, 3);
  g_assert_cmpstr(field(roster, 0, "applicant.ethnic"), ==, "01");
  g_assert_cmpstr(field(roster, 1, "applicant.ethnic"), ==, "02");
  g_assert_cmpstr(field(roster, 2, "applicant.ethnic"), ==, "03");
  assert_problem(roster, 0, 5, "must be a code such as 01");
  assert_problem(roster, 1, 6, "must be a code such as 01");

  /* without tables only codes are understood */
  g_autoptr(DsRoster) bare = read_good(text);
  g_assert_cmpuint(ds_roster_row_count(bare), ==, 2);
}

static void
test_permits(void)
{
  g_autofree char *head = g_strdup_printf("810000%s%03u", "20130405", 11);
  g_autofree char *text = g_strdup_printf("applicant.name,applicant.number\n陈,%s%c\n", head,
                                          ds_number_check_digit(head));
  g_autoptr(DsRoster) roster = read_good(text);

  assert_problem(roster, 0, 2, "belongs to a residence permit");
}

static void
test_broken_files(void)
{
  assert_refused("", -1, DS_ERROR_INVALID, "is empty");
  assert_refused("applicant.name\n\n", -1, DS_ERROR_INVALID, "names nobody");
  assert_refused("applicant.number\n1\n", -1, DS_ERROR_INVALID, "no column applicant.name");
  assert_refused("applicant.name,Klasse\n", -1, DS_ERROR_INVALID,
                 "row 1, column 2: \"Klasse\" is no heading");
  assert_refused("applicant.name,姓名\n", -1, DS_ERROR_INVALID, "stands there twice");
  assert_refused("applicant.name\n\"never closed\n", -1, DS_ERROR_INVALID,
                 "row 2, column 1: the quotation mark is never closed");
  assert_refused("applicant.name,roster.class\n甲,\"a\"b\n", -1, DS_ERROR_INVALID,
                 "row 2, column 2: there is text after");
  assert_refused("applicant.name\na\"b\n", -1, DS_ERROR_INVALID, "inside a cell");

  g_autofree char *cell = g_strnfill(DS_ROSTER_MAX_CELL + 1, 'x');
  g_autofree char *text = g_strconcat("applicant.name\n", cell, "\n", NULL);
  assert_refused(text, -1, DS_ERROR_TOO_LARGE, "row 2, column 1: the cell is too long");
  g_autofree char *commas = g_strnfill(DS_ROSTER_MAX_COLUMNS, ',');
  assert_refused(commas, -1, DS_ERROR_TOO_LARGE, "too many columns");
  g_autofree char *huge = g_strnfill(DS_ROSTER_MAX_BYTES + 1, 'x');
  assert_refused(huge, -1, DS_ERROR_TOO_LARGE, "divide it");
}

/* Every broken roster that the generator of people knows, with what it says about each. */
static void
test_generated(void)
{
  g_autofree char *program =
      g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), "tests", "people", "bad", NULL);
  g_autofree char *dir = g_dir_make_tmp("doorstep-XXXXXX", NULL);
  g_autofree char *list = g_build_filename(dir, "bad.json", NULL);
  g_autoptr(JsonParser) parser = json_parser_new();
  g_autoptr(GError) error = NULL;
  GDate today;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  g_autoptr(GSubprocess) process =
      g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, program, "--out", dir, NULL);
  g_assert_no_error(error);
  g_assert_true(g_subprocess_wait_check(process, NULL, &error));
  g_assert_true(json_parser_load_from_file(parser, list, &error));
  JsonObject *root = json_node_get_object(json_parser_get_root(parser));
  g_assert_true(ds_date_parse(&today, json_object_get_string_member(root, "day")));
  json_object_iter_init(&iter, json_object_get_object_member(root, "rosters"));
  while (json_object_iter_next(&iter, &name, &node)) {
    JsonObject *about = json_node_get_object(node);
    JsonArray *rows = json_object_get_array_member(about, "rows");
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autoptr(DsRoster) roster = ds_roster_read_file(path, &today, NULL, &error);
    gboolean taken = roster != NULL && ds_roster_require_clean(roster, &error);
    g_test_message("%s: %s", name, error != NULL ? error->message : "taken");
    g_assert_true(taken == json_object_get_boolean_member(about, "taken"));
    for (guint i = 0; !taken && i < json_array_get_length(rows); i++) {
      g_autofree char *row = g_strdup_printf("row %d", (int)json_array_get_int_element(rows, i));
      g_assert_true(strstr(error->message, row) != NULL ||
                    strcmp(name, "duplicate.csv") == 0); /* says "same as in row" */
    }
    g_clear_error(&error);
  }
  g_assert_true(ds_files_remove_tree(dir, NULL));
}

static void
test_contradictions(void)
{
  g_autofree char *number = make_number("20130405", 11); /* a man's */
  g_autofree char *text =
      g_strdup_printf("applicant.name,applicant.number,applicant.sex,applicant.birth\n"
                      "甲,%s,2,2013-04-05\n",
                      number);
  g_autofree char *other = g_strdup_printf(
      "applicant.name,applicant.number,applicant.birth\n乙,%s,2013-04-06\n", number);
  g_autoptr(DsRoster) sex = read_good(text), birth = read_good(other);

  g_assert_cmpuint(ds_roster_row_count(sex), ==, 1);
  g_assert_cmpstr(ds_roster_notes(sex)[0], ==,
                  "row 2, applicant.sex: is not the sex that the number tells");
  assert_problem(birth, 0, 2, "applicant.birth: is not the birth date in the number");
}

static void
test_json(void)
{
  g_autofree char *number = make_number("20130405", 11);
  g_autofree char *text = g_strdup_printf(
      " [{\"applicant.name\": \" 甲 \", \"applicant.number\": \"%s\", \"roster.class\": null},"
      "{\"applicant.name\": 5}, {\"Klasse\": \"x\"}, 7, {\"applicant.name\": \"乙\","
      "\"applicant.number\": \"%s\"}]",
      number, number);
  g_autoptr(DsRoster) roster = read_good(text);

  g_assert_cmpuint(ds_roster_row_count(roster), ==, 1);
  g_assert_cmpstr(field(roster, 0, "applicant.name"), ==, "甲");
  assert_problem(roster, 0, 2, "must be a text");
  assert_problem(roster, 1, 3, "no field name");
  assert_problem(roster, 2, 4, "is not an object");
  assert_problem(roster, 3, 5, "same number as in row 1");

  assert_refused("[{\"applicant.name\": ", -1, DS_ERROR_INVALID, "is broken JSON");
  assert_refused("[[[", -1, DS_ERROR_INVALID, "nests deeper");
}

static void
test_visits(void)
{
  g_autoptr(DsRoster) good = read_good(
      "姓名,申领原因,缓急,困难原因,预约日期,预约时间,上门地址,电话,户籍地派出所\n"
      "甲,期满换领,加快,卧床,2026年8月30日,2026-09-01 8:30,山东省济宁市任城区古槐路1号,19000000001,"
      "石桥派出所\n"
      "乙,lost,,other,,2026-09-01T09:30:00+08:00,山东省济宁市任城区古槐路2号,19000000002,\n");
  g_autoptr(DsRoster) english =
      read_good("name,reason,hardship,asked for on,visit at,visit address,phone\n"
                "C,damaged,ill,20260830,2026/9/1 10:00,somewhere,19000000003\n");
  g_autoptr(DsRoster) bad = read_good("姓名,申领原因,缓急,困难原因,预约日期,预约时间\n"
                                      "丙,没有居住证,急,贫困,昨天,上午\n");

  g_assert_cmpuint(ds_roster_row_count(good), ==, 2);
  g_assert_cmpstr(field(good, 0, "application.reason"), ==, "expired");
  g_assert_cmpstr(field(good, 0, "application.urgency"), ==, "expedited");
  g_assert_cmpstr(field(good, 0, "appointment.hardship"), ==, "bedridden");
  g_assert_cmpstr(field(good, 0, "appointment.requested-on"), ==, "2026-08-30");
  g_assert_cmpstr(field(good, 0, "appointment.at"), ==, "2026-09-01T08:30:00+08:00");
  g_assert_cmpstr(field(good, 0, "applicant.police-station"), ==, "石桥派出所");
  g_assert_cmpstr(field(good, 1, "contact.phone"), ==, "19000000002");
  g_assert_cmpstr(field(good, 1, "appointment.at"), ==, "2026-09-01T09:30:00+08:00");
  g_assert_cmpstr(field(english, 0, "appointment.at"), ==, "2026-09-01T10:00:00+08:00");
  g_assert_cmpstr(field(english, 0, "appointment.requested-on"), ==, "2026-08-30");
  g_assert_cmpuint(ds_roster_row_count(bad), ==, 0);
  g_assert_cmpuint(ds_roster_problem_count(bad), ==, 5);
  assert_problem(bad, 0, 2, "must be expired (期满换领)");
  assert_problem(bad, 3, 2, "must be a time such as 2026-09-01 08:30");
  assert_problem(bad, 4, 2, "must be a date such as 2026-09-01");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/station/roster/plain", test_plain);
  g_test_add_func("/station/roster/encodings", test_encodings);
  g_test_add_func("/station/roster/row-problems", test_row_problems);
  g_test_add_func("/station/roster/ethnic", test_ethnic);
  g_test_add_func("/station/roster/permits", test_permits);
  g_test_add_func("/station/roster/broken-files", test_broken_files);
  g_test_add_func("/station/roster/contradictions", test_contradictions);
  g_test_add_func("/station/roster/generated", test_generated);
  g_test_add_func("/station/roster/json", test_json);
  g_test_add_func("/roster/visits", test_visits);
  return g_test_run();
}
