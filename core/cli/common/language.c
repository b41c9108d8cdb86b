/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/common/language.h"

#include <libintl.h>
#include <locale.h>
#include <stdlib.h>

#define DOMAIN "doorstep"

void
ds_cli_language_init(void)
{
  const char *folder = secure_getenv("DOORSTEP_LOCALE_DIR");

  setlocale(LC_ALL, "");
  bindtextdomain(DOMAIN, folder != NULL ? folder : DOORSTEP_LOCALE_DIR);
  bind_textdomain_codeset(DOMAIN, "UTF-8");
  textdomain(DOMAIN);
}
