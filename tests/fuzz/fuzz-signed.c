/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Directory, enrolment, statement and handover; their payloads are decoded before a signature is checked. */
#include "fuzz.h"

#include "bundle/enrol.h"
#include "bundle/handover.h"
#include "bundle/statement.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);
  g_autoptr(GError) one = NULL, two = NULL, three = NULL, four = NULL, five = NULL;
  g_autoptr(DsDirectory) directory = ds_directory_verify(bytes, NULL, 0, 0, &one);
  g_autoptr(DsEnrolment) enrolment = ds_enrolment_verify(bytes, &two);
  g_autofree char *fingerprint = ds_enrol_fingerprint(bytes, &three);
  g_autoptr(DsStatement) statement = ds_statement_parse(bytes, &four);
  g_autoptr(DsHandover) handover = ds_handover_parse(bytes, &five);

  FUZZ_REQUIRE_ONE(directory, one);
  FUZZ_REQUIRE_ONE(enrolment, two);
  FUZZ_REQUIRE_ONE(fingerprint, three);
  FUZZ_REQUIRE((enrolment == NULL) == (fingerprint == NULL));
  FUZZ_REQUIRE_ONE(statement, four);
  FUZZ_REQUIRE_ONE(handover, five);
  return 0;
}
