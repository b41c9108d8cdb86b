/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by record and its codec. */
#pragma once

#include "bundle/record.h"

G_BEGIN_DECLS

/* Wipes and frees a string: names and values of people. */
void ds_record_wipe_text(gpointer text);
GHashTable *ds_record_texts_new(void);
DsRecordPart *ds_record_part_new(void);
void ds_record_part_free(gpointer part);
void ds_record_finding_free(gpointer finding);
void ds_record_decision_free(gpointer decision);
void ds_record_case_free(DsRecordCase *self);
/* Whether a part in a bundle of @kind may fill @slot. */
gboolean ds_record_slot_is_known(DsBundleKind kind, const char *slot);

G_END_DECLS
