/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one error domain of Doorstep. A code tells the caller what to do next, not what broke;
 * the message tells the person: it names the field, file or byte and says what to do.
 * Part of the plugin interface: codes are only ever appended. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DS_ERROR (ds_error_quark())
GQuark ds_error_quark(void);

typedef enum {
  DS_ERROR_FAILED = 0,      /* a bug or something unknown: stop and report */
  DS_ERROR_INVALID = 1,     /* the input is wrong: give it back to the person */
  DS_ERROR_RETRY = 2,       /* the same call may succeed later */
  DS_ERROR_REFUSED = 3,     /* a signature, a right or a rule forbids it: never retry as is */
  DS_ERROR_UNSUPPORTED = 4, /* a newer or unknown format, suite, version or ABI */
  DS_ERROR_NOT_FOUND = 5,   /* the named thing does not exist */
  DS_ERROR_EXISTS = 6,      /* it is there already, with other content */
  DS_ERROR_BUSY = 7,        /* somebody else holds it; the message says who and since when */
  DS_ERROR_LOCKED = 8,      /* needs a passphrase, or the passphrase is wrong */
  DS_ERROR_NO_SPACE = 9,    /* the disk is full; nothing was lost, make room and go on */
  DS_ERROR_TOO_LARGE = 10,  /* over a documented limit */
  DS_ERROR_CANCELLED = 11,  /* the person or the program asked to stop */
} DsErrorCode;

/* Sets @error from errno after a failed system call on @path: ENOSPC and EDQUOT become
 * DS_ERROR_NO_SPACE, ENOENT DS_ERROR_NOT_FOUND, everything else DS_ERROR_FAILED.
 * @doing is a present participle for the message ("writing"). Always returns FALSE. */
gboolean ds_error_set_errno(GError **error, int saved_errno, const char *doing, const char *path);

/* Short stable word for a code ("invalid", "no-space"), for --json output and tests. Static. */
const char *ds_error_word(int code);

G_END_DECLS
