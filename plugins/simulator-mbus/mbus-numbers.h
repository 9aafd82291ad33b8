/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Identification numbers of several slaves at once, as buildings have them. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

/* How the numbers of several slaves lie. */
typedef enum
{
  MBUS_NUMBERS_CONSECUTIVE, /* one behind the other: a delivery from one pallet */
  MBUS_NUMBERS_RANDOM,      /* anywhere in eight decimal digits: replaced one by one over the years */
  MBUS_NUMBERS_CLUSTERS,    /* runs of consecutive ones, each from a random beginning: several deliveries */
  MBUS_NUMBERS_LETTERS,     /* anywhere, with digits from 0 to E: what some makers give out */
} MbusNumbers;

#define MBUS_TYPE_NUMBERS (mbus_numbers_get_type ())
GType mbus_numbers_get_type (void) G_GNUC_CONST;

#define MBUS_CLUSTERS_MAX 100

/* Reads eight digits, 0 to 9 or A to F. */
gboolean mbus_number_parse (const gchar *text, guint32 *out_id);

/* An identification number that is so much higher; FALSE where it has letters and cannot be counted on. */
gboolean mbus_number_add (guint32 id, guint64 n, guint32 *out_id);

/* n different numbers (fewer than ten million), the same ones for the same seed. Not for CONSECUTIVE. */
guint32 *mbus_numbers_draw (MbusNumbers kind, guint n, guint n_clusters, guint64 seed);

G_END_DECLS
