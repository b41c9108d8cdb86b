/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A station, a unit and an officer with fresh keys, for the tests of this folder. */
#pragma once

#include "bundle/directory.h"
#include "bundle/statement.h"

typedef struct {
  DsKey *root;
  DsKey *records;
  DsKey *online;
  DsKey *recovery;
  DsKey *unit_sign;
  DsKey *unit_encrypt;
  DsKey *officer;
  DsKey *stranger;
  DsDirectory *directory;
} World;

static inline void
world_set_up(World *w, gconstpointer unused)
{
  DsKey **keys[] = {&w->root,      &w->records,      &w->online,  &w->recovery,
                    &w->unit_sign, &w->unit_encrypt, &w->officer, &w->stranger};

  for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
    *keys[i] = ds_key_generate(NULL);
  w->directory = ds_directory_new();
  w->directory->station = g_strdup("rugao-3");
  w->directory->name = g_strdup("如皋市公安局第三派出所");
  w->directory->version = 7;
  w->directory->issued_us = 1790000000000000;
  w->directory->expires_us = 1820000000000000;
  g_ptr_array_add(w->directory->recipients, ds_key_ref(w->records));
  w->directory->recovery = ds_key_ref(w->recovery);
  ds_directory_add_receipt_key(w->directory, w->records, DS_STATES_ALL);
  ds_directory_add_receipt_key(w->directory, w->online, DS_STATES_ONLINE);
  g_ptr_array_add(w->directory->dispatch_keys, ds_key_ref(w->records));
  ds_directory_add_unit(w->directory, "unit-2", "another", w->stranger, w->unit_encrypt);
  ds_directory_add_unit(w->directory, "unit-1", "外勤一组", w->unit_sign, w->unit_encrypt);
  ds_directory_add_officer(w->directory, "036881", "李四", DS_ROLE_OFFICER, w->officer);
  w->directory->copies = 2;
  g_ptr_array_add(w->directory->places, g_strdup("archive-1"));
  g_ptr_array_add(w->directory->places, g_strdup("archive-2"));
  w->directory->root = ds_key_ref(w->root);
}

static inline void
world_tear_down(World *w, gconstpointer unused)
{
  DsKey *keys[] = {w->root,      w->records,      w->online,  w->recovery,
                   w->unit_sign, w->unit_encrypt, w->officer, w->stranger};

  for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
    ds_key_unref(keys[i]);
  ds_directory_free(w->directory);
}
