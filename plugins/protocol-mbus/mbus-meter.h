/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A wired meter: its settings, and what the master must remember of its link from one reading to the next. */
#pragma once

#include "en13757-key.h"
#include "mbus-address.h"

G_BEGIN_DECLS

#define MBUS_TYPE_METER (mbus_meter_get_type ())
G_DECLARE_FINAL_TYPE (MbusMeter, mbus_meter, MBUS, METER, AmselMeter)

/* The state of the link to a meter, EN 13757-2 clause 5.7.5.3: the frame count bit tells a meter whether a
 * request is a new one or the repetition of one whose answer was lost. A primary address and the
 * pseudo-address 253 have a link of their own each; a meter is read by one of them, so one state is enough
 * for it. */
typedef struct
{
  gboolean known; /* whether the meter is known to expect fcb */
  gboolean fcb;   /* frame count bit of the next new request */
} MbusLink;

/* For the dialogues, which are the only ones that change it. */
MbusLink *mbus_meter_get_link (MbusMeter *self);
/* The parsed address; FALSE with MBUS_READ_ERROR_MALFORMED_ADDRESS where it is none. */
gboolean mbus_meter_get_parsed_address (MbusMeter *self, MbusAddress *out, GError **error);
/* The secondary address that it must have; of KIND_NONE where that does not matter. FALSE as above. */
gboolean mbus_meter_get_identity (MbusMeter *self, MbusAddress *out, GError **error);
/* (transfer none) (nullable): its key, where it has one that can be used. */
En13757Key *mbus_meter_get_key (MbusMeter *self);
/* Whether the setting of its key can be used. */
gboolean mbus_meter_has_good_key (MbusMeter *self);
/* What is sent to it before its data are asked for (element-type GBytes): CI field and what follows. */
GPtrArray *mbus_meter_get_orders (MbusMeter *self);
/* Whether all of that is hexadecimal text of a fitting length. */
gboolean mbus_meter_has_good_orders (MbusMeter *self);
/* Whether its clock is set before its data are asked for. */
gboolean mbus_meter_sets_clock (MbusMeter *self);
/* Baud rate that it is to change to; 0 for none. */
guint mbus_meter_get_new_baud (MbusMeter *self);
/* It has answered at that rate, which is its baud rate from now on. */
void mbus_meter_settle_baud (MbusMeter *self);
/* Baud rate of this meter; 0 for that of its protocol. */
guint mbus_meter_get_baud (MbusMeter *self);

G_END_DECLS
