/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of people a trip is for, as a school or a village sends it: CSV (RFC 4180) or a JSON
 * array of objects. All row problems are collected, so that the sender corrects them in one go. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "policy/tables.h"

G_BEGIN_DECLS

#define DS_ROSTER_MAX_BYTES (8u * 1024 * 1024)
#define DS_ROSTER_MAX_ROWS 20000u
#define DS_ROSTER_MAX_COLUMNS 64u
#define DS_ROSTER_MAX_CELL 4096u /* bytes of UTF-8 in one cell */

/* Rows count as a spreadsheet shows them: the header is row 1. In JSON the first object is row 1.
 */
typedef struct {
  guint row;
  GHashTable *fields; /* field name → text, only what is not empty */
} DsRosterRow;

typedef struct {
  guint row;
  char *column; /* the heading as it stands in the file, or "" when the whole row is meant */
  char *text;   /* says what is wrong and where; never repeats the value */
} DsRosterProblem;

typedef struct _DsRoster DsRoster;

/* Reads @data; @name is for messages. UTF-8, with or without a byte-order mark, or GB 18030, which
 * is noticed and converted with a note. @today is the day a birth date may not lie after.
 * @tables, if not NULL, turns the names of ethnic groups (汉, 汉族) into their codes.
 * Headings are field names ("applicant.name") or the usual Chinese ones (姓名, 公民身份号码 …).
 * What breaks the file as a whole (encoding, quoting, headings, a limit) is DS_ERROR_INVALID or
 * DS_ERROR_TOO_LARGE; what concerns rows is in the list of problems. (transfer full) */
DsRoster *ds_roster_read(GBytes *data, const char *name, const GDate *today, const DsTables *tables,
                         GError **error);
DsRoster *ds_roster_read_file(const char *path, const GDate *today, const DsTables *tables,
                              GError **error);
void ds_roster_free(DsRoster *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsRoster, ds_roster_free)

/* Rows without a problem (of two rows with one number, the first). (transfer none) */
guint ds_roster_row_count(const DsRoster *self);
const DsRosterRow *ds_roster_row(const DsRoster *self, guint index);
/* In the order of rows. (transfer none) */
guint ds_roster_problem_count(const DsRoster *self);
const DsRosterProblem *ds_roster_problem(const DsRoster *self, guint index);
/* Remarks about the file ("converted from GB 18030", "row 2, applicant.sex: …"); NULL-terminated,
 * (transfer none). */
const char *const *ds_roster_notes(const DsRoster *self);

/* DS_ERROR_INVALID with every problem on a line of its own; FALSE when there is any. */
gboolean ds_roster_require_clean(const DsRoster *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What travels in a dispatch: a JSON array of {"row": n, "fields": {…}}, sorted names; n counts the
 * people who are sent, from 1, which is what the officer says aloud. */
GBytes *ds_roster_to_json(const DsRoster *self);

G_END_DECLS
