/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the depot's tests share: a peer that says given bytes, bundles made of counted bytes, and
 * real git on throw-away repositories. */
#pragma once

#include "depot/link.h"
#include "depot/repo.h"
#include "depot/source.h"

/* A link to a thread that says @size bytes and then reads everything. With @hold it keeps its side
 * open when done, so that silence lasts. @heard, if not NULL, gets what it read; valid after
 * test_peer_end. */
typedef struct _TestPeer TestPeer;
TestPeer *test_peer_new(const void *say, gsize size, gboolean hold, DsLink **link);
/* Frees the link first. (transfer full) what the peer heard. */
GByteArray *test_peer_end(TestPeer *self, DsLink *link);

/* A folder that test_folder_free removes. */
char *test_folder_new(void);
void test_folder_free(char *folder);

/* A bundle of id "@number repeated", manifest and record of a few bytes, @chunks chunks of
 * @chunk_size made-up bytes that depend on @number. Its chunks are named as such, not hashed. */
DsDepotSource *test_source_new(guint number, guint chunks, gsize chunk_size);
DsDigest test_digest(guint number);

/* Starts git's @service on @path. */
DsLink *test_git(const char *service, const char *path);
/* Runs git in @path and returns what it wrote; fails the test when it fails. */
char *test_git_output(const char *path, ...) G_GNUC_NULL_TERMINATED;
/* Pushes @sources in one go, all of which must arrive. */
void test_push_all(const char *path, GPtrArray *sources);
