/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "depot/room.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/files.h"

/* Repository, objects, a folder of objects, an unfinished push in it, its folders. */
#define DEPTH_MAX 6

static guint64
used_below(const char *path, guint depth)
{
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  const char *name;
  guint64 bytes = 0;

  while (dir != NULL && depth < DEPTH_MAX && (name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *full = g_build_filename(path, name, NULL);
    struct stat st;
    if (lstat(full, &st) < 0)
      continue;
    bytes += S_ISREG(st.st_mode) ? (guint64)st.st_size : 0;
    if (S_ISDIR(st.st_mode))
      bytes += used_below(full, depth + 1);
  }
  return bytes;
}

guint64
ds_room_used(const char *path)
{
  g_autofree char *objects = g_build_filename(path, "objects", NULL);

  return used_below(objects, 1);
}

guint64
ds_room_free(const char *path)
{
  struct statvfs vfs;

  if (statvfs(path, &vfs) < 0)
    return G_MAXUINT64;
  return (guint64)vfs.f_bavail * vfs.f_frsize;
}

gboolean
ds_room_is_lacking(const char *words)
{
  /* git's words for ENOSPC and EDQUOT, and for a folder that could not be made, which says no more
   */
  static const char *const always[] = {"No space left on device", "Disk quota exceeded",
                                       "out of disk space",
                                       "unable to create temporary object directory"};

  for (gsize i = 0; i < G_N_ELEMENTS(always); i++)
    if (strstr(words, always[i]) != NULL)
      return TRUE;
  return strstr(words, DS_ROOM_NOTE) != NULL && strstr(words, "maximum allowed size") != NULL;
}

char *
ds_room_note(const char *words)
{
  const char *note = strstr(words, DS_ROOM_NOTE);

  if (note == NULL)
    note = strstr(words, DS_ROOM_LIMIT);
  if (note == NULL)
    return NULL;
  note += strlen("doorstep: ");
  return g_strndup(note, strcspn(note, ";\n"));
}
