/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The station's repository is a folder of this machine: tests, and a station that travels along. */
#include "courier/carrier.h"

#include <string.h>

#include "base/error.h"
#include "depot/stock-git.h"

typedef struct {
  DsCarrier parent;
  char *path;
} Path;

static DsLink *
path_open(DsCarrier *carrier, DsCarrierService service, GError **error)
{
  Path *self = (Path *)carrier;
  const char *argv[] = {"git", service == DS_CARRIER_RECEIVE_PACK ? "receive-pack" : "upload-pack",
                        self->path, NULL};
  g_auto(GStrv) environment = ds_git_environment(NULL);

  if (!g_file_test(self->path, G_FILE_TEST_IS_DIR)) {
    g_set_error(error, DS_ERROR, DS_ERROR_RETRY,
                "the station's folder %s is not there; is its disk connected?", self->path);
    return NULL;
  }
  return ds_spawn(argv, (const char *const *)environment, NULL, NULL, error);
}

static void
path_explain(DsCarrier *carrier, DsLink *link, GError **error)
{
  Path *self = (Path *)carrier;
  const char *words = ds_link_complaint(link);
  gboolean no_repository = strstr(words, "not appear to be a git repository") != NULL ||
                           strstr(words, "dubious ownership") != NULL;

  if (*words == '\0')
    return;
  g_autofree char *old = g_strdup((*error)->message);
  int code = (*error)->code;
  g_clear_error(error);
  if (no_repository)
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "%s is no repository git will use here: %s",
                self->path, words);
  else
    g_set_error(error, DS_ERROR, code, "%s (git says: %s)", old, words);
}

static void
path_free(DsCarrier *carrier)
{
  Path *self = (Path *)carrier;

  g_free(self->path);
  g_free(self);
}

DsCarrier *
ds_carrier_path_new(const char *path, GError **error)
{
  static const DsCarrierClass class = {"path", path_open, path_explain, path_free};
  Path *self;

  if (!g_path_is_absolute(path)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s is not an absolute path", path);
    return NULL;
  }
  self = g_new0(Path, 1);
  self->parent.class = &class;
  self->path = g_strdup(path);
  return &self->parent;
}
