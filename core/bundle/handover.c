/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/handover.h"

#include <string.h>

#include "base/error.h"
#include "bundle/codec.h"
#include "bundle/cose.h"
#include "bundle/handover-private.h"
#include "bundle/suite.h"

#define TYPE "handover"

static void
case_free(gpointer data)
{
  DsHandoverCase *self = data;

  g_free(self->local_number);
  g_free(self->state);
  g_free(self);
}

static void
receipts_free(gpointer data)
{
  DsHandoverReceipts *self = data;

  g_free(self->series);
  g_free(self->first);
  g_free(self->last);
  g_free(self);
}

DsHandover *
ds_handover_new(void)
{
  DsHandover *self = g_new0(DsHandover, 1);

  self->format = DS_FORMAT_1;
  self->suite = DS_SUITE_1;
  self->receipts = g_ptr_array_new_with_free_func(receipts_free);
  self->cases = g_ptr_array_new_with_free_func(case_free);
  return self;
}

void
ds_handover_free(DsHandover *self)
{
  if (self == NULL)
    return;
  g_free(self->unit);
  g_free(self->trip);
  g_free(self->name);
  g_free(self->from);
  g_free(self->to);
  g_free(self->remark);
  g_ptr_array_unref(self->receipts);
  g_ptr_array_unref(self->cases);
  g_free(self);
}

DsHandoverCase *
ds_handover_add_case(DsHandover *self, const char *local_number, const char *state,
                     const DsDigest *bundle)
{
  DsHandoverCase *of = g_new0(DsHandoverCase, 1);

  of->local_number = g_strdup(local_number);
  of->state = g_strdup(state);
  of->has_bundle = bundle != NULL;
  if (bundle != NULL)
    of->bundle = *bundle;
  g_ptr_array_add(self->cases, of);
  return of;
}

DsHandoverReceipts *
ds_handover_add_receipts(DsHandover *self, const char *series, guint64 count, const char *first,
                         const char *last, guint64 fen)
{
  DsHandoverReceipts *of = g_new0(DsHandoverReceipts, 1);

  of->series = g_strdup(series);
  of->count = count;
  of->first = g_strdup(first);
  of->last = g_strdup(last);
  of->fen = fen;
  g_ptr_array_add(self->receipts, of);
  return of;
}

GBytes *
ds_handover_sign(DsHandover *self, DsKey *from, DsKey *to, GError **error)
{
  DsKey *const keys[] = {from, to};
  g_autoptr(GBytes) payload = NULL;
  g_autoptr(DsHandover) check = NULL;

  self->from_kid = *ds_key_kid(from);
  self->to_kid = *ds_key_kid(to);
  payload = ds_handover_encode(self, error);
  check = payload != NULL ? ds_handover_decode(payload, error) : NULL;
  if (check == NULL)
    return NULL;
  self->digest = check->digest;
  return ds_cose_sign(DS_COSE_SIGN, payload, TYPE, keys, G_N_ELEMENTS(keys), error);
}

static DsHandover *
parse(GBytes *bytes, DsCose **cose_out, GError **error)
{
  g_autoptr(DsCose) cose =
      ds_cose_parse(bytes, DS_COSE_SIGN, "handover", DS_HANDOVER_MAX, DS_COSE_OWN, error);
  g_autoptr(GBytes) payload = cose != NULL ? ds_cose_content(cose) : NULL;
  g_autoptr(DsHandover) self = payload != NULL ? ds_handover_decode(payload, error) : NULL;

  if (self == NULL)
    return NULL;
  if (cose->leaves->len != 2 || !ds_cose_leaf_is(cose, 0, &self->from_kid) ||
      !ds_cose_leaf_is(cose, 1, &self->to_kid)) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        "handover: it needs two signatures, of the officer who gives and then of "
                        "the one who takes over");
    return NULL;
  }
  if (cose_out != NULL)
    *cose_out = g_steal_pointer(&cose);
  return g_steal_pointer(&self);
}

DsHandover *
ds_handover_parse(GBytes *bytes, GError **error)
{
  return parse(bytes, NULL, error);
}

static gboolean
verify_one(const DsCose *cose, guint i, const char *number, const DsKid *kid,
           const DsDirectory *directory, GError **error)
{
  const DsOfficerEntry *officer = ds_directory_find_officer_key(directory, kid);
  g_autoptr(GBytes) aad = ds_cose_context(TYPE);

  if (officer == NULL || !g_str_equal(officer->number, number)) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "handover: the directory knows no such key of officer %s", number);
    return FALSE;
  }
  if (ds_cose_verify(cose, i, aad, officer->key, error))
    return TRUE;
  g_prefix_error(error, "handover: officer %s: ", number);
  return FALSE;
}

DsHandover *
ds_handover_verify(GBytes *bytes, const DsDirectory *directory, GError **error)
{
  g_autoptr(DsCose) cose = NULL;
  g_autoptr(DsHandover) self = parse(bytes, &cose, error);

  if (self == NULL || !verify_one(cose, 0, self->from, &self->from_kid, directory, error) ||
      !verify_one(cose, 1, self->to, &self->to_kid, directory, error))
    return NULL;
  return g_steal_pointer(&self);
}

gboolean
ds_handover_signatures(GBytes *bytes, DsDigest *from, DsDigest *to, GError **error)
{
  g_autoptr(DsCose) cose = NULL;
  g_autoptr(DsHandover) self = parse(bytes, &cose, error);

  if (self == NULL)
    return FALSE;
  const DsCoseLeaf *first = &g_array_index(cose->leaves, DsCoseLeaf, 0);
  const DsCoseLeaf *second = &g_array_index(cose->leaves, DsCoseLeaf, 1);
  *from = ds_digest_of(first->content.data, first->content.size);
  *to = ds_digest_of(second->content.data, second->content.size);
  return TRUE;
}
