/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two hashes of journal.h. Shared by the files of this folder and its tests only. */
#pragma once

#include <glib.h>

#include "base/clock.h"
#include "base/digest.h"

G_BEGIN_DECLS

#define DS_CHAIN_SALT_SIZE 16

typedef struct {
  guint64 index;
  DsTime time;
  const char *who;
  const char *case_id; /* NULL is "" in the hash, so are step and the others */
  const char *step;
  const char *kind;
  const char *name;
  const DsDigest *commitment; /* NULL without a value */
  DsDigest prev;
} DsChainLink;

/* SHA-256(salt ‖ CBOR text of @value) */
gboolean ds_chain_commit(const guint8 salt[DS_CHAIN_SALT_SIZE], const char *value,
                         DsDigest *commitment, GError **error);
gboolean ds_chain_hash(const DsChainLink *link, DsDigest *hash, GError **error);

G_END_DECLS
