/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of fields in the words the forms use. */
#pragma once

#include "plugin/doorstep-plugin.h"

/* The word for the value of a choice, the value itself when it has none, "" when there is neither
 * a field nor a fact of that name. Static or owned by @view. */
const char *words_of(const DsView *view, const char *field);

/* FALSE and DS_ERROR_INVALID when the view does not say who the applicant is: not entered yet, or
 * erased since. No paper is about nobody. */
gboolean words_check_name(const DsView *view, GError **error);

/* A field as it stands, or "". */
const char *words_field(const DsView *view, const char *field);
/* A fact as it stands, or "". */
const char *words_fact(const DsView *view, const char *fact);

/* "2026年9月1日", or "" when @date is none. (transfer full) */
char *words_date(const char *date);
/* The day at UTC+8 of an RFC 3339 time, in the same form. (transfer full) */
char *words_day_of(const char *time);
/* "2026年9月1日 14:30" at UTC+8 of an RFC 3339 time, or "". (transfer full) */
char *words_time(const char *time);

/* The rule behind something: 《document》clause“phrase” of the facts @prefix.document, .clause and
 * .phrase; "" when there is none. (transfer full) */
char *words_rule(const DsView *view, const char *prefix);

/* What is applied for: "丢失补领居民身份证　（■普通　□加快）"; a first application knows no
 * urgency. (transfer full) */
char *words_asked(const DsView *view);

/* The state of a case, a service, a reason (a short word), in Chinese; the word itself when it is
 * not known. Static, or what was given. */
const char *words_state(const char *state);
const char *words_service(const char *service);
const char *words_short_reason(const char *reason);
/* All states there are, in the order of a case's life, NULL-terminated. */
const char *const *words_states(void);

/* The number with x as X; masked: its middle eight characters as asterisks. (transfer full) */
char *words_number(const char *number);
char *words_masked(const char *number);

/* "■本人领取　□亲属代领　□邮政寄递": the choices of delivery.mode that the rules offer (fact
 * delivery.modes), the chosen one marked.
 * (transfer full) */
char *words_delivery(const DsView *view);

/* "1、右手拇指　2、左手拇指": registered fingers in order. (transfer full) */
char *words_registered(const DsView *view);
/* "■注册失败（右手拇指）　■未注册（左手拇指：左手缺失）". (transfer full) */
char *words_unregistered(const DsView *view);

/* What a finding's subject is called on paper, or NULL for subjects that the finding's own text
 * names. Static. */
const char *words_subject(const char *subject);

/* Documents sighted or filed, joined by "、". (transfer full) */
char *words_documents(const DsView *view);
