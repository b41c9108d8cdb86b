/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a trip's report says in words. */
#include <libintl.h>

#include "model/money.h"
#include "unit/trip-report.h"

#define _(text) dgettext("doorstep", text)
#define N_(text) text

const char *
ds_case_state_title(DsCaseState state)
{
  static const char *const titles[DS_CASE_STATE_LAST + 1] = {
      [DS_CASE_DRAFT] = N_("being taken"),
      [DS_CASE_AWAITING_MATERIAL] = N_("awaiting material"),
      [DS_CASE_PENDING_IDENTIFICATION] = N_("identification pending"),
      [DS_CASE_REFUSED] = N_("refused in the field"),
      [DS_CASE_WITHDRAWN] = N_("withdrawn"),
      [DS_CASE_COMPLETE] = N_("complete"),
      [DS_CASE_SEALED] = N_("sealed"),
      [DS_CASE_SENT] = N_("sent"),
      [DS_CASE_RECEIVED] = N_("received"),
      [DS_CASE_VERIFIED] = N_("verified"),
      [DS_CASE_DURABLE] = N_("durable"),
      [DS_CASE_QUARANTINED] = N_("quarantined"),
      [DS_CASE_DUPLICATE] = N_("duplicate"),
      [DS_CASE_SUPERSEDED] = N_("superseded"),
      [DS_CASE_ACCEPTED] = N_("accepted"),
      [DS_CASE_RETURNED] = N_("returned"),
      [DS_CASE_NOT_ISSUED] = N_("not issued"),
      [DS_CASE_IN_PRODUCTION] = N_("in production"),
      [DS_CASE_CARD_AT_STATION] = N_("card at the station"),
      [DS_CASE_DELIVERED] = N_("delivered"),
      [DS_CASE_HOLDER_VERIFIED] = N_("verified by the holder"),
      [DS_CASE_CLOSED] = N_("closed"),
      [DS_CASE_REFUSED_BY_STATION] = N_("refused by the station"),
  };

  return state > 0 && state <= DS_CASE_STATE_LAST && titles[state] != NULL
             ? _(titles[state])
             : ds_case_state_word(state);
}

const char *
ds_hardship_title(const char *hardship)
{
  static const struct {
    const char *word, *title;
  } titles[] = {{"bedridden", N_("bedridden")},   {"disabled", N_("disabled")},
                {"elderly", N_("of great age")},  {"ill", N_("ill")},
                {"remote", N_("lives far away")}, {"other", N_("another reason")}};

  for (gsize i = 0; i < G_N_ELEMENTS(titles); i++)
    if (g_strcmp0(hardship, titles[i].word) == 0)
      return _(titles[i].title);
  return hardship;
}

static char *
with_detail(const char *text, const char *detail)
{
  return detail != NULL ? g_strdup_printf("%s: %s", text, detail) : g_strdup(text);
}

static char *
refund_text(const DsTripOwed *owed)
{
  gint64 amount = 0;

  if (!ds_money_parse_fen(owed->detail, &amount))
    return g_strdup(_("pay back"));
  g_autofree char *yuan = ds_money_format(amount);
  return g_strdup_printf(owed->kind == DS_OWED_ASK
                             ? _("ask a supervisor what of %s yuan is paid back")
                             : _("pay back %s yuan"),
                         yuan);
}

char *
ds_trip_owed_text(const DsTripOwed *owed)
{
  switch (owed->kind) {
  case DS_OWED_MATERIAL:
    return with_detail(_("something is missing"), owed->detail);
  case DS_OWED_SEAL:
    return g_strdup(_("seal it"));
  case DS_OWED_DURABLE:
    return g_strdup(owed->detail != NULL ? _("the station has it and has not archived it yet")
                                         : _("has not reached the station yet"));
  case DS_OWED_REDO:
    return owed->detail != NULL ? g_strdup_printf(_("correct it until %s"), owed->detail)
                                : g_strdup(_("correct it"));
  case DS_OWED_QUARANTINE:
    return g_strdup(_("the station could not read it: seal it again"));
  case DS_OWED_IDENTIFY:
    return g_strdup(_("the station has to identify the person"));
  case DS_OWED_REFUND:
  case DS_OWED_ASK:
    return refund_text(owed);
  case DS_OWED_DECIDE:
    return with_detail(_("the rules give a reason to refuse it"), owed->detail);
  case DS_OWED_NOTICE:
    return with_detail(_("tell the person how it ended"),
                       owed->detail != NULL ? ds_case_state_title(ds_case_state_parse(owed->detail))
                                            : NULL);
  }
  return g_strdup("");
}

static void
append_list(GString *text, const char *title, GPtrArray *numbers)
{
  if (numbers->len == 0)
    return;
  g_string_append_printf(text, "; %s ", title);
  for (guint i = 0; i < numbers->len; i++)
    g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                           (const char *)g_ptr_array_index(numbers, i));
}

char *
ds_trip_series_text(const DsTripSeries *self)
{
  g_autofree char *yuan = ds_money_format(self->fen);
  GString *text = g_string_new(NULL);

  g_string_append_printf(text, _("series %s"), *self->series != '\0' ? self->series : "-");
  for (guint i = 0; i < self->pads->len; i++)
    g_string_append_printf(text, "%s%s", i > 0 ? ", " : " ",
                           (const char *)g_ptr_array_index(self->pads, i));
  g_string_append(text, "; ");
  g_string_append_printf(text, _("%u receipts, %s yuan"), self->count, yuan);
  append_list(text, _("not accounted for:"), self->missing);
  append_list(text, _("given twice:"), self->doubled);
  return g_string_free(text, FALSE);
}
