/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/journal.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "vault/journal-chain.h"
#include "vault/test-vault-fixture.h"
#include "vault/vault-private.h"

/* The dynamic linker gives SQLCipher these instead of libc's: they count, then do the work. */
static guint syncs;

int
fsync(int fd)
{
  syncs++;
  return (int)syscall(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
  syncs++;
  return (int)syscall(SYS_fdatasync, fd);
}

static GPtrArray *
entries_of(Fixture *fixture, const char *case_id)
{
  g_autoptr(GError) error = NULL;
  GPtrArray *entries = ds_vault_entries(fixture->vault, case_id, &error);

  g_assert_no_error(error);
  return entries;
}

static void
assert_whole(Fixture *fixture)
{
  g_autoptr(GError) error = NULL;
  guint64 first_bad = 99;

  g_assert_true(ds_vault_audit_verify(fixture->vault, &first_bad, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(first_bad, ==, 0);
}

static void
test_fields(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture_case(fixture, "C1");
  fixture_field(fixture, "C1", "applicant.name", "艾尔肯·买买提");
  fixture_field(fixture, "C1", "applicant.sex", "1");
  fixture_field(fixture, "C1", "applicant.sex", "1"); /* nothing new */
  fixture_field(fixture, "C1", "applicant.sex", "2");
  fixture_field(fixture, "C1", "contact.phone", "1");
  fixture_field(fixture, "C1", "contact.phone", NULL);
  fixture_field(fixture, "C1", "contact.phone", "");
  fixture_reopen(fixture);

  g_autoptr(GHashTable) fields = ds_vault_case_fields(fixture->vault, "C1", &error);
  g_assert_cmpuint(g_hash_table_size(fields), ==, 2);
  g_assert_cmpstr(g_hash_table_lookup(fields, "applicant.name"), ==, "艾尔肯·买买提");
  g_assert_cmpstr(g_hash_table_lookup(fields, "applicant.sex"), ==, "2");
  g_autoptr(GPtrArray) entries = entries_of(fixture, "C1");
  g_assert_cmpuint(entries->len, ==, 6); /* case-created and five changes */
  const DsVaultEntry *second = entries->pdata[1];
  g_assert_cmpuint(second->index, ==, 2);
  g_assert_cmpstr(second->kind, ==, "field");
  g_assert_cmpstr(second->name, ==, "applicant.name");
  g_assert_cmpstr(second->value, ==, "艾尔肯·买买提");
  g_assert_cmpstr(second->step, ==, "step-applicant");
  g_assert_cmpstr(second->who, ==, "P1");
  g_assert_cmpint(second->time.wall_us, >, 0);
  g_assert_cmpuint(strlen(second->time.boot_id), ==, 36);
  g_assert_cmpstr(((const DsVaultEntry *)entries->pdata[5])->value, ==, "");
  assert_whole(fixture);
}

static void
test_bad_fields(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *longest = g_strnfill(DS_JOURNAL_VALUE_MAX, 'x');
  g_autofree char *longer = g_strnfill(DS_JOURNAL_VALUE_MAX + 1, 'x');
  DsVault *vault = fixture->vault;

  g_assert_false(ds_vault_set_field(vault, "C9", NULL, "x", "1", "P1", &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "there is no case C9");
  fixture_case(fixture, "C1");
  g_assert_false(ds_vault_set_field(vault, "C1", NULL, "x", "\377", "P1", &error));
  assert_message(&error, DS_ERROR_INVALID, "x is not UTF-8");
  g_assert_false(ds_vault_set_field(vault, "C1", NULL, "x", "a\001", "P1", &error));
  assert_message(&error, DS_ERROR_INVALID, "x holds a control character");
  g_assert_false(ds_vault_set_field(vault, "C1", NULL, "x", longer, "P1", &error));
  assert_message(&error, DS_ERROR_TOO_LARGE, "x has 65537 bytes; at most 65536");
  g_assert_true(ds_vault_set_field(vault, "C1", NULL, "x", longest, "P1", &error));
  g_assert_false(ds_vault_log(vault, "C9", NULL, "sighted", NULL, "P1", &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "there is no case C9");
  assert_whole(fixture);
}

static void
test_events(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DsAuditHead head;

  g_assert_true(ds_vault_audit_head(fixture->vault, &head, &error));
  g_assert_cmpuint(head.index, ==, 0);
  assert_whole(fixture);
  fixture_case(fixture, "C1");
  g_assert_true(ds_vault_log(fixture->vault, NULL, NULL, "unlocked", NULL, "P1", &error));
  g_assert_true(ds_vault_log(fixture->vault, "C1", "step-portrait", "override",
                             "blurred, but "
                             "he cannot hold still",
                             "P1", &error));
  g_assert_no_error(error);
  g_autoptr(GPtrArray) own = entries_of(fixture, "C1");
  g_autoptr(GPtrArray) others = entries_of(fixture, NULL);
  g_autoptr(GPtrArray) from = ds_vault_entries_from(fixture->vault, 2, 1, &error);
  g_assert_cmpuint(own->len, ==, 2);
  g_assert_cmpuint(others->len, ==, 1);
  g_assert_cmpuint(from->len, ==, 1);
  g_assert_cmpstr(((const DsVaultEntry *)from->pdata[0])->name, ==, "unlocked");
  g_assert_null(((const DsVaultEntry *)others->pdata[0])->value);
  g_assert_false(((const DsVaultEntry *)others->pdata[0])->shredded);
  g_assert_true(ds_vault_audit_head(fixture->vault, &head, &error));
  g_assert_cmpuint(head.index, ==, 3);
  g_assert_true(ds_digest_equal(&head.hash, &((const DsVaultEntry *)own->pdata[1])->hash));
  assert_whole(fixture);
}

/* Fixed values, so that another program can check its own reading of journal.h against ours. */
static void
test_chain_vector(void)
{
  static const guint8 salt[DS_CHAIN_SALT_SIZE] = "0123456789abcdef";
  g_autoptr(GError) error = NULL;
  DsDigest commitment, hash;
  DsChainLink link = {.index = 7,
                      .time = {.wall_us = 1788220800000000, .boot_us = 5000000},
                      .who = "P1",
                      .case_id = "C1",
                      .kind = "field",
                      .name = "applicant.sex",
                      .commitment = &commitment};
  char hex[DS_DIGEST_HEX_SIZE];

  g_strlcpy(link.time.boot_id, "00000000-0000-0000-0000-000000000000", sizeof link.time.boot_id);
  g_assert_true(ds_chain_commit(salt, "1", &commitment, &error));
  /* SHA-256 of the 16 bytes of salt, then 61 31 */
  DsDigest expected = ds_digest_of("0123456789abcdefa1", 18);
  g_assert_true(ds_digest_equal(&commitment, &expected));
  g_assert_true(ds_chain_hash(&link, &hash, &error));
  g_assert_cmpstr(ds_digest_to_hex(&hash, hex), ==,
                  "91df141a4def2a002d762cc1e407e9011464c8eb9b17ac2f971a2b9865f48ad7");
}

typedef struct {
  const char *what;
  const char *sql;
  guint64 entry;
} Tampering;

static const Tampering tamperings[] = {
    {"value", "UPDATE journal SET value = '2' WHERE entry = 3", 3},
    {"who", "UPDATE journal SET who = 'P2' WHERE entry = 3", 3},
    {"wall", "UPDATE journal SET wall = wall + 1 WHERE entry = 4", 4},
    {"boot", "UPDATE journal SET boot = boot + 1 WHERE entry = 4", 4},
    {"boot-id", "UPDATE journal SET boot_id = 'x' WHERE entry = 4", 4},
    {"case", "UPDATE journal SET case_id = 'C2' WHERE entry = 4", 4},
    {"step", "UPDATE journal SET step = NULL WHERE entry = 4", 4},
    {"kind", "UPDATE journal SET kind = 'event' WHERE entry = 4", 4},
    {"name", "UPDATE journal SET name = 'applicant.ethnic' WHERE entry = 4", 4},
    {"salt", "UPDATE journal SET salt = zeroblob(16) WHERE entry = 4", 4},
    {"commitment", "UPDATE journal SET commitment = zeroblob(32) WHERE entry = 4", 4},
    {"hash", "UPDATE journal SET hash = zeroblob(32) WHERE entry = 4", 4},
    {"value-dropped", "UPDATE journal SET value = NULL, salt = NULL WHERE entry = 4", 4},
    {"entry-removed", "DELETE FROM journal WHERE entry = 6", 6},
    {"first-removed", "DELETE FROM journal WHERE entry = 1", 1},
    {"renumbered", "UPDATE journal SET entry = 60 WHERE entry = 7", 7},
    {"field", "UPDATE field SET value = '2' WHERE name = 'applicant.sex'", 3},
    {"field-of-another-entry", "UPDATE field SET entry = 4 WHERE name = 'applicant.sex'", 4},
};

static void
test_tampering(gconstpointer data)
{
  const Tampering *tampering = data;
  g_autoptr(GError) error = NULL;
  Fixture fixture = {0};
  guint64 first_bad = 0;

  fixture_set_up(&fixture, NULL);
  fixture_case(&fixture, "C1");                              /* 1 */
  fixture_case(&fixture, "C2");                              /* 2 */
  fixture_field(&fixture, "C1", "applicant.sex", "1");       /* 3 */
  fixture_field(&fixture, "C1", "applicant.name", "王小明"); /* 4 */
  for (int i = 0; i < 2; i++)                                /* 5, 6 */
    g_assert_true(ds_vault_log(fixture.vault, NULL, NULL, "tick", NULL, "unit", &error));
  fixture_field(&fixture, "C2", "applicant.name", "李四");                              /* 7 */
  g_assert_true(ds_vault_log(fixture.vault, NULL, NULL, "tick", NULL, "unit", &error)); /* 8 */
  assert_whole(&fixture);
  if (!g_str_has_prefix(tampering->sql, "UPDATE journal SET entry") &&
      !g_str_equal(tampering->what, "first-removed")) {
    fixture_tamper(&fixture, tampering->sql);
  } else {
    /* rows that fields or cases point at: the attacker does not mind a foreign key */
    fixture_tamper(&fixture, "DELETE FROM field");
    fixture_tamper(&fixture, tampering->sql);
  }
  g_assert_false(ds_vault_audit_verify(fixture.vault, &first_bad, &error));
  g_assert_cmpuint(first_bad, ==, tampering->entry);
  g_autofree char *named = g_strdup_printf("entry %" G_GUINT64_FORMAT " ", tampering->entry);
  assert_message(&error, DS_ERROR_REFUSED, named);
  fixture_tear_down(&fixture, NULL);
}

static void
test_shred(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  gint64 left = -1;

  fixture_case(fixture, "C1");
  fixture_case(fixture, "C2");
  fixture_field(fixture, "C1", "applicant.name", "王小明");
  fixture_field(fixture, "C1", "applicant.number", "N1");
  fixture_field(fixture, "C1", "applicant.sex", "1");
  fixture_field(fixture, "C2", "applicant.name", "王二");
  g_assert_true(ds_vault_shred_case(fixture->vault, "C1", "withdrawn 30 days ago", "unit", &error));
  g_assert_no_error(error);
  assert_whole(fixture);
  fixture_reopen(fixture);
  assert_whole(fixture);

  g_autoptr(DsVaultCase) shredded = ds_vault_case(fixture->vault, "C1", &error);
  g_assert_true(shredded->shredded);
  g_assert_null(shredded->name);
  g_assert_null(shredded->number);
  g_autoptr(GHashTable) fields = ds_vault_case_fields(fixture->vault, "C1", &error);
  g_assert_cmpuint(g_hash_table_size(fields), ==, 0);
  g_autoptr(GPtrArray) named = ds_vault_cases_by_name(fixture->vault, "王", 0, &error);
  g_assert_cmpuint(named->len, ==, 1);
  g_autoptr(GPtrArray) entries = entries_of(fixture, "C1");
  g_assert_cmpuint(entries->len, ==, 5);
  for (guint i = 0; i < 4; i++) {
    const DsVaultEntry *entry = entries->pdata[i];
    g_assert_null(entry->value);
    g_assert_true(entry->shredded);
  }
  g_assert_cmpstr(((const DsVaultEntry *)entries->pdata[4])->value, ==, "withdrawn 30 days ago");
  g_assert_true(ds_db_get_int(fixture->vault->db, &left, -1, &error,
                              "SELECT count(*) FROM journal WHERE salt IS NOT NULL AND entry <= 5"
                              " AND case_id = 'C1'",
                              ""));
  g_assert_cmpint(left, ==, 0);

  g_assert_false(ds_vault_set_field(fixture->vault, "C1", NULL, "x", "1", "P1", &error));
  assert_message(&error, DS_ERROR_REFUSED, "case C1 was erased");
  g_assert_false(ds_vault_shred_case(fixture->vault, "C1", NULL, "P1", &error));
  assert_message(&error, DS_ERROR_REFUSED, "case C1 was erased");
}

/* The same value twice must not show the same commitment. */
static void
test_commitments_are_salted(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  gint64 distinct = 0;

  for (int i = 0; i < 20; i++) {
    g_autofree char *id = g_strdup_printf("C%d", i);
    fixture_case(fixture, id);
    fixture_field(fixture, id, "applicant.sex", "1");
  }
  g_assert_true(ds_db_get_int(fixture->vault->db, &distinct, 0, &error,
                              "SELECT count(DISTINCT commitment) FROM journal"
                              " WHERE kind = 'field'",
                              ""));
  g_assert_cmpint(distinct, ==, 20);
}

static void
test_syncs_per_field(Fixture *fixture, gconstpointer data)
{
  fixture_case(fixture, "C1");
  fixture_field(fixture, "C1", "warm.up", "1");
  syncs = 0;
  for (int i = 0; i < 50; i++) {
    g_autofree char *value = g_strdup_printf("%d", i);
    fixture_field(fixture, "C1", "applicant.name", value);
  }
  g_assert_cmpuint(syncs, >=, 50); /* each is durable by itself */
  g_assert_cmpuint(syncs, <=, 100);
  g_test_message("%u syncs for 50 fields", syncs);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("/journal/fields", test_fields);
  ADD("/journal/bad-fields", test_bad_fields);
  ADD("/journal/events", test_events);
  g_test_add_func("/journal/chain-vector", test_chain_vector);
  for (gsize i = 0; i < G_N_ELEMENTS(tamperings); i++) {
    g_autofree char *name = g_strconcat("/journal/tampering/", tamperings[i].what, NULL);
    g_test_add_data_func(name, &tamperings[i], test_tampering);
  }
  ADD("/journal/shred", test_shred);
  ADD("/journal/commitments-are-salted", test_commitments_are_salted);
  ADD("/journal/syncs-per-field", test_syncs_per_field);
  return g_test_run();
}
