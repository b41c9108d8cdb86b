/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/test-unit.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "bundle/enrol.h"
#include "bundle/seal.h"
#include "model/number.h"
#include "station/members.h"
#include "station/test-pack.h"
#include "station/station-private.h"

DsSecret *
test_passphrase(const char *text)
{
  return ds_secret_from_bytes(text, strlen(text));
}

char *
test_make_dir(void)
{
  gboolean memory = g_access("/dev/shm", W_OK) == 0;
  char *dir = g_build_filename(memory ? "/dev/shm" : g_get_tmp_dir(), "doorstep-XXXXXX", NULL);

  g_assert_nonnull(g_mkdtemp_full(dir, 0700));
  return dir;
}

TestHome *
test_home_new(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) passphrase = test_passphrase(TEST_PASSPHRASE);
  TestHome *self = g_new0(TestHome, 1);

  self->dir = test_make_dir();
  self->home = g_build_filename(self->dir, "home", NULL);
  g_assert_true(
      ds_station_init(self->home, "nanchang", "南昌站", passphrase, DS_SLOTS_COST_LIGHT, &error));
  g_assert_no_error(error);
  return self;
}

void
test_home_free(TestHome *self)
{
  g_assert_true(ds_files_remove_tree(self->dir, NULL));
  g_free(self->dir);
  g_free(self->home);
  g_free(self);
}

DsStation *
test_home_open(const TestHome *self, gboolean unlock)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) passphrase = test_passphrase(TEST_PASSPHRASE);
  DsStation *station = ds_station_open(self->home, "test", &error);

  g_assert_no_error(error);
  if (unlock)
    g_assert_true(ds_station_unlock(station, passphrase, &error));
  g_assert_no_error(error);
  return station;
}

char *
test_home_list(const TestHome *self, const char *path)
{
  g_autofree char *full = g_build_filename(self->home, path, NULL);
  g_autoptr(GPtrArray) names = ds_files_list(full, NULL);

  if (names == NULL)
    return g_strdup("");
  g_ptr_array_add(names, NULL);
  return g_strjoinv(" ", (char **)names->pdata);
}

/* Stock git without anybody's configuration. */
static GBytes *
run_git(const char *repo, const char *const *words, const void *input, gsize size)
{
  g_autoptr(GSubprocessLauncher) launcher =
      g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = g_bytes_new(input, size);
  g_autoptr(GBytes) output = NULL;

  g_subprocess_launcher_setenv(launcher, "GIT_CONFIG_NOSYSTEM", "1", TRUE);
  g_subprocess_launcher_setenv(launcher, "GIT_CONFIG_GLOBAL", "/dev/null", TRUE);
  g_subprocess_launcher_setenv(launcher, "GIT_DIR", repo, TRUE);
  g_ptr_array_add(argv, (gpointer) "git");
  for (; *words != NULL; words++)
    g_ptr_array_add(argv, (gpointer)*words);
  g_ptr_array_add(argv, NULL);
  g_autoptr(GSubprocess) git =
      g_subprocess_launcher_spawnv(launcher, (const char *const *)argv->pdata, &error);
  g_assert_no_error(error);
  g_assert_true(g_subprocess_communicate(git, bytes, NULL, &output, NULL, &error));
  g_assert_no_error(error);
  g_assert_true(g_subprocess_get_successful(git));
  return g_steal_pointer(&output);
}

char *
test_home_git(const TestHome *self, const char *unit, const char *const *words)
{
  g_autofree char *repo = ds_station_repo_path(self->home, unit);
  g_autoptr(GBytes) output = run_git(repo, words, "", 0);

  gsize size;
  const char *data = g_bytes_get_data(output, &size);
  return g_strndup(size > 0 ? data : "", size);
}

GBytes *
test_home_blob(const TestHome *self, const char *unit, const char *ref, const char *name)
{
  g_autofree char *repo = ds_station_repo_path(self->home, unit);
  g_autofree char *object = g_strdup_printf("%s:%s", ref, name);
  const char *words[] = {"cat-file", "blob", object, NULL};

  return run_git(repo, words, "", 0);
}

char *
test_home_refs(const TestHome *self, const char *unit, const char *prefix)
{
  const char *words[] = {"for-each-ref", "--format=%(refname)", prefix, NULL};
  char *refs = test_home_git(self, unit, words);

  return g_strchomp(refs);
}

TestUnit *
test_unit_new(const char *id, const char *officer)
{
  g_autoptr(GError) error = NULL;
  TestUnit *self = g_new0(TestUnit, 1);

  self->id = g_strdup(id);
  self->officer = g_strdup(officer);
  self->sign = ds_key_generate(&error);
  self->encrypt = ds_key_generate(&error);
  self->officer_key = ds_key_generate(&error);
  g_assert_no_error(error);
  return self;
}

void
test_unit_free(TestUnit *self)
{
  ds_key_unref(self->sign);
  ds_key_unref(self->encrypt);
  ds_key_unref(self->officer_key);
  g_free(self->id);
  g_free(self->officer);
  g_free(self);
}

GBytes *
test_unit_request(const TestUnit *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsEnrolment) enrolment = ds_enrolment_new();

  enrolment->unit = g_strdup(self->id);
  enrolment->name = g_strdup("红谷滩一号");
  enrolment->sign = ds_key_public(self->sign);
  enrolment->encrypt = ds_key_public(self->encrypt);
  ds_enrolment_add_officer(enrolment, self->officer, "李警官", DS_ROLE_OFFICER, self->officer_key);
  GBytes *request = ds_enrolment_sign(enrolment, self->sign, &error);
  g_assert_no_error(error);
  return request;
}

void
test_unit_enrol(const TestUnit *self, DsStation *station)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) request = test_unit_request(self);
  g_autofree char *fingerprint = ds_enrol_fingerprint(request, &error);

  g_assert_no_error(error);
  g_assert_true(ds_station_enrol(station, request, fingerprint, &error));
  g_assert_no_error(error);
}

void
test_bundle_free(TestBundle *self)
{
  g_bytes_unref(self->manifest);
  g_bytes_unref(self->record);
  g_hash_table_unref(self->chunks);
  ds_record_free(self->kept);
  g_free(self);
}

static gboolean
keep_chunk(GBytes *chunk, const DsDigest *sha256, guint index, gpointer data, GError **error)
{
  TestBundle *bundle = data;

  g_hash_table_insert(bundle->chunks, ds_digest_dup_hex(sha256), g_bytes_ref(chunk));
  return TRUE;
}

static DsRecordPart *
add_part(DsRecord *record, TestBundle *bundle, const char *id, const char *slot, const char *kind,
         gsize size, gboolean lie)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsChunkWriter) writer = ds_chunk_writer_new(keep_chunk, bundle);
  g_autofree guint8 *plain = g_malloc(size);

  for (gsize i = 0; i < size; i++)
    plain[i] = (guint8)(i * 7 + strlen(id));
  g_assert_true(ds_chunk_writer_write(writer, plain, size, &error));
  g_assert_true(ds_chunk_writer_finish(writer, &error));
  g_assert_no_error(error);
  DsDigest digest = ds_chunk_writer_sha256(writer);
  if (lie)
    digest.bytes[0] ^= 1;
  return ds_record_add_part(record, id, slot, kind, "image/jpeg", ds_chunk_writer_key(writer),
                            ds_chunk_writer_chunks(writer), &digest,
                            ds_chunk_writer_length(writer));
}

static DsRecordPart *
reuse_part(DsRecord *record, const TestBundle *from, const DsRecordPart *old)
{
  return ds_record_add_reused_part(record, old->id, old->slot, old->kind, old->media_type,
                                   &from->id, old->id, old->chunks, &old->sha256, old->length);
}

static DsRecord *
make_record(const TestUnit *self, const TestCase *what, TestBundle *bundle)
{
  DsRecord *record = ds_record_new();
  DsRecordCase *about = ds_record_set_case(record, what->local, MAX(what->version, 1));

  g_free(about->service);
  about->service = g_strdup("first-application");
  g_free(about->pack);
  about->pack = g_strdup("jiangxi-first");
  g_free(about->pack_version);
  about->pack_version = g_strdup("1");
  g_free(about->day);
  about->day = g_strdup("2026-09-01");
  g_free(about->officer);
  about->officer = g_strdup(self->officer);
  about->outcome = what->outcome != 0 ? what->outcome : DS_CASE_OUTCOME_COMPLETE;
  ds_record_set_field(record, "applicant.name", what->name != NULL ? what->name : "王小明");
  if (what->number != NULL)
    ds_record_set_field(record, "applicant.number", what->number);
  if (what->pack != NULL)
    test_pack_use(record, what->schemas, what->pack);
  if (what->trip != NULL) {
    g_free(about->trip);
    about->trip = g_strdup(what->trip);
  }
  if (what->received != NULL) {
    ds_record_set_field(record, "fee.method", "cash");
    ds_record_set_field(record, "fee.received", what->received);
  }
  if (what->urgency != NULL)
    ds_record_set_field(record, "application.urgency", what->urgency);
  ds_record_set_fact(record, "case.day", "2026-09-01");
  ds_record_add_finding(record, "warning", "portrait.background", "photo");
  if (what->outcome == DS_CASE_OUTCOME_WITHDRAWN && what->replaces != NULL)
    return record; /* carries no pictures */
  if (what->fields_only)
    bundle->photo = reuse_part(record, what->replaces, what->replaces->photo);
  else
    bundle->photo = add_part(record, bundle, "photo-1", "photo", "", 5000, what->wrong_plain);
  if (what->replaces == NULL) {
    bundle->scan =
        add_part(record, bundle, "scan-1", "document", "household-register", 700 * 1024, FALSE);
  } else {
    bundle->scan = reuse_part(record, what->replaces, what->replaces->scan);
  }
  return record;
}

TestBundle *
test_unit_seal(TestUnit *self, const DsDirectory *directory, const TestCase *what)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsManifest) manifest = ds_manifest_new();
  g_autoptr(GPtrArray) recipients = ds_directory_record_recipients(directory);
  g_auto(DsSealed) sealed = {0};
  DsKey *keys[] = {self->sign, self->officer_key};
  const DsRole roles[] = {DS_ROLE_UNIT, DS_ROLE_OFFICER};
  TestBundle *bundle = g_new0(TestBundle, 1);

  bundle->chunks =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
  bundle->kept = make_record(self, what, bundle);
  manifest->unit = g_strdup(self->id);
  manifest->seq = self->seq + 1;
  manifest->has_prev = self->seq > 0;
  manifest->prev = self->prev;
  manifest->kind = DS_BUNDLE_CASE;
  manifest->has_replaces = what->replaces != NULL;
  if (what->replaces != NULL)
    manifest->replaces = what->replaces->id;
  manifest->directory_version = directory->version;
  manifest->time = ds_clock_now();
  manifest->has_audit = TRUE;
  manifest->audit_head = ds_digest_of(&manifest->seq, sizeof manifest->seq);
  g_assert_true(ds_seal(manifest, bundle->kept, recipients, keys, roles, 2, &sealed, &error));
  g_assert_no_error(error);
  bundle->manifest = g_bytes_ref(sealed.manifest);
  bundle->record = g_bytes_ref(sealed.record);
  bundle->id = sealed.id;
  bundle->seq = manifest->seq;
  self->seq = manifest->seq;
  self->prev = sealed.id;
  return bundle;
}

static void
put_file(GString *stream, const char *name, GBytes *bytes, gboolean flip)
{
  gsize size;
  const char *data = g_bytes_get_data(bytes, &size);
  gsize start;

  g_string_append_printf(stream, "M 100644 inline %s\ndata %" G_GSIZE_FORMAT "\n", name, size);
  start = stream->len;
  g_string_append_len(stream, data, (gssize)size);
  if (flip)
    stream->str[start + size / 2] ^= 1;
  g_string_append_c(stream, '\n');
}

static void
put_many(GString *stream)
{
  g_autofree char *zeros = g_malloc0(DS_CHUNK_MAX);
  g_autoptr(GBytes) blob = g_bytes_new(zeros, DS_CHUNK_MAX);

  for (guint i = 0; i < 100; i++) {
    char hex[DS_DIGEST_HEX_SIZE];
    DsDigest name = ds_digest_of(&i, sizeof i);
    put_file(stream, ds_digest_to_hex(&name, hex), blob, FALSE);
  }
}

void
test_push(const TestHome *home, const char *unit, const TestBundle *bundle, TestPush how)
{
  DsDigest name = bundle->id;

  if (how == TEST_PUSH_WRONG_REF)
    name.bytes[0] ^= 1;
  test_push_as(home, unit, bundle, &name, how);
}

void
test_push_as(const TestHome *home, const char *unit, const TestBundle *bundle, const DsDigest *name,
             TestPush how)
{
  g_autofree char *repo = ds_station_repo_path(home->home, unit);
  g_autoptr(GString) stream = g_string_new(NULL);
  g_autoptr(GBytes) extra = g_bytes_new_static("not a chunk", 11);
  const char *words[] = {"fast-import", "--quiet", "--force", NULL};
  char hex[DS_DIGEST_HEX_SIZE];
  GHashTableIter iter;
  gpointer chunk, bytes;
  gboolean first = TRUE;

  ds_digest_to_hex(name, hex);
  g_string_append_printf(stream,
                         "commit refs/bundles/%s\ncommitter doorstep <doorstep> 0 +0000\n"
                         "data 65\n%s\n\n",
                         hex, hex);
  put_file(stream, "manifest", bundle->manifest, how == TEST_PUSH_FLIP_MANIFEST);
  put_file(stream, "record", bundle->record, how == TEST_PUSH_FLIP_RECORD);
  g_hash_table_iter_init(&iter, bundle->chunks);
  while (g_hash_table_iter_next(&iter, &chunk, &bytes)) {
    if (!first || how != TEST_PUSH_DROP_CHUNK)
      put_file(stream, chunk, bytes, first && how == TEST_PUSH_FLIP_CHUNK);
    first = FALSE;
  }
  if (how == TEST_PUSH_EXTRA_CHUNK) {
    DsDigest digest = ds_digest_of_bytes(extra);
    put_file(stream, ds_digest_to_hex(&digest, hex), extra, FALSE);
  }
  if (how == TEST_PUSH_BLOWN_UP)
    put_many(stream);
  g_string_append(stream, "done\n");
  g_autoptr(GBytes) output = run_git(repo, words, stream->str, stream->len);
}

GPtrArray *
test_unit_statements(const TestUnit *self, DsStation *station)
{
  g_autoptr(GError) error = NULL;
  GPtrArray *statements = g_ptr_array_new_with_free_func((GDestroyNotify)ds_statement_free);
  g_autoptr(DsDbRows) rows =
      ds_db_query(station->ledger, &error,
                  "SELECT bytes FROM statement WHERE unit = ? ORDER BY seq", "t", self->id);

  g_assert_no_error(error);
  while (ds_db_rows_next(rows, &error) == DS_DB_ROW) {
    g_autoptr(GBytes) bytes = ds_db_rows_bytes(rows, 0);
    DsStatement *statement =
        ds_statement_verify(bytes, ds_station_directory(station), self->id, &error);
    g_assert_no_error(error);
    g_assert_true(ds_statement_open_detail(statement, self->encrypt, &error));
    g_assert_no_error(error);
    g_ptr_array_add(statements, statement);
    g_assert_cmpuint(statement->seq, ==, statements->len);
  }
  g_assert_no_error(error);
  return statements;
}

char *
test_unit_heard(const TestUnit *self, DsStation *station, const DsDigest *id)
{
  g_autoptr(GPtrArray) statements = test_unit_statements(self, station);
  g_autoptr(GString) heard = g_string_new(NULL);

  for (guint i = 0; i < statements->len; i++) {
    const DsStatement *statement = statements->pdata[i];
    if (ds_digest_equal(&statement->bundle, id))
      g_string_append_printf(heard, "%s%s", heard->len > 0 ? " " : "",
                             ds_state_word(statement->state));
  }
  return g_string_free(g_steal_pointer(&heard), FALSE);
}

DsIntakeCounts
test_intake(DsStation *station)
{
  g_autoptr(GError) error = NULL;
  DsIntakeCounts counts;
  gboolean good = ds_station_intake(station, &counts, NULL, NULL, NULL, &error);

  g_assert_no_error(error);
  g_assert_true(good);
  return counts;
}

void
test_assert_error(GError **error, int code, const char *words)
{
  g_assert_error(*error, DS_ERROR, code);
  if (strstr((*error)->message, words) == NULL)
    g_error("\"%s\" does not say \"%s\"", (*error)->message, words);
  g_clear_error(error);
}

char *
test_number(guint sequence)
{
  g_autofree char *head = g_strdup_printf("36070220130405%03u", sequence);

  return g_strdup_printf("%s%c", head, ds_number_check_digit(head));
}
