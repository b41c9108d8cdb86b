/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "depot/pktline.h"

#include <string.h>

#include "base/error.h"

#define HEADER_SIZE 4
#define PRINTABLE_MAX 200

static int
header_length(const guint8 header[HEADER_SIZE])
{
  int length = 0;

  for (int i = 0; i < HEADER_SIZE; i++) {
    int digit = g_ascii_xdigit_value((char)header[i]);
    if (digit < 0)
      return -1;
    length = length << 4 | digit;
  }
  return length;
}

char *
ds_pktline_printable(const char *text, gssize size)
{
  gsize length = size < 0 ? strlen(text) : (gsize)size;
  char *copy = g_strndup(text, MIN(length, PRINTABLE_MAX));

  for (char *c = copy; *c != '\0'; c++)
    if (!g_ascii_isprint(*c))
      *c = '?';
  return copy;
}

DsPktlineKind
ds_pktline_read(DsLink *link, GByteArray *line, GError **error)
{
  guint8 header[HEADER_SIZE];

  g_byte_array_set_size(line, 0);
  if (!ds_link_read(link, header, sizeof header, error))
    return DS_PKTLINE_ERROR;
  int length = header_length(header);
  if (length == 0)
    return DS_PKTLINE_FLUSH;
  if (length < HEADER_SIZE || length > DS_PKTLINE_MAX + HEADER_SIZE) {
    g_autofree char *words = ds_pktline_printable((const char *)header, sizeof header);
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "at byte %" G_GUINT64_FORMAT " the other side says \"%s\" where git's protocol has "
                "a line length; is this a git server?",
                ds_link_received(link) - sizeof header, words);
    return DS_PKTLINE_ERROR;
  }
  guint size = (guint)length - HEADER_SIZE;
  g_byte_array_set_size(line, size + 1);
  line->data[size] = '\0';
  if (!ds_link_read(link, line->data, size, error))
    return DS_PKTLINE_ERROR;
  if (size > 0 && line->data[size - 1] == '\n')
    line->data[--size] = '\0';
  g_byte_array_set_size(line, size); /* the closing NUL stays behind the end */
  if (size >= 4 && memcmp(line->data, "ERR ", 4) == 0) {
    g_autofree char *words = ds_pktline_printable((const char *)line->data + 4, (gssize)size - 4);
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "the git server says: %s", words);
    return DS_PKTLINE_ERROR;
  }
  return DS_PKTLINE_DATA;
}

void
ds_pktline_append(GByteArray *out, const void *data, gsize size)
{
  char header[HEADER_SIZE + 1];

  g_return_if_fail(size <= DS_PKTLINE_MAX);
  g_snprintf(header, sizeof header, "%04x", (guint)size + HEADER_SIZE);
  g_byte_array_append(out, (const guint8 *)header, HEADER_SIZE);
  g_byte_array_append(out, data, (guint)size);
}

void
ds_pktline_append_text(GByteArray *out, const char *format, ...)
{
  va_list arguments;

  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  ds_pktline_append(out, text, strlen(text));
}

void
ds_pktline_append_flush(GByteArray *out)
{
  g_byte_array_append(out, (const guint8 *)"0000", HEADER_SIZE);
}
