/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Qundis Q caloric, Q heat and Q water, and what others sell of them: the walk-by telegram has its values in
 * a record of variable length (VIF FF 5F), as the present one, two stored ones and a year of differences
 * between months.
 *
 *   4 zero where it is in plain  7 07  8 DIF without its length  9 VIF of all values
 *   10 date of an error  12 value (8 BCD digits)
 *   16 yearly date  18 value then  22 monthly date  24 value then
 *   28 twelve differences between months (16 bits, signed), the last one up to the monthly date
 *
 * The differences are in the unit of the VIF, for volumes in ten of it; months before the first are 8000.
 * That they add up to what was used between the two dates is what tells that they were read as they are
 * meant. After the yearly date an allocator begins with zero, so that month's difference is none.
 *
 * Some of these telegrams are encrypted in a way that is not known: their byte 4 is 35. */
#include "driver-layout.h"

#define QDS DRIVER_MANUFACTURER ('Q', 'D', 'S')
#define LSE DRIVER_MANUFACTURER ('L', 'S', 'E')

#define BLOCK_LENGTH     53
#define PLAIN_OFFSET     4
#define FORMAT_OFFSET    7
#define FORMAT           0x07
#define VIF_OFFSET       9
#define YEAR_OFFSET      16
#define MONTH_OFFSET     22
#define FIRST_DIFFERENCE 28
#define DIFFERENCES      12
#define DIFFERENCE_UNIT  10 /* of volumes */

static const DriverMatch MATCHES[] = { { QDS, DRIVER_ANY, DRIVER_ANY },
                                       { LSE, DRIVER_ANY, DRIVER_ANY },
                                       { 0 } };

/* Names for one kind of meter: values now, at the yearly and at the monthly date, the dates, and the months.
 */
typedef struct
{
  const gchar *values[3];
  const gchar *dates[2];
  const gchar *months[DIFFERENCES];
  AmselQuantity quantity;
} Names;

#define MONTH_NAMES(unit)                                                                                    \
  {                                                                                                          \
    "consumption_month_12_" unit, "consumption_month_11_" unit, "consumption_month_10_" unit,                \
        "consumption_month_09_" unit, "consumption_month_08_" unit, "consumption_month_07_" unit,            \
        "consumption_month_06_" unit, "consumption_month_05_" unit, "consumption_month_04_" unit,            \
        "consumption_month_03_" unit, "consumption_month_02_" unit, "consumption_month_01_" unit             \
  }

static const Names VOLUME = { { "total_m3", "target_year_m3", "target_m3" },
                              { "target_year_date", "target_date" },
                              MONTH_NAMES ("m3"),
                              AMSEL_QUANTITY_VOLUME };
static const Names ENERGY = { { "total_kwh", "target_year_kwh", "target_kwh" },
                              { "target_year_date", "target_date" },
                              MONTH_NAMES ("kwh"),
                              AMSEL_QUANTITY_ENERGY };
static const Names ALLOCATION = { { "current_consumption_hca", "consumption_at_set_date_hca",
                                    "consumption_at_set_date_17_hca" },
                                  { "set_date", "set_date_17" },
                                  MONTH_NAMES ("hca"),
                                  AMSEL_QUANTITY_HEAT_COST_ALLOCATION };

/* What a VIF comes to: names, and how a number of it becomes one in the unit of the names. */
typedef struct
{
  const Names *names;
  gint32 factor;
  gint32 divisor;
  gint8 exponent;
} Scale;

/* Volumes are 10^(n-6) m3, energies 10^(n-3) Wh or 10^n J, of which 3600000 are a kWh (EN 13757-3 table 10).
 */
static gboolean
get_scale (guint8 vif, Scale *scale)
{
  guint n = vif & 0x07;

  if (vif >= 0x10 && vif <= 0x17)
    *scale = (Scale){ &VOLUME, 1, 1, (gint8) (n - 6) };
  else if (vif <= 0x07)
    *scale = (Scale){ &ENERGY, 1, 1, (gint8) (n - 6) };
  else if (vif >= 0x0D && vif <= 0x0F)
    *scale = (Scale){ &ENERGY, n == 5 ? 250000 : n == 6 ? 2500000 : 25000000, 9, -6 };
  else if (vif == 0x6E)
    *scale = (Scale){ &ALLOCATION, 1, 1, 0 };
  else
    return FALSE;
  return TRUE;
}

static DriverLayoutRow
make_row (const Scale *scale, const gchar *name, gsize offset, AmselFieldRole role)
{
  return (DriverLayoutRow){ .name = name,
                            .offset = (guint8) offset,
                            .length = 4,
                            .type = DRIVER_LAYOUT_BCD,
                            .unset = DRIVER_LAYOUT_ONES_UNSET,
                            .role = (guint8) role,
                            .exponent = scale->exponent,
                            .factor = scale->factor,
                            .divisor = scale->divisor,
                            .quantity = scale->names->quantity };
}

static AmselDate
date_at (const guint8 *block, gsize offset)
{
  return driver_layout_day_g ((guint16) (block[offset] | block[offset + 1] << 8));
}

static void
add_date (DriverContext *context, const gchar *name, const guint8 *block, gsize offset)
{
  const DriverLayoutRow row = { .name = name,
                                .offset = (guint8) offset,
                                .length = 2,
                                .type = DRIVER_LAYOUT_DAY_G,
                                .unset = DRIVER_LAYOUT_ONES_UNSET,
                                .role = AMSEL_FIELD_INFO,
                                .quantity = AMSEL_QUANTITY_DATE };

  driver_layout_read (context, block, BLOCK_LENGTH, &row, 1);
}

/* How many of the months at the end lie between the yearly and the monthly date; all where there was no year
 * yet. */
static guint
count_months (const guint8 *block)
{
  AmselDate year = date_at (block, YEAR_OFFSET);
  AmselDate month = date_at (block, MONTH_OFFSET);
  gint n;

  if (!amsel_date_is_valid (&month))
    return 0;
  if (!amsel_date_is_valid (&year))
    return DIFFERENCES;
  n = (month.year - year.year) * 12 + month.month - year.month;
  return n > 0 && n <= DIFFERENCES ? (guint) n : 0;
}

static gint64
difference_at (const guint8 *block, guint index, gboolean *is_set)
{
  const DriverLayoutRow row = { .offset = (guint8) (FIRST_DIFFERENCE + 2 * index),
                                .length = 2,
                                .type = DRIVER_LAYOUT_INT,
                                .unset = DRIVER_LAYOUT_LOWEST_UNSET,
                                .lowest = G_MININT16 };
  gint64 raw = 0;

  *is_set = driver_layout_get (&row, block, BLOCK_LENGTH, &raw) == AMSEL_REASON_NONE;
  return raw;
}

/* The months between the two dates add up to the difference of the values there; each is rounded. */
static gboolean
is_consistent (const guint8 *block, const Scale *scale, gint64 unit)
{
  const DriverLayoutRow year = make_row (scale, NULL, YEAR_OFFSET + 2, AMSEL_FIELD_STORED);
  const DriverLayoutRow month = make_row (scale, NULL, MONTH_OFFSET + 2, AMSEL_FIELD_STORED);
  guint n = count_months (block);
  gint64 at_year, at_month, sum = 0;
  gboolean is_set;

  if (n == 0 || driver_layout_get (&year, block, BLOCK_LENGTH, &at_year) != AMSEL_REASON_NONE
      || driver_layout_get (&month, block, BLOCK_LENGTH, &at_month) != AMSEL_REASON_NONE)
    return FALSE;
  for (guint i = DIFFERENCES - n; i < DIFFERENCES; i++)
    sum += unit * difference_at (block, i, &is_set);
  if (scale->names == &ALLOCATION)
    sum += at_year; /* the month in which it began with zero again has lost what it had */
  else
    at_month -= at_year;
  return ABS (sum - at_month) <= unit * n;
}

static void
add_months (DriverContext *context, const guint8 *block, const Scale *scale)
{
  gint64 unit = scale->names == &VOLUME ? DIFFERENCE_UNIT : 1;
  gboolean is_right = is_consistent (block, scale, unit);

  for (guint i = 0; i < DIFFERENCES; i++)
    {
      const DriverLayoutRow row = make_row (scale, scale->names->months[i], 0, AMSEL_FIELD_STORED);
      gboolean is_set;
      gint64 raw = difference_at (block, i, &is_set);

      driver_note (context, block + FIRST_DIFFERENCE + 2 * i, 2, row.name);
      if (!is_set)
        driver_layout_add_null (context, &row, AMSEL_REASON_NOT_AVAILABLE);
      else if (!is_right || raw < 0)
        driver_layout_add_null (context, &row, AMSEL_REASON_DOUBTFUL);
      else
        driver_layout_add (context, &row, unit * raw);
    }
}

static void
add_block (DriverContext *context, const guint8 *block, const Scale *scale)
{
  const Names *names = scale->names;
  const DriverLayoutRow rows[] = { make_row (scale, names->values[0], 12, AMSEL_FIELD_COUNTER),
                                   make_row (scale, names->values[1], YEAR_OFFSET + 2, AMSEL_FIELD_STORED),
                                   make_row (scale, names->values[2], MONTH_OFFSET + 2, AMSEL_FIELD_STORED) };

  driver_note (context, block + PLAIN_OFFSET, 1, "in plain");
  driver_note (context, block + FORMAT_OFFSET, 1, "which layout");
  driver_note (context, block + VIF_OFFSET, 1, "VIF of all values");
  driver_layout_read (context, block, BLOCK_LENGTH, rows, G_N_ELEMENTS (rows));
  add_date (context, names->dates[0], block, YEAR_OFFSET);
  add_date (context, names->dates[1], block, MONTH_OFFSET);
  add_months (context, block, scale);
}

static const guint8 *
find_block (const DriverContext *context)
{
  gsize n_records, length;
  const AmselRecord *records = amsel_telegram_get_records (context->telegram, &n_records);
  const guint8 *payload = amsel_telegram_get_payload (context->telegram, &length);

  for (gsize i = 0; i < n_records; i++)
    {
      const AmselRecord *record = &records[i];
      gsize vif = record->dif_offset + record->dif_length;

      if (record->data_length == BLOCK_LENGTH && record->vif_length == 2 && vif + 2 <= length
          && payload[vif] == 0xFF && payload[vif + 1] == 0x5F && record->data_offset + BLOCK_LENGTH <= length)
        return payload + record->data_offset;
    }
  return NULL;
}

static gboolean
decode_records (DriverContext *context)
{
  const guint8 *block = find_block (context);
  Scale scale;

  if (block == NULL)
    return FALSE;
  if (block[PLAIN_OFFSET] == 0 && block[FORMAT_OFFSET] == FORMAT && get_scale (block[VIF_OFFSET], &scale))
    add_block (context, block, &scale);
  else
    driver_add_null (context, "walk_by",
                     block[PLAIN_OFFSET] != 0 ? AMSEL_REASON_NO_KEY : AMSEL_REASON_UNKNOWN_FORMAT);
  return TRUE;
}

const DriverCode driver_qundis = {
  .name = "qundis",
  .title = "Qundis allocators, heat and water meters: walk-by telegrams",
  .matches = MATCHES,
  .records = decode_records,
};
