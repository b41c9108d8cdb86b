/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A home under two accounts. What the second one may do is asked of the kernel, in a child that
 * has become it; that takes root. */
#include "courier/share.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "courier/config.h"
#include "courier/mark.h"
#include "courier/state.h"
#include "courier/test-unit.h"
#include "store/inbox.h"

/* An account every system has, which is not ours. */
#define OTHER "daemon"

static gboolean
share(TestUnit *unit, gboolean *key_gone)
{
  g_autoptr(GError) error = NULL;
  gboolean gone = FALSE;
  gboolean ok = ds_courier_share(unit->home, OTHER, &gone, &error);

  g_assert_no_error(error);
  if (key_gone != NULL)
    *key_gone = gone;
  return ok;
}

static void
save_config(TestUnit *unit)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsCourierConfig) config = ds_courier_config_new(unit->home);

  config->carrier = g_strdup("path");
  config->unit = g_strdup("unit-1");
  config->path = g_strdup(unit->repo);
  g_assert_true(ds_courier_config_save(config, &error));
  g_assert_no_error(error);
}

static void
assert_mode(TestUnit *unit, const char *name, guint mode)
{
  g_autofree char *path = g_build_filename(unit->home, name, NULL);
  const struct passwd *other = getpwnam(OTHER);
  struct stat st;

  g_assert_cmpint(lstat(path, &st), ==, 0);
  if ((st.st_mode & 07777) != mode)
    g_error("%s has mode %04o, not %04o", name, st.st_mode & 07777, mode);
  if ((mode & S_IRWXG) != 0)
    g_assert_cmpuint(st.st_gid, ==, other->pw_gid);
}

/* Every file and folder below @name has one of the two modes. */
static void
assert_tree(TestUnit *unit, const char *name, guint folder, guint file)
{
  g_autofree char *path = g_build_filename(unit->home, name, NULL);
  g_autoptr(GPtrArray) names = NULL;

  if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
    assert_mode(unit, name, file);
    return;
  }
  assert_mode(unit, name, folder);
  names = ds_files_list(path, NULL);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *below = g_build_filename(name, names->pdata[i], NULL);
    assert_tree(unit, below, folder, file);
  }
}

/* Runs @what as the other account: it returns 0 when all is well, else the line that is not. */
static void
as_other(TestUnit *unit, int (*what)(TestUnit *unit))
{
  const struct passwd *other = getpwnam(OTHER);
  int status = 0;
  pid_t child = fork();

  if (child == 0) {
    umask(077);
    if (setgroups(0, NULL) < 0 || setgid(other->pw_gid) < 0 || setuid(other->pw_uid) < 0)
      _exit(255);
    _exit(what(unit));
  }
  g_assert_cmpint(waitpid(child, &status, 0), ==, child);
  g_assert_true(WIFEXITED(status));
  g_assert_cmpint(WEXITSTATUS(status), ==, 0);
}

#define WANT(condition) \
  if (!(condition))     \
  return __LINE__ % 250 + 1

static gboolean
need_root(TestUnit *unit)
{
  if (geteuid() != 0) {
    g_test_skip("becoming another account takes root");
    return FALSE;
  }
  /* the temporary folder is ours alone; the home decides from here on */
  g_assert_cmpint(chmod(unit->folder, 0711), ==, 0);
  return TRUE;
}

/* ---- the modes ---- */

static void
test_modes(TestUnit *unit, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *vault = g_build_filename(unit->home, "vault", NULL);
  gboolean gone = TRUE;
  gid_t group;

  if (!need_root(unit))
    return;
  test_unit_seal(unit, 2, 2, 1000);
  test_unit_sync_well(unit);
  save_config(unit);
  g_assert_true(ds_files_make_dir(vault, &error));
  assert_mode(unit, "store/spool", 0700);
  assert_mode(unit, "courier.json", 0600);
  g_assert_false(ds_courier_shared_group(unit->home, &group));
  share(unit, &gone);
  g_assert_false(gone);
  g_assert_true(ds_courier_shared_group(unit->home, &group));

  /* what was there, and what comes after, under any umask */
  umask(077);
  test_unit_seal(unit, 2, 2, 1000);
  save_config(unit);
  g_assert_true(
      ds_courier_mark_set(unit->home, DS_COURIER_URGENT, &test_unit_entry(unit, 2)->id, &error));
  g_assert_true(ds_courier_hold_set(unit->home, &test_unit_entry(unit, 2)->id,
                                    &test_unit_entry(unit, 3)->id, &error));
  assert_mode(unit, "", 0710);
  assert_mode(unit, "vault", 0700);
  assert_mode(unit, "courier.json", 0640);
  assert_mode(unit, "depot", 02770);
  assert_mode(unit, "depot/urgent", 02770);
  assert_mode(unit, "depot/hold", 02770);
  assert_mode(unit, "depot/handed-over", 0640);
  assert_mode(unit, "inbox", 02770);
  assert_tree(unit, "store", 02750, 0640);
  /* again is fine */
  share(unit, NULL);
  assert_tree(unit, "store", 02750, 0640);
}

/* The officer's own ssh key is of no use to the courier's account, and goes. */
static void
test_key(TestUnit *unit, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *depot = g_build_filename(unit->home, "depot", NULL);
  g_autofree char *key = g_build_filename(depot, "id_ed25519", NULL);
  gboolean gone = FALSE;

  if (!need_root(unit))
    return;
  g_assert_true(ds_files_make_dir(depot, &error));
  g_assert_true(ds_files_create(depot, "id_ed25519", "secret", 6, &error));
  share(unit, &gone);
  g_assert_true(gone);
  g_assert_false(g_file_test(key, G_FILE_TEST_EXISTS));
  /* the courier's own is left alone, and stays unreadable */
  g_assert_true(ds_files_create(depot, "id_ed25519", "secret", 6, &error));
  g_assert_cmpint(chown(key, getpwnam(OTHER)->pw_uid, getpwnam(OTHER)->pw_gid), ==, 0);
  share(unit, &gone);
  g_assert_false(gone);
  assert_mode(unit, "depot/id_ed25519", 0600);
}

/* Links in the home lead nowhere. */
static void
test_link(TestUnit *unit, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *outside = g_build_filename(unit->folder, "outside", NULL);
  g_autofree char *link = g_build_filename(unit->home, "inbox", "link", NULL);
  struct stat st;

  if (!need_root(unit))
    return;
  g_assert_true(ds_files_create(unit->folder, "outside", "x", 1, &error));
  share(unit, NULL);
  g_assert_cmpint(symlink(outside, link), ==, 0);
  share(unit, NULL);
  g_assert_cmpint(stat(outside, &st), ==, 0);
  g_assert_cmpuint(st.st_mode & 07777, ==, 0600);
}

/* ---- what the other account may do ---- */

static int
find_closed(TestUnit *unit)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *spool_path = g_build_filename(unit->home, "store", "spool", NULL);

  WANT(!ds_courier_check_access(unit->home, &error));
  WANT(g_error_matches(error, DS_ERROR, DS_ERROR_REFUSED));
  WANT(strstr(error->message, "account " OTHER " may not enter") != NULL);
  WANT(strstr(error->message, "mode 0700") != NULL);
  WANT(strstr(error->message, "doorstep unit connect --courier-account " OTHER) != NULL);
  g_clear_error(&error);
  WANT(ds_courier_config_load(unit->home, &error) == NULL);
  WANT(strstr(error->message, "--courier-account") != NULL);
  g_clear_error(&error);
  WANT(ds_spool_open(spool_path, &error) == NULL);
  WANT(strstr(error->message, "account " OTHER " may not") != NULL);
  return 0;
}

/* One folder below is closed: it is that one which is named. */
static int
find_spool_closed(TestUnit *unit)
{
  g_autoptr(GError) error = NULL;

  WANT(!ds_courier_check_access(unit->home, &error));
  WANT(strstr(error->message, "store/spool") != NULL);
  return 0;
}

static void
test_closed(TestUnit *unit, gconstpointer data)
{
  g_autofree char *spool = g_build_filename(unit->home, "store", "spool", NULL);

  if (!need_root(unit))
    return;
  test_unit_seal(unit, 1, 1, 100);
  save_config(unit);
  g_assert_cmpint(chmod(unit->home, 0700), ==, 0);
  as_other(unit, find_closed);
  share(unit, NULL);
  g_assert_cmpint(chmod(spool, 0700), ==, 0);
  as_other(unit, find_spool_closed);
}

static int
try_everything(TestUnit *unit)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *store_path = g_build_filename(unit->home, "store", NULL);
  g_autofree char *spool_path = g_build_filename(unit->home, "store", "spool", NULL);
  g_autofree char *inbox_path = g_build_filename(unit->home, "inbox", NULL);
  g_autofree char *vault = g_build_filename(unit->home, "vault", "vault.db", NULL);
  g_autoptr(GBytes) bytes = g_bytes_new_static("forged", 6);
  DsDigest digest = ds_digest_of_bytes(bytes);
  DsExchangeResult result;

  WANT(ds_courier_check_access(unit->home, &error));
  WANT(open(vault, O_RDONLY) < 0 && errno == EACCES);
  g_autoptr(DsStore) store = ds_store_open(store_path, &error);
  g_autoptr(DsSpool) spool = ds_spool_open(spool_path, &error);
  g_autoptr(DsInbox) inbox = ds_inbox_open(inbox_path, &error);
  WANT(store != NULL && spool != NULL && inbox != NULL);
  /* it cannot seal, alter or prune … */
  WANT(!ds_store_put(store, &digest, bytes, NULL));
  WANT(!ds_spool_add(spool, 9, &digest, bytes, bytes, &error));
  WANT(strstr(error->message, "may not write to") != NULL);
  g_clear_error(&error);
  WANT(!ds_spool_remove(spool, test_unit_entry(unit, 0), &error));
  WANT(strstr(error->message, "may not write to") != NULL);
  g_clear_error(&error);
  /* … but read and bring */
  g_autoptr(GBytes) manifest = ds_spool_read_manifest(spool, test_unit_entry(unit, 0), &error);
  WANT(manifest != NULL);
  g_autoptr(DsInboxMessage) message = ds_inbox_begin(inbox, "0000000001-statements", &error);
  WANT(message != NULL && ds_inbox_message_put(message, "0000000001", bytes, &error));
  WANT(ds_inbox_message_commit(message, &error));
  WANT(ds_courier_mark_clear(unit->home, DS_COURIER_URGENT, &test_unit_entry(unit, 0)->id, &error));
  g_autoptr(DsCourierState) state = ds_courier_state_load(unit->home, &error);
  WANT(state != NULL);
  ds_courier_state_hand_over(state, &test_unit_entry(unit, 0)->id);
  WANT(ds_courier_state_save(state, &error));
  /* a whole contact, as far as the station's repository, which is another account's */
  WANT(!test_unit_sync(unit, NULL, &result, NULL));
  return 0;
}

static void
test_other(TestUnit *unit, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *vault = g_build_filename(unit->home, "vault", NULL);
  g_autofree char *inbox_path = g_build_filename(unit->home, "inbox", NULL);

  if (!need_root(unit))
    return;
  test_unit_seal(unit, 1, 1, 100);
  save_config(unit);
  g_assert_true(ds_files_make_dir(vault, &error));
  g_assert_true(ds_files_create(vault, "vault.db", "secret", 6, &error));
  share(unit, NULL);
  g_assert_true(
      ds_courier_mark_set(unit->home, DS_COURIER_URGENT, &test_unit_entry(unit, 0)->id, &error));
  as_other(unit, try_everything);
  /* what it wrote can be read here, and removed by whoever is in the group */
  assert_mode(unit, "inbox/0000000001-statements", 02770);
  assert_mode(unit, "inbox/0000000001-statements/0000000001", 0640);
  assert_mode(unit, "depot/handed-over", 0640);
  assert_mode(unit, "depot/lock", 0660);
  g_autoptr(DsInbox) inbox = ds_inbox_open(inbox_path, &error);
  g_assert_true(ds_inbox_remove(inbox, "0000000001-statements", &error));
  g_assert_no_error(error);
  /* and either account may be the courier */
  test_unit_sync_well(unit);
}

/* ---- who may share ---- */

static void
test_refused(TestUnit *unit, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  gboolean gone;

  g_assert_false(ds_courier_share(unit->home, "no-such-account-here", &gone, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
  g_assert_nonnull(strstr(error->message, "no account no-such-account-here"));
  g_clear_error(&error);
  g_assert_false(ds_courier_share(unit->home, g_get_user_name(), &gone, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_assert_nonnull(strstr(error->message, "itself"));
  g_clear_error(&error);
  if (geteuid() != 0) {
    g_assert_false(ds_courier_share(unit->home, OTHER, &gone, &error));
    g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
    g_assert_nonnull(strstr(error->message, "usermod -aG"));
    return;
  }
  g_assert_cmpint(chmod(unit->folder, 0700), ==, 0);
  g_assert_false(ds_courier_share(unit->home, OTHER, &gone, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_assert_nonnull(strstr(error->message, "on the way to this home"));
  g_clear_error(&error);
  g_assert_cmpint(chown(unit->home, 12345, (gid_t)-1), ==, 0);
  g_assert_false(ds_courier_share(unit->home, OTHER, &gone, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_assert_nonnull(strstr(error->message, "only its owner"));
}

#define ADD(name, function)                                                      \
  g_test_add("/courier/share/" name, TestUnit, NULL, test_unit_set_up, function, \
             test_unit_tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("modes", test_modes);
  ADD("key", test_key);
  ADD("link", test_link);
  ADD("closed", test_closed);
  ADD("other", test_other);
  ADD("refused", test_refused);
  return g_test_run();
}
