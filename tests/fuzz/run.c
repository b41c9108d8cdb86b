/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a target without libFuzzer, as a test: every file of the corpus folder, then as many random
 * changes of them as DOORSTEP_FUZZ_RUNS says. The seed is printed; DOORSTEP_FUZZ_SEED repeats it.
 */
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

#define RUNS_DEFAULT 2000u
#define GROWTH_MAX 64u

static GPtrArray *
read_corpus(const char *folder)
{
  GPtrArray *corpus = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    char *data;
    gsize size;

    if (g_file_get_contents(path, &data, &size, NULL))
      g_ptr_array_add(corpus, g_bytes_new_take(data, size));
  }
  return corpus;
}

/* Bit flips, overwritten and inserted bytes, cuts, and heads of other corpus files. */
static void
mutate(GRand *rand, GByteArray *data, GPtrArray *corpus)
{
  const guint at = data->len > 0 ? g_rand_int_range(rand, 0, data->len) : 0;
  GBytes *other = corpus->pdata[g_rand_int_range(rand, 0, corpus->len)];
  guint8 byte = (guint8)g_rand_int_range(rand, 0, 256);
  gsize other_size;
  const guint8 *other_data = g_bytes_get_data(other, &other_size);

  switch (g_rand_int_range(rand, 0, data->len > 0 ? 5 : 1)) {
  case 0:
    g_byte_array_append(data, other_data, MIN(other_size, GROWTH_MAX));
    break;
  case 1:
    data->data[at] ^= (guint8)(1 << (byte % 8));
    break;
  case 2:
    data->data[at] = byte;
    break;
  case 3:
    g_byte_array_set_size(data, at);
    break;
  default:
    g_byte_array_append(data, &byte, 1);
    memmove(data->data + at + 1, data->data + at, data->len - 1 - at);
    data->data[at] = byte;
    break;
  }
}

static void
run_bytes(const void *data, gsize size)
{
  g_autofree guint8 *exact = g_malloc(MAX(size, 1)); /* so that reading beyond it is noticed */

  if (size > 0)
    memcpy(exact, data, size);
  LLVMFuzzerTestOneInput(exact, size);
}

int
main(int argc, char **argv)
{
  const char *runs_text = g_getenv("DOORSTEP_FUZZ_RUNS");
  const char *seed_text = g_getenv("DOORSTEP_FUZZ_SEED");
  const guint64 runs = runs_text != NULL ? g_ascii_strtoull(runs_text, NULL, 10) : RUNS_DEFAULT;
  const guint32 seed =
      seed_text != NULL ? (guint32)g_ascii_strtoull(seed_text, NULL, 10) : g_random_int();
  g_autoptr(GPtrArray) corpus = argc == 2 ? read_corpus(argv[1]) : g_ptr_array_new();
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);

  if (corpus->len == 0) {
    fprintf(stderr, "usage: %s FOLDER (with at least one file)\n", argv[0]);
    return 64;
  }
  printf("seed %u, %u files, %" G_GUINT64_FORMAT " changes\n", seed, corpus->len, runs);
  fflush(stdout);
  for (guint i = 0; i < corpus->len; i++) {
    gsize size;
    const void *data = g_bytes_get_data(corpus->pdata[i], &size);

    run_bytes(data, size);
  }
  for (guint64 i = 0; i < runs; i++) {
    g_autoptr(GByteArray) data = g_byte_array_new();
    gsize size;
    const void *start =
        g_bytes_get_data(corpus->pdata[g_rand_int_range(rand, 0, corpus->len)], &size);

    g_byte_array_append(data, start, (guint)size);
    for (gint32 changes = g_rand_int_range(rand, 1, 4); changes > 0; changes--)
      mutate(rand, data, corpus);
    run_bytes(data->data, data->len);
  }
  return 0;
}
