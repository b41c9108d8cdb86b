/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "courier/share.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "store/denied.h"

#define READABLE (S_ISGID | S_IRWXU | S_IRGRP | S_IXGRP)
#define WRITABLE (S_ISGID | S_IRWXU | S_IRWXG)
#define DEPTH_MAX 8

/* ---- one file, one folder ---- */

typedef struct {
  uid_t owner; /* of the home: what others made is theirs, an ssh key for example */
  gid_t group;
} Share;

/* Through the descriptor: what is changed is what was looked at, never where a link leads. */
static gboolean
give(int fd, const Share *share, mode_t mode, const char *path, GError **error)
{
  struct stat st;

  if (fstat(fd, &st) < 0)
    return ds_error_set_errno(error, errno, "looking at", path);
  if (st.st_uid != share->owner || (st.st_gid == share->group && (st.st_mode & 07777) == mode))
    return TRUE;
  if (st.st_gid != share->group && fchown(fd, (uid_t)-1, share->group) < 0)
    return ds_error_set_errno(error, errno, "giving to the group", path);
  return fchmod(fd, mode) == 0 || ds_error_set_errno(error, errno, "setting the mode of", path);
}

static gboolean give_folder(int fd, const Share *share, mode_t mode, const char *path, guint depth,
                            GError **error);

static gboolean
give_entry(int parent, const char *name, const Share *share, mode_t mode, const char *path,
           guint depth, GError **error)
{
  g_autofree char *below = g_build_filename(path, name, NULL);
  g_auto(DsFd) fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat st;

  /* gone meanwhile, a link, a socket, or a key only its owner may read: not shared */
  if (fd < 0)
    return errno == ENOENT || errno == ELOOP || errno == ENXIO || errno == EACCES ||
           ds_error_set_errno(error, errno, "opening", below);
  if (fstat(fd, &st) < 0)
    return ds_error_set_errno(error, errno, "looking at", below);
  if (S_ISDIR(st.st_mode))
    return give_folder(fd, share, mode, below, depth, error);
  return !S_ISREG(st.st_mode) || give(fd, share, S_IRUSR | S_IWUSR | S_IRGRP, below, error);
}

/* What is in it first: once the folder is open to the group, all of it is as it should be. */
static gboolean
give_folder(int fd, const Share *share, mode_t mode, const char *path, guint depth, GError **error)
{
  DIR *dir = depth < DEPTH_MAX ? fdopendir(dup(fd)) : NULL;
  gboolean ok = TRUE;

  if (dir == NULL)
    return ds_error_set_errno(error, depth < DEPTH_MAX ? errno : ELOOP, "reading folder", path);
  for (struct dirent *entry = readdir(dir); ok && entry != NULL; entry = readdir(dir))
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
      ok = give_entry(fd, entry->d_name, share, mode, path, depth + 1, error);
  closedir(dir);
  return ok && give(fd, share, mode, path, error);
}

static gboolean
give_tree(const char *home, const char *name, const Share *share, mode_t mode, GError **error)
{
  g_autofree char *path = g_build_filename(home, name, NULL);

  if (!ds_files_make_dir(path, error))
    return FALSE;
  g_auto(DsFd) fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return ds_error_set_errno(error, errno, "opening folder", path);
  return give_folder(fd, share, mode, path, 0, error);
}

/* ---- may it be done ---- */

static gboolean
is_member(gid_t group)
{
  g_autofree gid_t *groups = NULL;
  int count = getgroups(0, NULL);

  if (geteuid() == 0 || getegid() == group)
    return TRUE;
  groups = g_new0(gid_t, MAX(count, 1));
  count = getgroups(count, groups);
  for (int i = 0; i < count; i++)
    if (groups[i] == group)
      return TRUE;
  return FALSE;
}

static gboolean
check_caller(const char *home, const struct passwd *courier, uid_t *owner, GError **error)
{
  const struct group *entry = getgrgid(courier->pw_gid);
  g_autofree char *group =
      entry != NULL ? g_strdup(entry->gr_name) : g_strdup_printf("%u", (guint)courier->pw_gid);
  struct stat st;

  if (stat(home, &st) < 0)
    return ds_error_set_errno(error, errno, "looking at", home);
  *owner = st.st_uid;
  if (st.st_uid == courier->pw_uid) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "%s belongs to %s itself; it must belong to the officer's account", home,
                courier->pw_name);
    return FALSE;
  }
  if (st.st_uid != geteuid()) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "%s belongs to another account; only its owner may share it", home);
    return FALSE;
  }
  if (is_member(courier->pw_gid))
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
              "this account is not in the group %s of %s: as root run \"usermod -aG %s %s\", then "
              "log in again",
              group, courier->pw_name, group, g_get_user_name());
  return FALSE;
}

/* A home below a private folder stays out of reach, whatever its own modes. */
static gboolean
check_way(const char *home, const struct passwd *courier, GError **error)
{
  g_autofree char *at = g_canonicalize_filename(home, NULL);
  struct stat st;

  while (strcmp(at, "/") != 0) {
    g_autofree char *below = g_steal_pointer(&at);
    at = g_path_get_dirname(below);
    if (stat(at, &st) < 0)
      return ds_error_set_errno(error, errno, "looking at", at);
    const mode_t bit = st.st_uid == courier->pw_uid   ? S_IXUSR
                       : st.st_gid == courier->pw_gid ? S_IXGRP
                                                      : S_IXOTH;
    if ((st.st_mode & bit) != 0)
      continue;
    g_set_error(
        error, DS_ERROR, DS_ERROR_REFUSED,
        "%s, on the way to this home, is closed to %s: keep the unit where others may pass, "
        "in /var/lib/doorstep/unit for example",
        at, courier->pw_name);
    return FALSE;
  }
  return TRUE;
}

/* What the officer's account wrote into depot/ while it was the courier, and the courier's account
 * could not use. The list of what was handed over stays: it is read, and replaced by renaming. */
static gboolean
clear_depot(const char *home, uid_t courier, gboolean *key_gone, GError **error)
{
  static const char *const names[] = {"lock", "running", "id_ed25519", "id_ed25519.pub"};

  *key_gone = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *path = g_build_filename(home, "depot", names[i], NULL);
    struct stat st;
    if (lstat(path, &st) < 0 || st.st_uid == courier)
      continue;
    if (!ds_files_remove(path, error))
      return FALSE;
    *key_gone |= strcmp(names[i], "id_ed25519") == 0;
  }
  return TRUE;
}

static gboolean
open_home(const char *home, const Share *share, GError **error)
{
  g_autofree char *vault = g_build_filename(home, "vault", NULL);
  g_autofree char *config = g_build_filename(home, "courier.json", NULL);
  g_auto(DsFd) fd = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_auto(DsFd) file = open(config, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

  if (fd < 0)
    return ds_error_set_errno(error, errno, "opening folder", home);
  if (chmod(vault, S_IRWXU) < 0 && errno != ENOENT)
    return ds_error_set_errno(error, errno, "closing", vault);
  if (file >= 0 && !give(file, share, S_IRUSR | S_IWUSR | S_IRGRP, config, error))
    return FALSE;
  return give(fd, share, S_IRWXU | S_IXGRP, home, error);
}

gboolean
ds_courier_share(const char *home, const char *account, gboolean *key_gone, GError **error)
{
  const struct passwd *entry = getpwnam(account);

  *key_gone = FALSE;
  if (entry == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND,
                "there is no account %s on this machine; packaging/README.md says how to make it",
                account);
    return FALSE;
  }
  /* getpwnam's answer lasts until the next question */
  const struct passwd courier = {
      .pw_name = (char *)account, .pw_uid = entry->pw_uid, .pw_gid = entry->pw_gid};
  Share share = {.group = courier.pw_gid};
  return check_caller(home, &courier, &share.owner, error) && check_way(home, &courier, error) &&
         clear_depot(home, courier.pw_uid, key_gone, error) &&
         give_tree(home, "store", &share, READABLE, error) &&
         give_tree(home, "inbox", &share, WRITABLE, error) &&
         give_tree(home, "depot", &share, WRITABLE, error) && open_home(home, &share, error);
}

gboolean
ds_courier_shared_group(const char *home, gid_t *group)
{
  g_autofree char *depot = g_build_filename(home, "depot", NULL);
  struct stat st;

  if (stat(depot, &st) < 0 || (st.st_mode & WRITABLE) != WRITABLE)
    return FALSE;
  *group = st.st_gid;
  return TRUE;
}

/* ---- what a courier needs ---- */

gboolean
ds_courier_check_access(const char *home, GError **error)
{
  static const struct {
    const char *name;
    int how;
  } needed[] = {
      {NULL, X_OK},
      {"courier.json", R_OK},
      {"store/objects", R_OK | X_OK},
      {"store/objects/ff", R_OK | X_OK},
      {"store/spool", R_OK | X_OK},
      {"inbox", R_OK | W_OK | X_OK},
      {"depot", R_OK | W_OK | X_OK},
  };

  for (guint i = 0; i < G_N_ELEMENTS(needed); i++) {
    g_autofree char *path = g_build_filename(home, needed[i].name, NULL);
    g_autofree char *words = ds_denied_words(path, needed[i].how);
    if (words == NULL)
      continue;
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "%s: the officer runs \"doorstep unit connect --courier-account %s\"", words,
                g_get_user_name());
    return FALSE;
  }
  return TRUE;
}
