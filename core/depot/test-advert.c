/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Links, packet lines and advertisements from peers that do not mean well. */
#include "depot/advert.h"

#include <string.h>

#include "base/error.h"
#include "depot/pktline.h"
#include "depot/spawn.h"
#include "depot/test-peer.h"

#define OID "ce013625030ba8dba906f756967f9e9ca394464a"

/* What ds_advert_read makes of the given bytes: NULL and an error, or an advertisement. */
static DsAdvert *
read_bytes(const void *say, gsize size, GError **error)
{
  DsLink *link;
  TestPeer *peer = test_peer_new(say, size, FALSE, &link);
  DsAdvert *advert = ds_advert_read(link, error);

  g_byte_array_unref(test_peer_end(peer, link));
  return advert;
}

static void
append_ref(GByteArray *out, const char *ref, const char *capabilities)
{
  g_autoptr(GByteArray) line = g_byte_array_new();
  g_autofree char *text = g_strdup_printf(OID " %s", ref);

  g_byte_array_append(line, (const guint8 *)text, (guint)strlen(text));
  if (capabilities != NULL) {
    g_byte_array_append(line, (const guint8 *)"", 1);
    g_byte_array_append(line, (const guint8 *)capabilities, (guint)strlen(capabilities));
  }
  g_byte_array_append(line, (const guint8 *)"\n", 1);
  ds_pktline_append(out, line->data, line->len);
}

static void
test_good(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GByteArray) out = g_byte_array_new();
  DsDigest id = test_digest(1), other = test_digest(2);
  char ref[DS_DEPOT_REF_SIZE];
  DsObjectId object;

  append_ref(out, "refs/heads/main", "report-status delete-refs object-format=sha1");
  append_ref(out, ".have", NULL);
  append_ref(out, ds_depot_bundle_ref(&id, ref), NULL);
  append_ref(out, "refs/outbox/0000000012-directory", NULL);
  append_ref(out, "refs/outbox/0000000002-statements", NULL);
  append_ref(out, "refs/outbox/../../etc", NULL);
  ds_pktline_append_flush(out);
  g_autoptr(DsAdvert) advert = read_bytes(out->data, out->len, &error);

  g_assert_no_error(error);
  g_assert_true(ds_advert_has_bundle(advert, &id));
  g_assert_false(ds_advert_has_bundle(advert, &other));
  g_assert_cmpuint(ds_advert_outbox(advert)->len, ==, 2);
  g_assert_cmpuint(g_array_index(ds_advert_outbox(advert), DsOutboxRef, 0).seq, ==, 2);
  g_assert_true(ds_advert_can(advert, "object-format"));
  g_assert_true(ds_advert_can(advert, "delete-refs"));
  g_assert_false(ds_advert_can(advert, "delete"));
  g_assert_true(ds_advert_lookup(advert, "refs/outbox/0000000002-statements", &object));
  g_assert_false(ds_advert_lookup(advert, "refs/heads/main", &object));
}

typedef struct {
  const char *say;
  DsErrorCode code;
  const char *words;
} Hostile;

static void
test_hostile(void)
{
  static const Hostile table[] = {
      {"", DS_ERROR_RETRY, "closed the connection"},
      {"00", DS_ERROR_RETRY, "closed the connection"},
      {"0032ce0136", DS_ERROR_RETRY, "closed the connection"},
      {"SSH-2.0-OpenSSH", DS_ERROR_INVALID, "is this a git server"},
      {"HTTP/1.1 200 OK\r\n", DS_ERROR_INVALID, "is this a git server"},
      {"0001", DS_ERROR_INVALID, "line length"},
      {"0003", DS_ERROR_INVALID, "line length"},
      {"fff1", DS_ERROR_INVALID, "line length"},
      {"ffff", DS_ERROR_INVALID, "line length"},
      {"-001", DS_ERROR_INVALID, "line length"},
      {" 004", DS_ERROR_INVALID, "line length"},
      {"000eversion 1\n", DS_ERROR_UNSUPPORTED, "version 1"},
      {"000eversion 2\n", DS_ERROR_UNSUPPORTED, "version 2"},
      {"0012ERR no access\n", DS_ERROR_REFUSED, "no access"},
      {"0011ERR no\x1b[31m\xff\n", DS_ERROR_REFUSED, "no?[31m?"},
      {"0008abc\n", DS_ERROR_INVALID, "is no object id and name"},
      {"0004", DS_ERROR_INVALID, "is no object id and name"},
      {"002f" OID "\trefs\n", DS_ERROR_INVALID, "is no object id and name"},
      {"0036" OID " .have\n\n\n\n", DS_ERROR_RETRY, "closed the connection"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
    g_autoptr(GError) error = NULL;
    DsAdvert *advert = read_bytes(table[i].say, strlen(table[i].say), &error);
    g_test_message("case %" G_GSIZE_FORMAT, i);
    g_assert_null(advert);
    g_assert_error(error, DS_ERROR, (int)table[i].code);
    g_assert_nonnull(strstr(error->message, table[i].words));
  }
}

static void
test_twice(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GByteArray) out = g_byte_array_new();

  append_ref(out, "refs/outbox/0000000002-statements", "report-status");
  append_ref(out, "refs/outbox/0000000002-statements", NULL);
  ds_pktline_append_flush(out);
  g_assert_null(read_bytes(out->data, out->len, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "line 2"));
  g_assert_nonnull(strstr(error->message, "names a ref twice"));
}

static void
test_other_format(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GByteArray) out = g_byte_array_new();

  append_ref(out, "refs/x", "report-status object-format=sha256");
  ds_pktline_append_flush(out);
  g_assert_null(read_bytes(out->data, out->len, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED);
  g_assert_nonnull(strstr(error->message, "sha256"));
}

/* Refs without end are cut at the cap, long before memory is. */
static void
test_endless(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GByteArray) out = g_byte_array_new();

  for (guint i = 0; i <= DS_ADVERT_REFS_MAX; i++)
    append_ref(out, "refs/x/y", NULL);
  g_assert_null(read_bytes(out->data, out->len, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);

  g_clear_error(&error);
  g_byte_array_set_size(out, 0);
  g_autofree char *name = g_strnfill(65000, 'x');
  for (guint i = 0; i < 140; i++)
    append_ref(out, name, NULL);
  g_assert_null(read_bytes(out->data, out->len, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
}

static void
test_silence(void)
{
  g_autoptr(GError) error = NULL;
  DsLink *link;
  TestPeer *peer = test_peer_new("00", 2, TRUE, &link);

  ds_link_set_stall(link, 1);
  g_assert_null(ds_advert_read(link, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_RETRY);
  g_assert_nonnull(strstr(error->message, "no byte moved for 1 seconds"));
  g_byte_array_unref(test_peer_end(peer, link));
}

static gpointer
cancel_soon(gpointer cancellable)
{
  g_usleep(50 * 1000);
  g_cancellable_cancel(cancellable);
  return NULL;
}

static void
test_cancel(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  DsLink *link;
  TestPeer *peer = test_peer_new("", 0, TRUE, &link);
  GThread *thread = g_thread_new("cancel", cancel_soon, cancellable);

  ds_link_set_cancellable(link, cancellable);
  g_assert_null(ds_advert_read(link, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_CANCELLED);
  g_thread_join(thread);
  g_byte_array_unref(test_peer_end(peer, link));
}

/* A child that ignores its end is ended; its words are kept, made harmless, and capped. */
static void
test_child(void)
{
  static const char *const loud[] = {"sh", "-c", "printf 'one\\033[1m\\n\\ntwo\\n' >&2; exit 3",
                                     NULL};
  static const char *const endless[] = {"sh", "-c", "trap '' TERM; yes >&2", NULL};
  static const char *const missing[] = {"doorstep-no-such-program", NULL};
  static const char *const environment[] = {"PATH=/usr/bin:/bin", NULL};
  g_autoptr(GError) error = NULL;
  DsLink *link = ds_spawn(loud, environment, NULL, NULL, &error);
  char byte;

  g_assert_no_error(error);
  g_assert_cmpint(ds_link_read_some(link, &byte, 1, &error), ==, 0);
  g_assert_cmpint(ds_link_finish(link), ==, 3 << 8);
  g_assert_cmpstr(ds_link_complaint(link), ==, "one?[1m; two");
  ds_link_free(link);

  link = ds_spawn(endless, environment, NULL, NULL, &error);
  g_assert_no_error(error);
  ds_link_set_stall(link, 1);
  g_assert_false(ds_link_read(link, &byte, 1, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_RETRY);
  g_assert_cmpint(ds_link_finish(link), ==, -1);
  g_assert_cmpuint(strlen(ds_link_complaint(link)), <=, 3 * 4096);
  ds_link_free(link);

  g_clear_error(&error);
  g_assert_null(ds_spawn(missing, environment, NULL, NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/depot/advert/good", test_good);
  g_test_add_func("/depot/advert/hostile", test_hostile);
  g_test_add_func("/depot/advert/twice", test_twice);
  g_test_add_func("/depot/advert/other-format", test_other_format);
  g_test_add_func("/depot/advert/endless", test_endless);
  g_test_add_func("/depot/link/silence", test_silence);
  g_test_add_func("/depot/link/cancel", test_cancel);
  g_test_add_func("/depot/link/child", test_child);
  return g_test_run();
}
