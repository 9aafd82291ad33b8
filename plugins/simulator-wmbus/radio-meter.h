/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A simulated wireless meter: its telegrams, and how often it sends. */
#pragma once

#include "radio-receiver.h"

G_BEGIN_DECLS

#define RADIO_TYPE_METER (radio_meter_get_type ())
G_DECLARE_FINAL_TYPE (RadioMeter, radio_meter, RADIO, METER, GObject)

typedef struct
{
  GStrv telegrams;
  ReceiverMode mode;
  gint64 interval_us;
  gint rssi_dbm;
  guint repeat;
} RadioMeterSettings;

const RadioMeterSettings *radio_meter_get_settings (RadioMeter *self);

/* Its telegrams as bytes: (transfer full) (element-type GBytes). NULL where one is none. */
GPtrArray *radio_meter_load (RadioMeter *self, GError **error);

G_END_DECLS
