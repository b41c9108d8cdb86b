/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside core/unit: what an open unit is made of. */
#pragma once

#include "bundle/key.h"
#include "unit/officer.h"
#include "unit/unit.h"

G_BEGIN_DECLS

/* Names in the vault (vault/setting.h). */
#define DS_UNIT_SETTING_ID "unit.id"
#define DS_UNIT_SETTING_NAME "unit.name"
#define DS_UNIT_SETTING_OFFICERS "unit.officers"
#define DS_UNIT_SETTING_REQUEST "unit.enrolment"
#define DS_UNIT_SETTING_PINS "unit.root-pins"
#define DS_UNIT_SETTING_SEALING "unit.sealing"
#define DS_UNIT_SECRET_SIGN "unit.sign"
#define DS_UNIT_SECRET_ENCRYPT "unit.encrypt"
#define DS_UNIT_SECRET_OFFICER "officer." /* with the number */

struct _DsUnit {
  char *home;
  char *id;
  char *officer;
  char *officer_name;
  DsVault *vault;
  DsStore *store;
  DsSpool *spool;
  DsInbox *inbox;
  DsRegistry *plugins;
  DsHelper *helper;
  DsPolicy *policy;
  GHashTable *pack_problems; /* trip → why what it brought cannot be used */
  DsDirectory *directory;
  GHashTable *officer_keys; /* number → DsKey, opened by a PIN; NULL: none yet */
  DsUnitAskPin ask_pin;
  gpointer ask_pin_data;
  DsUnitProgress progress;
  gpointer progress_data;
  DsStoreBatch *together; /* of ds_unit_capture_begin; NULL: every part is synced by itself */
};

/* Tells whoever listens. */
void ds_unit_tell_progress(DsUnit *self, guint done, guint total);

/* A private key kept in @vault under @name. (transfer full) */
DsKey *ds_unit_load_key(DsVault *vault, const char *name, GError **error);

G_END_DECLS
