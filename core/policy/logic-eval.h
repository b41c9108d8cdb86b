/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The evaluator's inside: values that may be UNKNOWN, the running evaluation, the operators.
 * Private to policy/logic*.c. */
#pragma once

#include <json-glib/json-glib.h>

#include "policy/facts.h"

G_BEGIN_DECLS

/* Known: @node. UNKNOWN: @names (a set of char*). Error: neither, and eval->error is set. */
typedef struct {
  JsonNode *node;
  GHashTable *names;
} DsValue;

typedef struct {
  DsFacts *facts; /* NULL in plain mode */
  guint steps;    /* spent so far */
  guint depth;
  GHashTable *missing; /* names that `missing` found UNKNOWN */
  GError *error;
} DsEval;

/* Where an expression stands. */
typedef struct {
  JsonNode *data; /* what `var` reads, unless @top and there are facts */
  gboolean top;   /* not inside map, filter … */
  gboolean truth; /* only the value's truth matters: there and, or may decide with operands open */
} DsScope;

/* The same place, where the value or only its truth matters. */
DsScope ds_scope_for_value(const DsScope *self);
DsScope ds_scope_for_truth(const DsScope *self);

DsValue ds_value_known(JsonNode *node); /* takes it; NULL is the error value */
DsValue ds_value_error(void);
DsValue ds_value_unknown(void);
DsValue ds_value_copy(const DsValue *self);
void ds_value_clear(DsValue *self);
gboolean ds_value_is_error(const DsValue *self);
/* Adds @other's names to @self, which becomes UNKNOWN. */
void ds_value_add_unknown(DsValue *self, const DsValue *other);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DsValue, ds_value_clear)

DsValue ds_eval_rule(DsEval *eval, JsonNode *rule, const DsScope *scope);
/* Counts @cost steps; FALSE and eval->error when the rule has become too expensive. */
gboolean ds_eval_charge(DsEval *eval, guint cost);
/* FALSE and eval->error when a list that the rule built is too deep or too big. Shared elements
 * count each time: a few steps of [x, x] would otherwise grow without end. */
gboolean ds_eval_bounded(DsEval *eval, JsonNode *node);
void ds_eval_fail(DsEval *eval, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* The value behind @name: UNKNOWN, null when there is none. */
DsValue ds_eval_variable(DsEval *eval, const char *name, const DsScope *scope);

/* An operator on evaluated operands (transfer none); NULL with eval->error set on failure. */
typedef JsonNode *(*DsStrictOp)(DsEval *eval, JsonNode **args, guint count);
/* An operator that evaluates its own operands. */
typedef DsValue (*DsLazyOp)(DsEval *eval, JsonArray *args, const DsScope *scope);

DsStrictOp ds_logic_strict_op(const char *name);
DsLazyOp ds_logic_lazy_op(const char *name);
DsLazyOp ds_logic_list_op(const char *name);

/* The operator's name when @rule is an operation (an object with one member), else NULL. */
const char *ds_logic_operator(JsonNode *rule);
/* The operands as a list: the member itself, or a list of it alone. (transfer full) */
JsonArray *ds_logic_operands(JsonNode *rule);

G_END_DECLS
