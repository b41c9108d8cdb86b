/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What no program that keeps evidence safe can go below: read every file, encrypt it with
 * AES-256-GCM, take the SHA-256 of the ciphertext, write it under that name and sync it.
 *
 *   floor SOURCE TARGET     prints {"files", "bytes", "syncs"} */
#include <fcntl.h>
#include <gio/gio.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TAG_SIZE 16
#define IV_SIZE 12

typedef struct {
  const char *target;
  EVP_CIPHER_CTX *cipher;
  guint8 *out;
  gsize out_size;
  guint64 files, bytes, syncs;
} Floor;

static void
die(const char *what, const char *path)
{
  fprintf(stderr, "floor: %s: %s: %s\n", path, what, g_strerror(errno));
  exit(1);
}

/* The key is fixed: what it costs is the same. */
static gsize
encrypt(Floor *self, const guint8 *plain, gsize size)
{
  static const guint8 key[32] = {1};
  guint8 iv[IV_SIZE] = {0};
  int len = 0, tail = 0;

  memcpy(iv, &self->files, sizeof self->files);
  if (self->out_size < size + TAG_SIZE) {
    self->out = g_realloc(self->out, size + TAG_SIZE);
    self->out_size = size + TAG_SIZE;
  }
  if (EVP_EncryptInit_ex(self->cipher, EVP_aes_256_gcm(), NULL, key, iv) != 1 ||
      EVP_EncryptUpdate(self->cipher, self->out, &len, plain, (int)size) != 1 ||
      EVP_EncryptFinal_ex(self->cipher, self->out + len, &tail) != 1 ||
      EVP_CIPHER_CTX_ctrl(self->cipher, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, self->out + size) != 1)
    die("cannot encrypt", "AES-256-GCM");
  return size + TAG_SIZE;
}

static void
keep(Floor *self, gsize size)
{
  guint8 digest[EVP_MAX_MD_SIZE];
  char hex[65] = "";

  if (EVP_Digest(self->out, size, digest, NULL, EVP_sha256(), NULL) != 1)
    die("cannot hash", "SHA-256");
  for (guint i = 0; i < 32; i++)
    g_snprintf(hex + 2 * i, 3, "%02x", digest[i]);
  g_autofree char *path = g_build_filename(self->target, hex, NULL);
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    die("cannot create", path);
  for (gsize done = 0; done < size;) {
    ssize_t n = write(fd, self->out + done, size - done);
    if (n < 0)
      die("cannot write", path);
    done += (gsize)n;
  }
  if (fsync(fd) != 0 || close(fd) != 0)
    die("cannot sync", path);
  self->syncs++;
}

static void
take_file(Floor *self, const char *path)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *plain = NULL;
  gsize size;

  if (!g_file_get_contents(path, &plain, &size, &error)) {
    fprintf(stderr, "floor: %s\n", error->message);
    exit(1);
  }
  keep(self, encrypt(self, (const guint8 *)plain, size));
  self->files++;
  self->bytes += size;
}

static void
take_folder(Floor *self, const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  const char *name;

  if (dir == NULL)
    die("cannot read the folder", folder);
  while ((name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
      take_folder(self, path);
    else
      take_file(self, path);
  }
}

int
main(int argc, char **argv)
{
  if (argc != 3) {
    fputs("usage: floor SOURCE TARGET\n", stderr);
    return 64;
  }
  Floor self = {.target = argv[2], .cipher = EVP_CIPHER_CTX_new()};

  if (g_mkdir_with_parents(argv[2], 0700) != 0)
    die("cannot make the folder", argv[2]);
  take_folder(&self, argv[1]);
  printf("{\"files\": %" G_GUINT64_FORMAT ", \"bytes\": %" G_GUINT64_FORMAT
         ", \"syncs\": %" G_GUINT64_FORMAT "}\n",
         self.files, self.bytes, self.syncs);
  EVP_CIPHER_CTX_free(self.cipher);
  g_free(self.out);
  return 0;
}
