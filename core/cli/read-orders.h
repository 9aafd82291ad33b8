/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What “amsel read” tells a meter before it reads it. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

typedef struct
{
  gchar **send;       /* (owned) (nullable): hexadecimal digits each */
  gint application;   /* -1 for none */
  gint primary;       /* new primary address; -1 for none */
  gboolean set_clock; /* to the time of this machine */
  gint new_baud;      /* 0 for none */
} ReadOrders;

#define READ_ORDERS_NONE ((ReadOrders){ .application = -1, .primary = -1 })

/* Gives the orders to a meter; FALSE where its protocol knows none of them, or they make no sense. */
gboolean read_orders_apply (const ReadOrders *self, AmselMeter *meter, GError **error);

void read_orders_clear (ReadOrders *self);

G_END_DECLS
