/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/common/report.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>

#include "base/error.h"
#include "cli/common/terminal.h"

int
ds_cli_exit_code(const GError *error)
{
  if (error == NULL)
    return DS_EXIT_OK;
  if (error->domain == G_OPTION_ERROR)
    return DS_EXIT_USAGE;
  if (error->domain != DS_ERROR)
    return DS_EXIT_FAILED;
  switch ((DsErrorCode)error->code) {
  case DS_ERROR_INVALID:
  case DS_ERROR_UNSUPPORTED:
  case DS_ERROR_NOT_FOUND:
  case DS_ERROR_EXISTS:
  case DS_ERROR_TOO_LARGE:
    return DS_EXIT_INPUT;
  case DS_ERROR_BUSY:
    return DS_EXIT_UNAVAILABLE;
  case DS_ERROR_RETRY:
  case DS_ERROR_NO_SPACE:
  case DS_ERROR_CANCELLED:
    return DS_EXIT_TEMPORARY;
  case DS_ERROR_REFUSED:
  case DS_ERROR_LOCKED:
    return DS_EXIT_REFUSED;
  case DS_ERROR_FAILED:
    break;
  }
  return DS_EXIT_FAILED;
}

int
ds_cli_fail(const char *program, gboolean json, const GError *error)
{
  int code = ds_cli_exit_code(error);

  if (json) {
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "error");
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "code");
    json_builder_add_string_value(builder,
                                  code == DS_EXIT_USAGE ? "usage" : ds_error_word(error->code));
    json_builder_set_member_name(builder, "message");
    json_builder_add_string_value(builder, error->message);
    json_builder_end_object(builder);
    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    ds_cli_print_json(root);
  }
  /* a message may name what others wrote; its own line breaks stay */
  g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    g_autofree char *text = ds_cli_printable(*line);
    fprintf(stderr, "%s%s%s\n", line == lines ? program : "", line == lines ? ": " : "", text);
  }
  return ds_cli_finish(program, code);
}

int
ds_cli_usage(const char *program, const char *format, ...)
{
  va_list arguments;

  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  fprintf(stderr, _("%s: %s\nTry '%s --help'.\n"), program, text, program);
  return DS_EXIT_USAGE;
}

void
ds_cli_print_json(JsonNode *node)
{
  g_autoptr(JsonGenerator) generator = json_generator_new();

  json_generator_set_root(generator, node);
  json_generator_set_pretty(generator, TRUE);
  g_autofree char *text = json_generator_to_data(generator, NULL);
  fputs(text, stdout);
  fputc('\n', stdout);
}

int
ds_cli_finish(const char *program, int code)
{
  if (fflush(stdout) == 0 && !ferror(stdout))
    return code;
  fprintf(stderr, _("%s: cannot write the answer: %s\n"), program, g_strerror(errno));
  return code != DS_EXIT_OK ? code : DS_EXIT_FAILED;
}
