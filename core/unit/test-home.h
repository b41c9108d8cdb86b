/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For the tests of core/unit: a home with a unit in it, and people to take. */
#pragma once

#include "unit/test-station.h"
#include "unit/unit.h"

typedef struct {
  char *root;
  char *home;
  char *people; /* a folder as tests/people/generate writes it */
  DsUnit *unit;
  TestStation *station;
  const char *officer; /* who acts when it is opened again; NULL: the first */
} TestHome;

/* A unit "unit-07" with officers 360702001 and 360702002; with @enrolled it knows its station and
 * has trip "t1" with the generated roster. */
TestHome *test_home_new(gboolean enrolled);
void test_home_free(TestHome *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestHome, test_home_free)

DsUnit *test_home_open(TestHome *self, const char *passphrase, GError **error);
/* Closes and opens it again. */
void test_home_reopen(TestHome *self);
/* Begins the case of @row and takes the whole of person @row. (transfer full) */
char *test_home_take(TestHome *self, guint row);
/* Folder of person @row. (transfer full) */
char *test_home_person(TestHome *self, guint row);
/* Takes and seals person @row. */
char *test_home_seal(TestHome *self, guint row, DsDigest *id);
/* Statements for what was sealed, sent and applied. @detail as in test_station_statement. */
void test_home_hear(TestHome *self, const DsDigest *bundle, DsState state, const char *detail);
/* Copies the vault aside, and puts the copy back in its place. */
void test_home_keep_vault(TestHome *self);
void test_home_restore_vault(TestHome *self);
