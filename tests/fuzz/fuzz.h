/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One fuzz target a file. What a target finds wrong it reports by aborting (FUZZ_REQUIRE). */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_REQUIRE(condition)                                  \
  do {                                                           \
    if (!(condition)) {                                          \
      g_printerr("%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      abort();                                                   \
    }                                                            \
  } while (0)

/* A decoder either gives a value or an error that says something, never both, never neither. */
#define FUZZ_REQUIRE_ONE(value, error)                   \
  FUZZ_REQUIRE(((value) != NULL) == ((error) == NULL) && \
               ((error) == NULL ||                       \
                ((error)->message[0] != '\0' && g_utf8_validate((error)->message, -1, NULL))))
