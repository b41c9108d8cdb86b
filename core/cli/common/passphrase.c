/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/common/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"

void
ds_cli_passphrase_entries(DsCliPassphrase *self, GOptionEntry entries[3])
{
  const GOptionEntry filled[3] = {
      {"passphrase-fd", 0, 0, G_OPTION_ARG_INT, &self->fd,
       N_("read the passphrase from this open file descriptor"), N_("N")},
      {"passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &self->file,
       N_("read the passphrase from this file (mode 600)"), N_("FILE")},
      {NULL},
  };

  for (guint i = 0; i < G_N_ELEMENTS(filled); i++)
    entries[i] = filled[i];
}

gboolean
ds_cli_passphrase_given(const DsCliPassphrase *self)
{
  return self->fd >= 0 || self->file != NULL;
}

void
ds_cli_passphrase_clear(DsCliPassphrase *self)
{
  g_clear_pointer(&self->file, g_free);
}

static DsSecret *
read_file(const char *path, GError **error)
{
  g_auto(DsFd) fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat st;

  if (fd < 0 || fstat(fd, &st) < 0) {
    ds_error_set_errno(error, errno, "opening", path);
    return NULL;
  }
  if (S_ISREG(st.st_mode) && (st.st_mode & 077) != 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                _("passphrase file %s can be read by others: chmod 600 it"), path);
    return NULL;
  }
  return ds_secret_read_line(fd, error);
}

static DsSecret *
read_terminal(const char *prompt, GError **error)
{
  g_auto(DsFd) fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  struct termios before, silent;

  if (!isatty(STDIN_FILENO) || fd < 0 || tcgetattr(fd, &before) < 0) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_LOCKED,
                        _("a passphrase is needed and there is no terminal to ask on: give "
                          "--passphrase-fd or --passphrase-file"));
    return NULL;
  }
  silent = before;
  silent.c_lflag &= ~(tcflag_t)ECHO;
  tcsetattr(fd, TCSAFLUSH, &silent); /* first: who answers at once must not be heard */
  g_autoptr(DsSecret) line = ds_files_write_all(fd, prompt, strlen(prompt), "/dev/tty", error)
                                 ? ds_secret_read_line(fd, error)
                                 : NULL;
  tcsetattr(fd, TCSAFLUSH, &before);
  if (!ds_files_write_all(fd, "\n", 1, "/dev/tty", line != NULL ? error : NULL))
    return NULL;
  return g_steal_pointer(&line);
}

DsSecret *
ds_cli_passphrase_read(const DsCliPassphrase *self, const char *prompt, GError **error)
{
  if (self->fd >= 0)
    return ds_secret_read_line(self->fd, error);
  if (self->file != NULL)
    return read_file(self->file, error);
  return read_terminal(prompt, error);
}

DsSecret *
ds_cli_passphrase_read_new(const DsCliPassphrase *self, const char *prompt, GError **error)
{
  g_autoptr(DsSecret) first = ds_cli_passphrase_read(self, prompt, error);

  if (first == NULL || ds_cli_passphrase_given(self))
    return g_steal_pointer(&first);

  g_autoptr(DsSecret) second = read_terminal(_("once more: "), error);
  if (second == NULL)
    return NULL;
  if (!ds_secret_equal(first, second)) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        _("the two passphrases differ: nothing was changed"));
    return NULL;
  }
  return g_steal_pointer(&first);
}
