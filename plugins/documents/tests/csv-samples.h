/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Readouts made by hand, and helpers for looking at files. */
#pragma once

#include "amsel-readout.h"

/* 2026-11-22 08:15:00 UTC, a quarter of an hour like any other */
#define SAMPLE_TIME_US (G_GINT64_CONSTANT (1795335300) * G_USEC_PER_SEC)

typedef struct
{
  AmselQuantity quantity;
  AmselUnit unit;
  gint64 mantissa;
  gint exponent;
  guint64 storage;
  guint tariff;
  AmselFunction function; /* none for instantaneous */
  AmselReason reason;     /* none for a value */
} SampleValue;

AmselReadout *sample_readout (const gchar *meter, gint64 slot_us, guint64 sequence, const SampleValue *values,
                              gsize n_values);
AmselReadout *sample_failure (const gchar *meter, gint64 slot_us, guint64 sequence, const gchar *message);
AmselReadout *sample_volume (const gchar *meter, gint64 slot_us, guint64 sequence, gint64 litres);

gchar *sample_make_folder (void);
void sample_remove_folder (const gchar *path);
gchar *sample_read (const gchar *folder, const gchar *name);
gchar *sample_list (const gchar *folder);
