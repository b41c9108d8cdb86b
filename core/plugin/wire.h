/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How host and helper process speak: frames over one stream socket.
 *
 *   frame    length (u32, this machine's byte order), then so many bytes of serialized GVariant
 *   request  (sv)    verb and argument; a file for "capture" travels beside the length
 *   reply    (busv)  ok, error code, message, result
 *
 *   verb      argument                               result
 *   inspect   (DS_PART_VARIANT ay): part, bytes         (sa{ss}DS_FINDINGS_VARIANT): media type,
 *                                                    attributes, findings
 *   render    (sDS_VIEW_VARIANT): document, view     ay
 *   list      ()                                     as
 *   capture   (st): name, max                        ay
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
  DS_WIRE_TOO_LARGE, /* a frame over DS_WIRE_MAX_FRAME */
  DS_WIRE_MALFORMED, /* not of the expected type and form */
} DsWireResult;

/* When to give up: @deadline in g_get_monotonic_time() units, -1 for never. */
typedef struct {
  gint64 deadline;
  GCancellable *cancellable;
} DsWireLimit;

/* Sends @message (sunk if floating); @pass_fd goes with it unless -1. The copy that was sent is
 * wiped. */
DsWireResult ds_wire_send(int fd, GVariant *message, int pass_fd, const DsWireLimit *limit);

/* Receives one message of @type in normal form; its memory is wiped when the last reference to it
 * goes. @passed, if not NULL, receives a passed file or -1. */
DsWireResult ds_wire_receive(int fd, const char *type, GVariant **message, int *passed,
                             const DsWireLimit *limit);

/* @value of "ay" as bytes that share its memory, wiped with it. (transfer full) */
GBytes *ds_wire_dup_bytes(GVariant *value);

G_END_DECLS
