/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The drive container (docs/bundle.md, "Drive"): one file per direction and batch that a stick
 * carries over a border. It names no paths and holds what is signed and encrypted already.
 *
 *   magic, frame HEAD, then per item: frame ITEM and its files' bytes, frame END
 *   frame = length of the body (4 bytes, big-endian), SHA-256 of the body, body (CBOR)
 *
 * Everything in a container is a stranger's word. Nothing is signed by the container itself: the
 * digests find damage, the manifests' and statements' own signatures find lies. */
#pragma once

#include "base/digest.h"
#include "depot/refs.h"

G_BEGIN_DECLS

#define DS_DRIVE_MAGIC                                               \
  "\x89"                                                             \
  "DSD\r\n\x1a\n" /* 8 bit, both line ends, end of file: copies that \
                     change text are found at once */
#define DS_DRIVE_MAGIC_SIZE 8
#define DS_DRIVE_FORMAT 1u
#define DS_DRIVE_FILE_MAX ((G_GUINT64_CONSTANT(4) << 30) - 1) /* what a FAT file system holds */
#define DS_DRIVE_ITEMS_MAX 4096u
#define DS_DRIVE_TAKEN_MAX 4096u
#define DS_DRIVE_BATCH_MAX G_GUINT64_CONSTANT(9999999999)
#define DS_DRIVE_HEAD_MAX (256u * 1024)
#define DS_DRIVE_ITEM_MAX (512u * 1024)
#define DS_DRIVE_END_MAX 64u
#define DS_DRIVE_FRAME_SIZE (4u + DS_DIGEST_SIZE) /* before the body */

typedef enum {
  DS_DRIVE_OUT = 1,  /* unit → station: bundles */
  DS_DRIVE_HOME = 2, /* station → unit: messages of the outbox */
} DsDriveDirection;

/* A message the unit has safely: by its number and the SHA-256 of the body of its ITEM frame, so
 * that a false message taken under a true one's number never lets the true one be forgotten. */
typedef struct {
  guint64 seq;
  DsDigest content;
} DsDriveTaken;

typedef struct {
  DsDriveDirection direction;
  char *unit;
  char *station; /* NULL: the unit does not know it */
  guint64 batch; /* 1 … DS_DRIVE_BATCH_MAX */
  guint count;   /* items that follow */
  GArray *taken; /* DsDriveTaken, ascending seq; empty in a home container */
} DsDriveHead;

/* The closed list of DsDriveItem.kind. */
typedef enum {
  DS_DRIVE_BUNDLE = 1,
  DS_DRIVE_MESSAGE = 2,
} DsDriveItemKind;

typedef struct {
  char name[DS_DIGEST_HEX_SIZE]; /* as in a repository's tree, depot/refs.h */
  guint64 size;
  DsDigest sha256;
} DsDriveFile;

typedef struct {
  DsDriveItemKind kind;
  DsDigest id;     /* of a bundle */
  DsOutboxRef ref; /* of a message */
  GArray *files;   /* DsDriveFile, strictly ascending names */
  guint64 size;    /* sum of the files' sizes */
  DsDigest digest; /* of the frame's body; set by encode and decode */
} DsDriveItem;

/* A sign of life while container @name is read or written: bytes of how many. */
typedef void (*DsDriveProgress)(const char *name, guint64 done, guint64 total, gpointer user_data);

DsDriveHead *ds_drive_head_new(DsDriveDirection direction, const char *unit, const char *station,
                               guint64 batch);
void ds_drive_head_free(DsDriveHead *self);
DsDriveItem *ds_drive_item_new_bundle(const DsDigest *id);
DsDriveItem *ds_drive_item_new_message(const DsOutboxRef *ref);
/* Names must be added in ascending order; the encoder checks them. */
void ds_drive_item_add(DsDriveItem *self, const char *name, guint64 size, const DsDigest *sha256);
void ds_drive_item_free(DsDriveItem *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsDriveHead, ds_drive_head_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsDriveItem, ds_drive_item_free)

/* Bodies of frames. What the decoder would refuse is not written. (transfer full) */
GBytes *ds_drive_head_encode(const DsDriveHead *self, GError **error);
GBytes *ds_drive_item_encode(DsDriveItem *self, GError **error);
GBytes *ds_drive_end_encode(guint count, const DsDigest *whole, GError **error);

/* DS_ERROR_TOO_LARGE over a cap, DS_ERROR_UNSUPPORTED for what a newer program made,
 * DS_ERROR_INVALID for everything else that is not the form. (transfer full) */
DsDriveHead *ds_drive_head_decode(GBytes *body, GError **error);
DsDriveItem *ds_drive_item_decode(GBytes *body, DsDriveDirection direction, GError **error);
gboolean ds_drive_end_decode(GBytes *body, guint *count, DsDigest *whole, GError **error);

/* 1–64 of a–z, 0–9 and "-": a unit's or station's id. */
gboolean ds_drive_id_valid(const char *id);

G_END_DECLS
