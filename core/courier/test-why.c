/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "courier/why.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"

typedef struct {
  char *home, *depot;
  int claim;
} Fixture;

static void
set_up(Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  self->home = g_dir_make_tmp("doorstep-why-XXXXXX", &error);
  self->depot = g_build_filename(self->home, "depot", NULL);
  g_assert_true(ds_files_make_dir(self->depot, &error));
  self->claim = ds_why_claim(self->home, &error);
  g_assert_no_error(error);
  g_assert_cmpint(self->claim, >=, 0);
}

static void
tear_down(Fixture *self, gconstpointer data)
{
  if (self->claim >= 0)
    close(self->claim);
  g_assert_true(ds_files_remove_tree(self->home, NULL));
  g_free(self->home);
  g_free(self->depot);
}

static void
save(Fixture *self, const DsWhy *why)
{
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_why_save(self->home, why, &error));
  g_assert_no_error(error);
}

static void
test_round_trip(Fixture *self, gconstpointer data)
{
  const DsWhy all[] = {
      {DS_WHY_UNCONFIGURED, .detail = (char *)"courier.json is missing", .since_us = 1000000},
      {DS_WHY_WAITING, DS_REACH_OTHER_NETWORK, (char *)"食堂\"WiFi\"\n", .since_us = 1000000},
      {DS_WHY_WORKING, .network = (char *)"lan", .since_us = 1000000},
      {DS_WHY_RESTING, .network = (char *)"lan", .since_us = 1000000, .next_us = 61000000},
      {DS_WHY_TROUBLE, .detail = (char *)"100 % bad", .since_us = 1000000, .next_us = 61000000},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
    g_auto(DsWhy) back = {0};
    save(self, &all[i]);
    ds_why_load(self->home, &back);
    g_assert_true(ds_why_equal(&all[i], &back));
    g_assert_cmpint(back.since_us, ==, 1000000);
    g_autofree char *sentence = ds_why_sentence(&back);
    g_assert_cmpuint(strlen(sentence), >, 10);
    if (all[i].detail != NULL)
      g_assert_nonnull(strstr(sentence, all[i].detail));
    if (all[i].state == DS_WHY_WAITING)
      g_assert_nonnull(strstr(sentence, "食堂"));
  }
}

/* A courier that was killed leaves its last words; they are not the present. */
static void
test_died(Fixture *self, gconstpointer data)
{
  const DsWhy why = {DS_WHY_WORKING, .since_us = 1000000};
  g_auto(DsWhy) back = {0};

  save(self, &why);
  close(self->claim);
  self->claim = -1;
  ds_why_load(self->home, &back);
  g_assert_cmpint(back.state, ==, DS_WHY_ABSENT);
  g_autofree char *sentence = ds_why_sentence(&back);
  g_assert_nonnull(strstr(sentence, "no courier is running"));
}

static void
test_claim(Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *pid = g_strdup_printf("process %d", (int)getpid());

  g_assert_cmpint(ds_why_claim(self->home, &error), ==, -1);
  g_assert_error(error, DS_ERROR, DS_ERROR_BUSY);
  g_assert_nonnull(strstr(error->message, pid));
  /* whoever only asks takes nothing away */
  for (guint i = 0; i < 3; i++) {
    g_auto(DsWhy) why = {0};
    ds_why_load(self->home, &why);
  }
  close(self->claim);
  g_clear_error(&error);
  self->claim = ds_why_claim(self->home, &error);
  g_assert_no_error(error);
}

/* The file is another account's: nothing in it is believed beyond its words. */
static void
test_nonsense(Fixture *self, gconstpointer data)
{
  static const char *const bad[] = {"",
                                    "[]",
                                    "{",
                                    "7",
                                    "{}",
                                    "{\"state\": \"flying\"}",
                                    "{\"state\": 7}",
                                    "{\"state\": \"absent\"}",
                                    "{\"state\": \"waiting\"}",
                                    "{\"state\": \"waiting\", \"reason\": \"flood\"}"};

  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(GError) error = NULL;
    g_auto(DsWhy) why = {0};
    g_assert_true(ds_files_replace(self->depot, "why", bad[i], strlen(bad[i]), &error));
    ds_why_load(self->home, &why);
    g_assert_cmpint(why.state, ==, DS_WHY_HIDDEN);
  }
  g_auto(DsWhy) odd = {0};
  const char *text = "{\"state\": \"trouble\", \"detail\": 7, \"since\": \"x\", \"next\": \"-1\"}";
  g_assert_true(ds_files_replace(self->depot, "why", text, strlen(text), NULL));
  ds_why_load(self->home, &odd);
  g_assert_cmpint(odd.state, ==, DS_WHY_TROUBLE);
  g_assert_cmpint(odd.next_us, ==, 0);
  g_autofree char *sentence = ds_why_sentence(&odd);
  g_assert_nonnull(strstr(sentence, "?"));
}

static guint
mode_of(Fixture *self, const char *name)
{
  g_autofree char *path = g_build_filename(self->depot, name, NULL);
  struct stat st;

  g_assert_cmpint(stat(path, &st), ==, 0);
  return st.st_mode & 0777;
}

/* The officer reads what the courier's account wrote, where the home is shared, and only there. */
static void
test_shared(Fixture *self, gconstpointer data)
{
  const DsWhy why = {DS_WHY_WORKING, .since_us = 1000000};
  g_autoptr(GError) error = NULL;

  save(self, &why);
  g_assert_cmpuint(mode_of(self, "why"), ==, 0600);
  g_assert_cmpuint(mode_of(self, "running"), ==, 0600);
  g_assert_cmpint(chmod(self->depot, 02770), ==, 0);
  close(self->claim);
  self->claim = ds_why_claim(self->home, &error);
  g_assert_no_error(error);
  save(self, &why);
  g_assert_cmpuint(mode_of(self, "why"), ==, 0640);
  g_assert_cmpuint(mode_of(self, "running"), ==, 0660);
}

static void
test_link(Fixture *self, gconstpointer data)
{
  g_autofree char *why_path = g_build_filename(self->depot, "why", NULL);
  g_auto(DsWhy) why = {0};

  g_assert_cmpint(symlink("/etc/passwd", why_path), ==, 0);
  ds_why_load(self->home, &why);
  g_assert_cmpint(why.state, ==, DS_WHY_HIDDEN);
  const DsWhy resting = {DS_WHY_RESTING, .since_us = 1000000};
  save(self, &resting);
  g_assert_false(g_file_test(why_path, G_FILE_TEST_IS_SYMLINK));
}

#define ADD(name, function) \
  g_test_add("/courier/why/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("round-trip", test_round_trip);
  ADD("died", test_died);
  ADD("claim", test_claim);
  ADD("nonsense", test_nonsense);
  ADD("shared", test_shared);
  ADD("link", test_link);
  return g_test_run();
}
