/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The program from outside: words, exit codes, JSON. */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "bundle/enrol.h"
#include "station/station-private.h"
#include "station/test-unit.h"

typedef struct {
  char *dir;
  char *home;
  char *passphrase;
  TestUnit *unit;
} Fixture;

typedef struct {
  int code;
  char *out;
  char *err;
} Answer;

static void
answer_clear(Answer *self)
{
  g_free(self->out);
  g_free(self->err);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)

/* Zero bytes, which git sends, become blanks. */
static char *
text_of(GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data(bytes, &size);
  char *text = g_malloc0(size + 1);

  for (gsize i = 0; i < size; i++)
    text[i] = data[i] != '\0' ? data[i] : ' ';
  return text;
}

/* Words are split at blanks: none of ours holds one. */
static Answer
run_with(const char *const *environment, const char *input, const char *format, va_list arguments)
{
  g_autofree char *line = g_strdup_vprintf(format, arguments);
  g_auto(GStrv) words = g_strsplit(line, " ", -1);
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  g_autofree char *program = g_build_filename(g_getenv("DOORSTEP_BUILD_DIR"), "core", "cli",
                                              "station", "doorstep-station", NULL);
  g_autoptr(GSubprocessLauncher) launcher =
      g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr(GBytes) said = g_bytes_new(input, strlen(input)), out = NULL, err = NULL;
  g_autoptr(GError) error = NULL;
  Answer answer = {0};

  for (; environment != NULL && environment[0] != NULL; environment += 2)
    g_subprocess_launcher_setenv(launcher, environment[0], environment[1], TRUE);
  g_ptr_array_add(argv, program);
  for (char **word = words; *word != NULL; word++)
    g_ptr_array_add(argv, *word);
  g_ptr_array_add(argv, NULL);
  g_autoptr(GSubprocess) process =
      g_subprocess_launcher_spawnv(launcher, (const char *const *)argv->pdata, &error);
  g_assert_no_error(error);
  g_assert_true(g_subprocess_communicate(process, said, NULL, &out, &err, &error));
  g_assert_no_error(error);
  answer.out = text_of(out);
  answer.err = text_of(err);
  g_assert_true(g_subprocess_get_if_exited(process));
  answer.code = g_subprocess_get_exit_status(process);
  return answer;
}

static Answer run(const char *format, ...) G_GNUC_PRINTF(1, 2);

static Answer
run(const char *format, ...)
{
  const char *environment[] = {"LC_ALL", "C.UTF-8", "DOORSTEP_STATION_HOME", "", NULL};
  va_list arguments;

  va_start(arguments, format);
  Answer answer = run_with(environment, "", format, arguments);
  va_end(arguments);
  return answer;
}

static Answer run_in(const char *const *environment, const char *input, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static Answer
run_in(const char *const *environment, const char *input, const char *format, ...)
{
  va_list arguments;

  va_start(arguments, format);
  Answer answer = run_with(environment, input, format, arguments);
  va_end(arguments);
  return answer;
}

static void
assert_answer(const Answer *answer, int code, const char *words)
{
  if (answer->code != code ||
      (strstr(answer->out, words) == NULL && strstr(answer->err, words) == NULL))
    g_error("exit %d, stdout \"%s\", stderr \"%s\"; wanted %d and \"%s\"", answer->code,
            answer->out, answer->err, code, words);
}

/* The root of a JSON answer of a good run. */
static JsonNode *
json_of(const Answer *answer)
{
  g_autoptr(GError) error = NULL;

  assert_answer(answer, 0, "");
  JsonNode *node = json_from_string(answer->out, &error);
  g_assert_no_error(error);
  g_assert_nonnull(node);
  return node;
}

static void
set_up(Fixture *f, gconstpointer data)
{
  f->dir = test_make_dir();
  f->home = g_build_filename(f->dir, "home", NULL);
  f->passphrase = g_build_filename(f->dir, "words", NULL);
  f->unit = test_unit_new("unit-7", "036001");
  g_assert_true(g_file_set_contents(f->passphrase, TEST_PASSPHRASE "\n", -1, NULL));
  g_assert_cmpint(g_chmod(f->passphrase, 0600), ==, 0);
  g_auto(Answer) made =
      run("init --home %s --id nanchang --name South --light --passphrase-file %s", f->home,
          f->passphrase);
  assert_answer(&made, 0, "fingerprint");
}

static void
tear_down(Fixture *f, gconstpointer data)
{
  g_assert_true(ds_files_remove_tree(f->dir, NULL));
  test_unit_free(f->unit);
  g_free(f->dir);
  g_free(f->home);
  g_free(f->passphrase);
}

static char *
write_request(Fixture *f)
{
  g_autoptr(GBytes) request = test_unit_request(f->unit);
  char *path = g_build_filename(f->dir, "request", NULL);

  g_assert_true(g_file_set_contents(path, g_bytes_get_data(request, NULL),
                                    (gssize)g_bytes_get_size(request), NULL));
  return path;
}

static void
enrol(Fixture *f)
{
  g_autofree char *request = write_request(f);
  g_auto(Answer) shown = run("enrol --home %s --json %s", f->home, request);
  g_autoptr(JsonNode) node = json_of(&shown);
  g_auto(GStrv) groups =
      g_strsplit(json_object_get_string_member(json_node_get_object(node), "fingerprint"), " ", -1);
  g_autofree char *fingerprint = g_strjoinv("", groups);
  g_assert_false(json_object_get_boolean_member(json_node_get_object(node), "enrolled"));
  g_auto(Answer) admitted = run("enrol --home %s --passphrase-file %s --confirm %s %s", f->home,
                                f->passphrase, fingerprint, request);
  assert_answer(&admitted, 0, "enrolled");
}

static void
test_words(Fixture *f, gconstpointer data)
{
  g_auto(Answer)
      help = run("--help"),
      verb_help = run("return --help"), version = run("--version"), none = run("levitate"),
      bare = run("list --passphrase-fd 3"), option = run("list --home %s --colour", f->home),
      words = run("show --home %s", f->home), missing = run("return --home %s x", f->home),
      day = run("return --home %s x --category photo --detail x --due tomorrow", f->home);

  assert_answer(&help, 0, "authorized-keys");
  assert_answer(&help, 0, "Exit codes");
  assert_answer(&verb_help, 0, "Example");
  assert_answer(&version, 0, "doorstep-station");
  assert_answer(&none, 64, "\"levitate\" is no verb");
  assert_answer(&bare, 64, "--home DIR");
  assert_answer(&option, 64, "--colour");
  assert_answer(&words, 64, "wrong number of words");
  assert_answer(&missing, 64, "--category and --detail");
  assert_answer(&day, 64, "is no date");
}

static void
test_refusals(Fixture *f, gconstpointer data)
{
  g_autofree char *wrong = g_build_filename(f->dir, "wrong", NULL);
  g_autoptr(GError) error = NULL;

  g_assert_true(g_file_set_contents(wrong, "not the one at all\n", -1, NULL));
  g_assert_cmpint(g_chmod(wrong, 0600), ==, 0);
  g_auto(Answer) locked = run("list --home %s --passphrase-file %s", f->home, wrong);
  assert_answer(&locked, 77, "passphrase");
  g_auto(Answer) json = run("list --home %s --json --passphrase-file %s", f->home, wrong);
  assert_answer(&json, 77, "\"code\" : \"locked\"");
  g_auto(Answer) nowhere = run("report --home %s/nowhere", f->dir);
  assert_answer(&nowhere, 65, "is no station");
  g_auto(Answer) file = run("enrol --home %s %s", f->home, wrong);
  assert_answer(&file, 65, "");
  g_auto(Answer) twice =
      run("init --home %s --id x --light --passphrase-file %s", f->home, f->passphrase);
  assert_answer(&twice, 65, "is a station already");
  g_auto(Answer) unknown =
      run("show --home %s --passphrase-file %s nobody", f->home, f->passphrase);
  assert_answer(&unknown, 65, "no case is called");

  g_autoptr(DsStation) holder = ds_station_open(f->home, "somebody", &error);
  g_assert_no_error(error);
  g_auto(Answer) busy = run("report --home %s --wait 0", f->home);
  assert_answer(&busy, 69, "somebody");
}

/* What sshd would run for a client that asks for @command and then says it has nothing to do. */
static Answer
serve(Fixture *f, const char *command)
{
  const char *environment[] = {"SSH_ORIGINAL_COMMAND", command, NULL};

  return run_in(environment, "0000", "serve --home %s unit-7", f->home);
}

static void
test_serve(Fixture *f, gconstpointer data)
{
  g_autofree char *key = g_build_filename(f->dir, "id_ed25519.pub", NULL);

  g_auto(Answer) stranger = run("serve --home %s unit-7", f->home);
  assert_answer(&stranger, 77, "not enrolled");
  enrol(f);
  g_auto(Answer) shell = run("serve --home %s unit-7", f->home);
  assert_answer(&shell, 77, "");
  g_auto(Answer) other = serve(f, "git-receive-pack 'unit-8.git'");
  assert_answer(&other, 77, "");
  g_auto(Answer) pack = serve(f, "git-receive-pack 'unit-7.git'");
  assert_answer(&pack, 0, "report-status");
  g_assert_true(g_file_set_contents(
      key,
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl unit\n", -1,
      NULL));
  g_auto(Answer) line = run("authorized-keys --home %s unit-7 %s", f->home, key);
  assert_answer(&line, 0, "serve --home");
  assert_answer(&line, 0, "restrict ssh-ed25519 ");
  assert_answer(&line, 0, f->home);
}

static gint64
number_in(const Answer *answer, const char *member)
{
  g_autoptr(JsonNode) node = json_of(answer);

  return json_object_get_int_member(json_node_get_object(node), member);
}

static void
push_case(Fixture *f, const char *local, const char *name)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsStation) station = NULL;
  TestHome home = {.dir = f->dir, .home = f->home};
  TestCase what = {.local = local, .name = name};

  while ((station = ds_station_open(f->home, "test", &error)) == NULL) {
    g_assert_error(error, DS_ERROR, DS_ERROR_BUSY);
    g_clear_error(&error);
    g_usleep(G_USEC_PER_SEC / 100);
  }
  g_autoptr(TestBundle) bundle = test_unit_seal(f->unit, ds_station_directory(station), &what);
  g_clear_pointer(&station, ds_station_free);
  test_push(&home, "unit-7", bundle, TEST_PUSH_WHOLE);
}

static void
test_day(Fixture *f, gconstpointer data)
{
  const char *unlock = f->passphrase;

  enrol(f);
  push_case(f, "a-1", NULL);
  g_auto(Answer) locked = run("intake --home %s --json", f->home);
  g_assert_cmpint(number_in(&locked, "received"), ==, 1);
  g_assert_cmpint(number_in(&locked, "waiting"), ==, 1);
  g_auto(Answer) bundles = run("list --home %s --bundles", f->home);
  assert_answer(&bundles, 0, "received");
  g_auto(Answer) taken = run("intake --home %s --json --passphrase-file %s", f->home, unlock);
  g_assert_cmpint(number_in(&taken, "durable"), ==, 1);

  g_auto(Answer) list =
      run("list --home %s --state review --json --passphrase-file %s", f->home, unlock);
  g_autoptr(JsonNode) cases = json_of(&list);
  g_assert_cmpuint(json_array_get_length(json_node_get_array(cases)), ==, 1);
  g_auto(Answer) shown = run("show --home %s --passphrase-file %s a-1", f->home, unlock);
  assert_answer(&shown, 0, "applicant.name");
  g_auto(Answer) returned =
      run("return --home %s --passphrase-file %s --category photo --detail again --due 2026-09-04 "
          "--by 036900 a-1",
          f->home, unlock);
  assert_answer(&returned, 0, "");
  g_auto(Answer) report = run("report --home %s --passphrase-file %s", f->home, unlock);
  assert_answer(&report, 0, "cases by state: returned 1");
  g_auto(Answer) accepted =
      run("accept --home %s --json --passphrase-file %s unit-7/a-1", f->home, unlock);
  assert_answer(&accepted, 0, "\"accepted\"");
  g_auto(Answer) exported =
      run("export --home %s --passphrase-file %s a-1 --out %s/case", f->home, unlock, f->dir);
  assert_answer(&exported, 0, "2 parts");
  g_auto(Answer) directory =
      run("directory --home %s --json --out %s/station.directory", f->home, f->dir);
  g_assert_cmpint(number_in(&directory, "version"), ==, 2);
  g_auto(Answer) tidied = run("maintain --home %s --json", f->home);
  g_assert_cmpint(number_in(&tidied, "repositories"), ==, 1);
  g_auto(Answer) again = run("publish --home %s --json --again unit-7", f->home);
  g_assert_cmpint(number_in(&again, "published"), ==, 2);
}

/* What a unit writes into a field must not draw on the reviewer's terminal. */
static void
test_foreign_words(Fixture *f, gconstpointer data)
{
  enrol(f);
  push_case(f, "a-1", "王\rzz\n  \xe2\x80\xae明");
  g_auto(Answer) taken = run("intake --home %s --passphrase-file %s", f->home, f->passphrase);
  assert_answer(&taken, 0, "1 durable");
  g_auto(Answer) list = run("list --home %s --passphrase-file %s", f->home, f->passphrase);
  assert_answer(&list, 0, "王\\u000dzz\\u000a  \\u202e明");
  g_auto(Answer) shown = run("show --home %s --passphrase-file %s a-1", f->home, f->passphrase);
  assert_answer(&shown, 0, "王\\u000dzz\\u000a  \\u202e明");
  g_assert_null(strchr(shown.out, '\r'));
  g_auto(Answer) json =
      run("show --home %s --json --passphrase-file %s a-1", f->home, f->passphrase);
  assert_answer(&json, 0, "王\\rzz\\n");
}

static gboolean
is_durable(Fixture *f)
{
  g_auto(Answer) list = run("list --home %s --bundles --state durable --json", f->home);
  g_autoptr(JsonNode) node = json_of(&list);

  return json_array_get_length(json_node_get_array(node)) == 1;
}

/* A watching station takes in what comes, lets others in between, and stops when asked. */
static void
test_watch(Fixture *f, gconstpointer data)
{
  g_autofree char *program = g_build_filename(g_getenv("DOORSTEP_BUILD_DIR"), "core", "cli",
                                              "station", "doorstep-station", NULL);
  g_autoptr(GError) error = NULL;

  enrol(f);
  g_autoptr(GSubprocess) watch =
      g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, program, "intake", "--home",
                       f->home, "--watch", "1", "--passphrase-file", f->passphrase, NULL);
  g_assert_no_error(error);
  push_case(f, "a-1", NULL);
  for (guint i = 0; i < 600 && !is_durable(f); i++)
    g_usleep(G_USEC_PER_SEC / 10);
  g_assert_true(is_durable(f));
  g_subprocess_send_signal(watch, SIGTERM);
  g_assert_true(g_subprocess_wait(watch, NULL, &error));
  g_assert_true(g_subprocess_get_if_exited(watch));
  g_assert_cmpint(g_subprocess_get_exit_status(watch), ==, 0);
}

#define ADD(name, function) \
  g_test_add("/cli/station/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("words", test_words);
  ADD("refusals", test_refusals);
  ADD("serve", test_serve);
  ADD("day", test_day);
  ADD("foreign-words", test_foreign_words);
  ADD("watch", test_watch);
  return g_test_run();
}
