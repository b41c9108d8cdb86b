/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/common/language.h"

#include <glib.h>
#include <libintl.h>
#include <locale.h>
#include <stdlib.h>

#define DOMAIN "doorstep"
#define PAPER_LANGUAGE "zh_CN"

/* gettext's own counter: raised, it forgets which catalogue it chose. */
extern int _nl_msg_cat_cntr;

static char *before; /* LANGUAGE as it was, NULL when it was not set */

void
ds_cli_language_init(void)
{
  const char *folder = secure_getenv("DOORSTEP_LOCALE_DIR");

  setlocale(LC_ALL, "");
  bindtextdomain(DOMAIN, folder != NULL ? folder : DOORSTEP_LOCALE_DIR);
  bind_textdomain_codeset(DOMAIN, "UTF-8");
  textdomain(DOMAIN);
}

static void
set_language(const char *language)
{
  if (language != NULL)
    g_setenv("LANGUAGE", language, TRUE);
  else
    g_unsetenv("LANGUAGE");
  _nl_msg_cat_cntr++;
}

void
ds_cli_language_paper_begin(void)
{
  g_free(before);
  before = g_strdup(g_getenv("LANGUAGE"));
  set_language(PAPER_LANGUAGE);
}

void
ds_cli_language_paper_end(void)
{
  set_language(before);
  g_clear_pointer(&before, g_free);
}
