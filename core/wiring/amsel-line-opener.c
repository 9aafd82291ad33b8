/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens the transport of a line, and opens it again after pauses that grow. */
#include "amsel-line-opener.h"

struct _AmselLineOpener
{
  AmselLineOpened opened;
  gpointer user_data;

  AmselTransport *transport; /* (owned) (nullable): while it waits */
  GCancellable *attempt;     /* (owned) (nullable): the one that is going on */
  GSource *pause;            /* (owned) (nullable): before the next one */
  gint64 pause_us;
};

/* What an attempt needs to know when it ends. */
typedef struct
{
  AmselLineOpener *opener;   /* (owned) */
  GCancellable *cancellable; /* (owned) */
} Attempt;

AmselLineOpener *
amsel_line_opener_new (AmselLineOpened opened, gpointer user_data)
{
  AmselLineOpener *self = g_rc_box_new0 (AmselLineOpener);

  self->opened = opened;
  self->user_data = user_data;
  return self;
}

/* An attempt that is going on keeps its memory until it has ended. */
void
amsel_line_opener_free (AmselLineOpener *self)
{
  amsel_line_opener_stop (self);
  g_rc_box_release (self);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Attempt *attempt = user_data;
  AmselLineOpener *self = attempt->opener;
  g_autoptr (GError) error = NULL;
  gboolean is_open = amsel_transport_open_finish (AMSEL_TRANSPORT (source), result, &error);

  /* otherwise it was given up, and perhaps another one is going on */
  if (self->attempt == attempt->cancellable)
    {
      g_clear_object (&self->attempt);
      if (is_open)
        self->pause_us = 0;
      self->opened (error, self->user_data);
    }
  g_object_unref (attempt->cancellable);
  g_free (attempt);
  g_rc_box_release (self);
}

void
amsel_line_opener_begin (AmselLineOpener *self, AmselTransport *transport)
{
  Attempt *attempt = g_new0 (Attempt, 1);

  self->attempt = g_cancellable_new ();
  attempt->opener = g_rc_box_acquire (self);
  attempt->cancellable = g_object_ref (self->attempt);
  amsel_transport_open_async (transport, self->attempt, on_opened, attempt);
}

static gboolean
on_pause_over (gpointer user_data)
{
  AmselLineOpener *self = user_data;
  g_autoptr (AmselTransport) transport = g_steal_pointer (&self->transport);

  amsel_clock_clear_alarm (&self->pause);
  amsel_line_opener_begin (self, transport);
  return G_SOURCE_REMOVE;
}

void
amsel_line_opener_retry (AmselLineOpener *self, AmselTransport *transport, gint64 min_us, gint64 max_us)
{
  AmselClock *clock = amsel_transport_get_clock (transport);

  amsel_clock_clear_alarm (&self->pause);
  self->pause_us = CLAMP (self->pause_us * 2, min_us, max_us);
  g_set_object (&self->transport, transport);
  self->pause = amsel_clock_add_alarm (clock, amsel_clock_get_monotonic_us (clock) + self->pause_us,
                                       on_pause_over, self);
}

void
amsel_line_opener_stop (AmselLineOpener *self)
{
  amsel_clock_clear_alarm (&self->pause);
  g_clear_object (&self->transport);
  if (self->attempt != NULL)
    g_cancellable_cancel (self->attempt);
  g_clear_object (&self->attempt);
}
