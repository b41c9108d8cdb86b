/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of this program share: its options and verbs. */
#pragma once

#include <gio/gio.h>

#include "cli/common/progress.h"
#include "courier/exchange.h"
#include "courier/why.h"

#define PROGRAM "doorstep-courier"

typedef struct {
  char *home;
  gboolean json, quiet, version, metered;
  int every; /* seconds between contacts, 0: not said */
  gboolean all;
  int part_size; /* MiB, 0: the usual one */
  GCancellable *cancellable;
} DsCourierOptions;

/* One contact, now, over whatever network there is. Each returns an exit code. */
int ds_verb_sync(const DsCourierOptions *options);
/* Stays, waits for the network and makes contacts until stopped. */
int ds_verb_run(const DsCourierOptions *options);
/* Home what @folder, a drive, brings; onto it what waits. */
int ds_verb_drive(const DsCourierOptions *options, const char *folder);
int ds_verb_status(const DsCourierOptions *options);
/* Makes this account's ssh key, once, and prints the public half. */
int ds_verb_identity(const DsCourierOptions *options);

/* What happened in a contact, for people or programs as @options say. */
void ds_print_result(const DsCourierOptions *options, const DsExchangeResult *result);
/* @progress is a DsCliProgress. */
void ds_print_progress(const DsExchangeProgress *done, gpointer progress);
