/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Techem's own payloads (CI A0 to A2): heat cost allocators, water, heat, and smoke detectors.
 *
 *   0 state  1 end of the last period (date)  3 units of it  5 today, without its year  7 units since then
 *
 * Heat meters have units of three bytes and today's month and day in 6 and 10. Allocators with two sensors go
 * on with the temperatures of room and radiator at 9, those of version 94 at 10. The date of the last period
 * is valid in every telegram of these layouts, so a telegram without one is of another layout. */
#include "driver-layout.h"

#define VERSION_ALLOCATOR_3 0x69
#define VERSION_ALLOCATOR_4 0x94

#define TECHEM DRIVER_MANUFACTURER ('T', 'C', 'H')

/* The media above 0F are Techem's own. */
static const DriverMatch ALLOCATORS[] = {
  { TECHEM, 0x45, 0x80 }, { TECHEM, 0x61, 0x80 }, { TECHEM, 0x64, 0x80 },
  { TECHEM, 0x69, 0x80 }, { TECHEM, 0x94, 0x80 }, { 0 },
};
static const DriverMatch WATER_METERS[] = {
  { TECHEM, 0x70, 0x62 },
  { TECHEM, 0x74, 0x62 },
  { TECHEM, 0x95, 0x62 },
  { TECHEM, 0x70, 0x72 },
  { TECHEM, 0x74, 0x72 },
  { TECHEM, 0x95, 0x72 },
  { 0 },
};
static const DriverMatch COMPACT_METERS[] = {
  { TECHEM, 0x22, 0x43 },
  { TECHEM, 0x39, 0x43 },
  { TECHEM, 0x45, 0x43 },
  { TECHEM, 0x45, 0x04 },
  { TECHEM, 0x45, 0xC3 },
  { TECHEM, 0x27, 0x43 },
  { 0 },
};
static const DriverMatch VARIO_METERS[] = { { TECHEM, 0x27, 0x04 }, { TECHEM, 0x27, 0xC3 }, { 0 } };
static const DriverMatch SMOKE_DETECTORS[] = { { TECHEM, 0x76, 0xF0 }, { 0 } };

/* A layout of two counters, the second since the end of the first one's period. */
typedef struct
{
  DriverLayoutRow last;
  DriverLayoutRow current;
  DriverLayoutRow total; /* without a name where the sum is not what a meter shows */
  const gchar *last_date;
} Layout;

static const Layout ALLOCATOR = {
  .last = { .name = "previous_hca",
            .offset = 3,
            .length = 2,
            .role = AMSEL_FIELD_STORED,
            .quantity = AMSEL_QUANTITY_HEAT_COST_ALLOCATION },
  .current = { .name = "current_hca",
               .offset = 7,
               .length = 2,
               .role = AMSEL_FIELD_COUNTER,
               .quantity = AMSEL_QUANTITY_HEAT_COST_ALLOCATION },
  .last_date = "previous_date",
};

#define WATER_ROW(row_name, row_offset, row_role)                                                            \
  {                                                                                                          \
    .name = row_name, .offset = row_offset, .length = 2, .exponent = -1, .role = row_role,                   \
    .quantity = AMSEL_QUANTITY_VOLUME                                                                        \
  }

static const Layout WATER = {
  .last = WATER_ROW ("target_m3", 3, AMSEL_FIELD_STORED),
  .current = WATER_ROW ("current_m3", 7, AMSEL_FIELD_INSTANT),
  .total = WATER_ROW ("total_m3", 0, AMSEL_FIELD_COUNTER),
  .last_date = "prev_date",
};

/* Compact V counts kWh; Vario 4.5.1 counts MJ, of which 3.6 are one. */
#define HEAT_ROW(row_name, row_offset, row_role, row_factor, row_divisor, row_exponent)                      \
  {                                                                                                          \
    .name = row_name, .offset = row_offset, .length = 3, .factor = row_factor, .divisor = row_divisor,       \
    .exponent = row_exponent, .role = row_role, .quantity = AMSEL_QUANTITY_ENERGY                            \
  }
#define HEAT_LAYOUT(factor, divisor, exponent)                                                               \
  {                                                                                                          \
    .last = HEAT_ROW ("previous_kwh", 3, AMSEL_FIELD_STORED, factor, divisor, exponent),                     \
    .current = HEAT_ROW ("current_kwh", 7, AMSEL_FIELD_INSTANT, factor, divisor, exponent),                  \
    .total = HEAT_ROW ("total_kwh", 0, AMSEL_FIELD_COUNTER, factor, divisor, exponent),                      \
    .last_date = "previous_date"                                                                             \
  }

static const Layout HEAT_KWH = HEAT_LAYOUT (1, 1, 0);
static const Layout HEAT_MJ = HEAT_LAYOUT (2500000, 9, -6);

/* From -20 to 130 degrees: what such a sensor can be exposed to. */
#define TEMPERATURE_ROW(row_name, row_offset)                                                                \
  {                                                                                                          \
    .name = row_name, .offset = row_offset, .length = 2, .type = DRIVER_LAYOUT_INT, .exponent = -2,          \
    .lowest = -2000, .highest = 13000, .role = AMSEL_FIELD_INSTANT, .quantity = AMSEL_QUANTITY_TEMPERATURE   \
  }

static const DriverLayoutRow TEMPERATURES[] = { TEMPERATURE_ROW ("temp_room_c", 0),
                                                TEMPERATURE_ROW ("temp_radiator_c", 2) };

static gboolean
read_last_date (const DriverContext *context, AmselDate *out_date)
{
  AmselCursor cursor;
  guint16 raw;

  amsel_cursor_init (&cursor, context->payload, context->payload_length);
  if (!amsel_cursor_skip (&cursor, 1) || !amsel_cursor_u16_le (&cursor, &raw))
    return FALSE;
  *out_date = driver_layout_day_ymd (raw);
  return TRUE;
}

/* Today has no year: it is the first such day behind the end of the last period. */
static void
add_current_date (DriverContext *context, guint month, guint day, const AmselDate *last)
{
  gboolean is_next_year = month < last->month || (month == last->month && day <= last->day);

  driver_add_day (context, "current_date", last->year + (is_next_year ? 1u : 0u), month, day)->role =
      AMSEL_FIELD_INFO;
}

static void
read_current_date (DriverContext *context, const AmselDate *last, gboolean is_heat)
{
  const guint8 *payload = context->payload;

  if (is_heat && context->payload_length >= 12)
    {
      driver_note (context, payload + 6, 1, "current_date: month");
      driver_note (context, payload + 10, 2, "current_date: day");
      add_current_date (context, payload[6] >> 3 & 0x0F, (payload[11] << 8 | payload[10]) >> 7 & 0x1F, last);
    }
  else if (!is_heat && context->payload_length >= 7)
    {
      driver_note (context, payload + 5, 2, "current_date");
      add_current_date (context, payload[6] >> 1 & 0x0F, (payload[6] << 8 | payload[5]) >> 4 & 0x1F, last);
    }
  else
    driver_add_null (context, "current_date", AMSEL_REASON_TRUNCATED);
}

static AmselReason
read_counters (const DriverContext *context, const Layout *layout, gint64 *last, gint64 *current)
{
  AmselReason reason = driver_layout_get (&layout->last, context->payload, context->payload_length, last);

  return reason != AMSEL_REASON_NONE
             ? reason
             : driver_layout_get (&layout->current, context->payload, context->payload_length, current);
}

static gboolean
add_counters (DriverContext *context, const Layout *layout, gboolean is_heat)
{
  AmselDate last_date = { 0 };
  gint64 last, current;
  AmselReason reason = read_counters (context, layout, &last, &current);

  if (reason == AMSEL_REASON_NONE
      && (!read_last_date (context, &last_date) || !amsel_date_is_valid (&last_date)))
    reason = AMSEL_REASON_UNKNOWN_FORMAT;
  if (reason != AMSEL_REASON_NONE)
    {
      driver_layout_add_null (context, layout->total.name != NULL ? &layout->total : &layout->current,
                              reason);
      return FALSE;
    }
  if (layout->total.name != NULL)
    driver_layout_add (context, &layout->total, last + current);
  driver_layout_add (context, &layout->current, current);
  driver_layout_add (context, &layout->last, last);
  driver_layout_add_day (context, layout->last_date, &last_date);
  driver_note (context, context->payload + 1, 2, layout->last_date);
  driver_note (context, context->payload + layout->last.offset, layout->last.length, layout->last.name);
  driver_note (context, context->payload + layout->current.offset, layout->current.length,
               layout->current.name);
  read_current_date (context, &last_date, is_heat);
  return TRUE;
}

static gboolean
is_own_payload (const DriverContext *context)
{
  return context->ci >= 0xA0 && context->ci <= 0xA2;
}

static DriverResult
decode_allocator (DriverContext *context)
{
  guint8 version = context->identity->version;
  gsize offset = MIN (version == VERSION_ALLOCATOR_4 ? 10u : 9u, context->payload_length);

  if (!is_own_payload (context))
    return DRIVER_RESULT_NOT_MINE;
  if (add_counters (context, &ALLOCATOR, FALSE)
      && (version == VERSION_ALLOCATOR_3 || version == VERSION_ALLOCATOR_4))
    driver_layout_read (context, context->payload + offset, context->payload_length - offset, TEMPERATURES,
                        G_N_ELEMENTS (TEMPERATURES));
  return DRIVER_RESULT_CONSUMED;
}

static DriverResult
decode_layout (DriverContext *context, const Layout *layout, gboolean is_heat)
{
  if (!is_own_payload (context))
    return DRIVER_RESULT_NOT_MINE;
  add_counters (context, layout, is_heat);
  return DRIVER_RESULT_CONSUMED;
}

static DriverResult
decode_water (DriverContext *context)
{
  return decode_layout (context, &WATER, FALSE);
}

static DriverResult
decode_compact (DriverContext *context)
{
  return decode_layout (context, &HEAT_KWH, TRUE);
}

static DriverResult
decode_vario (DriverContext *context)
{
  return decode_layout (context, &HEAT_MJ, TRUE);
}

static const gchar *
get_smoke_state (guint8 state)
{
  switch (state)
    {
    case 0x00:
      return "OK";
    case 0x01:
      return "SMOKE";
    case 0x80:
      return "DEFECT";
    default:
      return NULL;
    }
}

static DriverResult
decode_smoke (DriverContext *context)
{
  AmselDate date;
  const gchar *state;
  gchar text[16];

  if (!is_own_payload (context))
    return DRIVER_RESULT_NOT_MINE;
  if (!read_last_date (context, &date))
    {
      driver_add_null (context, "status", AMSEL_REASON_TRUNCATED);
      return DRIVER_RESULT_CONSUMED;
    }
  state = get_smoke_state (context->payload[0]);
  g_snprintf (text, sizeof text, "STATUS_%X", context->payload[0]);
  driver_add_text (context, "status", state != NULL ? state : text)->role = AMSEL_FIELD_INFO;
  driver_layout_add_day (context, "prev_date", &date);
  driver_note (context, context->payload, 1, "status");
  driver_note (context, context->payload + 1, 2, "prev_date");
  return DRIVER_RESULT_CONSUMED;
}

const DriverCode driver_fhkvdataiii = {
  .name = "fhkvdataiii",
  .title = "Techem heat cost allocators data III",
  .matches = ALLOCATORS,
  .decode = decode_allocator,
};

const DriverCode driver_mkradio3 = {
  .name = "mkradio3",
  .title = "Techem water radios MK radio 3 and 4",
  .matches = WATER_METERS,
  .decode = decode_water,
};

const DriverCode driver_compact5 = {
  .name = "compact5",
  .title = "Techem heat meters Compact V",
  .matches = COMPACT_METERS,
  .decode = decode_compact,
};

const DriverCode driver_vario451 = {
  .name = "vario451",
  .title = "Techem heat meters Vario 4.5.1",
  .matches = VARIO_METERS,
  .decode = decode_vario,
};

const DriverCode driver_tsd2 = {
  .name = "tsd2",
  .title = "Techem smoke detectors TSD 2",
  .matches = SMOKE_DETECTORS,
  .decode = decode_smoke,
};
