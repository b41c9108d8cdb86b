/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For the tests of core/unit: a station's keys and words, without a station. */
#pragma once

#include "bundle/directory.h"
#include "bundle/statement.h"
#include "unit/unit.h"

typedef struct {
  DsKey *root;
  DsKey *intake;  /* RECEIVED and QUARANTINED only */
  DsKey *records; /* everything else; also reads and dispatches */
  DsKey *recovery;
  DsDirectory *directory;
  GBytes *directory_bytes;
  char *fingerprint;
  DsKey *unit_key; /* the unit's encryption key, public half */
  guint64 messages;
  guint64 statements;
  guint64 dispatches;
  DsDigest last_dispatch;
  const char *jurisdiction;   /* of the next dispatches; NULL: jiangxi */
  const char *region;         /* likewise; NULL: 360111 */
  const char *police_station; /* likewise; NULL: none is named */
} TestStation;

/* Lists the unit of @request; every failure aborts the test. */
TestStation *test_station_new(GBytes *request);
void test_station_free(TestStation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestStation, test_station_free)

/* Puts a dispatch for @unit into @inbox; @roster is JSON. Returns the message's name. */
char *test_station_dispatch(TestStation *self, DsInbox *inbox, const char *unit, const char *trip,
                            const char *roster);
/* A statement signed by @key (NULL: the right one for @state) for @unit under the next number;
 * @detail holds lines "name=value", or is NULL. */
GBytes *test_station_statement(TestStation *self, DsKey *key, const char *unit,
                               const DsDigest *bundle, DsState state, const char *detail);
/* Puts @count statements into one message of @inbox. */
void test_station_send(TestStation *self, DsInbox *inbox, GBytes *const *statements, guint count);
