/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The papers. Each draws itself from a view; DS_ERROR_INVALID names what is missing. */
#pragma once

#include "plugin/doorstep-plugin.h"

GBytes *form_registration(const DsView *view, GError **error);    /* 异地受理登记表 */
GBytes *form_capture_receipt(const DsView *view, GError **error); /* 现场采集回执 */
GBytes *form_commitment(const DsView *view, GError **error);      /* 告知承诺书 */
GBytes *form_missing_notice(const DsView *view, GError **error);  /* 一次性告知单 */
GBytes *form_refusal_notice(const DsView *view, GError **error);  /* 不予受理告知单 */
GBytes *form_cash_slip(const DsView *view, GError **error);       /* 收款凭单 */
GBytes *form_refund_slip(const DsView *view, GError **error);     /* 退费单 */
GBytes *form_kit_list(const DsView *view, GError **error);        /* 上门服务携带清单 */

/* About a trip. */
GBytes *form_trip_report(const DsView *view, GError **error);   /* 外勤任务报告 */
GBytes *form_trip_handover(const DsView *view, GError **error); /* 外勤任务移交单 */
