/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/info.h"

#include <locale.h>
#include <string.h>

#include "base/files.h"

#define MAX_FILE (1024 * 1024)

static const char *const type_words[] = {
    [DS_FIELD_TEXT] = "text",       [DS_FIELD_DATE] = "date",     [DS_FIELD_NUMBER] = "number",
    [DS_FIELD_BOOL] = "bool",       [DS_FIELD_CHOICE] = "choice", [DS_FIELD_PHONE] = "phone",
    [DS_FIELD_INTEGER] = "integer", [DS_FIELD_MONEY] = "money",   [DS_FIELD_TIME] = "time",
};

static const char *const kind_words[] = {
    [DS_PLUGIN_STEP] = "step",
    [DS_PLUGIN_SOURCE] = "source",
    [DS_PLUGIN_INSPECTOR] = "inspector",
    [DS_PLUGIN_OUTPUT] = "output",
};

const char *
ds_field_type_word(DsFieldType type)
{
  return type >= DS_FIELD_TEXT && type <= DS_FIELD_TIME ? type_words[type] : "";
}

DsFieldType
ds_field_type_parse(const char *word)
{
  for (gsize i = DS_FIELD_TEXT; i < G_N_ELEMENTS(type_words); i++)
    if (g_strcmp0(word, type_words[i]) == 0)
      return (DsFieldType)i;
  return (DsFieldType)0;
}

const char *
ds_about_word(DsAbout about)
{
  return about == DS_ABOUT_TRIP ? "trip" : "case";
}

const char *
ds_plugin_kind_word(DsPluginKind kind)
{
  return kind >= DS_PLUGIN_STEP && kind <= DS_PLUGIN_OUTPUT ? kind_words[kind] : "";
}

DsPluginKind
ds_plugin_kind_parse(const char *word)
{
  for (gsize i = DS_PLUGIN_STEP; i < G_N_ELEMENTS(kind_words); i++)
    if (g_strcmp0(word, kind_words[i]) == 0)
      return (DsPluginKind)i;
  return (DsPluginKind)0;
}

gboolean
ds_plugin_id_is_valid(const char *id)
{
  const char *dash = id != NULL ? strchr(id, '-') : NULL;

  if (dash == NULL || dash == id || strlen(id) > 64 || g_str_has_suffix(id, "-") ||
      strstr(id, "--") != NULL)
    return FALSE;
  for (const char *at = id; *at != '\0'; at++)
    if (!g_ascii_islower(*at) && !g_ascii_isdigit(*at) && *at != '-')
      return FALSE;
  return TRUE;
}

/* What gettext would choose: the first language of LANGUAGE, else the message locale, which must
 * not be C for LANGUAGE to count. */
const char *
ds_text_language(void)
{
  const char *locale = setlocale(LC_MESSAGES, NULL);
  const char *language = g_getenv("LANGUAGE");

  if (locale == NULL || g_str_equal(locale, "C") || g_str_equal(locale, "POSIX"))
    return "en";
  if (language == NULL || *language == '\0')
    language = locale;
  return g_str_has_prefix(language, "zh") ? "zh" : "en";
}

const char *
ds_text_pick(const DsText *text)
{
  const char *picked = g_str_equal(ds_text_language(), "zh") ? text->zh : text->en;

  return picked != NULL ? picked : "";
}

DsPluginInfo *
ds_plugin_info_load(const char *path, GError **error)
{
  g_autoptr(GBytes) bytes = ds_files_read(path, MAX_FILE, error);
  gsize size;

  if (bytes == NULL)
    return NULL;
  const char *json = g_bytes_get_data(bytes, &size);
  return ds_plugin_info_parse(json, (gssize)size, path, error);
}

void
ds_plugin_info_free(DsPluginInfo *self)
{
  if (self == NULL)
    return;
  g_free(self->id);
  g_free(self->title.zh);
  g_free(self->title.en);
  g_free(self->description.zh);
  g_free(self->description.en);
  g_free(self->module);
  g_clear_pointer(&self->fields, g_ptr_array_unref);
  g_clear_pointer(&self->slots, g_ptr_array_unref);
  g_clear_pointer(&self->documents, g_ptr_array_unref);
  g_strfreev(self->devices);
  g_strfreev(self->requirements);
  g_free(self);
}

const DsField *
ds_plugin_info_field(const DsPluginInfo *self, const char *name)
{
  for (guint i = 0; i < self->fields->len; i++) {
    const DsField *field = g_ptr_array_index(self->fields, i);
    if (g_str_equal(field->name, name))
      return field;
  }
  return NULL;
}
