/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doorstep-helper FOLDER ID: loads one source, inspector or output and serves requests on its
 * standard input, a socket, until that closes. Started by plugin/helper.c under bubblewrap, never
 * by hand. It holds no key and no file but what a request brings. */
#include <libintl.h>
#include <locale.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/files.h"
#include "plugin-paths.h"
#include "plugin/helper/serve.h"
#include "plugin/wire.h"

/* CPU seconds one request may burn. The host's watchdog counts wall time. */
#define CPU_SECONDS 60
#define MEMORY_BYTES (1024ul * 1024 * 1024)
#define FILE_BYTES (64ul * 1024 * 1024)
#define OPEN_FILES 64

#if defined(__SANITIZE_ADDRESS__)
/* The sanitizer reserves terabytes of address space; fontconfig keeps its configuration,
 * and Cairo 1.16 loses an array for each font it embeds. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
  return "leak:libfontconfig\nleak:libcairo\n";
}
#define LIMIT_MEMORY FALSE
#else
#define LIMIT_MEMORY TRUE
#endif

static gboolean
limit(int what, rlim_t most)
{
  const struct rlimit both = {most, most};

  return setrlimit((__rlimit_resource_t)what, &both) == 0;
}

static gboolean
limit_process(void)
{
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && limit(RLIMIT_CORE, 0) &&
         limit(RLIMIT_NOFILE, OPEN_FILES) && limit(RLIMIT_FSIZE, FILE_BYTES) &&
         (!LIMIT_MEMORY || limit(RLIMIT_AS, MEMORY_BYTES));
}

/* A warm process may serve for hours, so the limit moves with what was used before. */
static void
limit_request(void)
{
  struct rusage used;
  struct rlimit cpu;

  if (getrusage(RUSAGE_SELF, &used) != 0 || getrlimit(RLIMIT_CPU, &cpu) != 0)
    return;
  cpu.rlim_cur = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec + CPU_SECONDS);
  setrlimit(RLIMIT_CPU, &cpu);
}

static void
set_language(void)
{
  const char *folder = g_getenv("DOORSTEP_LOCALE_DIR");

  setlocale(LC_ALL, "");
  setlocale(LC_NUMERIC, "C");
  bindtextdomain("doorstep", folder != NULL ? folder : DS_LOCALE_FOLDER);
  bind_textdomain_codeset("doorstep", "UTF-8");
}

/* @value is sunk; NULL together with @error set is a refusal. */
static gboolean
reply(GVariant *value, GBytes *bytes, const GError *error)
{
  const DsWireLimit forever = {-1, NULL};
  gboolean ok = error == NULL;
  guint32 code = ok ? 0 : (guint32)(error->domain == DS_ERROR ? error->code : DS_ERROR_FAILED);
  g_autofree char *text = ok ? g_strdup("") : g_utf8_make_valid(error->message, -1);

  if (value == NULL)
    value = g_variant_new("()");
  return ds_wire_send(0, g_variant_new("(busv)", ok, code, text, value), bytes, -1, &forever) ==
         DS_WIRE_OK;
}

static gboolean
serve_one(const DsPlugin *plugin)
{
  const DsWireLimit forever = {-1, NULL};
  g_autoptr(GVariant) request = NULL;
  g_autoptr(GVariant) argument = NULL;
  g_autoptr(GBytes) given = NULL, made = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(DsFd) passed = -1;
  const char *verb;

  if (ds_wire_receive(0, DS_WIRE_REQUEST, &request, &given, &passed, &forever) != DS_WIRE_OK)
    return FALSE;
  limit_request();
  g_variant_get(request, "(&sv)", &verb, &argument);
  const DsServeInput input = {argument, given, passed};
  GVariant *value = ds_serve(plugin, verb, &input, &made, &error);
  return reply(value, made, error);
}

int
main(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;

  if (argc != 3) {
    g_printerr("usage: doorstep-helper FOLDER ID (Doorstep starts it by itself)\n");
    return 2;
  }
  if (!limit_process()) {
    g_printerr("doorstep-helper: cannot limit itself\n");
    return 1;
  }
  set_language();
  const DsPlugin *plugin = ds_serve_open(argv[1], argv[2], &error);
  gboolean going = reply(NULL, NULL, error) && plugin != NULL;
  while (going)
    going = serve_one(plugin);
  return 0;
}
