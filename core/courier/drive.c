/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "courier/drive.h"

#include <string.h>

#include "base/error.h"
#include "base/trouble.h"
#include "base/files.h"
#include "courier/drive-private.h"
#include "courier/lock.h"

void
ds_drive_result_clear(DsDriveResult *self)
{
  g_clear_pointer(&self->trouble, g_free);
  memset(self, 0, sizeof *self);
}

void
ds_drive_refuse(DsDriveRound *self, const char *format, ...)
{
  va_list arguments;

  self->result->refused++;
  va_start(arguments, format);
  ds_trouble_add(&self->result->trouble, self->result->refused, format, arguments);
  va_end(arguments);
}

gboolean
ds_drive_is_fault(const GError *error)
{
  static const int codes[] = {DS_ERROR_INVALID, DS_ERROR_REFUSED, DS_ERROR_UNSUPPORTED,
                              DS_ERROR_TOO_LARGE, DS_ERROR_EXISTS};

  for (gsize i = 0; i < G_N_ELEMENTS(codes); i++)
    if (g_error_matches(error, DS_ERROR, codes[i]))
      return TRUE;
  return FALSE;
}

static gboolean
open_home(DsDriveRound *self, GError **error)
{
  g_autofree char *store = g_build_filename(self->home, "store", NULL);
  g_autofree char *spool = g_build_filename(store, "spool", NULL);
  g_autofree char *inbox = g_build_filename(self->home, "inbox", NULL);

  self->store = ds_store_open(store, error);
  if (self->store != NULL)
    self->spool = ds_spool_open(spool, error);
  if (self->spool != NULL)
    self->inbox = ds_inbox_open(inbox, error);
  if (self->inbox != NULL)
    self->sent = ds_courier_state_load(self->home, error);
  if (self->sent != NULL)
    self->state = ds_drive_state_load(self->home, error);
  if (self->state != NULL)
    self->entries = ds_spool_list(self->spool, error);
  if (self->entries == NULL)
    return FALSE;
  self->spooled = g_hash_table_new(ds_digest_hash, ds_digest_equal_p);
  for (guint i = 0; i < self->entries->len; i++)
    g_hash_table_add(self->spooled, &g_array_index(self->entries, DsSpoolEntry, i).id);
  return TRUE;
}

static void
round_clear(DsDriveRound *self)
{
  g_clear_pointer(&self->config, ds_courier_config_free);
  g_clear_pointer(&self->stick, ds_stick_free);
  g_clear_pointer(&self->store, ds_store_unref);
  g_clear_pointer(&self->spool, ds_spool_unref);
  g_clear_pointer(&self->inbox, ds_inbox_unref);
  g_clear_pointer(&self->sent, ds_courier_state_free);
  g_clear_pointer(&self->state, ds_drive_state_free);
  g_clear_pointer(&self->spooled, g_hash_table_unref);
  g_clear_pointer(&self->entries, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DsDriveRound, round_clear)

/* Who else has something on this drive. */
static void
count_foreign(DsDriveRound *self, const GPtrArray *files)
{
  for (guint i = 0; i < files->len; i++)
    if (strcmp(((const DsStickFile *)files->pdata[i])->unit, self->config->unit) != 0)
      self->result->foreign++;
}

static gboolean
work(DsDriveRound *self, GError **error)
{
  g_autoptr(GPtrArray) files = ds_stick_list(self->stick, error);

  if (files == NULL || !ds_inbox_sweep(self->inbox, error))
    return FALSE;
  self->result->waiting = self->entries->len;
  count_foreign(self, files);
  ds_drive_state_keep(self->state, self->spooled);
  ds_drive_state_touch(self->state);
  gboolean ok = ds_drive_take_home(self, files, error) && ds_drive_write_out(self, files, error);
  /* what came home before the drive went away is here */
  if (!ds_drive_state_save(self->state, ok ? error : NULL))
    return FALSE;
  return ok;
}

gboolean
ds_courier_drive(const char *home, const char *folder, const DsDriveOptions *options,
                 DsDriveResult *result, GError **error)
{
  static const DsDriveOptions no_options = {0};
  g_auto(DsDriveRound) round = {.result = result};
  g_auto(DsFd) lock = -1;

  memset(result, 0, sizeof *result);
  round.options = options != NULL ? options : &no_options;
  round.config = ds_courier_config_load(home, error);
  if (round.config == NULL)
    return FALSE;
  round.home = round.config->home;
  g_autofree char *depot = g_build_filename(round.home, "depot", NULL);
  if (!ds_files_make_dir(depot, error))
    return FALSE;
  lock = ds_courier_lock(depot, error);
  if (lock < 0)
    return FALSE;
  round.stick = ds_stick_open(folder, error);
  return round.stick != NULL && open_home(&round, error) && work(&round, error);
}

gboolean
ds_courier_drive_status(const char *home, guint *on_drive, gint64 *last_us, GError **error)
{
  g_autofree char *path = g_build_filename(home, "store", "spool", NULL);
  g_autoptr(DsDriveState) state = ds_drive_state_load(home, error);
  g_autoptr(DsSpool) spool = state != NULL ? ds_spool_open(path, error) : NULL;
  g_autoptr(GArray) entries = spool != NULL ? ds_spool_list(spool, error) : NULL;

  *on_drive = 0;
  if (entries == NULL)
    return FALSE;
  *last_us = ds_drive_state_last_us(state);
  for (guint i = 0; i < entries->len; i++)
    *on_drive += ds_drive_state_has(state, &g_array_index(entries, DsSpoolEntry, i).id) ? 1 : 0;
  return TRUE;
}
