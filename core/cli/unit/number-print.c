/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/unit/number-print.h"

#include "base/clock.h"
#include "model/number.h"

typedef struct {
  const char *name;
  DsNumberAspect value;
} Aspect;

#define ASPECTS 6

static void
list_aspects(const DsNumber *number, Aspect aspects[ASPECTS])
{
  const Aspect all[ASPECTS] = {
      {"length", number->length},         {"characters", number->characters},
      {"checksum", number->checksum},     {"date", number->date},
      {"not_future", number->not_future}, {"century", number->century},
  };

  for (guint i = 0; i < ASPECTS; i++)
    aspects[i] = all[i];
}

static void
aspect_json(JsonBuilder *builder, const char *name, DsNumberAspect value)
{
  json_builder_set_member_name(builder, name);
  if (value == DS_NUMBER_UNCHECKED)
    json_builder_add_null_value(builder);
  else
    json_builder_add_boolean_value(builder, value == DS_NUMBER_GOOD);
}

static void
region_json(JsonBuilder *builder, DsTables *tables, const DsNumber *number)
{
  gboolean has = number->region[0] != '\0';
  gboolean known = has && ds_tables_region_known(tables, number->region, 0);
  gboolean at_birth =
      known && number->has_birth &&
      ds_tables_region_known(tables, number->region, g_date_get_year(&number->birth));

  aspect_json(builder, "region_known", !has ? DS_NUMBER_UNCHECKED : (DsNumberAspect)known);
  aspect_json(builder, "region_at_birth",
              has && number->has_birth ? (DsNumberAspect)at_birth : DS_NUMBER_UNCHECKED);
  ds_face_member(builder, "region", has ? number->region : NULL);
  ds_face_member(builder, "region_name",
                 known ? ds_tables_region_name(tables, number->region, 0) : NULL);
}

static void
number_json(JsonBuilder *builder, DsTables *tables, const char *text, const DsNumber *number)
{
  Aspect aspects[ASPECTS];
  g_autofree char *birth = number->has_birth ? ds_date_format(&number->birth) : NULL;

  json_builder_begin_object(builder);
  ds_face_member(builder, "number", text);
  json_builder_set_member_name(builder, "valid");
  json_builder_add_boolean_value(builder, number->valid);
  list_aspects(number, aspects);
  for (guint i = 0; i < ASPECTS; i++)
    aspect_json(builder, aspects[i].name, aspects[i].value);
  ds_face_member(builder, "class", ds_number_class_word(number->class_));
  ds_face_member(builder, "birth", birth);
  json_builder_set_member_name(builder, "sex");
  if (number->sex == 0)
    json_builder_add_null_value(builder);
  else
    json_builder_add_int_value(builder, number->sex);
  region_json(builder, tables, number);
  json_builder_end_object(builder);
}

static void
number_text(DsTables *tables, const char *text, const DsNumber *number)
{
  Aspect aspects[ASPECTS];
  g_autofree char *birth = number->has_birth ? ds_date_format(&number->birth) : NULL;
  g_autofree char *region = ds_tables_region_path(tables, number->region);

  list_aspects(number, aspects);
  g_print("%s  %s", text, number->valid ? _("valid") : _("not valid"));
  for (guint i = 0; i < ASPECTS; i++)
    if (aspects[i].value == DS_NUMBER_BAD)
      g_print("  %s: %s", aspects[i].name, _("wrong"));
  g_print("  (%s", ds_number_class_word(number->class_));
  if (birth != NULL)
    g_print(", %s", birth);
  if (number->sex != 0)
    g_print(", %s", number->sex == 1 ? _("man") : _("woman"));
  g_print(", %s)\n", region != NULL ? region : _("region not in the table"));
}

void
ds_number_print(DsFace *face, DsTables *tables, char **numbers, const GDate *day)
{
  JsonBuilder *builder = NULL;

  if (face->json) {
    builder = json_builder_new();
    json_builder_begin_array(builder);
  }
  for (guint i = 0; numbers[i] != NULL; i++) {
    DsNumber number = ds_number_parse(numbers[i], day);
    if (builder != NULL)
      number_json(builder, tables, numbers[i], &number);
    else
      number_text(tables, numbers[i], &number);
  }
  if (builder != NULL) {
    json_builder_end_array(builder);
    ds_face_print(builder);
  }
}
