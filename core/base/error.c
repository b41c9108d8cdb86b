/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/error.h"

#include <errno.h>

G_DEFINE_QUARK(doorstep_error, ds_error)

gboolean
ds_error_set_errno(GError **error, int saved_errno, const char *doing, const char *path)
{
  DsErrorCode code = DS_ERROR_FAILED;

  if (saved_errno == ENOSPC || saved_errno == EDQUOT)
    code = DS_ERROR_NO_SPACE;
  if (saved_errno == ENOENT)
    code = DS_ERROR_NOT_FOUND;
  g_set_error(error, DS_ERROR, code, "%s %s: %s", doing, path, g_strerror(saved_errno));
  return FALSE;
}

const char *
ds_error_word(int code)
{
  static const char *const words[] = {
      [DS_ERROR_FAILED] = "failed",
      [DS_ERROR_INVALID] = "invalid",
      [DS_ERROR_RETRY] = "retry",
      [DS_ERROR_REFUSED] = "refused",
      [DS_ERROR_UNSUPPORTED] = "unsupported",
      [DS_ERROR_NOT_FOUND] = "not-found",
      [DS_ERROR_EXISTS] = "exists",
      [DS_ERROR_BUSY] = "busy",
      [DS_ERROR_LOCKED] = "locked",
      [DS_ERROR_NO_SPACE] = "no-space",
      [DS_ERROR_TOO_LARGE] = "too-large",
      [DS_ERROR_CANCELLED] = "cancelled",
  };

  if (code < 0 || (gsize)code >= G_N_ELEMENTS(words))
    return "failed";
  return words[code];
}
