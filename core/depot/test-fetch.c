/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fetching from real git whose repository holds good and evil messages. */
#include "depot/fetch.h"

#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "depot/test-peer.h"

typedef struct {
  char *folder, *path, *work;
  GString *log;     /* what the sink was told */
  const char *fail; /* "begin", "entry", "commit": where the sink fails */
  DsErrorCode fail_code;
  GArray *taken;
  GHashTable *refused;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture->folder = test_folder_new();
  fixture->path = g_build_filename(fixture->folder, "unit-1.git", NULL);
  fixture->work = g_build_filename(fixture->folder, "work", NULL);
  g_assert_true(ds_repo_create(fixture->path, &error));
  g_assert_true(ds_files_make_dir(fixture->work, &error));
  g_assert_no_error(error);
  fixture->log = g_string_new(NULL);
  fixture->taken = g_array_new(FALSE, FALSE, sizeof(DsOutboxRef));
  fixture->refused = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
  g_free(fixture->path);
  g_free(fixture->work);
  g_string_free(fixture->log, TRUE);
  g_array_unref(fixture->taken);
  g_hash_table_unref(fixture->refused);
  test_folder_free(fixture->folder);
}

static gboolean
sink_at(Fixture *fixture, const char *where, GError **error)
{
  if (g_strcmp0(fixture->fail, where) != 0)
    return TRUE;
  g_set_error(error, DS_ERROR, (int)fixture->fail_code, "the sink fails at %s", where);
  return FALSE;
}

static gboolean
sink_begin(const DsOutboxRef *ref, gpointer data, GError **error)
{
  Fixture *fixture = data;

  g_string_append_printf(fixture->log, "<%d-%s", (int)ref->seq, ds_outbox_kind_word(ref->kind));
  return sink_at(fixture, "begin", error);
}

static gboolean
sink_entry(const DsOutboxRef *ref, const char *name, GBytes *bytes, gpointer data, GError **error)
{
  Fixture *fixture = data;
  gsize size;
  const char *text = g_bytes_get_data(bytes, &size);

  g_string_append_printf(fixture->log, " %.12s=%.*s", name, (int)size, text);
  return sink_at(fixture, "entry", error);
}

static gboolean
sink_commit(const DsOutboxRef *ref, gpointer data, GError **error)
{
  Fixture *fixture = data;

  g_string_append(fixture->log, ">");
  return sink_at(fixture, "commit", error);
}

static void
sink_abort(const DsOutboxRef *ref, gpointer data)
{
  g_string_append(((Fixture *)data)->log, "!");
}

static const DsFetchSink sink = {sink_begin, sink_entry, sink_commit, sink_abort};

static void
publish(Fixture *fixture, guint64 seq, DsOutboxKind kind, const char *first, ...)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsRepo) repo = ds_repo_open(fixture->path, &error);
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  g_autoptr(GPtrArray) contents = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  DsOutboxRef ref = {seq, kind};
  va_list arguments;

  g_assert_no_error(error);
  va_start(arguments, first);
  for (const char *name = first; name != NULL; name = va_arg(arguments, const char *)) {
    const char *content = va_arg(arguments, const char *);
    g_ptr_array_add(names, (gpointer)name);
    g_ptr_array_add(contents, g_bytes_new(content, strlen(content)));
  }
  va_end(arguments);
  g_ptr_array_add(names, NULL);
  g_assert_true(ds_repo_publish(repo, &ref, (const char *const *)names->pdata, contents, &error));
  g_assert_no_error(error);
}

/* Fetches everything that real git offers. */
static gboolean
fetch_all(Fixture *fixture, GError **error)
{
  g_autoptr(DsLink) link = test_git("upload-pack", fixture->path);
  g_autoptr(DsAdvert) advert = ds_advert_read(link, error);

  g_assert_nonnull(advert);
  gboolean ok = ds_fetch_outbox(link, advert, ds_advert_outbox(advert), fixture->work, NULL, &sink,
                                fixture, fixture->taken, fixture->refused, error);
  g_autoptr(GPtrArray) left = ds_files_list(fixture->work, NULL);
  g_assert_cmpuint(left->len, ==, 0); /* no quarantine stays behind */
  return ok;
}

static void
test_real(Fixture *fixture, gconstpointer data)
{
  static const char chunk[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  g_autoptr(GError) error = NULL;

  publish(fixture, 3, DS_OUTBOX_STATEMENTS, "0000000008", "eight", "0000000007", "seven", NULL);
  publish(fixture, 1, DS_OUTBOX_DIRECTORY, "directory", "who is who", NULL);
  publish(fixture, 2, DS_OUTBOX_DISPATCH, "record", "r", chunk, "c", "manifest", "m", NULL);
  g_assert_true(fetch_all(fixture, &error));
  g_assert_no_error(error);
  g_assert_cmpstr(fixture->log->str, ==,
                  "<1-directory directory=who is who>"
                  "<2-dispatch aaaaaaaaaaaa=c manifest=m record=r>"
                  "<3-statements 0000000007=seven 0000000008=eight>");
  g_assert_cmpuint(fixture->taken->len, ==, 3);
  g_assert_cmpuint(g_hash_table_size(fixture->refused), ==, 0);
  g_autofree char *fsck = test_git_output(fixture->path, "fsck", "--strict", NULL);
  g_assert_cmpstr(fsck, ==, "");
}

static void
test_nothing(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true(fetch_all(fixture, &error));
  g_assert_no_error(error);
  g_assert_cmpstr(fixture->log->str, ==, "");
}

/* Makes refs/outbox/<seq>-<kind> from a list of `git mktree` lines with git's own tools. */
static void
make_ref(Fixture *fixture, guint64 seq, DsOutboxKind kind, const char *tree, const char *message,
         const char *parent)
{
  static const char script[] =
      "set -e; export GIT_DIR=\"$1\" GIT_AUTHOR_NAME=doorstep GIT_AUTHOR_EMAIL=doorstep "
      "GIT_AUTHOR_DATE='@0 +0000' GIT_COMMITTER_NAME=doorstep GIT_COMMITTER_EMAIL=doorstep "
      "GIT_COMMITTER_DATE='@0 +0000'\n"
      "blob=$(printf x | git hash-object -w --stdin)\n"
      "big=$(head -c 70000 /dev/zero | git hash-object -w --stdin)\n"
      "empty=$(git mktree </dev/null)\n"
      "tree=$(printf \"$3\" | sed \"s/BLOB/$blob/;s/BIG/$big/;s/TREE/$empty/\" | git mktree)\n"
      "if [ -n \"$5\" ]; then\n"
      "  commit=$(git commit-tree -m \"$4\" -p \"$(git commit-tree -m p $empty)\" $tree)\n"
      "else commit=$(git commit-tree -m \"$4\" $tree); fi\n"
      "git update-ref \"$2\" $commit\n";
  char ref[DS_DEPOT_REF_SIZE];
  DsOutboxRef name = {seq, kind};
  g_autoptr(GError) error = NULL;
  int status = 0;

  ds_depot_outbox_ref(&name, ref);
  const char *argv[] = {"sh",
                        "-c",
                        script,
                        "sh",
                        fixture->path,
                        ref,
                        tree,
                        message != NULL ? message : ref + strlen(DS_DEPOT_OUTBOX),
                        parent != NULL ? parent : "",
                        NULL};
  g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status,
               &error);
  g_assert_no_error(error);
  g_assert_cmpint(status, ==, 0);
}

typedef struct {
  DsOutboxKind kind;
  const char *tree, *message, *parent;
  const char *words;
} Evil;

/* Each of these is a sound git object and none is a message; the good one among them arrives. */
static void
test_shapes(Fixture *fixture, gconstpointer data)
{
  static const Evil table[] = {
      {DS_OUTBOX_STATEMENTS, "100755 blob BLOB\\t0000000001\\n", NULL, NULL, "no plain file"},
      {DS_OUTBOX_STATEMENTS, "120000 blob BLOB\\t0000000001\\n", NULL, NULL, "no plain file"},
      {DS_OUTBOX_STATEMENTS, "040000 tree TREE\\t0000000001\\n", NULL, NULL, "no plain file"},
      {DS_OUTBOX_STATEMENTS, "100644 blob BLOB\\tx\\n", NULL, NULL, "not allowed here"},
      {DS_OUTBOX_STATEMENTS, "100644 blob BIG\\t0000000001\\n", NULL, NULL, "70000 bytes"},
      {DS_OUTBOX_STATEMENTS, "100644 blob BLOB\\t0000000001\\n", "other", NULL, "one form"},
      {DS_OUTBOX_STATEMENTS, "100644 blob BLOB\\t0000000001\\n", NULL, "yes", "one form"},
      {DS_OUTBOX_STATEMENTS, "", NULL, NULL, "0 statements"},
      {DS_OUTBOX_DIRECTORY, "", NULL, NULL, "no entry directory"},
      {DS_OUTBOX_DISPATCH, "100644 blob BLOB\\tmanifest\\n", NULL, NULL, "no entry record"},
      {DS_OUTBOX_DISPATCH, "100644 blob BLOB\\tmanifest\\n100644 blob BLOB\\t..x\\n", NULL, NULL,
       "not allowed here"},
  };
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS(table); i++)
    make_ref(fixture, i + 1, table[i].kind, table[i].tree, table[i].message, table[i].parent);
  publish(fixture, 6000, DS_OUTBOX_DIRECTORY, "directory", "good", NULL);
  g_assert_true(fetch_all(fixture, &error));
  g_assert_no_error(error);
  g_assert_cmpstr(fixture->log->str, ==, "<6000-directory directory=good>");
  for (guint64 i = 0; i < G_N_ELEMENTS(table); i++) {
    guint64 seq = i + 1;
    const char *why = g_hash_table_lookup(fixture->refused, &seq);
    g_test_message("%" G_GUINT64_FORMAT ": %s", seq, why);
    g_assert_nonnull(why);
    g_assert_nonnull(strstr(why, table[i].words));
  }
}

/* What git itself knows to be hostile never gets as far as libgit2. */
static void
test_hostile_names(Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = {"..", ".", ".git", ".GIT", "git~1"};

  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *tree = g_strdup_printf("100644 blob BLOB\\t%s\\n", names[i]);
    make_ref(fixture, 1, DS_OUTBOX_DIRECTORY, tree, NULL, NULL);
    g_assert_false(fetch_all(fixture, &error));
    g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, "not sound"));
    g_assert_cmpuint(fixture->taken->len, ==, 0);
    g_assert_cmpstr(fixture->log->str, ==, "");
  }
}

static void
test_sink_fails(Fixture *fixture, gconstpointer data)
{
  static const char *const places[] = {"begin", "entry", "commit"};

  publish(fixture, 1, DS_OUTBOX_DIRECTORY, "directory", "d", NULL);
  for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
    g_autoptr(GError) error = NULL;
    fixture->fail = places[i];
    fixture->fail_code = DS_ERROR_NO_SPACE;
    g_assert_false(fetch_all(fixture, &error));
    g_assert_error(error, DS_ERROR, DS_ERROR_NO_SPACE);
    g_assert_cmpuint(fixture->taken->len, ==, 0);
  }
  g_autoptr(GError) error = NULL;
  fixture->fail_code = DS_ERROR_EXISTS;
  g_assert_true(fetch_all(fixture, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(fixture->taken->len, ==, 0);
  g_assert_cmpuint(g_hash_table_size(fixture->refused), ==, 1);
}

/* What a killed fetch left goes; what is somebody else's stays. */
static void
test_sweep(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *old = g_build_filename(fixture->work, "quarantine-abc", "objects", NULL);
  g_autofree char *other = g_build_filename(fixture->work, "resend", NULL);

  g_assert_true(ds_files_make_dir(old, &error) && ds_files_make_dir(other, &error));
  g_assert_true(ds_fetch_sweep(fixture->work, &error));
  g_assert_no_error(error);
  g_assert_false(g_file_test(old, G_FILE_TEST_EXISTS));
  g_assert_true(g_file_test(other, G_FILE_TEST_EXISTS));
}

#define ADD(name, function) \
  g_test_add("/depot/fetch/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("real", test_real);
  ADD("nothing", test_nothing);
  ADD("shapes", test_shapes);
  ADD("hostile-names", test_hostile_names);
  ADD("sink-fails", test_sink_fails);
  ADD("sweep", test_sweep);
  return g_test_run();
}
