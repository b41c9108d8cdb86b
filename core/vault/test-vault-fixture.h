/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of this folder share: a home with a cheap, open vault. */
#pragma once

#include "vault/case.h"
#include "vault/vault.h"

G_BEGIN_DECLS

typedef struct {
  char *home;
  DsSecret *passphrase;
  DsVault *vault;
} Fixture;

void fixture_set_up(Fixture *fixture, gconstpointer data);
void fixture_tear_down(Fixture *fixture, gconstpointer data);
/* Closes and opens again. */
void fixture_reopen(Fixture *fixture);
/* A draft without a trip. */
void fixture_case(Fixture *fixture, const char *id);
void fixture_field(Fixture *fixture, const char *case_id, const char *name, const char *value);
/* The code, and words of the message; clears. */
void assert_message(GError **error, int code, const char *part);
/* Runs SQL around the API: what an attacker with the key, or a bug, would do. */
void fixture_tamper(Fixture *fixture, const char *sql);
DsSecret *secret_of(const char *text);

#define ADD(name, function) \
  g_test_add(name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

G_END_DECLS
