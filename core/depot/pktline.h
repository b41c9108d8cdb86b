/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* git's pkt-line framing (gitprotocol-common(5)): four hex digits of length, then the bytes. */
#pragma once

#include "depot/link.h"

G_BEGIN_DECLS

#define DS_PKTLINE_MAX 65516 /* payload of one line, LARGE_PACKET_DATA_MAX */

typedef enum {
  DS_PKTLINE_ERROR,
  DS_PKTLINE_FLUSH,
  DS_PKTLINE_DATA,
} DsPktlineKind;

/* Reads one line into @line (replaced; NUL-terminated; one closing newline dropped). Lengths that
 * are no hex, 1 to 3, or over the maximum are DS_ERROR_INVALID. A line "ERR …" of the server is
 * DS_ERROR_REFUSED with its words made printable. */
DsPktlineKind ds_pktline_read(DsLink *link, GByteArray *line, GError **error);

/* Appends a line to @out; @size at most DS_PKTLINE_MAX. */
void ds_pktline_append(GByteArray *out, const void *data, gsize size);
void ds_pktline_append_text(GByteArray *out, const char *format, ...) G_GNUC_PRINTF(2, 3);
void ds_pktline_append_flush(GByteArray *out);

/* @text with everything but printable ASCII turned into '?', at most 200 bytes: foreign words
 * for a message. (transfer full) */
char *ds_pktline_printable(const char *text, gssize size);

G_END_DECLS
