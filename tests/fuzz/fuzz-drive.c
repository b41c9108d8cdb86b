/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A drive container: what is found whole gives out every item and file, the same when written
 * again. */
#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/files.h"
#include "drive/reader.h"
#include "drive/writer.h"

static void
write_again(DsDriveReader *reader, const uint8_t *data, size_t size)
{
  const DsDriveHead *head = ds_drive_reader_head(reader);
  g_auto(DsFd) fd = memfd_create("again", MFD_CLOEXEC);
  g_autoptr(DsDriveWriter) writer = ds_drive_writer_new(fd, "again", head, NULL);
  DsDigest whole;

  FUZZ_REQUIRE(writer != NULL);
  for (guint i = 0; i < head->count; i++) {
    g_autoptr(DsDriveItem) item = ds_drive_reader_item(reader, i, NULL);
    FUZZ_REQUIRE(item != NULL && ds_drive_writer_item(writer, item, NULL));
    for (guint file = 0; file < item->files->len; file++) {
      g_autoptr(GBytes) bytes = ds_drive_reader_file(reader, i, item, file, NULL);
      FUZZ_REQUIRE(bytes != NULL && ds_drive_writer_file(writer, bytes, NULL));
    }
  }
  FUZZ_REQUIRE(ds_drive_writer_finish(writer, &whole, NULL) &&
               ds_digest_equal(&whole, ds_drive_reader_whole(reader)));
  g_autofree guint8 *again = g_malloc(size);
  FUZZ_REQUIRE(ds_drive_writer_size(writer) == size && pread(fd, again, size, 0) == (ssize_t)size &&
               memcmp(again, data, size) == 0);
}

/* Frames' digests would stop every change at once; so the bodies are fuzzed on their own, too. */
static void
decode_bodies(const uint8_t *data, size_t size)
{
  g_autoptr(GBytes) body = g_bytes_new_static(data, size);
  g_autoptr(GError) error = NULL;
  g_autoptr(DsDriveHead) head = ds_drive_head_decode(body, &error);

  FUZZ_REQUIRE_ONE(head, error);
  g_clear_error(&error);
  for (int direction = DS_DRIVE_OUT; direction <= DS_DRIVE_HOME; direction++) {
    g_autoptr(DsDriveItem) item = ds_drive_item_decode(body, (DsDriveDirection)direction, &error);
    FUZZ_REQUIRE_ONE(item, error);
    g_clear_error(&error);
    if (item == NULL)
      continue;
    g_autoptr(GBytes) again = ds_drive_item_encode(item, NULL);
    FUZZ_REQUIRE(again != NULL && g_bytes_equal(again, body));
  }
  if (head == NULL)
    return;
  g_autoptr(GBytes) again = ds_drive_head_encode(head, NULL);
  FUZZ_REQUIRE(again != NULL && g_bytes_equal(again, body));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autoptr(GError) error = NULL;
  int fd = memfd_create("container", MFD_CLOEXEC);

  FUZZ_REQUIRE(fd >= 0 && ds_files_write_all(fd, data, size, "container", NULL));
  g_autoptr(DsDriveReader) reader = ds_drive_reader_new(fd, "container", &error);
  FUZZ_REQUIRE_ONE(reader, error);
  gboolean good = reader != NULL && ds_drive_reader_check(reader, NULL, NULL, NULL, &error);
  FUZZ_REQUIRE(good == (error == NULL));
  if (good)
    write_again(reader, data, size);
  decode_bodies(data, size);
  return 0;
}
