/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 居民身份证异地受理登记表, as a copy of what was captured in the field. The official one comes
 * from the population system (note 3), and so does the acceptance number (note 10). */
#include "forms.h"

#include "sheet.h"
#include "words.h"

#define TITLE "居民身份证异地受理登记表"
#define SIZE 10.5
#define LABEL 92.0
#define PHOTO 96.0
#define ROW 27.5
#define REMARK_SIZE 9.0
#define REMARK_MOST 90.0

/* The next cell of a row: label and value side by side from @x on. */
static double
pair(Sheet *sheet, double x, double y, double label_width, const char *label, double value_width,
     const char *value, double height, Ink ink)
{
  sheet_cell(sheet, (Box){x, y, label_width, height}, label, SIZE, INK_CENTRE);
  sheet_cell(sheet, (Box){x + label_width, y, value_width, height}, value, SIZE, ink);
  return x + label_width + value_width;
}

static double
wide_row(Sheet *sheet, double y, const char *label, const char *value, double height)
{
  pair(sheet, SHEET_LEFT, y, LABEL, label, SHEET_INNER - LABEL, value, height, INK_LEFT);
  return y + height;
}

static double
draw_head(Sheet *sheet, const DsView *view)
{
  g_autofree char *local = g_strconcat("本地编号：", words_fact(view, "case.local-number"), NULL);
  double y = SHEET_TOP - 6;

  y += sheet_text(sheet, SHEET_LEFT, y, SHEET_INNER, TITLE, 20, INK_CENTRE | INK_BOLD);
  y += sheet_text(sheet, SHEET_LEFT, y, SHEET_INNER, "（现场采集副本）", 11, INK_CENTRE) + 4;
  sheet_text(sheet, SHEET_LEFT, y, SHEET_INNER, local, 9.5, INK_LEFT);
  y += sheet_text(sheet, SHEET_LEFT, y, SHEET_INNER,
                  "受理号：＿＿＿＿＿＿＿＿＿＿（由人口信息管理系统生成）", 9.5, INK_RIGHT);
  return y + 3;
}

static gboolean
draw_photo(Sheet *sheet, const DsView *view, double y, double height, GError **error)
{
  const DsPart *photo = ds_view_find_part(view, DS_SLOT_PHOTO, NULL);
  GBytes *bytes = photo != NULL ? ds_view_part_bytes(view, photo->id) : NULL;
  Box box = {SHEET_RIGHT - PHOTO, y, PHOTO, height};

  sheet_cell(sheet, box, bytes != NULL ? NULL : "相\n片", SIZE, INK_CENTRE);
  /* 26 × 32 mm, as on the card. */
  box.x += (PHOTO - 73.7) / 2;
  box.y += (height - 90.7) / 2;
  box.width = 73.7;
  box.height = 90.7;
  return bytes == NULL || sheet_picture(sheet, box, bytes, error);
}

static double
draw_person(Sheet *sheet, const DsView *view, double y)
{
  double width = SHEET_INNER - PHOTO, x;
  g_autofree char *birth = words_date(ds_view_field(view, "applicant.birth"));
  g_autofree char *number = words_number(words_field(view, "applicant.number"));

  x = pair(sheet, SHEET_LEFT, y, 62, "姓　名", width - 62 - 42 - 48,
           words_field(view, "applicant.name"), ROW, INK_CENTRE);
  pair(sheet, x, y, 42, "性别", 48, words_of(view, "applicant.sex"), ROW, INK_CENTRE);
  y += ROW;
  x = pair(sheet, SHEET_LEFT, y, 62, "民　族", 110, words_of(view, "applicant.ethnic"), ROW,
           INK_CENTRE);
  pair(sheet, x, y, 62, "出生日期", width - 62 - 110 - 62, birth, ROW, INK_CENTRE);
  y += ROW;
  pair(sheet, SHEET_LEFT, y, LABEL, "公民身份号码", width - LABEL, number, ROW, INK_CENTRE);
  y += ROW;
  pair(sheet, SHEET_LEFT, y, LABEL, "申领原因", width - LABEL, words_of(view, "application.reason"),
       ROW, INK_CENTRE);
  return y + ROW;
}

static double
draw_fingerprints(Sheet *sheet, const DsView *view, double y)
{
  g_autofree char *registered = words_registered(view);
  g_autofree char *unregistered = words_unregistered(view);
  double left = SHEET_LEFT + 36;

  sheet_cell(sheet, (Box){SHEET_LEFT, y, 36, 2 * ROW}, "指纹\n信息", SIZE, INK_CENTRE);
  pair(sheet, left, y, LABEL - 36, "登记指位", SHEET_INNER - LABEL, registered, ROW, INK_LEFT);
  y += ROW;
  pair(sheet, left, y, LABEL - 36, "未登记", SHEET_INNER - LABEL, unregistered, ROW, INK_LEFT);
  return y + ROW;
}

static double
draw_delivery(Sheet *sheet, const DsView *view, double y)
{
  g_autofree char *modes = words_delivery(view);
  g_autofree char *post = NULL;
  double phone = 118, label = 58;

  pair(sheet, SHEET_LEFT, y, LABEL, "领证方式", SHEET_INNER - LABEL - label - phone, modes, ROW,
       INK_LEFT);
  pair(sheet, SHEET_RIGHT - label - phone, y, label, "联系电话", phone,
       words_field(view, "contact.phone"), ROW, INK_CENTRE | INK_SHADED);
  y += ROW;
  if (ds_view_field(view, "delivery.recipient") == NULL &&
      ds_view_field(view, "delivery.address") == NULL)
    return y;
  post = g_strjoin("　", words_field(view, "delivery.recipient"),
                   words_field(view, "delivery.address"), words_field(view, "delivery.postcode"),
                   NULL);
  return wide_row(sheet, y, "收件人（代领人）\n地址、邮编", post, ROW);
}

static double
draw_guardian(Sheet *sheet, const DsView *view, double y)
{
  g_autofree char *number = NULL;
  double half = SHEET_INNER / 2;

  if (ds_view_field(view, "guardian.name") == NULL)
    return y;
  number = words_number(words_field(view, "guardian.number"));
  pair(sheet, SHEET_LEFT, y, LABEL, "监护人姓名", half - LABEL, words_field(view, "guardian.name"),
       ROW, INK_CENTRE);
  pair(sheet, SHEET_LEFT + half, y, 76, "与申请人关系", half - 76,
       words_of(view, "guardian.relation"), ROW, INK_CENTRE);
  y += ROW;
  pair(sheet, SHEET_LEFT, y, LABEL, "监护人证件号码", half - LABEL, number, ROW, INK_CENTRE);
  pair(sheet, SHEET_LEFT + half, y, 76, "监护人电话", half - 76,
       words_field(view, "guardian.phone"), ROW, INK_CENTRE);
  return y + ROW;
}

static double
draw_documents(Sheet *sheet, const DsView *view, double y)
{
  g_autofree char *documents = words_documents(view);
  g_autofree char *proof = NULL;

  if (ds_view_field(view, "residence.proof") != NULL)
    proof = g_strdup_printf("%s%s（%s）", words_of(view, "residence.holder"),
                            words_of(view, "residence.basis"), words_of(view, "residence.proof"));
  y = wide_row(sheet, y, "居住证明种类", proof, ROW);
  return wide_row(sheet, y, "交验材料", documents, ROW);
}

static gboolean
draw_signature(Sheet *sheet, const DsView *view, double y, double height, GError **error)
{
  const char *signer = ds_view_field(view, "commitment.signer");
  const DsPart *part = ds_view_find_part(view, DS_SLOT_SIGNATURE, signer);
  GBytes *bytes = part != NULL ? ds_view_part_bytes(view, part->id) : NULL;
  double half = SHEET_INNER / 2;

  pair(sheet, SHEET_LEFT, y, LABEL, "申请（监护）人\n签名", half - LABEL, NULL, height, INK_SHADED);
  return bytes == NULL ||
         sheet_picture(sheet, (Box){SHEET_LEFT + LABEL + 4, y + 3, half - LABEL - 8, height - 6},
                       bytes, error);
}

static double
draw_unit(Sheet *sheet, const DsView *view, double y, double height)
{
  g_autofree char *day = words_date(ds_view_fact(view, "case.day"));
  g_autofree char *who =
      g_strdup_printf("采集单元：%s\n采集人：%s（%s）\n采集日期：%s", words_fact(view, "unit.id"),
                      words_fact(view, "officer.name"), words_fact(view, "officer.number"), day);
  double half = SHEET_INNER / 2, x = SHEET_LEFT + half;

  pair(sheet, x, y, 76, "受理单位", half - 76, words_fact(view, "station.name"), height,
       INK_CENTRE | INK_TOP);
  sheet_fit(sheet, (Box){x + 76, y + height - 16, half - 76, 14}, "（加盖户口专用章）", 8,
            INK_CENTRE);
  y += height;
  pair(sheet, SHEET_LEFT, y, LABEL, "现场采集", half - LABEL, who, 46, INK_LEFT);
  pair(sheet, x, y, 76, "受理日期\n承办人", half - 76, "　　　　　　年　　月　　日", 46,
       INK_CENTRE);
  return y + 46;
}

static double
draw_signing(Sheet *sheet, double y)
{
  double half = SHEET_INNER / 2;

  y = wide_row(sheet, y, "有效期限",
               "　　　　年　　月　　日 至 　　　　年　　月　　日（签发后填写）", ROW);
  y = wide_row(sheet, y, "审核签发意见",
               "　\n签发机关：　　　　　　审核人：　　　　签发人：　　　　　年　月　日", 44);
  pair(sheet, SHEET_LEFT, y, LABEL, "领证人签名", half - LABEL, NULL, ROW + 4, INK_SHADED);
  pair(sheet, SHEET_LEFT + half, y, 76, "领取时间", half - 76, "　　　年　　月　　日", ROW + 4,
       INK_CENTRE | INK_SHADED);
  return y + ROW + 4;
}

/* A long remark goes on a page of its own rather than shrink beyond reading. */
static void
draw_appendix(Sheet *sheet, const DsView *view)
{
  double y = SHEET_TOP;

  sheet_break(sheet);
  y = sheet_flow(sheet, y, "附页　备注", 13, INK_BOLD) + 8;
  sheet_flow(sheet, y, words_field(view, "review.officer-remark"), SIZE, INK_INDENT);
}

static void
draw_end(Sheet *sheet, const DsView *view, double y)
{
  static const char *const NOTE = "说明：本页是现场采集副本，不是正式登记表；正式登记表由人口信息管"
                                  "理系统生成并打印，受理号由系统自动"
                                  "生成。灰底“申请（监护）人签名”“联系电话”“领证人签名”“领取时间”四"
                                  "栏由公民本人填写，其余内容由受理"
                                  "单位填写。";
  double note = sheet_measure(sheet, SHEET_INNER, NOTE, 8.5, INK_LEFT);
  double height = MIN(SHEET_BOTTOM - note - 6 - y, REMARK_MOST);
  const char *remark = words_field(view, "review.officer-remark");
  Box cell = {SHEET_LEFT + LABEL, y, SHEET_INNER - LABEL, height};
  gboolean fits =
      sheet_measure(sheet, cell.width - 10, remark, REMARK_SIZE, INK_LEFT) <= height - 4;

  wide_row(sheet, y, "备　注", NULL, height);
  sheet_fit(sheet, cell, fits ? remark : "见附页。", REMARK_SIZE, INK_LEFT);
  sheet_text(sheet, SHEET_LEFT, y + height + 4, SHEET_INNER, NOTE, 8.5, INK_LEFT);
  if (!fits)
    draw_appendix(sheet, view);
}

static gboolean
draw_table(Sheet *sheet, const DsView *view, GError **error)
{
  double y = draw_head(sheet, view), sign = 58;

  if (!draw_photo(sheet, view, y, 4 * ROW, error))
    return FALSE;
  y = draw_person(sheet, view, y);
  y = wide_row(sheet, y, "常住户口所在地\n住址", words_field(view, "applicant.address"), 34);
  y = wide_row(sheet, y, "现居住地住址", words_field(view, "residence.address"), 34);
  y = draw_fingerprints(sheet, view, y);
  y = draw_delivery(sheet, view, y);
  y = draw_guardian(sheet, view, y);
  y = draw_documents(sheet, view, y);
  if (!draw_signature(sheet, view, y, sign, error))
    return FALSE;
  y = draw_unit(sheet, view, y, sign);
  y = draw_signing(sheet, y);
  draw_end(sheet, view, y);
  return TRUE;
}

GBytes *
form_registration(const DsView *view, GError **error)
{
  g_autoptr(Sheet) sheet = NULL;

  if (ds_view_field(view, "applicant.name") == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "applicant.name is missing; enter it before printing the form");
    return NULL;
  }
  sheet = sheet_new(TITLE "（现场采集副本）", ds_view_fact(view, "case.day"));
  return draw_table(sheet, view, error) ? sheet_finish(sheet, error) : NULL;
}
