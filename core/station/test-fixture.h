/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of intake, limits and review begin with: an unlocked station with one unit. */
#pragma once

#include "station/test-unit.h"

typedef struct {
  TestHome *home;
  TestUnit *unit;
  DsStation *station;
} TestFixture;

void test_fixture_set_up(TestFixture *self, gconstpointer data);
void test_fixture_tear_down(TestFixture *self, gconstpointer data);

/* Seals a case as the fixture's unit. */
TestBundle *test_fixture_seal(TestFixture *self, const char *local);
/* The unit heard exactly @states about @bundle. */
void test_fixture_assert_heard(TestFixture *self, const TestBundle *bundle, const char *states);
/* Nothing waits in the unit's repository. */
void test_fixture_assert_no_refs(TestFixture *self);
