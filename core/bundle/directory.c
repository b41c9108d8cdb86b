/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/directory.h"

#include <string.h>

#include "bundle/directory-private.h"
#include "bundle/suite.h"

const char *
ds_role_word(DsRole role)
{
  switch (role) {
  case DS_ROLE_UNIT:
    return "unit";
  case DS_ROLE_OFFICER:
    return "officer";
  case DS_ROLE_STATION:
    return "station";
  default:
    return NULL;
  }
}

static void
receipt_key_free(gpointer data)
{
  DsReceiptKey *self = data;

  ds_key_unref(self->key);
  g_free(self);
}

static void
unit_entry_free(gpointer data)
{
  DsUnitEntry *self = data;

  g_free(self->id);
  g_free(self->name);
  ds_key_unref(self->sign);
  ds_key_unref(self->encrypt);
  g_free(self);
}

void
ds_officer_entry_free(gpointer data)
{
  DsOfficerEntry *self = data;

  g_free(self->number);
  g_free(self->name);
  ds_key_unref(self->key);
  g_free(self);
}

DsDirectory *
ds_directory_new(void)
{
  DsDirectory *self = g_new0(DsDirectory, 1);

  self->format = DS_FORMAT_1;
  self->suite = DS_SUITE_1;
  self->recipients = g_ptr_array_new_with_free_func((GDestroyNotify)ds_key_unref);
  self->receipt_keys = g_ptr_array_new_with_free_func(receipt_key_free);
  self->dispatch_keys = g_ptr_array_new_with_free_func((GDestroyNotify)ds_key_unref);
  self->units = g_ptr_array_new_with_free_func(unit_entry_free);
  self->officers = g_ptr_array_new_with_free_func(ds_officer_entry_free);
  self->places = g_ptr_array_new_with_free_func(g_free);
  return self;
}

void
ds_directory_free(DsDirectory *self)
{
  if (self == NULL)
    return;
  g_free(self->station);
  g_free(self->name);
  g_ptr_array_unref(self->recipients);
  ds_key_unref(self->recovery);
  g_ptr_array_unref(self->receipt_keys);
  g_ptr_array_unref(self->dispatch_keys);
  g_ptr_array_unref(self->units);
  g_ptr_array_unref(self->officers);
  g_ptr_array_unref(self->places);
  ds_key_unref(self->root);
  ds_key_unref(self->next_root);
  g_free(self);
}

static DsKey *
ref_or_null(DsKey *key)
{
  return key != NULL ? ds_key_ref(key) : NULL;
}

static void
copy_members(DsDirectory *copy, const DsDirectory *self)
{
  for (guint i = 0; i < self->units->len; i++) {
    const DsUnitEntry *unit = self->units->pdata[i];

    ds_directory_add_unit(copy, unit->id, unit->name, unit->sign, unit->encrypt)->revoked_us =
        unit->revoked_us;
  }
  for (guint i = 0; i < self->officers->len; i++) {
    const DsOfficerEntry *officer = self->officers->pdata[i];

    ds_directory_add_officer(copy, officer->number, officer->name, officer->role, officer->key)
        ->revoked_us = officer->revoked_us;
  }
}

DsDirectory *
ds_directory_copy(const DsDirectory *self)
{
  DsDirectory *copy = ds_directory_new();

  copy->format = self->format;
  copy->suite = self->suite;
  copy->station = g_strdup(self->station);
  copy->name = g_strdup(self->name);
  copy->version = self->version;
  copy->issued_us = self->issued_us;
  copy->expires_us = self->expires_us;
  copy->copies = self->copies;
  copy->recovery = ref_or_null(self->recovery);
  copy->root = ref_or_null(self->root);
  copy->next_root = ref_or_null(self->next_root);
  copy->digest = self->digest;
  for (guint i = 0; i < self->recipients->len; i++)
    g_ptr_array_add(copy->recipients, ds_key_ref(self->recipients->pdata[i]));
  for (guint i = 0; i < self->dispatch_keys->len; i++)
    g_ptr_array_add(copy->dispatch_keys, ds_key_ref(self->dispatch_keys->pdata[i]));
  for (guint i = 0; i < self->places->len; i++)
    g_ptr_array_add(copy->places, g_strdup(self->places->pdata[i]));
  for (guint i = 0; i < self->receipt_keys->len; i++) {
    const DsReceiptKey *receipt = self->receipt_keys->pdata[i];

    ds_directory_add_receipt_key(copy, receipt->key, receipt->states)->retired_us =
        receipt->retired_us;
  }
  copy_members(copy, self);
  return copy;
}

gint
ds_directory_compare_units(gconstpointer a, gconstpointer b)
{
  const DsUnitEntry *left = *(const DsUnitEntry *const *)a;
  const DsUnitEntry *right = *(const DsUnitEntry *const *)b;

  return strcmp(left->id, right->id);
}

gint
ds_directory_compare_officers(gconstpointer a, gconstpointer b)
{
  const DsOfficerEntry *left = *(const DsOfficerEntry *const *)a;
  const DsOfficerEntry *right = *(const DsOfficerEntry *const *)b;
  const gint order = strcmp(left->number, right->number);

  return order != 0
             ? order
             : memcmp(ds_key_kid(left->key)->bytes, ds_key_kid(right->key)->bytes, DS_KID_SIZE);
}

DsUnitEntry *
ds_directory_add_unit(DsDirectory *self, const char *id, const char *name, DsKey *sign,
                      DsKey *encrypt)
{
  DsUnitEntry *unit = g_new0(DsUnitEntry, 1);

  unit->id = g_strdup(id);
  unit->name = g_strdup(name);
  unit->sign = ds_key_ref(sign);
  unit->encrypt = ds_key_ref(encrypt);
  g_ptr_array_add(self->units, unit);
  g_ptr_array_sort(self->units, ds_directory_compare_units);
  return unit;
}

DsOfficerEntry *
ds_officer_entry_new(const char *number, const char *name, DsRole role, DsKey *key)
{
  DsOfficerEntry *officer = g_new0(DsOfficerEntry, 1);

  officer->number = g_strdup(number);
  officer->name = g_strdup(name);
  officer->role = role;
  officer->key = ds_key_ref(key);
  return officer;
}

DsOfficerEntry *
ds_directory_add_officer(DsDirectory *self, const char *number, const char *name, DsRole role,
                         DsKey *key)
{
  DsOfficerEntry *officer = ds_officer_entry_new(number, name, role, key);

  g_ptr_array_add(self->officers, officer);
  g_ptr_array_sort(self->officers, ds_directory_compare_officers);
  return officer;
}

DsReceiptKey *
ds_directory_add_receipt_key(DsDirectory *self, DsKey *key, guint32 states)
{
  DsReceiptKey *receipt = g_new0(DsReceiptKey, 1);

  receipt->key = ds_key_ref(key);
  receipt->states = states;
  g_ptr_array_add(self->receipt_keys, receipt);
  return receipt;
}

gboolean
ds_directory_is_expired(const DsDirectory *self, gint64 now_us)
{
  return now_us >= self->expires_us;
}

const DsUnitEntry *
ds_directory_find_unit(const DsDirectory *self, const char *id)
{
  for (guint i = 0; i < self->units->len; i++) {
    const DsUnitEntry *unit = self->units->pdata[i];

    if (strcmp(unit->id, id) == 0)
      return unit;
  }
  return NULL;
}

const DsOfficerEntry *
ds_directory_find_officer(const DsDirectory *self, const char *number)
{
  const DsOfficerEntry *found = NULL;

  for (guint i = 0; i < self->officers->len; i++) {
    const DsOfficerEntry *officer = self->officers->pdata[i];

    if (strcmp(officer->number, number) == 0 && (found == NULL || found->revoked_us != 0))
      found = officer;
  }
  return found;
}

const DsOfficerEntry *
ds_directory_find_officer_key(const DsDirectory *self, const DsKid *kid)
{
  for (guint i = 0; i < self->officers->len; i++) {
    const DsOfficerEntry *officer = self->officers->pdata[i];

    if (ds_kid_equal(ds_key_kid(officer->key), kid))
      return officer;
  }
  return NULL;
}

const DsReceiptKey *
ds_directory_find_receipt_key(const DsDirectory *self, const DsKid *kid)
{
  for (guint i = 0; i < self->receipt_keys->len; i++) {
    const DsReceiptKey *receipt = self->receipt_keys->pdata[i];

    if (ds_kid_equal(ds_key_kid(receipt->key), kid))
      return receipt;
  }
  return NULL;
}

DsKey *
ds_directory_find_dispatch_key(const DsDirectory *self, const DsKid *kid)
{
  for (guint i = 0; i < self->dispatch_keys->len; i++) {
    DsKey *key = self->dispatch_keys->pdata[i];

    if (ds_kid_equal(ds_key_kid(key), kid))
      return key;
  }
  return NULL;
}

GPtrArray *
ds_directory_record_recipients(const DsDirectory *self)
{
  GPtrArray *keys = g_ptr_array_new();

  for (guint i = 0; i < self->recipients->len; i++)
    g_ptr_array_add(keys, self->recipients->pdata[i]);
  if (self->recovery != NULL)
    g_ptr_array_add(keys, self->recovery);
  return keys;
}
