/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 居民身份证异地受理登记表, as a copy of what was captured in the field. The official one comes
 * from the population system (note 3), and so does the acceptance number (note 10). */
#include "forms.h"

#include "money.h"
#include "sheet.h"
#include "signature.h"
#include "words.h"

#define TITLE "居民身份证异地受理登记表"
#define SIZE 10.5
#define LABEL 92.0
#define LABEL2 76.0
#define HALF (SHEET_INNER / 2)
#define PHOTO 96.0
#define ROW_MOST 27.5
#define ROW_LEAST 23.5
#define SIGN 56.0
#define VISIT_MOST 36.0
#define REMARK_SIZE 9.0
#define REMARK_MOST 90.0
#define REMARK_LEAST 26.0

typedef struct {
  Sheet *sheet;
  const DsView *view;
  double y;   /* where the next row goes */
  double row; /* height of an ordinary row */
} Form;

static const char *const SIGNERS[] = {"signature.signer", "commitment.signer", NULL};

/* Label and value side by side from @x on; returns where the next goes. */
static double
pair(const Form *self, double x, double label_width, const char *label, double value_width,
     const char *value, double height, Ink ink)
{
  sheet_cell(self->sheet, (Box){x, self->y, label_width, height}, label, SIZE, INK_CENTRE);
  sheet_cell(self->sheet, (Box){x + label_width, self->y, value_width, height}, value, SIZE, ink);
  return x + label_width + value_width;
}

static void
wide(Form *self, const char *label, const char *value, double height)
{
  pair(self, SHEET_LEFT, LABEL, label, SHEET_INNER - LABEL, value, height, INK_LEFT);
  self->y += height;
}

static void
two(Form *self, const char *label, const char *value, const char *label2, const char *value2)
{
  pair(self, SHEET_LEFT, LABEL, label, HALF - LABEL, value, self->row, INK_CENTRE);
  pair(self, SHEET_LEFT + HALF, LABEL2, label2, HALF - LABEL2, value2, self->row, INK_CENTRE);
  self->y += self->row;
}

static void
draw_head(Form *self)
{
  Sheet *sheet = self->sheet;
  g_autofree char *local =
      g_strconcat("本地编号：", words_fact(self->view, "case.local-number"), NULL);

  self->y = SHEET_TOP - 6;
  self->y += sheet_text(sheet, SHEET_LEFT, self->y, SHEET_INNER, TITLE, 20, INK_CENTRE | INK_BOLD);
  self->y +=
      sheet_text(sheet, SHEET_LEFT, self->y, SHEET_INNER, "（现场采集副本）", 11, INK_CENTRE);
  self->y += 4;
  sheet_text(sheet, SHEET_LEFT, self->y, SHEET_INNER, local, 9.5, INK_LEFT);
  self->y += sheet_text(sheet, SHEET_LEFT, self->y, SHEET_INNER,
                        "受理号：＿＿＿＿＿＿＿＿＿＿（由人口信息管理系统生成）", 9.5, INK_RIGHT);
  self->y += 3;
}

static gboolean
draw_photo(const Form *self, double height, GError **error)
{
  const DsPart *photo = ds_view_find_part(self->view, DS_SLOT_PHOTO, NULL);
  GBytes *bytes = photo != NULL ? ds_view_part_bytes(self->view, photo->id) : NULL;
  Box box = {SHEET_RIGHT - PHOTO, self->y, PHOTO, height};

  sheet_cell(self->sheet, box, bytes != NULL ? NULL : "相\n片", SIZE, INK_CENTRE);
  /* 26 × 32 mm, as on the card. */
  box.x += (PHOTO - 73.7) / 2;
  box.y += (height - 90.7) / 2;
  box.width = 73.7;
  box.height = 90.7;
  return bytes == NULL || sheet_picture(self->sheet, box, bytes, error);
}

static void
draw_person(Form *self)
{
  const DsView *view = self->view;
  double width = SHEET_INNER - PHOTO, x;
  g_autofree char *birth = words_date(ds_view_field(view, "applicant.birth"));
  g_autofree char *number = words_number(words_field(view, "applicant.number"));
  g_autofree char *reason = words_asked(view);

  x = pair(self, SHEET_LEFT, 62, "姓　名", width - 62 - 42 - 48,
           words_field(view, "applicant.name"), self->row, INK_CENTRE);
  pair(self, x, 42, "性别", 48, words_of(view, "applicant.sex"), self->row, INK_CENTRE);
  self->y += self->row;
  x = pair(self, SHEET_LEFT, 62, "民　族", 110, words_of(view, "applicant.ethnic"), self->row,
           INK_CENTRE);
  pair(self, x, 62, "出生日期", width - 62 - 110 - 62, birth, self->row, INK_CENTRE);
  self->y += self->row;
  pair(self, SHEET_LEFT, LABEL, "公民身份号码", width - LABEL, number, self->row, INK_CENTRE);
  self->y += self->row;
  pair(self, SHEET_LEFT, LABEL, "申领原因", width - LABEL, reason, self->row, INK_CENTRE);
  self->y += self->row;
}

static void
draw_fingerprints(Form *self)
{
  g_autofree char *registered = words_registered(self->view);
  g_autofree char *unregistered = words_unregistered(self->view);
  double left = SHEET_LEFT + 36;

  sheet_cell(self->sheet, (Box){SHEET_LEFT, self->y, 36, 2 * self->row}, "指纹\n信息", SIZE,
             INK_CENTRE);
  pair(self, left, LABEL - 36, "登记指位", SHEET_INNER - LABEL, registered, self->row, INK_LEFT);
  self->y += self->row;
  pair(self, left, LABEL - 36, "未登记", SHEET_INNER - LABEL, unregistered, self->row, INK_LEFT);
  self->y += self->row;
}

static void
draw_delivery(Form *self)
{
  const DsView *view = self->view;
  g_autofree char *modes = words_delivery(view);
  g_autofree char *post = NULL;
  double phone = 118, label = 58;

  pair(self, SHEET_LEFT, LABEL, "领证方式", SHEET_INNER - LABEL - label - phone, modes, self->row,
       INK_LEFT);
  pair(self, SHEET_RIGHT - label - phone, label, "联系电话", phone,
       words_field(view, "contact.phone"), self->row, INK_CENTRE | INK_SHADED);
  self->y += self->row;
  if (ds_view_field(view, "delivery.recipient") == NULL &&
      ds_view_field(view, "delivery.address") == NULL)
    return;
  post = g_strjoin("　", words_field(view, "delivery.recipient"),
                   words_field(view, "delivery.address"), words_field(view, "delivery.postcode"),
                   NULL);
  wide(self, "收件人（代领人）\n地址、邮编", post, self->row + 6);
}

/* Two guardians share a cell; when their names are long they get the whole width. */
static gboolean
has_long_guardian(const Form *self)
{
  return sheet_measure(self->sheet, HALF - LABEL - 8, words_field(self->view, "guardian.name"), 8,
                       INK_CENTRE) > self->row;
}

static void
draw_guardian(Form *self)
{
  const DsView *view = self->view;
  const char *name = ds_view_field(view, "guardian.name");
  const char *relation = words_of(view, "guardian.relation");
  const char *phone = words_field(view, "guardian.phone");
  g_autofree char *number = words_number(words_field(view, "guardian.number"));

  if (name == NULL)
    return;
  if (!has_long_guardian(self)) {
    two(self, "监护人姓名", name, "与申请人关系", relation);
    two(self, "监护人证件号码", number, "监护人电话", phone);
    return;
  }
  wide(self, "监护人姓名", name, self->row + 8);
  pair(self, SHEET_LEFT, LABEL, "监护人证件号码", HALF - LABEL, number, self->row, INK_CENTRE);
  pair(self, SHEET_LEFT + HALF, LABEL2, "关系、电话", 62, relation, self->row, INK_CENTRE);
  sheet_cell(self->sheet,
             (Box){SHEET_LEFT + HALF + LABEL2 + 62, self->y, HALF - LABEL2 - 62, self->row}, phone,
             SIZE, INK_CENTRE);
  self->y += self->row;
}

/* Without a document (容缺受理) the person's word and the comparison stand in its place. */
static char *
shown(const DsView *view)
{
  g_autofree char *documents = words_documents(view);
  const char *verdict = words_of(view, "identification.verdict");
  gboolean history = g_str_equal(words_field(view, "identification.mode"), "history");

  return g_strdup_printf("%s%s%s%s%s", history ? "容缺受理（书面承诺）" : "",
                         history && *documents != '\0' ? "；" : "", documents,
                         *verdict != '\0' ? "；现场核对：" : "", verdict);
}

static void
draw_documents(Form *self)
{
  const DsView *view = self->view;
  g_autofree char *documents = shown(view);
  g_autofree char *proof = NULL;

  if (ds_view_field(view, "residence.proof") != NULL)
    proof = g_strdup_printf("%s%s（%s）", words_of(view, "residence.holder"),
                            words_of(view, "residence.basis"), words_of(view, "residence.proof"));
  else
    proof = g_strdup(words_of(view, "residence.basis"));
  wide(self, "居住证明种类", proof, self->row);
  wide(self, "交验材料", documents, self->row);
}

static char *
fee_of(const DsView *view)
{
  g_autofree char *amount = NULL;
  const char *received = ds_view_field(view, "fee.received");
  gint64 fen;

  if (!ds_money_parse_fen(received != NULL ? received : ds_view_fact(view, "fee.due"), &fen))
    return g_strdup(words_of(view, "fee.method"));
  amount = money_figures(fen);
  return g_strdup_printf("%s　%s　%s %s", amount, words_of(view, "fee.method"),
                         words_field(view, "fee.receipt-series"),
                         words_field(view, "fee.receipt-number"));
}

/* Only where somebody pays or hands in an old card: a first application has neither. */
static void
draw_fee(Form *self)
{
  const char *handed = ds_view_field(self->view, "old-card.handed-in");
  gboolean is_in = g_strcmp0(handed, "true") == 0;
  g_autofree char *card = NULL, *fee = NULL;
  double label = 58, width = 100;

  if (ds_view_field(self->view, "fee.method") == NULL && handed == NULL)
    return;
  fee = fee_of(self->view);
  card = g_strdup_printf("%s交回　%s未交", is_in ? "■" : "□", handed != NULL && !is_in ? "■" : "□");
  pair(self, SHEET_LEFT, LABEL, "工本费、票据号", SHEET_INNER - LABEL - label - width,
       g_strchomp(fee), self->row, INK_LEFT);
  pair(self, SHEET_RIGHT - label - width, label, "旧　证", width, card, self->row, INK_CENTRE);
  self->y += self->row;
}

static void
draw_visit(Form *self)
{
  g_autofree char *at = words_time(ds_view_field(self->view, "appointment.at"));
  g_autofree char *visit = NULL;
  double used;

  if (ds_view_field(self->view, "appointment.hardship") == NULL)
    return;
  visit = g_strdup_printf("%s　特殊困难：%s　%s", at, words_of(self->view, "appointment.hardship"),
                          words_field(self->view, "appointment.hardship-detail"));
  g_strstrip(visit);
  used = sheet_measure(self->sheet, SHEET_INNER - LABEL - 8, visit, 7.5, INK_LEFT);
  wide(self, "上门服务", visit, CLAMP(used, self->row, VISIT_MOST));
}

static gboolean
draw_signature(Form *self, GError **error)
{
  const char *signer = signature_signer(self->view, SIGNERS);
  Box box = {SHEET_LEFT + LABEL + 4, self->y + 3, HALF - LABEL - 8, SIGN - 6};

  pair(self, SHEET_LEFT, LABEL, "申请（监护）人\n签名", HALF - LABEL, NULL, SIGN, INK_SHADED);
  return signature_draw(self->sheet, self->view, signer, box, error);
}

static void
draw_unit(Form *self)
{
  const DsView *view = self->view;
  g_autofree char *day = words_date(ds_view_fact(view, "case.day"));
  g_autofree char *who =
      g_strdup_printf("采集单元：%s\n采集人：%s（%s）\n采集日期：%s", words_fact(view, "unit.id"),
                      words_fact(view, "officer.name"), words_fact(view, "officer.number"), day);
  double x = SHEET_LEFT + HALF, seal = self->y + SIGN - 16;

  pair(self, x, LABEL2, "受理单位", HALF - LABEL2, NULL, SIGN, INK_CENTRE);
  sheet_fit(self->sheet, (Box){x + LABEL2, self->y + 2, HALF - LABEL2, SIGN - 20},
            words_fact(view, "station.name"), SIZE, INK_CENTRE);
  sheet_fit(self->sheet, (Box){x + LABEL2, seal, HALF - LABEL2, 14}, "（加盖户口专用章）", 8,
            INK_CENTRE);
  self->y += SIGN;
  pair(self, SHEET_LEFT, LABEL, "现场采集", HALF - LABEL, who, 46, INK_LEFT);
  pair(self, x, LABEL2, "受理日期\n承办人", HALF - LABEL2, "　　　　　　年　　月　　日", 46,
       INK_CENTRE);
  self->y += 46;
}

static void
draw_signing(Form *self)
{
  double height = self->row + 4;

  wide(self, "有效期限", "　　　　年　　月　　日 至 　　　　年　　月　　日（签发后填写）",
       self->row);
  wide(self, "审核签发意见",
       "　\n签发机关：　　　　　　审核人：　　　　签发人：　　　　　年　月　日", 42);
  pair(self, SHEET_LEFT, LABEL, "领证人签名", HALF - LABEL, NULL, height, INK_SHADED);
  pair(self, SHEET_LEFT + HALF, LABEL2, "领取时间", HALF - LABEL2, "　　　年　　月　　日", height,
       INK_CENTRE | INK_SHADED);
  self->y += height;
}

/* A long remark goes on a page of its own rather than shrink beyond reading. */
static void
draw_appendix(const Form *self)
{
  double y = SHEET_TOP;

  sheet_break(self->sheet);
  y = sheet_flow(self->sheet, y, "附页　备注", 13, INK_BOLD) + 8;
  sheet_flow(self->sheet, y, words_field(self->view, "review.officer-remark"), SIZE, INK_INDENT);
}

static void
draw_end(Form *self)
{
  static const char *const NOTE = "说明：本页是现场采集副本，不是正式登记表；正式登记表由人口信息管"
                                  "理系统生成并打印，受理号由系统自动"
                                  "生成。灰底“申请（监护）人签名”“联系电话”“领证人签名”“领取时间”四"
                                  "栏由公民本人填写，其余内容由受理"
                                  "单位填写。";
  double note = sheet_measure(self->sheet, SHEET_INNER, NOTE, 8.5, INK_LEFT);
  double height = CLAMP(SHEET_BOTTOM - note - 6 - self->y, REMARK_LEAST, REMARK_MOST);
  const char *remark = words_field(self->view, "review.officer-remark");
  Box cell = {SHEET_LEFT + LABEL, self->y, SHEET_INNER - LABEL, height};
  gboolean fits =
      sheet_measure(self->sheet, cell.width - 10, remark, REMARK_SIZE, INK_LEFT) <= height - 4;

  wide(self, "备　注", NULL, height);
  sheet_fit(self->sheet, cell, fits ? remark : "见附页。", REMARK_SIZE, INK_LEFT);
  sheet_text(self->sheet, SHEET_LEFT, self->y + 4, SHEET_INNER, NOTE, 8.5, INK_LEFT);
  if (!fits)
    draw_appendix(self);
}

/* The fuller the form, the closer its rows: it stays on one page. */
static double
row_height(const DsView *view)
{
  static const char *const OPTIONAL[] = {"delivery.address", "guardian.name", "fee.method",
                                         "appointment.hardship"};
  guint rows = 0;

  for (guint i = 0; i < G_N_ELEMENTS(OPTIONAL); i++)
    if (ds_view_field(view, OPTIONAL[i]) != NULL)
      rows += g_str_equal(OPTIONAL[i], "guardian.name") ? 2 : 1;
  return rows <= 3 ? ROW_MOST : ROW_LEAST;
}

static gboolean
draw_table(Form *self, GError **error)
{
  draw_head(self);
  if (!draw_photo(self, 4 * self->row, error))
    return FALSE;
  draw_person(self);
  wide(self, "常住户口所在地\n住址", words_field(self->view, "applicant.address"), 34);
  wide(self, "现居住地住址", words_field(self->view, "residence.address"), 34);
  draw_fingerprints(self);
  draw_delivery(self);
  draw_guardian(self);
  draw_documents(self);
  draw_fee(self);
  draw_visit(self);
  if (!draw_signature(self, error))
    return FALSE;
  draw_unit(self);
  draw_signing(self);
  draw_end(self);
  return TRUE;
}

GBytes *
form_registration(const DsView *view, GError **error)
{
  g_autoptr(Sheet) sheet = NULL;
  Form form = {.view = view};

  if (!words_check_name(view, error))
    return NULL;
  sheet = sheet_new(TITLE "（现场采集副本）", ds_view_fact(view, "case.day"));
  form.sheet = sheet;
  form.row = row_height(view);
  return draw_table(&form, error) ? sheet_finish(sheet, error) : NULL;
}
