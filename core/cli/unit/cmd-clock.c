/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* unit clock: what is known of the laptop's clock */
#include "base/clock.h"
#include "cli/unit/clock-print.h"

static gboolean opt_confirm;

static void
jumps_json(JsonBuilder *builder, const GArray *jumps)
{
  json_builder_set_member_name(builder, "jumps");
  json_builder_begin_array(builder);
  for (guint i = 0; i < jumps->len; i++) {
    const DsClockJump *jump = &g_array_index(jumps, DsClockJump, i);
    g_autofree char *from = ds_clock_format(jump->from_us);
    g_autofree char *to = ds_clock_format(jump->to_us);
    json_builder_begin_object(builder);
    ds_face_member(builder, "from", from);
    ds_face_member(builder, "to", to);
    json_builder_set_member_name(builder, "seconds");
    json_builder_add_int_value(builder, (jump->to_us - jump->from_us) / G_USEC_PER_SEC);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static void
jumps_text(const GArray *jumps)
{
  for (guint i = 0; i < jumps->len; i++) {
    const DsClockJump *jump = &g_array_index(jumps, DsClockJump, i);
    g_autofree char *from = ds_clock_print_time(jump->from_us);
    g_autofree char *to = ds_clock_print_time(jump->to_us);
    g_autofree char *span = ds_clock_print_span(ABS(jump->to_us - jump->from_us));
    g_print(jump->to_us < jump->from_us ? _("  set back by %s: %s, not %s\n")
                                        : _("  set forward by %s: %s, not %s\n"),
            span, to, from);
  }
}

static gboolean
run_clock(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  DsWatch watch;

  if (unit == NULL || (opt_confirm && !ds_unit_confirm_clock(unit, error)) ||
      !ds_unit_read_watch(unit, &watch, error))
    return FALSE;
  g_autoptr(GArray) jumps = ds_unit_clock_jumps(unit, 0, error);
  if (jumps == NULL)
    return FALSE;
  if (face->json) {
    JsonBuilder *builder = json_builder_new();
    json_builder_begin_object(builder);
    ds_clock_print_json(builder, &watch);
    jumps_json(builder, jumps);
    json_builder_end_object(builder);
    ds_face_print(builder);
    return TRUE;
  }
  g_autofree char *warning = ds_clock_print_warning(&watch);
  g_print("%s\n", warning != NULL ? warning : _("the clock is not behind any time seen"));
  jumps_text(jumps);
  return TRUE;
}

static const GOptionEntry clock_options[] = {
    {"confirm", 0, 0, G_OPTION_ARG_NONE, &opt_confirm,
     N_("the clock was compared with another one and is right now"), NULL},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

const DsCommand ds_commands_clock[] = {
    {"unit", "clock", "[--confirm]", N_("the computer's clock and when it was set"),
     "doorstep unit clock --confirm", 0, 0, clock_options, run_clock},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
