/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be seen of a person's name without knowing the person. Part of the plugin interface. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DS_NAME_CHIP_CHARACTERS 15 /* what the card's chip holds */
#define DS_NAME_MAX_CHARACTERS 50

typedef struct {
  glong characters;     /* Unicode characters */
  gboolean lookalike;   /* has a dot that looks like the name dot U+00B7 and is another one */
  gboolean private_use; /* has a character that only the machine it was typed on can show */
  gboolean foreign;     /* has something that is neither a Chinese character nor the name dot */
} DsNameLook;

/* @name is UTF-8. */
DsNameLook ds_name_look(const char *name);

/* @name with every dot that looks like the name dot made U+00B7. (transfer full) */
char *ds_name_with_dots(const char *name);

G_END_DECLS
