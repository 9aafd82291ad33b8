/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The test telegrams that lie beside the drivers of meters, also under other numbers, so that there are as
 * many meters of each kind as a measurement wants. */
#pragma once

#include <amsel.h>

G_BEGIN_DECLS

/* The key of those that are encrypted. */
#define BENCH_KEY_LENGTH 16
extern const guint8 BENCH_KEY[BENCH_KEY_LENGTH];

typedef struct
{
  gchar *driver;          /* (owned) */
  GByteArray *bytes;      /* (owned): without CRCs; where it is flagged as encrypted, in plain all the same */
  gboolean encrypted;     /* whether it is encrypted when it is sent */
  AmselIdentity identity; /* of the meter */
  gboolean fixed;         /* under another number it would not say the same: it is encrypted with it */
} BenchSample;

/* Reads lines of a driver's name and a telegram. (element-type BenchSample) */
GPtrArray *bench_samples_load (const gchar *path);

/* The telegram as a meter of that number sends it: encrypted, too. */
GByteArray *bench_sample_send (const BenchSample *self, guint32 id);

G_END_DECLS
