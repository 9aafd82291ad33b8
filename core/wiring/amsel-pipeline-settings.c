/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of a pipeline: what each is, and where it is kept. */
#include "amsel-param.h"
#include "amsel-pipeline-private.h"
#include "amsel-round.h"

#define HOUR_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

#define JOIN_MEMORY_MIN     (64 * 1024)
#define JOIN_MEMORY_DEFAULT (64 * 1024 * 1024)
#define JOIN_MEMORY_MAX     (G_GINT64_CONSTANT (16) * 1024 * 1024 * 1024)

typedef enum
{
  PROP_NAME = 1,
  PROP_LINE,
  PROP_PROTOCOL,
  PROP_SCHEDULE,
  PROP_EXPORTERS,
  PROP_LISTEN,
  PROP_SPLIT,
  PROP_RETRIES,
  PROP_RETRY_SHARE,
  PROP_SUSPEND_AFTER,
  PROP_PROBE_MIN,
  PROP_PROBE_MAX,
  PROP_DUPLICATE_TIME,
  PROP_INTERVAL_MIN,
  PROP_SILENT_AFTER,
  PROP_ALSO_LINES,
  PROP_ONLY_LISTED,
  PROP_JOIN_TIME,
  PROP_JOIN_MEMORY,
} AmselPipelineProperty;

static GParamSpec *properties[PROP_JOIN_MEMORY + 1];

static void
amsel_pipeline_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AmselPipeline *self = AMSEL_PIPELINE (object);

  switch ((AmselPipelineProperty) id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_LINE:
      g_value_set_object (value, self->line);
      break;
    case PROP_PROTOCOL:
      g_value_set_object (value, self->protocol);
      break;
    case PROP_SCHEDULE:
      g_value_set_object (value, amsel_round_get_schedule (amsel_pipeline_get_own_round (self)));
      break;
    case PROP_EXPORTERS:
      g_value_set_boxed (value, self->exporters);
      break;
    case PROP_LISTEN:
      g_value_set_boolean (value, self->listen);
      break;
    case PROP_SPLIT:
      g_value_set_boolean (value, self->split);
      break;
    case PROP_RETRIES:
      g_value_set_uint (value, self->retries);
      break;
    case PROP_RETRY_SHARE:
      g_value_set_uint (value, self->retry_share);
      break;
    case PROP_SUSPEND_AFTER:
      g_value_set_uint (value, self->rules.suspend_after);
      break;
    case PROP_PROBE_MIN:
      g_value_set_int64 (value, self->rules.probe_min_us);
      break;
    case PROP_PROBE_MAX:
      g_value_set_int64 (value, self->rules.probe_max_us);
      break;
    case PROP_DUPLICATE_TIME:
      g_value_set_int64 (value, self->hearing_rules.duplicate_us);
      break;
    case PROP_INTERVAL_MIN:
      g_value_set_int64 (value, self->hearing_rules.interval_min_us);
      break;
    case PROP_ONLY_LISTED:
      g_value_set_boolean (value, self->hearing_rules.only_listed);
      break;
    case PROP_SILENT_AFTER:
      g_value_set_int64 (value, self->hearing_rules.silent_after_us);
      break;
    case PROP_JOIN_TIME:
      g_value_set_int64 (value, self->hearing_rules.join_us);
      break;
    case PROP_JOIN_MEMORY:
      g_value_set_int64 (value, self->hearing_rules.join_memory);
      break;
    case PROP_ALSO_LINES:
      g_value_set_boxed (value, self->also_lines);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
amsel_pipeline_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AmselPipeline *self = AMSEL_PIPELINE (object);

  switch ((AmselPipelineProperty) id)
    {
    case PROP_NAME:
      amsel_param_set_string (&self->name, value);
      break;
    case PROP_LINE:
      g_set_object (&self->line, g_value_get_object (value));
      break;
    case PROP_PROTOCOL:
      g_set_object (&self->protocol, g_value_get_object (value));
      break;
    case PROP_SCHEDULE:
      amsel_round_set_schedule (amsel_pipeline_get_own_round (self), g_value_get_object (value));
      break;
    case PROP_EXPORTERS:
      g_strfreev (self->exporters);
      self->exporters = g_value_dup_boxed (value);
      break;
    case PROP_LISTEN:
      self->listen = g_value_get_boolean (value);
      break;
    case PROP_SPLIT:
      self->split = g_value_get_boolean (value);
      break;
    case PROP_RETRIES:
      self->retries = g_value_get_uint (value);
      break;
    case PROP_RETRY_SHARE:
      self->retry_share = g_value_get_uint (value);
      break;
    case PROP_SUSPEND_AFTER:
      self->rules.suspend_after = g_value_get_uint (value);
      break;
    case PROP_PROBE_MIN:
      self->rules.probe_min_us = g_value_get_int64 (value);
      break;
    case PROP_PROBE_MAX:
      self->rules.probe_max_us = g_value_get_int64 (value);
      break;
    case PROP_DUPLICATE_TIME:
      self->hearing_rules.duplicate_us = g_value_get_int64 (value);
      break;
    case PROP_INTERVAL_MIN:
      self->hearing_rules.interval_min_us = g_value_get_int64 (value);
      break;
    case PROP_ONLY_LISTED:
      self->hearing_rules.only_listed = g_value_get_boolean (value);
      break;
    case PROP_SILENT_AFTER:
      self->hearing_rules.silent_after_us = g_value_get_int64 (value);
      break;
    case PROP_JOIN_TIME:
      self->hearing_rules.join_us = g_value_get_int64 (value);
      break;
    case PROP_JOIN_MEMORY:
      self->hearing_rules.join_memory = g_value_get_int64 (value);
      break;
    case PROP_ALSO_LINES:
      g_strfreev (self->also_lines);
      self->also_lines = g_value_dup_boxed (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* Settings of what is heard. */
static void
specify_listening (void)
{
  properties[PROP_DUPLICATE_TIME] = amsel_param_spec_duration (
      "duplicate-time",
      "With “listen”: a telegram that comes again within this time is a copy, from a repeater or another "
      "receiver, and "
      "left out; 0 takes all.",
      0, HOUR_US, 30 * (gint64) G_USEC_PER_SEC, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_INTERVAL_MIN] = amsel_param_spec_duration (
      "interval-min",
      "With “listen”: of the telegrams of a meter no more than one in this time is taken; 0 takes all.", 0,
      31 * 24 * HOUR_US, 0, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_ONLY_LISTED] =
      g_param_spec_boolean ("only-listed", "only-listed",
                            "With “listen”: where no meter is listed, take no telegram instead of all; for "
                            "meters that a service brings.",
                            FALSE, AMSEL_PARAM_SETTING);
  properties[PROP_SILENT_AFTER] =
      amsel_param_spec_duration ("silent-after",
                                 "With “listen”: a meter of the list that is not heard for so long gets a "
                                 "readout that says so; 0 for never.",
                                 0, 366 * 24 * HOUR_US, 0, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_JOIN_TIME] = amsel_param_spec_duration (
      "join-time",
      "With “listen”: a readout also holds what other kinds of telegrams of the meter have said within this "
      "time and no later one has said again, each with the time at which it came; 0 for one telegram alone.",
      0, 366 * 24 * HOUR_US, 0, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_JOIN_MEMORY] = amsel_param_spec_size (
      "join-memory",
      "With “join-time”: memory for the telegrams of all meters that are kept for joining; a meter takes "
      "some "
      "kilobytes. Who was not heard for longest is forgotten first.",
      JOIN_MEMORY_MIN, JOIN_MEMORY_MAX, JOIN_MEMORY_DEFAULT, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_ALSO_LINES] = g_param_spec_boxed (
      "also-lines", "also-lines",
      "With “listen”: names of other lines on which the same meters are heard. A telegram "
      "that comes on several counts once.",
      G_TYPE_STRV, AMSEL_PARAM_SETTING);
}

void
amsel_pipeline_install_settings (GObjectClass *object_class)
{
  object_class->get_property = amsel_pipeline_get_property;
  object_class->set_property = amsel_pipeline_set_property;

  properties[PROP_NAME] =
      g_param_spec_string ("name", "name", "Name of the pipeline in files, messages and logs.", NULL,
                           AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED);
  properties[PROP_LINE] = g_param_spec_object ("line", "line", "Name of the line that the meters are on.",
                                               AMSEL_TYPE_LINE, AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED);
  properties[PROP_PROTOCOL] =
      g_param_spec_object ("protocol", "protocol", "What the meters speak.", AMSEL_TYPE_PROTOCOL,
                           AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED);
  properties[PROP_SCHEDULE] = g_param_spec_object (
      "schedule", "schedule", "When the meters are read; needed unless the pipeline listens.",
      AMSEL_TYPE_SCHEDULE, AMSEL_PARAM_SETTING);
  properties[PROP_EXPORTERS] =
      g_param_spec_boxed ("exporters", "exporters", "Names of the exporters that get the readouts.",
                          G_TYPE_STRV, AMSEL_PARAM_SETTING);
  properties[PROP_LISTEN] = g_param_spec_boolean ("listen", "listen",
                                                  "Take the telegrams that come without being asked for: "
                                                  "those of the meters listed, or of all where none is.",
                                                  FALSE, AMSEL_PARAM_SETTING);
  properties[PROP_SPLIT] = g_param_spec_boolean ("split", "split",
                                                 "Store every telegram of a reading as a readout of its own, "
                                                 "as the record memory of an AT terminal does.",
                                                 FALSE, AMSEL_PARAM_SETTING);
  properties[PROP_RETRIES] = g_param_spec_uint (
      "retries", "retries",
      "How often a silent meter is asked again in the same slot, after all others were read.", 0, 9, 2,
      AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_RETRY_SHARE] =
      g_param_spec_uint ("retry-share", "retry-share",
                         "Share of the interval, in percent, in which silent meters may be asked again.", 0,
                         100, 25, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_SUSPEND_AFTER] = g_param_spec_uint (
      "suspend-after", "suspend-after",
      "Slots in a row without an answer after which a meter is only probed now and then; 0 for never.", 0,
      1000, 3, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_PROBE_MIN] = amsel_param_spec_duration (
      "probe-min", "First pause between the probes of a silent meter; it doubles.", G_USEC_PER_SEC,
      24 * HOUR_US, HOUR_US / 4, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_PROBE_MAX] = amsel_param_spec_duration (
      "probe-max", "Longest pause between the probes of a silent meter.", G_USEC_PER_SEC, 31 * 24 * HOUR_US,
      24 * HOUR_US, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  specify_listening ();
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}
