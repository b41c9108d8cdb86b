/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receipts that were given for cash, by series: a number that is missing between two others is
 * a receipt somebody has to account for. */
#include <string.h>

#include "unit/trip-inside.h"

static void
series_free(gpointer data)
{
  DsTripSeries *self = data;

  g_free(self->series);
  g_free(self->first);
  g_free(self->last);
  g_ptr_array_unref(self->pads);
  g_ptr_array_unref(self->missing);
  g_ptr_array_unref(self->doubled);
  g_free(self);
}

/* Numbers are digits, leading zeros and all; another form sorts and is never missed. */
static gboolean
is_number(const char *text)
{
  gsize size = strlen(text);

  return size > 0 && size <= 18 && strspn(text, "0123456789") == size;
}

static guint64
value_of(const char *text)
{
  return g_ascii_strtoull(text, NULL, 10);
}

static gint
compare_numbers(gconstpointer a, gconstpointer b)
{
  const char *left = *(const char *const *)a, *right = *(const char *const *)b;

  if (is_number(left) && is_number(right) && value_of(left) != value_of(right))
    return value_of(left) < value_of(right) ? -1 : 1;
  return strcmp(left, right);
}

static void
note_gap(DsTripSeries *self, const char *before, const char *after)
{
  int width = (int)strlen(before);
  guint64 first = value_of(before) + 1, last = value_of(after) - 1;

  if (self->missing->len >= DS_TRIP_MISSING_MAX)
    return;
  if (first == last)
    g_ptr_array_add(self->missing, g_strdup_printf("%0*" G_GUINT64_FORMAT, width, first));
  else
    g_ptr_array_add(self->missing, g_strdup_printf("%0*" G_GUINT64_FORMAT "…%0*" G_GUINT64_FORMAT,
                                                   width, first, width, last));
}

/* How far it is from one number to the next; 0: the same, or no number. */
static guint64
step_of(const char *before, const char *now)
{
  return is_number(before) && is_number(now) ? value_of(now) - value_of(before) : 0;
}

static void
end_pad(DsTripSeries *self, const char *first, const char *last)
{
  g_ptr_array_add(self->pads, g_str_equal(first, last) ? g_strdup(first)
                                                       : g_strdup_printf("%s–%s", first, last));
}

/* @numbers sorted. */
static void
walk(DsTripSeries *self, GPtrArray *numbers)
{
  const char *first = g_ptr_array_index(numbers, 0), *before = first;

  self->count = numbers->len;
  self->first = g_strdup(first);
  self->last = g_strdup(g_ptr_array_index(numbers, numbers->len - 1));
  for (guint i = 1; i < numbers->len; i++) {
    const char *now = g_ptr_array_index(numbers, i);
    guint64 step = step_of(before, now);
    if (g_str_equal(before, now)) {
      if (!g_ptr_array_find_with_equal_func(self->doubled, now, g_str_equal, NULL))
        g_ptr_array_add(self->doubled, g_strdup(now));
    } else if (step == 0 || step > DS_TRIP_PAD) {
      end_pad(self, first, before);
      first = now;
    } else if (step > 1) {
      note_gap(self, before, now);
    }
    before = now;
  }
  end_pad(self, first, before);
}

static const char *
series_name(const DsTripCase *of)
{
  return of->receipt_series != NULL ? of->receipt_series : "";
}

static DsTripSeries *
series_new(GPtrArray *cases, const char *name)
{
  DsTripSeries *self = g_new0(DsTripSeries, 1);
  g_autoptr(GPtrArray) numbers = g_ptr_array_new();

  self->series = g_strdup(name);
  self->pads = g_ptr_array_new_with_free_func(g_free);
  self->missing = g_ptr_array_new_with_free_func(g_free);
  self->doubled = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < cases->len; i++) {
    const DsTripCase *of = g_ptr_array_index(cases, i);
    if (of->receipt_number == NULL || !g_str_equal(series_name(of), name))
      continue;
    g_ptr_array_add(numbers, of->receipt_number);
    self->fen += of->fee_fen;
  }
  g_ptr_array_sort(numbers, compare_numbers);
  walk(self, numbers);
  return self;
}

static gint
compare_series(gconstpointer a, gconstpointer b)
{
  return strcmp((*(DsTripSeries *const *)a)->series, (*(DsTripSeries *const *)b)->series);
}

GPtrArray *
ds_trip_series_of(GPtrArray *cases)
{
  GPtrArray *all = g_ptr_array_new_with_free_func(series_free);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

  for (guint i = 0; i < cases->len; i++) {
    const DsTripCase *of = g_ptr_array_index(cases, i);
    if (of->receipt_number != NULL && g_hash_table_add(seen, (gpointer)series_name(of)))
      g_ptr_array_add(all, series_new(cases, series_name(of)));
  }
  g_ptr_array_sort(all, compare_series);
  return all;
}
