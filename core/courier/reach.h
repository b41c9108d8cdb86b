/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* May the courier talk to its station over the networks that are there now? A pure function of the
 * profile (HOME/courier.json, "reach") and a snapshot of NetworkManager, so that it is tested
 * without one. A name, gateway or address is no proof: it only says when trying makes sense. Who
 * the server is, its pinned host key says. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which network is the station's. Empty lists ask for nothing; a network must satisfy all that is
 * asked, each by any one member of its list. */
typedef struct {
  GPtrArray *connections; /* char *: NetworkManager's uuid or name of the connection */
  GPtrArray *gateways;    /* char *: IP addresses, of which its gateway is one */
  GPtrArray *subnets;     /* char *: "10.20.0.0/16", in which we have an address */
  gboolean send_metered;  /* also where bytes cost money */
} DsReachProfile;

/* Any network will do, but a metered one. (transfer full) */
DsReachProfile *ds_reach_profile_new(void);
void ds_reach_profile_free(DsReachProfile *self);
/* Whether it asks for a certain network. */
gboolean ds_reach_profile_asks(const DsReachProfile *self);
/* DS_ERROR_INVALID names the list and the member that is no name, address or subnet. */
gboolean ds_reach_profile_check(const DsReachProfile *self,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
  DS_REACH_LINK_UP,
  DS_REACH_LINK_COMING,     /* being set up: no addresses yet */
  DS_REACH_LINK_NO_CARRIER, /* the cable is out, but NetworkManager still waits for it */
} DsReachLink;

typedef struct {
  char *id, *uuid; /* id is whatever somebody called it: foreign words */
  DsReachLink link;
  gboolean primary;     /* holds the default route */
  gboolean external;    /* made by another program (containers, virtual machines) */
  gboolean metered;     /* set so, or guessed by NetworkManager */
  gboolean portal;      /* asks for a login in a browser */
  GPtrArray *gateways;  /* char *: IP addresses */
  GPtrArray *addresses; /* char *: our own, without prefix length */
} DsReachConnection;

DsReachConnection *ds_reach_connection_new(const char *id, const char *uuid);
void ds_reach_connection_free(DsReachConnection *self);

typedef struct {
  gboolean manager;       /* NetworkManager answers */
  gboolean networking;    /* and has not been switched off */
  GPtrArray *connections; /* DsReachConnection *, in any order; without loopback */
} DsReachSnapshot;

/* No manager, no connections. (transfer full) */
DsReachSnapshot *ds_reach_snapshot_new(void);
void ds_reach_snapshot_free(DsReachSnapshot *self);

/* Why, best first: of several networks the one that comes closest is spoken of. */
typedef enum {
  DS_REACH_HERE,          /* go: the network is here */
  DS_REACH_NOT_NEEDED,    /* go: this carrier needs no network */
  DS_REACH_UNSEEN,        /* go: no NetworkManager, but any network will do */
  DS_REACH_METERED,       /* here, but bytes cost money */
  DS_REACH_PORTAL,        /* here, but it asks for a login first */
  DS_REACH_COMING,        /* being set up */
  DS_REACH_NO_CARRIER,    /* its cable is out */
  DS_REACH_OTHER_ADDRESS, /* called right, but our address there is of another network */
  DS_REACH_OTHER_GATEWAY, /* called right, but its gateway is another */
  DS_REACH_OTHER_NETWORK, /* another network */
  DS_REACH_NO_NETWORK,    /* none at all */
  DS_REACH_SWITCHED_OFF,  /* networking is switched off */
  DS_REACH_NO_MANAGER,    /* NetworkManager is not running */
  /* never of ds_reach_decide */
  DS_REACH_LOOKING,    /* nobody answered yet */
  DS_REACH_DRIVE_ONLY, /* no network leads there */
} DsReachReason;
#define DS_REACH_REASON_LAST DS_REACH_DRIVE_ONLY

typedef struct {
  gboolean go;
  DsReachReason reason;
  char *network; /* its name, NULL when no network is spoken of */
} DsReachDecision;

/* @needs_network: FALSE for a carrier that stays on this machine. @decision is overwritten, not
 * cleared. */
void ds_reach_decide(const DsReachProfile *profile, gboolean needs_network,
                     const DsReachSnapshot *snapshot, DsReachDecision *decision);
gboolean ds_reach_decision_equal(const DsReachDecision *a, const DsReachDecision *b);
void ds_reach_decision_clear(DsReachDecision *self);

/* One sentence for the officer, in the process's language. (transfer full) */
char *ds_reach_sentence(DsReachReason reason, const char *network);
/* "metered" for JSON. Static. And back: FALSE for no such word. */
const char *ds_reach_word(DsReachReason reason);
gboolean ds_reach_parse(const char *word, DsReachReason *reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsReachProfile, ds_reach_profile_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsReachConnection, ds_reach_connection_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsReachSnapshot, ds_reach_snapshot_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DsReachDecision, ds_reach_decision_clear)

G_END_DECLS
