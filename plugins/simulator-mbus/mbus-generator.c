/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Synthetic meters.
 *
 * Each kind has a table of records. A counter grows by so much an hour since 2020, from a beginning and with
 * a pace that depend on the meter's number, so no two meters of a building are alike and the same moment
 * always gives the same telegram. A gauge moves up and down within a day. The first telegram carries the
 * present values and those of the last first of the month (storage 1); each further one carries six months of
 * history (storage 2 and on). Clocks of the meters show UTC. */
#include "mbus-generator.h"

#include "mbus-frame.h"

#define EPOCH_S         G_GINT64_CONSTANT (1577836800) /* 2020-01-01 00:00 UTC */
#define MONTHS_PER_PART 6
#define STORAGE_MAX     31 /* with one DIFE */
#define SECONDS_PER_DAY 86400

G_DEFINE_ENUM_TYPE (MbusGenerate, mbus_generate, G_DEFINE_ENUM_VALUE (MBUS_GENERATE_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (MBUS_GENERATE_WATER, "water"),
                    G_DEFINE_ENUM_VALUE (MBUS_GENERATE_HOT_WATER, "hot-water"),
                    G_DEFINE_ENUM_VALUE (MBUS_GENERATE_HEAT, "heat"),
                    G_DEFINE_ENUM_VALUE (MBUS_GENERATE_COOLING, "cooling"),
                    G_DEFINE_ENUM_VALUE (MBUS_GENERATE_ELECTRICITY, "electricity"),
                    G_DEFINE_ENUM_VALUE (MBUS_GENERATE_GAS, "gas"),
                    G_DEFINE_ENUM_VALUE (MBUS_GENERATE_HEAT_COST_ALLOCATOR, "heat-cost-allocator"))

typedef enum
{
  FORM_NONE,
  FORM_COUNTER, /* a: so much an hour; b: so much at most at the beginning */
  FORM_SUM,     /* of the first two of the other records: the tariffs */
  FORM_GAUGE,   /* from a to b within a day */
  FORM_NUMBER,  /* of the meter: eight digits */
} Form;

typedef struct
{
  guint8 head[4]; /* DIF, DIFE, VIF, VIFE */
  guint8 head_length;
  guint8 n_bytes; /* of BCD data */
  Form form;
  gint64 a;
  gint64 b;
} Template;

typedef struct
{
  guint8 medium;
  Template main; /* the counter whose history is kept */
  Template others[8];
} Model;

/* BCD digits: 9 = 2, A = 4, B = 6, C = 8. VIF of EN 13757-3 tables 10 and 12. */
static const Model MODELS[] = {
  [MBUS_GENERATE_WATER] = { 0x07,
                            { { 0x0C, 0x13 }, 2, 4, FORM_COUNTER, 14, 900000 }, /* l */
                            { { { 0x0B, 0x3B }, 2, 3, FORM_GAUGE, 0, 620 },     /* l/h */
                              { { 0x0B, 0x22 }, 2, 3, FORM_COUNTER, 1, 20000 }, /* operating hours */
                              { { 0x0C, 0x78 }, 2, 4, FORM_NUMBER, 0, 0 } } },
  [MBUS_GENERATE_HOT_WATER] = { 0x06,
                                { { 0x0C, 0x13 }, 2, 4, FORM_COUNTER, 6, 400000 },
                                { { { 0x0B, 0x3B }, 2, 3, FORM_GAUGE, 0, 410 },
                                  { { 0x0A, 0x5B }, 2, 2, FORM_GAUGE, 44, 61 }, /* °C */
                                  { { 0x0C, 0x78 }, 2, 4, FORM_NUMBER, 0, 0 } } },
  [MBUS_GENERATE_HEAT] = { 0x04,
                           { { 0x0C, 0x06 }, 2, 4, FORM_COUNTER, 3, 90000 },    /* kWh */
                           { { { 0x0C, 0x14 }, 2, 4, FORM_COUNTER, 9, 300000 }, /* 10 l */
                             { { 0x0B, 0x2D }, 2, 3, FORM_GAUGE, 4, 97 },       /* 100 W */
                             { { 0x0B, 0x3B }, 2, 3, FORM_GAUGE, 90, 480 },     /* l/h */
                             { { 0x0A, 0x5A }, 2, 2, FORM_GAUGE, 480, 722 },    /* 0.1 °C */
                             { { 0x0A, 0x5E }, 2, 2, FORM_GAUGE, 330, 478 },    /* 0.1 °C */
                             { { 0x0B, 0x22 }, 2, 3, FORM_COUNTER, 1, 20000 },
                             { { 0x0C, 0x78 }, 2, 4, FORM_NUMBER, 0, 0 } } },
  [MBUS_GENERATE_COOLING] = { 0x0A,
                              { { 0x0C, 0x06 }, 2, 4, FORM_COUNTER, 2, 40000 },
                              { { { 0x0C, 0x14 }, 2, 4, FORM_COUNTER, 12, 300000 },
                                { { 0x0B, 0x2D }, 2, 3, FORM_GAUGE, 0, 61 },
                                { { 0x0A, 0x5A }, 2, 2, FORM_GAUGE, 62, 81 },
                                { { 0x0A, 0x5E }, 2, 2, FORM_GAUGE, 110, 143 },
                                { { 0x0C, 0x78 }, 2, 4, FORM_NUMBER, 0, 0 } } },
  [MBUS_GENERATE_ELECTRICITY] = { 0x02,
                                  { { 0x0E, 0x03 }, 2, 6, FORM_SUM, 0, 0 },                     /* Wh */
                                  { { { 0x8E, 0x10, 0x03 }, 3, 6, FORM_COUNTER, 290, 5000000 }, /* tariff 1 */
                                    { { 0x8E, 0x20, 0x03 }, 3, 6, FORM_COUNTER, 122, 4000000 }, /* tariff 2 */
                                    { { 0x0B, 0x2B }, 2, 3, FORM_GAUGE, 40, 3120 },             /* W */
                                    { { 0x0A, 0xFD, 0x48 }, 3, 2, FORM_GAUGE, 2261, 2389 },     /* 0.1 V */
                                    { { 0x0B, 0xFD, 0x59 }, 3, 3, FORM_GAUGE, 190, 13560 },     /* mA */
                                    { { 0x0C, 0x78 }, 2, 4, FORM_NUMBER, 0, 0 } } },
  [MBUS_GENERATE_GAS] = { 0x03,
                          { { 0x0C, 0x14 }, 2, 4, FORM_COUNTER, 21, 700000 }, /* 10 l */
                          { { { 0x0C, 0x78 }, 2, 4, FORM_NUMBER, 0, 0 } } },
  [MBUS_GENERATE_HEAT_COST_ALLOCATOR] = { 0x08,
                                          { { 0x0B, 0x6E }, 2, 3, FORM_COUNTER, 1, 4000 }, /* units */
                                          { { { 0x0A, 0x5B }, 2, 2, FORM_GAUGE, 19, 52 },
                                            { { 0x0C, 0x78 }, 2, 4, FORM_NUMBER, 0, 0 } } },
};

guint8
mbus_generate_get_medium (MbusGenerate kind)
{
  return MODELS[kind].medium;
}

static void
append_bcd (GByteArray *body, guint64 value, guint n_bytes)
{
  for (guint i = 0; i < n_bytes; i++)
    {
      guint8 byte = (guint8) (value % 10 | value / 10 % 10 << 4);

      g_byte_array_append (body, &byte, 1);
      value /= 100;
    }
}

/* Mixes the number of a meter with the head of a record, so that everything of a building differs. */
static guint64
mix (guint32 id, const Template *template)
{
  guint64 salt = (guint64) template->head[1] << 8 | template->head[2];
  guint64 z = ((guint64) id << 16 | salt) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);

  return (z ^ z >> 29) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9) >> 16;
}

static guint64
get_counter (const Template *template, guint32 id, gint64 at_s)
{
  guint64 hidden = mix (id, template);
  guint64 seconds = (guint64) MAX (at_s - EPOCH_S, 0);
  guint64 pace = (guint64) template->a == 1 ? 100 : 60 + hidden % 80; /* per cent */

  return hidden % (guint64) template->b + seconds * (guint64) template->a * pace / (100 * 3600);
}

/* A straight way up for half a day and down again, beginning at an hour of the meter's own. */
static guint64
get_gauge (const Template *template, guint32 id, gint64 at_s)
{
  guint64 hidden = mix (id, template);
  gint64 moment = (gint64) (((guint64) MAX (at_s, 0) + hidden % SECONDS_PER_DAY) % SECONDS_PER_DAY);
  gint64 height = MIN (moment, SECONDS_PER_DAY - moment);

  return (guint64) (template->a + (template->b - template->a) * height / (SECONDS_PER_DAY / 2));
}

static void
append_value (GByteArray *body, const Model *model, const Template *template, guint32 id, gint64 at_s)
{
  guint32 little = GUINT32_TO_LE (id);

  switch (template->form)
    {
    case FORM_COUNTER:
      append_bcd (body, get_counter (template, id, at_s), template->n_bytes);
      break;
    case FORM_SUM:
      append_bcd (body, get_counter (&model->others[0], id, at_s) + get_counter (&model->others[1], id, at_s),
                  template->n_bytes);
      break;
    case FORM_GAUGE:
      append_bcd (body, get_gauge (template, id, at_s), template->n_bytes);
      break;
    case FORM_NUMBER:
    case FORM_NONE:
    default:
      g_byte_array_append (body, (const guint8 *) &little, sizeof little);
    }
}

static void
append_date (GByteArray *body, GDateTime *time)
{
  guint year = (guint) g_date_time_get_year (time) % 100;
  const guint8 date[] = { (guint8) ((guint) g_date_time_get_day_of_month (time) | (year & 7) << 5),
                          (guint8) ((guint) g_date_time_get_month (time) | year >> 3 << 4) };

  g_byte_array_append (body, date, sizeof date);
}

/* Time and date, type F of EN 13757-3 annex A. */
static void
append_time (GByteArray *body, gint64 at_s)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (at_s);
  const guint8 head[] = { 0x04, 0x6D, (guint8) g_date_time_get_minute (time),
                          (guint8) g_date_time_get_hour (time) };

  g_byte_array_append (body, head, sizeof head);
  append_date (body, time);
}

/* Head of a record with a storage number from 1 to 31: bit 6 of the DIF and a DIFE for the rest. */
static void
append_storage_head (GByteArray *body, guint8 dif, guint storage, const guint8 *vif, guint vif_length)
{
  guint8 head[] = { (guint8) (dif | (storage & 1) << 6 | (storage > 1 ? 0x80 : 0)), (guint8) (storage >> 1) };

  g_byte_array_append (body, head, storage > 1 ? 2 : 1);
  g_byte_array_append (body, vif, vif_length);
}

/* The value on the first day of a month, so many months ago, with its date. */
static void
append_history (GByteArray *body, const Model *model, guint32 id, guint storage, gint64 at_s)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (at_s);
  g_autoptr (GDateTime) first =
      g_date_time_new_utc (g_date_time_get_year (now), g_date_time_get_month (now), 1, 0, 0, 0);
  g_autoptr (GDateTime) day = g_date_time_add_months (first, 1 - (gint) storage);
  const guint8 date_vif = 0x6C;

  append_storage_head (body, model->main.head[0], storage, model->main.head + 1,
                       model->main.head_length - 1u);
  append_value (body, model, &model->main, id, g_date_time_to_unix (day));
  append_storage_head (body, 0x02, storage, &date_vif, 1);
  append_date (body, day);
}

static void
append_header (GByteArray *body, const AmselIdentity *identity)
{
  guint32 id = GUINT32_TO_LE (identity->id);
  guint16 manufacturer = GUINT16_TO_LE (identity->manufacturer);
  const guint8 link[] = { MBUS_C_RSP_UD, 0, MBUS_CI_RESPONSE };
  const guint8 rest[] = { identity->version, identity->medium, 0, 0, 0, 0 };

  g_byte_array_append (body, link, sizeof link);
  g_byte_array_append (body, (const guint8 *) &id, sizeof id);
  g_byte_array_append (body, (const guint8 *) &manufacturer, sizeof manufacturer);
  g_byte_array_append (body, rest, sizeof rest);
}

/* Fills a telegram up with more months of history, and with idle fillers where no month fits. */
static void
fill_up (GByteArray *body, const Model *model, guint32 id, guint storage, gint64 at_s, guint min_length)
{
  static const guint8 filler = 0x2F;
  guint per_month = model->main.n_bytes + model->main.head_length + 6u; /* two DIFEs; date and its head */

  for (; body->len + per_month <= min_length && storage <= STORAGE_MAX; storage++)
    append_history (body, model, id, storage, at_s);
  while (body->len < min_length)
    g_byte_array_append (body, &filler, 1);
}

GByteArray *
mbus_generate (MbusGenerate kind, const AmselIdentity *identity, guint part, guint n_parts, guint min_length,
               gint64 real_us)
{
  static const guint8 more_follows = 0x1F;
  const Model *model = &MODELS[kind];
  gint64 at_s = CLAMP (real_us / G_USEC_PER_SEC, EPOCH_S, EPOCH_S + 100 * 365 * (gint64) SECONDS_PER_DAY);
  GByteArray *body = g_byte_array_new ();

  append_header (body, identity);
  if (part == 0)
    {
      g_byte_array_append (body, model->main.head, model->main.head_length);
      append_value (body, model, &model->main, identity->id, at_s);
      for (guint i = 0; i < G_N_ELEMENTS (model->others) && model->others[i].form != FORM_NONE; i++)
        {
          g_byte_array_append (body, model->others[i].head, model->others[i].head_length);
          append_value (body, model, &model->others[i], identity->id, at_s);
        }
      append_time (body, at_s);
      append_history (body, model, identity->id, 1, at_s);
    }
  else
    for (guint i = 0; i < MONTHS_PER_PART; i++)
      append_history (body, model, identity->id, 2 + (part - 1) * MONTHS_PER_PART + i, at_s);
  fill_up (body, model, identity->id, 2 + part * MONTHS_PER_PART, at_s, min_length);
  if (part + 1 < n_parts)
    g_byte_array_append (body, &more_follows, 1);
  return body;
}
