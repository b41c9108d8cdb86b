/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers here are the standard's own two examples or are put together with a computed check
 * digit, so that no committed text is anybody's number. */
#include "model/number.h"

#include <string.h>

#define GOOD DS_NUMBER_GOOD
#define BAD DS_NUMBER_BAD
#define NONE DS_NUMBER_UNCHECKED

typedef struct {
  const char *text; /* 17 characters get their check digit, others are taken as they stand */
  DsNumberAspect length, characters, checksum, date, not_future, century;
  DsNumberClass class_;
  guint sex;
} Row;

static const Row ROWS[] = {
    /* the examples printed in the standard */
    {"11010519491231002X", GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, DS_NUMBER_CLASS_RESIDENT, 2},
    {"440524188001010014", GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, DS_NUMBER_CLASS_RESIDENT, 1},
    {"11010519491231002x", GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, DS_NUMBER_CLASS_RESIDENT, 2},
    {"110105194912310021", GOOD, GOOD, BAD, GOOD, GOOD, GOOD, DS_NUMBER_CLASS_RESIDENT, 2},
    {"44052418800101001X", GOOD, GOOD, BAD, GOOD, GOOD, GOOD, DS_NUMBER_CLASS_RESIDENT, 1},
    /* two neighbours swapped: what the check digit is for */
    {"440524188001010104", GOOD, GOOD, BAD, GOOD, GOOD, GOOD, DS_NUMBER_CLASS_RESIDENT, 2},
    /* the day itself is no future, the day after is */
    {"36070220260901001", GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, DS_NUMBER_CLASS_RESIDENT, 1},
    {"36070220260902002", GOOD, GOOD, GOOD, GOOD, BAD, GOOD, DS_NUMBER_CLASS_RESIDENT, 2},
    {"36070220700101001", GOOD, GOOD, GOOD, GOOD, BAD, GOOD, DS_NUMBER_CLASS_RESIDENT, 1},
    /* calendar */
    {"36070220120229001", GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, DS_NUMBER_CLASS_RESIDENT, 1},
    {"36070220110229001", GOOD, GOOD, GOOD, BAD, NONE, NONE, DS_NUMBER_CLASS_RESIDENT, 1},
    {"36070219000229001", GOOD, GOOD, GOOD, BAD, NONE, NONE, DS_NUMBER_CLASS_RESIDENT, 1},
    {"36070220000229001", GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, DS_NUMBER_CLASS_RESIDENT, 1},
    {"36070220110231001", GOOD, GOOD, GOOD, BAD, NONE, NONE, DS_NUMBER_CLASS_RESIDENT, 1},
    {"36070220111301001", GOOD, GOOD, GOOD, BAD, NONE, NONE, DS_NUMBER_CLASS_RESIDENT, 1},
    {"36070220119901001", GOOD, GOOD, GOOD, BAD, NONE, NONE, DS_NUMBER_CLASS_RESIDENT, 1},
    {"36070220110001001", GOOD, GOOD, GOOD, BAD, NONE, NONE, DS_NUMBER_CLASS_RESIDENT, 1},
    {"36070220110100001", GOOD, GOOD, GOOD, BAD, NONE, NONE, DS_NUMBER_CLASS_RESIDENT, 1},
    {"36070200000101001", GOOD, GOOD, GOOD, BAD, NONE, NONE, DS_NUMBER_CLASS_RESIDENT, 1},
    {"36070217991231002", GOOD, GOOD, GOOD, GOOD, GOOD, BAD, DS_NUMBER_CLASS_RESIDENT, 2},
    {"36070218000101002", GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, DS_NUMBER_CLASS_RESIDENT, 2},
    /* classes */
    {"81000019900101001", GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, DS_NUMBER_CLASS_HMT, 1},
    {"82000019900101002", GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, DS_NUMBER_CLASS_HMT, 2},
    {"83000019900101003", GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, DS_NUMBER_CLASS_HMT, 1},
    {"91112419900101004", GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, DS_NUMBER_CLASS_FOREIGN, 2},
    {"71000019900101001", GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, DS_NUMBER_CLASS_RESIDENT, 1},
    {"84000019900101001", GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, DS_NUMBER_CLASS_UNKNOWN, 1},
    {"00000019900101001", GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, DS_NUMBER_CLASS_UNKNOWN, 1},
    /* 15 digits: readable, never valid */
    {"360702900101001", BAD, GOOD, NONE, GOOD, GOOD, GOOD, DS_NUMBER_CLASS_LEGACY15, 1},
    {"111111111111111", BAD, GOOD, NONE, GOOD, GOOD, GOOD, DS_NUMBER_CLASS_LEGACY15, 1},
    {"360702901301002", BAD, GOOD, NONE, BAD, NONE, NONE, DS_NUMBER_CLASS_LEGACY15, 2},
    {"36070290010100X", BAD, BAD, NONE, NONE, NONE, NONE, DS_NUMBER_CLASS_UNKNOWN, 0},
    /* lengths and characters */
    {"", BAD, BAD, NONE, NONE, NONE, NONE, DS_NUMBER_CLASS_UNKNOWN, 0},
    {"1", BAD, GOOD, NONE, NONE, NONE, NONE, DS_NUMBER_CLASS_UNKNOWN, 0},
    {"X", BAD, BAD, NONE, NONE, NONE, NONE, DS_NUMBER_CLASS_UNKNOWN, 0},
    {"4405241880010100", BAD, GOOD, NONE, NONE, NONE, NONE, DS_NUMBER_CLASS_UNKNOWN, 0},
    {"4405241880010100145", BAD, GOOD, NONE, NONE, NONE, NONE, DS_NUMBER_CLASS_UNKNOWN, 0},
    {"440524188001010014 ", BAD, BAD, NONE, NONE, NONE, NONE, DS_NUMBER_CLASS_UNKNOWN, 0},
    {" 40524188001010014", GOOD, BAD, NONE, NONE, NONE, NONE, DS_NUMBER_CLASS_UNKNOWN, 0},
    {"X40524188001010014", GOOD, BAD, NONE, NONE, NONE, NONE, DS_NUMBER_CLASS_UNKNOWN, 0},
    {"4405241880010100XX", GOOD, BAD, NONE, NONE, NONE, NONE, DS_NUMBER_CLASS_UNKNOWN, 0},
    {"44052418800101001Y", GOOD, BAD, NONE, NONE, NONE, NONE, DS_NUMBER_CLASS_UNKNOWN, 0},
    {"44052418800101001\xce\xa7", GOOD, BAD, NONE, NONE, NONE, NONE, DS_NUMBER_CLASS_UNKNOWN, 0},
    {"４４０５２４１８８００１０１００１４", GOOD, BAD, NONE, NONE, NONE, NONE,
     DS_NUMBER_CLASS_UNKNOWN, 0},
    {"44052418800101001\xff", GOOD, BAD, NONE, NONE, NONE, NONE, DS_NUMBER_CLASS_UNKNOWN, 0},
};

static void
test_table(void)
{
  GDate day;

  g_date_clear(&day, 1);
  g_date_set_dmy(&day, 1, G_DATE_SEPTEMBER, 2026);
  for (guint i = 0; i < G_N_ELEMENTS(ROWS); i++) {
    const Row *row = &ROWS[i];
    g_autofree char *text = NULL;
    g_autofree char *shown = NULL;
    DsNumber number;

    text = strlen(row->text) == 17
               ? g_strdup_printf("%s%c", row->text, ds_number_check_digit(row->text))
               : g_strdup(row->text);
    shown = g_strescape(text, NULL);
    g_test_message("row %u: %s", i, shown);
    number = ds_number_parse(text, &day);
    g_assert_cmpint(number.length, ==, row->length);
    g_assert_cmpint(number.characters, ==, row->characters);
    g_assert_cmpint(number.checksum, ==, row->checksum);
    g_assert_cmpint(number.date, ==, row->date);
    g_assert_cmpint(number.not_future, ==, row->not_future);
    g_assert_cmpint(number.century, ==, row->century);
    g_assert_cmpint(number.class_, ==, row->class_);
    g_assert_cmpuint(number.sex, ==, row->sex);
    g_assert_cmpint(number.has_birth, ==, row->date == GOOD);
    g_assert_cmpint(number.valid, ==,
                    row->length == GOOD && row->characters == GOOD && row->checksum == GOOD &&
                        row->date == GOOD && row->not_future != BAD);
  }
}

static void
test_parts(void)
{
  DsNumber number = ds_number_parse("11010519491231002x", NULL);
  DsNumber old = ds_number_parse("360702900105001", NULL);

  g_assert_true(number.valid);
  g_assert_cmpstr(number.text, ==, "11010519491231002X");
  g_assert_cmpstr(number.region, ==, "110105");
  g_assert_cmpint(number.not_future, ==, NONE);
  g_assert_cmpuint(g_date_get_year(&number.birth), ==, 1949);
  g_assert_cmpint((int)g_date_get_month(&number.birth), ==, 12);
  g_assert_cmpuint(g_date_get_day(&number.birth), ==, 31);
  g_assert_false(old.valid);
  g_assert_cmpuint(g_date_get_year(&old.birth), ==, 1990);
  g_assert_cmpuint(g_date_get_day(&old.birth), ==, 5);
  g_assert_false(ds_number_parse(NULL, NULL).valid);
  g_assert_cmpstr(ds_number_parse("12", NULL).text, ==, "");
}

static void
test_check_digit(void)
{
  g_assert_cmpint(ds_number_check_digit("11010519491231002"), ==, 'X');
  g_assert_cmpint(ds_number_check_digit("440524188001010014"), ==, '4');
  g_assert_cmpint(ds_number_check_digit("4405241880010100"), ==, '\0');
  g_assert_cmpint(ds_number_check_digit("4405241880010100a"), ==, '\0');
  g_assert_cmpint(ds_number_check_digit(""), ==, '\0');
}

/* Every single wrong digit and every swap of unlike neighbours must be found. */
static void
test_check_digit_finds_typos(void)
{
  const char *right = "440524188001010014";

  for (guint at = 0; at < 18; at++) {
    for (char digit = '0'; digit <= '9'; digit++) {
      char wrong[19];

      g_strlcpy(wrong, right, sizeof wrong);
      wrong[at] = digit;
      if (digit != right[at])
        g_assert_cmpint(ds_number_parse(wrong, NULL).checksum, ==, BAD);
    }
    if (at < 17 && right[at] != right[at + 1]) {
      char wrong[19];

      g_strlcpy(wrong, right, sizeof wrong);
      wrong[at] = right[at + 1];
      wrong[at + 1] = right[at];
      g_assert_cmpint(ds_number_parse(wrong, NULL).checksum, ==, BAD);
    }
  }
}

static void
test_class_words(void)
{
  g_assert_cmpstr(ds_number_class_word(DS_NUMBER_CLASS_RESIDENT), ==, "resident");
  g_assert_cmpstr(ds_number_class_word(DS_NUMBER_CLASS_HMT), ==, "hmt");
  g_assert_cmpstr(ds_number_class_word(DS_NUMBER_CLASS_FOREIGN), ==, "foreign");
  g_assert_cmpstr(ds_number_class_word(DS_NUMBER_CLASS_LEGACY15), ==, "legacy15");
  g_assert_cmpstr(ds_number_class_word(DS_NUMBER_CLASS_UNKNOWN), ==, "unknown");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/number/table", test_table);
  g_test_add_func("/number/parts", test_parts);
  g_test_add_func("/number/check-digit", test_check_digit);
  g_test_add_func("/number/check-digit-finds-typos", test_check_digit_finds_typos);
  g_test_add_func("/number/class-words", test_class_words);
  return g_test_run();
}
