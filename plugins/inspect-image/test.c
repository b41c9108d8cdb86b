/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/doorstep-plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

#define WIDTH 358
#define HEIGHT 441

/* A head on a ground of one grey level, sharp or blurred, in colour or not. */
static guint8 *
draw(guint8 ground, gboolean sharp, gboolean colour)
{
  guint8 *rgb = g_malloc(WIDTH * HEIGHT * 3);

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      guint8 *p = rgb + (y * WIDTH + x) * 3;
      double far = ((x - 179.0) * (x - 179.0)) / (103.0 * 103.0) +
                   ((y - 230.0) * (y - 230.0)) / (140.0 * 140.0);
      int line = sharp && (x / 4 + y / 4) % 2 == 0 ? 40 : 0;

      memset(p, ground, 3);
      if (far < 1.0) {
        p[0] = (guint8)(200 - line);
        p[1] = colour ? (guint8)(150 - line) : p[0];
        p[2] = colour ? (guint8)(120 - line) : p[0];
      }
    }
  return rgb;
}

static GBytes *
jpeg_of(const guint8 *pixels, int components, J_COLOR_SPACE space, int dpi)
{
  struct jpeg_compress_struct info;
  struct jpeg_error_mgr errors;
  unsigned char *data = NULL;
  unsigned long size = 0;

  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, &data, &size);
  info.image_width = WIDTH;
  info.image_height = HEIGHT;
  info.input_components = components;
  info.in_color_space = space;
  jpeg_set_defaults(&info);
  if (dpi > 0) {
    info.density_unit = 1;
    info.X_density = info.Y_density = (UINT16)dpi;
  }
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = (JSAMPROW)pixels + (gsize)info.next_scanline * WIDTH * (gsize)components;
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  return g_bytes_new_with_free_func(data, size, free, data);
}

static GBytes *
jpeg_portrait(guint8 ground, gboolean sharp, gboolean colour)
{
  g_autofree guint8 *rgb = draw(ground, sharp, colour);

  return jpeg_of(rgb, 3, JCS_RGB, 350);
}

static GBytes *
png_portrait(void)
{
  g_autofree guint8 *rgb = draw(255, TRUE, TRUE);
  png_image image = {
      .version = PNG_IMAGE_VERSION, .width = WIDTH, .height = HEIGHT, .format = PNG_FORMAT_RGB};
  png_alloc_size_t size = 0;

  g_assert_true(png_image_write_get_memory_size(image, size, 0, rgb, 0, NULL));
  guint8 *data = g_malloc(size);
  g_assert_true(png_image_write_to_memory(&image, data, &size, 0, rgb, 0, NULL));
  return g_bytes_new_take(data, size);
}

static DsPart *
inspect(GBytes *data, GError **error)
{
  const DsInspectorOps *ops = doorstep_plugin.ops;
  g_autoptr(DsPart) part =
      ds_part_new("photo-1", DS_SLOT_PHOTO, "", "", g_bytes_get_size(data), "");
  g_autoptr(DsFindings) findings = ds_findings_new();

  if (!ops->inspect(data, part, findings, error))
    return NULL;
  g_assert_cmpuint(ds_findings_count(findings), ==, 0);
  return g_steal_pointer(&part);
}

static double
measure(const DsPart *part, const char *name)
{
  const char *text = ds_part_attribute(part, name);

  g_assert_nonnull(text);
  return g_ascii_strtod(text, NULL);
}

static void
assert_refused(GBytes *data, int code, const char *message)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsPart) part = inspect(data, &error);

  g_assert_null(part);
  g_assert_error(error, DS_ERROR, code);
  if (strstr(error->message, message) == NULL)
    g_error("got \"%s\", expected \"%s\"", error->message, message);
}

static void
test_jpeg(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) data = jpeg_portrait(255, TRUE, TRUE);
  g_autoptr(DsPart) part = inspect(data, &error);

  g_assert_no_error(error);
  g_assert_cmpstr(ds_part_attribute(part, "media-type"), ==, "image/jpeg");
  g_assert_cmpstr(ds_part_attribute(part, "measure.width"), ==, "358");
  g_assert_cmpstr(ds_part_attribute(part, "measure.height"), ==, "441");
  g_assert_cmpstr(ds_part_attribute(part, "measure.density"), ==, "350");
  g_assert_cmpstr(ds_part_attribute(part, "measure.depth"), ==, "24");
  g_assert_cmpstr(ds_part_attribute(part, "measure.colour"), ==, "true");
  g_assert_cmpfloat(measure(part, "measure.background-white"), >, 99.0);
  g_assert_cmpfloat(measure(part, "measure.background-mean"), >, 250.0);
  g_assert_cmpfloat(measure(part, "measure.brightness"), >, 180.0);
}

static void
test_png(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) data = png_portrait();
  g_autoptr(DsPart) part = inspect(data, &error);

  g_assert_no_error(error);
  g_assert_cmpstr(ds_part_attribute(part, "media-type"), ==, "image/png");
  g_assert_cmpstr(ds_part_attribute(part, "measure.width"), ==, "358");
  g_assert_cmpstr(ds_part_attribute(part, "measure.background-white"), ==, "100.0");
  /* It has no pHYs chunk, so it does not say. */
  g_assert_null(ds_part_attribute(part, "measure.density"));
}

/* The same file with a pHYs chunk after the header: 13780 a metre is 350 an inch. The checksum of
 * an ancillary chunk must be right, else libpng drops the chunk with a warning. */
static void
test_png_density(void)
{
  static const guint8 phys[] = {0,    0, 0, 9,    'p',  'H', 'Y', 's', 0, 0, 0x35,
                                0xd4, 0, 0, 0x35, 0xd4, 1,   0,   0,   0, 0};
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) plain = png_portrait();
  g_autoptr(GByteArray) with = g_byte_array_new();
  gsize size;
  const guint8 *bytes = g_bytes_get_data(plain, &size);
  guint32 sum = 0xffffffff;

  g_byte_array_append(with, bytes, 33);
  g_byte_array_append(with, phys, sizeof(phys));
  for (gsize i = 4; i < sizeof(phys) - 4; i++) {
    sum ^= phys[i];
    for (int bit = 0; bit < 8; bit++)
      sum = (sum >> 1) ^ ((sum & 1) != 0 ? 0xedb88320 : 0);
  }
  for (guint i = 0; i < 4; i++)
    with->data[with->len - 4 + i] = (guint8)(~sum >> (24 - 8 * i));
  g_byte_array_append(with, bytes + 33, (guint)size - 33);
  g_autoptr(GBytes) data = g_bytes_new(with->data, with->len);
  g_autoptr(DsPart) part = inspect(data, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(ds_part_attribute(part, "measure.density"), ==, "350");
}

static void
test_grey_ground(void)
{
  g_autoptr(GBytes) white = jpeg_portrait(255, TRUE, TRUE);
  g_autoptr(GBytes) grey = jpeg_portrait(140, FALSE, FALSE);
  g_autoptr(DsPart) good = inspect(white, NULL);
  g_autoptr(DsPart) bad = inspect(grey, NULL);

  g_assert_cmpfloat(measure(bad, "measure.background-white"), <, 1.0);
  g_assert_cmpfloat(measure(bad, "measure.background-mean"), <, 150.0);
  g_assert_cmpstr(ds_part_attribute(bad, "measure.colour"), ==, "false");
  g_assert_cmpfloat(measure(bad, "measure.blur"), <, measure(good, "measure.blur") / 4);
}

static void
test_grey_jpeg(void)
{
  g_autofree guint8 *pixels = g_malloc(WIDTH * HEIGHT);
  g_autoptr(GError) error = NULL;

  memset(pixels, 200, WIDTH * HEIGHT);
  g_autoptr(GBytes) data = jpeg_of(pixels, 1, JCS_GRAYSCALE, 0);
  g_autoptr(DsPart) part = inspect(data, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(ds_part_attribute(part, "measure.depth"), ==, "8");
  g_assert_cmpstr(ds_part_attribute(part, "measure.colour"), ==, "false");
  g_assert_null(ds_part_attribute(part, "measure.density"));
  g_assert_cmpstr(ds_part_attribute(part, "measure.blur"), ==, "0.0");
}

static void
test_cmyk(void)
{
  g_autofree guint8 *pixels = g_malloc0(WIDTH * HEIGHT * 4);
  g_autoptr(GBytes) data = jpeg_of(pixels, 4, JCS_CMYK, 350);

  assert_refused(data, DS_ERROR_UNSUPPORTED, "made for printing (CMYK colours); save it as RGB");
}

/* Every place a copy can stop at. */
static void
test_cut_short(void)
{
  g_autoptr(GBytes) jpeg = jpeg_portrait(255, TRUE, TRUE);
  g_autoptr(GBytes) png = png_portrait();

  for (gsize percent = 1; percent < 100; percent += 7) {
    g_autoptr(GBytes) half =
        g_bytes_new_from_bytes(jpeg, 0, MAX(3, g_bytes_get_size(jpeg) * percent / 100));
    g_autoptr(GBytes) other =
        g_bytes_new_from_bytes(png, 0, MAX(8, g_bytes_get_size(png) * percent / 100));
    assert_refused(half, DS_ERROR_INVALID, "the JPEG is damaged or cut short");
    assert_refused(other, DS_ERROR_INVALID, "the PNG is damaged or cut short");
  }
}

static void
test_damaged(void)
{
  g_autoptr(GBytes) png = png_portrait();
  gsize size;
  g_autofree guint8 *bytes = g_memdup2(g_bytes_get_data(png, &size), g_bytes_get_size(png));

  size = g_bytes_get_size(png);
  bytes[size / 2] ^= 0x10;
  g_autoptr(GBytes) flipped = g_bytes_new(bytes, size);
  assert_refused(flipped, DS_ERROR_INVALID, "the PNG is damaged or cut short");
}

/* A header that promises more than anyone has: refused before a pixel is unpacked. */
static void
test_bomb(void)
{
  g_autoptr(GBytes) jpeg = jpeg_portrait(255, FALSE, TRUE);
  gsize size = g_bytes_get_size(jpeg);
  g_autofree guint8 *bytes = g_memdup2(g_bytes_get_data(jpeg, NULL), size);
  guint8 *frame = memmem(bytes, size, "\xff\xc0", 2);

  g_assert_nonnull(frame);
  frame[5] = frame[6] = frame[7] = frame[8] = 0xf0;
  g_autoptr(GBytes) bomb = g_bytes_new(bytes, size);
  assert_refused(bomb, DS_ERROR_TOO_LARGE,
                 "the picture has 61680 × 61680 pixels, at most 64 million are taken");
}

/* One coefficient after another, bit by bit: legal, small, and long work in a large picture. */
static GBytes *
layered_jpeg(int layers)
{
  static guint8 pixels[WIDTH * HEIGHT];
  g_autofree jpeg_scan_info *scans = g_new0(jpeg_scan_info, layers);
  struct jpeg_compress_struct info;
  struct jpeg_error_mgr errors;
  unsigned char *data = NULL;
  unsigned long size = 0;

  scans[0] = (jpeg_scan_info){.comps_in_scan = 1};
  for (int i = 1; i < layers; i++) {
    int level = 4 - (i - 1) % 5, at = 1 + (i - 1) / 5;
    scans[i] = (jpeg_scan_info){
        .comps_in_scan = 1, .Ss = at, .Se = at, .Ah = level == 4 ? 0 : level + 1, .Al = level};
  }
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, &data, &size);
  info.image_width = WIDTH;
  info.image_height = HEIGHT;
  info.input_components = 1;
  info.in_color_space = JCS_GRAYSCALE;
  jpeg_set_defaults(&info);
  info.scan_info = scans;
  info.num_scans = layers;
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = pixels + (gsize)info.next_scanline * WIDTH;
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  return g_bytes_new_with_free_func(data, size, free, data);
}

static void
test_layers(void)
{
  g_autoptr(GBytes) few = layered_jpeg(51), many = layered_jpeg(151);
  g_autoptr(GError) error = NULL;
  g_autoptr(DsPart) part = inspect(few, &error);

  g_assert_no_error(error);
  g_assert_nonnull(part);
  assert_refused(many, DS_ERROR_INVALID, "the JPEG is drawn in more than 100 layers");
}

static const struct {
  const char *bytes;
  gsize size;
  int code;
  const char *message;
} others[] = {
    {"", 0, DS_ERROR_INVALID, "the file is empty"},
    {"dear diary, today", 17, DS_ERROR_INVALID, "this is text, not a picture"},
    {"户口簿", 9, DS_ERROR_INVALID, "this is text, not a picture"},
    {"\xfe\x80\x01\x02", 4, DS_ERROR_INVALID, "this is no JPEG, PNG or PDF"},
    {"GIF89a", 6, DS_ERROR_UNSUPPORTED, "this is a GIF file; only JPEG, PNG and PDF"},
    {"RIFF\0\0\0\0WEBPVP8 ", 16, DS_ERROR_UNSUPPORTED, "this is a WebP file"},
    {"\0\0\0\x18"
     "ftypheic",
     12, DS_ERROR_UNSUPPORTED, "this is a HEIC file"},
    {"\xff\xd8\xff", 3, DS_ERROR_INVALID, "the JPEG is damaged or cut short"},
    {"%PDF-1.7 and then nothing", 25, DS_ERROR_INVALID, "the PDF is cut short"},
};

static void
test_others(void)
{
  for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
    g_autoptr(GBytes) data = g_bytes_new_static(others[i].bytes, others[i].size);
    assert_refused(data, others[i].code, others[i].message);
  }
}

static void
test_pdf(void)
{
  g_autoptr(GBytes) data = g_bytes_new_static("%PDF-1.7\n…\n%%EOF\n", 19);
  g_autoptr(GError) error = NULL;
  g_autoptr(DsPart) part = inspect(data, &error);

  g_assert_no_error(error);
  g_assert_cmpstr(ds_part_attribute(part, "media-type"), ==, "application/pdf");
  g_assert_null(ds_part_attribute(part, "measure.width"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/inspect-image/jpeg", test_jpeg);
  g_test_add_func("/inspect-image/png", test_png);
  g_test_add_func("/inspect-image/png-density", test_png_density);
  g_test_add_func("/inspect-image/grey-ground", test_grey_ground);
  g_test_add_func("/inspect-image/grey-jpeg", test_grey_jpeg);
  g_test_add_func("/inspect-image/cmyk", test_cmyk);
  g_test_add_func("/inspect-image/cut-short", test_cut_short);
  g_test_add_func("/inspect-image/damaged", test_damaged);
  g_test_add_func("/inspect-image/bomb", test_bomb);
  g_test_add_func("/inspect-image/layers", test_layers);
  g_test_add_func("/inspect-image/others", test_others);
  g_test_add_func("/inspect-image/pdf", test_pdf);
  return g_test_run();
}
