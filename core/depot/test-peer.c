/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "depot/test-peer.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/files.h"
#include "depot/stock-git.h"
#include "depot/push.h"

struct _TestPeer {
  GThread *thread;
  GBytes *say;
  GByteArray *heard;
  gboolean hold;
  int fd;
};

static gpointer
peer_thread(gpointer data)
{
  TestPeer *self = data;
  gsize size, done = 0;
  const guint8 *at = g_bytes_get_data(self->say, &size);
  guint8 buffer[4096];
  ssize_t got;

  while (done < size) {
    ssize_t put = send(self->fd, at + done, size - done, MSG_NOSIGNAL);
    if (put <= 0)
      break;
    done += (gsize)put;
  }
  if (!self->hold)
    shutdown(self->fd, SHUT_WR);
  while ((got = recv(self->fd, buffer, sizeof buffer, 0)) > 0)
    g_byte_array_append(self->heard, buffer, (guint)got);
  close(self->fd);
  return NULL;
}

TestPeer *
test_peer_new(const void *say, gsize size, gboolean hold, DsLink **link)
{
  TestPeer *self = g_new0(TestPeer, 1);
  int ends[2];

  g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  self->say = g_bytes_new(say, size);
  self->heard = g_byte_array_new();
  self->hold = hold;
  self->fd = ends[1];
  *link = ds_link_new(ends[0], ends[0], -1, 0);
  self->thread = g_thread_new("peer", peer_thread, self);
  return self;
}

GByteArray *
test_peer_end(TestPeer *self, DsLink *link)
{
  GByteArray *heard = self->heard;

  ds_link_free(link);
  g_thread_join(self->thread);
  g_bytes_unref(self->say);
  g_free(self);
  return heard;
}

char *
test_folder_new(void)
{
  g_autoptr(GError) error = NULL;
  char *folder = g_dir_make_tmp("doorstep-depot-XXXXXX", &error);

  g_assert_no_error(error);
  return folder;
}

void
test_folder_free(char *folder)
{
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_files_remove_tree(folder, &error));
  g_assert_no_error(error);
  g_free(folder);
}

DsDigest
test_digest(guint number)
{
  char text[32];

  g_snprintf(text, sizeof text, "bundle %u", number);
  return ds_digest_of(text, strlen(text));
}

/* Deterministic, incompressible enough, different for each name. */
static GBytes *
source_read(const char *name, gpointer user_data, GError **error)
{
  DsDepotSource *source = user_data;

  for (guint i = 0; i < source->entries->len; i++) {
    const DsDepotEntry *entry = &g_array_index(source->entries, DsDepotEntry, i);
    if (strcmp(entry->name, name) != 0)
      continue;
    guint8 *data = g_malloc(entry->size);
    guint32 state = g_str_hash(name) ^ source->id.bytes[0];
    for (guint64 at = 0; at < entry->size; at++) {
      state = state * 1664525u + 1013904223u;
      data[at] = (guint8)(state >> 24);
    }
    return g_bytes_new_take(data, entry->size);
  }
  g_assert_not_reached();
}

DsDepotSource *
test_source_new(guint number, guint chunks, gsize chunk_size)
{
  g_autoptr(GError) error = NULL;
  DsDigest id = test_digest(number);
  DsDepotSource *self = ds_depot_source_new(&id, source_read, NULL, NULL);

  self->user_data = self;
  for (guint i = 0; i < chunks; i++) {
    char hex[DS_DIGEST_HEX_SIZE];
    DsDigest chunk = test_digest(number * 10000 + i + 1000000);
    ds_digest_to_hex(&chunk, hex);
    g_assert_true(ds_depot_source_add(self, hex, chunk_size, &error));
  }
  g_assert_true(ds_depot_source_add(self, "record", 300 + number, &error));
  g_assert_true(ds_depot_source_add(self, "manifest", 200 + number, &error));
  g_assert_no_error(error);
  return self;
}

DsLink *
test_git(const char *service, const char *path)
{
  g_autoptr(GError) error = NULL;
  const char *argv[] = {"git", service, path, NULL};
  g_auto(GStrv) environment = ds_git_environment(NULL);
  DsLink *link = ds_spawn(argv, (const char *const *)environment, NULL, NULL, &error);

  g_assert_no_error(error);
  return link;
}

char *
test_git_output(const char *path, ...)
{
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  g_autoptr(GError) error = NULL;
  char *output = NULL;
  int status;
  va_list arguments;

  g_ptr_array_add(argv, (gpointer) "git");
  g_ptr_array_add(argv, (gpointer) "--git-dir");
  g_ptr_array_add(argv, (gpointer)path);
  va_start(arguments, path);
  for (char *word = va_arg(arguments, char *); word != NULL; word = va_arg(arguments, char *))
    g_ptr_array_add(argv, word);
  va_end(arguments);
  g_ptr_array_add(argv, NULL);
  g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
               NULL, NULL, &output, NULL, &status, &error);
  g_assert_no_error(error);
  g_assert_cmpint(status, ==, 0);
  return output;
}

void
test_push_all(const char *path, GPtrArray *sources)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsLink) link = test_git("receive-pack", path);
  g_autoptr(DsAdvert) advert = ds_advert_read(link, &error);
  g_autoptr(GPtrArray) reports = NULL;

  g_assert_no_error(error);
  g_assert_true(ds_push_bundles(link, advert, sources, &reports, &error));
  g_assert_no_error(error);
  for (guint i = 0; i < reports->len; i++) {
    const DsPushReport *report = g_ptr_array_index(reports, i);
    g_assert_cmpstr(report->reason, ==, NULL);
    g_assert_cmpint(report->outcome, ==, DS_PUSH_HANDED_OVER);
  }
  g_assert_cmpint(ds_link_finish(link), ==, 0);
}
