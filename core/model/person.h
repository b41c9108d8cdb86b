/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings about a person's number, name and address, the same whoever the person is: the steps
 * for applicant, guardian, residence and delivery share them. Codes are the field's name and a
 * word ("applicant.number.checksum"); texts are translated (domain "doorstep"). Part of the plugin
 * interface. */
#pragma once

#include "model/finding.h"
#include "model/number.h"

G_BEGIN_DECLS

/* One finding for each bad refusing aspect of @number: .legacy for 15 digits, .length,
 * .characters, .checksum, .date, .future (all INVALID); warnings .century and .prefix (a class
 * that nobody was given). The classes themselves are the caller's to judge. */
void ds_person_check_number(DsFindings *findings, const char *field, const DsNumber *number);

/* .dot, .private-use, .characters and .over-chip (more than 15 characters) warn; .too-long (more
 * than 50) is INVALID. */
void ds_person_check_name(DsFindings *findings, const char *field, const char *name);

/* .province: INVALID unless @address begins with a province's name or abbreviation, as @clause of
 * the registration form's notes asks ("四" or "五"; R123, R125). */
void ds_person_check_address(DsFindings *findings, const char *field, const char *address,
                             const char *clause);

G_END_DECLS
