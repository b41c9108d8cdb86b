/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The four documents. Each draws itself from a view; DS_ERROR_INVALID names what is missing. */
#pragma once

#include "plugin/doorstep-plugin.h"

GBytes *form_registration(const DsView *view, GError **error);    /* 异地受理登记表 */
GBytes *form_capture_receipt(const DsView *view, GError **error); /* 现场采集回执 */
GBytes *form_commitment(const DsView *view, GError **error);      /* 告知承诺书 */
GBytes *form_missing_notice(const DsView *view, GError **error);  /* 一次性告知单 */
