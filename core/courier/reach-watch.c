/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libnm keeps a copy of NetworkManager's objects. Rather than follow each object's properties, this
 * listens to NetworkManager's one signal of changed properties and then reads the copy anew: a
 * property more costs nothing here, and none can be forgotten. */
#include "courier/reach-watch.h"

#include <NetworkManager.h>
#include <string.h>

#define NM_NAME "org.freedesktop.NetworkManager"
/* Changes come in flocks; libnm has its copy ready by then. */
#define FLOCK_MS 200
/* The bus may not be there yet at boot, and the daemon of tests and small systems may go. */
#define BUS_RETRY_SECONDS 3

struct _DsReachWatch {
  void (*changed)(gpointer user_data);
  gpointer user_data;
  GMainContext *context;
  gboolean asked; /* the first answer is here, whatever it was */
  GCancellable *attempt;
  GDBusConnection *bus;
  NMClient *client;
  guint signal_id;
  GSource *flock;
  GSource *retry;
};

static void begin(DsReachWatch *self);

static void
clear_source(GSource **source)
{
  if (*source != NULL)
    g_source_destroy(*source);
  g_clear_pointer(source, g_source_unref);
}

static GSource *
add_timeout(DsReachWatch *self, guint ms, GSourceFunc function)
{
  GSource *source = g_timeout_source_new(ms);

  /* behind libnm's own work */
  g_source_set_priority(source, G_PRIORITY_LOW);
  g_source_set_callback(source, function, self, NULL);
  g_source_attach(source, self->context);
  return source;
}

/* ---- news ---- */

static gboolean
tell(gpointer user_data)
{
  DsReachWatch *self = user_data;

  clear_source(&self->flock);
  self->asked = TRUE;
  self->changed(self->user_data);
  return G_SOURCE_REMOVE;
}

static void
notice(DsReachWatch *self)
{
  if (self->flock == NULL)
    self->flock = add_timeout(self, FLOCK_MS, tell);
}

static void
on_properties(GDBusConnection *bus, const char *sender, const char *path, const char *interface,
              const char *signal, GVariant *parameters, gpointer user_data)
{
  notice(user_data);
}

static void
on_running(GObject *client, GParamSpec *pspec, gpointer user_data)
{
  notice(user_data);
}

/* ---- the bus and the client ---- */

static void
let_go(DsReachWatch *self)
{
  g_cancellable_cancel(self->attempt);
  g_clear_object(&self->attempt);
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data(self->client, self);
  g_clear_object(&self->client);
  if (self->bus != NULL) {
    g_signal_handlers_disconnect_by_data(self->bus, self);
    if (self->signal_id != 0)
      g_dbus_connection_signal_unsubscribe(self->bus, self->signal_id);
  }
  self->signal_id = 0;
  g_clear_object(&self->bus);
}

static gboolean
begin_again(gpointer user_data)
{
  DsReachWatch *self = user_data;

  clear_source(&self->retry);
  begin(self);
  return G_SOURCE_REMOVE;
}

static void
lose(DsReachWatch *self)
{
  let_go(self);
  notice(self);
  if (self->retry == NULL)
    self->retry = add_timeout(self, BUS_RETRY_SECONDS * 1000, begin_again);
}

static void
on_closed(GDBusConnection *bus, gboolean remote, GError *error, gpointer user_data)
{
  lose(user_data);
}

static void
on_client(GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  GObject *client = g_async_initable_new_finish(G_ASYNC_INITABLE(source), result, &error);

  /* cancelled: the watch is gone, or tries anew */
  if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  DsReachWatch *self = user_data;
  if (client == NULL) {
    lose(self);
    return;
  }
  self->client = NM_CLIENT(client);
  g_signal_connect(client, "notify::" NM_CLIENT_NM_RUNNING, G_CALLBACK(on_running), self);
  notice(self);
}

static void
on_bus(GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  GDBusConnection *bus = g_dbus_connection_new_for_address_finish(result, &error);

  if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  DsReachWatch *self = user_data;
  if (bus == NULL) {
    lose(self);
    return;
  }
  self->bus = bus;
  g_signal_connect(bus, "closed", G_CALLBACK(on_closed), self);
  self->signal_id = g_dbus_connection_signal_subscribe(
      bus, NM_NAME, "org.freedesktop.DBus.Properties", "PropertiesChanged", NULL, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_properties, self, NULL);
  g_async_initable_new_async(NM_TYPE_CLIENT, G_PRIORITY_DEFAULT, self->attempt, on_client, self,
                             NM_CLIENT_DBUS_CONNECTION, bus, NM_CLIENT_INSTANCE_FLAGS,
                             NM_CLIENT_INSTANCE_FLAGS_NO_AUTO_FETCH_PERMISSIONS, NULL);
}

/* A connection of our own: the shared one of g_bus_get() ends the process when the bus goes. */
static void
begin(DsReachWatch *self)
{
  g_autofree char *address = g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SYSTEM, NULL, NULL);

  self->attempt = g_cancellable_new();
  if (address == NULL) {
    lose(self);
    return;
  }
  g_dbus_connection_new_for_address(address,
                                    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                        G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                    NULL, self->attempt, on_bus, self);
}

DsReachWatch *
ds_reach_watch_new(void (*changed)(gpointer user_data), gpointer user_data)
{
  DsReachWatch *self = g_new0(DsReachWatch, 1);

  self->changed = changed;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default();
  begin(self);
  return self;
}

void
ds_reach_watch_free(DsReachWatch *self)
{
  if (self == NULL)
    return;
  let_go(self);
  clear_source(&self->flock);
  clear_source(&self->retry);
  g_main_context_unref(self->context);
  g_free(self);
}

/* ---- the snapshot ---- */

static void
add_ip(DsReachConnection *connection, NMIPConfig *config)
{
  if (config == NULL)
    return;
  const char *gateway = nm_ip_config_get_gateway(config);
  if (gateway != NULL)
    g_ptr_array_add(connection->gateways, g_strdup(gateway));
  const GPtrArray *addresses = nm_ip_config_get_addresses(config);
  for (guint i = 0; i < addresses->len; i++)
    g_ptr_array_add(connection->addresses,
                    g_strdup(nm_ip_address_get_address(g_ptr_array_index(addresses, i))));
}

static void
add_device(DsReachConnection *connection, NMDevice *device)
{
  NMMetered metered = nm_device_get_metered(device);
  NMDeviceType type = nm_device_get_device_type(device);
  gboolean has_cable = type == NM_DEVICE_TYPE_ETHERNET || type == NM_DEVICE_TYPE_VETH;

  connection->metered |= metered == NM_METERED_YES || metered == NM_METERED_GUESS_YES;
  connection->portal |= nm_device_get_connectivity(device, AF_INET) == NM_CONNECTIVITY_PORTAL ||
                        nm_device_get_connectivity(device, AF_INET6) == NM_CONNECTIVITY_PORTAL;
  /* NetworkManager gives a lost cable some seconds before it gives up the connection */
  if (has_cable && connection->link == DS_REACH_LINK_UP &&
      (nm_device_get_interface_flags(device) & NM_DEVICE_INTERFACE_FLAG_CARRIER) == 0)
    connection->link = DS_REACH_LINK_NO_CARRIER;
}

/* NULL for what is no way to anywhere. */
static DsReachConnection *
read_connection(NMActiveConnection *active)
{
  NMActiveConnectionState state = nm_active_connection_get_state(active);
  const char *type = nm_active_connection_get_connection_type(active);
  gboolean coming = state == NM_ACTIVE_CONNECTION_STATE_ACTIVATING;

  if ((!coming && state != NM_ACTIVE_CONNECTION_STATE_ACTIVATED) ||
      g_strcmp0(type, NM_SETTING_LOOPBACK_SETTING_NAME) == 0)
    return NULL;
  DsReachConnection *connection = ds_reach_connection_new(nm_active_connection_get_id(active),
                                                          nm_active_connection_get_uuid(active));
  connection->link = coming ? DS_REACH_LINK_COMING : DS_REACH_LINK_UP;
  connection->primary =
      nm_active_connection_get_default(active) || nm_active_connection_get_default6(active);
  connection->external =
      (nm_active_connection_get_state_flags(active) & NM_ACTIVATION_STATE_FLAG_EXTERNAL) != 0;
  add_ip(connection, nm_active_connection_get_ip4_config(active));
  add_ip(connection, nm_active_connection_get_ip6_config(active));
  const GPtrArray *devices = nm_active_connection_get_devices(active);
  for (guint i = 0; i < devices->len; i++)
    add_device(connection, g_ptr_array_index(devices, i));
  return connection;
}

DsReachSnapshot *
ds_reach_watch_snapshot(DsReachWatch *self)
{
  if (!self->asked)
    return NULL;
  DsReachSnapshot *snapshot = ds_reach_snapshot_new();
  if (self->client == NULL || !nm_client_get_nm_running(self->client))
    return snapshot;
  snapshot->manager = TRUE;
  snapshot->networking = nm_client_networking_get_enabled(self->client);
  const GPtrArray *actives = nm_client_get_active_connections(self->client);
  for (guint i = 0; i < actives->len; i++) {
    DsReachConnection *connection = read_connection(g_ptr_array_index(actives, i));
    if (connection != NULL)
      g_ptr_array_add(snapshot->connections, connection);
  }
  return snapshot;
}
