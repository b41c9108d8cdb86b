/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/form.h"

#include <libintl.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "policy/logic.h"

#define _(text) dgettext("doorstep", text)
#define LEAST_PHONE_DIGITS 5

/* One walk over a plugin's fields and slots. */
typedef struct {
  const DsPluginInfo *info;
  const DsView *view;
  DsFacts *facts;
  DsFindings *findings;
} Form;

/* ---- conditions ---- */

typedef enum {
  NEED_NOTHING,  /* not asked: "when" is false or not yet known */
  NEED_OFFERED,  /* may be given */
  NEED_REQUIRED, /* must be given */
  NEED_UNKNOWN,  /* may be given; whether it must hangs on what others know */
} Need;

/* TRUE for a fact that is entered in the field: then it is that field which is missing. */
static gboolean
is_ours(const char *who)
{
  return g_str_equal(who, "unit") || g_str_equal(who, "applicant");
}

/* Who else will know one of @names, or NULL. */
static const char *
who_else(Form *self, GPtrArray *names)
{
  for (guint i = 0; i < names->len; i++) {
    const char *who = ds_facts_who(self->facts, g_ptr_array_index(names, i));
    if (!is_ours(who))
      return who;
  }
  return NULL;
}

static gboolean
ask(Form *self, JsonNode *rule, const char *name, const char *key, DsTruth *truth,
    GPtrArray **unknown, GError **error)
{
  if (ds_logic_test(rule, self->facts, truth, unknown, error))
    return TRUE;
  g_prefix_error(error, "%s: %s: \"%s\": ", self->info->id, name, key);
  return FALSE;
}

/* @who is set for NEED_UNKNOWN; it lives as long as the facts. */
static gboolean
find_need(Form *self, const char *name, JsonNode *when, JsonNode *required, Need *need,
          const char **who, GError **error)
{
  g_autoptr(GPtrArray) unknown_when = NULL;
  g_autoptr(GPtrArray) unknown = NULL;
  DsTruth truth;

  *need = NEED_NOTHING;
  if (!ask(self, when, name, "when", &truth, &unknown_when, error))
    return FALSE;
  if (truth != DS_TRUTH_TRUE)
    return TRUE;
  *need = NEED_OFFERED;
  if (required == NULL)
    return TRUE;
  if (!ask(self, required, name, "required", &truth, &unknown, error))
    return FALSE;
  if (truth == DS_TRUTH_TRUE)
    *need = NEED_REQUIRED;
  *who = truth == DS_TRUTH_UNKNOWN ? who_else(self, unknown) : NULL;
  if (*who != NULL)
    *need = NEED_UNKNOWN;
  return TRUE;
}

/* ---- findings ---- */

static DsFinding *
say(Form *self, DsFindingKind kind, const char *name, const char *what, const char *subject,
    const char *text)
{
  g_autofree char *code = g_strconcat(name, ".", what, NULL);

  return ds_findings_add(self->findings, kind, code, subject, text);
}

static void
say_missing(Form *self, Need need, const char *name, const DsText *title, const char *who)
{
  const char *called = ds_text_pick(title);
  g_autofree char *text = NULL;

  if (need == NEED_REQUIRED) {
    text = g_strdup_printf(_("“%s” is missing"), called);
    say(self, DS_FINDING_MISSING, name, "missing", name, text);
  } else if (need == NEED_UNKNOWN) {
    text = g_strdup_printf(_("whether “%s” is needed cannot be known here"), called);
    DsFinding *finding = say(self, DS_FINDING_UNDETERMINED, name, "undetermined", name, text);
    finding->who = g_strdup(who);
  }
}

/* ---- fields ---- */

static gboolean
is_option(const GPtrArray *options, const char *value)
{
  for (guint i = 0; i < options->len; i++)
    if (g_str_equal(((const DsOption *)g_ptr_array_index(options, i))->value, value))
      return TRUE;
  return FALSE;
}

static gboolean
is_phone(const char *value)
{
  guint digits = 0;

  for (const char *at = value; *at != '\0'; at++) {
    if (strchr("0123456789+- ", *at) == NULL)
      return FALSE;
    digits += g_ascii_isdigit(*at) ? 1 : 0;
  }
  return digits >= LEAST_PHONE_DIGITS;
}

static gboolean
is_money(const char *value)
{
  gint64 fen;

  return ds_money_parse_fen(value, &fen);
}

static gboolean
is_integer(const char *value)
{
  gint64 number;

  return g_ascii_string_to_signed(value, 10, G_MININT64, G_MAXINT64, &number, NULL);
}

/* One line of text: nothing that could move a cursor or end a record. */
static gboolean
is_plain(const char *value)
{
  if (!g_utf8_validate(value, -1, NULL))
    return FALSE;
  for (const char *at = value; *at != '\0'; at = g_utf8_next_char(at))
    if (g_unichar_iscntrl(g_utf8_get_char(at)))
      return FALSE;
  return TRUE;
}

/* What is wrong with @value by the field's type, or NULL. */
static const char *
type_problem(const DsField *field, const DsView *view, const char *value)
{
  GDate day;

  switch (field->type) {
  case DS_FIELD_DATE:
    return ds_view_field_date(view, field->name, &day) ? NULL : _("is no date like 2026-09-01");
  case DS_FIELD_BOOL:
    return g_str_equal(value, "true") || g_str_equal(value, "false")
               ? NULL
               : _("is neither true nor false");
  case DS_FIELD_CHOICE:
    return is_option(field->options, value) ? NULL : _("is none of the choices");
  case DS_FIELD_PHONE:
    return is_phone(value) ? NULL : _("is no telephone number: digits, at least five");
  case DS_FIELD_INTEGER:
    return is_integer(value) ? NULL : _("is no whole number");
  case DS_FIELD_MONEY:
    return is_money(value) ? NULL : _("is no amount of money");
  case DS_FIELD_TIME:
    return ds_clock_parse(value) >= 0 ? NULL : _("is no time like 2026-09-01T08:30:00+08:00");
  case DS_FIELD_TEXT:
  case DS_FIELD_NUMBER:
    break;
  }
  return NULL;
}

static void
check_value(Form *self, const DsField *field, const char *value)
{
  g_autofree char *length = NULL;
  const char *problem = is_plain(value) ? type_problem(field, self->view, value)
                                        : _("holds line breaks or control characters");

  if (problem == NULL && field->max_length > 0 &&
      g_utf8_strlen(value, -1) > (glong)field->max_length)
    problem = length = g_strdup_printf(_("is longer than %u characters"), field->max_length);
  if (problem == NULL && field->pattern != NULL && !g_regex_match(field->pattern, value, 0, NULL))
    problem = *ds_text_pick(&field->help) != '\0' ? ds_text_pick(&field->help)
                                                  : _("does not have the expected form");
  if (problem == NULL)
    return;
  g_autofree char *text = g_strdup_printf(_("“%s”: %s"), ds_text_pick(&field->title), problem);
  say(self, DS_FINDING_INVALID, field->name, "form", field->name, text);
}

static gboolean
check_field(Form *self, const DsField *field, GError **error)
{
  const char *value = ds_view_field(self->view, field->name);
  const char *who = NULL;
  Need need;

  if (!find_need(self, field->name, field->when, field->required, &need, &who, error))
    return FALSE;
  if (need == NEED_NOTHING)
    return TRUE;
  if (value != NULL)
    check_value(self, field, value);
  else
    say_missing(self, need, field->name, &field->title, who);
  return TRUE;
}

/* ---- slots ---- */

static gboolean
fills(const DsSlotNeed *slot, const DsPart *part)
{
  return part->slot == slot->slot && (slot->kinds->len == 0 || is_option(slot->kinds, part->kind));
}

static void
check_media_type(Form *self, const DsSlotNeed *slot, const DsPart *part)
{
  const char *word = ds_slot_word(slot->slot);

  if (*slot->media_types == NULL ||
      g_strv_contains((const char *const *)slot->media_types, part->media_type))
    return;
  g_autofree char *taken = g_strjoinv(", ", slot->media_types);
  g_autofree char *text = g_strdup_printf(_("“%s” is of type %s; taken are %s"),
                                          ds_text_pick(&slot->title), part->media_type, taken);
  say(self, DS_FINDING_INVALID, word, "media-type", part->id, text);
}

static gboolean
check_slot(Form *self, const DsSlotNeed *slot, GError **error)
{
  const char *word = ds_slot_word(slot->slot);
  const char *who = NULL;
  guint count = 0;
  Need need;

  if (!find_need(self, word, slot->when, slot->required, &need, &who, error))
    return FALSE;
  if (need == NEED_NOTHING)
    return TRUE;
  for (guint i = 0; i < ds_view_part_count(self->view); i++) {
    const DsPart *part = ds_view_part(self->view, i);

    if (!fills(slot, part))
      continue;
    count++;
    check_media_type(self, slot, part);
  }
  if (count < slot->min)
    say_missing(self, need, word, &slot->title, who);
  if (count > slot->max) {
    g_autofree char *text =
        g_strdup_printf(_("“%s”: there are %u, at most %u are taken; remove some"),
                        ds_text_pick(&slot->title), count, slot->max);
    say(self, DS_FINDING_INVALID, word, "too-many", word, text);
  }
  return TRUE;
}

gboolean
ds_plugin_check_form(const DsPluginInfo *info, const DsView *view, DsFacts *facts,
                     DsFindings *findings, GError **error)
{
  g_autoptr(DsFindings) own = ds_findings_new();
  Form form = {info, view, facts, own};

  for (guint i = 0; i < info->fields->len; i++)
    if (!check_field(&form, g_ptr_array_index(info->fields, i), error))
      return FALSE;
  for (guint i = 0; i < info->slots->len; i++)
    if (!check_slot(&form, g_ptr_array_index(info->slots, i), error))
      return FALSE;
  ds_findings_append(findings, own, info->id);
  return TRUE;
}
