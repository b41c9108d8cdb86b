/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads a file the core has opened: size and kind are checked before a byte is read. */
#include "plugin/doorstep-plugin.h"

#include <errno.h>
#include <libintl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define _(text) dgettext("doorstep", text)

typedef struct {
  gsize size;
  guint8 data[];
} Wiped;

static void
wiped_free(gpointer data)
{
  Wiped *self = data;

  explicit_bzero(self->data, self->size);
  g_free(self);
}

static char **
list(GError **error)
{
  return g_new0(char *, 1); /* files are chosen by the person */
}

/* The size to read. */
static gboolean
check_file(const char *name, int fd, gsize max, gsize *size, GError **error)
{
  struct stat info;

  if (fd < 0 || fstat(fd, &info) != 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, _("%s: no open file came with the request"),
                name);
    return FALSE;
  }
  if (!S_ISREG(info.st_mode)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                _("%s is a folder, device or pipe; choose a plain file"), name);
    return FALSE;
  }
  if (info.st_size == 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, _("%s is empty; take or copy it again"), name);
    return FALSE;
  }
  if ((guint64)info.st_size > max) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
                _("%s has %lu bytes, at most %lu are taken; make it smaller"), name,
                (gulong)info.st_size, (gulong)max);
    return FALSE;
  }
  *size = (gsize)info.st_size;
  return TRUE;
}

static GBytes *
capture(const char *name, int fd, gsize max, GCancellable *cancellable, GError **error)
{
  gsize size = 0;

  if (!check_file(name, fd, max, &size, error))
    return NULL;
  Wiped *whole = g_malloc0(sizeof(Wiped) + size);
  whole->size = size;
  g_autoptr(GBytes) bytes = g_bytes_new_with_free_func(whole->data, size, wiped_free, whole);
  for (gsize have = 0; have < size;) {
    gssize got = pread(fd, whole->data + have, size - have, (off_t)have);

    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0) {
      g_set_error(error, DS_ERROR, DS_ERROR_RETRY,
                  _("%s ended or failed after %lu of %lu bytes (%s); check the drive and try "
                    "again"),
                  name, (gulong)have, (gulong)size,
                  got < 0 ? g_strerror(errno) : _("file became shorter"));
      return NULL;
    }
    have += (gsize)got;
  }
  return g_steal_pointer(&bytes);
}

static const DsSourceOps ops = {
    .struct_size = sizeof(DsSourceOps),
    .list = list,
    .capture = capture,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_SOURCE, "source-file", ops);
