/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the golden tests share: keys, files, and objects as JSON. */
#pragma once

#include <json-glib/json-glib.h>

#include "bundle/enrol.h"
#include "bundle/handover.h"
#include "bundle/open.h"
#include "bundle/seal.h"
#include "bundle/statement.h"

/* SHA-256("doorstep golden key " ‖ name) as a private number. */
DsKey *golden_key(const char *name);
/* Reads FOLDER/NAME.cbor; stops the program when it is not there. */
GBytes *golden_read(const char *folder, const char *name);
/* What a vector's "hex" says. (transfer full) */
GBytes *golden_from_hex(const char *hex);
void golden_require(gboolean fine, GError *error);

void golden_dump_directory(JsonBuilder *b, const DsDirectory *d);
void golden_dump_enrolment(JsonBuilder *b, const DsEnrolment *e);
void golden_dump_manifest(JsonBuilder *b, const DsManifest *m);
/* Everything but the parts' content. */
void golden_dump_record(JsonBuilder *b, const DsRecord *r);
void golden_dump_handover(JsonBuilder *b, const DsHandover *h);
void golden_dump_statement(JsonBuilder *b, const DsStatement *s);
