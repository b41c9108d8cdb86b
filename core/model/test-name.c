/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/name.h"

static void
test_plain(void)
{
  DsNameLook look = ds_name_look("张三");

  g_assert_cmpint(look.characters, ==, 2);
  g_assert_false(look.lookalike || look.private_use || look.foreign);
  look = ds_name_look("阿依古丽·买买提明");
  g_assert_cmpint(look.characters, ==, 9);
  g_assert_false(look.lookalike || look.private_use || look.foreign);
  g_assert_cmpint(ds_name_look("").characters, ==, 0);
}

static void
test_rare_characters(void)
{
  DsNameLook look = ds_name_look("李𠮷"); /* Extension B */

  g_assert_cmpint(look.characters, ==, 2);
  g_assert_false(look.private_use || look.foreign);
  look = ds_name_look("李\xee\xa0\x81"); /* U+E801, private use */
  g_assert_true(look.private_use);
  look = ds_name_look("李\xf3\xb0\x80\x80"); /* U+F0000, private use plane */
  g_assert_true(look.private_use);
}

static void
test_dots(void)
{
  static const char *const DOTS[] = {"•", "‧", "・", "．", ".", "⋅", "･"};

  for (guint i = 0; i < G_N_ELEMENTS(DOTS); i++) {
    g_autofree char *name = g_strdup_printf("阿不都%s热合曼", DOTS[i]);
    g_autofree char *fixed = ds_name_with_dots(name);
    DsNameLook look = ds_name_look(name);

    g_assert_true(look.lookalike);
    g_assert_false(look.foreign);
    g_assert_cmpstr(fixed, ==, "阿不都·热合曼");
    g_assert_false(ds_name_look(fixed).lookalike);
  }
}

static void
test_foreign(void)
{
  g_assert_true(ds_name_look("张 三").foreign);
  g_assert_true(ds_name_look("张三1").foreign);
  g_assert_true(ds_name_look("Zhang").foreign);
  g_assert_true(ds_name_look("张\t三").foreign);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/name/plain", test_plain);
  g_test_add_func("/name/rare-characters", test_rare_characters);
  g_test_add_func("/name/dots", test_dots);
  g_test_add_func("/name/foreign", test_foreign);
  return g_test_run();
}
