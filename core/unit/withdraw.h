/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 撤回: the applicant or the officer gives up a case.
 *
 * A draft only changes its state; it is sealed like any other case. A case that is sealed, and that
 * the station has not called VERIFIED yet, gets one more version: a bundle with the outcome
 * "withdrawn" that replaces the sealed one. It carries the name, the number, the reason and what
 * was paid, no pictures and nothing else of the case; the officer seals it, the courier sends it
 * first and holds the original back if that is still here (courier/mark.h). When the station has
 * the withdrawal for good both leave this unit, the original unseen. */
#pragma once

#include <glib.h>

#include "unit/unit.h"

G_BEGIN_DECLS

/* @reason is recorded and travels. DS_ERROR_REFUSED once the station called the case VERIFIED, or
 * when it ended otherwise: the message says whom to ask. Interrupted, the same call goes on. */
gboolean ds_unit_case_withdraw(DsUnit *self, const char *case_id, const char *reason,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
