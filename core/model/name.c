/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/name.h"

#define NAME_DOT 0x00B7

static gboolean
is_lookalike_dot(gunichar c)
{
  static const gunichar DOTS[] = {'.',    0x2022, 0x2027, 0x2219, 0x22C5,
                                  0x30FB, 0xFF0E, 0xFF65, 0x2E31};

  for (guint i = 0; i < G_N_ELEMENTS(DOTS); i++)
    if (c == DOTS[i])
      return TRUE;
  return FALSE;
}

DsNameLook
ds_name_look(const char *name)
{
  DsNameLook look = {0};

  for (const char *at = name; *at != '\0'; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);

    look.characters++;
    if (is_lookalike_dot(c))
      look.lookalike = TRUE;
    else if (g_unichar_type(c) == G_UNICODE_PRIVATE_USE)
      look.private_use = TRUE;
    else if (c != NAME_DOT && g_unichar_get_script(c) != G_UNICODE_SCRIPT_HAN)
      look.foreign = TRUE;
  }
  return look;
}

char *
ds_name_with_dots(const char *name)
{
  GString *text = g_string_new(NULL);

  for (const char *at = name; *at != '\0'; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);

    g_string_append_unichar(text, is_lookalike_dot(c) ? NAME_DOT : c);
  }
  return g_string_free(text, FALSE);
}
