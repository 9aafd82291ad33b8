/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The dialogue that finds the meters of a wired line. */
#pragma once

#include "mbus-address.h"

G_BEGIN_DECLS

typedef enum
{
  MBUS_STRATEGY_SECONDARY,
  MBUS_STRATEGY_PRIMARY,
  MBUS_STRATEGY_BOTH,
  MBUS_STRATEGY_ENHANCED,
  MBUS_STRATEGY_VERIFY,
} MbusStrategy;

#define MBUS_TYPE_STRATEGY (mbus_strategy_get_type ())
GType mbus_strategy_get_type (void) G_GNUC_CONST;

#define MBUS_TYPE_SEARCH (mbus_search_get_type ())
G_DECLARE_FINAL_TYPE (MbusSearch, mbus_search, MBUS, SEARCH, AmselSearch)

/* A search at a baud rate, unless its property says others. */
AmselSearch *mbus_search_new (guint baud);

G_END_DECLS
