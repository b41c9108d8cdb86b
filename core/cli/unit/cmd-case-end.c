/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* case wait, refuse, withdraw, seal, reopen, form: how a case leaves the field */
#include "cli/unit/face.h"

#include "base/error.h"
#include "base/files.h"
#include "cli/common/language.h"
#include "cli/unit/case-print.h"
#include "unit/case.h"
#include "unit/check.h"
#include "unit/form.h"
#include "unit/seal.h"
#include "unit/withdraw.h"
#include "vault/bundles.h"

static char *opt_code, *opt_reason;

static gboolean
run_wait(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);

  return unit != NULL && ds_unit_case_wait(unit, args[0], error);
}

static gboolean
run_refuse(DsFace *face, char **args, GError **error)
{
  if (opt_code == NULL) {
    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        _("--code CODE is needed: a reason that \"doorstep case check\" shows"));
    return FALSE;
  }

  DsUnit *unit = ds_face_unit(face, error);

  return unit != NULL && ds_unit_case_refuse(unit, args[0], opt_code, error);
}

static const GOptionEntry refuse_options[] = {
    {"code", 0, 0, G_OPTION_ARG_STRING, &opt_code,
     N_("the reason, as case check shows it; no other is possible"), "CODE"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

static gboolean
run_withdraw(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);

  if (unit == NULL || !ds_unit_case_withdraw(unit, args[0], opt_reason, error))
    return FALSE;
  g_autoptr(DsVaultCase) of = ds_vault_case(ds_unit_vault(unit), args[0], error);
  if (of == NULL || of->state != DS_CASE_SEALED)
    return of != NULL; /* a draft: nothing was sealed */
  g_autoptr(DsVaultBundle) bundle = ds_vault_case_bundle(ds_unit_vault(unit), args[0], error);
  if (bundle == NULL)
    return FALSE;
  ds_case_print_sealed(face, args[0], &bundle->id);
  return TRUE;
}

static const GOptionEntry withdraw_options[] = {
    {"reason", 0, 0, G_OPTION_ARG_STRING, &opt_reason, N_("why, in words"), "TEXT"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

static gboolean
run_seal(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);

  for (guint i = 0; unit != NULL && args[i] != NULL; i++) {
    DsDigest id;
    ds_cli_progress_show(face->progress, _("%u of %u"), i, g_strv_length(args));
    if (!ds_unit_case_seal(unit, args[i], &id, error))
      return FALSE;
    ds_case_print_sealed(face, args[i], &id);
  }
  return unit != NULL;
}

static gboolean
run_reopen(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);

  return unit != NULL && ds_unit_case_reopen(unit, args[0], error);
}

static gboolean
run_form(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  if (unit == NULL)
    return FALSE;
  ds_cli_language_paper_begin();
  g_autoptr(GBytes) pdf = ds_unit_render_form(unit, args[0], args[1], error);
  ds_cli_language_paper_end();
  if (pdf == NULL)
    return FALSE;

  g_autofree char *path = g_canonicalize_filename(args[2], NULL);
  g_autofree char *dir = g_path_get_dirname(path);
  g_autofree char *name = g_path_get_basename(path);
  gsize size = 0;
  const void *data = g_bytes_get_data(pdf, &size);
  return ds_files_replace(dir, name, data, size, error);
}

const DsCommand ds_commands_case_end[] = {
    {"case", "wait", "CASE", N_("material is missing: the case waits (待补材料)"), NULL, 1, 1, NULL,
     run_wait},
    {"case", "refuse", "CASE --code CODE", N_("不予受理, for a reason the rules give"),
     "doorstep case refuse unit-07-20260901-004 --code already-held-card", 1, 1, refuse_options,
     run_refuse},
    {"case", "withdraw", "CASE --reason TEXT",
     N_("the applicant gives up; also after the seal, until the station verified it"), NULL, 1, 1,
     withdraw_options, run_withdraw},
    {"case", "seal", "CASE…", N_("seal for the station; nobody here can open it after"), NULL, 1,
     G_MAXUINT, NULL, run_seal},
    {"case", "reopen", "CASE", N_("correct a case the station returned"), NULL, 1, 1, NULL,
     run_reopen},
    {"case", "form", "CASE DOCUMENT FILE", N_("draw a form as PDF"),
     "doorstep case form unit-07-20260901-001 capture-receipt receipt.pdf", 3, 3, NULL, run_form},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
