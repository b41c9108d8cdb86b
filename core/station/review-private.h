/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between review.c and refusal.c. */
#pragma once

#include "station/registry.h"
#include "station/review.h"

/* The case, once it may be decided from one of @states (NULL-terminated). (transfer full) */
DsRegistryCase *ds_review_find(DsStation *self, const char *name, const char *const *states,
                               GError **error);
/* A text that goes into a statement. */
gboolean ds_review_require_text(const char *what, const char *text,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For a statement's detail; names stay the caller's, values are freed. (transfer full) */
GHashTable *ds_review_detail(void);
