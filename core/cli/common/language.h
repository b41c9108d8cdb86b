/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The person's language, set up the same way in every program. */
#pragma once

/* Locale from the environment, translations of domain "doorstep" from $DOORSTEP_LOCALE_DIR
 * (uninstalled runs) or where they were installed. First thing in main. */
void ds_cli_language_init(void);

/* Papers for citizens are Chinese, whatever the officer's language: between the two calls this
 * process speaks Chinese. Not for programs with threads. */
void ds_cli_language_paper_begin(void);
void ds_cli_language_paper_end(void);
