/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pushing to real git, and to servers that lie. */
#include "depot/push.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "depot/pktline.h"
#include "depot/test-peer.h"

typedef struct {
  char *folder, *path;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture->folder = test_folder_new();
  fixture->path = g_build_filename(fixture->folder, "unit-1.git", NULL);
  g_assert_true(ds_repo_create(fixture->path, &error));
  g_assert_no_error(error);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
  g_free(fixture->path);
  test_folder_free(fixture->folder);
}

static GPtrArray *
three_sources(void)
{
  GPtrArray *sources = g_ptr_array_new_with_free_func((GDestroyNotify)ds_depot_source_free);

  g_ptr_array_add(sources, test_source_new(1, 3, 5000));
  g_ptr_array_add(sources, test_source_new(2, 0, 0));
  g_ptr_array_add(sources, test_source_new(3, 2, 70000));
  return sources;
}

static void
check_bundle(DsRepo *repo, DsDepotSource *source)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsRepoBundle) bundle = ds_repo_bundle_open(repo, &source->id, &error);

  g_assert_no_error(error);
  g_assert_cmpuint(ds_repo_bundle_entries(bundle)->len, ==, source->entries->len);
  for (guint i = 0; i < source->entries->len; i++) {
    const DsDepotEntry *entry = &g_array_index(source->entries, DsDepotEntry, i);
    g_autoptr(GBytes) here = ds_depot_source_read(source, entry, &error);
    g_autoptr(GBytes) there = ds_repo_bundle_read(bundle, entry->name, &error);
    g_assert_no_error(error);
    g_assert_true(g_bytes_equal(here, there));
  }
}

static void
test_real(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) sources = three_sources();

  test_push_all(fixture->path, sources);
  g_autofree char *fsck = test_git_output(fixture->path, "fsck", "--strict", "--full", NULL);
  g_assert_cmpstr(fsck, ==, "");
  g_autoptr(DsRepo) repo = ds_repo_open(fixture->path, &error);
  g_assert_no_error(error);
  g_autoptr(GArray) ids = ds_repo_list_bundles(repo, &error);
  g_assert_cmpuint(ids->len, ==, 3);
  for (guint i = 0; i < sources->len; i++)
    check_bundle(repo, g_ptr_array_index(sources, i));
}

/* Everything twice: nothing travels the second time. */
static void
test_again(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) sources = three_sources();
  g_autoptr(GPtrArray) reports = NULL;

  test_push_all(fixture->path, sources);
  g_autoptr(DsLink) link = test_git("receive-pack", fixture->path);
  g_autoptr(DsAdvert) advert = ds_advert_read(link, &error);
  g_assert_no_error(error);
  g_assert_true(ds_push_bundles(link, advert, sources, &reports, &error));
  g_assert_no_error(error);
  for (guint i = 0; i < reports->len; i++)
    g_assert_cmpint(((DsPushReport *)g_ptr_array_index(reports, i))->outcome, ==, DS_PUSH_ALREADY);
  g_assert_cmpuint(ds_link_sent(link), ==, 4);
  g_assert_cmpint(ds_link_finish(link), ==, 0);
}

/* Two bundles in one batch that hold the same bytes: a pack may hold an object only once. */
static void
test_shared_objects(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GPtrArray) sources =
      g_ptr_array_new_with_free_func((GDestroyNotify)ds_depot_source_free);
  DsDepotSource *twin = test_source_new(1, 3, 5000);

  g_ptr_array_add(sources, test_source_new(1, 3, 5000));
  twin->id = test_digest(99);
  twin->id.bytes[0] = test_digest(1).bytes[0]; /* the made-up bytes depend on it */
  g_ptr_array_add(sources, twin);
  test_push_all(fixture->path, sources);
  g_autofree char *fsck = test_git_output(fixture->path, "fsck", "--strict", NULL);
  g_assert_cmpstr(fsck, ==, "");
}

static GBytes *
unreadable(const char *name, gpointer user_data, GError **error)
{
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "chunk %s is damaged", name);
  return NULL;
}

/* Gives other bytes the second time it is asked. */
static GBytes *
changing(const char *name, gpointer user_data, GError **error)
{
  guint *calls = user_data;
  guint8 *bytes = g_malloc0(8);

  bytes[0] = (*calls)++ >= 2 ? 1 : 0;
  return g_bytes_new_take(bytes, 8);
}

static void
test_bad_source(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) sources = three_sources();
  g_autoptr(GPtrArray) reports = NULL, no_reports = NULL;
  DsDepotSource *bad = g_ptr_array_index(sources, 1);

  bad->read = unreadable;
  g_autoptr(DsLink) link = test_git("receive-pack", fixture->path);
  g_autoptr(DsAdvert) advert = ds_advert_read(link, &error);
  g_assert_true(ds_push_bundles(link, advert, sources, &reports, &error));
  g_assert_no_error(error);
  const DsPushReport *report = g_ptr_array_index(reports, 1);
  g_assert_cmpint(report->outcome, ==, DS_PUSH_UNREADABLE);
  g_assert_cmpstr(report->reason, ==, "chunk manifest is damaged");
  report = g_ptr_array_index(reports, 2);
  g_assert_cmpint(report->outcome, ==, DS_PUSH_HANDED_OVER);

  guint calls = 0;
  DsDigest id = test_digest(8);
  g_autoptr(GPtrArray) single =
      g_ptr_array_new_with_free_func((GDestroyNotify)ds_depot_source_free);
  g_ptr_array_add(single, ds_depot_source_new(&id, changing, &calls, NULL));
  g_assert_true(ds_depot_source_add(single->pdata[0], "manifest", 8, &error));
  g_assert_true(ds_depot_source_add(single->pdata[0], "record", 8, &error));
  g_autoptr(DsLink) second = test_git("receive-pack", fixture->path);
  g_autoptr(DsAdvert) now = ds_advert_read(second, &error);
  g_assert_false(ds_push_bundles(second, now, single, &no_reports, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "changed while it was being sent"));
}

static void
test_delete(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) sources = three_sources();
  char ref[DS_DEPOT_REF_SIZE];
  DsDigest id = test_digest(2);

  test_push_all(fixture->path, sources);
  const char *refs[] = {ds_depot_bundle_ref(&id, ref), "refs/outbox/0000000009-dispatch", NULL};
  g_autoptr(DsLink) link = test_git("receive-pack", fixture->path);
  g_autoptr(DsAdvert) advert = ds_advert_read(link, &error);
  g_assert_true(ds_push_delete(link, advert, refs, &error));
  g_assert_no_error(error);
  g_autoptr(DsRepo) repo = ds_repo_open(fixture->path, &error);
  g_autoptr(GArray) ids = ds_repo_list_bundles(repo, &error);
  g_assert_cmpuint(ids->len, ==, 2);
}

/* What the repository's configuration must refuse. */
static void
test_other_names(Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = {"refs/heads/main", "refs/tags/x", "refs/notes/x", "HEAD"};

  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) out = g_byte_array_new(), line = g_byte_array_new();
    g_autoptr(GPtrArray) sources = three_sources();
    g_autoptr(DsLink) link = test_git("receive-pack", fixture->path);

    if (i == 0)
      test_push_all(fixture->path, sources);
    DsAdvert *advert = ds_advert_read(link, &error);
    char ref[DS_DEPOT_REF_SIZE], hex[DS_OBJECT_HEX_SIZE];
    DsDigest id = test_digest(1);
    DsObjectId commit;
    g_autoptr(DsRepo) repo = ds_repo_open(fixture->path, &error);
    g_autofree char *shown =
        test_git_output(fixture->path, "rev-parse", ds_depot_bundle_ref(&id, ref), NULL);
    g_assert_true(ds_object_id_parse(&commit, g_strstrip(shown)));
    g_autofree char *command = g_strdup_printf("0000000000000000000000000000000000000000 %s %s",
                                               ds_object_id_to_hex(&commit, hex), names[i]);
    g_byte_array_append(line, (guint8 *)command, (guint)strlen(command) + 1);
    g_byte_array_append(line, (const guint8 *)"report-status", 13);
    ds_pktline_append(out, line->data, line->len);
    ds_pktline_append_flush(out);
    /* an empty pack */
    g_byte_array_append(out,
                        (const guint8 *)"PACK\0\0\0\2\0\0\0\0\x02\x9d\x08\x82\x3b\xd8\xa8\xea\xb5"
                                        "\x10\xad\x6a\xc7\x5c\x82\x3c\xfd\x3e\xd3\x1e",
                        32);
    g_assert_true(ds_link_write(link, out->data, out->len, &error));
    ds_link_close_write(link);
    g_assert_cmpint(ds_pktline_read(link, line, &error), ==, DS_PKTLINE_DATA);
    g_assert_cmpint(ds_pktline_read(link, line, &error), ==, DS_PKTLINE_DATA);
    g_assert_true(g_str_has_prefix((char *)line->data, "ng "));
    ds_advert_free(advert);
  }
}

typedef struct {
  const char *report; /* after the advertisement */
  DsErrorCode code;   /* of the call, or -1: it succeeds */
  DsPushOutcome outcome;
  const char *words;
} Liar;

/* The advertisement a liar begins with. */
static void
append_advert(GByteArray *out)
{
  g_byte_array_append(
      out,
      (const guint8 *)"004b0000000000000000000000000000000000000000 capabilities^{}\0"
                      "report-status\n0000",
      79);
}

static void
test_liars(void)
{
  DsDigest id = test_digest(2);
  char ref[DS_DEPOT_REF_SIZE];
  const Liar table[] = {
      {"", DS_ERROR_RETRY, DS_PUSH_NOT_SENT, "closed the connection"},
      {"unpack ok|", DS_ERROR_RETRY, DS_PUSH_NOT_SENT, "closed the connection"},
      {"unpack ok|ok @|", DS_ERROR_RETRY, DS_PUSH_NOT_SENT, "closed the connection"},
      {"unpack ok|.", DS_ERROR_INVALID, DS_PUSH_NOT_SENT, "says nothing about"},
      {"ok @|.", DS_ERROR_INVALID, DS_PUSH_NOT_SENT, "does not begin with unpack"},
      {"unpack ok|ok refs/heads/x|.", DS_ERROR_INVALID, DS_PUSH_NOT_SENT, "answers nothing"},
      {"unpack ok|ok @|ng @ no|.", DS_ERROR_INVALID, DS_PUSH_NOT_SENT, "answers nothing"},
      {"unpack ok|hello|.", DS_ERROR_INVALID, DS_PUSH_NOT_SENT, "answers nothing"},
      {"unpack ok|ng @ too\x1b"
       "bad|.",
       (DsErrorCode)-1, DS_PUSH_REFUSED, "too?bad"},
      {"unpack disk full|ok @|.", (DsErrorCode)-1, DS_PUSH_REFUSED, "disk full"},
      {"unpack disk full|.", (DsErrorCode)-1, DS_PUSH_REFUSED, "disk full"},
  };

  ds_depot_bundle_ref(&id, ref);
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autoptr(GPtrArray) reports = NULL, sources = g_ptr_array_new();
    g_auto(GStrv) lines = g_strsplit(table[i].report, "|", -1);
    g_autoptr(DsDepotSource) source = test_source_new(2, 0, 0);
    DsLink *link;

    append_advert(out);
    for (char **line = lines; *line != NULL && **line != '\0'; line++) {
      g_auto(GStrv) pieces = g_strsplit(*line, "@", -1);
      g_autofree char *said = g_strjoinv(ref, pieces);
      if (strcmp(said, ".") == 0)
        ds_pktline_append_flush(out);
      else
        ds_pktline_append_text(out, "%s\n", said);
    }
    g_ptr_array_add(sources, source);
    TestPeer *peer = test_peer_new(out->data, out->len, FALSE, &link);
    g_autoptr(DsAdvert) advert = ds_advert_read(link, &error);
    g_assert_no_error(error);
    gboolean ok = ds_push_bundles(link, advert, sources, &reports, &error);
    const DsPushReport *report = g_ptr_array_index(reports, 0);
    g_test_message("case %" G_GSIZE_FORMAT, i);
    g_assert_cmpint(report->outcome, ==, table[i].outcome);
    g_assert_cmpint(ok, ==, (int)table[i].code == -1);
    if (!ok)
      g_assert_error(error, DS_ERROR, (int)table[i].code);
    g_assert_nonnull(strstr(ok ? report->reason : error->message, table[i].words));
    g_byte_array_unref(test_peer_end(peer, link));
  }
}

/* Says ok to what it never listened to: that is no hand-over, but a reason it gives is heard. */
static void
check_deaf(const char *status, DsErrorCode code, DsPushOutcome outcome)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GByteArray) out = g_byte_array_new();
  g_autoptr(DsDepotSource) source = test_source_new(2, 8, 100000);
  g_autoptr(GPtrArray) reports = NULL, sources = g_ptr_array_new();
  char ref[DS_DEPOT_REF_SIZE];
  int ends[2];

  append_advert(out);
  ds_pktline_append_text(out, "unpack ok\n");
  ds_pktline_append_text(out, "%s %s\n", status, ds_depot_bundle_ref(&source->id, ref));
  ds_pktline_append_flush(out);
  g_ptr_array_add(sources, source);
  g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  g_assert_cmpint(send(ends[1], out->data, out->len, MSG_NOSIGNAL), ==, (int)out->len);
  shutdown(ends[1], SHUT_RDWR);
  g_autoptr(DsLink) link = ds_link_new(ends[0], ends[0], -1, 0);
  g_autoptr(DsAdvert) advert = ds_advert_read(link, &error);
  g_assert_no_error(error);
  gboolean ok = ds_push_bundles(link, advert, sources, &reports, &error);
  g_assert_cmpint(ok, ==, outcome == DS_PUSH_REFUSED);
  if (!ok)
    g_assert_error(error, DS_ERROR, (int)code);
  g_assert_cmpint(((DsPushReport *)g_ptr_array_index(reports, 0))->outcome, ==, outcome);
  close(ends[1]);
}

static void
test_deaf(void)
{
  check_deaf("ok", DS_ERROR_RETRY, DS_PUSH_NOT_SENT);
  check_deaf("ng", DS_ERROR_RETRY, DS_PUSH_REFUSED);
}

/* Peak memory of this process does not follow the bundle's size. */
static void
test_memory(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GPtrArray) small = g_ptr_array_new_with_free_func((GDestroyNotify)ds_depot_source_free);
  g_autoptr(GPtrArray) large = g_ptr_array_new_with_free_func((GDestroyNotify)ds_depot_source_free);
  struct rusage before, after;

#ifdef __SANITIZE_ADDRESS__
  g_test_skip("the sanitizer keeps freed memory for a while");
  return;
#endif
  g_ptr_array_add(small, test_source_new(1, 8, DS_CHUNK_MAX));
  g_ptr_array_add(large, test_source_new(2, 128, DS_CHUNK_MAX));
  test_push_all(fixture->path, small);
  getrusage(RUSAGE_SELF, &before);
  test_push_all(fixture->path, large);
  getrusage(RUSAGE_SELF, &after);
  g_test_message("peak %ld KiB after 4 MiB, %ld KiB after 64 MiB", before.ru_maxrss,
                 after.ru_maxrss);
  g_assert_cmpint(after.ru_maxrss - before.ru_maxrss, <, 8 * 1024);
}

#define ADD(name, function) \
  g_test_add("/depot/push/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("real", test_real);
  ADD("again", test_again);
  ADD("shared-objects", test_shared_objects);
  ADD("bad-source", test_bad_source);
  ADD("delete", test_delete);
  ADD("other-names", test_other_names);
  g_test_add_func("/depot/push/liars", test_liars);
  g_test_add_func("/depot/push/deaf", test_deaf);
  ADD("memory", test_memory);
  return g_test_run();
}
