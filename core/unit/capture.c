/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "bundle/chunk.h"
#include "bundle/limits.h"
#include "bundle/open.h"
#include "unit/case.h"
#include "unit/check.h"
#include "unit/day.h"
#include "unit/record.h"
#include "unit/service.h"
#include "unit/signature.h"
#include "unit/unit-private.h"
#include "vault/part.h"

#define SOURCE_FILE "source-file"
#define INSPECT_IMAGE "inspect-image"
#define OPAQUE_TYPE "application/octet-stream"

/* ---- measuring ---- */

/* A vendor's fingerprint template is kept opaque; everything else must be a picture or a PDF. */
static gboolean
is_opaque(const DsCaptureWhat *what)
{
  return what->slot == DS_SLOT_FINGERPRINT && what->attributes != NULL &&
         g_strcmp0(g_hash_table_lookup(what->attributes, "content"), "template") == 0;
}

static gboolean
measure(DsUnit *self, const DsCaptureWhat *what, GBytes *bytes, DsPart *part, DsFindings *findings,
        GError **error)
{
  if (is_opaque(what))
    return TRUE;
  /* what is no template is the finger's picture, and step-fingerprints looks for that word */
  if (what->slot == DS_SLOT_FINGERPRINT && ds_part_attribute(part, "content") == NULL)
    ds_part_set_attribute(part, "content", "image");
  return ds_helper_inspect(self->helper, INSPECT_IMAGE, bytes, part, findings, 0, NULL, error);
}

static gboolean
check_media_type(const DsSlotNeed *need, const DsPart *part, GError **error)
{
  if (need->media_types == NULL || need->media_types[0] == NULL ||
      g_strv_contains((const char *const *)need->media_types, part->media_type))
    return TRUE;
  g_autofree char *allowed = g_strjoinv(", ", need->media_types);
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s: this is %s; allowed are %s",
              ds_slot_word(part->slot), part->media_type, allowed);
  return FALSE;
}

/* Some evidence may be taken only after another step: the notice before the joint photo (R137). */
static gboolean
check_order(DsUnit *self, const char *case_id, const DsSlotNeed *need, GError **error)
{
  if (need->notice_before == NULL)
    return TRUE;
  g_autoptr(DsCaseCheck) check = ds_unit_case_check(self, case_id, error);
  if (check == NULL)
    return FALSE;
  for (guint i = 0; i < check->steps->len; i++) {
    const DsCaseStep *step = g_ptr_array_index(check->steps, i);
    if (!g_str_equal(step->id, need->notice_before) || step->progress == DS_PROGRESS_DONE)
      continue;
    /* a joint photo taken too early makes the notice's own step complain: only what is missing
     * there says that it was not read */
    if (!ds_findings_has_kind(step->findings, DS_FINDING_MISSING))
      continue;
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "%s: do the step \"%s\" first",
                ds_slot_word(need->slot), step->title);
    return FALSE;
  }
  return TRUE;
}

/* ---- encrypting ---- */

static gboolean
store_chunk(GBytes *chunk, const DsDigest *sha256, guint index, gpointer batch, GError **error)
{
  return ds_store_batch_put_hashed(batch, sha256, chunk, error);
}

/* A capture that failed half way leaves nothing behind. */
static void
discard(DsUnit *self, DsChunkWriter *writer)
{
  GArray *refs = ds_chunk_writer_chunks(writer);

  for (guint i = 0; i < refs->len; i++)
    if (!ds_store_remove(self->store, &g_array_index(refs, DsChunkRef, i).sha256, NULL))
      break; /* swept with the orphans later */
}

/* A commit that failed in the middle of a sync may be on the disk all the same, and is there again
 * after a restart: its chunks stay, and are swept with the orphans if it is not. */
static gboolean
may_be_saved(const GError *error)
{
  return g_error_matches(error, DS_ERROR, DS_ERROR_FAILED);
}

/* Every chunk is on the disk under its final name when this returns, unless several parts are
 * synced together. (transfer full) */
static DsChunkWriter *
encrypt(DsUnit *self, GBytes *bytes, GError **error)
{
  g_autoptr(DsStoreBatch) own = self->together == NULL ? ds_store_batch_new(self->store) : NULL;
  g_autoptr(DsChunkWriter) writer =
      ds_chunk_writer_new(store_chunk, own != NULL ? own : self->together);
  gsize size = 0;
  const void *data = g_bytes_get_data(bytes, &size);

  if (!ds_chunk_writer_write(writer, data, size, error) || !ds_chunk_writer_finish(writer, error) ||
      (own != NULL && !ds_store_batch_commit(own, error))) {
    discard(self, writer);
    return NULL;
  }
  return g_steal_pointer(&writer);
}

static DsVaultPart *
vault_part(DsPart *part, DsChunkWriter *writer)
{
  GArray *refs = ds_chunk_writer_chunks(writer);
  g_autofree DsVaultChunk *chunks = g_new0(DsVaultChunk, refs->len);
  const DsDigest plain = ds_chunk_writer_sha256(writer);

  g_free(part->sha256);
  part->sha256 = ds_digest_dup_hex(&plain);
  for (guint i = 0; i < refs->len; i++) {
    const DsChunkRef *ref = &g_array_index(refs, DsChunkRef, i);
    chunks[i] = (DsVaultChunk){.digest = ref->sha256, .size = ref->size};
  }
  return ds_vault_part_new(part, ds_secret_ref(ds_chunk_writer_key(writer)), chunks, refs->len);
}

/* ---- naming it in the vault ---- */

/* Their "max" counts kinds: fingers, signers. */
static gboolean
is_one_of_a_kind(DsSlot slot)
{
  return slot == DS_SLOT_FINGERPRINT || slot == DS_SLOT_SIGNATURE;
}

/* Where a step allows one part of a kind, a new one takes the old one's place. */
static gboolean
supersede_older(DsUnit *self, const char *case_id, const DsSlotNeed *need, const DsPart *part,
                GError **error)
{
  g_autoptr(GPtrArray) parts = ds_vault_parts(self->vault, case_id, FALSE, error);
  guint same = 0;

  if (parts == NULL)
    return FALSE;
  /* several pages of one document, or image and template of one finger, stand side by side */
  if (part->slot == DS_SLOT_DOCUMENT)
    return TRUE;
  for (guint i = parts->len; i > 0; i--) {
    const DsPart *old = ((DsVaultPart *)g_ptr_array_index(parts, i - 1))->part;
    if (old->slot != part->slot || !g_str_equal(old->kind, part->kind) ||
        g_strcmp0(ds_part_attribute(old, "content"), ds_part_attribute(part, "content")) != 0)
      continue;
    if (++same >= (is_one_of_a_kind(part->slot) ? 1u : MAX(1u, need->max)) &&
        !ds_vault_supersede_part(self->vault, case_id, old->id, "retaken", self->officer, error))
      return FALSE;
  }
  return TRUE;
}

/* The chunks of what was just retaken go at once. */
static gboolean
sweep_retaken(DsUnit *self, const char *case_id, GError **error)
{
  g_autoptr(GArray) chunks = ds_vault_unreferenced_chunks(self->vault, case_id, error);

  if (chunks == NULL)
    return FALSE;
  for (guint i = 0; i < chunks->len; i++)
    if (!ds_store_remove(self->store, &g_array_index(chunks, DsVaultChunk, i).digest, error))
      return FALSE;
  return chunks->len == 0 || ds_vault_forget_chunks(self->vault, chunks, error);
}

static DsPart *
describe(const DsCaptureWhat *what, const char *id, GBytes *bytes)
{
  g_autofree char *now = ds_clock_format(ds_clock_now().wall_us);
  DsPart *part = ds_part_new(id, what->slot, what->kind, OPAQUE_TYPE, g_bytes_get_size(bytes), "");
  GHashTableIter iter;
  gpointer name, value;

  ds_part_set_attribute(part, "captured-at", now);
  if (what->attributes == NULL)
    return part;
  g_hash_table_iter_init(&iter, what->attributes);
  while (g_hash_table_iter_next(&iter, &name, &value))
    ds_part_set_attribute(part, name, value);
  return part;
}

static gboolean
add_to_vault(DsUnit *self, const char *case_id, const char *step, const DsSlotNeed *need,
             const DsVaultPart *part, GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self->vault, error);

  return transaction != NULL && supersede_older(self, case_id, need, part->part, error) &&
         ds_vault_add_part(self->vault, case_id, step, part, self->officer, error) &&
         (part->part->slot != DS_SLOT_SIGNATURE || ds_unit_fix_day(self, case_id, TRUE, error)) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

/* A signature holds for what there is to be seen now. */
static gboolean
bind_signature(DsUnit *self, const char *case_id, DsPart *part, GError **error)
{
  g_autofree char *signed_now = NULL;

  if (part->slot != DS_SLOT_SIGNATURE)
    return TRUE;
  if (!ds_unit_signed_digest_now(self, case_id, &signed_now, error))
    return FALSE;
  ds_part_set_attribute(part, DS_SIGNED_DIGEST, signed_now);
  return TRUE;
}

char *
ds_unit_capture_bytes(DsUnit *self, const char *case_id, const DsCaptureWhat *what, GBytes *bytes,
                      DsFindings *findings, GError **error)
{
  g_autoptr(DsVaultCase) open = ds_unit_case_open(self, case_id, error);
  const char *step = NULL;

  if (open == NULL)
    return NULL;
  const char *kind = what->kind != NULL ? what->kind : "";
  const DsSlotNeed *need = ds_unit_service_slot(self, open->service, what->slot, kind, &step);
  if (need == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "no step of service %s takes a part of slot %s and kind \"%s\"", open->service,
                ds_slot_word(what->slot), kind);
    return NULL;
  }
  if (!check_order(self, case_id, need, error))
    return NULL;
  g_autofree char *id = ds_vault_next_part_id(self->vault, case_id, what->slot, error);
  if (id == NULL)
    return NULL;

  g_autoptr(DsPart) part = describe(what, id, bytes);
  g_autoptr(DsFindings) noticed = ds_findings_new();
  if (!bind_signature(self, case_id, part, error) ||
      !measure(self, what, bytes, part, noticed, error) || !check_media_type(need, part, error))
    return NULL;
  g_autoptr(DsChunkWriter) writer = encrypt(self, bytes, error);
  if (writer == NULL)
    return NULL;
  g_autoptr(DsVaultPart) held = vault_part(g_steal_pointer(&part), writer);
  g_autoptr(GError) local = NULL;
  if (!add_to_vault(self, case_id, what->step != NULL ? what->step : step, need, held, &local)) {
    if (!may_be_saved(local))
      discard(self, writer);
    g_propagate_error(error, g_steal_pointer(&local));
    return NULL;
  }
  /* while several are saved together, the vault still names what they replace */
  if (self->together == NULL && !sweep_retaken(self, case_id, error))
    return NULL;
  if (findings != NULL)
    ds_findings_append(findings, noticed, INSPECT_IMAGE);
  return g_steal_pointer(&id);
}

char *
ds_unit_capture_file(DsUnit *self, const char *case_id, const DsCaptureWhat *what, const char *path,
                     DsFindings *findings, GError **error)
{
  g_auto(DsFd) fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

  if (fd < 0) {
    ds_error_set_errno(error, errno, "opening", path);
    return NULL;
  }
  g_autofree char *name = g_path_get_basename(path);
  g_autoptr(GBytes) bytes =
      ds_helper_capture(self->helper, SOURCE_FILE, name, fd, DS_PART_MAX, 0, NULL, error);
  if (bytes == NULL)
    return NULL; /* the source names the file itself */
  char *id = ds_unit_capture_bytes(self, case_id, what, bytes, findings, error);
  if (id == NULL)
    g_prefix_error(error, "%s: ", name);
  return id;
}

/* ---- several together ---- */

DsVaultTransaction *
ds_unit_capture_begin(DsUnit *self, GError **error)
{
  DsVaultTransaction *transaction = ds_vault_begin(self->vault, error);

  if (transaction != NULL)
    self->together = ds_store_batch_new(self->store);
  return transaction;
}

gboolean
ds_unit_capture_end(DsUnit *self, const char *case_id, DsVaultTransaction *transaction,
                    GError **error)
{
  g_autoptr(DsStoreBatch) batch = g_steal_pointer(&self->together);
  g_autoptr(GError) local = NULL;

  /* the chunks first: the vault never names one that is not on the disk */
  if (!ds_store_batch_commit(batch, &local)) {
    ds_vault_rollback(transaction);
    ds_store_batch_undo(batch);
  } else if (ds_vault_commit(transaction, &local)) {
    return sweep_retaken(self, case_id, error);
  } else if (!may_be_saved(local)) {
    ds_store_batch_undo(batch);
  }
  g_propagate_error(error, g_steal_pointer(&local));
  return FALSE;
}

/* ---- reading it back ---- */

static GBytes *
fetch_chunk(const DsDigest *sha256, gpointer store, GError **error)
{
  return ds_store_read(store, sha256, error);
}

GBytes *
ds_unit_part_bytes(DsUnit *self, const char *case_id, const char *part_id, GError **error)
{
  g_autoptr(DsVaultPart) held = ds_vault_part(self->vault, case_id, part_id, error);

  if (held == NULL)
    return NULL;
  if (held->key == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "part %s of case %s is sealed: only the station can open it", part_id, case_id);
    return NULL;
  }
  g_autoptr(DsRecord) record = ds_record_new();
  DsRecordPart *part = ds_unit_record_part(record, held, error);
  if (part == NULL)
    return NULL;
  return ds_open_part_bytes(part, NULL, fetch_chunk, self->store, error);
}
