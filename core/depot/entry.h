/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One line of a bundle's or a message's tree, as found in a repository. */
#pragma once

#include "base/digest.h"
#include "depot/object.h"

G_BEGIN_DECLS

typedef struct {
  char name[DS_DIGEST_HEX_SIZE];
  guint64 size;
  DsObjectId object; /* git's name for it, of no meaning to trust */
} DsRepoEntry;

G_END_DECLS
