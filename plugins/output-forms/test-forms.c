/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-forms.h"

#include <string.h>

#include "../step-test.h"
#include "test-pdf.h"

GBytes *
forms_render(const char *document, const DsView *view, GError **error)
{
  const DsOutputOps *ops = doorstep_plugin.ops;

  return ops->render(document, view, error);
}

char *
forms_read(const char *document, const DsView *view)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) pdf = forms_render(document, view, &error);

  g_assert_no_error(error);
  pdf_expect_laid_out(pdf);
  return pdf_read_text(pdf);
}

void
forms_expect_error(const char *document, const DsView *view, int code, const char *words)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(forms_render(document, view, &error));
  g_assert_error(error, DS_ERROR, code);
  if (strstr(error->message, words) == NULL)
    g_error("\"%s\" does not say \"%s\"", error->message, words);
}

void
forms_set_fields(DsView *view, ...)
{
  va_list list;
  const char *name;

  va_start(list, view);
  while ((name = va_arg(list, const char *)) != NULL)
    ds_view_set_field(view, name, va_arg(list, const char *));
  va_end(list);
}

void
forms_set_facts(DsView *view, ...)
{
  va_list list;
  const char *name;

  va_start(list, view);
  while ((name = va_arg(list, const char *)) != NULL)
    ds_view_set_fact(view, name, va_arg(list, const char *));
  va_end(list);
}

char *
forms_repeat(gunichar c, guint count)
{
  GString *text = g_string_new(NULL);

  while (count-- > 0)
    g_string_append_unichar(text, c);
  return g_string_free(text, FALSE);
}

guint
forms_count(const char *text, gunichar c)
{
  guint seen = 0;

  for (; *text != '\0'; text = g_utf8_next_char(text))
    seen += g_utf8_get_char(text) == c;
  return seen;
}

DsView *
forms_visit(void)
{
  DsView *view = ds_view_new();

  step_set_number(view, "applicant.number", "37082719470512002");
  forms_set_fields(
      view, "applicant.name", "孔令兰", "applicant.sex", "2", "applicant.ethnic", "01",
      "applicant.birth", "1947-05-12", "applicant.address", "山东省济宁市鱼台县湖陵二路18号",
      "residence.address", "山东省济宁市任城区共青团路39号", "application.reason", "expired",
      "contact.phone", "13805370001", "delivery.mode", "post", "delivery.recipient", "孔令兰",
      "delivery.address", "济宁市任城区共青团路39号", "old-card.handed-in", "true",
      "document.resident-id-card.sighted", "true", "identification.mode", "document",
      "identification.verdict", "same", "fee.method", "cash", "fee.received", "2000",
      "fee.receipt-series", "37A26", "fee.receipt-number", "00123457", "fee.payer", "孔庆水",
      "appointment.hardship", "bedridden", "appointment.hardship-detail", "不能下楼",
      "appointment.requested-on", "2026-11-18", "appointment.at", "2026-11-21T01:30:00Z",
      "appointment.address", "济宁市任城区共青团路39号", "appointment.kit-mirror", "true",
      "signature.signer", "applicant", NULL);
  forms_set_facts(view, "case.local-number", "rc-07-20261121-003", "case.day", "2026-11-21",
                  "case.service", "renewal-replacement", "unit.id", "rc-07", "officer.name",
                  "李卫东", "officer.number", "370811023", "station.name", "古槐派出所",
                  "trip.name", "古槐街道上门服务", "application.category", "cross-county",
                  "fee.due", "2000", "fee.document", "异地申办工作规范", "fee.clause", "七",
                  "fee.phrase", "收取工本费每证20元", "deadline.total", "2027-01-20",
                  "deadline.total.term", "60日", "delivery.modes", "self post", NULL);
  return view;
}
