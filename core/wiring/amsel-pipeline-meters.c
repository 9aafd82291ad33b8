/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The meters of a pipeline, which come and go while it runs. Those with the same interval are one round. */
#include "amsel-error.h"
#include "amsel-pipeline-private.h"
#include "amsel-round.h"

static gboolean
add_to_round (AmselPipeline *self, AmselRound *round, AmselMeter *meter, gint64 every_us, GError **error)
{
  AmselMeterWatch *watch;

  if (!amsel_protocol_check_meter (self->protocol, meter, error))
    return FALSE;
  if (g_hash_table_contains (self->by_name, amsel_meter_get_name (meter)))
    {
      g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, "there is already a meter “%s”",
                   amsel_meter_get_name (meter));
      return FALSE;
    }
  watch = amsel_meter_watch_new (meter);
  watch->every_us = every_us;
  amsel_round_add (round, watch);
  g_ptr_array_add (self->watches, watch);
  g_hash_table_insert (self->by_name, (gpointer) amsel_meter_get_name (meter), watch);
  amsel_hearing_forget (self->hearing);
  return TRUE;
}

/**
 * amsel_pipeline_add_meter:
 * @self: a pipeline that has a protocol
 * @meter: a meter of the type that the protocol wants
 * @error: return location for an error
 *
 * Adds a meter, which is read by the schedule of the pipeline. Where the pipeline runs already, from the next
 * slot on.
 *
 * Returns: whether its settings can be used and its name is not taken
 */
gboolean
amsel_pipeline_add_meter (AmselPipeline *self, AmselMeter *meter, GError **error)
{
  return add_to_round (self, amsel_pipeline_get_own_round (self), meter, 0, error);
}

/* The round with an interval of its own; made where there is none yet. */
static AmselRound *
get_round (AmselPipeline *self, gint64 every_us)
{
  AmselSchedule *own = amsel_round_get_schedule (amsel_pipeline_get_own_round (self));
  g_autoptr (AmselSchedule) schedule = NULL;
  g_autofree gchar *zone = NULL;
  AmselRound *round;

  for (guint i = 1; i < self->rounds->len; i++)
    {
      round = g_ptr_array_index (self->rounds, i);
      if (amsel_schedule_get_every_us (amsel_round_get_schedule (round)) == every_us)
        return round;
    }
  if (own != NULL)
    g_object_get (own, "zone", &zone, NULL);
  schedule = g_object_new (AMSEL_TYPE_SCHEDULE, "every", every_us, "zone", zone, NULL);
  round = amsel_round_new (self, schedule);
  g_ptr_array_add (self->rounds, round);
  if (self->running && !self->listen)
    amsel_round_start (round, 0);
  return round;
}

/**
 * amsel_pipeline_add_meter_every:
 * @self: a pipeline that has a protocol
 * @meter: a meter of the type that the protocol wants
 * @every_us: its own interval in microseconds, aligned to the wall clock; 0 for the schedule of the pipeline
 * @error: return location for an error
 *
 * Adds a meter that is read at an interval of its own, in the time zone of the pipeline's schedule. Where the
 * pipeline runs already, from the next slot on. In a pipeline that listens, of the meter's telegrams no more
 * than one in this time counts.
 *
 * Returns: whether its settings can be used and its name is not taken
 */
gboolean
amsel_pipeline_add_meter_every (AmselPipeline *self, AmselMeter *meter, gint64 every_us, GError **error)
{
  AmselRound *round =
      every_us == 0 || self->listen ? amsel_pipeline_get_own_round (self) : get_round (self, every_us);

  return add_to_round (self, round, meter, every_us, error);
}

/**
 * amsel_pipeline_remove_meter:
 * @self: a pipeline
 * @name: name of a meter
 *
 * Takes a meter out, also while the pipeline runs: nothing is heard of it any more, even where it is just
 * being asked.
 *
 * Returns: whether there was one of that name
 */
gboolean
amsel_pipeline_remove_meter (AmselPipeline *self, const gchar *name)
{
  AmselMeterWatch *watch = g_hash_table_lookup (self->by_name, name);

  if (watch == NULL)
    return FALSE;
  watch->is_gone = TRUE;
  g_hash_table_remove (self->by_name, name);
  amsel_hearing_forget (self->hearing);
  for (guint i = 0; i < self->rounds->len; i++)
    amsel_round_remove (g_ptr_array_index (self->rounds, i), watch);
  g_ptr_array_remove (self->watches, watch);
  return TRUE;
}

/**
 * amsel_pipeline_list_meters:
 * @self: a pipeline
 *
 * Returns: (transfer container) (element-type AmselMeter): its meters, in the order of the configuration
 */
GPtrArray *
amsel_pipeline_list_meters (AmselPipeline *self)
{
  GPtrArray *meters = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->watches->len; i++)
    {
      const AmselMeterWatch *watch = g_ptr_array_index (self->watches, i);

      g_ptr_array_add (meters, g_object_ref (watch->meter));
    }
  return meters;
}

/**
 * amsel_pipeline_find_meter:
 * @self: a pipeline
 * @name: name of a meter
 *
 * Returns: (transfer none) (nullable): the meter; %NULL where there is none of that name
 */
AmselMeter *
amsel_pipeline_find_meter (AmselPipeline *self, const gchar *name)
{
  const AmselMeterWatch *watch = g_hash_table_lookup (self->by_name, name);

  return watch != NULL ? watch->meter : NULL;
}
