/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"

#define FILE_MAX 4096

struct _DsOwner {
  int fd; /* holds the lock as long as it is open */
};

/* "10:32", or "2026-09-01 10:32" when that was another day; NULL when @since is no time. */
static char *
local_time(const char *since)
{
  gint64 wall_us = since != NULL ? ds_clock_parse(since) : -1;

  if (wall_us < 0)
    return NULL;
  g_autoptr(GDateTime) then = g_date_time_new_from_unix_local(wall_us / G_USEC_PER_SEC);
  g_autoptr(GDateTime) now = g_date_time_new_now_local();
  g_autofree char *day = g_date_time_format(then, "%F"), *today = g_date_time_format(now, "%F");
  return g_date_time_format(then, g_str_equal(day, today) ? "%H:%M" : "%F %H:%M");
}

/* The file is only words for people: whatever it holds, it must not trip us. */
static const char *
text_member(JsonObject *owner, const char *name)
{
  JsonNode *node = json_object_get_member(owner, name);

  return node != NULL && json_node_get_value_type(node) == G_TYPE_STRING
             ? json_node_get_string(node)
             : NULL;
}

static gint64
int_member(JsonObject *owner, const char *name)
{
  JsonNode *node = json_object_get_member(owner, name);

  return node != NULL && json_node_get_value_type(node) == G_TYPE_INT64 ? json_node_get_int(node)
                                                                        : 0;
}

static void
set_busy(const char *path, GError **error)
{
  g_autoptr(GBytes) bytes = ds_files_read(path, FILE_MAX, NULL);
  g_autoptr(JsonParser) parser = json_parser_new();
  gsize size = 0;
  const char *text = bytes != NULL ? g_bytes_get_data(bytes, &size) : NULL;

  if (size > 0 && json_parser_load_from_data(parser, text, (gssize)size, NULL) &&
      JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser))) {
    JsonObject *owner = json_node_get_object(json_parser_get_root(parser));
    const char *program = text_member(owner, "program");
    const char *since = text_member(owner, "since");
    gint64 pid = int_member(owner, "pid");
    g_autofree char *time = local_time(since);
    if (program != NULL && time != NULL) {
      g_set_error(error, DS_ERROR, DS_ERROR_BUSY,
                  "%s is in use by %s since %s (process %" G_GINT64_FORMAT ")", path, program, time,
                  pid);
      return;
    }
  }
  g_set_error(error, DS_ERROR, DS_ERROR_BUSY, "%s is in use by another program", path);
}

static char *
describe(const char *program)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  DsTime now = ds_clock_now();
  g_autofree char *since = ds_clock_format(now.wall_us);

  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "program");
  json_builder_add_string_value(builder, program);
  json_builder_set_member_name(builder, "pid");
  json_builder_add_int_value(builder, getpid());
  json_builder_set_member_name(builder, "since");
  json_builder_add_string_value(builder, since);
  json_builder_set_member_name(builder, "boot");
  json_builder_add_string_value(builder, now.boot_id);
  json_builder_end_object(builder);
  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  return json_to_string(root, FALSE);
}

DsOwner *
ds_owner_take(const char *path, const char *program, GError **error)
{
  g_auto(DsFd) fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0) {
    ds_error_set_errno(error, errno, "opening", path);
    return NULL;
  }
  if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
    if (errno == EWOULDBLOCK)
      set_busy(path, error);
    else
      ds_error_set_errno(error, errno, "locking", path);
    return NULL;
  }
  g_autofree char *text = describe(program);
  /* not synced: after a power cut nobody holds the lock anyway */
  if (ftruncate(fd, 0) < 0) {
    ds_error_set_errno(error, errno, "writing", path);
    return NULL;
  }
  if (!ds_files_write_all(fd, text, strlen(text), path, error))
    return NULL;
  DsOwner *self = g_new0(DsOwner, 1);
  self->fd = fd;
  fd = -1;
  return self;
}

void
ds_owner_release(DsOwner *self)
{
  if (self == NULL)
    return;
  if (ftruncate(self->fd, 0) < 0)
    g_debug("the owner file keeps its last text");
  close(self->fd);
  g_free(self);
}
