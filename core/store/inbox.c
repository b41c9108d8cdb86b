/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/inbox.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "store/denied.h"
#include "store/store-private.h"

#define NAME_MAX_CHARS 128

struct _DsInbox {
  gatomicrefcount refs;
  char *path;
};

struct _DsInboxMessage {
  DsInbox *inbox;
  char *name;
  char *temporary; /* NULL once published or dropped */
};

DsInbox *
ds_inbox_open(const char *path, GError **error)
{
  if (!ds_files_make_dir(path, error)) {
    ds_denied_explain(path, X_OK, error);
    return NULL;
  }
  DsInbox *self = g_new0(DsInbox, 1);
  g_atomic_ref_count_init(&self->refs);
  self->path = g_strdup(path);
  return self;
}

DsInbox *
ds_inbox_ref(DsInbox *self)
{
  g_atomic_ref_count_inc(&self->refs);
  return self;
}

void
ds_inbox_unref(DsInbox *self)
{
  if (self == NULL || !g_atomic_ref_count_dec(&self->refs))
    return;
  g_free(self->path);
  g_free(self);
}

gboolean
ds_inbox_name_is_valid(const char *name)
{
  gsize length = name != NULL ? strlen(name) : 0;

  if (length == 0 || length > NAME_MAX_CHARS || name[0] == '.' || name[0] == '-')
    return FALSE;
  return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") == length;
}

static gboolean
check_name(const char *name, GError **error)
{
  if (ds_inbox_name_is_valid(name))
    return TRUE;
  g_autofree char *shown = g_strescape(name != NULL ? name : "", NULL);
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
              "\"%.200s\" is no name for a message: 1 to %d of a-z 0-9 . - beginning with a letter "
              "or digit",
              shown, NAME_MAX_CHARS);
  return FALSE;
}

gboolean
ds_inbox_add(DsInbox *self, const char *name, GBytes *bytes, GError **error)
{
  g_autoptr(GError) local = NULL;
  gsize size = 0;
  const void *data = g_bytes_get_data(bytes, &size);

  if (!check_name(name, error))
    return FALSE;
  if (ds_files_create_shared(self->path, name, data, size, &local))
    return ds_files_sync_dir(self->path, error);
  g_autofree char *path = g_build_filename(self->path, name, NULL);
  if (g_error_matches(local, DS_ERROR, DS_ERROR_EXISTS) && ds_store_file_equals(path, bytes))
    return ds_files_sync_dir(self->path, error);
  g_propagate_error(error, g_steal_pointer(&local));
  return FALSE;
}

DsInboxMessage *
ds_inbox_begin(DsInbox *self, const char *name, GError **error)
{
  if (!check_name(name, error))
    return NULL;
  g_autofree char *temporary = ds_store_make_temporary(self->path, error);
  if (temporary == NULL)
    return NULL;
  DsInboxMessage *message = g_new0(DsInboxMessage, 1);
  message->inbox = ds_inbox_ref(self);
  message->name = g_strdup(name);
  message->temporary = g_steal_pointer(&temporary);
  return message;
}

gboolean
ds_inbox_message_put(DsInboxMessage *self, const char *file, GBytes *bytes, GError **error)
{
  gsize size = 0;
  const void *data = g_bytes_get_data(bytes, &size);

  return check_name(file, error) &&
         ds_files_create_shared(self->temporary, file, data, size, error);
}

static gboolean
same_files(const char *first, const char *second)
{
  g_autoptr(GPtrArray) names = ds_files_list(first, NULL);
  g_autoptr(GPtrArray) others = ds_files_list(second, NULL);

  if (names == NULL || others == NULL || names->len != others->len)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *one = g_build_filename(first, names->pdata[i], NULL);
    g_autofree char *other = g_build_filename(second, names->pdata[i], NULL);
    g_autoptr(GBytes) bytes = ds_files_read(one, G_MAXSSIZE, NULL);
    if (bytes == NULL || !ds_store_file_equals(other, bytes))
      return FALSE;
  }
  return TRUE;
}

gboolean
ds_inbox_message_commit(DsInboxMessage *self, GError **error)
{
  g_autoptr(GError) local = NULL;
  const char *dir = self->inbox->path;

  if (ds_store_publish(self->temporary, dir, self->name, &local)) {
    g_clear_pointer(&self->temporary, g_free);
    return TRUE;
  }
  g_autofree char *path = g_build_filename(dir, self->name, NULL);
  if (g_error_matches(local, DS_ERROR, DS_ERROR_EXISTS) && same_files(self->temporary, path))
    return ds_files_sync_dir(dir, error);
  g_propagate_error(error, g_steal_pointer(&local));
  return FALSE;
}

void
ds_inbox_message_free(DsInboxMessage *self)
{
  if (self == NULL)
    return;
  if (self->temporary != NULL && !ds_files_remove_tree(self->temporary, NULL))
    g_debug("%s stays until the next sweep", self->temporary);
  g_free(self->temporary);
  g_free(self->name);
  ds_inbox_unref(self->inbox);
  g_free(self);
}

typedef struct {
  char *name;
  gint64 arrived_ns;
} Arrival;

static void
clear_arrival(gpointer arrival)
{
  g_free(((Arrival *)arrival)->name);
}

static gint
compare_arrivals(gconstpointer a, gconstpointer b)
{
  const Arrival *first = a, *second = b;

  if (first->arrived_ns != second->arrived_ns)
    return first->arrived_ns < second->arrived_ns ? -1 : 1;
  return strcmp(first->name, second->name);
}

GPtrArray *
ds_inbox_list(DsInbox *self, GError **error)
{
  g_autoptr(GPtrArray) names = ds_files_list(self->path, error);
  g_autoptr(GArray) arrivals = g_array_new(FALSE, FALSE, sizeof(Arrival));

  if (names == NULL) {
    ds_denied_explain(self->path, R_OK | X_OK, error);
    return NULL;
  }
  g_array_set_clear_func(arrivals, clear_arrival);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename(self->path, names->pdata[i], NULL);
    struct stat st;
    if (!ds_inbox_name_is_valid(names->pdata[i]) || lstat(path, &st) < 0)
      continue;
    Arrival arrival = {g_strdup(names->pdata[i]),
                       (gint64)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec};
    g_array_append_val(arrivals, arrival);
  }
  g_array_sort(arrivals, compare_arrivals);
  GPtrArray *sorted = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < arrivals->len; i++)
    g_ptr_array_add(sorted, g_strdup(g_array_index(arrivals, Arrival, i).name));
  return sorted;
}

gboolean
ds_inbox_has(DsInbox *self, const char *name)
{
  g_autofree char *path = NULL;

  if (!ds_inbox_name_is_valid(name))
    return FALSE;
  path = g_build_filename(self->path, name, NULL);
  return g_file_test(path, G_FILE_TEST_EXISTS);
}

GPtrArray *
ds_inbox_files(DsInbox *self, const char *name, GError **error)
{
  if (!check_name(name, error))
    return NULL;
  g_autofree char *path = g_build_filename(self->path, name, NULL);
  if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
    return g_ptr_array_new_with_free_func(g_free);
  return ds_files_list(path, error);
}

GBytes *
ds_inbox_read(DsInbox *self, const char *name, const char *file, gsize max, GError **error)
{
  if (!check_name(name, error) || (file != NULL && !check_name(file, error)))
    return NULL;
  g_autofree char *path = g_build_filename(self->path, name, file, NULL);
  GBytes *bytes = ds_files_read(path, max, error);
  if (bytes == NULL)
    ds_denied_explain(path, R_OK, error);
  return bytes;
}

gboolean
ds_inbox_remove(DsInbox *self, const char *name, GError **error)
{
  return check_name(name, error) && ds_store_discard(self->path, name, error);
}

gboolean
ds_inbox_sweep(DsInbox *self, GError **error)
{
  return ds_store_sweep_dir(self->path, error);
}
