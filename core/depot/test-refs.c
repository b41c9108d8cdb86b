/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names, object ids and sources: what needs no git. */
#include "depot/refs.h"

#include <string.h>

#include "base/error.h"
#include "depot/object.h"
#include "depot/source.h"

static void
test_bundle_ref(void)
{
  DsDigest id = ds_digest_of("x", 1), back;
  char ref[DS_DEPOT_REF_SIZE];

  ds_depot_bundle_ref(&id, ref);
  g_assert_true(g_str_has_prefix(ref, "refs/bundles/"));
  g_assert_true(ds_depot_bundle_ref_parse(ref, &back));
  g_assert_true(ds_digest_equal(&id, &back));
  ref[strlen(ref) - 1] = 'G';
  g_assert_false(ds_depot_bundle_ref_parse(ref, &back));
  g_assert_false(ds_depot_bundle_ref_parse("refs/bundles/", &back));
  g_assert_false(ds_depot_bundle_ref_parse("refs/bundles/../../x", &back));
  g_assert_false(ds_depot_bundle_ref_parse("refs/heads/main", &back));
}

static void
test_outbox_ref(void)
{
  static const char *const bad[] = {"refs/outbox/0000000000-statements",
                                    "refs/outbox/000000001-statements",
                                    "refs/outbox/00000000012-statements",
                                    "refs/outbox/0000000001-statement",
                                    "refs/outbox/0000000001-statements/x",
                                    "refs/outbox/0000000001",
                                    "refs/outbox/+000000001-dispatch",
                                    "refs/bundles/0000000001-dispatch",
                                    "refs/outbox/"};
  char text[DS_DEPOT_REF_SIZE];
  DsOutboxRef ref = {.seq = DS_DEPOT_OUTBOX_SEQ_MAX, .kind = DS_OUTBOX_DISPATCH}, back;

  g_assert_cmpstr(ds_depot_outbox_ref(&ref, text), ==, "refs/outbox/9999999999-dispatch");
  g_assert_true(ds_depot_outbox_ref_parse(text, &back));
  g_assert_cmpuint(back.seq, ==, ref.seq);
  g_assert_cmpint(back.kind, ==, ref.kind);
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
    g_assert_false(ds_depot_outbox_ref_parse(bad[i], &back));
}

static void
test_entry_names(void)
{
  char chunk[65];

  memset(chunk, 'a', 64);
  chunk[64] = '\0';
  g_assert_cmpuint(ds_depot_bundle_entry_max("manifest"), ==, DS_MANIFEST_MAX);
  g_assert_cmpuint(ds_depot_bundle_entry_max("record"), ==, DS_RECORD_MAX);
  g_assert_cmpuint(ds_depot_bundle_entry_max(chunk), ==, DS_CHUNK_MAX);
  g_assert_cmpuint(ds_depot_bundle_entry_max(".."), ==, 0);
  g_assert_cmpuint(ds_depot_bundle_entry_max(".git"), ==, 0);
  g_assert_cmpuint(ds_depot_bundle_entry_max(""), ==, 0);
  chunk[3] = 'A';
  g_assert_cmpuint(ds_depot_bundle_entry_max(chunk), ==, 0);
  g_assert_cmpuint(ds_depot_outbox_entry_max(DS_OUTBOX_STATEMENTS, "0000000012"), >, 0);
  g_assert_cmpuint(ds_depot_outbox_entry_max(DS_OUTBOX_STATEMENTS, "0000000000"), ==, 0);
  g_assert_cmpuint(ds_depot_outbox_entry_max(DS_OUTBOX_STATEMENTS, "12"), ==, 0);
  g_assert_cmpuint(ds_depot_outbox_entry_max(DS_OUTBOX_STATEMENTS, "manifest"), ==, 0);
  g_assert_cmpuint(ds_depot_outbox_entry_max(DS_OUTBOX_DIRECTORY, "directory"), >, 0);
  g_assert_cmpuint(ds_depot_outbox_entry_max(DS_OUTBOX_DIRECTORY, "record"), ==, 0);
  g_assert_cmpuint(ds_depot_outbox_entry_max(DS_OUTBOX_DISPATCH, "record"), ==, DS_RECORD_MAX);
}

/* Known answers: `git hash-object`, and the empty tree everybody knows. */
static void
test_object_ids(void)
{
  char hex[DS_OBJECT_HEX_SIZE];
  DsObjectId id = ds_object_id_of(DS_OBJECT_BLOB, "hello\n", 6), back;

  g_assert_cmpstr(ds_object_id_to_hex(&id, hex), ==, "ce013625030ba8dba906f756967f9e9ca394464a");
  g_assert_true(ds_object_id_parse(&back, hex));
  g_assert_true(ds_object_id_equal(&id, &back));
  id = ds_object_id_of(DS_OBJECT_TREE, "", 0);
  g_assert_cmpstr(ds_object_id_to_hex(&id, hex), ==, "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
  g_assert_false(ds_object_id_parse(&back, "4B825DC642CB6EB9A060E54BF8D69288FBEE4904"));
  g_assert_false(ds_object_id_parse(&back, "4b825dc6"));
}

static void
test_source(void)
{
  g_autoptr(GError) error = NULL;
  DsDigest id = ds_digest_of("x", 1);
  g_autoptr(DsDepotSource) source = ds_depot_source_new(&id, NULL, NULL, NULL);

  g_assert_true(ds_depot_source_add(source, "record", 10, &error));
  g_assert_true(ds_depot_source_add(source, "manifest", 5, &error));
  g_assert_cmpstr(g_array_index(source->entries, DsDepotEntry, 0).name, ==, "manifest");
  g_assert_cmpuint(source->size, ==, 15);
  g_assert_false(ds_depot_source_add(source, "manifest", 5, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_cmpstr(error->message, ==, "entry manifest is named twice");
  g_clear_error(&error);
  g_assert_false(ds_depot_source_add(source, "../etc/passwd", 5, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_false(ds_depot_source_add(source, "record", DS_RECORD_MAX + 1, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/depot/refs/bundle", test_bundle_ref);
  g_test_add_func("/depot/refs/outbox", test_outbox_ref);
  g_test_add_func("/depot/refs/entries", test_entry_names);
  g_test_add_func("/depot/refs/objects", test_object_ids);
  g_test_add_func("/depot/refs/source", test_source);
  return g_test_run();
}
