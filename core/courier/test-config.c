/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "courier/config.h"

#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "courier/carrier.h"

#define HOST_KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEZ0aGlzIGlzIG5vdCBhIHJlYWwga2V5IGF0IGFsbCEh"

static char *
new_home(void)
{
  g_autoptr(GError) error = NULL;
  char *home = g_dir_make_tmp("doorstep-config-XXXXXX", &error);

  g_assert_no_error(error);
  return home;
}

static void
free_home(char *home)
{
  g_assert_true(ds_files_remove_tree(home, NULL));
  g_free(home);
}

static void
test_round_trip(void)
{
  g_autoptr(GError) error = NULL;
  char *home = new_home();
  g_autoptr(DsCourierConfig) config = ds_courier_config_new(home);

  config->carrier = g_strdup("ssh");
  config->unit = g_strdup("unit-7");
  config->host = g_strdup("station.example");
  config->port = 2222;
  g_assert_true(ds_courier_config_save(config, &error));
  g_assert_no_error(error);
  g_autoptr(DsCourierConfig) back = ds_courier_config_load(home, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(back->host, ==, "station.example");
  g_assert_cmpuint(back->port, ==, 2222);
  g_assert_cmpstr(back->user, ==, "doorstep");
  g_assert_cmpstr(back->identity, ==, config->identity);
  g_assert_true(g_str_has_suffix(back->known_hosts, "/depot/known_hosts"));
  g_autoptr(DsCarrier) carrier = ds_carrier_new(back, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(carrier->class->name, ==, "ssh");
  free_home(home);
}

typedef struct {
  const char *json, *words;
} Bad;

#define REACH(value) \
  "{\"unit\": \"u\", \"carrier\": \"ssh\", \"host\": \"h\", \"reach\": " value "}"

static void
test_reach(void)
{
  g_autoptr(GError) error = NULL;
  char *home = new_home();
  g_autofree char *path = g_build_filename(home, "courier.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr(DsCourierConfig) config = ds_courier_config_new(home);

  config->carrier = g_strdup("path");
  config->unit = g_strdup("unit-7");
  config->path = g_strdup("/srv/unit-7.git");
  g_assert_true(ds_courier_config_save(config, &error));
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_assert_null(strstr(text, "reach"));
  g_ptr_array_add(config->reach->connections, g_strdup("食堂 \"LAN\""));
  g_ptr_array_add(config->reach->subnets, g_strdup("10.20.0.0/16"));
  g_assert_true(ds_courier_config_save(config, &error));
  g_autoptr(DsCourierConfig) back = ds_courier_config_load(home, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(back->reach->connections->len, ==, 1);
  g_assert_cmpstr(back->reach->connections->pdata[0], ==, "食堂 \"LAN\"");
  g_assert_cmpuint(back->reach->gateways->len, ==, 0);
  g_assert_cmpstr(back->reach->subnets->pdata[0], ==, "10.20.0.0/16");
  g_assert_false(back->reach->send_metered);
  g_ptr_array_add(config->reach->gateways, g_strdup("nowhere"));
  g_assert_false(ds_courier_config_save(config, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  free_home(home);
}

static void
test_bad(void)
{
  static const Bad table[] = {
      {"", "no JSON object"},
      {"[]", "no JSON object"},
      {"{", "no JSON object"},
      {"{}", "\"unit\""},
      {"{\"unit\": \"u\"}", "\"carrier\""},
      {"{\"unit\": \"u\", \"carrier\": \"pigeon\"}", "\"carrier\""},
      {"{\"unit\": \"../u\", \"carrier\": \"path\", \"path\": \"/x\"}", "\"unit\""},
      {"{\"unit\": \"u\", \"carrier\": \"path\"}", "\"path\""},
      {"{\"unit\": \"u\", \"carrier\": \"path\", \"path\": 7}", "\"path\" must be a text"},
      {"{\"unit\": \"u\", \"carrier\": \"ssh\"}", "\"host\""},
      {"{\"unit\": \"u\", \"carrier\": \"ssh\", \"host\": \"-oProxyCommand=id\"}", "\"host\""},
      {"{\"unit\": \"u\", \"carrier\": \"ssh\", \"host\": \"a b\"}", "\"host\""},
      {"{\"unit\": \"u\", \"carrier\": \"ssh\", \"host\": \"h\", \"user\": \"-l\"}", "\"user\""},
      {"{\"unit\": \"u\", \"carrier\": \"ssh\", \"host\": \"h\", \"port\": 0}", "\"port\""},
      {"{\"unit\": \"u\", \"carrier\": \"ssh\", \"host\": \"h\", \"port\": 65536}", "\"port\""},
      {"{\"unit\": \"u\", \"carrier\": \"ssh\", \"host\": \"h\", \"port\": \"22\"}", "\"port\""},
      {"{\"unit\": \"u\", \"carrier\": \"ssh\", \"host\": \"h\", \"proxy\": \"x\"}", "\"proxy\""},
      {REACH("7"), "\"reach\" must be an object"},
      {REACH("{\"wifi\": []}"), "\"wifi\" is not known here"},
      {REACH("{\"connections\": \"lan\"}"), "\"connections\" must be a list of texts"},
      {REACH("{\"gateway\": [7]}"), "\"gateway\" must be a list of texts"},
      {REACH("{\"gateway\": [\"a.example\"]}"), "\"a.example\" is no gateway address"},
      {REACH("{\"addresses\": [\"10.0.0.0/40\"]}"), "\"10.0.0.0/40\" is no subnet"},
      {REACH("{\"metered\": true}"), "\"metered\" must be"},
      {REACH("{\"metered\": \"perhaps\"}"), "\"metered\" must be"},
  };
  char *home = new_home();
  g_autoptr(GError) missing = NULL;

  g_assert_null(ds_courier_config_load(home, &missing));
  g_assert_error(missing, DS_ERROR, DS_ERROR_NOT_FOUND);
  g_assert_nonnull(strstr(missing->message, "enrol it first"));
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_true(
        ds_files_replace(home, "courier.json", table[i].json, strlen(table[i].json), &error));
    g_assert_null(ds_courier_config_load(home, &error));
    g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, table[i].words));
    g_assert_nonnull(strstr(error->message, "courier.json"));
  }
  free_home(home);
}

static void
test_identity(void)
{
  g_autoptr(GError) error = NULL;
  char *home = new_home();
  g_autofree char *program = g_find_program_in_path("ssh-keygen");

  if (program == NULL) {
    g_test_skip("ssh-keygen is not installed");
    free_home(home);
    return;
  }
  g_autofree char *first = ds_courier_make_identity(home, "unit-7", &error);
  g_assert_no_error(error);
  g_autofree char *again = ds_courier_make_identity(home, "unit-7", &error);
  g_assert_no_error(error);
  g_assert_true(g_str_has_prefix(first, "ssh-ed25519 AAAA"));
  g_assert_true(g_str_has_suffix(first, " unit-7"));
  g_assert_cmpstr(first, ==, again);
  g_assert_null(ds_courier_make_identity(home, "-f /etc/x", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  free_home(home);
}

static void
test_pin(void)
{
  g_autoptr(GError) error = NULL;
  char *home = new_home();
  g_autoptr(DsCourierConfig) config = ds_courier_config_new(home);
  g_autofree char *line = NULL, *standard = NULL;

  config->host = g_strdup("10.0.0.1");
  config->port = 2022;
  g_assert_true(ds_courier_pin_host(config, HOST_KEY " root@station\n", &error));
  g_assert_true(g_file_get_contents(config->known_hosts, &line, NULL, NULL));
  g_assert_cmpstr(line, ==, "[10.0.0.1]:2022 " HOST_KEY "\n");
  config->port = 22;
  g_assert_true(ds_courier_pin_host(config, HOST_KEY, &error));
  g_assert_true(g_file_get_contents(config->known_hosts, &standard, NULL, NULL));
  g_assert_cmpstr(standard, ==, "10.0.0.1 " HOST_KEY "\n");
  g_assert_false(ds_courier_pin_host(config, HOST_KEY "\n* " HOST_KEY, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_false(ds_courier_pin_host(config, "ssh-rsa AAAA", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  free_home(home);
}

static void
test_ssh_arguments(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsCourierConfig) config = ds_courier_config_new("/tmp/home");

  config->unit = g_strdup("unit-7");
  config->host = g_strdup("-oProxyCommand=id");
  g_assert_null(ds_carrier_ssh_new(config, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_clear_error(&error);
  g_free(config->host);
  config->host = g_strdup("station.example");
  g_free(config->identity);
  config->identity = g_strdup("/srv/a\"b/id");
  g_assert_null(ds_carrier_ssh_new(config, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "/srv/a\"b/id"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/courier/config/round-trip", test_round_trip);
  g_test_add_func("/courier/config/reach", test_reach);
  g_test_add_func("/courier/config/bad", test_bad);
  g_test_add_func("/courier/config/identity", test_identity);
  g_test_add_func("/courier/config/pin", test_pin);
  g_test_add_func("/courier/config/ssh-arguments", test_ssh_arguments);
  return g_test_run();
}
