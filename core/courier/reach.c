/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "courier/reach.h"

#include <gio/gio.h>
#include <string.h>

#include "base/error.h"

#define NAME_MAX_BYTES 255
#define LIST_MAX 32

/* ---- values ---- */

DsReachProfile *
ds_reach_profile_new(void)
{
  DsReachProfile *self = g_new0(DsReachProfile, 1);

  self->connections = g_ptr_array_new_with_free_func(g_free);
  self->gateways = g_ptr_array_new_with_free_func(g_free);
  self->subnets = g_ptr_array_new_with_free_func(g_free);
  return self;
}

void
ds_reach_profile_free(DsReachProfile *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->connections);
  g_ptr_array_unref(self->gateways);
  g_ptr_array_unref(self->subnets);
  g_free(self);
}

gboolean
ds_reach_profile_asks(const DsReachProfile *self)
{
  return self->connections->len + self->gateways->len + self->subnets->len > 0;
}

DsReachConnection *
ds_reach_connection_new(const char *id, const char *uuid)
{
  DsReachConnection *self = g_new0(DsReachConnection, 1);

  self->id = g_strdup(id);
  self->uuid = g_strdup(uuid);
  self->gateways = g_ptr_array_new_with_free_func(g_free);
  self->addresses = g_ptr_array_new_with_free_func(g_free);
  return self;
}

void
ds_reach_connection_free(DsReachConnection *self)
{
  if (self == NULL)
    return;
  g_free(self->id);
  g_free(self->uuid);
  g_ptr_array_unref(self->gateways);
  g_ptr_array_unref(self->addresses);
  g_free(self);
}

DsReachSnapshot *
ds_reach_snapshot_new(void)
{
  DsReachSnapshot *self = g_new0(DsReachSnapshot, 1);

  self->connections =
      g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))ds_reach_connection_free);
  return self;
}

void
ds_reach_snapshot_free(DsReachSnapshot *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->connections);
  g_free(self);
}

/* ---- checking a profile ---- */

static gboolean
is_name(const char *text)
{
  gsize length = strlen(text);

  return length > 0 && length <= NAME_MAX_BYTES && g_utf8_validate(text, (gssize)length, NULL);
}

static gboolean
is_address(const char *text)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string(text);

  return address != NULL;
}

static gboolean
is_subnet(const char *text)
{
  g_autoptr(GInetAddressMask) mask = g_inet_address_mask_new_from_string(text, NULL);

  return mask != NULL;
}

static gboolean
check_list(const GPtrArray *list, gboolean (*is_good)(const char *text), const char *what,
           GError **error)
{
  if (list->len > LIST_MAX) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "the station's network has %u %ss; at most %d",
                list->len, what, LIST_MAX);
    return FALSE;
  }
  for (guint i = 0; i < list->len; i++)
    if (!is_good(g_ptr_array_index(list, i))) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "\"%s\" is no %s of a network",
                  (const char *)g_ptr_array_index(list, i), what);
      return FALSE;
    }
  return TRUE;
}

gboolean
ds_reach_profile_check(const DsReachProfile *self, GError **error)
{
  return check_list(self->connections, is_name, "name", error) &&
         check_list(self->gateways, is_address, "gateway address", error) &&
         check_list(self->subnets, is_subnet, "subnet (like 10.20.0.0/16)", error);
}

/* ---- the decision ---- */

static gboolean
names_it(const DsReachProfile *profile, const DsReachConnection *connection)
{
  for (guint i = 0; i < profile->connections->len; i++) {
    const char *name = g_ptr_array_index(profile->connections, i);
    if (g_strcmp0(name, connection->id) == 0 || g_strcmp0(name, connection->uuid) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
same_address(const char *a, const char *b)
{
  g_autoptr(GInetAddress) first = g_inet_address_new_from_string(a);
  g_autoptr(GInetAddress) second = g_inet_address_new_from_string(b);

  return first != NULL && second != NULL && g_inet_address_equal(first, second);
}

static gboolean
lies_in(const char *subnet, const char *address)
{
  g_autoptr(GInetAddressMask) mask = g_inet_address_mask_new_from_string(subnet, NULL);
  g_autoptr(GInetAddress) parsed = g_inet_address_new_from_string(address);

  return mask != NULL && parsed != NULL && g_inet_address_mask_matches(mask, parsed);
}

/* Whether any of @wanted fits any of @there; nothing wanted: yes. */
static gboolean
any_fits(const GPtrArray *wanted, const GPtrArray *there,
         gboolean (*fits)(const char *wanted, const char *there))
{
  for (guint i = 0; i < wanted->len; i++)
    for (guint j = 0; j < there->len; j++)
      if (fits(g_ptr_array_index(wanted, i), g_ptr_array_index(there, j)))
        return TRUE;
  return wanted->len == 0;
}

/* What can be said of one network alone. */
static DsReachReason
judge(const DsReachProfile *profile, const DsReachConnection *connection)
{
  gboolean named = names_it(profile, connection);

  /* a bridge of containers leads nowhere unless somebody says it does */
  if (connection->external && connection->gateways->len == 0 && !ds_reach_profile_asks(profile))
    return DS_REACH_NO_NETWORK;
  if (profile->connections->len > 0 && !named)
    return DS_REACH_OTHER_NETWORK;
  if (connection->link == DS_REACH_LINK_COMING)
    return DS_REACH_COMING;
  if (!any_fits(profile->gateways, connection->gateways, same_address))
    return named ? DS_REACH_OTHER_GATEWAY : DS_REACH_OTHER_NETWORK;
  if (!any_fits(profile->subnets, connection->addresses, lies_in))
    return named ? DS_REACH_OTHER_ADDRESS : DS_REACH_OTHER_NETWORK;
  if (connection->link == DS_REACH_LINK_NO_CARRIER)
    return DS_REACH_NO_CARRIER;
  if (connection->portal)
    return DS_REACH_PORTAL;
  if (connection->metered && !profile->send_metered)
    return DS_REACH_METERED;
  return DS_REACH_HERE;
}

static void
decide_without_manager(const DsReachProfile *profile, DsReachDecision *decision)
{
  gboolean asks = ds_reach_profile_asks(profile);

  decision->go = !asks;
  decision->reason = asks ? DS_REACH_NO_MANAGER : DS_REACH_UNSEEN;
}

void
ds_reach_decide(const DsReachProfile *profile, gboolean needs_network,
                const DsReachSnapshot *snapshot, DsReachDecision *decision)
{
  const DsReachConnection *best = NULL;

  *decision = (DsReachDecision){FALSE, DS_REACH_NO_NETWORK, NULL};
  if (!needs_network && !ds_reach_profile_asks(profile)) {
    decision->go = TRUE;
    decision->reason = DS_REACH_NOT_NEEDED;
    return;
  }
  if (!snapshot->manager) {
    decide_without_manager(profile, decision);
    return;
  }
  for (guint i = 0; i < snapshot->connections->len; i++) {
    const DsReachConnection *connection = g_ptr_array_index(snapshot->connections, i);
    DsReachReason reason = judge(profile, connection);
    if (reason < decision->reason ||
        (reason == decision->reason && connection->primary && best != NULL && !best->primary)) {
      decision->reason = reason;
      best = connection;
    }
  }
  if (best == NULL && !snapshot->networking)
    decision->reason = DS_REACH_SWITCHED_OFF;
  decision->go = decision->reason == DS_REACH_HERE;
  decision->network = best != NULL ? g_strdup(best->id) : NULL;
}

gboolean
ds_reach_decision_equal(const DsReachDecision *a, const DsReachDecision *b)
{
  return a->go == b->go && a->reason == b->reason && g_strcmp0(a->network, b->network) == 0;
}

void
ds_reach_decision_clear(DsReachDecision *self)
{
  g_clear_pointer(&self->network, g_free);
}
