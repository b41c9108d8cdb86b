/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Evidence arrives: measured in the helper process, encrypted piece by piece, durable in the store
 * before the vault names it. No plaintext of it touches a disk. */
#pragma once

#include <gio/gio.h>

#include "unit/unit.h"
#include "vault/vault.h"

G_BEGIN_DECLS

typedef struct {
  DsSlot slot;
  const char *kind;       /* within the slot, or NULL */
  const char *step;       /* plugin id, or NULL */
  GHashTable *attributes; /* text → text, or NULL */
} DsCaptureWhat;

/* Takes the file at @path through source-file and the inspectors. What the inspectors noticed is
 * appended to @findings (may be NULL). An older part of the same slot and kind is superseded where
 * the step allows one only. DS_ERROR_TOO_LARGE over 64 MiB, before it is read; DS_ERROR_INVALID in
 * the inspector's words when it is no such picture; DS_ERROR_NO_SPACE: nothing was added, the case
 * goes on once there is room. Returns the part's id. (transfer full) */
char *ds_unit_capture_file(DsUnit *self, const char *case_id, const DsCaptureWhat *what,
                           const char *path, DsFindings *findings, GError **error);

/* The same for bytes that are already here (a signature drawn on the screen). */
char *ds_unit_capture_bytes(DsUnit *self, const char *case_id, const DsCaptureWhat *what,
                            GBytes *bytes, DsFindings *findings, GError **error);

/* Several parts and fields saved at once, with one wait for the disk: between these two, captures
 * are not durable yet. End syncs every chunk, then commits; when that fails nothing of it was saved
 * and no chunk stays. A part that failed in between takes nothing else with it. NULL on error. */
DsVaultTransaction *ds_unit_capture_begin(DsUnit *self, GError **error);
gboolean ds_unit_capture_end(DsUnit *self, const char *case_id, DsVaultTransaction *transaction,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A part's plaintext again, for a form or a preview: only before the case is sealed,
 * DS_ERROR_REFUSED after. (transfer full) */
GBytes *ds_unit_part_bytes(DsUnit *self, const char *case_id, const char *part_id, GError **error);

G_END_DECLS
