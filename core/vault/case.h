/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cases (一人一档): one person, one service. Their fields are in journal.h, their evidence in
 * part.h. */
#pragma once

#include <glib.h>

#include "vault/vault.h"

G_BEGIN_DECLS

/* Stored by number: only ever appended. In the field 1 … 8, the rest by the station's word. */
typedef enum {
  DS_CASE_DRAFT = 1,
  DS_CASE_AWAITING_MATERIAL = 2,      /* 待补材料 */
  DS_CASE_PENDING_IDENTIFICATION = 3, /* 容缺 */
  DS_CASE_REFUSED = 4,                /* 不予受理: sealed and sent too */
  DS_CASE_WITHDRAWN = 5,
  DS_CASE_COMPLETE = 6,
  DS_CASE_SEALED = 7,
  DS_CASE_SENT = 8,
  DS_CASE_RECEIVED = 9,
  DS_CASE_VERIFIED = 10,
  DS_CASE_DURABLE = 11,
  DS_CASE_QUARANTINED = 12,
  DS_CASE_DUPLICATE = 13,
  DS_CASE_SUPERSEDED = 14,
  DS_CASE_ACCEPTED = 15,
  DS_CASE_RETURNED = 16,
  DS_CASE_NOT_ISSUED = 17,
  DS_CASE_IN_PRODUCTION = 18,
  DS_CASE_CARD_AT_STATION = 19,
  DS_CASE_DELIVERED = 20,
  DS_CASE_HOLDER_VERIFIED = 21,
  DS_CASE_CLOSED = 22,
  DS_CASE_REFUSED_BY_STATION = 23, /* 不予受理 by the station's word */
} DsCaseState;
#define DS_CASE_STATE_LAST DS_CASE_REFUSED_BY_STATION

/* "draft", "awaiting-material" …: stable, for programs. Static. Parse gives 0 for anything else. */
const char *ds_case_state_word(DsCaseState state);
DsCaseState ds_case_state_parse(const char *word);

typedef struct {
  char *id;         /* the local number */
  char *trip;       /* or NULL */
  guint roster_row; /* 0: not on the roster */
  char *service;
  char *pack; /* NULL until the day of submission selects it */
  char *pack_version;
  char *day;     /* of submission, or NULL */
  char *officer; /* who made it, or who has it since its trip was handed over */
  DsCaseState state;
  DsCaseState decision; /* the last of states 1 … 6: stays known when it is sealed and sent */
  guint version;        /* counted from 1; a correction is the next */
  char *name;           /* applicant.name and .number as last entered; NULL when shredded */
  char *number;
  gint64 created_us;
  gint64 changed_us; /* last change of a field, a part or the state */
  gboolean shredded;
} DsVaultCase;

void ds_vault_case_free(DsVaultCase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsVaultCase, ds_vault_case_free)

/* A draft, version 1, journalled. @trip NULL and @roster_row 0 when there is none.
 * DS_ERROR_EXISTS when @id is taken, DS_ERROR_NOT_FOUND for an unknown trip. */
gboolean ds_vault_create_case(DsVault *self, const char *id, const char *trip, guint roster_row,
                              const char *service, const char *officer,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* DS_ERROR_NOT_FOUND. (transfer full) */
DsVaultCase *ds_vault_case(DsVault *self, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @trip NULL: all; @state 0: any. Newest first, at most @limit (0: all). DsVaultCase.
 * (transfer full) */
GPtrArray *ds_vault_cases(DsVault *self, const char *trip, DsCaseState state, guint limit,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How many cases of @trip (NULL: all) are in each state: @counts[state]. */
gboolean ds_vault_count_cases(DsVault *self, const char *trip,
                              guint64 counts[DS_CASE_STATE_LAST + 1],
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Cases with this citizen number, newest first: finds duplicates too. (transfer full) */
GPtrArray *ds_vault_cases_by_number(DsVault *self, const char *number,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Cases whose applicant's name contains @part, newest first, at most @limit (0: all). Indexed.
 * (transfer full) */
GPtrArray *ds_vault_cases_by_name(DsVault *self, const char *part, guint limit,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Journalled as event "state" with @cause: an action, or the statement that says so. Setting the
 * state it has is fine and adds nothing. Which changes are allowed is the unit's table. */
gboolean ds_vault_set_case_state(DsVault *self, const char *id, DsCaseState state,
                                 const char *cause, const char *who,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Journalled, unless it has just these. @day is what selected the pack; all three NULL: none again.
 */
gboolean ds_vault_set_case_pack(DsVault *self, const char *id, const char *pack,
                                const char *pack_version, const char *day, const char *who,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Journalled: a correction begins. */
gboolean ds_vault_set_case_version(DsVault *self, const char *id, guint version, const char *who,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Journalled as "officer": the case is @officer's from now on. */
gboolean ds_vault_set_case_officer(DsVault *self, const char *id, const char *officer,
                                   const char *who, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Drops everything personal: values, salts, name, number, part keys and attributes. The journal's
 * chain stays whole. Journalled. The chunks are then in ds_vault_unreferenced_chunks, unless a
 * bundle carries them. */
gboolean ds_vault_shred_case(DsVault *self, const char *id, const char *reason, const char *who,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
