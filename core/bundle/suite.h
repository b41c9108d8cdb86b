/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A suite is one row of algorithms. A deployment has one; nothing is ever negotiated. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DS_SUITE_1 1u  /* ES256, ECDH-ES+A256KW on P-256, A256GCM, SHA-256 */
#define DS_FORMAT_1 1u /* of every signed object */

/* COSE algorithm numbers (IANA "COSE Algorithms"). */
typedef struct {
  guint id;
  const char *name;
  gint64 signature; /* ES256 -7 */
  gint64 exchange;  /* ECDH-ES+A256KW -31 */
  gint64 wrap;      /* A256KW -5, named inside COSE_KDF_Context */
  gint64 content;   /* A256GCM 3 */
  gsize key_size;   /* of wrap and content keys, bytes */
  gsize iv_size;
  gsize tag_size;
} DsSuite;

/* NULL and DS_ERROR_UNSUPPORTED naming the suite and what to do. Static. */
const DsSuite *ds_suite_find(guint64 id, GError **error);
/* The suite of format 1's fixed parts. Static. */
const DsSuite *ds_suite_first(void);

G_END_DECLS
