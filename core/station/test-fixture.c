/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/test-fixture.h"

void
test_fixture_set_up(TestFixture *self, gconstpointer data)
{
  self->home = test_home_new();
  self->unit = test_unit_new("unit-7", "036001");
  self->station = test_home_open(self->home, TRUE);
  test_unit_enrol(self->unit, self->station);
}

void
test_fixture_tear_down(TestFixture *self, gconstpointer data)
{
  g_clear_pointer(&self->station, ds_station_free);
  test_unit_free(self->unit);
  test_home_free(self->home);
}

TestBundle *
test_fixture_seal(TestFixture *self, const char *local)
{
  TestCase what = {.local = local};

  return test_unit_seal(self->unit, ds_station_directory(self->station), &what);
}

void
test_fixture_assert_heard(TestFixture *self, const TestBundle *bundle, const char *states)
{
  g_autofree char *heard = test_unit_heard(self->unit, self->station, &bundle->id);

  g_assert_cmpstr(heard, ==, states);
}

void
test_fixture_assert_no_refs(TestFixture *self)
{
  g_autofree char *refs = test_home_refs(self->home, self->unit->id, "refs/bundles/");

  g_assert_cmpstr(refs, ==, "");
}
