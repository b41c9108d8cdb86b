/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds a command in the tables, parses its options, runs it. */
#include "cli/unit/face.h"

#include "base/error.h"

static const DsCommand *const tables[] = {
    ds_commands_unit,     ds_commands_connect, ds_commands_clock,    ds_commands_trip,
    ds_commands_trip_end, ds_commands_case,    ds_commands_case_end, ds_commands_case_after,
    ds_commands_carry,    ds_commands_rules,   ds_commands_tools,
};

static gboolean
command_is(const DsCommand *command, int argc, char **argv)
{
  return g_strcmp0(command->noun, argv[0]) == 0 &&
         (command->verb == NULL || (argc > 1 && g_str_equal(command->verb, argv[1])));
}

static const DsCommand *
find_command(int argc, char **argv)
{
  for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
    for (const DsCommand *command = tables[i]; command->noun != NULL; command++)
      if (command_is(command, argc, argv))
        return command;
  return NULL;
}

static char *
command_name(const DsCommand *command)
{
  return command->verb != NULL ? g_strconcat(command->noun, " ", command->verb, NULL)
                               : g_strdup(command->noun);
}

static void
print_command(const DsCommand *command)
{
  g_autofree char *name = command_name(command);
  g_autofree char *left = g_strconcat(name, " ", command->usage, NULL);
  int pad = MAX(46 - (int)g_utf8_strlen(left, -1), 0); /* printf would count bytes */

  g_print("  %s%*s %s\n", left, pad, "", _(command->summary));
}

gboolean
ds_command_is_noun(const char *noun)
{
  for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
    for (const DsCommand *command = tables[i]; command->noun != NULL; command++)
      if (command->verb != NULL && g_str_equal(noun, command->noun))
        return TRUE;
  return FALSE;
}

void
ds_command_help(const char *noun)
{
  for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
    for (const DsCommand *command = tables[i]; command->noun != NULL; command++)
      if (noun == NULL || g_str_equal(noun, command->noun))
        print_command(command);
}

static gboolean usage_error(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean
usage_error(GError **error, const char *format, ...)
{
  va_list args;

  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
  return FALSE;
}

/* In a batch, what an earlier line said must not stand for what this one leaves out. */
static void
forget_options(const GOptionEntry *options)
{
  for (; options != NULL && options->long_name != NULL; options++) {
    switch (options->arg) {
    case G_OPTION_ARG_STRING:
    case G_OPTION_ARG_FILENAME:
      g_clear_pointer((char **)options->arg_data, g_free);
      break;
    case G_OPTION_ARG_STRING_ARRAY:
    case G_OPTION_ARG_FILENAME_ARRAY:
      g_clear_pointer((GStrv *)options->arg_data, g_strfreev);
      break;
    case G_OPTION_ARG_NONE:
    case G_OPTION_ARG_INT:
      *(gint *)options->arg_data = 0;
      break;
    case G_OPTION_ARG_CALLBACK:
    case G_OPTION_ARG_DOUBLE:
    case G_OPTION_ARG_INT64:
      break; /* no command has one */
    }
  }
}

static gboolean
parse_options(const DsCommand *command, const char *name, char ***argv, GError **error)
{
  g_autofree char *program = g_strconcat(DS_PROGRAM, " ", name, NULL);
  g_autoptr(GOptionContext) context = g_option_context_new(command->usage);
  g_autofree char *description = command->example != NULL
                                     ? g_strdup_printf("%s\n  %s", _("Example:"), command->example)
                                     : NULL;

  g_option_context_set_translation_domain(context, NULL);
  g_option_context_set_summary(context, _(command->summary));
  g_option_context_set_description(context, description);
  if (command->options != NULL)
    g_option_context_add_main_entries(context, command->options, NULL);

  forget_options(command->options);
  g_set_prgname(program); /* for the first line of its help */
  gboolean parsed = g_option_context_parse_strv(context, argv, error);
  g_set_prgname(DS_PROGRAM);
  return parsed;
}

gboolean
ds_command_run(DsFace *face, int argc, char **argv, GError **error)
{
  if (argc == 0)
    return usage_error(error, _("say what to do: doorstep --help lists the commands"));

  const DsCommand *command = find_command(argc, argv);
  if (command == NULL)
    return usage_error(error, _("there is no command \"%s%s%s\": doorstep --help lists them"),
                       argv[0], argc > 1 ? " " : "", argc > 1 ? argv[1] : "");

  g_autofree char *name = command_name(command);
  guint skip = command->verb != NULL ? 2 : 1;
  g_auto(GStrv) args = g_new0(char *, (gsize)argc - skip + 2);
  args[0] = g_strdup(name); /* GOption takes the first for the program's name */
  for (int i = (int)skip; i < argc; i++)
    args[(guint)i - skip + 1] = g_strdup(argv[i]);
  if (!parse_options(command, name, &args, error))
    return FALSE;

  guint count = g_strv_length(args) - 1;
  if (count < command->min_args || count > command->max_args)
    return usage_error(error, _("usage: doorstep %s %s"), name, command->usage);
  return command->run(face, args + 1, error);
}
