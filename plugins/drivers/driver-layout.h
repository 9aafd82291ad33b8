/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fixed layouts: a table says where each value of a proprietary payload lies, what it is and when it is none.
 *
 * Reading is bounds-checked. A value that the meter marks as not set, that lies beyond the end or that is
 * outside of what the meter can measure becomes a field without value and with the reason. */
#pragma once

#include "driver.h"

G_BEGIN_DECLS

typedef enum
{
  DRIVER_LAYOUT_UINT,    /* unsigned, least significant byte first */
  DRIVER_LAYOUT_UINT_BE, /* unsigned, most significant byte first */
  DRIVER_LAYOUT_INT,     /* two's complement, least significant byte first */
  DRIVER_LAYOUT_BCD,     /* two digits a byte, least significant byte first */
  DRIVER_LAYOUT_DAY_G,   /* a date of type G (EN 13757-3 Annex A) */
  DRIVER_LAYOUT_DAY_YMD, /* 16 bits from the top: year - 2000 (7), month (4), day (5) */
} DriverLayoutType;

/* Which raw values mean that there is none. */
typedef enum
{
  DRIVER_LAYOUT_ALWAYS_SET = 0,
  DRIVER_LAYOUT_ONES_UNSET = 1 << 0,   /* all bits set */
  DRIVER_LAYOUT_LOWEST_UNSET = 1 << 1, /* the top bit alone: the lowest number */
} DriverLayoutUnset;

/* A value, of which raw × factor ÷ divisor × 10^exponent is in the unit that the name ends with. */
typedef struct
{
  const gchar *name;
  guint8 offset;  /* from the beginning of the data */
  guint8 length;  /* 1 to 4 bytes */
  guint8 type;    /* DriverLayoutType */
  guint8 unset;   /* DriverLayoutUnset */
  guint8 role;    /* AmselFieldRole */
  gint8 exponent; /* power of ten */
  gint32 factor;  /* 0 is 1 */
  gint32 divisor; /* 0 is 1; the result is rounded */
  gint64 lowest;  /* raw numbers below are doubtful */
  gint64 highest; /* raw numbers above are doubtful; 0 is no limit */
  AmselQuantity quantity;
} DriverLayoutRow;

/* A bit, or several, and what they say. */
typedef struct
{
  guint32 mask; /* 0 ends a list */
  const gchar *name;
} DriverLayoutFlag;

void driver_layout_read (DriverContext *context, const guint8 *data, gsize length,
                         const DriverLayoutRow *rows, gsize n_rows);

/* The raw number of a row that is no date, or the reason why there is none. */
AmselReason driver_layout_get (const DriverLayoutRow *row, const guint8 *data, gsize length, gint64 *out_raw);

/* Scales a raw number as the row says and adds it. */
AmselField *driver_layout_add (DriverContext *context, const DriverLayoutRow *row, gint64 raw);
AmselField *driver_layout_add_null (DriverContext *context, const DriverLayoutRow *row, AmselReason reason);
void driver_layout_add_nulls (DriverContext *context, const DriverLayoutRow *rows, gsize n_rows,
                              AmselReason reason);

/* A text with the names of the flags that are set, parted by blanks: none where there is none, and UNKNOWN_
 * with the bits in hexadecimal for those without a name. */
AmselField *driver_layout_add_flags (DriverContext *context, const gchar *name, guint32 bits,
                                     const DriverLayoutFlag *flags, const gchar *none);

AmselDate driver_layout_day_g (guint16 raw);
AmselDate driver_layout_day_ymd (guint16 raw);

/* A day that is about the meter or its values, not measured. */
AmselField *driver_layout_add_day (DriverContext *context, const gchar *name, const AmselDate *day);

/* Passes the two bytes 2F that a payload begins with where it was encrypted. */
void driver_layout_skip_marks (AmselCursor *cursor);

/* Two digits of BCD; 255 where they are none. */
guint8 driver_layout_from_bcd (guint8 byte);

/* The manufacturer's block behind the records (DIF 0F or 1F), once they are decoded. */
gboolean driver_layout_find_block (const DriverContext *context, const guint8 **out_block, gsize *out_length);

G_END_DECLS
