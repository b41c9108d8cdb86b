/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "courier/why.h"

#include <errno.h>
#include <fcntl.h>
#include <libintl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "courier/lock.h"

#define _(text) dgettext("doorstep", text)

#define WHY_NAME "why"
#define WHY_MAX (64 * 1024)
#define RUNNING_NAME "running"
#define PID_TEXT_MAX 32

static const char *const words[] = {
    [DS_WHY_ABSENT] = "absent",
    [DS_WHY_HIDDEN] = "hidden",
    [DS_WHY_UNCONFIGURED] = "unconfigured",
    [DS_WHY_WAITING] = "waiting",
    [DS_WHY_WORKING] = "working",
    [DS_WHY_RESTING] = "resting",
    [DS_WHY_TROUBLE] = "trouble",
};

const char *
ds_why_word(DsWhyState state)
{
  return words[state];
}

void
ds_why_clear(DsWhy *self)
{
  g_free(self->network);
  g_free(self->detail);
  *self = (DsWhy){0};
}

gboolean
ds_why_equal(const DsWhy *a, const DsWhy *b)
{
  return a->state == b->state && a->reason == b->reason && a->next_us == b->next_us &&
         g_strcmp0(a->network, b->network) == 0 && g_strcmp0(a->detail, b->detail) == 0;
}

/* ---- the lock ---- */

int
ds_why_claim(const char *home, GError **error)
{
  g_autofree char *depot = g_build_filename(home, "depot", NULL);
  g_autofree char *path = g_build_filename(depot, RUNNING_NAME, NULL);
  struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  char text[PID_TEXT_MAX + 1] = "";
  g_auto(DsFd) fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0) {
    ds_error_set_errno(error, errno, "opening", path);
    return -1;
  }
  ds_courier_lock_share(fd, depot);
  if (fcntl(fd, F_OFD_SETLK, &all) < 0) {
    ssize_t got = pread(fd, text, PID_TEXT_MAX, 0);
    text[MAX(got, 0)] = '\0';
    g_set_error(error, DS_ERROR, DS_ERROR_BUSY, "a courier runs in %s already (process %s)", home,
                g_ascii_isdigit(text[0]) ? text : "just begun");
    return -1;
  }
  g_snprintf(text, sizeof text, "%d", (int)getpid());
  if (ftruncate(fd, 0) < 0 || pwrite(fd, text, strlen(text), 0) < 0) {
    ds_error_set_errno(error, errno, "writing", path);
    return -1;
  }
  int held = fd;
  fd = -1;
  return held;
}

/* Asks without taking the lock: a courier that begins just now must not meet ours. */
static DsWhyState
is_running(const char *home)
{
  g_autofree char *path = g_build_filename(home, "depot", RUNNING_NAME, NULL);
  struct flock all = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
  g_auto(DsFd) fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

  if (fd < 0)
    return errno == EACCES ? DS_WHY_HIDDEN : DS_WHY_ABSENT;
  return fcntl(fd, F_OFD_GETLK, &all) == 0 && all.l_type != F_UNLCK ? DS_WHY_WORKING
                                                                    : DS_WHY_ABSENT;
}

/* ---- JSON ---- */

static void
add_text(JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name(builder, name);
  if (value != NULL)
    json_builder_add_string_value(builder, value);
  else
    json_builder_add_null_value(builder);
}

static void
add_time(JsonBuilder *builder, const char *name, gint64 wall_us)
{
  g_autofree char *text = wall_us > 0 ? ds_clock_format(wall_us) : NULL;

  add_text(builder, name, text);
}

JsonNode *
ds_why_json(const DsWhy *self)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  g_autofree char *sentence = ds_why_sentence(self);

  json_builder_begin_object(builder);
  add_text(builder, "state", ds_why_word(self->state));
  add_text(builder, "sentence", sentence);
  add_text(builder, "reason", self->state == DS_WHY_WAITING ? ds_reach_word(self->reason) : NULL);
  add_text(builder, "network", self->network);
  add_text(builder, "detail", self->detail);
  add_time(builder, "since", self->since_us);
  add_time(builder, "next", self->next_us);
  json_builder_end_object(builder);
  return json_builder_get_root(builder);
}

static const char *
member_text(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
                 json_node_get_value_type(node) == G_TYPE_STRING
             ? json_node_get_string(node)
             : NULL;
}

static gint64
member_time(JsonObject *object, const char *name)
{
  const char *text = member_text(object, name);

  return text != NULL ? MAX(ds_clock_parse(text), 0) : 0;
}

static gboolean
take(DsWhy *why, JsonObject *object)
{
  const char *state = member_text(object, "state");
  const char *reason = member_text(object, "reason");

  for (guint i = DS_WHY_UNCONFIGURED; i < G_N_ELEMENTS(words); i++) {
    if (g_strcmp0(state, words[i]) != 0)
      continue;
    if (i == DS_WHY_WAITING && !ds_reach_parse(reason, &why->reason))
      return FALSE;
    why->state = (DsWhyState)i;
    why->network = g_strdup(member_text(object, "network"));
    why->detail = g_strdup(member_text(object, "detail"));
    why->since_us = member_time(object, "since");
    why->next_us = member_time(object, "next");
    return TRUE;
  }
  return FALSE;
}

void
ds_why_load(const char *home, DsWhy *why)
{
  g_autofree char *path = g_build_filename(home, "depot", WHY_NAME, NULL);
  g_autoptr(JsonParser) parser = json_parser_new_immutable();
  gsize size = 0;

  *why = (DsWhy){.state = is_running(home)};
  if (why->state != DS_WHY_WORKING)
    return;
  why->state = DS_WHY_HIDDEN;
  g_autoptr(GBytes) bytes = ds_files_read(path, WHY_MAX, NULL);
  const char *text = bytes != NULL ? g_bytes_get_data(bytes, &size) : NULL;
  if (text == NULL || !json_parser_load_from_data(parser, text, (gssize)size, NULL))
    return;
  JsonNode *root = json_parser_get_root(parser);
  if (root != NULL && JSON_NODE_HOLDS_OBJECT(root))
    take(why, json_node_get_object(root));
}

gboolean
ds_why_save(const char *home, const DsWhy *why, GError **error)
{
  g_autofree char *depot = g_build_filename(home, "depot", NULL);
  g_autoptr(JsonNode) root = ds_why_json(why);
  g_autofree char *text = json_to_string(root, TRUE);

  return ds_files_replace_shared(depot, WHY_NAME, text, strlen(text), error);
}

/* ---- for people ---- */

static char *
clock_time(gint64 wall_us)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(wall_us / G_USEC_PER_SEC);

  return time != NULL ? g_date_time_format(time, "%H:%M") : g_strdup("?");
}

static char *
say_working(const DsWhy *self)
{
  return self->network != NULL
             ? g_strdup_printf(_("in contact with the station, through “%s”"), self->network)
             : g_strdup(_("in contact with the station"));
}

static char *
say_resting(const DsWhy *self)
{
  g_autofree char *next = clock_time(self->next_us);

  return self->detail == NULL
             ? g_strdup_printf(_("the last contact went well; the next one is at %s"), next)
             : g_strdup_printf(_("of the last contact something was refused: %s; the next one is "
                                 "at %s"),
                               self->detail, next);
}

char *
ds_why_sentence(const DsWhy *self)
{
  g_autofree char *next = clock_time(self->next_us);
  const char *detail = self->detail != NULL ? self->detail : "?";

  switch (self->state) {
  case DS_WHY_ABSENT:
    return g_strdup(_("no courier is running here; start one with doorstep-courier run"));
  case DS_WHY_HIDDEN:
    return g_strdup(_("a courier runs here, but this account may not see what it does"));
  case DS_WHY_UNCONFIGURED:
    return g_strdup_printf(_("the courier does not know its station: %s"), detail);
  case DS_WHY_WAITING:
    return ds_reach_sentence(self->reason, self->network);
  case DS_WHY_WORKING:
    return say_working(self);
  case DS_WHY_RESTING:
    return say_resting(self);
  case DS_WHY_TROUBLE:
    return g_strdup_printf(_("the last contact failed: %s; the next try is at %s"), detail, next);
  }
  return g_strdup("");
}
