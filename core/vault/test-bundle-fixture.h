/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of parts, bundles and prunes share: a store and a spool, and things in them. */
#pragma once

#include "vault/bundles.h"
#include "vault/test-vault-fixture.h"

G_BEGIN_DECLS

typedef struct {
  DsStore *store;
  DsSpool *spool;
} Disk;

/* In the fixture's home, as a unit has them. */
Disk open_disk(Fixture *fixture);
void close_disk(Disk *disk);
/* One chunk whose bytes are @text, in the store. */
DsVaultChunk put_chunk(Disk *disk, const char *text);
/* A portrait of two chunks made from @text; gives its id. (transfer full) */
char *add_part(Fixture *fixture, Disk *disk, const char *case_id, const char *text);
/* A bundle as sealing makes it, of the chunks no bundle carries yet: in the spool, not recorded. */
DsVaultBundle *make_bundle(Fixture *fixture, Disk *disk, const char *case_id);
/* The same, recorded. */
DsVaultBundle *seal(Fixture *fixture, Disk *disk, const char *case_id);
/* The station's word about @bundle, applied. */
void say(Fixture *fixture, guint64 seq, const DsVaultBundle *bundle, int state);

G_END_DECLS
