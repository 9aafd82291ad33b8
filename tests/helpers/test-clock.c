/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A clock that stands still until a test moves it. Alarms are kept in order of time; those of one moment are
 * called in the order they were added. Between alarms all other sources of the main context are run until
 * none is ready. */
#include "test-clock.h"

#define BEGIN_US (1000 * G_USEC_PER_SEC)

struct _TestClock
{
  GObject parent_instance;

  gint64 monotonic_us;
  gint64 real_offset_us;
  GSequence *alarms; /* (owned) (element-type Alarm) */
  guint64 n_added;
};

typedef struct
{
  GSource source;
  TestClock *clock;     /* (unowned) */
  GSequenceIter *place; /* (unowned) (nullable): in the clock's list while it waits */
  gint64 at_us;
  guint64 number;
  GSourceFunc callback;
  gpointer user_data;
} Alarm;

static void test_clock_iface_init (AmselClockInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestClock, test_clock, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AMSEL_TYPE_CLOCK, test_clock_iface_init))

static gint64
test_clock_get_real_us (AmselClock *clock)
{
  TestClock *self = TEST_CLOCK (clock);

  return self->monotonic_us + self->real_offset_us;
}

static gint64
test_clock_get_monotonic_us (AmselClock *clock)
{
  return TEST_CLOCK (clock)->monotonic_us;
}

static gint
compare_alarms (gconstpointer a, gconstpointer b, gpointer user_data G_GNUC_UNUSED)
{
  const Alarm *x = a;
  const Alarm *y = b;

  if (x->at_us != y->at_us)
    return x->at_us < y->at_us ? -1 : 1;
  return x->number < y->number ? -1 : x->number > y->number;
}

static void
alarm_finalize (GSource *source)
{
  Alarm *alarm = (Alarm *) source;

  if (alarm->place != NULL)
    g_sequence_remove (alarm->place);
  alarm->place = NULL;
}

/* a destroyed alarm must leave the list at once, though somebody still holds it */
static void
alarm_closure_unref (gpointer data)
{
  Alarm *alarm = data;

  if (alarm->place != NULL)
    g_sequence_remove (alarm->place);
  alarm->place = NULL;
}

static void
alarm_closure_ref (gpointer data G_GNUC_UNUSED)
{
}

static void
alarm_closure_get (gpointer data, GSource *source G_GNUC_UNUSED, GSourceFunc *func, gpointer *user_data)
{
  Alarm *alarm = data;

  *func = alarm->callback;
  *user_data = alarm->user_data;
}

static GSourceCallbackFuncs closure_funcs = { alarm_closure_ref, alarm_closure_unref, alarm_closure_get };
static GSourceFuncs alarm_funcs = { .finalize = alarm_finalize };

static GSource *
test_clock_add_alarm (AmselClock *clock, gint64 at_us, GSourceFunc callback, gpointer user_data)
{
  TestClock *self = TEST_CLOCK (clock);
  Alarm *alarm = (Alarm *) g_source_new (&alarm_funcs, sizeof (Alarm));

  alarm->clock = self;
  alarm->at_us = MAX (at_us, self->monotonic_us);
  alarm->number = self->n_added++;
  alarm->callback = callback;
  alarm->user_data = user_data;
  alarm->place = g_sequence_insert_sorted (self->alarms, alarm, compare_alarms, NULL);
  g_source_set_callback_indirect (&alarm->source, alarm, &closure_funcs);
  return &alarm->source;
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static Alarm *
first_alarm (TestClock *self)
{
  GSequenceIter *begin = g_sequence_get_begin_iter (self->alarms);

  return g_sequence_iter_is_end (begin) ? NULL : g_sequence_get (begin);
}

static void
call_alarm (TestClock *self, Alarm *alarm)
{
  self->monotonic_us = MAX (self->monotonic_us, alarm->at_us);
  g_sequence_remove (alarm->place);
  alarm->place = NULL;
  alarm->callback (alarm->user_data);
}

gboolean
test_clock_step (TestClock *self)
{
  Alarm *alarm;

  settle ();
  alarm = first_alarm (self);
  if (alarm == NULL)
    return FALSE;
  call_alarm (self, alarm);
  settle ();
  return TRUE;
}

void
test_clock_advance (TestClock *self, gint64 us)
{
  gint64 end_us = self->monotonic_us + us;
  Alarm *alarm;

  settle ();
  while ((alarm = first_alarm (self)) != NULL && alarm->at_us <= end_us)
    {
      call_alarm (self, alarm);
      settle ();
    }
  self->monotonic_us = end_us;
}

void
test_clock_run_until (TestClock *self, const gboolean *done, gint64 limit_us)
{
  gint64 end_us = self->monotonic_us + limit_us;

  settle ();
  while (!*done)
    {
      if (!test_clock_step (self))
        g_main_context_iteration (NULL, TRUE); /* another thread, or a real port, has something to say */
      g_assert_cmpint (self->monotonic_us, <=, end_us);
    }
}

void
test_clock_set_real (TestClock *self, gint64 real_us)
{
  self->real_offset_us = real_us - self->monotonic_us;
}

static void
test_clock_finalize (GObject *object)
{
  g_sequence_free (TEST_CLOCK (object)->alarms);
  G_OBJECT_CLASS (test_clock_parent_class)->finalize (object);
}

static void
test_clock_iface_init (AmselClockInterface *iface)
{
  iface->get_real_us = test_clock_get_real_us;
  iface->get_monotonic_us = test_clock_get_monotonic_us;
  iface->add_alarm = test_clock_add_alarm;
}

static void
test_clock_class_init (TestClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_clock_finalize;
}

static void
test_clock_init (TestClock *self)
{
  self->alarms = g_sequence_new (NULL);
  self->monotonic_us = BEGIN_US;
}

TestClock *
test_clock_new (gint64 real_us)
{
  TestClock *self = g_object_new (TEST_TYPE_CLOCK, NULL);

  test_clock_set_real (self, real_us);
  return self;
}
