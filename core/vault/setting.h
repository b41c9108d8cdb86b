/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small named things in the vault: settings, secret keys, counters, and the station's directory. */
#pragma once

#include <glib.h>

#include "base/secret.h"
#include "vault/vault.h"

G_BEGIN_DECLS

/* Any bytes by name; NULL removes. Get gives NULL without an error when not set. */
gboolean ds_vault_set_setting(DsVault *self, const char *name, GBytes *value,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *ds_vault_setting(DsVault *self, const char *name, GError **error);
/* The same as text. (transfer full) */
gboolean ds_vault_set_setting_text(DsVault *self, const char *name, const char *value,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *ds_vault_setting_text(DsVault *self, const char *name, GError **error);

/* Private keys: "unit.sign", "unit.encrypt", "officer.<number>" …; NULL removes.
 * DS_ERROR_NOT_FOUND names the missing one. (transfer full) */
gboolean ds_vault_set_secret(DsVault *self, const char *name, DsSecret *value,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
DsSecret *ds_vault_secret(DsVault *self, const char *name,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_vault_has_secret(DsVault *self, const char *name);

/* 1, 2, 3 … per name, never twice: for local numbers ("case.2026-09-01"). */
gboolean ds_vault_next_counter(DsVault *self, const char *name, guint64 *value,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The station's directory by version, as signed. Other bytes under a known version are
 * DS_ERROR_EXISTS: the station never does that. The newest five are kept. */
gboolean ds_vault_add_directory(DsVault *self, guint64 version, GBytes *bytes,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @version 0: the newest. DS_ERROR_NOT_FOUND before enrolment. (transfer full) */
GBytes *ds_vault_directory(DsVault *self, guint64 version,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* 0 when there is none. */
gboolean ds_vault_directory_version(DsVault *self, guint64 *version,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The newest station-signed time seen, microseconds since 1970; never goes back; 0 at first. */
gboolean ds_vault_see_station_time(DsVault *self, gint64 wall_us,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_vault_station_time(DsVault *self, gint64 *wall_us,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
