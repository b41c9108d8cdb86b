/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JsonLogic (jsonlogic.com) with UNKNOWN as a value of its own.
 *
 * Plain mode (@facts NULL): `var` reads @data; results are those of the reference implementation,
 * JavaScript coercions included. Facts mode: `var` asks @facts by whole dotted name, and a fact
 * that nobody can know here is UNKNOWN:
 *   and, or, !      Kleene: a known decisive operand decides, else UNKNOWN. Where the value itself
 *                   is used (an operand of ==, +, in …), the operand that comes first must be known
 *   if              UNKNOWN condition: what all branches agree on, else UNKNOWN
 *   all, none, some Kleene over the elements
 *   missing, missing_some  an UNKNOWN fact counts as missing
 *   everything else UNKNOWN as soon as one operand is
 * What comes out known stays true whatever the open facts turn out to be (missing and missing_some
 * apart).
 * Departures from the reference: `substr` counts characters, not UTF-16 units; `log` only returns
 * its operand (rules see personal data); a rule may cost at most DS_LOGIC_MAX_STEPS steps. */
#pragma once

#include <json-glib/json-glib.h>

#include "policy/facts.h"

G_BEGIN_DECLS

#define DS_LOGIC_MAX_DEPTH 64     /* nesting of a rule */
#define DS_LOGIC_MAX_STEPS 100000 /* evaluated nodes */
#define DS_LOGIC_MAX_TEXT 65536   /* bytes of a text it builds */
#define DS_LOGIC_MAX_ITEMS 10000  /* elements of a list it builds */

typedef enum {
  DS_TRUTH_FALSE = 0,
  DS_TRUTH_TRUE = 1,
  DS_TRUTH_UNKNOWN = 2,
} DsTruth;

/* "false", "true", "unknown". Static. */
const char *ds_truth_word(DsTruth truth);

typedef struct {
  JsonNode *value;    /* NULL means UNKNOWN; JSON has no Infinity and no NaN: they are null here */
  DsTruth truth;      /* of the value before that: Infinity is true */
  GPtrArray *unknown; /* of char*, sorted: the facts an UNKNOWN rests on; empty when known */
  GPtrArray *missing; /* of char*, sorted: UNKNOWN facts that missing and missing_some reported */
} DsLogicResult;

void ds_logic_result_free(DsLogicResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsLogicResult, ds_logic_result_free)

/* Applies @rule. @data may be NULL (null). DS_ERROR_INVALID for an unknown operator or a wrong
 * operand where the reference throws; DS_ERROR_TOO_LARGE over a cap. (transfer full) */
DsLogicResult *ds_logic_apply(JsonNode *rule, JsonNode *data, DsFacts *facts, GError **error);

/* The truth of @rule over @facts (JsonLogic truth: empty list, "", 0, null are false). @rule NULL
 * is TRUE. @unknown, if not NULL, receives the names of an UNKNOWN (transfer full), else NULL.
 * Returns FALSE with @error set when the rule is broken. */
gboolean ds_logic_test(JsonNode *rule, DsFacts *facts, DsTruth *truth, GPtrArray **unknown,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Checks without evaluating: depth and that every operator exists; adds the literal names of all
 * `var`, `missing` and `missing_some` outside map, filter … to @names (a set of char*, may be
 * NULL). The message starts with @path. */
gboolean ds_logic_check(JsonNode *rule, const char *path, GHashTable *names,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
