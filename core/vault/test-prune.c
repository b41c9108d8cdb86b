/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/bundles.h"

#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "vault/test-bundle-fixture.h"

/* Calls that change the disk, counted; at the one numbered die_at the process is killed before it
 * happens. The dynamic linker gives these to GLib and SQLCipher too. */
static guint changes, die_at;

static void
count_change(void)
{
  if (++changes == die_at)
    raise(SIGKILL);
}

int
fsync(int fd)
{
  count_change();
  return (int)syscall(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
  count_change();
  return (int)syscall(SYS_fdatasync, fd);
}

int
rename(const char *from, const char *to)
{
  count_change();
  return (int)syscall(SYS_rename, from, to);
}

int
unlink(const char *path)
{
  count_change();
  return (int)syscall(SYS_unlink, path);
}

int
unlinkat(int dir, const char *path, int flags)
{
  count_change();
  return (int)syscall(SYS_unlinkat, dir, path, flags);
}

static void
test_prune(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  Disk disk = open_disk(fixture);
  DsVault *vault = fixture->vault;
  guint64 count = 0, bytes = 0;

  fixture_case(fixture, "C1");
  g_autofree char *part = add_part(fixture, &disk, "C1", "a");
  g_autoptr(DsVaultBundle) bundle = seal(fixture, &disk, "C1");
  say(fixture, 1, bundle, DS_VAULT_RECEIPT_VERIFIED);
  g_assert_false(ds_vault_prune_bundle(vault, &bundle->id, disk.store, disk.spool, "unit", &error));
  assert_message(&error, DS_ERROR_REFUSED, "bundle number 1 stays here");
  say(fixture, 2, bundle, DS_VAULT_RECEIPT_DURABLE);

  /* a spool that was tampered with is not deleted on a receipt about something else */
  g_autofree char *hex = ds_digest_dup_hex(&bundle->id);
  g_autofree char *manifest =
      g_strdup_printf("%s/store/spool/0000000001-%s/manifest", fixture->home, hex);
  g_assert_true(g_file_set_contents(manifest, "another", -1, NULL));
  g_assert_false(ds_vault_prune_bundle(vault, &bundle->id, disk.store, disk.spool, "unit", &error));
  assert_message(&error, DS_ERROR_INVALID, "is not the one that was sealed; nothing was removed");
  g_assert_true(ds_store_usage(disk.store, &count, &bytes, &error));
  g_assert_cmpuint(count, ==, 2);
  g_assert_true(g_file_set_contents(manifest, "manifest 1", -1, NULL));

  g_assert_true(ds_vault_prune_bundle(vault, &bundle->id, disk.store, disk.spool, "unit", &error));
  g_assert_true(ds_vault_prune_bundle(vault, &bundle->id, disk.store, disk.spool, "unit", &error));
  g_assert_no_error(error);
  g_assert_true(ds_store_usage(disk.store, &count, &bytes, &error));
  g_assert_cmpuint(count, ==, 0);
  g_autoptr(GArray) spooled = ds_spool_list(disk.spool, &error);
  g_assert_cmpuint(spooled->len, ==, 0);
  g_autoptr(DsVaultBundle) pruned = ds_vault_bundle(vault, &bundle->id, &error);
  g_assert_cmpint(pruned->pruned_us, >, 0);
  g_assert_cmpuint(pruned->chunks->len, ==, 0);
  g_autoptr(GPtrArray) left = ds_vault_prunable(vault, &error);
  g_autoptr(GPtrArray) here = ds_vault_bundles(vault, NULL, &error);
  g_assert_cmpuint(left->len + here->len, ==, 0);
  g_autoptr(GPtrArray) entries = ds_vault_entries(vault, "C1", &error);
  g_assert_cmpstr(((const DsVaultEntry *)entries->pdata[entries->len - 2])->name, ==,
                  "prune-intended");
  g_assert_cmpstr(((const DsVaultEntry *)entries->pdata[entries->len - 1])->name, ==, "pruned");
  /* what a correction needs to name the old chunks is still known */
  g_autoptr(DsVaultPart) known = ds_vault_part(vault, "C1", part, &error);
  g_assert_cmpuint(known->chunks->len, ==, 2);
  close_disk(&disk);
}

/* A chunk that two bundles carry goes with the last of them. */
static void
test_shared_chunk(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  Disk disk = open_disk(fixture);

  fixture_case(fixture, "C1");
  fixture_case(fixture, "C2");
  g_autofree char *one = add_part(fixture, &disk, "C1", "same");
  g_autofree char *other = add_part(fixture, &disk, "C2", "same");
  g_autoptr(DsVaultBundle) first = seal(fixture, &disk, "C1");
  g_autoptr(DsVaultBundle) second = seal(fixture, &disk, "C2");
  const DsDigest *digest = &g_array_index(first->chunks, DsVaultChunk, 0).digest;
  say(fixture, 1, first, DS_VAULT_RECEIPT_DURABLE);
  say(fixture, 2, second, DS_VAULT_RECEIPT_DURABLE);
  g_assert_true(
      ds_vault_prune_bundle(fixture->vault, &first->id, disk.store, disk.spool, "unit", &error));
  g_assert_true(ds_store_has(disk.store, digest));
  g_assert_true(
      ds_vault_prune_bundle(fixture->vault, &second->id, disk.store, disk.spool, "unit", &error));
  g_assert_false(ds_store_has(disk.store, digest));
  close_disk(&disk);
}

/* Prunes in a process that dies before its @at-th change of the disk. TRUE when it got through. */
static gboolean
prune_and_die(Fixture *fixture, Disk *disk, const DsDigest *id, guint at)
{
  int status = 0;

  g_clear_pointer(&fixture->vault, ds_vault_close);
  pid_t pid = fork();
  if (pid == 0) {
    DsVault *vault = ds_vault_open(fixture->home, "test", fixture->passphrase, NULL);
    changes = 0;
    die_at = at;
    gboolean ok =
        vault != NULL && ds_vault_prune_bundle(vault, id, disk->store, disk->spool, "unit", NULL);
    _exit(ok ? 0 : 1);
  }
  g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
  fixture->vault = ds_vault_open(fixture->home, "test", fixture->passphrase, NULL);
  g_assert_nonnull(fixture->vault);
  if (WIFSIGNALED(status))
    return FALSE;
  g_assert_cmpint(WEXITSTATUS(status), ==, 0);
  return TRUE;
}

static void
test_prune_killed_anywhere(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  Disk disk = open_disk(fixture);
  guint interrupted = 0;

  for (guint at = 1; at < 100; at++) {
    g_autofree char *id = g_strdup_printf("C%u", at);
    guint finished = 0;
    fixture_case(fixture, id);
    g_autofree char *part = add_part(fixture, &disk, id, id);
    g_autoptr(DsVaultBundle) bundle = seal(fixture, &disk, id);
    say(fixture, at, bundle, DS_VAULT_RECEIPT_DURABLE);
    gboolean through = prune_and_die(fixture, &disk, &bundle->id, at);
    g_assert_true(
        ds_vault_finish_prunes(fixture->vault, disk.store, disk.spool, "unit", &finished, &error));
    g_assert_no_error(error);
    interrupted += finished;
    g_autoptr(DsVaultBundle) now = ds_vault_bundle(fixture->vault, &bundle->id, &error);
    const DsSpoolEntry entry = {bundle->seq, bundle->id};
    gboolean there = now->pruned_us == 0;
    /* all of it or nothing */
    g_assert_cmpint(ds_spool_has(disk.spool, &entry), ==, there);
    for (guint i = 0; i < bundle->chunks->len; i++)
      g_assert_cmpint(
          ds_store_has(disk.store, &g_array_index(bundle->chunks, DsVaultChunk, i).digest), ==,
          there);
    g_assert_true(ds_vault_audit_verify(fixture->vault, NULL, &error));
    if (there)
      g_assert_true(ds_vault_prune_bundle(fixture->vault, &bundle->id, disk.store, disk.spool,
                                          "unit", &error));
    if (through)
      break;
    g_assert_cmpuint(at, <, 99);
  }
  g_test_message("%u prunes were interrupted and finished", interrupted);
  g_assert_cmpuint(interrupted, >=, 5);
  g_assert_true(ds_spool_sweep(disk.spool, &error));
  g_assert_no_error(error);
  close_disk(&disk);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("/prune/whole", test_prune);
  ADD("/prune/shared-chunk", test_shared_chunk);
  ADD("/prune/killed-anywhere", test_prune_killed_anywhere);
  return g_test_run();
}
