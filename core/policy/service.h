/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A service is a list of steps with conditions (schemas/services): the table that orchestrates. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct {
  char *id;          /* "step-guardian": the plugin's id */
  JsonNode *when;    /* JsonLogic: needed when true; NULL: always */
  gboolean optional; /* may be left out even when it applies */
  char *why_zh;      /* why it is needed */
  char *why_en;
  char *else_zh; /* why it is not needed, when it is not; may be NULL */
  char *else_en;
  char *requirements;
} DsServiceStep;

typedef struct _DsService DsService;

DsService *ds_service_new(JsonNode *root, GError **error);
DsService *ds_service_ref(DsService *self);
void ds_service_unref(DsService *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsService, ds_service_unref)

const char *ds_service_id(const DsService *self); /* "first-application" */
const char *ds_service_title(const DsService *self, const char *language);
guint ds_service_step_count(const DsService *self);
const DsServiceStep *ds_service_step(const DsService *self, guint index);

G_END_DECLS
