/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/helper.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "plugin/sandbox.h"
#include "plugin/wire.h"

#define DEFAULT_TIMEOUT_MS 30000
#define START_TIMEOUT_MS 20000
#define STOP_TIMEOUT_MS 10000
/* bubblewrap passes on what ended the helper: 128 and the signal. */
#define SIGNAL_STATUS 128

/* One warm process. */
typedef struct {
  char *id;
  GSubprocess *process;
  int fd;     /* our end of its standard input */
  int errors; /* its standard error, in memory; -1 when it goes to ours */
} Worker;

struct _DsHelper {
  DsRegistry *registry;
  GHashTable *workers; /* id → Worker */
  char *bubblewrap;    /* NULL: none was found */
  char *program;
};

static void
worker_free(gpointer data)
{
  Worker *self = data;

  ds_fd_close(self->fd);
  ds_fd_close(self->errors);
  if (self->process != NULL) {
    g_subprocess_force_exit(self->process);
    g_subprocess_wait(self->process, NULL, NULL);
    g_object_unref(self->process);
  }
  g_free(self->id);
  g_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Worker, worker_free)

DsHelper *
ds_helper_new(DsRegistry *registry)
{
  DsHelper *self = g_new0(DsHelper, 1);

  self->registry = ds_registry_ref(registry);
  self->workers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, worker_free);
  self->bubblewrap = g_strdup(ds_sandbox_find_bubblewrap());
  self->program = g_strdup(ds_sandbox_helper_program());
  return self;
}

void
ds_helper_free(DsHelper *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref(self->workers);
  ds_registry_unref(self->registry);
  g_free(self->bubblewrap);
  g_free(self->program);
  g_free(self);
}

void
ds_helper_set_programs(DsHelper *self, const char *bubblewrap, const char *program)
{
  if (bubblewrap != NULL) {
    g_free(self->bubblewrap);
    self->bubblewrap = g_strdup(bubblewrap);
  }
  if (program != NULL) {
    g_free(self->program);
    self->program = g_strdup(program);
  }
}

/* ---- starting ---- */

static gboolean
shows_errors(void)
{
#if defined(__SANITIZE_ADDRESS__)
  return TRUE;
#else
  return g_getenv("DOORSTEP_HELPER_STDERR") != NULL;
#endif
}

/* What the process wrote to its standard error before it could say anything else: bubblewrap's
 * complaint. Never read once it holds data. (transfer full) */
static char *
first_error_line(const Worker *worker)
{
  char text[512];
  gssize size = worker->errors >= 0 ? pread(worker->errors, text, sizeof(text) - 1, 0) : 0;

  text[MAX(size, 0)] = '\0';
  g_autofree char *line = g_utf8_make_valid(text, -1);
  char *end = strchr(line, '\n');
  if (end != NULL)
    *end = '\0';
  return g_steal_pointer(&line);
}

static gboolean
launch(DsHelper *self, const DsPluginEntry *entry, Worker *worker, GError **error)
{
  g_auto(GStrv) command =
      ds_sandbox_command(self->bubblewrap, self->program, entry->folder, entry->id);
  g_autoptr(GSubprocessLauncher) launcher =
      g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr(GError) problem = NULL;
  const char *const environment[] = {"PATH=/usr/bin", NULL};
  int ends[2];

  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return ds_error_set_errno(error, errno, "connecting to the helper for", entry->id);
  worker->fd = ends[0];
  g_subprocess_launcher_take_stdin_fd(launcher, ends[1]);
  if (!shows_errors()) {
    worker->errors = memfd_create("helper-errors", MFD_CLOEXEC);
    if (worker->errors >= 0)
      g_subprocess_launcher_take_stderr_fd(launcher, dup(worker->errors));
  }
  g_subprocess_launcher_set_environ(launcher, (char **)environment);
  worker->process = g_subprocess_launcher_spawnv(launcher, (const char *const *)command, &problem);
  if (worker->process == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "cannot start the helper for %s: %s", entry->id,
                problem->message);
    return FALSE;
  }
  return TRUE;
}

/* ---- when it goes wrong ---- */

/* How the process ended, once it has: -1 when it did not within a moment. */
static int
exit_status(Worker *worker)
{
  ds_fd_close(worker->fd);
  worker->fd = -1;
  for (guint waited = 0; waited < STOP_TIMEOUT_MS; waited += 5) {
    if (g_subprocess_get_identifier(worker->process) == NULL)
      break;
    g_usleep(5000);
  }
  if (g_subprocess_get_identifier(worker->process) != NULL)
    return -1;
  g_subprocess_wait(worker->process, NULL, NULL);
  int status = g_subprocess_get_status(worker->process);
  return WIFEXITED(status) ? WEXITSTATUS(status) : SIGNAL_STATUS + WTERMSIG(status);
}

static void
set_crashed(Worker *worker, GError **error)
{
  int status = exit_status(worker);

  if (status > SIGNAL_STATUS)
    g_set_error(error, DS_ERROR, DS_ERROR_RETRY, "the helper for %s crashed (signal %d); try again",
                worker->id, status - SIGNAL_STATUS);
  else
    g_set_error(error, DS_ERROR, DS_ERROR_RETRY,
                "the helper for %s ended too early (exit status %d); try again", worker->id,
                status);
}

/* @error for anything but OK. */
static void
set_wire_error(Worker *worker, DsWireResult result, guint timeout_ms, GError **error)
{
  switch (result) {
  case DS_WIRE_CLOSED:
    set_crashed(worker, error);
    break;
  case DS_WIRE_TIMEOUT:
    g_set_error(error, DS_ERROR, DS_ERROR_RETRY,
                "the helper for %s did not answer within %u ms and was stopped; try again",
                worker->id, timeout_ms);
    break;
  case DS_WIRE_CANCELLED:
    g_set_error(error, DS_ERROR, DS_ERROR_CANCELLED, "the helper for %s was stopped as asked",
                worker->id);
    break;
  case DS_WIRE_TOO_LARGE:
    g_set_error(error, DS_ERROR, DS_ERROR_FAILED,
                "the helper for %s sent a reply over %u bytes; it was stopped", worker->id,
                DS_WIRE_MAX_FRAME);
    break;
  case DS_WIRE_OK:
  case DS_WIRE_MALFORMED:
    g_set_error(error, DS_ERROR, DS_ERROR_FAILED,
                "the helper for %s sent a reply that is not in form; it was stopped", worker->id);
    break;
  }
}

/* The process ended before it said a word: that was bubblewrap or the dynamic linker. */
static void
set_not_started(DsHelper *self, Worker *worker, GError **error)
{
  int status = exit_status(worker);
  g_autofree char *line = first_error_line(worker);

  if (status > SIGNAL_STATUS)
    g_set_error(error, DS_ERROR, DS_ERROR_RETRY,
                "the helper for %s crashed while starting (signal %d); try again", worker->id,
                status - SIGNAL_STATUS);
  else
    g_set_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED,
                "the sandbox for %s could not be made: %s; %s needs user namespaces (or root), and "
                "nothing runs outside it",
                worker->id, *line != '\0' ? line : "no reason given", self->bubblewrap);
}

/* ---- one request ---- */

/* The result of a reply, or its error. */
static GVariant *
take_reply(GVariant *reply, GError **error)
{
  g_autoptr(GVariant) value = NULL;
  gboolean ok;
  guint32 code;
  const char *text;

  g_variant_get(reply, "(bu&sv)", &ok, &code, &text, &value);
  if (ok)
    return g_steal_pointer(&value);
  g_set_error(error, DS_ERROR, code <= DS_ERROR_CANCELLED ? (int)code : DS_ERROR_FAILED, "%s",
              text);
  return NULL;
}

static Worker *
start(DsHelper *self, const DsPluginEntry *entry, GCancellable *cancellable, GError **error)
{
  const DsWireLimit limit = {g_get_monotonic_time() + START_TIMEOUT_MS * 1000, cancellable};
  g_autoptr(Worker) worker = g_new0(Worker, 1);
  g_autoptr(GVariant) hello = NULL;
  g_autoptr(GBytes) no_bytes = NULL;

  worker->id = g_strdup(entry->id);
  worker->fd = worker->errors = -1;
  if (self->bubblewrap == NULL || access(self->bubblewrap, X_OK) != 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED,
                "%s runs only inside bubblewrap, and %s is not there; install the package "
                "bubblewrap",
                entry->id, self->bubblewrap != NULL ? self->bubblewrap : "/usr/bin/bwrap");
    return NULL;
  }
  if (access(self->program, X_OK) != 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED,
                "%s needs the program %s, which is not there; install Doorstep again", entry->id,
                self->program);
    return NULL;
  }
  if (!launch(self, entry, worker, error))
    return NULL;
  DsWireResult result = ds_wire_receive(worker->fd, DS_WIRE_REPLY, &hello, &no_bytes, NULL, &limit);
  if (result == DS_WIRE_CLOSED)
    set_not_started(self, worker, error);
  else if (result != DS_WIRE_OK)
    set_wire_error(worker, result, START_TIMEOUT_MS, error);
  if (result != DS_WIRE_OK)
    return NULL;
  g_autoptr(GVariant) nothing = take_reply(hello, error);
  return nothing != NULL ? g_steal_pointer(&worker) : NULL;
}

/* The warm process for @entry; one that died while idle is started anew. */
static Worker *
worker_for(DsHelper *self, const DsPluginEntry *entry, GCancellable *cancellable, GError **error)
{
  Worker *worker = g_hash_table_lookup(self->workers, entry->id);

  if (worker != NULL && g_subprocess_get_identifier(worker->process) != NULL)
    return worker;
  g_hash_table_remove(self->workers, entry->id);
  worker = start(self, entry, cancellable, error);
  if (worker != NULL)
    g_hash_table_insert(self->workers, worker->id, worker);
  return worker;
}

typedef struct {
  const char *id;
  DsPluginKind kind;
  const char *verb;
  const char *result; /* the type it must have */
  GBytes *bytes;      /* to send, or NULL */
  int fd;             /* to lend, or -1 */
  guint timeout_ms;
  GCancellable *cancellable;
} Call;

/* @argument is sunk; @bytes is what came with the result, and only a verb that gives bytes may send
 * some. After any fault of the process itself the process is gone. (transfer full) */
static GVariant *
call(DsHelper *self, const Call *what, GVariant *argument, GBytes **bytes, GError **error)
{
  g_autoptr(GVariant) held = g_variant_ref_sink(argument);
  g_autoptr(GVariant) reply = NULL;
  g_autoptr(GBytes) given = NULL;
  guint timeout_ms = what->timeout_ms > 0 ? what->timeout_ms : DEFAULT_TIMEOUT_MS;
  const DsPluginEntry *entry = ds_registry_find(self->registry, what->id, what->kind, error);

  if (entry == NULL)
    return NULL;
  Worker *worker = worker_for(self, entry, what->cancellable, error);
  if (worker == NULL)
    return NULL;
  const DsWireLimit limit = {g_get_monotonic_time() + (gint64)timeout_ms * 1000, what->cancellable};
  DsWireResult result = ds_wire_send(worker->fd, g_variant_new("(sv)", what->verb, held),
                                     what->bytes, what->fd, &limit);
  if (result == DS_WIRE_TOO_LARGE) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
                "what %s is given is over %u bytes; take a smaller picture or file", what->id,
                DS_WIRE_MAX_FRAME);
    return NULL;
  }
  if (result == DS_WIRE_OK)
    result = ds_wire_receive(worker->fd, DS_WIRE_REPLY, &reply, &given, NULL, &limit);
  g_autoptr(GVariant) value = result == DS_WIRE_OK ? take_reply(reply, error) : NULL;
  gboolean wrong = value != NULL && (!g_variant_is_of_type(value, G_VARIANT_TYPE(what->result)) ||
                                     (bytes == NULL && g_bytes_get_size(given) > 0));
  if (result == DS_WIRE_OK && !wrong) {
    if (bytes != NULL && value != NULL)
      *bytes = g_steal_pointer(&given);
    return g_steal_pointer(&value);
  }
  set_wire_error(worker, result, timeout_ms, error);
  g_hash_table_remove(self->workers, what->id);
  return NULL;
}

/* ---- the verbs ---- */

static gboolean
check_size(GBytes *bytes, gsize max, const char *id, GError **error)
{
  if (g_bytes_get_size(bytes) <= max)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
              "%s: %" G_GSIZE_FORMAT " bytes, at most %" G_GSIZE_FORMAT
              " are taken; make it smaller",
              id, g_bytes_get_size(bytes), max);
  return FALSE;
}

/* Only what an inspector has a say in. */
static void
apply_inspection(GVariant *value, DsPart *part)
{
  g_autoptr(GVariantIter) attributes = NULL;
  const char *media_type, *name, *text;

  g_variant_get(value, "(&sa{ss}@" DS_FINDINGS_VARIANT ")", &media_type, &attributes, NULL);
  while (g_variant_iter_next(attributes, "{&s&s}", &name, &text))
    if (g_str_has_prefix(name, "measure.") || g_str_equal(name, "media-type"))
      ds_part_set_attribute(part, name, text);
  if (*media_type != '\0') {
    g_free(part->media_type);
    part->media_type = g_strdup(media_type);
  }
}

gboolean
ds_helper_inspect(DsHelper *self, const char *id, GBytes *data, DsPart *part, DsFindings *findings,
                  guint timeout_ms, GCancellable *cancellable, GError **error)
{
  const Call what = {id, DS_PLUGIN_INSPECTOR, "inspect",  DS_WIRE_INSPECTED, data,
                     -1, timeout_ms,          cancellable};

  if (!check_size(data, DS_HELPER_MAX_BYTES, id, error))
    return FALSE;
  g_autoptr(GVariant) value = call(
      self, &what, g_variant_new("(@" DS_PART_VARIANT ")", ds_part_to_variant(part)), NULL, error);
  if (value == NULL)
    return FALSE;
  g_autoptr(GVariant) list = g_variant_get_child_value(value, 2);
  g_autoptr(DsFindings) said = ds_findings_from_variant(list, error);
  if (said == NULL)
    return FALSE;
  apply_inspection(value, part);
  ds_registry_take_findings(findings, said, id);
  return TRUE;
}

GBytes *
ds_helper_render(DsHelper *self, const char *id, const char *document, const DsView *view,
                 guint timeout_ms, GCancellable *cancellable, GError **error)
{
  g_autoptr(GBytes) bytes = NULL;
  const Call what = {id, DS_PLUGIN_OUTPUT, "render", "()", NULL, -1, timeout_ms, cancellable};
  g_autoptr(GVariant) value = call(
      self, &what, g_variant_new("(s@" DS_VIEW_VARIANT ")", document, ds_view_to_variant(view)),
      &bytes, error);

  return value != NULL ? g_steal_pointer(&bytes) : NULL;
}

GStrv
ds_helper_list(DsHelper *self, const char *id, guint timeout_ms, GCancellable *cancellable,
               GError **error)
{
  const Call what = {id, DS_PLUGIN_SOURCE, "list", "as", NULL, -1, timeout_ms, cancellable};
  g_autoptr(GVariant) value = call(self, &what, g_variant_new("()"), NULL, error);

  return value != NULL ? g_variant_dup_strv(value, NULL) : NULL;
}

GBytes *
ds_helper_capture(DsHelper *self, const char *id, const char *name, int fd, gsize max,
                  guint timeout_ms, GCancellable *cancellable, GError **error)
{
  g_autoptr(GBytes) bytes = NULL;
  const Call what = {id, DS_PLUGIN_SOURCE, "capture", "()", NULL, fd, timeout_ms, cancellable};
  g_autoptr(GVariant) value =
      call(self, &what, g_variant_new("(st)", name, (guint64)max), &bytes, error);

  if (value == NULL)
    return NULL;
  return check_size(bytes, max, id, error) ? g_steal_pointer(&bytes) : NULL;
}

gboolean
ds_helper_stop(DsHelper *self, GError **error)
{
  GHashTableIter iter;
  gpointer worker;

  g_hash_table_iter_init(&iter, self->workers);
  while (g_hash_table_iter_next(&iter, NULL, &worker)) {
    int status = exit_status(worker);
    if (status != 0 && error != NULL && *error == NULL)
      g_set_error(error, DS_ERROR, DS_ERROR_FAILED,
                  "the helper for %s did not end cleanly (exit status %d)", ((Worker *)worker)->id,
                  status);
    g_hash_table_iter_remove(&iter);
    if (status != 0)
      return FALSE;
  }
  return TRUE;
}
