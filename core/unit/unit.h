/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A unit and its home folder, with the vault open:
 *
 *   vault/       key slots, database, who holds it          (core/vault)
 *   store/       chunks by digest, spool/ of sealed bundles  (core/store)
 *   inbox/       what the courier brought
 *   depot/       the courier's own state                    courier.json
 *
 * One function per action of an officer; nothing here prints. Opening finishes what a crash
 * interrupted: a seal whose bundle reached the spool, a prune whose intent was noted. */
#pragma once

#include <glib.h>

#include "base/secret.h"
#include "bundle/directory.h"
#include "plugin/helper.h"
#include "plugin/registry.h"
#include "policy/pack.h"
#include "store/inbox.h"
#include "store/spool.h"
#include "store/store.h"
#include "vault/vault.h"

G_BEGIN_DECLS

typedef struct _DsUnit DsUnit;

/* Where things are. Strings are borrowed and copied. */
typedef struct {
  const char *home;
  const char *program;    /* for the owner file: "doorstep" */
  const char *plugin_dir; /* NULL: the installed one */
  const char *schema_dir; /* NULL: the installed one */
  const char *officer;    /* number of the acting officer; NULL: the only one there is */
} DsUnitPlaces;

/* DS_ERROR_NOT_FOUND: no unit in this home, says how to make one; BUSY: in use, says by whom;
 * LOCKED: wrong passphrase; INVALID: a broken installed pack, names file, path and reason.
 * (transfer full) */
DsUnit *ds_unit_open(const DsUnitPlaces *places, DsSecret *passphrase, GError **error);
void ds_unit_close(DsUnit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsUnit, ds_unit_close)

const char *ds_unit_home(const DsUnit *self);
const char *ds_unit_id(const DsUnit *self); /* "unit-07" */
/* The officer whose name stands for what is done now. (transfer none) */
const char *ds_unit_officer(const DsUnit *self);
const char *ds_unit_officer_name(const DsUnit *self);

/* Called now and then during apply, prune and take, which may last: @done of @total (0: not known).
 * What a front end shows of it is its own business. NULL: nobody listens. */
typedef void (*DsUnitProgress)(guint done, guint total, gpointer data);
void ds_unit_set_progress(DsUnit *self, DsUnitProgress progress, gpointer data);

DsVault *ds_unit_vault(DsUnit *self);
DsStore *ds_unit_store(DsUnit *self);
DsSpool *ds_unit_spool(DsUnit *self);
DsInbox *ds_unit_inbox(DsUnit *self);
DsRegistry *ds_unit_plugins(DsUnit *self);
DsHelper *ds_unit_helper(DsUnit *self);
DsPolicy *ds_unit_policy(DsUnit *self);
/* The newest directory of the station; NULL before enrolment is finished. (transfer none) */
const DsDirectory *ds_unit_directory(const DsUnit *self);
/* As above, but DS_ERROR_REFUSED with what to do when there is none. (transfer none) */
const DsDirectory *ds_unit_require_directory(const DsUnit *self, GError **error);
/* Reads the vault's newest directory again, after trust or apply. */
gboolean ds_unit_reload_directory(DsUnit *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
