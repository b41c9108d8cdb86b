/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "depot/quarantine.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "depot/git.h"
#include "depot/stock-git.h"

#define PUMP_SIZE (64 * 1024)
/* the index and the pack's own framing come on top of what was received */
#define FILE_SLACK (16 * 1024 * 1024)

struct _DsQuarantine {
  char *path;
  git_odb *odb;
};

/* Not synced: whatever happens to this folder, the pack can be fetched again. */
static gboolean
write_plain(const char *folder, const char *name, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  g_autoptr(GError) local = NULL;

  if (g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, &local))
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "writing %s: %s", path, local->message);
  return FALSE;
}

DsQuarantine *
ds_quarantine_new(const char *work, GError **error)
{
  g_autoptr(DsQuarantine) self = g_new0(DsQuarantine, 1);
  g_autofree char *path = g_build_filename(work, DS_QUARANTINE_PREFIX "XXXXXX", NULL);
  static const char *const folders[] = {"objects", "objects/pack", "objects/info", "refs"};

  if (g_mkdtemp_full(path, 0700) == NULL) {
    ds_error_set_errno(error, errno, "creating", path);
    return NULL;
  }
  self->path = g_steal_pointer(&path);
  for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
    g_autofree char *folder = g_build_filename(self->path, folders[i], NULL);
    if (g_mkdir(folder, 0700) < 0) {
      ds_error_set_errno(error, errno, "creating", folder);
      return NULL;
    }
  }
  if (!write_plain(self->path, "HEAD", "ref: refs/heads/none\n", error) ||
      !write_plain(self->path, "config",
                   "[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tfsync = none\n"
                   "\tbigFileThreshold = 64m\n[pack]\n\tthreads = 1\n",
                   error))
    return NULL;
  return g_steal_pointer(&self);
}

static DsLink *
start_index_pack(DsQuarantine *self, guint64 pack_max, const DsFetchLimits *limits, GError **error)
{
  g_autofree char *size = g_strdup_printf("--max-input-size=%" G_GUINT64_FORMAT, pack_max);
  const char *argv[] = {"git", "index-pack", "--strict", size, "--stdin", NULL};
  g_auto(GStrv) environment = ds_git_environment(self->path);
  DsSpawnLimits spawn = {
      .memory = limits->memory_max > 0 ? limits->memory_max : DS_FETCH_MEMORY_MAX,
      .file_size = pack_max + FILE_SLACK,
      .cpu_seconds =
          limits->cpu_seconds_max > 0 ? limits->cpu_seconds_max : DS_FETCH_CPU_SECONDS_MAX,
  };

  return ds_spawn(argv, (const char *const *)environment, NULL, &spawn, error);
}

/* All of @link into @index; @ends says that @link came to its end. */
static gboolean
pump(DsLink *link, DsLink *index, guint64 pack_max, gboolean *index_gone, GError **error)
{
  g_autofree guint8 *buffer = g_malloc(PUMP_SIZE);
  g_autoptr(GError) local = NULL;
  guint64 total = 0;
  gssize got;

  while ((got = ds_link_read_some(link, buffer, PUMP_SIZE, error)) > 0) {
    total += (guint64)got;
    if (total > pack_max) {
      g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
                  "the station sends more than %" G_GUINT64_FORMAT " bytes in one pack", pack_max);
      return FALSE;
    }
    if (!ds_link_write(index, buffer, (gsize)got, &local)) {
      *index_gone = TRUE;
      return TRUE;
    }
  }
  return got == 0;
}

gboolean
ds_quarantine_take(DsQuarantine *self, DsLink *link, const DsFetchLimits *limits, GError **error)
{
  guint64 pack_max = limits->pack_max > 0 ? limits->pack_max : DS_FETCH_PACK_MAX;
  g_autoptr(DsLink) index = start_index_pack(self, pack_max, limits, error);
  gboolean index_gone = FALSE;
  char answer[256];

  if (index == NULL || !pump(link, index, pack_max, &index_gone, error))
    return FALSE;
  ds_link_close_write(index);
  while (ds_link_read_some(index, answer, sizeof answer, NULL) > 0)
    ;
  int status = ds_link_finish(index);
  if (status == 0 && !index_gone)
    return TRUE;
  const char *words = ds_link_complaint(index);
  if (!index_gone && (strstr(words, "early EOF") != NULL || ds_link_finish(link) != 0)) {
    g_set_error(error, DS_ERROR, DS_ERROR_RETRY,
                "the station's pack broke off after %" G_GUINT64_FORMAT " bytes; try again later",
                ds_link_received(link));
    return FALSE;
  }
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
              "the station's pack is not sound, nothing of it was taken: %s",
              *words != '\0' ? words : "git index-pack was ended by its limits");
  return FALSE;
}

git_odb *
ds_quarantine_odb(DsQuarantine *self, GError **error)
{
  git_repository *repository = NULL;
  int code;

  if (self->odb != NULL)
    return self->odb;
  if (!ds_git_init(error))
    return NULL;
  code = git_repository_open_ext(&repository, self->path,
                                 GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE |
                                     GIT_REPOSITORY_OPEN_NO_DOTGIT,
                                 NULL);
  if (code == 0)
    code = git_repository_odb(&self->odb, repository);
  git_repository_free(repository);
  if (code != 0)
    ds_git_set_error(error, code, "opening", self->path);
  return self->odb;
}

void
ds_quarantine_free(DsQuarantine *self)
{
  if (self == NULL)
    return;
  git_odb_free(self->odb);
  if (self->path != NULL) {
    g_autoptr(GError) ignored = NULL; /* the next sweep gets what is left */
    if (!ds_files_remove_tree(self->path, &ignored))
      g_debug("%s", ignored->message);
  }
  g_free(self->path);
  g_free(self);
}
