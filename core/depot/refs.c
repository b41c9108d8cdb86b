/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "depot/refs.h"

#include <string.h>

#define SEQ_DIGITS 10

static const char *const kind_words[] = {
    [DS_OUTBOX_STATEMENTS] = "statements",
    [DS_OUTBOX_DISPATCH] = "dispatch",
    [DS_OUTBOX_DIRECTORY] = "directory",
};

const char *
ds_depot_bundle_ref(const DsDigest *id, char ref[DS_DEPOT_REF_SIZE])
{
  char hex[DS_DIGEST_HEX_SIZE];

  g_snprintf(ref, DS_DEPOT_REF_SIZE, DS_DEPOT_BUNDLES "%s", ds_digest_to_hex(id, hex));
  return ref;
}

gboolean
ds_depot_bundle_ref_parse(const char *ref, DsDigest *id)
{
  if (!g_str_has_prefix(ref, DS_DEPOT_BUNDLES))
    return FALSE;
  return ds_digest_parse(id, ref + strlen(DS_DEPOT_BUNDLES));
}

const char *
ds_outbox_kind_word(DsOutboxKind kind)
{
  return kind_words[kind];
}

const char *
ds_depot_outbox_ref(const DsOutboxRef *self, char ref[DS_DEPOT_REF_SIZE])
{
  g_snprintf(ref, DS_DEPOT_REF_SIZE, DS_DEPOT_OUTBOX "%010" G_GUINT64_FORMAT "-%s", self->seq,
             kind_words[self->kind]);
  return ref;
}

/* Ten decimal digits, not all zero. */
static gboolean
parse_seq(const char *text, guint64 *seq)
{
  guint64 value = 0;

  for (int i = 0; i < SEQ_DIGITS; i++) {
    if (!g_ascii_isdigit(text[i]))
      return FALSE;
    value = value * 10 + (guint64)(text[i] - '0');
  }
  *seq = value;
  return value > 0;
}

gboolean
ds_depot_outbox_ref_parse(const char *ref, DsOutboxRef *self)
{
  DsOutboxRef parsed = {0};

  if (!g_str_has_prefix(ref, DS_DEPOT_OUTBOX))
    return FALSE;
  ref += strlen(DS_DEPOT_OUTBOX);
  if (!parse_seq(ref, &parsed.seq) || ref[SEQ_DIGITS] != '-')
    return FALSE;
  for (gsize kind = 0; kind < G_N_ELEMENTS(kind_words); kind++) {
    if (strcmp(ref + SEQ_DIGITS + 1, kind_words[kind]) == 0) {
      parsed.kind = (DsOutboxKind)kind;
      *self = parsed;
      return TRUE;
    }
  }
  return FALSE;
}

guint64
ds_depot_bundle_entry_max(const char *name)
{
  DsDigest digest;

  if (strcmp(name, "manifest") == 0)
    return DS_MANIFEST_MAX;
  if (strcmp(name, "record") == 0)
    return DS_RECORD_MAX;
  return ds_digest_parse(&digest, name) ? DS_CHUNK_MAX : 0;
}

guint64
ds_depot_outbox_entry_max(DsOutboxKind kind, const char *name)
{
  guint64 seq;

  if (kind == DS_OUTBOX_DISPATCH)
    return ds_depot_bundle_entry_max(name);
  if (kind == DS_OUTBOX_DIRECTORY)
    return strcmp(name, "directory") == 0 ? DS_DIRECTORY_MAX : 0;
  return strlen(name) == SEQ_DIGITS && parse_seq(name, &seq) ? DS_STATEMENT_MAX : 0;
}
