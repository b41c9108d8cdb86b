/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a reason is said to people and to programs. */
#include "courier/reach.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)
#define N_(text) text

typedef struct {
  const char *word;
  const char *sentence; /* of a network without a name, or of none */
  const char *named;    /* with %s, may be NULL */
} Words;

static const Words table[] = {
    [DS_REACH_HERE] = {"here", N_("the station's network is here"), N_("connected through “%s”")},
    [DS_REACH_NOT_NEEDED] = {"not-needed", N_("the way to the station needs no network"), NULL},
    [DS_REACH_UNSEEN] = {"unseen", N_("NetworkManager is not running; trying anyway"), NULL},
    [DS_REACH_METERED] = {"metered",
                          N_("the network is metered; waiting, --metered sends all the same"),
                          N_("“%s” is metered; waiting, --metered sends all the same")},
    [DS_REACH_PORTAL] = {"portal", N_("the network asks for a login; open a web browser first"),
                         N_("“%s” asks for a login; open a web browser first")},
    [DS_REACH_COMING] = {"coming", N_("the network is being set up"), N_("“%s” is being set up")},
    [DS_REACH_NO_CARRIER] = {"no-carrier", N_("the network's cable is not plugged in"),
                             N_("the cable of “%s” is not plugged in")},
    [DS_REACH_OTHER_ADDRESS] =
        {"other-address", N_("the network gave us an address that is not of the station's network"),
         N_("“%s” gave us an address that is not of the station's network")},
    [DS_REACH_OTHER_GATEWAY] = {"other-gateway",
                                N_("the network has another gateway than the station's network"),
                                N_("“%s” has another gateway than the station's network")},
    [DS_REACH_OTHER_NETWORK] = {"other-network",
                                N_("connected to a network that is not the station's"),
                                N_("connected to “%s”, which is not the station's network")},
    [DS_REACH_NO_NETWORK] = {"no-network", N_("there is no network"), NULL},
    [DS_REACH_SWITCHED_OFF] = {"switched-off", N_("networking is switched off"), NULL},
    [DS_REACH_NO_MANAGER] =
        {"no-manager",
         N_("NetworkManager is not running, so nobody can say whether the station's network is "
            "here"),
         NULL},
    [DS_REACH_LOOKING] = {"looking", N_("looking for networks"), NULL},
    [DS_REACH_DRIVE_ONLY] =
        {"drive-only",
         N_("no network leads to this station; plug in its drive and use doorstep-courier drive"),
         NULL},
};
G_STATIC_ASSERT(G_N_ELEMENTS(table) == DS_REACH_REASON_LAST + 1);

/* The one %s of the table's own texts, so that no text of a translator is ever a format. */
static char *
insert(const char *text, const char *network)
{
  g_auto(GStrv) pieces = g_strsplit(text, "%s", 2);

  return g_strjoinv(network, pieces);
}

char *
ds_reach_sentence(DsReachReason reason, const char *network)
{
  const Words *words = &table[CLAMP((int)reason, 0, DS_REACH_REASON_LAST)];

  if (network == NULL || *network == '\0' || words->named == NULL)
    return g_strdup(_(words->sentence));
  return insert(_(words->named), network);
}

const char *
ds_reach_word(DsReachReason reason)
{
  return table[CLAMP((int)reason, 0, DS_REACH_REASON_LAST)].word;
}

gboolean
ds_reach_parse(const char *word, DsReachReason *reason)
{
  for (guint i = 0; i < G_N_ELEMENTS(table); i++)
    if (g_strcmp0(table[i].word, word) == 0) {
      *reason = (DsReachReason)i;
      return TRUE;
    }
  return FALSE;
}
