/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The decision as a table, without NetworkManager. */
#include "courier/reach.h"

#include <string.h>

#include "base/error.h"

/* Lists are words separated by blanks. */
typedef struct {
  const char *id, *gateways, *addresses;
  DsReachLink link;
  gboolean primary, metered, portal, external;
} Net;

typedef struct {
  const char *title;
  const char *connections, *gateways, *subnets;
  gboolean send_metered;
  Net nets[3];
  gboolean no_manager, off, no_need;
  DsReachReason reason;
  gboolean go;
  const char *sentence;
} Row;

static void
fill(GPtrArray *list, const char *words)
{
  g_auto(GStrv) split = g_strsplit(words != NULL ? words : "", " ", -1);

  for (char **word = split; *word != NULL; word++)
    if (**word != '\0')
      g_ptr_array_add(list, g_strdup(*word));
}

static DsReachSnapshot *
make_snapshot(const Row *row)
{
  DsReachSnapshot *snapshot = ds_reach_snapshot_new();

  snapshot->manager = !row->no_manager;
  snapshot->networking = !row->off;
  for (gsize i = 0; i < G_N_ELEMENTS(row->nets) && row->nets[i].id != NULL; i++) {
    const Net *net = &row->nets[i];
    g_autofree char *uuid = g_strdup_printf("uuid-of-%s", net->id);
    DsReachConnection *connection = ds_reach_connection_new(net->id, uuid);
    connection->link = net->link;
    connection->primary = net->primary;
    connection->metered = net->metered;
    connection->portal = net->portal;
    connection->external = net->external;
    fill(connection->gateways, net->gateways);
    fill(connection->addresses, net->addresses);
    g_ptr_array_add(snapshot->connections, connection);
  }
  return snapshot;
}

#define OURS "lan", "10.20.0.1", "10.20.3.4"
#define THEIRS "食堂WiFi", "192.168.1.1", "192.168.1.9"
#define ALL "lan", "10.20.0.1", "10.20.0.0/16", FALSE

static const Row rows[] = {
    /* nothing asked */
    {"path needs nothing", .no_manager = TRUE, .no_need = TRUE, .reason = DS_REACH_NOT_NEEDED,
     .go = TRUE, .sentence = "the way to the station needs no network"},
    {"any network, nobody to ask", .no_manager = TRUE, .reason = DS_REACH_UNSEEN, .go = TRUE,
     .sentence = "NetworkManager is not running; trying anyway"},
    {"any network, none there", .reason = DS_REACH_NO_NETWORK, .sentence = "there is no network"},
    {"any network, switched off", .off = TRUE, .reason = DS_REACH_SWITCHED_OFF,
     .sentence = "networking is switched off"},
    {"any network", .nets = {{THEIRS}}, .reason = DS_REACH_HERE, .go = TRUE,
     .sentence = "connected through “食堂WiFi”"},
    {"any network, metered", .nets = {{THEIRS, .metered = TRUE}}, .reason = DS_REACH_METERED,
     .sentence = "“食堂WiFi” is metered; waiting, --metered sends all the same"},
    {"any network, metered, told", .send_metered = TRUE, .nets = {{THEIRS, .metered = TRUE}},
     .reason = DS_REACH_HERE, .go = TRUE},
    {"any network, one metered", .nets = {{THEIRS, .metered = TRUE, .primary = TRUE}, {OURS}},
     .reason = DS_REACH_HERE, .go = TRUE, .sentence = "connected through “lan”"},
    {"any network, login", .nets = {{THEIRS, .portal = TRUE}}, .reason = DS_REACH_PORTAL,
     .sentence = "“食堂WiFi” asks for a login; open a web browser first"},
    {"containers are no network", .nets = {{"docker0", "", "172.17.0.1", .external = TRUE}},
     .reason = DS_REACH_NO_NETWORK, .sentence = "there is no network"},
    {"but a network somebody else set up is", .nets = {{OURS, .external = TRUE}},
     .reason = DS_REACH_HERE, .go = TRUE},
    /* a profile */
    {"ours", ALL, .nets = {{OURS}}, .reason = DS_REACH_HERE, .go = TRUE,
     .sentence = "connected through “lan”"},
    {"ours by uuid", "uuid-of-lan", .nets = {{OURS}}, .reason = DS_REACH_HERE, .go = TRUE},
    {"ours over path too", ALL, .nets = {{THEIRS}}, .no_need = TRUE,
     .reason = DS_REACH_OTHER_NETWORK},
    {"another", ALL, .nets = {{THEIRS}}, .reason = DS_REACH_OTHER_NETWORK,
     .sentence = "connected to “食堂WiFi”, which is not the station's network"},
    {"another one first", ALL, .nets = {{THEIRS, .primary = TRUE}, {OURS}}, .reason = DS_REACH_HERE,
     .go = TRUE, .sentence = "connected through “lan”"},
    {"two others: the primary is spoken of", ALL,
     .nets = {{"bridge", "", ""}, {THEIRS, .primary = TRUE}}, .reason = DS_REACH_OTHER_NETWORK,
     .sentence = "connected to “食堂WiFi”, which is not the station's network"},
    {"our name, another gateway", ALL, .nets = {{"lan", "10.20.0.2", "10.20.3.4"}},
     .reason = DS_REACH_OTHER_GATEWAY,
     .sentence = "“lan” has another gateway than the station's network"},
    {"our name, no gateway", ALL, .nets = {{"lan", "", "10.20.3.4"}},
     .reason = DS_REACH_OTHER_GATEWAY},
    {"our name, another address", ALL, .nets = {{"lan", "10.20.0.1", "10.21.0.4 fe80::1"}},
     .reason = DS_REACH_OTHER_ADDRESS,
     .sentence = "“lan” gave us an address that is not of the station's network"},
    {"one of several addresses", ALL, .nets = {{"lan", "10.20.0.1", "fe80::1 10.20.255.255"}},
     .reason = DS_REACH_HERE, .go = TRUE},
    {"several accepted", "lan wifi", "10.20.0.1 10.30.0.1", "10.20.0.0/16 10.30.0.0/16",
     .nets = {{"wifi", "10.30.0.1", "10.30.1.1"}}, .reason = DS_REACH_HERE, .go = TRUE},
    {"gateway alone", NULL, "10.20.0.1", .nets = {{THEIRS}, {OURS}}, .reason = DS_REACH_HERE,
     .go = TRUE},
    {"gateway alone, another", NULL, "10.20.0.1", .nets = {{THEIRS}},
     .reason = DS_REACH_OTHER_NETWORK},
    {"subnet alone, IPv6", NULL, NULL, "2001:db8:20::/48",
     .nets = {{"six", "fe80::1", "2001:db8:20:7::5"}}, .reason = DS_REACH_HERE, .go = TRUE},
    {"IPv6 gateway written at length", NULL, "fe80:0:0:0:0:0:0:1", .nets = {{"six", "fe80::1", ""}},
     .reason = DS_REACH_HERE, .go = TRUE},
    {"being set up", ALL, .nets = {{"lan", "", "", DS_REACH_LINK_COMING}},
     .reason = DS_REACH_COMING, .sentence = "“lan” is being set up"},
    {"cable out", ALL, .nets = {{OURS, DS_REACH_LINK_NO_CARRIER}}, .reason = DS_REACH_NO_CARRIER,
     .sentence = "the cable of “lan” is not plugged in"},
    {"ours metered", ALL, .nets = {{OURS, .metered = TRUE}}, .reason = DS_REACH_METERED},
    {"ours metered, told", "lan", NULL, NULL, TRUE, .nets = {{OURS, .metered = TRUE}},
     .reason = DS_REACH_HERE, .go = TRUE},
    {"the other one's meter does not count", ALL,
     .nets = {{THEIRS, .metered = TRUE, .primary = TRUE}, {OURS}}, .reason = DS_REACH_HERE,
     .go = TRUE},
    {"a login does not pay", "lan", NULL, NULL, TRUE,
     .nets = {{OURS, .metered = TRUE, .portal = TRUE}}, .reason = DS_REACH_PORTAL},
    {"ours, nobody to ask", ALL, .no_manager = TRUE, .reason = DS_REACH_NO_MANAGER,
     .sentence = "NetworkManager is not running, so nobody can say whether the station's network "
                 "is here"},
    {"ours, switched off", ALL, .off = TRUE, .reason = DS_REACH_SWITCHED_OFF},
    {"ours named by a container's bridge", "docker0",
     .nets = {{"docker0", "", "172.17.0.1", .external = TRUE}}, .reason = DS_REACH_HERE,
     .go = TRUE},
    {"nonsense from the manager", ALL, .nets = {{"lan", "x", "y"}},
     .reason = DS_REACH_OTHER_GATEWAY},
};

static void
test_row(gconstpointer data)
{
  const Row *row = data;
  g_autoptr(DsReachProfile) profile = ds_reach_profile_new();
  g_autoptr(DsReachSnapshot) snapshot = make_snapshot(row);
  g_auto(DsReachDecision) decision = {0};
  g_auto(DsReachDecision) again = {0};
  g_autoptr(GError) error = NULL;

  fill(profile->connections, row->connections);
  fill(profile->gateways, row->gateways);
  fill(profile->subnets, row->subnets);
  profile->send_metered = row->send_metered;
  g_assert_true(ds_reach_profile_check(profile, &error));
  g_assert_no_error(error);
  ds_reach_decide(profile, !row->no_need, snapshot, &decision);
  g_autofree char *said = ds_reach_sentence(decision.reason, decision.network);
  g_assert_cmpstr(ds_reach_word(decision.reason), ==, ds_reach_word(row->reason));
  g_assert_cmpint(decision.go, ==, row->go);
  if (row->sentence != NULL)
    g_assert_cmpstr(said, ==, row->sentence);
  ds_reach_decide(profile, !row->no_need, snapshot, &again);
  g_assert_true(ds_reach_decision_equal(&decision, &again));
}

static void
test_words(void)
{
  for (int i = 0; i <= DS_REACH_REASON_LAST; i++) {
    DsReachReason back;
    g_autofree char *plain = ds_reach_sentence((DsReachReason)i, NULL);
    g_autofree char *odd = ds_reach_sentence((DsReachReason)i, "a%s%n b");
    g_assert_true(ds_reach_parse(ds_reach_word((DsReachReason)i), &back));
    g_assert_cmpint((int)back, ==, i);
    g_assert_null(strchr(plain, '%'));
    g_assert_true(strchr(odd, '%') == NULL || strstr(odd, "a%s%n b") != NULL);
  }
  DsReachReason reason;
  g_assert_false(ds_reach_parse("flood", &reason));
  g_assert_false(ds_reach_parse(NULL, &reason));
}

static void
test_check(void)
{
  static const char *const bad[][4] = {
      {"", NULL, NULL, "\"\" is no name"},
      {"\xff", NULL, NULL, "is no name"},
      {NULL, "10.20.0", NULL, "\"10.20.0\" is no gateway address"},
      {NULL, "gateway.example", NULL, "is no gateway address"},
      {NULL, NULL, "10.20.0.0/33", "\"10.20.0.0/33\" is no subnet"},
      {NULL, NULL, "10.20.0.1/16", "is no subnet"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(DsReachProfile) profile = ds_reach_profile_new();
    g_autoptr(GError) error = NULL;
    GPtrArray *lists[] = {profile->connections, profile->gateways, profile->subnets};
    for (gsize j = 0; j < G_N_ELEMENTS(lists); j++)
      if (bad[i][j] != NULL)
        g_ptr_array_add(lists[j], g_strdup(bad[i][j]));
    g_assert_false(ds_reach_profile_check(profile, &error));
    g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, bad[i][3]));
  }
}

static void
test_too_many(void)
{
  g_autoptr(DsReachProfile) profile = ds_reach_profile_new();
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 33; i++)
    g_ptr_array_add(profile->connections, g_strdup("lan"));
  g_assert_false(ds_reach_profile_check(profile, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "33"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strdup_printf("/courier/reach/%s", rows[i].title);
    g_test_add_data_func(path, &rows[i], test_row);
  }
  g_test_add_func("/courier/reach/words", test_words);
  g_test_add_func("/courier/reach/check", test_check);
  g_test_add_func("/courier/reach/too-many", test_too_many);
  return g_test_run();
}
