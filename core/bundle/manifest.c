/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/manifest.h"

#include <string.h>

#include "base/error.h"
#include "bundle/cose.h"
#include "bundle/manifest-private.h"
#include "bundle/suite.h"

#define TYPE "manifest"

const char *
ds_bundle_kind_word(DsBundleKind kind)
{
  switch (kind) {
  case DS_BUNDLE_CASE:
    return "case";
  case DS_BUNDLE_DISPATCH:
    return "dispatch";
  case DS_BUNDLE_TRIP:
    return "trip";
  default:
    return NULL;
  }
}

DsManifest *
ds_manifest_new(void)
{
  DsManifest *self = g_new0(DsManifest, 1);

  self->format = DS_FORMAT_1;
  self->suite = DS_SUITE_1;
  self->signers = g_array_new(FALSE, FALSE, sizeof(DsSigner));
  self->chunks = g_array_new(FALSE, FALSE, sizeof(DsChunkRef));
  return self;
}

static void
verified_free(DsVerified *self)
{
  if (self == NULL)
    return;
  g_free(self->unit_name);
  g_free(self->officer_number);
  g_free(self->officer_name);
  g_free(self);
}

void
ds_manifest_free(DsManifest *self)
{
  if (self == NULL)
    return;
  g_free(self->unit);
  g_array_unref(self->signers);
  g_array_unref(self->chunks);
  verified_free(self->verified);
  g_free(self);
}

static gint
compare_refs(gconstpointer a, gconstpointer b)
{
  return ds_digest_compare(&((const DsChunkRef *)a)->sha256, &((const DsChunkRef *)b)->sha256);
}

GBytes *
ds_manifest_sign(DsManifest *self, DsKey *const *keys, const DsRole *roles, guint n_keys,
                 GError **error)
{
  g_autoptr(GBytes) payload = NULL;
  g_autoptr(DsManifest) check = NULL;

  g_array_set_size(self->signers, 0);
  for (guint i = 0; i < n_keys; i++) {
    const DsSigner signer = {.role = roles[i], .kid = *ds_key_kid(keys[i])};

    g_array_append_val(self->signers, signer);
  }
  g_array_sort(self->chunks, compare_refs);
  payload = ds_manifest_encode(self, error);
  check = payload != NULL ? ds_manifest_decode(payload, error) : NULL;
  if (check == NULL)
    return NULL;
  self->id = check->id;
  return ds_cose_sign(DS_COSE_SIGN, payload, TYPE, keys, n_keys, error);
}

/* One signature per required signer, in the same order. */
static gboolean
check_leaves(const DsManifest *self, const DsCose *cose, GError **error)
{
  if (cose->leaves->len != self->signers->len) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "manifest: %u signatures, but %u signers are required", cose->leaves->len,
                self->signers->len);
    return FALSE;
  }
  for (guint i = 0; i < self->signers->len; i++) {
    const DsSigner *signer = &g_array_index(self->signers, DsSigner, i);

    if (!ds_cose_leaf_is(cose, i, &signer->kid)) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                  "manifest: signature %u is not by the required %s", i + 1,
                  ds_role_word(signer->role));
      return FALSE;
    }
  }
  return TRUE;
}

static DsManifest *
parse(GBytes *bytes, DsCose **cose_out, GError **error)
{
  g_autoptr(DsCose) cose =
      ds_cose_parse(bytes, DS_COSE_SIGN, "manifest", DS_MANIFEST_MAX, DS_COSE_OWN, error);
  g_autoptr(GBytes) payload = cose != NULL ? ds_cose_content(cose) : NULL;
  g_autoptr(DsManifest) self = payload != NULL ? ds_manifest_decode(payload, error) : NULL;

  if (self == NULL || !check_leaves(self, cose, error))
    return NULL;
  if (cose_out != NULL)
    *cose_out = g_steal_pointer(&cose);
  return g_steal_pointer(&self);
}

DsManifest *
ds_manifest_parse(GBytes *bytes, GError **error)
{
  return parse(bytes, NULL, error);
}

static DsKey *
refuse_signer(const DsSigner *signer, const char *why, GError **error)
{
  char hex[DS_KID_HEX_SIZE];

  g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "manifest: %s key %s %s",
              ds_role_word(signer->role), ds_kid_to_hex(&signer->kid, hex), why);
  return NULL;
}

static DsKey *
find_unit_key(const DsManifest *self, const DsSigner *signer, const DsDirectory *directory,
              GError **error)
{
  const DsUnitEntry *unit = ds_directory_find_unit(directory, self->unit);

  if (unit == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "manifest: unit \"%s\" is not in directory version %" G_GUINT64_FORMAT, self->unit,
                directory->version);
    return NULL;
  }
  if (!ds_kid_equal(ds_key_kid(unit->sign), &signer->kid))
    return refuse_signer(signer, "is not that unit's", error);
  if (unit->revoked_us != 0)
    return refuse_signer(signer, "was revoked", error);
  self->verified->unit_name = g_strdup(unit->name);
  return unit->sign;
}

static DsKey *
find_officer_key(const DsManifest *self, const DsSigner *signer, const DsDirectory *directory,
                 GError **error)
{
  const DsOfficerEntry *officer = ds_directory_find_officer_key(directory, &signer->kid);

  if (officer == NULL)
    return refuse_signer(signer, "is not in the directory", error);
  if (officer->role != signer->role)
    return refuse_signer(signer, "has another role in the directory", error);
  if (officer->revoked_us != 0)
    return refuse_signer(signer, "was revoked", error);
  if (self->verified->officer_number == NULL) {
    self->verified->officer_number = g_strdup(officer->number);
    self->verified->officer_name = g_strdup(officer->name);
  }
  return officer->key;
}

static DsKey *
find_key(const DsManifest *self, const DsSigner *signer, const DsDirectory *directory,
         GError **error)
{
  DsKey *key;

  switch (signer->role) {
  case DS_ROLE_UNIT:
    return find_unit_key(self, signer, directory, error);
  case DS_ROLE_OFFICER:
    return find_officer_key(self, signer, directory, error);
  case DS_ROLE_STATION:
    key = ds_directory_find_dispatch_key(directory, &signer->kid);
    return key != NULL ? key : refuse_signer(signer, "may not sign dispatches", error);
  default:
    return refuse_signer(signer, "has no known role", error);
  }
}

static gboolean
verify_signatures(DsManifest *self, const DsCose *cose, const DsDirectory *directory,
                  GError **error)
{
  g_autoptr(GBytes) aad = ds_cose_context(TYPE);

  self->verified = g_new0(DsVerified, 1);
  self->verified->directory_version = directory->version;
  for (guint i = 0; i < self->signers->len; i++) {
    const DsSigner *signer = &g_array_index(self->signers, DsSigner, i);
    DsKey *key = find_key(self, signer, directory, error);

    if (key == NULL || !ds_cose_verify(cose, i, aad, key, error))
      return FALSE;
  }
  return TRUE;
}

DsManifest *
ds_manifest_verify(GBytes *bytes, const DsDirectory *directory, GError **error)
{
  g_autoptr(DsCose) cose = NULL;
  g_autoptr(DsManifest) self = parse(bytes, &cose, error);

  if (self == NULL || !verify_signatures(self, cose, directory, error))
    return NULL;
  return g_steal_pointer(&self);
}

guint64
ds_manifest_travel_size(const DsManifest *self, gsize manifest_size)
{
  guint64 size = manifest_size + self->record_size;

  for (guint i = 0; i < self->chunks->len; i++)
    size += g_array_index(self->chunks, DsChunkRef, i).size;
  return size;
}

gboolean
ds_manifest_has_chunk(const DsManifest *self, const DsDigest *sha256)
{
  const DsChunkRef wanted = {.sha256 = *sha256};

  return g_array_binary_search(self->chunks, &wanted, compare_refs, NULL);
}
