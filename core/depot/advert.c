/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "depot/advert.h"

#include <string.h>

#include "base/error.h"
#include "depot/pktline.h"

#define ID_HEX (DS_OBJECT_HEX_SIZE - 1)

struct _DsAdvert {
  GHashTable *refs; /* char *, full name → DsObjectId * */
  GArray *outbox;   /* DsOutboxRef */
  char **capabilities;
};

void
ds_advert_free(DsAdvert *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref(self->refs);
  g_array_unref(self->outbox);
  g_strfreev(self->capabilities);
  g_free(self);
}

static gboolean
set_bad_line(guint number, const GByteArray *line, const char *why, GError **error)
{
  g_autofree char *words = ds_pktline_printable((const char *)line->data, line->len);

  g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
              "line %u of the server's advertisement %s: \"%s\"; is this a git server?", number,
              why, words);
  return FALSE;
}

static gboolean
take_capabilities(DsAdvert *self, const char *text, GError **error)
{
  self->capabilities = g_strsplit(text, " ", -1);
  for (char **word = self->capabilities; *word != NULL; word++) {
    if (g_str_has_prefix(*word, "object-format=") && strcmp(*word, "object-format=sha1") != 0) {
      g_autofree char *words = ds_pktline_printable(*word, -1);
      g_set_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED,
                  "the station's repository uses %s; only sha1 is spoken here", words);
      return FALSE;
    }
  }
  return TRUE;
}

/* Everything but our two name spaces is somebody else's. */
static gboolean
take_ref(DsAdvert *self, const char *name, const DsObjectId *id)
{
  DsDigest bundle;
  DsOutboxRef outbox;

  if (ds_depot_outbox_ref_parse(name, &outbox))
    g_array_append_val(self->outbox, outbox);
  else if (!ds_depot_bundle_ref_parse(name, &bundle))
    return TRUE;
  return g_hash_table_insert(self->refs, g_strdup(name), g_memdup2(id, sizeof *id));
}

static gboolean
take_line(DsAdvert *self, guint number, const GByteArray *line, GError **error)
{
  char hex[DS_OBJECT_HEX_SIZE];
  const char *text = (const char *)line->data;
  gsize length = strnlen(text, line->len);
  DsObjectId id;

  if (g_str_has_prefix(text, "version ")) {
    g_autofree char *words = ds_pktline_printable(text, (gssize)length);
    g_set_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED,
                "the server speaks git protocol \"%s\"; only version 0 is spoken here", words);
    return FALSE;
  }
  if (length < line->len && self->capabilities != NULL)
    return set_bad_line(number, line, "repeats the capabilities", error);
  if (length < line->len && !take_capabilities(self, text + length + 1, error))
    return FALSE;
  g_strlcpy(hex, text, sizeof hex);
  if (length < ID_HEX + 2 || text[ID_HEX] != ' ' || !ds_object_id_parse(&id, hex))
    return set_bad_line(number, line, "is no object id and name", error);
  if (!take_ref(self, text + ID_HEX + 1, &id))
    return set_bad_line(number, line, "names a ref twice", error);
  return TRUE;
}

static gint
compare_outbox(gconstpointer a, gconstpointer b)
{
  const DsOutboxRef *left = a, *right = b;

  if (left->seq != right->seq)
    return left->seq < right->seq ? -1 : 1;
  return (int)left->kind - (int)right->kind;
}

DsAdvert *
ds_advert_read(DsLink *link, GError **error)
{
  g_autoptr(DsAdvert) self = g_new0(DsAdvert, 1);
  g_autoptr(GByteArray) line = g_byte_array_new();
  guint64 start = ds_link_received(link);
  guint number = 0;

  self->refs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  self->outbox = g_array_new(FALSE, FALSE, sizeof(DsOutboxRef));
  for (;;) {
    DsPktlineKind kind = ds_pktline_read(link, line, error);
    if (kind == DS_PKTLINE_ERROR)
      return NULL;
    if (kind == DS_PKTLINE_FLUSH)
      break;
    if (++number > DS_ADVERT_REFS_MAX || ds_link_received(link) - start > DS_ADVERT_BYTES_MAX) {
      g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
                  "the server's advertisement goes on after %u refs; at most %d refs and %d bytes "
                  "are read. Ask the station to look at this unit's repository",
                  number, DS_ADVERT_REFS_MAX, DS_ADVERT_BYTES_MAX);
      return NULL;
    }
    if (!take_line(self, number, line, error))
      return NULL;
  }
  g_array_sort(self->outbox, compare_outbox);
  return g_steal_pointer(&self);
}

gboolean
ds_advert_lookup(const DsAdvert *self, const char *ref, DsObjectId *id)
{
  const DsObjectId *found = g_hash_table_lookup(self->refs, ref);

  if (found == NULL)
    return FALSE;
  *id = *found;
  return TRUE;
}

gboolean
ds_advert_has_bundle(const DsAdvert *self, const DsDigest *id)
{
  char ref[DS_DEPOT_REF_SIZE];

  return g_hash_table_contains(self->refs, ds_depot_bundle_ref(id, ref));
}

const GArray *
ds_advert_outbox(const DsAdvert *self)
{
  return self->outbox;
}

gboolean
ds_advert_can(const DsAdvert *self, const char *capability)
{
  gsize length = strlen(capability);

  for (char **word = self->capabilities; word != NULL && *word != NULL; word++)
    if (strncmp(*word, capability, length) == 0 &&
        ((*word)[length] == '\0' || (*word)[length] == '='))
      return TRUE;
  return FALSE;
}
