/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pipeline of wired meters at 2400 Bd on the simulator's clock: what a dead meter costs the others, how
 * meters with several telegrams and by secondary address are read, and what damage on the line does. */
#include "amsel.h"
#include "mbus-protocol.h"
#include "mbus-simulator.h"
#include "mbus-slave.h"
#include "simulator-transport.h"
#include "test-clock.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define MINUTE (60 * SECOND)

/* 2026-01-01 00:00 UTC */
#define EPOCH_US (G_GINT64_CONSTANT (1767225600) * SECOND)

typedef struct
{
  TestClock *clock;
  AmselSimulator *simulator;
  AmselLine *line;
  AmselProtocol *protocol;
  AmselPipeline *pipeline;
  GPtrArray *readouts; /* (element-type AmselReadout) */
} Fixture;

static void
on_readout (AmselPipeline *pipeline G_GNUC_UNUSED, AmselReadout *readout, gpointer user_data)
{
  Fixture *f = user_data;

  g_ptr_array_add (f->readouts, amsel_readout_ref (readout));
}

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselTransport) transport = NULL;
  g_autoptr (AmselSchedule) schedule =
      g_object_new (AMSEL_TYPE_SCHEDULE, "every", MINUTE, "zone", "UTC", NULL);

  f->clock = test_clock_new (EPOCH_US);
  f->simulator = g_object_new (MBUS_TYPE_SIMULATOR, NULL);
  amsel_simulator_set_clock (f->simulator, AMSEL_CLOCK (f->clock));
  transport = simulator_transport_new (f->simulator);
  f->line = amsel_line_new ("bus", transport);
  f->protocol = g_object_new (MBUS_TYPE_PROTOCOL, NULL);
  f->pipeline = amsel_pipeline_new ("house", f->line, f->protocol);
  g_object_set (f->pipeline, "schedule", schedule, NULL);
  f->readouts = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_readout_unref);
  g_signal_connect (f->pipeline, "readout", G_CALLBACK (on_readout), f);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  amsel_pipeline_stop (f->pipeline);
  amsel_line_stop (f->line);
  test_clock_advance (f->clock, 0);
  g_assert_finalize_object (f->pipeline);
  g_assert_finalize_object (f->line);
  g_assert_finalize_object (f->protocol);
  g_assert_finalize_object (f->simulator);
  g_assert_finalize_object (f->clock);
  g_ptr_array_unref (f->readouts);
}

static void
add_slave (Fixture *f, GObject *slave)
{
  g_autoptr (GError) error = NULL;

  amsel_simulator_add_device (f->simulator, slave, &error);
  g_assert_no_error (error);
  g_object_unref (slave);
}

static void
add_meter (Fixture *f, const gchar *address)
{
  g_autoptr (AmselMeter) meter =
      g_object_new (amsel_protocol_get_meter_type (f->protocol), "address", address, NULL);
  g_autoptr (GError) error = NULL;

  amsel_pipeline_add_meter (f->pipeline, meter, &error);
  g_assert_no_error (error);
}

static void
start (Fixture *f)
{
  amsel_line_start (f->line);
  amsel_pipeline_start (f->pipeline);
}

/* One dead meter of ten: the nine lose no reading, and none begins later than in a house without the dead one
 * by more than a reading takes; after the first slots by nothing at all. */
static void
test_dead_of_ten (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const guint n_slots = 60;
  gint64 longest_read_us = 0;
  gint64 cycle_end_us[61] = { 0 };
  guint n_good = 0;
  guint n_dead = 0;

  for (gint i = 0; i < 10; i++)
    {
      g_autofree gchar *address = g_strdup_printf ("%d", i + 1);
      g_autofree gchar *id = g_strdup_printf ("%08d", 60000000 + i);

      add_slave (
          f, g_object_new (MBUS_TYPE_SLAVE, "generate", 1, "id", id, "address", i + 1, "dead", i == 0, NULL));
      add_meter (f, address);
    }
  start (f);
  test_clock_advance (f->clock, n_slots * MINUTE + 50 * SECOND);

  for (guint i = 0; i < f->readouts->len; i++)
    {
      AmselReadout *readout = g_ptr_array_index (f->readouts, i);
      guint slot = (guint) ((amsel_readout_get_slot_us (readout) - EPOCH_US) / MINUTE);

      g_assert_cmpuint (slot, <=, n_slots);
      if (g_str_equal (amsel_readout_get_meter (readout), "1"))
        {
          g_assert_cmpint (amsel_readout_get_quality (readout), !=, AMSEL_QUALITY_GOOD);
          n_dead++;
          continue;
        }
      g_assert_cmpint (amsel_readout_get_quality (readout), ==, AMSEL_QUALITY_GOOD);
      n_good++;
      longest_read_us =
          MAX (longest_read_us, amsel_readout_get_end_us (readout) - amsel_readout_get_start_us (readout));
      /* how much of the time since the slot was not spent on reading healthy meters */
      cycle_end_us[slot] += amsel_readout_get_end_us (readout) - amsel_readout_get_start_us (readout);
      if (slot == 1)
        g_assert_cmpint (amsel_readout_get_end_us (readout) - amsel_readout_get_slot_us (readout)
                             - cycle_end_us[slot],
                         <=, longest_read_us);
      else
        g_assert_cmpint (amsel_readout_get_end_us (readout) - amsel_readout_get_slot_us (readout)
                             - cycle_end_us[slot],
                         <=, 100 * 1000);
    }
  g_assert_cmpuint (n_good, ==, 9 * n_slots);
  g_assert_cmpuint (n_dead, ==, n_slots);
  g_test_message ("longest reading of a healthy meter: %" G_GINT64_FORMAT " ms", longest_read_us / 1000);
}

/* a meter with three telegrams, by primary and by secondary address: one readout with all of them */
static void
test_several_telegrams (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  add_slave (
      f, g_object_new (MBUS_TYPE_SLAVE, "generate", 1, "id", "71000001", "address", 60, "parts", 3, NULL));
  add_slave (f, g_object_new (MBUS_TYPE_SLAVE, "generate", 1, "id", "71000002", "address", 61, NULL));
  add_meter (f, "60");
  add_meter (f, "71000001");
  add_meter (f, "71000002");
  start (f);
  test_clock_advance (f->clock, 3 * MINUTE + 50 * SECOND);
  g_assert_cmpuint (f->readouts->len, ==, 9);
  for (guint i = 0; i < f->readouts->len; i++)
    {
      AmselReadout *readout = g_ptr_array_index (f->readouts, i);
      gboolean has_parts = !g_str_equal (amsel_readout_get_meter (readout), "71000002");

      g_assert_cmpint (amsel_readout_get_quality (readout), ==, AMSEL_QUALITY_GOOD);
      g_assert_cmpuint (amsel_readout_get_n_telegrams (readout), ==, has_parts ? 3 : 1);
      g_assert_cmpuint (amsel_readout_get_identity (readout)->id, ==, has_parts ? 0x71000001 : 0x71000002);
    }
}

/* one telegram in five is damaged: repeats make up for it, and what remains is said to be missing, never
 * wrong */
static void
test_damage (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint n_good = 0;

  add_slave (f, g_object_new (MBUS_TYPE_SLAVE, "generate", 1, "id", "60000001", "address", 1, "fault", 1,
                              "fault-rate", 0.2, NULL));
  add_meter (f, "1");
  start (f);
  test_clock_advance (f->clock, 100 * MINUTE + 50 * SECOND);
  g_assert_cmpuint (f->readouts->len, ==, 100);
  for (guint i = 0; i < f->readouts->len; i++)
    {
      AmselReadout *readout = g_ptr_array_index (f->readouts, i);

      n_good += amsel_readout_get_quality (readout) == AMSEL_QUALITY_GOOD;
      if (amsel_readout_get_quality (readout) != AMSEL_QUALITY_GOOD)
        g_assert_nonnull (amsel_readout_get_error_message (readout));
    }
  g_assert_cmpuint (n_good, >=, 97);
}

/* One of ten talks for eighteen seconds when it is asked: those that come meanwhile are read at the end of
 * the slot, and none counts as silent. */
static void
test_babbler_of_ten (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselSchedule) schedule =
      g_object_new (AMSEL_TYPE_SCHEDULE, "every", 5 * MINUTE, "zone", "UTC", NULL);
  guint n_good = 0;

  g_object_set (f->pipeline, "schedule", schedule, NULL);

  for (gint i = 0; i < 10; i++)
    {
      g_autofree gchar *address = g_strdup_printf ("%d", i + 1);
      g_autofree gchar *id = g_strdup_printf ("%08d", 60000000 + i);

      add_slave (f, g_object_new (MBUS_TYPE_SLAVE, "generate", 1, "id", id, "address", i + 1, "fault",
                                  i == 0 ? MBUS_SLAVE_FAULT_ENDLESS : MBUS_SLAVE_FAULT_NONE, NULL));
      add_meter (f, address);
    }
  start (f);
  test_clock_advance (f->clock, 54 * MINUTE);
  for (guint i = 0; i < f->readouts->len; i++)
    {
      AmselReadout *readout = g_ptr_array_index (f->readouts, i);

      if (!g_str_equal (amsel_readout_get_meter (readout), "1"))
        n_good += amsel_readout_get_quality (readout) == AMSEL_QUALITY_GOOD;
    }
  g_assert_cmpuint (f->readouts->len, ==, 100);
  g_assert_cmpuint (n_good, ==, 90);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/mbus-pipeline/dead-of-ten", test_dead_of_ten);
  ADD ("/mbus-pipeline/babbler-of-ten", test_babbler_of_ten);
  ADD ("/mbus-pipeline/several-telegrams", test_several_telegrams);
  ADD ("/mbus-pipeline/damage", test_damage);
  return g_test_run ();
}
