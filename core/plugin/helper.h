/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running sources, inspectors and outputs where they can do no harm: one process a plugin, under
 * bubblewrap, without network, home, store or keys, with limits on memory, time and files. It
 * stays warm between requests. There is no way around the sandbox: where bubblewrap is missing or
 * may not make namespaces, DS_ERROR_UNSUPPORTED says so.
 *
 * A crash or a plugin that does not answer in time costs one attempt: DS_ERROR_RETRY. What the
 * helper sends is checked for size and form before it is used; DS_ERROR_FAILED when it is not in
 * form. The plugin's own errors come through with their code and message.
 *
 * Blocking; call from one thread at a time, and let the thread that made the first call live as
 * long as the helper: bubblewrap ends its process with the thread that started it. Bytes that come
 * back are wiped when freed. */
#pragma once

#include "plugin/registry.h"

G_BEGIN_DECLS

/* What a part may hold at most (DESIGN: 64 MiB), and so what travels to and from a helper. */
#define DS_HELPER_MAX_BYTES (64u * 1024 * 1024)

typedef struct _DsHelper DsHelper;

/* The helper processes for the plugins of @registry; none is started yet. (transfer full) */
DsHelper *ds_helper_new(DsRegistry *registry);
/* Ends the processes. */
void ds_helper_free(DsHelper *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsHelper, ds_helper_free)

/* Other programs than the installed ones; NULL keeps what is set. For tests: the sandbox itself
 * cannot be turned off. */
void ds_helper_set_programs(DsHelper *self, const char *bubblewrap, const char *program);

/* Lets the warm processes end by themselves and waits for them: FALSE with DS_ERROR_FAILED when
 * one did not end cleanly (tests use it to see leaks). They start again when needed. */
gboolean ds_helper_stop(DsHelper *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Measures @data with inspector @id. On success @part has its "media-type" and "measure.…"
 * attributes and its media_type set by content, and the inspector's findings are in @findings with
 * @id as origin. @timeout_ms 0 means 30 s. */
gboolean ds_helper_inspect(DsHelper *self, const char *id, GBytes *data, DsPart *part,
                           DsFindings *findings, guint timeout_ms, GCancellable *cancellable,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Draws @document of output @id from @view with the bytes attached to it. (transfer full) */
GBytes *ds_helper_render(DsHelper *self, const char *id, const char *document, const DsView *view,
                         guint timeout_ms, GCancellable *cancellable,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What source @id can capture from, NULL-terminated. (transfer full) */
GStrv ds_helper_list(DsHelper *self, const char *id, guint timeout_ms, GCancellable *cancellable,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One item of at most @max bytes from source @id. @fd is an open file lent to the source, or -1
 * for devices; it stays the caller's. (transfer full) */
GBytes *ds_helper_capture(DsHelper *self, const char *id, const char *name, int fd, gsize max,
                          guint timeout_ms, GCancellable *cancellable,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
