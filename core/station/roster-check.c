/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/roster-check.h"

#include <string.h>

#include "base/clock.h"
#include "model/number.h"

struct _DsRosterCheck {
  GDate today;
  const DsTables *tables;
  GHashTable *numbers; /* number → row */
};

DsRosterCheck *
ds_roster_check_new(const GDate *today, const DsTables *tables)
{
  DsRosterCheck *self = g_new0(DsRosterCheck, 1);

  self->today = *today;
  self->tables = tables;
  self->numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
ds_roster_check_free(DsRosterCheck *self)
{
  g_hash_table_unref(self->numbers);
  g_free(self);
}

static const char *
number_fault(const DsNumber *number)
{
  if (number->class_ == DS_NUMBER_CLASS_LEGACY15)
    return "has 15 digits: the number of 18 is needed";
  if (number->length == DS_NUMBER_BAD)
    return "must have 18 characters";
  if (number->characters == DS_NUMBER_BAD)
    return "must be 17 digits and a digit or X";
  if (number->date == DS_NUMBER_BAD)
    return "holds a birth date that does not exist";
  if (number->not_future == DS_NUMBER_BAD)
    return "holds a birth date in the future";
  if (number->checksum == DS_NUMBER_BAD)
    return "has a wrong check digit";
  if (number->class_ == DS_NUMBER_CLASS_HMT || number->class_ == DS_NUMBER_CLASS_FOREIGN)
    return "belongs to a residence permit, not to a resident identity card";
  return number->valid ? NULL : "is no citizen number";
}

/* Whether the row says what its number says. */
static gboolean
agrees(const DsRosterRow *row, const DsNumber *number, DsRosterCheckReport report, gpointer data)
{
  const char *sex = g_hash_table_lookup(row->fields, "applicant.sex");
  const char *birth = g_hash_table_lookup(row->fields, "applicant.birth");
  GDate day;

  if (sex != NULL && strlen(sex) == 1 && (guint)(*sex - '0') != number->sex)
    report(data, FALSE, row->row, "applicant.sex", "is not the sex that the number tells");
  if (birth == NULL || !number->has_birth || !ds_date_parse(&day, birth) ||
      g_date_compare(&day, &number->birth) == 0)
    return TRUE;
  report(data, TRUE, row->row, "applicant.birth", "is not the birth date in the number");
  return FALSE;
}

static gboolean
check_number(DsRosterCheck *self, DsRosterRow *row, DsRosterCheckReport report, gpointer data)
{
  const char *text = g_hash_table_lookup(row->fields, "applicant.number");
  if (text == NULL)
    return TRUE;

  DsNumber number = ds_number_parse(text, &self->today);
  const char *fault = number_fault(&number);
  if (fault != NULL) {
    report(data, TRUE, row->row, "applicant.number", fault);
    return FALSE;
  }
  guint first = GPOINTER_TO_UINT(g_hash_table_lookup(self->numbers, number.text));
  if (first != 0) {
    g_autofree char *twice = g_strdup_printf("is the same number as in row %u", first);
    report(data, TRUE, row->row, "applicant.number", twice);
    return FALSE;
  }
  if (!agrees(row, &number, report, data))
    return FALSE;
  g_hash_table_insert(self->numbers, g_strdup(number.text), GUINT_TO_POINTER(row->row));
  g_hash_table_replace(row->fields, g_strdup("applicant.number"), g_strdup(number.text));
  return TRUE;
}

/* The code of a group called @name, with or without its 族; NULL when there is none.
 * (transfer full) */
static char *
ethnic_code(const DsTables *tables, const char *name)
{
  g_autofree char *full =
      g_str_has_suffix(name, "族") ? g_strdup(name) : g_strconcat(name, "族", NULL);

  for (guint i = 1; tables != NULL && i < 100; i++) {
    g_autofree char *code = g_strdup_printf("%02u", i);
    const char *known = ds_tables_ethnic_name(tables, code);
    if (g_strcmp0(known, name) == 0 || g_strcmp0(known, full) == 0)
      return g_steal_pointer(&code);
  }
  return NULL;
}

static gboolean
check_ethnic(DsRosterCheck *self, DsRosterRow *row, DsRosterCheckReport report, gpointer data)
{
  const char *text = g_hash_table_lookup(row->fields, "applicant.ethnic");
  if (text == NULL)
    return TRUE;

  gboolean digits = strlen(text) == 2 && strspn(text, "0123456789") == 2;
  if (digits && (self->tables == NULL || ds_tables_ethnic_name(self->tables, text) != NULL))
    return TRUE;
  char *code = ethnic_code(self->tables, text);
  if (code == NULL) {
    report(data, TRUE, row->row, "applicant.ethnic",
           "must be a code such as 01, or the name of a group");
    return FALSE;
  }
  g_hash_table_replace(row->fields, g_strdup("applicant.ethnic"), code);
  return TRUE;
}

static gboolean
has_control(const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char(text))
    if (g_unichar_iscntrl(g_utf8_get_char(text)))
      return TRUE;
  return FALSE;
}

static gboolean
check_texts(DsRosterRow *row, DsRosterCheckReport report, gpointer data)
{
  g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(row->fields), (GCompareFunc)strcmp);
  gboolean good = TRUE;

  for (GList *name = names; name != NULL; name = name->next) {
    if (!has_control(g_hash_table_lookup(row->fields, name->data)))
      continue;
    report(data, TRUE, row->row, name->data, "holds a line break or another control character");
    good = FALSE;
  }
  return good;
}

/* Choices that a visit's list may make, and those words. */
static const struct {
  const char *column;
  const char *words;
  const char *problem;
} choices[] = {
    {"application.reason", "first-under-16 first-from-16 expired damaged lost",
     "must be expired (期满换领), damaged (损坏换领) or lost (丢失补领)"},
    {"application.urgency", "normal expedited", "must be normal (普通) or expedited (加快)"},
    {"appointment.hardship", "bedridden disabled elderly ill remote other",
     "must be bedridden (卧床), disabled (残疾), elderly (高龄), ill (患病), remote (偏远) or "
     "other "
     "(其他)"},
};

static gboolean
check_choices(DsRosterRow *row, DsRosterCheckReport report, gpointer data)
{
  gboolean good = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS(choices); i++) {
    const char *text = g_hash_table_lookup(row->fields, choices[i].column);
    g_auto(GStrv) words = g_strsplit(choices[i].words, " ", -1);
    if (text == NULL || g_strv_contains((const char *const *)words, text))
      continue;
    report(data, TRUE, row->row, choices[i].column, choices[i].problem);
    good = FALSE;
  }
  return good;
}

/* Brings the time of a visit and the day it was asked for into their one form. */
static gboolean
check_visit(DsRosterRow *row, DsRosterCheckReport report, gpointer data)
{
  const char *at = g_hash_table_lookup(row->fields, "appointment.at");
  const char *asked = g_hash_table_lookup(row->fields, "appointment.requested-on");
  g_autofree char *time = at != NULL ? ds_clock_read(at) : NULL;
  g_autofree char *day = asked != NULL ? ds_date_read(asked) : NULL;
  gboolean good = check_choices(row, report, data);

  if (at != NULL && time == NULL) {
    report(data, TRUE, row->row, "appointment.at", "must be a time such as 2026-09-01 08:30");
    good = FALSE;
  }
  if (asked != NULL && day == NULL) {
    report(data, TRUE, row->row, "appointment.requested-on", "must be a date such as 2026-09-01");
    good = FALSE;
  }
  if (time != NULL)
    g_hash_table_replace(row->fields, g_strdup("appointment.at"), g_steal_pointer(&time));
  if (day != NULL)
    g_hash_table_replace(row->fields, g_strdup("appointment.requested-on"), g_steal_pointer(&day));
  return good;
}

gboolean
ds_roster_check_row(DsRosterCheck *self, DsRosterRow *row, DsRosterCheckReport report,
                    gpointer data)
{
  const char *sex = g_hash_table_lookup(row->fields, "applicant.sex");
  const char *birth = g_hash_table_lookup(row->fields, "applicant.birth");
  gboolean good = check_texts(row, report, data);
  GDate day;

  if (g_hash_table_lookup(row->fields, "applicant.name") == NULL) {
    report(data, TRUE, row->row, "applicant.name", "is empty");
    good = FALSE;
  }
  if (sex != NULL && strcmp(sex, "1") != 0 && strcmp(sex, "2") != 0) {
    report(data, TRUE, row->row, "applicant.sex", "must be 1 (男) or 2 (女)");
    good = FALSE;
  }
  if (birth != NULL && !ds_date_parse(&day, birth)) {
    report(data, TRUE, row->row, "applicant.birth", "must be a date such as 2012-09-01");
    good = FALSE;
  } else if (birth != NULL && g_date_compare(&day, &self->today) > 0) {
    report(data, TRUE, row->row, "applicant.birth", "lies in the future");
    good = FALSE;
  }
  good = check_ethnic(self, row, report, data) && good;
  good = check_visit(row, report, data) && good;
  return check_number(self, row, report, data) && good;
}
