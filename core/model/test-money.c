/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/money.h"

static void
test_format(void)
{
  static const struct {
    gint64 fen;
    const char *text;
  } cases[] = {{0, "0.00"}, {5, "0.05"}, {2000, "20.00"}, {4050, "40.50"}, {-150, "-1.50"}};

  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *text = ds_money_format(cases[i].fen);
    g_assert_cmpstr(text, ==, cases[i].text);
  }
}

static void
test_yuan(void)
{
  static const struct {
    const char *text;
    gint64 fen;
  } cases[] = {{"20", 2000}, {"20.5", 2050},           {"20.00", 2000}, {"20元", 2000},   {"0", 0},
               {"0.05", 5},  {"10000000", 1000000000}, {"040", 4000},   {"20.00元", 2000}};
  static const char *const wrong[] = {"",
                                      ".5",
                                      "20.",
                                      "20.005",
                                      "-20",
                                      "1,000",
                                      "20 元",
                                      "二十",
                                      "元",
                                      "20.5.0",
                                      "10000000.01",
                                      "20.元",
                                      "99999999999999999999"};
  gint64 fen = -1;

  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_assert_true(ds_money_parse_yuan(cases[i].text, &fen));
    g_assert_cmpint(fen, ==, cases[i].fen);
  }
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_test_message("%s", wrong[i]);
    g_assert_false(ds_money_parse_yuan(wrong[i], &fen));
  }
}

static void
test_fen(void)
{
  static const char *const wrong[] = {"", "20.00", "-1", "+5", " 5", "05", "1000000001", "x"};
  gint64 fen = -1;

  g_assert_true(ds_money_parse_fen("0", &fen));
  g_assert_cmpint(fen, ==, 0);
  g_assert_true(ds_money_parse_fen("2000", &fen));
  g_assert_cmpint(fen, ==, 2000);
  g_assert_false(ds_money_parse_fen(NULL, &fen));
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_test_message("%s", wrong[i]);
    g_assert_false(ds_money_parse_fen(wrong[i], &fen));
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/money/format", test_format);
  g_test_add_func("/money/yuan", test_yuan);
  g_test_add_func("/money/fen", test_fen);
  return g_test_run();
}
