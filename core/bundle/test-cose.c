/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/cose.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "base/error.h"
#include "bundle/suite.h"

/* ---- the public examples of the COSE working group ---- */

static GBytes *
from_hex(const char *hex)
{
  GByteArray *bytes = g_byte_array_new();

  for (; hex != NULL && hex[0] != '\0'; hex += 2) {
    guint8 byte = (guint8)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));

    g_byte_array_append(bytes, &byte, 1);
  }
  return g_byte_array_free_to_bytes(bytes);
}

static GBytes *
from_base64url(const char *text)
{
  g_autoptr(GString) plain = g_string_new(text);
  gsize size;
  guchar *data;

  g_string_replace(plain, "-", "+", 0);
  g_string_replace(plain, "_", "/", 0);
  while (plain->len % 4 != 0)
    g_string_append_c(plain, '=');
  data = g_base64_decode(plain->str, &size);
  return g_bytes_new_take(data, size);
}

static const char *
member(JsonObject *object, const char *name)
{
  return object != NULL && json_object_has_member(object, name)
             ? json_object_get_string_member(object, name)
             : NULL;
}

static JsonObject *
object_member(JsonObject *object, const char *name)
{
  return object != NULL && json_object_has_member(object, name)
             ? json_object_get_object_member(object, name)
             : NULL;
}

static JsonObject *
first_of(JsonObject *object, const char *name)
{
  return json_object_has_member(object, name)
             ? json_array_get_object_element(json_object_get_array_member(object, name), 0)
             : NULL;
}

static DsKey *
public_key(JsonObject *key)
{
  g_autoptr(GBytes) x = from_base64url(member(key, "x")), y = from_base64url(member(key, "y"));

  if (g_strcmp0(member(key, "crv"), "P-256") != 0)
    return NULL;
  return ds_key_from_point(g_bytes_get_data(x, NULL), g_bytes_get_data(y, NULL), NULL);
}

static DsSecret *
secret_of(JsonObject *key, const char *name)
{
  g_autoptr(GBytes) data = from_base64url(member(key, name));

  return ds_secret_from_bytes(g_bytes_get_data(data, NULL), g_bytes_get_size(data));
}

static gboolean
try_signed(JsonObject *input, DsCoseKind kind, GBytes *cbor)
{
  JsonObject *object = object_member(input, kind == DS_COSE_SIGN ? "sign" : "sign0");
  JsonObject *signer = kind == DS_COSE_SIGN ? first_of(object, "signers") : object;
  const char *external = member(signer, "external");
  g_autoptr(GBytes) aad = from_hex(external);
  g_autoptr(GError) error = NULL;
  g_autoptr(DsKey) key = public_key(object_member(signer, "key"));
  g_autoptr(DsCose) cose = ds_cose_parse(cbor, kind, "example", 65536, DS_COSE_FOREIGN, &error);

  return cose != NULL && key != NULL && ds_cose_verify(cose, 0, aad, key, &error);
}

static DsSecret *
content_key(JsonObject *recipient, const DsCose *cose, GError **error)
{
  JsonObject *key = object_member(recipient, "key");
  g_autoptr(DsSecret) number = NULL;
  g_autoptr(DsKey) private_key = NULL;

  if (member(key, "k") != NULL)
    return secret_of(key, "k");
  if (g_strcmp0(member(key, "crv"), "P-256") != 0)
    return NULL;
  number = secret_of(key, "d");
  private_key = ds_key_from_private(number, error);
  return private_key != NULL ? ds_cose_unwrap(cose, 0, private_key, error) : NULL;
}

static gboolean
try_encrypted(JsonObject *input, DsCoseKind kind, GBytes *cbor)
{
  JsonObject *object = object_member(input, kind == DS_COSE_ENCRYPT ? "enveloped" : "encrypted");
  const char *expected = member(input, "plaintext");
  g_autoptr(GBytes) aad = from_hex(member(object, "external"));
  g_autoptr(GError) error = NULL;
  g_autoptr(DsCose) cose = ds_cose_parse(cbor, kind, "example", 65536, DS_COSE_FOREIGN, &error);
  g_autoptr(DsSecret) key = NULL;
  g_autoptr(DsSecret) plain = NULL;

  if (cose == NULL)
    return FALSE;
  key = content_key(first_of(object, "recipients"), cose, &error);
  plain = key != NULL ? ds_cose_decrypt(cose, aad, key, &error) : NULL;
  if (plain == NULL)
    return FALSE;
  g_assert_cmpmem(ds_secret_data(plain), ds_secret_size(plain), expected, strlen(expected));
  return TRUE;
}

static gboolean
try_example(JsonObject *root)
{
  JsonObject *input = object_member(root, "input");
  g_autoptr(GBytes) cbor = from_hex(member(object_member(root, "output"), "cbor"));

  if (json_object_has_member(input, "sign"))
    return try_signed(input, DS_COSE_SIGN, cbor);
  if (json_object_has_member(input, "sign0"))
    return try_signed(input, DS_COSE_SIGN1, cbor);
  if (json_object_has_member(input, "enveloped"))
    return try_encrypted(input, DS_COSE_ENCRYPT, cbor);
  if (json_object_has_member(input, "encrypted"))
    return try_encrypted(input, DS_COSE_ENCRYPT0, cbor);
  return FALSE;
}

/* Examples of our algorithms that are right; all others must be refused (aes-gcm-05 has a partial
 * IV and would need a header we do not know). */
static const char *const good_examples[] = {"aes-gcm-examples/aes-gcm-01",
                                            "aes-gcm-examples/aes-gcm-02",
                                            "aes-gcm-examples/aes-gcm-03",

                                            "aes-gcm-examples/aes-gcm-enc-01",
                                            "aes-gcm-examples/aes-gcm-enc-02",
                                            "aes-gcm-examples/aes-gcm-enc-03",
                                            "ecdh-wrap-examples/p256-wrap-256-01",
                                            "ecdh-wrap-examples/p256-wrap-256-02",
                                            "ecdsa-examples/ecdsa-01",
                                            "ecdsa-examples/ecdsa-sig-01",
                                            "encrypted-tests/aes-gcm-01",
                                            "encrypted-tests/enc-pass-01",
                                            "encrypted-tests/enc-pass-02",
                                            "encrypted-tests/enc-pass-03",
                                            "sign-tests/ecdsa-01",
                                            "sign-tests/sign-pass-01",
                                            "sign-tests/sign-pass-02",
                                            "sign-tests/sign-pass-03",
                                            NULL};

static void
run_folder(const char *root, const char *folder, guint *good, guint *bad)
{
  g_autofree char *path = g_build_filename(root, folder, NULL);
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  const char *name;

  g_assert_nonnull(dir);
  while ((name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *file = g_build_filename(path, name, NULL);
    g_autofree char *stem = g_strndup(name, strlen(name) - strlen(".json"));
    g_autofree char *id = g_strdup_printf("%s/%s", folder, stem);
    g_autoptr(JsonParser) parser = json_parser_new();
    const gboolean expected = g_strv_contains(good_examples, id);

    g_assert_true(json_parser_load_from_file(parser, file, NULL));
    if (try_example(json_node_get_object(json_parser_get_root(parser))) != expected)
      g_error("%s should %s", id, expected ? "pass" : "be refused");
    *(expected ? good : bad) += 1;
  }
}

static void
test_public_examples(void)
{
  static const char *const folders[] = {"aes-gcm-examples", "ecdh-wrap-examples", "ecdsa-examples",
                                        "encrypted-tests", "sign-tests"};
  const char *source = g_getenv("DOORSTEP_SOURCE_DIR");
  g_autofree char *root =
      g_build_filename(source != NULL ? source : ".", "..", "shared", "data", "cose", NULL);
  guint good = 0, bad = 0;

  if (!g_file_test(root, G_FILE_TEST_IS_DIR)) {
    g_test_skip("the public COSE examples are not here");
    return;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(folders); i++)
    run_folder(root, folders[i], &good, &bad);
  g_assert_cmpuint(good, ==, G_N_ELEMENTS(good_examples) - 1);
  g_test_message("%u examples pass, %u are refused", good, bad);
}

/* ---- our own objects ---- */

typedef struct {
  DsKey *one;
  DsKey *two;
  GBytes *payload;
} Fixture;

static void
set_up(Fixture *f, gconstpointer unused)
{
  f->one = ds_key_generate(NULL);
  f->two = ds_key_generate(NULL);
  f->payload = g_bytes_new_static("payload", 7);
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
  ds_key_unref(f->one);
  ds_key_unref(f->two);
  g_bytes_unref(f->payload);
}

static void
test_sign1(Fixture *f, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = ds_cose_sign(DS_COSE_SIGN1, f->payload, "test", &f->one, 1, &error);
  g_autoptr(GBytes) payload = ds_cose_open_sign1(bytes, "object", 4096, "test", f->one, &error);

  g_assert_no_error(error);
  g_assert_true(g_bytes_equal(payload, f->payload));
  g_assert_null(ds_cose_open_sign1(bytes, "object", 4096, "other", f->one, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_assert_true(g_str_has_prefix(error->message, "object: signature: does not fit"));
  g_clear_error(&error);
  g_assert_null(ds_cose_open_sign1(bytes, "object", 4096, "test", f->two, &error));
  g_assert_cmpstr(error->message, ==, "object: signed by another key than expected");
  g_clear_error(&error);
  g_assert_null(ds_cose_open_sign1(bytes, "object", 40, "test", f->one, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
}

/* Whatever byte is changed, nothing is accepted. */
static void
test_flipped_bytes(Fixture *f, gconstpointer unused)
{
  g_autoptr(GPtrArray) recipients = g_ptr_array_new();
  g_autoptr(GBytes) signed_bytes =
      ds_cose_sign(DS_COSE_SIGN1, f->payload, "test", &f->one, 1, NULL);
  g_autoptr(GBytes) sealed = NULL;

  g_ptr_array_add(recipients, f->one);
  sealed = ds_cose_encrypt("plain", 5, "test", recipients, NULL);
  for (gsize i = 0; i < g_bytes_get_size(signed_bytes); i++) {
    g_autofree guint8 *copy =
        g_memdup2(g_bytes_get_data(signed_bytes, NULL), g_bytes_get_size(signed_bytes));
    g_autoptr(GBytes) changed = NULL;
    g_autoptr(GError) error = NULL;

    copy[i] ^= (guint8)(1 << (i % 8));
    changed = g_bytes_new(copy, g_bytes_get_size(signed_bytes));
    g_assert_null(ds_cose_open_sign1(changed, "object", 4096, "test", f->one, &error));
    g_assert_nonnull(error);
  }
  for (gsize i = 0; i < g_bytes_get_size(sealed); i++) {
    g_autofree guint8 *copy = g_memdup2(g_bytes_get_data(sealed, NULL), g_bytes_get_size(sealed));
    g_autoptr(GBytes) changed = NULL;
    g_autoptr(GError) error = NULL;

    copy[i] ^= (guint8)(1 << (i % 8));
    changed = g_bytes_new(copy, g_bytes_get_size(sealed));
    g_assert_null(ds_cose_open_encrypt(changed, "object", 4096, "test", f->one, &error));
    g_assert_nonnull(error);
  }
}

static void
test_sign_two(Fixture *f, gconstpointer unused)
{
  DsKey *keys[] = {f->one, f->two};
  DsKey *same[] = {f->one, f->one};
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) aad = ds_cose_context("test");
  g_autoptr(GBytes) bytes = ds_cose_sign(DS_COSE_SIGN, f->payload, "test", keys, 2, &error);
  g_autoptr(DsCose) cose = ds_cose_parse(bytes, DS_COSE_SIGN, "object", 4096, DS_COSE_OWN, &error);

  g_assert_no_error(error);
  g_assert_cmpuint(cose->leaves->len, ==, 2);
  g_assert_true(ds_cose_leaf_is(cose, 1, ds_key_kid(f->two)));
  g_assert_true(ds_cose_verify(cose, 0, aad, f->one, &error));
  g_assert_true(ds_cose_verify(cose, 1, aad, f->two, &error));
  g_assert_false(ds_cose_verify(cose, 1, aad, f->one, &error));
  g_clear_error(&error);
  g_assert_null(ds_cose_sign(DS_COSE_SIGN, f->payload, "test", same, 2, &error));
  g_assert_cmpstr(error->message, ==, "signers: key 2 is the same as key 1");
}

static void
test_encrypt(Fixture *f, gconstpointer unused)
{
  g_autoptr(GPtrArray) recipients = g_ptr_array_new();
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(DsKey) stranger = ds_key_generate(NULL);

  g_assert_null(ds_cose_encrypt("plain", 5, "test", recipients, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_clear_error(&error);
  g_ptr_array_add(recipients, f->one);
  g_ptr_array_add(recipients, f->two);
  bytes = ds_cose_encrypt("plain", 5, "test", recipients, &error);
  for (guint i = 0; i < 2; i++) {
    g_autoptr(DsSecret) plain =
        ds_cose_open_encrypt(bytes, "object", 4096, "test", recipients->pdata[i], &error);

    g_assert_no_error(error);
    g_assert_cmpmem(ds_secret_data(plain), ds_secret_size(plain), "plain", 5);
  }
  g_assert_null(ds_cose_open_encrypt(bytes, "object", 4096, "test", stranger, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_assert_nonnull(strstr(error->message, "is not for key"));
  g_clear_error(&error);
  g_assert_null(ds_cose_open_encrypt(bytes, "object", 4096, "other", f->one, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);
  g_ptr_array_add(recipients, f->one);
  g_assert_null(ds_cose_encrypt("plain", 5, "test", recipients, &error));
  g_assert_cmpstr(error->message, ==, "recipients: key 3 is the same as key 1");
}

static void
expect_own_refused(const char *hex, DsCoseKind kind, gint code, const char *part)
{
  g_autoptr(GBytes) bytes = from_hex(hex);
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_cose_parse(bytes, kind, "object", 4096, DS_COSE_OWN, &error));
  g_assert_error(error, DS_ERROR, code);
  g_assert_nonnull(strstr(error->message, part));
}

static void
test_own_headers_are_exact(void)
{
  expect_own_refused("d2844740a0"
                     "40"
                     "40",
                     DS_COSE_SIGN1, DS_ERROR_INVALID, "");
  expect_own_refused("d28443a10126a0"
                     "4040",
                     DS_COSE_SIGN1, DS_ERROR_INVALID, "other headers");
  expect_own_refused("d28441a0a0"
                     "4040",
                     DS_COSE_SIGN1, DS_ERROR_INVALID,
                     "an empty protected header is an empty byte string");
  expect_own_refused("d28440a10126"
                     "4040",
                     DS_COSE_SIGN1, DS_ERROR_INVALID, "other headers");
  expect_own_refused("d2844da2012604480001020304050607a10440"
                     "4040",
                     DS_COSE_SIGN1, DS_ERROR_INVALID, "a header appears twice");
  expect_own_refused("d28444a1028101a0"
                     "4040",
                     DS_COSE_SIGN1, DS_ERROR_UNSUPPORTED, "crit");
  expect_own_refused("d28444a1187800a0"
                     "4040",
                     DS_COSE_SIGN1, DS_ERROR_UNSUPPORTED, "unknown header 120");
  expect_own_refused("d28444a1616100a0"
                     "4040",
                     DS_COSE_SIGN1, DS_ERROR_UNSUPPORTED, "named by a text");
  expect_own_refused("8443a10126a0"
                     "4040",
                     DS_COSE_SIGN1, DS_ERROR_INVALID, "tag");
  expect_own_refused("d8628440a04080", DS_COSE_SIGN, DS_ERROR_INVALID, "0 entries");
}

static void
test_suites(void)
{
  g_autoptr(GError) error = NULL;

  g_assert_cmpint(ds_suite_find(1, &error)->signature, ==, -7);
  g_assert_null(ds_suite_find(2, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED);
  g_assert_cmpstr(error->message, ==, "suite 2 is not known here: update this program");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/bundle/cose/public-examples", test_public_examples);
  g_test_add("/bundle/cose/sign1", Fixture, NULL, set_up, test_sign1, tear_down);
  g_test_add("/bundle/cose/sign-two", Fixture, NULL, set_up, test_sign_two, tear_down);
  g_test_add("/bundle/cose/encrypt", Fixture, NULL, set_up, test_encrypt, tear_down);
  g_test_add("/bundle/cose/flipped-bytes", Fixture, NULL, set_up, test_flipped_bytes, tear_down);
  g_test_add_func("/bundle/cose/own-headers-are-exact", test_own_headers_are_exact);
  g_test_add_func("/bundle/cose/suites", test_suites);
  return g_test_run();
}
