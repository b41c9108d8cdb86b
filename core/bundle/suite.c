/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/suite.h"

#include "base/error.h"

static const DsSuite suites[] = {
    {.id = DS_SUITE_1,
     .name = "ES256, ECDH-ES+A256KW on P-256, A256GCM, SHA-256",
     .signature = -7,
     .exchange = -31,
     .wrap = -5,
     .content = 3,
     .key_size = 32,
     .iv_size = 12,
     .tag_size = 16},
};

const DsSuite *
ds_suite_find(guint64 id, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS(suites); i++)
    if (suites[i].id == id)
      return &suites[i];
  g_set_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED,
              "suite %" G_GUINT64_FORMAT " is not known here: update this program", id);
  return NULL;
}

const DsSuite *
ds_suite_first(void)
{
  return &suites[0];
}
