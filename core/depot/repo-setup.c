/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making, cleaning and repacking a unit's repository: files and stock git, no libgit2. */
#include "depot/repo.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "depot/stock-git.h"

#define HEAD_TEXT "ref: refs/heads/none\n"
#define STAMP "maintained" /* its time is that of the last ds_repo_maintain */
#define MANY_PACKS 40u     /* two files each: pack and index */
#define MANY_LOOSE 8u      /* in one of 256 folders, as git itself guesses */
#define MANY_AGE 3600
#define ANY_AGE (24 * 3600)

/* hideRefs hides and refuses: the unit can write refs/bundles and delete refs/outbox, and sees
 * only the latter when fetching. Everything that could run, grow or compress by itself is off. */
static char *
config_text(void)
{
  return g_strdup_printf("[core]\n"
                         "\trepositoryformatversion = 0\n"
                         "\tbare = true\n"
                         "\tlogAllRefUpdates = false\n"
                         "\tfsync = all\n"
                         "\tfsyncMethod = fsync\n"
                         "\thooksPath = /nonexistent\n"
                         "\tattributesFile = /dev/null\n"
                         "\tcompression = 0\n"
                         "\tbigFileThreshold = 1m\n" /* no object of ours is larger */
                         "\tpackedGitWindowSize = 8m\n"
                         "\tpackedGitLimit = 64m\n"
                         "[transfer]\n"
                         "\tfsckObjects = true\n"
                         "\tunpackLimit = 1\n"
                         "\thideRefs = refs\n"
                         "\thideRefs = !refs/outbox\n"
                         "[receive]\n"
                         "\tfsckObjects = true\n"
                         "\tunpackLimit = 1\n"
                         "\tmaxInputSize = %" G_GUINT64_FORMAT "\n"
                         "\tautogc = false\n"
                         "\tupdateServerInfo = false\n"
                         "\tdenyNonFastForwards = true\n"
                         "\tadvertiseAtomic = false\n"
                         "\tadvertisePushOptions = false\n"
                         "\thideRefs = !refs/bundles\n"
                         "[uploadpack]\n"
                         "\tallowAnySHA1InWant = false\n"
                         "\tallowTipSHA1InWant = false\n"
                         "\tallowReachableSHA1InWant = false\n"
                         "\tallowFilter = false\n"
                         "[pack]\n"
                         "\tcompression = 0\n"
                         "\twindow = 0\n"
                         "\tdepth = 0\n"
                         "\tthreads = 1\n"
                         "[gc]\n"
                         "\tauto = 0\n"
                         "[maintenance]\n"
                         "\tauto = false\n",
                         DS_DEPOT_INPUT_MAX);
}

static gboolean
make_folders(const char *path, GError **error)
{
  static const char *const folders[] = {"objects/info", "objects/pack", "refs/bundles",
                                        "refs/outbox"};

  for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
    g_autofree char *folder = g_build_filename(path, folders[i], NULL);
    if (!ds_files_make_dir(folder, error))
      return FALSE;
  }
  return TRUE;
}

/* What stock git would listen to and we never write. */
static gboolean
remove_levers(const char *path, GError **error)
{
  static const char *const levers[] = {"hooks", "info", "shallow", "objects/info/alternates",
                                       "config.worktree"};

  for (gsize i = 0; i < G_N_ELEMENTS(levers); i++) {
    g_autofree char *lever = g_build_filename(path, levers[i], NULL);
    if (!ds_files_remove_tree(lever, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
ds_repo_create(const char *path, GError **error)
{
  g_autofree char *config = config_text();

  return make_folders(path, error) && remove_levers(path, error) &&
         ds_files_replace(path, "config", config, strlen(config), error) &&
         ds_files_replace(path, "HEAD", HEAD_TEXT, strlen(HEAD_TEXT), error);
}

/* What of @folder begins and ends as git names unfinished work. */
static gboolean
sweep_folder(const char *folder, const char *prefix, const char *suffix, guint age_seconds,
             guint *removed, GError **error)
{
  g_autoptr(GPtrArray) names = ds_files_list(folder, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    struct stat st;

    if (!g_str_has_prefix(name, prefix) || !g_str_has_suffix(name, suffix) || lstat(path, &st) < 0)
      continue;
    if (st.st_mtime > time(NULL) - (time_t)age_seconds)
      continue;
    if (!ds_files_remove_tree(path, error))
      return FALSE;
    (*removed)++;
  }
  return TRUE;
}

gboolean
ds_repo_sweep(const char *path, guint age_seconds, guint *removed, GError **error)
{
  g_autofree char *objects = g_build_filename(path, "objects", NULL);
  g_autofree char *packs = g_build_filename(objects, "pack", NULL);
  g_autofree char *bundles = g_build_filename(path, "refs", "bundles", NULL);
  g_autofree char *outbox = g_build_filename(path, "refs", "outbox", NULL);
  guint count = 0;
  /* a lock that a power cut left would keep its ref, or all packed ones, for ever */
  gboolean ok = sweep_folder(objects, "tmp_objdir-", "", age_seconds, &count, error) &&
                sweep_folder(packs, "tmp_", "", age_seconds, &count, error) &&
                sweep_folder(path, "packed-refs", ".lock", age_seconds, &count, error) &&
                sweep_folder(bundles, "", ".lock", age_seconds, &count, error) &&
                sweep_folder(outbox, "", ".lock", age_seconds, &count, error);

  if (removed != NULL)
    *removed = count;
  return ok;
}

static guint
count_names(const char *path, const char *folder)
{
  g_autofree char *full = g_build_filename(path, "objects", folder, NULL);
  g_autoptr(GPtrArray) names = ds_files_list(full, NULL);

  return names != NULL ? names->len : 0;
}

gboolean
ds_repo_maintain_due(const char *path)
{
  g_autofree char *stamp = g_build_filename(path, STAMP, NULL);
  g_autofree char *made = g_build_filename(path, "HEAD", NULL);
  struct stat st;

  if (lstat(stamp, &st) < 0 && lstat(made, &st) < 0)
    return FALSE;
  gint64 age = (gint64)time(NULL) - (gint64)st.st_mtime;
  if (age >= 0 && age < MANY_AGE)
    return FALSE;
  guint packs = count_names(path, "pack");
  guint loose = count_names(path, "17");
  /* a clock that went back must not put it off for ever */
  if (age < 0 || age >= ANY_AGE)
    return packs + loose > 0;
  return packs >= MANY_PACKS || loose >= MANY_LOOSE;
}

gboolean
ds_repo_maintain(const char *path, guint seconds, GError **error)
{
  /* what is unreachable and young goes into one pack of its own, not into a file each */
  static const char *const repack[] = {
      "git", "repack", "--cruft", "-d", "-q", "--cruft-expiration=2.hours.ago", NULL};
  static const char *const prune[] = {"git", "prune", "--expire=2.hours.ago", NULL};
  static const char *const pack_refs[] = {"git", "pack-refs", "--all", "--prune", NULL};

  /* first, so that what cannot be tidied is not tried all the time */
  return ds_files_replace(path, STAMP, "", 0, error) && ds_git_run(repack, path, seconds, error) &&
         ds_git_run(prune, path, seconds, error) && ds_git_run(pack_refs, path, seconds, error) &&
         make_folders(path, error);
}
