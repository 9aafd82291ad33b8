/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A wireless meter: whose telegrams it means, and the key. */
#pragma once

#include "en13757-key.h"
#include "en13757-selection.h"

G_BEGIN_DECLS

#define WMBUS_TYPE_METER (wmbus_meter_get_type ())
G_DECLARE_FINAL_TYPE (WmbusMeter, wmbus_meter, WMBUS, METER, AmselMeter)

/* (transfer none) (nullable): its key, where it has one that can be used. */
En13757Key *wmbus_meter_get_key (WmbusMeter *self);
/* Whether its settings can be used. */
gboolean wmbus_meter_check (AmselMeter *meter, GError **error);
/* Which meters its address means; FALSE where it has none that can be used. */
gboolean wmbus_meter_get_selection (AmselMeter *meter, En13757Selection *out);

G_END_DECLS
