/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pipeline: reads its meters slot by slot, or listens to those that speak by themselves.
 *
 * Meters with the same schedule are a round (amsel-round.c). The first round has the pipeline's own schedule;
 * meters that are added with an interval of their own are in rounds behind it. */
#include "amsel-pipeline.h"

#include "amsel-error.h"
#include "amsel-pipeline-private.h"
#include "amsel-round.h"

G_DEFINE_FINAL_TYPE (AmselPipeline, amsel_pipeline, G_TYPE_OBJECT)

typedef enum
{
  SIGNAL_READOUT,
  SIGNAL_NOTICE,
  SIGNAL_IDLE,
  N_SIGNALS,
} AmselPipelineSignal;

static guint signals[N_SIGNALS];

AmselClock *
amsel_pipeline_get_clock (AmselPipeline *self)
{
  return amsel_transport_get_clock (amsel_line_get_transport (self->line));
}

void
amsel_pipeline_notice (AmselPipeline *self, const gchar *format, ...)
{
  va_list args;
  g_autofree gchar *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_signal_emit (self, signals[SIGNAL_NOTICE], 0, text);
}

/* One readout for each telegram. */
static void
emit_split (AmselPipeline *self, AmselReadout *readout)
{
  gsize n;
  AmselTelegram *const *telegrams = amsel_readout_get_telegrams (readout, &n);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (AmselReadout) part =
          amsel_readout_new (amsel_readout_get_info (readout), &telegrams[i], 1, 0);

      g_signal_emit (self, signals[SIGNAL_READOUT], 0, part);
    }
}

void
amsel_pipeline_emit_readout (AmselPipeline *self, AmselReadout *readout)
{
  if (self->split && amsel_readout_get_n_telegrams (readout) > 1)
    emit_split (self, readout);
  else
    g_signal_emit (self, signals[SIGNAL_READOUT], 0, readout);
}

void
amsel_pipeline_emit_idle (AmselPipeline *self)
{
  g_signal_emit (self, signals[SIGNAL_IDLE], 0);
}

void
amsel_pipeline_begin_info (AmselPipeline *self, AmselMeter *meter, AmselReadoutInfo *info)
{
  *info = (AmselReadoutInfo){
    .pipeline = self->name,
    .line = amsel_line_get_name (self->line),
    .meter = meter != NULL ? amsel_meter_get_name (meter) : NULL,
    .protocol = self->protocol_kind,
    .end_us = amsel_clock_get_real_us (amsel_pipeline_get_clock (self)),
  };
}

/* How long the silent meters of a slot may be asked again: their share of the interval. */
void
amsel_pipeline_fill_plan (AmselPipeline *self, gint64 interval_us, AmselCyclePlan *plan)
{
  gint64 retry_us =
      interval_us != 0 ? interval_us / 100 * self->retry_share : G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC;

  plan->pipeline = self->name;
  plan->protocol_kind = self->protocol_kind;
  plan->line = self->line;
  plan->protocol = self->protocol;
  plan->rules = &self->rules;
  plan->retries = self->retries;
  plan->retry_until_us = amsel_clock_get_monotonic_us (amsel_pipeline_get_clock (self)) + retry_us;
}

AmselRound *
amsel_pipeline_get_own_round (AmselPipeline *self)
{
  return g_ptr_array_index (self->rounds, 0);
}

/**
 * amsel_pipeline_check:
 * @self: a pipeline
 * @error: return location for an #AmselConfigError
 *
 * Checks whether its settings fit together.
 *
 * Returns: whether they do
 */
gboolean
amsel_pipeline_check (AmselPipeline *self, GError **error)
{
  AmselSchedule *schedule = amsel_round_get_schedule (amsel_pipeline_get_own_round (self));
  const gchar *fault = NULL;

  if (self->line == NULL || self->protocol == NULL)
    fault = "a pipeline needs a line and a protocol";
  else if (self->listen && schedule != NULL)
    fault = "a pipeline that listens has no schedule";
  else if (!self->listen && !amsel_protocol_can_read (self->protocol))
    fault = "meters of this protocol cannot be asked: set “listen: true”";
  else if (!self->listen && schedule == NULL && self->watches->len > 0)
    fault = "a schedule is missing, such as {every: 15m}";
  else if (self->hearing_rules.join_us > 0 && !self->listen)
    fault = "“join-time” is for a pipeline that listens: set “listen: true”";
  else if (self->hearing_rules.join_us > 0 && self->split)
    fault = "“join-time” makes one readout of several telegrams, and “split” several of one: choose one";
  if (fault == NULL)
    return amsel_protocol_check (self->protocol, error) && amsel_pipeline_check_lines (self, error)
           && (schedule == NULL || amsel_schedule_check (schedule, error));
  g_set_error_literal (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, fault);
  return FALSE;
}

/**
 * amsel_pipeline_set_protocol_kind:
 * @self: a pipeline
 * @kind: the word for its protocol, kept with every readout
 */
void
amsel_pipeline_set_protocol_kind (AmselPipeline *self, const gchar *kind)
{
  g_free (self->protocol_kind);
  self->protocol_kind = g_strdup (kind);
}

/**
 * amsel_pipeline_set_last_slot:
 * @self: a pipeline that is not started
 * @slot_us: the last slot that has its records, wall-clock microseconds; 0 for none
 *
 * Lets the pipeline go on where an earlier run of the program ended: the slots that have passed since get
 * their records.
 */
void
amsel_pipeline_set_last_slot (AmselPipeline *self, gint64 slot_us)
{
  self->last_slot_us = slot_us;
}

/**
 * amsel_pipeline_start:
 * @self: a pipeline that amsel_pipeline_check() found good
 *
 * Begins to listen, or to read on schedule, beginning with the next slot. The line is started by the engine.
 */
void
amsel_pipeline_start (AmselPipeline *self)
{
  if (self->running)
    return;
  self->running = TRUE;
  if (self->listen)
    amsel_pipeline_start_hearing (self);
  else
    for (guint i = 0; i < self->rounds->len; i++)
      amsel_round_start (g_ptr_array_index (self->rounds, i), i == 0 ? self->last_slot_us : 0);
}

/**
 * amsel_pipeline_stop:
 * @self: a pipeline
 *
 * Ends. A reading that is going on is broken off.
 */
void
amsel_pipeline_stop (AmselPipeline *self)
{
  self->running = FALSE;
  for (guint i = 0; i < self->rounds->len; i++)
    amsel_round_stop (g_ptr_array_index (self->rounds, i));
  amsel_pipeline_stop_hearing (self);
}

/**
 * amsel_pipeline_run_once:
 * @self: a pipeline
 *
 * Reads every meter once, outside of any schedule. The signal #AmselPipeline::idle tells when that is done. A
 * pipeline that listens begins to listen instead, and has done so when its line has ended.
 */
void
amsel_pipeline_run_once (AmselPipeline *self)
{
  if (self->listen)
    amsel_pipeline_start_hearing (self);
  else
    for (guint i = 0; i < self->rounds->len; i++)
      amsel_round_run_once (g_ptr_array_index (self->rounds, i));
}

/**
 * amsel_pipeline_is_busy:
 * @self: a pipeline
 *
 * Returns: whether meters are being read, or a recording is being listened to that has not ended
 */
gboolean
amsel_pipeline_is_busy (AmselPipeline *self)
{
  if (self->listen)
    return amsel_pipeline_may_hear (self);
  for (guint i = 0; i < self->rounds->len; i++)
    if (amsel_round_is_busy (g_ptr_array_index (self->rounds, i)))
      return TRUE;
  return FALSE;
}

/**
 * amsel_pipeline_get_name: (attributes org.gtk.Method.get_property=name)
 * @self: a pipeline
 *
 * Returns: (transfer none): its name; empty where it has none
 */
const gchar *
amsel_pipeline_get_name (AmselPipeline *self)
{
  return self->name != NULL ? self->name : "";
}

/**
 * amsel_pipeline_get_line: (attributes org.gtk.Method.get_property=line)
 * @self: a pipeline
 *
 * Returns: (transfer none) (nullable): its line
 */
AmselLine *
amsel_pipeline_get_line (AmselPipeline *self)
{
  return self->line;
}

/**
 * amsel_pipeline_get_protocol: (attributes org.gtk.Method.get_property=protocol)
 * @self: a pipeline
 *
 * Returns: (transfer none) (nullable): its protocol
 */
AmselProtocol *
amsel_pipeline_get_protocol (AmselPipeline *self)
{
  return self->protocol;
}

/**
 * amsel_pipeline_get_exporters: (attributes org.gtk.Method.get_property=exporters)
 * @self: a pipeline
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): names of the exporters that get its readouts
 */
const gchar *const *
amsel_pipeline_get_exporters (AmselPipeline *self)
{
  return (const gchar *const *) self->exporters;
}

/**
 * amsel_pipeline_new:
 * @name: its name
 * @line: its line
 * @protocol: its protocol
 *
 * Returns: (transfer full): a pipeline without meters
 */
AmselPipeline *
amsel_pipeline_new (const gchar *name, AmselLine *line, AmselProtocol *protocol)
{
  return g_object_new (AMSEL_TYPE_PIPELINE, "name", name, "line", line, "protocol", protocol, NULL);
}

static void
amsel_pipeline_dispose (GObject *object)
{
  AmselPipeline *self = AMSEL_PIPELINE (object);

  amsel_pipeline_stop (self);
  amsel_pipeline_clear_lines (self);
  g_clear_object (&self->line);
  g_clear_object (&self->protocol);
  G_OBJECT_CLASS (amsel_pipeline_parent_class)->dispose (object);
}

static void
amsel_pipeline_finalize (GObject *object)
{
  AmselPipeline *self = AMSEL_PIPELINE (object);

  g_free (self->name);
  g_free (self->protocol_kind);
  g_strfreev (self->exporters);
  g_strfreev (self->also_lines);
  amsel_pipeline_finalize_hearing (self);
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->rounds);
  g_ptr_array_unref (self->watches);
  G_OBJECT_CLASS (amsel_pipeline_parent_class)->finalize (object);
}

static void
amsel_pipeline_class_init (AmselPipelineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = amsel_pipeline_dispose;
  object_class->finalize = amsel_pipeline_finalize;
  amsel_pipeline_install_settings (object_class);

  /**
   * AmselPipeline::readout:
   * @self: the pipeline
   * @readout: the outcome of one meter in one slot
   *
   * A meter was read, or was not, and why.
   */
  signals[SIGNAL_READOUT] =
      g_signal_new ("readout", AMSEL_TYPE_PIPELINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                    AMSEL_TYPE_READOUT | G_SIGNAL_TYPE_STATIC_SCOPE);
  /**
   * AmselPipeline::notice:
   * @self: the pipeline
   * @message: a sentence for the log
   *
   * Something changed that people should know of.
   */
  signals[SIGNAL_NOTICE] = g_signal_new ("notice", AMSEL_TYPE_PIPELINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * AmselPipeline::idle:
   * @self: the pipeline
   *
   * A slot has been read, and no other waits.
   */
  signals[SIGNAL_IDLE] =
      g_signal_new ("idle", AMSEL_TYPE_PIPELINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
amsel_pipeline_init (AmselPipeline *self)
{
  self->watches = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_meter_watch_unref);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  amsel_pipeline_init_hearing (self);
  self->rounds = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_round_free);
  g_ptr_array_add (self->rounds, amsel_round_new (self, NULL));
}
