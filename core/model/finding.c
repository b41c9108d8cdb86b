/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/finding.h"

#include "base/error.h"

struct _DsFindings {
  gatomicrefcount refs;
  GPtrArray *items; /* of DsFinding */
};

static void
finding_free(gpointer data)
{
  DsFinding *self = data;

  g_free(self->code);
  g_free(self->subject);
  g_free(self->text);
  g_free(self->origin);
  g_free(self->document);
  g_free(self->clause);
  g_free(self->phrase);
  g_free(self->requirements);
  g_free(self->who);
  g_free(self);
}

DsFindings *
ds_findings_new(void)
{
  DsFindings *self = g_new0(DsFindings, 1);

  g_atomic_ref_count_init(&self->refs);
  self->items = g_ptr_array_new_with_free_func(finding_free);
  return self;
}

DsFindings *
ds_findings_ref(DsFindings *self)
{
  g_atomic_ref_count_inc(&self->refs);
  return self;
}

void
ds_findings_unref(DsFindings *self)
{
  if (self == NULL || !g_atomic_ref_count_dec(&self->refs))
    return;
  g_ptr_array_unref(self->items);
  g_free(self);
}

guint
ds_findings_count(const DsFindings *self)
{
  return self->items->len;
}

const DsFinding *
ds_findings_get(const DsFindings *self, guint index)
{
  g_return_val_if_fail(index < self->items->len, NULL);
  return g_ptr_array_index(self->items, index);
}

const DsFinding *
ds_findings_find(const DsFindings *self, const char *code)
{
  for (guint i = 0; i < self->items->len; i++) {
    const DsFinding *finding = g_ptr_array_index(self->items, i);
    if (g_str_equal(finding->code, code))
      return finding;
  }
  return NULL;
}

gboolean
ds_findings_has_kind(const DsFindings *self, DsFindingKind kind)
{
  for (guint i = 0; i < self->items->len; i++)
    if (((const DsFinding *)g_ptr_array_index(self->items, i))->kind == kind)
      return TRUE;
  return FALSE;
}

DsFinding *
ds_findings_add(DsFindings *self, DsFindingKind kind, const char *code, const char *subject,
                const char *text)
{
  DsFinding *finding = g_new0(DsFinding, 1);

  finding->kind = kind;
  finding->code = g_strdup(code);
  finding->subject = g_strdup(subject);
  finding->text = g_strdup(text);
  g_ptr_array_add(self->items, finding);
  return finding;
}

DsFinding *
ds_findings_add_format(DsFindings *self, DsFindingKind kind, const char *code, const char *subject,
                       const char *format, ...)
{
  va_list args;

  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  return ds_findings_add(self, kind, code, subject, text);
}

static void
replace(char **at, const char *value)
{
  g_free(*at);
  *at = g_strdup(value);
}

void
ds_finding_cite(DsFinding *self, const char *document, const char *clause, const char *phrase,
                const char *requirements)
{
  replace(&self->document, document);
  replace(&self->clause, clause);
  replace(&self->phrase, phrase);
  replace(&self->requirements, requirements);
}

void
ds_findings_append(DsFindings *self, const DsFindings *other, const char *origin)
{
  for (guint i = 0; i < other->items->len; i++) {
    const DsFinding *from = g_ptr_array_index(other->items, i);
    DsFinding *copy = ds_findings_add(self, from->kind, from->code, from->subject, from->text);

    ds_finding_cite(copy, from->document, from->clause, from->phrase, from->requirements);
    copy->origin = g_strdup(from->origin != NULL ? from->origin : origin);
    copy->who = g_strdup(from->who);
  }
}

const char *
ds_finding_kind_word(DsFindingKind kind)
{
  static const char *const words[] = {"note",    "warning",      "missing",
                                      "invalid", "undetermined", "refuse"};

  return (gsize)kind < G_N_ELEMENTS(words) ? words[kind] : "note";
}

static const char *
or_empty(const char *text)
{
  return text != NULL ? text : "";
}

GVariant *
ds_findings_to_variant(const DsFindings *self)
{
  GVariantBuilder builder;

  g_variant_builder_init(&builder, G_VARIANT_TYPE(DS_FINDINGS_VARIANT));
  for (guint i = 0; i < self->items->len; i++) {
    const DsFinding *f = g_ptr_array_index(self->items, i);
    g_variant_builder_add(&builder, "(usssssssss)", (guint32)f->kind, or_empty(f->code),
                          or_empty(f->subject), or_empty(f->text), or_empty(f->origin),
                          or_empty(f->document), or_empty(f->clause), or_empty(f->phrase),
                          or_empty(f->requirements), or_empty(f->who));
  }
  return g_variant_builder_end(&builder);
}

static char *
null_if_empty(const char *text)
{
  return *text != '\0' ? g_strdup(text) : NULL;
}

DsFindings *
ds_findings_from_variant(GVariant *variant, GError **error)
{
  if (!g_variant_is_of_type(variant, G_VARIANT_TYPE(DS_FINDINGS_VARIANT))) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "findings have type %s, expected %s",
                g_variant_get_type_string(variant), DS_FINDINGS_VARIANT);
    return NULL;
  }

  g_autoptr(DsFindings) self = ds_findings_new();
  GVariantIter iter;
  guint32 kind;
  const char *code, *subject, *text, *origin, *document, *clause, *phrase, *requirements, *who;

  g_variant_iter_init(&iter, variant);
  while (g_variant_iter_next(&iter, "(u&s&s&s&s&s&s&s&s&s)", &kind, &code, &subject, &text, &origin,
                             &document, &clause, &phrase, &requirements, &who)) {
    DsFinding *f = ds_findings_add(self, MIN(kind, DS_FINDING_REFUSE), code, NULL, text);
    f->subject = null_if_empty(subject);
    f->origin = null_if_empty(origin);
    f->document = null_if_empty(document);
    f->clause = null_if_empty(clause);
    f->phrase = null_if_empty(phrase);
    f->requirements = null_if_empty(requirements);
    f->who = null_if_empty(who);
  }
  return g_steal_pointer(&self);
}
