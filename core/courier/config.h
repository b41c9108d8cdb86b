/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* HOME/courier.json: how this unit reaches its station.
 *   {"carrier": "path", "unit": "unit-7", "path": "/srv/station/repos/unit-7.git"}
 *   {"carrier": "ssh", "unit": "unit-7", "host": "station.example", "port": 22, "user": "doorstep",
 *    "identity": "depot/id_ed25519", "known_hosts": "depot/known_hosts"}
 *   {"carrier": "drive", "unit": "unit-7"}    no network at all: courier/drive.h
 * Any may name its station ("station": "zhanggong"): then drives of other stations are refused.
 * identity and known_hosts default to these and are relative to HOME. Either may also say which
 * network is the station's; without "reach" any network will do that is not metered:
 *   "reach": {"connections": ["station-lan"], "gateway": ["10.20.0.1"],
 *             "addresses": ["10.20.0.0/16"], "metered": "wait"} */
#pragma once

#include "courier/reach.h"

G_BEGIN_DECLS

typedef struct {
  char *home;            /* absolute */
  char *carrier;         /* "path", "ssh" or "drive" */
  char *unit;            /* this unit's id */
  char *station;         /* the station's id, or NULL: not known here */
  char *path;            /* carrier path: the station's bare repository of this unit */
  char *host;            /* carrier ssh */
  guint port;            /* 1 … 65535, default 22 */
  char *user;            /* default "doorstep" */
  char *identity;        /* absolute path of the private ssh key */
  char *known_hosts;     /* absolute path of the one file with the station's pinned host key */
  DsReachProfile *reach; /* never NULL */
} DsCourierConfig;

/* Reads and checks HOME/courier.json. DS_ERROR_NOT_FOUND when the unit has none yet;
 * DS_ERROR_INVALID names the member. (transfer full) */
DsCourierConfig *ds_courier_config_load(const char *home, GError **error);
/* Checks and writes it, durable. */
gboolean ds_courier_config_save(const DsCourierConfig *self,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Zeroed but for home and the defaults. (transfer full) */
DsCourierConfig *ds_courier_config_new(const char *home);
void ds_courier_config_free(DsCourierConfig *self);

/* Makes the unit's own ssh key HOME/depot/id_ed25519 with ssh-keygen, once; returns the public
 * line, also when it was there already. The key only opens the unit's own repository at the
 * station: whoever steals it can delay, not read or forge. (transfer full) */
char *ds_courier_make_identity(const char *home, const char *unit, GError **error);

/* Writes the station's host key as the only line of HOME/depot/known_hosts. @host_key is
 * "ssh-ed25519 AAAA…", as in the station's ssh_host_ed25519_key.pub; host and port are taken from
 * @config. */
gboolean ds_courier_pin_host(const DsCourierConfig *config, const char *host_key,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsCourierConfig, ds_courier_config_free)

G_END_DECLS
