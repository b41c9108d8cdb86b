/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "drive/stick.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"

#define PREFIX "doorstep-"
#define SUFFIX ".dsd"
#define PART ".part"
#define BATCH_DIGITS 10
/* The other computer is used by somebody else, and there is nothing secret in a container. */
#define MODE 0644

struct _DsStick {
  int fd;
  char *folder;
};

static const char *const direction_words[] = {[DS_DRIVE_OUT] = "-out-", [DS_DRIVE_HOME] = "-home-"};

DsStick *
ds_stick_open(const char *folder, GError **error)
{
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0 && errno == ENOTDIR) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "%s is no folder; give the folder the drive is mounted on", folder);
    return NULL;
  }
  if (fd < 0) {
    ds_error_set_errno(error, errno, "opening folder", folder);
    return NULL;
  }
  DsStick *self = g_new0(DsStick, 1);
  self->fd = fd;
  self->folder = g_strdup(folder);
  return self;
}

void
ds_stick_free(DsStick *self)
{
  if (self == NULL)
    return;
  ds_fd_close(self->fd);
  g_free(self->folder);
  g_free(self);
}

const char *
ds_stick_folder(const DsStick *self)
{
  return self->folder;
}

/* ---- names ---- */

char *
ds_stick_name(const char *unit, DsDriveDirection direction, guint64 batch)
{
  return g_strdup_printf(PREFIX "%s%s%010" G_GUINT64_FORMAT SUFFIX, unit,
                         direction_words[direction], batch);
}

static gboolean
parse(const char *name, const char *suffix, DsStickFile *file)
{
  const gsize length = strlen(name);
  const gsize tail = BATCH_DIGITS + strlen(suffix);

  if (!g_str_has_prefix(name, PREFIX) || !g_str_has_suffix(name, suffix) ||
      length < strlen(PREFIX) + tail)
    return FALSE;
  const char *digits = name + length - tail;
  guint64 batch = 0;
  for (guint i = 0; i < BATCH_DIGITS; i++) {
    if (!g_ascii_isdigit(digits[i]))
      return FALSE;
    batch = batch * 10 + (guint64)(digits[i] - '0');
  }
  for (int direction = DS_DRIVE_OUT; direction <= DS_DRIVE_HOME; direction++) {
    g_autofree char *head = g_strndup(name, length - tail);
    const char *word = direction_words[direction];
    if (batch == 0 || !g_str_has_suffix(head, word))
      continue;
    head[strlen(head) - strlen(word)] = '\0';
    if (strlen(head) < strlen(PREFIX) || !ds_drive_id_valid(head + strlen(PREFIX)))
      return FALSE;
    *file = (DsStickFile){g_strdup(name), g_strdup(head + strlen(PREFIX)),
                          (DsDriveDirection)direction, batch};
    return TRUE;
  }
  return FALSE;
}

gboolean
ds_stick_name_parse(const char *name, DsStickFile *file)
{
  return parse(name, SUFFIX, file);
}

void
ds_stick_file_free(DsStickFile *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_free(self->unit);
  g_free(self);
}

static gint
compare_files(gconstpointer a, gconstpointer b)
{
  const DsStickFile *first = *(const DsStickFile *const *)a;
  const DsStickFile *second = *(const DsStickFile *const *)b;
  int units = strcmp(first->unit, second->unit);

  if (units != 0)
    return units;
  if (first->direction != second->direction)
    return first->direction < second->direction ? -1 : 1;
  return first->batch < second->batch ? -1 : first->batch > second->batch;
}

/* All names with @suffix, sorted. Nothing is opened. */
static GPtrArray *
list(DsStick *self, const char *suffix, GError **error)
{
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)ds_stick_file_free);
  int fd = openat(self->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
  guint seen = 0;
  DsStickFile file;

  if (dir == NULL) {
    ds_error_set_errno(error, errno, "reading folder", self->folder);
    ds_fd_close(fd);
    return NULL;
  }
  errno = 0;
  for (struct dirent *entry; (entry = readdir(dir)) != NULL && seen <= DS_STICK_ENTRIES_MAX;) {
    seen++;
    if (files->len <= DS_STICK_CONTAINERS_MAX && parse(entry->d_name, suffix, &file))
      g_ptr_array_add(files, g_memdup2(&file, sizeof file));
    errno = 0;
  }
  int saved = errno;
  closedir(dir);
  if (saved != 0) {
    ds_error_set_errno(error, saved, "reading folder", self->folder);
    return NULL;
  }
  if (seen > DS_STICK_ENTRIES_MAX || files->len > DS_STICK_CONTAINERS_MAX) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
                "%s holds more than %u %s; move what belongs to Doorstep to a folder of its own",
                self->folder,
                seen > DS_STICK_ENTRIES_MAX ? DS_STICK_ENTRIES_MAX : DS_STICK_CONTAINERS_MAX,
                seen > DS_STICK_ENTRIES_MAX ? "entries" : "containers");
    return NULL;
  }
  g_ptr_array_sort(files, compare_files);
  return g_steal_pointer(&files);
}

GPtrArray *
ds_stick_list(DsStick *self, GError **error)
{
  return list(self, SUFFIX, error);
}

/* ---- reading ---- */

/* Looks before it opens: opening a device can have effects, a pipe can wait for ever. What is put
 * there in between is seen by the reader, which looks at the open file. */
static int
open_regular(DsStick *self, const char *name, GError **error)
{
  struct stat st;

  if (fstatat(self->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
    ds_error_set_errno(error, errno, "looking at", name);
    return -1;
  }
  if (!S_ISREG(st.st_mode)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s is %s and no file; it was not opened", name,
                S_ISLNK(st.st_mode)   ? "a link"
                : S_ISDIR(st.st_mode) ? "a folder"
                                      : "a pipe or device");
    return -1;
  }
  int fd = openat(self->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0)
    ds_error_set_errno(error, errno, "opening", name);
  return fd;
}

DsDriveReader *
ds_stick_read(DsStick *self, const DsStickFile *file, GError **error)
{
  int fd = open_regular(self, file->name, error);
  g_autoptr(DsDriveReader) reader = fd >= 0 ? ds_drive_reader_new(fd, file->name, error) : NULL;

  if (reader == NULL)
    return NULL;
  const DsDriveHead *head = ds_drive_reader_head(reader);
  if (strcmp(head->unit, file->unit) == 0 && head->direction == file->direction &&
      head->batch == file->batch)
    return g_steal_pointer(&reader);
  g_autofree char *real = ds_stick_name(head->unit, head->direction, head->batch);
  g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "%s was renamed: inside it is %s", file->name,
              real);
  return NULL;
}

gboolean
ds_stick_space(DsStick *self, guint64 *bytes, GError **error)
{
  struct statvfs disk;

  if (fstatvfs(self->fd, &disk) < 0)
    return ds_error_set_errno(error, errno, "measuring", self->folder);
  *bytes = (guint64)disk.f_bavail * disk.f_frsize;
  return TRUE;
}

/* ---- writing ---- */

static gboolean
sync_folder(DsStick *self, GError **error)
{
  /* some drivers know no sync of folders, and then it is not needed */
  return fsync(self->fd) == 0 || errno == EINVAL || errno == ENOSYS ||
         ds_error_set_errno(error, errno, "syncing folder", self->folder);
}

static gboolean
unlink_name(DsStick *self, const char *name, GError **error)
{
  return unlinkat(self->fd, name, 0) == 0 || errno == ENOENT ||
         ds_error_set_errno(error, errno, "removing", name);
}

static gboolean
write_part(DsStick *self, const char *part, const DsDriveHead *head, DsStickFill fill,
           gpointer user_data, const DsStickWatch *watch, guint64 *bytes, DsDigest *whole,
           GError **error)
{
  g_auto(DsFd) fd =
      openat(self->fd, part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, MODE);

  if (fd < 0)
    return ds_error_set_errno(error, errno, "creating", part);
  (void)fchmod(fd, MODE); /* whatever the umask; many file systems of sticks know no modes */
  g_autoptr(DsDriveWriter) writer = ds_drive_writer_new(fd, part, head, error);
  if (writer == NULL)
    return FALSE;
  ds_drive_writer_watch(writer, watch->progress, watch->expected, watch->user_data,
                        watch->cancellable);
  if (!fill(writer, user_data, error) || !ds_drive_writer_finish(writer, whole, error))
    return FALSE;
  *bytes = ds_drive_writer_size(writer);
  if (fsync(fd) < 0)
    return ds_error_set_errno(error, errno, "syncing", part);
  /* else the reading back would only read our own memory */
  (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
  return TRUE;
}

static gboolean
read_back(DsStick *self, const char *part, guint64 bytes, const DsDigest *whole,
          const DsStickWatch *watch, GError **error)
{
  int fd = open_regular(self, part, error);
  g_autoptr(DsDriveReader) reader = fd >= 0 ? ds_drive_reader_new(fd, part, error) : NULL;

  if (reader == NULL ||
      !ds_drive_reader_check(reader, watch->progress, watch->user_data, watch->cancellable, error))
    return FALSE;
  if (ds_drive_reader_size(reader) == bytes &&
      ds_digest_equal(ds_drive_reader_whole(reader), whole))
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "%s reads back as something else", part);
  return FALSE;
}

/* Never over another file. Not every driver can promise that in one step. */
static gboolean
give_name(DsStick *self, const char *part, const char *name, GError **error)
{
  struct stat st;

  if (renameat2(self->fd, part, self->fd, name, RENAME_NOREPLACE) == 0)
    return TRUE;
  if ((errno == EINVAL || errno == ENOSYS) &&
      fstatat(self->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT &&
      renameat(self->fd, part, self->fd, name) == 0)
    return TRUE;
  if (errno != EEXIST)
    return ds_error_set_errno(error, errno, "renaming into", name);
  g_set_error(error, DS_ERROR, DS_ERROR_EXISTS, "%s is there already", name);
  return FALSE;
}

gboolean
ds_stick_write(DsStick *self, const DsDriveHead *head, DsStickFill fill, gpointer user_data,
               const DsStickWatch *watch, guint64 *bytes, GError **error)
{
  g_autofree char *name = ds_stick_name(head->unit, head->direction, head->batch);
  g_autofree char *stem = g_strndup(name, strlen(name) - strlen(SUFFIX));
  g_autofree char *part = g_strconcat(stem, PART, NULL);
  DsDigest whole = {{0}};

  if (!unlink_name(self, part, error))
    return FALSE;
  if (write_part(self, part, head, fill, user_data, watch, bytes, &whole, error) &&
      read_back(self, part, *bytes, &whole, watch, error) && give_name(self, part, name, error))
    return sync_folder(self, error);
  /* if the stick is gone this fails, too: the next sweep gets it */
  (void)unlink_name(self, part, NULL);
  g_prefix_error(error, "%s was not written: ", name);
  return FALSE;
}

gboolean
ds_stick_remove(DsStick *self, const DsStickFile *file, GError **error)
{
  return unlink_name(self, file->name, error) && sync_folder(self, error);
}

gboolean
ds_stick_sweep(DsStick *self, const char *unit, DsDriveDirection direction, GError **error)
{
  g_autoptr(GPtrArray) files = list(self, PART, error);

  if (files == NULL)
    return FALSE;
  for (guint i = 0; i < files->len; i++) {
    const DsStickFile *file = files->pdata[i];
    if (strcmp(file->unit, unit) == 0 && file->direction == direction &&
        !unlink_name(self, file->name, error))
      return FALSE;
  }
  return TRUE;
}
