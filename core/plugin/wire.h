/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How host and helper process speak: frames over one stream socket.
 *
 *   frame    two lengths (u32, this machine's byte order), then so many bytes of serialized
 * GVariant and so many bytes as they are request  (sv)    verb and argument; a file for "capture"
 * travels beside the lengths reply    (busv)  ok, error code, message, result
 *
 *   verb      argument, bytes                        result, bytes
 *   inspect   (DS_PART_VARIANT): part, its bytes     (sa{ss}DS_FINDINGS_VARIANT): media type,
 *                                                    attributes, findings
 *   render    (sDS_VIEW_VARIANT): document, view     (), the document
 *   list      ()                                     as
 *   capture   (st): name, max                        (), what was captured
 *
 * The bytes are no "ay" of the message: GLib checks the form of an array byte by byte, which costs
 * more than to encrypt them.
 *
 * The helper speaks first: one reply without result says whether its plugin could be loaded. */
#pragma once

#include <gio/gio.h>

#include "model/finding.h"

G_BEGIN_DECLS

/* A part of 64 MiB with room for what goes with it. */
#define DS_WIRE_MAX_FRAME (72u * 1024 * 1024)

#define DS_WIRE_REQUEST "(sv)"
#define DS_WIRE_REPLY "(busv)"
#define DS_WIRE_INSPECTED "(sa{ss}" DS_FINDINGS_VARIANT ")"

typedef enum {
  DS_WIRE_OK = 0,
  DS_WIRE_CLOSED,    /* the other side went away */
  DS_WIRE_TIMEOUT,   /* the deadline passed */
  DS_WIRE_CANCELLED, /* the person asked to stop */
  DS_WIRE_TOO_LARGE, /* message and bytes over DS_WIRE_MAX_FRAME */
  DS_WIRE_MALFORMED, /* not of the expected type and form */
} DsWireResult;

/* When to give up: @deadline in g_get_monotonic_time() units, -1 for never. */
typedef struct {
  gint64 deadline;
  GCancellable *cancellable;
} DsWireLimit;

/* Sends @message (sunk if floating) and @bytes (may be NULL); @pass_fd goes with them unless -1.
 * The copy of @message that was sent is wiped. */
DsWireResult ds_wire_send(int fd, GVariant *message, GBytes *bytes, int pass_fd,
                          const DsWireLimit *limit);

/* Receives one message of @type in normal form, and its bytes, empty if there are none; the memory
 * of both is wiped when the last reference goes. @passed, if not NULL, receives a passed file or
 * -1. */
DsWireResult ds_wire_receive(int fd, const char *type, GVariant **message, GBytes **bytes,
                             int *passed, const DsWireLimit *limit);

G_END_DECLS
