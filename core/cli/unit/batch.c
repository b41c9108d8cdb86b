/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/unit/batch.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"

void
ds_batch_help(void)
{
  g_print("  %-46s %s\n", "batch [--keep-going] [FILE]",
          _("run many commands under one unlock, one a line"));
}

static GInputStream *
open_lines(const char *path, GError **error)
{
  if (path == NULL || g_str_equal(path, "-"))
    return g_unix_input_stream_new(STDIN_FILENO, FALSE);
  g_autoptr(GFile) file = g_file_new_for_commandline_arg(path);
  GError *local = NULL;
  GFileInputStream *stream = g_file_read(file, NULL, &local);
  if (stream == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "%s: %s", path, local->message);
    g_clear_error(&local);
  }
  return G_INPUT_STREAM(stream);
}

static gboolean
run_line(DsFace *face, const char *line, GError **error)
{
  g_auto(GStrv) argv = NULL;
  GError *local = NULL;
  int argc = 0;

  if (!g_shell_parse_argv(line, &argc, &argv, &local)) {
    gboolean empty = g_error_matches(local, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING);
    if (!empty)
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s", local->message);
    g_clear_error(&local);
    return empty;
  }
  return ds_command_run(face, argc, argv, error);
}

gboolean
ds_batch_run(DsFace *face, int argc, char **argv, GError **error)
{
  gboolean keep_going = argc > 0 && g_str_equal(argv[0], "--keep-going");
  const char *path = argc > (keep_going ? 1 : 0) ? argv[keep_going ? 1 : 0] : NULL;
  g_autoptr(GInputStream) raw = open_lines(path, error);
  guint number = 0, failed = 0;

  if (raw == NULL || ds_face_unit(face, error) == NULL)
    return FALSE;
  g_autoptr(GDataInputStream) lines = g_data_input_stream_new(raw);
  for (;;) {
    g_autofree char *line = g_data_input_stream_read_line(lines, NULL, NULL, error);
    GError *local = NULL;
    if (line == NULL)
      break;
    number++;
    ds_cli_progress_show(face->progress, _("line %u"), number);
    if (run_line(face, line, &local))
      continue;
    failed++;
    g_prefix_error(&local, _("line %u: "), number);
    if (!keep_going) {
      g_propagate_error(error, local);
      return FALSE;
    }
    g_printerr("%s: %s\n", DS_PROGRAM, local->message);
    g_clear_error(&local);
  }
  if (failed > 0)
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, _("%u of %u lines failed"), failed, number);
  return failed == 0 && (error == NULL || *error == NULL);
}
