/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "cli/common/report.h"
#include "cli/courier/verbs.h"

void
ds_print_progress(const DsExchangeProgress *done, gpointer progress)
{
  g_autofree char *sent = g_format_size(done->bytes_sent);
  g_autofree char *received = g_format_size(done->bytes_received);

  if (strcmp(done->phase, "sending") == 0)
    ds_cli_progress_show(progress, _("sending: %u of %u bundles handed over, %s sent"),
                         done->bundles_done, done->bundles_total, sent);
  else
    ds_cli_progress_show(progress, _("fetching: %s received"), received);
}

static void
add_count(JsonBuilder *builder, const char *name, guint64 value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_int_value(builder, (gint64)value);
}

static void
print_json(const DsExchangeResult *result)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();

  json_builder_begin_object(builder);
  add_count(builder, "waiting", result->waiting);
  add_count(builder, "handed-over", result->handed_over);
  add_count(builder, "already-there", result->already_there);
  add_count(builder, "held", result->held);
  add_count(builder, "later", result->later);
  add_count(builder, "refused", result->refused);
  add_count(builder, "batches", result->batches);
  add_count(builder, "messages", result->messages);
  add_count(builder, "forgotten", result->forgotten);
  add_count(builder, "bytes-sent", result->bytes_sent);
  add_count(builder, "bytes-received", result->bytes_received);
  json_builder_set_member_name(builder, "trouble");
  if (result->trouble != NULL)
    json_builder_add_string_value(builder, result->trouble);
  else
    json_builder_add_null_value(builder);
  json_builder_end_object(builder);
  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  ds_cli_print_json(root);
}

static void
print_words(const DsExchangeResult *result)
{
  g_autofree char *sent = g_format_size(result->bytes_sent);
  g_autofree char *received = g_format_size(result->bytes_received);

  g_print(_("%u bundles in the spool: %u handed over, %u there before, %u refused; %s sent\n"),
          result->waiting, result->handed_over, result->already_there, result->refused, sent);
  g_print(_("%u messages brought back, %s received\n"), result->messages, received);
  if (result->held > 0)
    g_print(_("%u withdrawn before they left: not sent\n"), result->held);
  if (result->later > 0)
    g_print(_("%u wait here: the station has no room for them now\n"), result->later);
  g_auto(GStrv) lines = g_strsplit(result->trouble != NULL ? result->trouble : "", "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_printerr("%s: %s\n", PROGRAM, lines[i]);
}

void
ds_print_result(const DsCourierOptions *options, const DsExchangeResult *result)
{
  if (options->json)
    print_json(result);
  else if (!options->quiet || result->refused + result->later > 0)
    print_words(result);
  fflush(stdout);
}
