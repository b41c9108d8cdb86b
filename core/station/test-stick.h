/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For tests of this folder: what a unit, or somebody who says so, writes on a stick. */
#pragma once

#include "drive/stick.h"
#include "station/test-unit.h"

typedef struct {
  const char *unit;
  const char *station;
  const TestBundle *const *bundles;
  guint count;
  const GArray *taken;
  const DsDigest *as; /* the first bundle's item claims to be this one */
  const char *leave;  /* a chunk left out, or "extra" for one too many */
} TestOut;

/* Writes the out container @batch on the stick @folder. */
void test_stick_put(const char *folder, guint64 batch, const TestOut *out);
/* Home containers on the stick (DsDriveReader), checked, in order. (transfer full) */
GPtrArray *test_stick_homes(const char *folder);
