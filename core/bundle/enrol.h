/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a unit and a station meet: the unit writes a request (a COSE_Sign1 by its own key), people
 * read a fingerprint to each other, the station lists the unit in its next directory. No secret
 * leaves the unit. */
#pragma once

#include <glib.h>

#include "bundle/directory.h"
#include "bundle/key.h"

G_BEGIN_DECLS

#define DS_FINGERPRINT_DIGITS 30u /* about 99 bits, in six groups of five */
#define DS_ENROL_NONCE_SIZE 16u

typedef struct {
  guint format;
  guint suite;
  char *unit; /* proposed id: 1–64 of a–z 0–9 and "-" */
  char *name;
  DsKey *sign;
  DsKey *encrypt;
  GPtrArray *officers; /* DsOfficerEntry, at least one */
  guint8 nonce[DS_ENROL_NONCE_SIZE];
} DsEnrolment;

/* With a fresh nonce; the rest is set by the caller (strings and keys become its own). */
DsEnrolment *ds_enrolment_new(void);
void ds_enrolment_free(DsEnrolment *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsEnrolment, ds_enrolment_free)
DsOfficerEntry *ds_enrolment_add_officer(DsEnrolment *self, const char *number, const char *name,
                                         DsRole role, DsKey *key);

/* The request, signed by @sign (self->sign with its private half). (transfer full) */
GBytes *ds_enrolment_sign(const DsEnrolment *self, DsKey *sign, GError **error);
/* Checks form and the unit's own signature: proves that whoever wrote it holds the key, nothing
 * else. The fingerprint read aloud proves the rest. (transfer full) */
DsEnrolment *ds_enrolment_verify(GBytes *request, GError **error);

/* "01234 56789 01234 56789 01234 56789": both sides compute it from the request's signed bytes.
 * (transfer full) */
char *ds_enrol_fingerprint(GBytes *request, GError **error);
/* The same for a station's root key, compared when a unit sees its first directory. */
char *ds_enrol_root_fingerprint(const DsKey *root);
/* Blanks and hyphens do not matter; both must have 30 digits. */
gboolean ds_enrol_fingerprint_equal(const char *a, const char *b);

G_END_DECLS
