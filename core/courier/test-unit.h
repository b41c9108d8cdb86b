/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A unit's home with sealed bundles in it, a station's repository, and a carrier that cuts. */
#pragma once

#include "courier/exchange.h"
#include "depot/repo.h"
#include "store/spool.h"
#include "store/store.h"

typedef struct {
  char *folder, *home, *repo;
  GArray *entries; /* DsSpoolEntry, what test_unit_seal made */
  guint64 bytes;   /* sealed so far: manifests, records, chunks */
} TestUnit;

/* Fixture functions: an empty home and an empty repository "unit-1.git". */
void test_unit_set_up(TestUnit *self, gconstpointer data);
void test_unit_tear_down(TestUnit *self, gconstpointer data);

/* Seals @count more bundles of @chunks chunks of @chunk_size random bytes each. */
void test_unit_seal(TestUnit *self, guint count, guint chunks, gsize chunk_size);
const DsSpoolEntry *test_unit_entry(TestUnit *self, guint index);
/* One exchange over @carrier (consumed; NULL: the repository's path). */
gboolean test_unit_sync(TestUnit *self, DsCarrier *carrier, DsExchangeResult *result,
                        GError **error);
/* The same, which must succeed. */
DsExchangeResult test_unit_sync_well(TestUnit *self);
/* Ids at the station now. (transfer full) */
GArray *test_unit_arrived(TestUnit *self);
gboolean test_unit_has_arrived(TestUnit *self, guint index);
/* Every entry of every bundle at the station is what was sealed; git fsck is clean. */
void test_unit_check_arrived(TestUnit *self);
/* The station takes everything: all bundle refs go. */
void test_unit_station_takes(TestUnit *self);
void test_unit_publish(TestUnit *self, guint64 seq, DsOutboxKind kind, const char *name,
                       const char *text);

/* Reaches @repo, but ends connection number @which (from 1) after @up bytes from us or @down bytes
 * from git, whichever comes first. */
DsCarrier *test_cut_new(const char *repo, guint which, guint64 up, guint64 down);
