/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who the slaves are that a description stands for. */
#pragma once

#include "mbus-slave.h"

G_BEGIN_DECLS

typedef struct
{
  AmselIdentity identity;
  gboolean has_fabrication; /* whether it can be selected by its fabrication number */
  guint32 fabrication;
} MbusSlaveIdentity;

/* One for each of the slaves; seed is that of numbers drawn by chance. Returns (element-type
 * MbusSlaveIdentity). */
GArray *mbus_identities_make (const MbusSlaveSettings *settings, MbusTelegrams *telegrams, guint64 seed,
                              GError **error);

G_END_DECLS
