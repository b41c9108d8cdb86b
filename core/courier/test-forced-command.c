/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What sshd starts for the test's key: the station's forced command, without a station. */
#include <stdio.h>

#include "depot/serve.h"

int
main(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) plan = NULL;

  if (argc != 3 && argc != 5)
    return 64;
  plan = ds_serve_plan(g_getenv("SSH_ORIGINAL_COMMAND"), argv[1], argv[2], &error);
  /* the room that is left, and what to say about it */
  if (plan != NULL && argc == 5) {
    fprintf(stderr, "%s\n", argv[4]);
    plan = ds_serve_cap(plan, g_ascii_strtoull(argv[3], NULL, 10));
  }
  if (plan != NULL)
    ds_serve_exec(plan, &error);
  fprintf(stderr, "%s\n", error->message);
  return 77;
}
