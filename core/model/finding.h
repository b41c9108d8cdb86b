/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a step, a rule or an inspector has to say about a case. Part of the plugin interface. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  DS_FINDING_NOTE = 0,         /* worth knowing, nothing to do */
  DS_FINDING_WARNING = 1,      /* the officer may go on, with a reason that is recorded */
  DS_FINDING_MISSING = 2,      /* something is not there yet: the one-time notice lists it (R190) */
  DS_FINDING_INVALID = 3,      /* something is there and its form is wrong */
  DS_FINDING_UNDETERMINED = 4, /* cannot be known in the field; who says who will know */
  DS_FINDING_REFUSE = 5,       /* a reason on the pack's closed list: only rules say this (R006) */
} DsFindingKind;

/* All strings owned; any but code and text may be NULL. */
typedef struct {
  DsFindingKind kind;
  char *code;         /* stable, dotted, for programs: "portrait.missing" */
  char *subject;      /* the field ("applicant.number") or slot ("photo") it concerns */
  char *text;         /* for the officer, in the officer's language, says what to do */
  char *origin;       /* id of the plugin or pack that says so */
  char *document;     /* the rule's document, clause and phrase, in Chinese */
  char *clause;
  char *phrase;
  char *requirements; /* requirement ids separated by spaces: "R096 R137" */
  char *who;          /* for UNDETERMINED: "station", "signer", "applicant" … */
} DsFinding;

/* An ordered list of DsFinding. */
typedef struct _DsFindings DsFindings;

DsFindings *ds_findings_new(void);
DsFindings *ds_findings_ref(DsFindings *self);
void ds_findings_unref(DsFindings *self);
guint ds_findings_count(const DsFindings *self);
/* (transfer none), valid until the list changes. */
const DsFinding *ds_findings_get(const DsFindings *self, guint index);
/* The first finding with @code, or NULL. (transfer none) */
const DsFinding *ds_findings_find(const DsFindings *self, const char *code);
gboolean ds_findings_has_kind(const DsFindings *self, DsFindingKind kind);

/* Adds a finding whose remaining strings are NULL and returns it, so that a rule may add its
 * source with ds_finding_cite. (transfer none), valid until the next add. */
DsFinding *ds_findings_add(DsFindings *self, DsFindingKind kind, const char *code,
                           const char *subject, const char *text);
DsFinding *ds_findings_add_format(DsFindings *self, DsFindingKind kind, const char *code,
                                  const char *subject, const char *format, ...) G_GNUC_PRINTF(5, 6);
void ds_finding_cite(DsFinding *self, const char *document, const char *clause, const char *phrase,
                     const char *requirements);
/* Appends copies of all of @other; those without an origin get @origin. */
void ds_findings_append(DsFindings *self, const DsFindings *other, const char *origin);

/* "note", "warning", "missing", "invalid", "undetermined", "refuse". Static. */
const char *ds_finding_kind_word(DsFindingKind kind);

/* For the helper process: kind, then the strings in the struct's order,
 * empty for NULL. Floating. From: NULL and an error when the variant is of another type. */
#define DS_FINDINGS_VARIANT "a(usssssssss)"
GVariant *ds_findings_to_variant(const DsFindings *self);
DsFindings *ds_findings_from_variant(GVariant *variant, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsFindings, ds_findings_unref)

G_END_DECLS
