/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of the station's repository. */
#pragma once

#include <git2.h>

#include "depot/repo.h"

G_BEGIN_DECLS

struct _DsRepo {
  char *path;
  git_repository *repository;
  git_odb *odb;
};

/* Names of all refs below @prefix, sorted. (transfer full) */
GPtrArray *ds_repo_refs(DsRepo *self, const char *prefix, GError **error);
/* The object @ref names directly; DS_ERROR_NOT_FOUND when there is none. */
gboolean ds_repo_resolve(DsRepo *self, const char *ref, DsObjectId *id, GError **error);
/* After GIT_ELOCKED: waits until whoever holds @ref lets go, or removes the lock when nobody does.
 * TRUE: try again. Takes seconds. */
gboolean ds_repo_outwait_locks(DsRepo *self, const char *ref);
/* TRUE when it was not there. */
gboolean ds_repo_remove_ref(DsRepo *self, const char *ref, GError **error);

G_END_DECLS
