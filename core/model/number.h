/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The citizen number (GB 11643-1999), looked at aspect by aspect: 6 digits of the region where it
 * was first coded, 8 of the birth date, 3 of a sequence (odd for men, even for women), 1 check
 * digit (ISO 7064 MOD 11-2, X for ten). Part of the plugin interface.
 *
 * Only the five refusing aspects (length, characters, checksum, date, not_future) make a number
 * wrong. The century and the class are for warnings; whether a region code exists, or existed in
 * the year of birth, is asked of the region table elsewhere and must never refuse anybody: real
 * numbers, the standard's own examples among them, carry codes that no table knows. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DS_NUMBER_LENGTH 18
#define DS_NUMBER_LEGACY_LENGTH 15 /* of 1989: two-digit year, no check digit; history only */

typedef enum {
  DS_NUMBER_UNCHECKED = -1, /* another aspect is so wrong that this one cannot be looked at */
  DS_NUMBER_BAD = 0,
  DS_NUMBER_GOOD = 1,
} DsNumberAspect;

typedef enum {
  DS_NUMBER_CLASS_UNKNOWN = 0,  /* no number at all, or a prefix that nobody was given */
  DS_NUMBER_CLASS_RESIDENT = 1, /* resident identity card */
  DS_NUMBER_CLASS_HMT = 2,      /* 81, 82, 83: residence permit for Hong Kong, Macao, Taiwan */
  DS_NUMBER_CLASS_FOREIGN = 3,  /* 9…: foreigner's permanent residence card */
  DS_NUMBER_CLASS_LEGACY15 = 4, /* 15 digits */
} DsNumberClass;

typedef struct {
  char text[DS_NUMBER_LENGTH + 1]; /* with x as X; "" unless 18 or 15 characters 0–9, final X */
  gboolean valid;                  /* none of the refusing aspects is bad, and length is good */

  DsNumberAspect length;     /* 18 characters; a character is a Unicode character, not a byte */
  DsNumberAspect characters; /* ASCII digits, the 18th also X or x; full-width digits are bad */
  DsNumberAspect checksum;   /* unchecked unless length and characters are good */
  DsNumberAspect date;       /* the birth date exists in the calendar */
  DsNumberAspect not_future; /* not after the day given; unchecked without a day */

  DsNumberAspect century; /* born in 1800 or later */
  DsNumberClass class_;   /* by prefix and length */
  gboolean has_birth;     /* the date aspect is good: birth is set */
  GDate birth;            /* for 15 digits in 19YY */
  guint sex;              /* 1 man, 2 woman by the sequence's last digit; 0 when not to be had */
  char region[7];         /* first 6 digits, or "" */
} DsNumber;

/* Looks at @text (UTF-8 or not, NULL counts as empty) as it stands: nothing is trimmed. @day is
 * the day that a birth date may not lie after, or NULL. Never fails. */
DsNumber ds_number_parse(const char *text, const GDate *day);

/* The check digit '0'…'9' or 'X' for the first 17 digits at @digits (what follows them is
 * ignored); '\0' when there are not 17 ASCII digits. */
char ds_number_check_digit(const char *digits);

/* "resident", "hmt", "foreign", "legacy15", "unknown". Static. */
const char *ds_number_class_word(DsNumberClass class_);

G_END_DECLS
