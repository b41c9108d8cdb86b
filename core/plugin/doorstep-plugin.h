/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Everything a plugin may include. docs/adding-a-plugin.md tells the story, plugins/step-example
 * is built out of tree from the installed copy of this header and pkg-config alone. */
#pragma once

#include <gio/gio.h>
#include <gmodule.h>

#include "base/error.h"
#include "model/address.h"
#include "model/age.h"
#include "model/finding.h"
#include "model/money.h"
#include "model/name.h"
#include "model/number.h"
#include "model/person.h"
#include "model/view.h"

G_BEGIN_DECLS

/* Any difference is refused: plugins are built with the core they run in. */
#define DS_PLUGIN_ABI 1u

typedef enum {
  DS_PLUGIN_STEP = 1,      /* pure, in process */
  DS_PLUGIN_SOURCE = 2,    /* in the helper process */
  DS_PLUGIN_INSPECTOR = 3, /* in the helper process */
  DS_PLUGIN_OUTPUT = 4,    /* in the helper process */
} DsPluginKind;

/* A step says what is incomplete or malformed. It never accepts or refuses (the packs do), does
 * no I/O and keeps no state. Either pointer may be NULL. */
typedef struct {
  guint32 struct_size;
  void (*check)(const DsView *view, DsFindings *findings);
  /* Adds facts by ds_view_set_fact on @facts, an empty view; names start with the step's
   * subject ("kinship.case"). */
  void (*derive)(const DsView *view, DsView *facts);
} DsStepOps;

/* A source yields bytes from the outside: a file, a camera, a reader. Synchronous; the helper
 * process is its thread. */
typedef struct {
  guint32 struct_size;
  /* What there is to capture from: names for @name below, NULL-terminated. (transfer full) */
  char **(*list)(GError **error);
  /* One item at most @max bytes, else DS_ERROR_TOO_LARGE before reading it all. @fd is an open
   * file handed in by the core, or -1 for devices. (transfer full) */
  GBytes *(*capture)(const char *name, int fd, gsize max, GCancellable *cancellable,
                     GError **error);
} DsSourceOps;

/* An inspector measures; it never decides. */
typedef struct {
  guint32 struct_size;
  /* Findings for the officer go to @findings; measures are added as attributes of @part:
   * "measure.width", and "media-type" by content. FALSE only when @data cannot be read at all:
   * @error then says why in words for the officer. */
  gboolean (*inspect)(GBytes *data, DsPart *part, DsFindings *findings, GError **error);
} DsInspectorOps;

/* An output draws a document from a view. */
typedef struct {
  guint32 struct_size;
  /* The documents it can make: ids, NULL-terminated, static. */
  const char *const *documents;
  /* application/pdf. DS_ERROR_INVALID names the field that is missing. (transfer full) */
  GBytes *(*render)(const char *document, const DsView *view, GError **error);
} DsOutputOps;

/* The one exported symbol of a plugin. The first two words never move. */
typedef struct {
  guint32 struct_size;
  guint32 abi;
  DsPluginKind kind;
  const char *id;  /* = the folder's name = "id" in plugin.json */
  const void *ops; /* DsStepOps, DsSourceOps, DsInspectorOps or DsOutputOps, by kind */
} DsPlugin;

#define DS_PLUGIN_SYMBOL "doorstep_plugin"
extern G_MODULE_EXPORT const DsPlugin doorstep_plugin;

/* DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-example", ops); with a static const DsStepOps ops. */
#define DS_DEFINE_PLUGIN(KIND, ID, OPS)              \
  G_MODULE_EXPORT const DsPlugin doorstep_plugin = { \
      .struct_size = sizeof(DsPlugin),               \
      .abi = DS_PLUGIN_ABI,                          \
      .kind = (KIND),                                \
      .id = (ID),                                    \
      .ops = &(OPS),                                 \
  }

G_END_DECLS
