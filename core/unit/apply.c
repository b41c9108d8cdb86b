/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/apply.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "bundle/limits.h"
#include "bundle/manifest.h"
#include "bundle/open.h"
#include "bundle/statement.h"
#include "unit/answer.h"
#include "unit/enrol.h"
#include "unit/seal.h"
#include "unit/trip.h"
#include "unit/unit-private.h"
#include "vault/setting.h"
#include "vault/statements.h"

#define MESSAGE_FILE_MAX (4 * 1024 * 1024)

void
ds_applied_free(DsApplied *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->notes);
  g_ptr_array_unref(self->errors);
  g_free(self);
}

/* ---- one kind of message each ---- */

static gboolean
apply_directory(DsUnit *self, const char *name, DsApplied *applied, GError **error)
{
  g_autoptr(GBytes) bytes = ds_inbox_read(self->inbox, name, "directory", MESSAGE_FILE_MAX, error);
  guint64 before = self->directory != NULL ? self->directory->version : 0;

  if (bytes == NULL || !ds_unit_trust(self, bytes, NULL, error))
    return FALSE;
  if (self->directory->version == before) {
    applied->replays++;
    return TRUE;
  }
  applied->directories++;
  g_ptr_array_add(applied->notes, g_strdup_printf("directory version %" G_GUINT64_FORMAT,
                                                  self->directory->version));
  return TRUE;
}

typedef struct {
  DsUnit *unit;
  const char *message;
  const DsRecord *record;
} Dispatch;

static GBytes *
fetch_from_message(const DsDigest *sha256, gpointer data, GError **error)
{
  const Dispatch *dispatch = data;
  char hex[DS_DIGEST_HEX_SIZE];

  return ds_inbox_read(dispatch->unit->inbox, dispatch->message, ds_digest_to_hex(sha256, hex),
                       MESSAGE_FILE_MAX, error);
}

static GBytes *
open_part(guint index, gpointer data, GError **error)
{
  const Dispatch *dispatch = data;

  return ds_open_part_bytes(g_ptr_array_index(dispatch->record->parts, index), NULL,
                            fetch_from_message, data, error);
}

static gboolean
apply_dispatch(DsUnit *self, const char *name, DsApplied *applied, GError **error)
{
  g_autoptr(GBytes) bytes = ds_inbox_read(self->inbox, name, "manifest", MESSAGE_FILE_MAX, error);
  g_autoptr(DsManifest) manifest =
      bytes != NULL ? ds_manifest_verify(bytes, self->directory, error) : NULL;
  if (manifest == NULL)
    return FALSE;
  if (manifest->kind != DS_BUNDLE_DISPATCH || !g_str_equal(manifest->unit, self->id)) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "this dispatch is for unit %s, not for %s",
                manifest->unit, self->id);
    return FALSE;
  }

  g_autoptr(GBytes) sealed = ds_inbox_read(self->inbox, name, "record", MESSAGE_FILE_MAX, error);
  g_autoptr(DsKey) key =
      sealed != NULL ? ds_unit_load_key(self->vault, DS_UNIT_SECRET_ENCRYPT, error) : NULL;
  g_autoptr(DsRecord) record = key != NULL ? ds_open_record(manifest, sealed, key, error) : NULL;
  g_autofree char *note = NULL;
  Dispatch dispatch = {.unit = self, .message = name, .record = record};
  if (record == NULL ||
      !ds_unit_take_dispatch(self, &manifest->id, record, open_part, &dispatch, &note, error))
    return FALSE;
  applied->dispatches++;
  g_ptr_array_add(applied->notes, g_steal_pointer(&note));
  return ds_vault_see_station_time(self->vault, manifest->time.wall_us, error);
}

/* The station may have changed its keys since: then this holds by a directory that is on its way.
 */
static gboolean
explain_refusal(DsUnit *self, GBytes *bytes, GError *reason, GError **error)
{
  g_autoptr(DsStatement) statement = ds_statement_parse(bytes, NULL);

  if (statement == NULL || g_strcmp0(statement->unit, self->id) != 0 ||
      !g_error_matches(reason, DS_ERROR, DS_ERROR_REFUSED) ||
      statement->directory_version <= self->directory->version) {
    g_propagate_error(error, reason);
    return FALSE;
  }
  g_set_error(error, DS_ERROR, DS_ERROR_RETRY,
              "statement %" G_GUINT64_FORMAT " waits for directory version %" G_GUINT64_FORMAT
              ", this unit has %" G_GUINT64_FORMAT ": connect to the station, or take the "
              "directory from a file with \"doorstep unit trust\"",
              statement->seq, statement->directory_version, self->directory->version);
  g_error_free(reason);
  return FALSE;
}

static gboolean
apply_statement(DsUnit *self, const char *message, const char *file, DsKey *key, DsApplied *applied,
                GError **error)
{
  g_autoptr(GBytes) bytes = ds_inbox_read(self->inbox, message, file, MESSAGE_FILE_MAX, error);
  GError *reason = NULL;
  g_autoptr(DsStatement) statement =
      bytes != NULL ? ds_statement_verify(bytes, self->directory, self->id, &reason) : NULL;
  g_autofree char *note = NULL;
  gboolean fresh = FALSE;

  if (bytes != NULL && statement == NULL)
    return explain_refusal(self, bytes, reason, error);
  if (statement == NULL || !ds_statement_open_detail(statement, key, error) ||
      !ds_unit_take_statement(self, statement, bytes, &fresh, &note, error))
    return FALSE;
  if (fresh)
    applied->statements++;
  else
    applied->replays++;
  if (note != NULL)
    g_ptr_array_add(applied->notes, g_steal_pointer(&note));
  return TRUE;
}

/* Trouble of our own (a full disk, a database that fails) is no fault of the message. */
static gboolean
is_own_trouble(const GError *error)
{
  return error->domain != DS_ERROR || error->code == DS_ERROR_NO_SPACE ||
         error->code == DS_ERROR_FAILED || error->code == DS_ERROR_BUSY;
}

/* Of several errors in one message the one that decides what becomes of it: our own trouble, then
 * waiting, then what is wrong with it. */
static gboolean
weighs_more(const GError *error, const GError *than)
{
  return is_own_trouble(error) ||
         (!is_own_trouble(than) && g_error_matches(error, DS_ERROR, DS_ERROR_RETRY));
}

/* One bad statement does not hold up the others of its message; trouble of our own does, for then
 * the message must be read again. */
static gboolean
apply_statements(DsUnit *self, const char *name, DsApplied *applied, GError **error)
{
  g_autoptr(GPtrArray) files = NULL;
  g_autoptr(DsKey) key = NULL;
  GError *first = NULL;

  files = ds_inbox_files(self->inbox, name, error);
  key = files != NULL ? ds_unit_load_key(self->vault, DS_UNIT_SECRET_ENCRYPT, error) : NULL;
  if (key == NULL)
    return FALSE;
  for (guint i = 0; i < files->len; i++) {
    GError *local = NULL;
    ds_unit_tell_progress(self, i, files->len);
    if (apply_statement(self, name, g_ptr_array_index(files, i), key, applied, &local))
      continue;
    if (first != NULL && weighs_more(local, first))
      g_clear_error(&first);
    if (first == NULL)
      first = g_steal_pointer(&local);
    g_clear_error(&local);
    if (is_own_trouble(first))
      break;
  }
  if (first == NULL)
    return TRUE;
  g_propagate_error(error, first);
  return FALSE;
}

/* ---- all of them: directories first, they say whom to believe ---- */

static const struct {
  const char *suffix;
  gboolean (*apply)(DsUnit *self, const char *name, DsApplied *applied, GError **error);
} kinds[] = {
    {"-directory", apply_directory},
    {"-dispatch", apply_dispatch},
    {"-statements", apply_statements},
};

/* A word about what is wrong with the message stays beside it, for whoever looks into it. */
static gboolean
set_aside(DsUnit *self, const char *name, const char *reason, GError **error)
{
  g_autofree char *refused = g_build_filename(self->home, "refused", NULL);
  g_autofree char *from = g_build_filename(self->home, "inbox", name, NULL);
  g_autofree char *to = g_build_filename(refused, name, NULL);
  g_autofree char *note = g_strconcat(name, ".reason", NULL);

  if (!ds_files_make_dir(refused, error) ||
      !ds_files_replace(refused, note, reason, strlen(reason), error) ||
      !ds_files_remove_tree(to, error))
    return FALSE;
  if (rename(from, to) < 0)
    return ds_error_set_errno(error, errno, "setting aside", from);
  return ds_files_sync_dir(refused, error);
}

static gboolean
apply_message(DsUnit *self, guint kind, const char *name, DsApplied *applied, GError **error)
{
  g_autoptr(GError) local = NULL;

  if (kinds[kind].apply(self, name, applied, &local))
    return ds_inbox_remove(self->inbox, name, error);
  if (is_own_trouble(local)) {
    g_propagate_prefixed_error(error, g_steal_pointer(&local), "%s: ", name);
    return FALSE;
  }
  if (g_error_matches(local, DS_ERROR, DS_ERROR_RETRY)) {
    applied->waiting++;
    g_ptr_array_add(applied->errors, g_strdup_printf("%s: %s", name, local->message));
    return TRUE;
  }
  applied->refused++;
  g_ptr_array_add(applied->errors, g_strdup_printf("%s: %s", name, local->message));
  return set_aside(self, name, local->message, error);
}

static gboolean
apply_kind(DsUnit *self, guint kind, const GPtrArray *names, DsApplied *applied, GError **error)
{
  GError *first = NULL;
  gboolean ok = TRUE;

  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    /* a message that must stay does not hold up those after it */
    if (g_str_has_suffix(name, kinds[kind].suffix))
      ok &= apply_message(self, kind, name, applied, first == NULL ? &first : NULL);
  }
  if (ok)
    return TRUE;
  g_propagate_error(error, first);
  return FALSE;
}

/* A statement about a bundle whose seal is not finished would look like one about none. */
static void
finish_seal(DsUnit *self)
{
  g_autoptr(GError) error = NULL;

  if (!ds_unit_finish_seal(self, &error))
    g_debug("%s", error->message);
}

gboolean
ds_unit_missing_statement(DsUnit *self, guint64 *first, GError **error)
{
  guint64 contiguous = 0, last = 0;

  if (!ds_vault_statement_seq(self->vault, &contiguous, error) ||
      !ds_vault_statement_last(self->vault, &last, error))
    return FALSE;
  *first = last > contiguous ? contiguous + 1 : 0;
  return TRUE;
}

DsApplied *
ds_unit_apply_inbox(DsUnit *self, GError **error)
{
  g_autoptr(DsApplied) applied = g_new0(DsApplied, 1);
  gboolean ok = TRUE;

  applied->notes = g_ptr_array_new_with_free_func(g_free);
  applied->errors = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) names = ds_inbox_list(self->inbox, error);
  /* whom to believe is said by hand the first time: until then what came waits */
  if (names == NULL || (names->len > 0 && ds_unit_require_directory(self, error) == NULL))
    return NULL;
  finish_seal(self);
  for (guint kind = 0; kind < G_N_ELEMENTS(kinds); kind++)
    ok &= apply_kind(self, kind, names, applied, ok ? error : NULL);
  return ok ? g_steal_pointer(&applied) : NULL;
}
