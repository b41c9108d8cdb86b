/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal: who entered what, when, in which step; and what happened without a value. A chain of
 * SHA-256, whose head goes into every manifest:
 *
 *   commitment = SHA-256(salt, 16 bytes ‖ CBOR text of the value)            or null without a
 * value hash       = SHA-256(CBOR ["doorstep/journal/1", index, wall, boot, boot id, who, case,
 * step, kind, name, commitment, hash of the entry before])
 *
 * index counts from 1; the first entry's "hash before" is 32 zero bytes; absent text is "".
 * Shredding drops salt and value: the commitment then tells nothing, not even of a value with two
 * choices, and the chain still holds. The current values of a case are derived in the same
 * transaction. */
#pragma once

#include <glib.h>

#include "base/clock.h"
#include "base/digest.h"
#include "vault/vault.h"

G_BEGIN_DECLS

/* Values are at most this long. */
#define DS_JOURNAL_VALUE_MAX (64 * 1024)

typedef struct {
  guint64 index;
  DsTime time;
  char *who;     /* officer number, or "station", "unit" */
  char *case_id; /* NULL when it concerns no case */
  char *step;    /* plugin id, or NULL */
  char *kind;    /* "field" or "event" */
  char *name;    /* field name, or event name ("state", "part-added", "sealed", "pruned" …) */
  char *value;   /* NULL when it had none, or was shredded */
  gboolean shredded;
  DsDigest hash;
} DsVaultEntry;

void ds_vault_entry_free(DsVaultEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsVaultEntry, ds_vault_entry_free)

/* Saves one field of a case and journals it. NULL or "" removes it. A value it has already adds
 * nothing. @step may be NULL. DS_ERROR_NOT_FOUND: no such case; REFUSED: it was shredded;
 * TOO_LARGE, INVALID (not UTF-8). One sync of the disk.
 * "applicant.name" and "applicant.number" also feed the search of case.h. */
gboolean ds_vault_set_field(DsVault *self, const char *case_id, const char *step, const char *name,
                            const char *value, const char *who,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Current values, text → text. (transfer full) */
GHashTable *ds_vault_case_fields(DsVault *self, const char *case_id,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One value; NULL without an error when not set. (transfer full) */
char *ds_vault_case_field(DsVault *self, const char *case_id, const char *name, GError **error);

/* An event. @case_id, @step and @detail (a reason, personal or not) may be NULL. */
gboolean ds_vault_log(DsVault *self, const char *case_id, const char *step, const char *name,
                      const char *detail, const char *who,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Entries of a case in order (@case_id NULL: entries of no case). DsVaultEntry. (transfer full) */
GPtrArray *ds_vault_entries(DsVault *self, const char *case_id,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Entries @from … in order, of whatever case, at most @limit. (transfer full) */
GPtrArray *ds_vault_entries_from(DsVault *self, guint64 from, guint limit,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  guint64 index;  /* 0: empty journal */
  DsDigest hash;  /* of that entry; zeros when empty */
  gint64 wall_us; /* of that entry: to see a clock that went back; 0 when empty */
} DsAuditHead;

gboolean ds_vault_audit_head(DsVault *self, DsAuditHead *head,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The newest wall time of the entries after @after; 0 when there is none. */
gboolean ds_vault_newest_wall(DsVault *self, guint64 after, gint64 *wall_us,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Walks the whole chain: every hash, every commitment still open, no gaps, the heads that sealed
 * bundles carry, and the current values against it. FALSE with DS_ERROR_REFUSED and @first_bad
 * (may be NULL) the index of the first entry that does not hold, one past the last when the end
 * is missing; FALSE with another code when reading failed (@first_bad 0). */
gboolean ds_vault_audit_verify(DsVault *self, guint64 *first_bad,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
