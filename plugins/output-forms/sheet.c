/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sheet.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <string.h>

#include "picture.h"

#define FONT "Noto Serif CJK SC, Noto Sans CJK SC, serif"
#define SMALL_SIZE 3.0 /* as far as an eye can read */
#define LEAST_SIZE 0.5
#define PADDING 4.0
#define LINE_SPACING 1.12
#define TIGHT_SPACING 0.8 /* once text has to shrink; the font itself is generous */
#define RULE 0.6
#define FOOT_SIZE 8.0

/* Pages are recorded and only written at the end, when it is known how many there are. */
struct _Sheet {
  char *title, *day;
  GPtrArray *pages; /* of cairo_surface_t */
  cairo_t *cairo;   /* draws on the last one */
  GChecksum *content;
  char *code; /* once asked for */
};

static void
begin_page(Sheet *self)
{
  const cairo_rectangle_t area = {0, 0, SHEET_WIDTH, SHEET_HEIGHT};
  cairo_surface_t *page = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &area);

  g_ptr_array_add(self->pages, page);
  g_clear_pointer(&self->cairo, cairo_destroy);
  self->cairo = cairo_create(page);
}

Sheet *
sheet_new(const char *title, const char *day)
{
  Sheet *self = g_new0(Sheet, 1);

  self->title = g_strdup(title);
  self->day = g_strdup(day);
  self->content = g_checksum_new(G_CHECKSUM_SHA256);
  self->pages = g_ptr_array_new_with_free_func((GDestroyNotify)cairo_surface_destroy);
  begin_page(self);
  return self;
}

void
sheet_free(Sheet *self)
{
  cairo_destroy(self->cairo);
  g_ptr_array_unref(self->pages);
  g_checksum_free(self->content);
  g_free(self->code);
  g_free(self->title);
  g_free(self->day);
  g_free(self);
}

const char *
sheet_check_code(Sheet *self)
{
  g_autofree char *hex = NULL;

  if (self->code != NULL)
    return self->code;
  hex = g_ascii_strup(g_checksum_get_string(self->content), 16);
  self->code = g_strdup_printf("%.4s-%.4s-%.4s-%.4s", hex, hex + 4, hex + 8, hex + 12);
  return self->code;
}

static PangoLayout *
make_layout(Sheet *self, double width, const char *text, double size, Ink ink)
{
  PangoLayout *layout = pango_cairo_create_layout(self->cairo);
  PangoFontDescription *font = pango_font_description_from_string(FONT);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new();

  pango_context_set_language(pango_layout_get_context(layout), pango_language_from_string("zh-cn"));
  pango_attr_list_insert(attributes, pango_attr_language_new(pango_language_from_string("zh-cn")));
  pango_layout_set_attributes(layout, attributes);
  pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
  if (ink & INK_BOLD)
    pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description(layout, font);
  pango_font_description_free(font);
  pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
  pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  if (ink & INK_INDENT)
    pango_layout_set_indent(layout, (int)(2 * size * PANGO_SCALE));
  pango_layout_set_alignment(layout, ink & INK_CENTRE  ? PANGO_ALIGN_CENTER
                                     : ink & INK_RIGHT ? PANGO_ALIGN_RIGHT
                                                       : PANGO_ALIGN_LEFT);
  pango_layout_set_line_spacing(layout, (float)LINE_SPACING);
  pango_layout_set_text(layout, text, -1);
  return layout;
}

static double
layout_height(PangoLayout *layout)
{
  int height;

  pango_layout_get_size(layout, NULL, &height);
  return (double)height / PANGO_SCALE;
}

double
sheet_measure(Sheet *self, double width, const char *text, double size, Ink ink)
{
  g_autoptr(PangoLayout) layout = make_layout(self, width, text, size, ink);

  return layout_height(layout);
}

static void
count_text(Sheet *self, const char *text)
{
  if (self->code == NULL)
    g_checksum_update(self->content, (const guchar *)text, (gssize)strlen(text) + 1);
}

double
sheet_text(Sheet *self, double x, double y, double width, const char *text, double size, Ink ink)
{
  g_autoptr(PangoLayout) layout = make_layout(self, width, text, size, ink);

  count_text(self, text);
  cairo_move_to(self->cairo, x, y);
  pango_cairo_show_layout(self->cairo, layout);
  return layout_height(layout);
}

void
sheet_break(Sheet *self)
{
  begin_page(self);
}

double
sheet_room(Sheet *self, double y, double height)
{
  if (y + height <= SHEET_BOTTOM)
    return y;
  sheet_break(self);
  return SHEET_TOP;
}

static cairo_status_t
append(void *closure, const unsigned char *data, unsigned int size)
{
  g_byte_array_append(closure, data, size);
  return CAIRO_STATUS_SUCCESS;
}

static void
set_metadata(cairo_surface_t *surface, const char *title, const char *day)
{
  g_autofree char *created = g_strconcat(day != NULL ? day : "1970-01-01", "T00:00:00Z", NULL);

  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Doorstep");
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, created);
}

/* The foot is recorded as the rest is: text drawn on the PDF itself would embed its font again. */
static void
draw_feet(Sheet *self)
{
  const char *code = sheet_check_code(self);

  for (guint i = 0; i < self->pages->len; i++) {
    g_autofree char *foot = g_strdup_printf("%s　第 %u 页，共 %u 页　校验码 %s", self->title, i + 1,
                                            self->pages->len, code);

    g_clear_pointer(&self->cairo, cairo_destroy);
    self->cairo = cairo_create(g_ptr_array_index(self->pages, i));
    sheet_text(self, SHEET_LEFT, SHEET_HEIGHT - 40, SHEET_INNER, foot, FOOT_SIZE, INK_CENTRE);
  }
}

static cairo_status_t
write_pages(const Sheet *self, cairo_surface_t *surface)
{
  cairo_t *cairo = cairo_create(surface);
  cairo_status_t status;

  for (guint i = 0; i < self->pages->len; i++) {
    cairo_set_source_surface(cairo, g_ptr_array_index(self->pages, i), 0, 0);
    cairo_paint(cairo);
    cairo_show_page(cairo);
  }
  status = cairo_status(cairo);
  cairo_destroy(cairo);
  return status;
}

GBytes *
sheet_finish(Sheet *self, GError **error)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  cairo_surface_t *surface =
      cairo_pdf_surface_create_for_stream(append, bytes, SHEET_WIDTH, SHEET_HEIGHT);
  cairo_status_t status;

  set_metadata(surface, self->title, self->day);
  draw_feet(self);
  status = write_pages(self, surface);
  cairo_surface_finish(surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status(surface);
  cairo_surface_destroy(surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
  g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "the PDF could not be drawn: %s",
              cairo_status_to_string(status));
  return NULL;
}

void
sheet_fit(Sheet *self, Box box, const char *text, double size, Ink ink)
{
  double width = box.width - 2 * PADDING, height = box.height - 2;
  g_autoptr(PangoLayout) layout = NULL;
  double used, y;

  if (text == NULL || *text == '\0')
    return;
  count_text(self, text);
  layout = make_layout(self, width, text, size, ink);
  while ((used = layout_height(layout)) > height && size > LEAST_SIZE) {
    size = size > SMALL_SIZE ? size - 0.5 : size * 0.9;
    g_object_unref(layout);
    layout = make_layout(self, width, text, size, ink);
    pango_layout_set_line_spacing(layout, (float)TIGHT_SPACING);
  }
  y = ink & INK_TOP ? box.y + PADDING : box.y + (box.height - used) / 2;
  cairo_move_to(self->cairo, box.x + PADDING, y);
  pango_cairo_show_layout(self->cairo, layout);
}

void
sheet_cell(Sheet *self, Box box, const char *text, double size, Ink ink)
{
  cairo_rectangle(self->cairo, box.x, box.y, box.width, box.height);
  if (ink & INK_SHADED) {
    cairo_set_source_rgb(self->cairo, 0.93, 0.93, 0.93);
    cairo_fill_preserve(self->cairo);
  }
  cairo_set_source_rgb(self->cairo, 0, 0, 0);
  cairo_set_line_width(self->cairo, RULE);
  cairo_stroke(self->cairo);
  sheet_fit(self, box, text, size, ink);
}

double
sheet_flow(Sheet *self, double y, const char *text, double size, Ink ink)
{
  g_autoptr(PangoLayout) layout = make_layout(self, SHEET_INNER, text, size, ink);
  PangoLayoutIter *lines = pango_layout_get_iter(layout);
  double start = y, shift = 0, end = y;

  count_text(self, text);
  do {
    PangoRectangle line;
    double top, bottom;

    pango_layout_iter_get_line_extents(lines, NULL, &line);
    top = start + shift + (double)line.y / PANGO_SCALE;
    bottom = top + (double)line.height / PANGO_SCALE;
    if (bottom > SHEET_BOTTOM) {
      sheet_break(self);
      shift += SHEET_TOP - top;
      bottom += SHEET_TOP - top;
    }
    end = bottom;
    cairo_move_to(self->cairo, SHEET_LEFT + (double)line.x / PANGO_SCALE,
                  start + shift + (double)pango_layout_iter_get_baseline(lines) / PANGO_SCALE);
    pango_cairo_show_layout_line(self->cairo, pango_layout_iter_get_line_readonly(lines));
  } while (pango_layout_iter_next_line(lines));
  pango_layout_iter_free(lines);
  return end;
}

gboolean
sheet_picture(Sheet *self, Box box, GBytes *bytes, GError **error)
{
  cairo_surface_t *picture = picture_load(bytes, error);
  double width, height, scale;

  if (picture == NULL)
    return FALSE;
  if (self->code == NULL)
    g_checksum_update(self->content, g_bytes_get_data(bytes, NULL),
                      (gssize)g_bytes_get_size(bytes));
  width = cairo_image_surface_get_width(picture);
  height = cairo_image_surface_get_height(picture);
  scale = MIN(box.width / width, box.height / height);
  cairo_save(self->cairo);
  cairo_translate(self->cairo, box.x + (box.width - width * scale) / 2,
                  box.y + (box.height - height * scale) / 2);
  cairo_scale(self->cairo, scale, scale);
  cairo_set_source_surface(self->cairo, picture, 0, 0);
  /* A signature's white paper lets the shading of its cell through. */
  cairo_set_operator(self->cairo, CAIRO_OPERATOR_MULTIPLY);
  cairo_paint(self->cairo);
  cairo_restore(self->cairo);
  cairo_surface_destroy(picture);
  return TRUE;
}

gboolean
sheet_qr(Sheet *self, Box box, const char *text, GError **error)
{
  QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
  double module;

  if (code == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "the text is too long for a QR code");
    return FALSE;
  }
  module = MIN(box.width, box.height) / (code->width + 8); /* four modules of quiet zone */
  cairo_set_source_rgb(self->cairo, 0, 0, 0);
  for (int y = 0; y < code->width; y++)
    for (int x = 0; x < code->width; x++)
      if (code->data[y * code->width + x] & 1)
        cairo_rectangle(self->cairo, box.x + (x + 4) * module, box.y + (y + 4) * module, module,
                        module);
  cairo_fill(self->cairo);
  QRcode_free(code);
  return TRUE;
}

void
sheet_cut(Sheet *self, double y)
{
  static const double DASHES[] = {5, 4};

  cairo_save(self->cairo);
  cairo_set_dash(self->cairo, DASHES, G_N_ELEMENTS(DASHES), 0);
  cairo_set_line_width(self->cairo, RULE);
  cairo_move_to(self->cairo, SHEET_LEFT, y);
  cairo_line_to(self->cairo, SHEET_RIGHT, y);
  cairo_stroke(self->cairo);
  cairo_restore(self->cairo);
}

void
sheet_bar(Sheet *self, Box box, double shade)
{
  cairo_rectangle(self->cairo, box.x, box.y, box.width, box.height);
  cairo_set_source_rgb(self->cairo, shade, shade, shade);
  cairo_fill_preserve(self->cairo);
  cairo_set_source_rgb(self->cairo, 0, 0, 0);
  cairo_set_line_width(self->cairo, RULE);
  cairo_stroke(self->cairo);
}
