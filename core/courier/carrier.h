/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A way to reach the station's git services. The exchange knows only this; one file per way:
 * carrier-path.c (a repository folder on this machine), carrier-ssh.c (OpenSSH as a child). */
#pragma once

#include "depot/link.h"

#include "courier/config.h"

G_BEGIN_DECLS

typedef enum {
  DS_CARRIER_RECEIVE_PACK, /* we push */
  DS_CARRIER_UPLOAD_PACK,  /* we fetch */
} DsCarrierService;

typedef struct _DsCarrier DsCarrier;

typedef struct {
  const char *name;
  /* Starts the service. The link's first bytes may still say that it failed. (transfer full) */
  DsLink *(*open)(DsCarrier *self, DsCarrierService service, GError **error);
  /* A conversation over @link failed with *@error and the link is finished: replace *@error by
   * the carrier's own better word for it, if it has one. May be NULL. */
  void (*explain)(DsCarrier *self, DsLink *link, GError **error);
  /* Ends what lives longer than one link (the shared ssh connection) and frees. */
  void (*free)(DsCarrier *self);
} DsCarrierClass;

struct _DsCarrier {
  const DsCarrierClass *class;
};

/* The carrier @config names. (transfer full) */
DsCarrier *ds_carrier_new(const DsCourierConfig *config, GError **error);
DsCarrier *ds_carrier_path_new(const char *path, GError **error);
DsCarrier *ds_carrier_ssh_new(const DsCourierConfig *config, GError **error);

DsLink *ds_carrier_open(DsCarrier *self, DsCarrierService service, GError **error);
void ds_carrier_explain(DsCarrier *self, DsLink *link, GError **error);
void ds_carrier_free(DsCarrier *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsCarrier, ds_carrier_free)

G_END_DECLS
