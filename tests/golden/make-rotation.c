/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* make-rotation FOLDER: adds what a change of receipt keys brings to the golden files: the next
 * directory, in which the records key is retired, a statement it made before, and a refusal by its
 * successor. Run once; FOLDER holds what make-golden wrote. */
#include <string.h>

#include "base/files.h"
#include "golden.h"

#define DAY_US G_GINT64_CONSTANT(86400000000)

static void
save(const char *folder, const char *name, GBytes *bytes)
{
  g_autofree char *file = g_strconcat(name, ".cbor", NULL);
  gsize size;
  const void *data = g_bytes_get_data(bytes, &size);
  GError *error = NULL;

  golden_require(ds_files_create(folder, file, data, size, &error), error);
}

static DsDirectory *
make_directory(const char *folder, DsKey *next)
{
  g_autoptr(GBytes) before = golden_read(folder, "directory");
  g_autoptr(DsKey) root = golden_key("root");
  GError *error = NULL;
  g_autoptr(DsDirectory) old = ds_directory_verify(before, NULL, 0, 0, &error);

  golden_require(old != NULL, error);
  DsDirectory *d = ds_directory_copy(old);
  d->version++;
  d->issued_us += DAY_US;
  ((DsReceiptKey *)d->receipt_keys->pdata[0])->retired_us = d->issued_us;
  ds_directory_add_receipt_key(d, next, DS_STATES_ALL);
  g_autoptr(GBytes) bytes = ds_directory_sign(d, root, &error);
  golden_require(bytes != NULL, error);
  save(folder, "directory-rotated", bytes);
  return d;
}

static void
make_statement(const char *folder, const char *name, const DsDirectory *d, DsKey *key, gint64 at_us,
               const char *refusal)
{
  g_autoptr(GBytes) before = golden_read(folder, "statement-durable");
  g_autoptr(DsKey) unit = golden_key("unit-encrypt");
  GError *error = NULL;
  g_autoptr(DsStatement) s = ds_statement_parse(before, &error);

  golden_require(s != NULL, error);
  s->state = DS_STATE_ACCEPTED;
  s->seq = refusal != NULL ? 5 : 4;
  s->station_us = at_us;
  s->directory_version = d->version;
  if (refusal != NULL) {
    s->state = DS_STATE_REFUSED;
    ds_statement_set_detail(s, DS_DETAIL_REFUSAL, refusal);
    ds_statement_set_detail(s, DS_DETAIL_REASON, "身份信息不一致，难以确认身份");
    ds_statement_set_detail(s, DS_DETAIL_REDIRECT, "请到户籍所在地派出所办理");
    ds_statement_set_detail(s, DS_DETAIL_REFUND, "2000");
    ds_statement_set_detail(s, DS_DETAIL_REFUND_BY, "036900");
  }
  g_autoptr(GBytes) bytes = ds_statement_sign(s, unit, key, &error);
  golden_require(bytes != NULL, error);
  save(folder, name, bytes);
}

int
main(int argc, char **argv)
{
  g_autoptr(DsKey) records = golden_key("records");
  g_autoptr(DsKey) next = golden_key("receipt-2");

  if (argc != 2) {
    g_printerr("usage: make-rotation FOLDER\n");
    return 64;
  }
  g_autoptr(DsDirectory) directory = make_directory(argv[1], next);
  make_statement(argv[1], "statement-retired", directory, records, directory->issued_us, NULL);
  make_statement(argv[1], "statement-refused", directory, next, directory->issued_us + DAY_US,
                 "J2");
  return 0;
}
