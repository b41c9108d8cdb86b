/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For tests of this folder: a station in a temporary folder, and units that seal and push for real
 * (the bundle layer, stock git) and can be told to send something broken. */
#pragma once

#include "bundle/manifest.h"
#include "bundle/record.h"
#include "bundle/statement.h"
#include "station/intake.h"
#include "station/station.h"

#define TEST_PASSPHRASE "correct horse battery"

typedef struct {
  char *dir;
  char *home;
} TestHome;

/* A fresh folder, in memory where there is such a place: what is tested here is the order of steps,
 * not the disk, and syncing a real one thousands of times takes minutes. (transfer full) */
char *test_make_dir(void);
/* A fresh station. */
TestHome *test_home_new(void);
void test_home_free(TestHome *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestHome, test_home_free)
DsStation *test_home_open(const TestHome *self, gboolean unlock);
DsSecret *test_passphrase(const char *text);
/* What `ls` would show of home/@path, joined by blanks; "" when it is not there. */
char *test_home_list(const TestHome *self, const char *path);
/* Runs stock git on @unit's repository and gives its output. */
char *test_home_git(const TestHome *self, const char *unit, const char *const *words);
/* The bytes of entry @name of @ref. */
GBytes *test_home_blob(const TestHome *self, const char *unit, const char *ref, const char *name);
/* Names of refs under @prefix, joined by newlines. */
char *test_home_refs(const TestHome *self, const char *unit, const char *prefix);

typedef struct {
  char *id;
  char *officer;
  DsKey *sign, *encrypt, *officer_key;
  guint64 seq;
  DsDigest prev;
} TestUnit;

TestUnit *test_unit_new(const char *id, const char *officer);
void test_unit_free(TestUnit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestUnit, test_unit_free)
GBytes *test_unit_request(const TestUnit *self);
void test_unit_enrol(const TestUnit *self, DsStation *station);

typedef struct {
  DsDigest id;
  guint64 seq;
  GBytes *manifest, *record;
  GHashTable *chunks; /* hex → GBytes */
  DsRecordPart *scan; /* to be reused by a correction; owned by kept */
  DsRecordPart *photo;
  DsRecord *kept;
} TestBundle;

void test_bundle_free(TestBundle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestBundle, test_bundle_free)

typedef struct {
  const char *local;
  guint version; /* 0: 1 */
  const char *name;
  const char *number;
  DsCaseOutcome outcome;      /* 0: complete */
  const TestBundle *replaces; /* its scan is reused, but by a withdrawal */
  const char *schemas;        /* with pack: see test-pack.h; NULL: a pack that is nowhere */
  const char *pack;
  const char *trip;
  const char *received; /* fen, in cash */
  const char *urgency;
  gboolean fields_only; /* of a correction: no new picture */
  gboolean wrong_plain; /* the record lies about a part's digest */
} TestCase;

/* Seals a case of a portrait (one chunk) and a scan (two chunks) with the next seq. */
TestBundle *test_unit_seal(TestUnit *self, const DsDirectory *directory, const TestCase *what);

typedef enum {
  TEST_PUSH_WHOLE = 0,
  TEST_PUSH_FLIP_CHUNK,
  TEST_PUSH_FLIP_RECORD,
  TEST_PUSH_FLIP_MANIFEST,
  TEST_PUSH_DROP_CHUNK,
  TEST_PUSH_EXTRA_CHUNK,
  TEST_PUSH_WRONG_REF,
  TEST_PUSH_BLOWN_UP, /* one blob under a hundred names */
} TestPush;

/* Puts it into @unit's repository as a push would. */
void test_push(const TestHome *home, const char *unit, const TestBundle *bundle, TestPush how);

/* The same under another bundle's name, over what lies there. */
void test_push_as(const TestHome *home, const char *unit, const TestBundle *bundle,
                  const DsDigest *name, TestPush how);

/* Every statement to @self, checked and opened, numbers without a gap. Array of DsStatement. */
GPtrArray *test_unit_statements(const TestUnit *self, DsStation *station);
/* States said about @id, in order, as words joined by blanks. */
char *test_unit_heard(const TestUnit *self, DsStation *station, const DsDigest *id);

/* Intake that must work. */
DsIntakeCounts test_intake(DsStation *station);

/* Fails the test with both texts unless @error is there, of @code and says @words. Clears it. */
void test_assert_error(GError **error, int code, const char *words);
/* A valid number for a made-up person; the sequence tells them apart. */
char *test_number(guint sequence);
