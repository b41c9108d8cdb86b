/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sync, status and identity: one contact, and what needs none. */
#include <glib/gi18n-lib.h>

#include "base/clock.h"
#include "cli/common/report.h"
#include "cli/courier/verbs.h"
#include "courier/drive.h"

/* What was refused one by one is a refusal of the whole command's promise. */
static int
contact(const DsCourierOptions *options, GError **error)
{
  g_autoptr(DsCourierConfig) config = ds_courier_config_load(options->home, error);
  g_autoptr(DsCarrier) carrier = config != NULL ? ds_carrier_new(config, error) : NULL;
  g_autoptr(DsCliProgress) progress = ds_cli_progress_new(PROGRAM, options->quiet);
  DsExchangeOptions exchange = {
      .cancellable = options->cancellable, .progress = ds_print_progress, .user_data = progress};
  DsExchangeResult result = {0};

  if (carrier == NULL || !ds_exchange_run(config->home, carrier, &exchange, &result, error)) {
    ds_exchange_result_clear(&result);
    return DS_EXIT_FAILED;
  }
  g_clear_pointer(&progress, ds_cli_progress_free);
  int code = result.refused > 0 ? DS_EXIT_REFUSED
             : result.later > 0 ? DS_EXIT_TEMPORARY
                                : DS_EXIT_OK;
  ds_print_result(options, &result);
  ds_exchange_result_clear(&result);
  return code;
}

int
ds_verb_sync(const DsCourierOptions *options)
{
  g_autoptr(GError) error = NULL;
  int code = contact(options, &error);

  return error != NULL ? ds_cli_fail(PROGRAM, options->json, error) : code;
}

static void
add_count(JsonBuilder *builder, const char *name, guint64 value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_int_value(builder, (gint64)value);
}

static void
print_status_json(const DsExchangeStatus *status, guint on_drive, const char *last,
                  const DsWhy *why)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();

  json_builder_begin_object(builder);
  add_count(builder, "spooled", status->spooled);
  add_count(builder, "handed-over", status->handed_over);
  add_count(builder, "on-drive", on_drive);
  add_count(builder, "inbox", status->inbox);
  json_builder_set_member_name(builder, "last-contact");
  if (last != NULL)
    json_builder_add_string_value(builder, last);
  else
    json_builder_add_null_value(builder);
  json_builder_set_member_name(builder, "courier");
  json_builder_add_value(builder, ds_why_json(why));
  json_builder_end_object(builder);
  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  ds_cli_print_json(root);
}

int
ds_verb_status(const DsCourierOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *last = NULL;
  g_auto(DsWhy) why = {0};
  DsExchangeStatus status;
  guint on_drive = 0;
  gint64 last_drive_us = 0;

  if (!ds_exchange_status(options->home, &status, &error) ||
      !ds_courier_drive_status(options->home, &on_drive, &last_drive_us, &error))
    return ds_cli_fail(PROGRAM, options->json, error);
  ds_why_load(options->home, &why);
  if (status.last_contact_us > 0)
    last = ds_clock_format(status.last_contact_us);
  if (options->json) {
    print_status_json(&status, on_drive, last, &why);
    return DS_EXIT_OK;
  }
  g_autofree char *sentence = ds_why_sentence(&why);
  g_print(_("%u bundles in the spool, %u of them handed over and not yet confirmed\n"),
          status.spooled, status.handed_over);
  if (last_drive_us > 0) {
    g_autofree char *used = ds_clock_format(last_drive_us);
    g_print(_("%u of them written to a drive; a drive was last used %s\n"), on_drive, used);
  }
  g_print(_("%u messages in the inbox\n"), status.inbox);
  g_print(_("last contact: %s\n"), last != NULL ? last : _("never"));
  g_print(_("courier: %s\n"), sentence);
  return DS_EXIT_OK;
}

int
ds_verb_identity(const DsCourierOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsCourierConfig) config = ds_courier_config_load(options->home, &error);
  g_autofree char *line =
      config != NULL ? ds_courier_make_identity(config->home, config->unit, &error) : NULL;

  if (line == NULL)
    return ds_cli_fail(PROGRAM, options->json, error);
  if (!options->json) {
    g_print("%s\n", line);
    return DS_EXIT_OK;
  }
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "ssh-key");
  json_builder_add_string_value(builder, line);
  json_builder_end_object(builder);
  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  ds_cli_print_json(root);
  return DS_EXIT_OK;
}
