/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/number.h"

#include <string.h>

#define FIRST_YEAR 1800
#define LEGACY_CENTURY "19"

static gboolean
are_digits(const char *text, gsize count)
{
  for (gsize i = 0; i < count; i++)
    if (!g_ascii_isdigit(text[i]))
      return FALSE;
  return TRUE;
}

static guint
read_digits(const char *text, gsize count)
{
  guint value = 0;

  for (gsize i = 0; i < count; i++)
    value = value * 10 + (guint)(text[i] - '0');
  return value;
}

static DsNumberAspect
aspect(gboolean good)
{
  return good ? DS_NUMBER_GOOD : DS_NUMBER_BAD;
}

char
ds_number_check_digit(const char *digits)
{
  guint product = 0;

  if (strnlen(digits, 17) < 17 || !are_digits(digits, 17))
    return '\0';
  /* ISO 7064 pure system, MOD 11-2: the recursive form needs no table of weights. */
  for (gsize i = 0; i < 17; i++)
    product = (product + (guint)(digits[i] - '0')) * 2 % 11;
  product = (12 - product) % 11;
  return product == 10 ? 'X' : (char)('0' + product);
}

static DsNumberClass
class_by_prefix(const char *text)
{
  guint prefix = read_digits(text, 2);

  if (prefix >= 90)
    return DS_NUMBER_CLASS_FOREIGN;
  if (prefix >= 81 && prefix <= 83)
    return DS_NUMBER_CLASS_HMT;
  if ((prefix >= 11 && prefix < 70) || prefix == 71)
    return DS_NUMBER_CLASS_RESIDENT;
  return DS_NUMBER_CLASS_UNKNOWN;
}

static void
read_birth(DsNumber *self, const char ymd[9], const GDate *day)
{
  guint year = read_digits(ymd, 4), month = read_digits(ymd + 4, 2), mday = read_digits(ymd + 6, 2);

  self->has_birth = month <= 12 && year > 0 &&
                    g_date_valid_dmy((GDateDay)mday, (GDateMonth)month, (GDateYear)year);
  self->date = aspect(self->has_birth);
  if (!self->has_birth)
    return;
  g_date_set_dmy(&self->birth, (GDateDay)mday, (GDateMonth)month, (GDateYear)year);
  self->century = aspect(year >= FIRST_YEAR);
  if (day != NULL && g_date_valid(day))
    self->not_future = aspect(g_date_compare(&self->birth, day) <= 0);
}

static void
read_parts(DsNumber *self, gboolean legacy, const GDate *day)
{
  char ymd[9] = LEGACY_CENTURY;

  memcpy(self->region, self->text, 6);
  if (legacy)
    memcpy(ymd + 2, self->text + 6, 6);
  else
    memcpy(ymd, self->text + 6, 8);
  read_birth(self, ymd, day);
  self->sex = (self->text[legacy ? 14 : 16] - '0') % 2 == 1 ? 1 : 2;
  if (legacy) {
    self->class_ = DS_NUMBER_CLASS_LEGACY15;
    return;
  }
  self->class_ = class_by_prefix(self->text);
  self->checksum = aspect(ds_number_check_digit(self->text) == self->text[DS_NUMBER_LENGTH - 1]);
}

static gboolean
has_good_characters(const char *text, gsize bytes)
{
  char last = bytes == DS_NUMBER_LENGTH ? text[DS_NUMBER_LENGTH - 1] : '0';

  if (bytes == 0)
    return FALSE;
  if (last == 'x' || last == 'X')
    return are_digits(text, bytes - 1);
  return are_digits(text, bytes);
}

DsNumber
ds_number_parse(const char *text, const GDate *day)
{
  DsNumber self = {.checksum = DS_NUMBER_UNCHECKED,
                   .date = DS_NUMBER_UNCHECKED,
                   .not_future = DS_NUMBER_UNCHECKED,
                   .century = DS_NUMBER_UNCHECKED};
  const char *input = text != NULL ? text : "";
  gsize bytes = strlen(input);
  gboolean utf8 = g_utf8_validate(input, (gssize)bytes, NULL);
  glong length = utf8 ? g_utf8_strlen(input, (gssize)bytes) : (glong)bytes;
  gboolean legacy = length == DS_NUMBER_LEGACY_LENGTH;

  g_date_clear(&self.birth, 1);
  self.length = aspect(length == DS_NUMBER_LENGTH);
  self.characters = aspect(has_good_characters(input, bytes));
  if (self.characters == DS_NUMBER_BAD || (self.length == DS_NUMBER_BAD && !legacy))
    return self;

  memcpy(self.text, input, bytes);
  if (self.text[bytes - 1] == 'x')
    self.text[bytes - 1] = 'X';
  read_parts(&self, legacy, day);
  self.valid = self.length == DS_NUMBER_GOOD && self.checksum == DS_NUMBER_GOOD &&
               self.date == DS_NUMBER_GOOD && self.not_future != DS_NUMBER_BAD;
  return self;
}

const char *
ds_number_class_word(DsNumberClass class_)
{
  switch (class_) {
  case DS_NUMBER_CLASS_RESIDENT:
    return "resident";
  case DS_NUMBER_CLASS_HMT:
    return "hmt";
  case DS_NUMBER_CLASS_FOREIGN:
    return "foreign";
  case DS_NUMBER_CLASS_LEGACY15:
    return "legacy15";
  case DS_NUMBER_CLASS_UNKNOWN:
  default:
    return "unknown";
  }
}
