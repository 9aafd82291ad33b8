/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Meters of the table that nothing can read: their port has no line, or no plugin speaks their protocol yet.
 * Each slot gets a record with number 3 of the AMS table all the same, so that a reader of the memory sees
 * why there is no value.
 *
 * The wall clock is looked at every few seconds instead of trusting one long wait, since it can be set. */
#include "at-record.h"
#include "at-terminal.h"

#define LOOK_AGAIN_US (5 * G_USEC_PER_SEC)

void
at_refused_free (AtRefused *self)
{
  g_free (self->name);
  g_object_unref (self->schedule);
  g_free (self);
}

static const gchar *
get_kind (const gchar *protocol)
{
  return g_str_equal (protocol, "IEC62056-21") ? "iec62056-21"
         : g_str_equal (protocol, "AIN_DIN")   ? "ain-din"
                                               : "mbus";
}

static void
record (AtTerminal *self, const AtRefused *refused, gint64 now_us)
{
  g_autofree gchar *message = g_strdup_printf ("protocol %s cannot be used on this port", refused->protocol);
  AmselReadoutInfo info = {
    .pipeline = amsel_service_get_name (self->service),
    .line = self->settings.serial,
    .meter = refused->name,
    .protocol = get_kind (refused->protocol),
    .slot_us = refused->next_us,
    .end_us = now_us,
    .quality = AMSEL_QUALITY_NO_READING,
    .error_domain = "ams",
    .error_code = AT_AMS_WRONG_PORT,
    .error_message = message,
  };
  g_autoptr (AmselReadout) readout = amsel_readout_new (&info, NULL, 0, 0);

  amsel_service_emit_readout (self->service, readout);
}

static void look (AtTerminal *self);

static gboolean
on_alarm (gpointer user_data)
{
  look (user_data);
  return G_SOURCE_REMOVE;
}

static void
look (AtTerminal *self)
{
  gint64 now_us = amsel_clock_get_real_us (self->clock);
  gint64 wait_us = LOOK_AGAIN_US;

  amsel_clock_clear_alarm (&self->refuse_alarm);
  for (guint i = 0; i < self->refused->len; i++)
    {
      AtRefused *refused = g_ptr_array_index (self->refused, i);
      gint64 next_us = amsel_schedule_next_us (refused->schedule, now_us);

      if (now_us >= refused->next_us)
        record (self, refused, now_us);
      refused->next_us = next_us;
      wait_us = CLAMP (next_us - now_us, 1, wait_us);
    }
  if (self->refused->len > 0)
    self->refuse_alarm = amsel_clock_add_alarm (
        self->clock, amsel_clock_get_monotonic_us (self->clock) + wait_us, on_alarm, self);
}

static AtRefused *
refused_new (const AtMeter *meter, guint index, gint64 now_us)
{
  AtRefused *self = g_new0 (AtRefused, 1);

  self->name = g_strdup_printf ("%u>%s", index, meter->address);
  self->protocol = at_protocol_parse (meter->protocol);
  self->schedule = g_object_new (AMSEL_TYPE_SCHEDULE, "every", at_interval_get_us (meter->interval), NULL);
  self->next_us = amsel_schedule_next_us (self->schedule, now_us);
  return self;
}

void
at_refused_update (AtTerminal *self)
{
  gint64 now_us = amsel_clock_get_real_us (self->clock);

  g_ptr_array_set_size (self->refused, 0);
  for (guint i = 0; self->state->enabled && i < self->state->meters->len; i++)
    {
      const AtMeter *meter = g_ptr_array_index (self->state->meters, i);

      if (at_terminal_find_pipeline (self, meter->port, meter->protocol) == NULL)
        g_ptr_array_add (self->refused, refused_new (meter, i + 1, now_us));
    }
  look (self);
}

void
at_refused_stop (AtTerminal *self)
{
  amsel_clock_clear_alarm (&self->refuse_alarm);
}
