/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Synthetic meters: telegrams whose counters advance with the clock. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

typedef enum
{
  MBUS_GENERATE_NONE,
  MBUS_GENERATE_WATER,
  MBUS_GENERATE_HOT_WATER,
  MBUS_GENERATE_HEAT,
  MBUS_GENERATE_COOLING,
  MBUS_GENERATE_ELECTRICITY,
  MBUS_GENERATE_GAS,
  MBUS_GENERATE_HEAT_COST_ALLOCATOR,
} MbusGenerate;

#define MBUS_TYPE_GENERATE (mbus_generate_get_type ())
GType mbus_generate_get_type (void) G_GNUC_CONST;

/* Telegrams that one readout of a synthetic meter may be made of. */
#define MBUS_GENERATE_PARTS_MAX 6

guint8 mbus_generate_get_medium (MbusGenerate kind);
/* One telegram of a readout, from the C field on; part counts from 0. It has at least min_length bytes. */
GByteArray *mbus_generate (MbusGenerate kind, const AmselIdentity *identity, guint part, guint n_parts,
                           guint min_length, gint64 real_us);

G_END_DECLS
