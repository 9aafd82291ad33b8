/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of a line: what each is, and where it is kept. */
#include "amsel-line-private.h"
#include "amsel-param.h"

#define HOUR_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

typedef enum
{
  PROP_NAME = 1,
  PROP_TRANSPORT,
  PROP_GAP,
  PROP_REOPEN_MIN,
  PROP_REOPEN_MAX,
  PROP_SILENCE,
} AmselLineProperty;

static GParamSpec *properties[PROP_SILENCE + 1];

static void
amsel_line_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AmselLine *self = AMSEL_LINE (object);

  switch ((AmselLineProperty) id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_TRANSPORT:
      g_value_set_object (value, self->transport);
      break;
    case PROP_GAP:
      g_value_set_int64 (value, self->gap_us);
      break;
    case PROP_REOPEN_MIN:
      g_value_set_int64 (value, self->reopen_min_us);
      break;
    case PROP_REOPEN_MAX:
      g_value_set_int64 (value, self->reopen_max_us);
      break;
    case PROP_SILENCE:
      g_value_set_int64 (value, self->silence_us);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
amsel_line_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AmselLine *self = AMSEL_LINE (object);

  switch ((AmselLineProperty) id)
    {
    case PROP_NAME:
      amsel_param_set_string (&self->name, value);
      break;
    case PROP_TRANSPORT:
      amsel_line_set_transport (self, g_value_get_object (value));
      break;
    case PROP_GAP:
      self->gap_us = g_value_get_int64 (value);
      break;
    case PROP_REOPEN_MIN:
      self->reopen_min_us = g_value_get_int64 (value);
      break;
    case PROP_REOPEN_MAX:
      self->reopen_max_us = g_value_get_int64 (value);
      break;
    case PROP_SILENCE:
      self->silence_us = g_value_get_int64 (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

void
amsel_line_install_settings (GObjectClass *object_class)
{
  object_class->get_property = amsel_line_get_property;
  object_class->set_property = amsel_line_set_property;

  properties[PROP_NAME] =
      g_param_spec_string ("name", "name", "Name of the line, by which pipelines refer to it.", NULL,
                           AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED);
  properties[PROP_TRANSPORT] =
      g_param_spec_object ("transport", "transport", "What carries the bytes of the line.",
                           AMSEL_TYPE_TRANSPORT, AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED);
  properties[PROP_GAP] =
      amsel_param_spec_duration ("gap", "Pause between the end of one reading and the beginning of the next.",
                                 0, 60 * G_USEC_PER_SEC, 0, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_REOPEN_MIN] = amsel_param_spec_duration (
      "reopen-min", "Pause before a lost line is opened again; it doubles with every failure.", 1000, HOUR_US,
      G_USEC_PER_SEC, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_REOPEN_MAX] =
      amsel_param_spec_duration ("reopen-max", "Longest pause before a lost line is opened again.", 1000,
                                 24 * HOUR_US, 60 * G_USEC_PER_SEC, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_SILENCE] = amsel_param_spec_duration (
      "silence",
      "How long a receiver that is listened to may say nothing before it is set up again; 0 for ever.", 0,
      31 * 24 * HOUR_US, HOUR_US / 4, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}
