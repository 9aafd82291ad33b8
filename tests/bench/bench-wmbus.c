/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wireless telegrams to JSON for a measurement: find out the frame format, find the meter, decrypt, decode,
 * name the fields by the meter's driver, write.
 *
 *   bench-wmbus CASE [ROUNDS [SAMPLES]]
 *   bench-wmbus CASE hex        prints a telegram of the case, for run-decode-line.py
 *
 * The telegrams are made by the encoder of the tests. The mixtures have those of SAMPLES as well, a file with
 * the test telegrams of all drivers, and other cases are the telegrams of one driver alone. The work is done
 * in bench_measured() alone, which run-wmbus.py tells callgrind to watch. A first round, outside of it, fills
 * caches and expands keys. Prints the number of telegrams of a round, the telegrams per second of processor
 * time, and the bytes that each meter takes. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "amsel-senders.h"
#include "bench-samples.h"
#include "wmbus-encoder.h"
#include "wmbus-meter.h"
#include "wmbus-protocol.h"

#define N_MIX    241
#define N_MANY   100000
#define N_HEARD  (7 * N_MIX) /* of them in a round */
#define N_TWICE  64 /* telegrams of the cases with one meter, so that the loop around them does not count */
#define N_ROUNDS 200

/* 10, 27 and 137 bytes of records. */
#define TWO_RECORDS                                                                                          \
  "0413B1DE0200"                                                                                             \
  "02591F08"
#define FIVE_RECORDS                                                                                         \
  "0413B1DE0200"                                                                                             \
  "046D1E0F3A21"                                                                                             \
  "0C7845332211"                                                                                             \
  "02FD170000"                                                                                               \
  "02591F08"
#define SIXTEEN_RECORDS                                                                                      \
  "0C7845332211"                                                                                             \
  "046D1E0F3A21"                                                                                             \
  "0413B1DE0200"                                                                                             \
  "4413A1DE0200"                                                                                             \
  "426C1F2C"                                                                                                 \
  "84011391DE0200"                                                                                           \
  "82016C1F2B"                                                                                               \
  "04933B00000000"                                                                                           \
  "04933C00000000"                                                                                           \
  "8410138ADE0200"                                                                                           \
  "8420131ADE0200"                                                                                           \
  "02FD170000"                                                                                               \
  "02591F08"                                                                                                 \
  "025D1F08"                                                                                                 \
  "0261ECFF"                                                                                                 \
  "0DFD0F0C5630312E30302E3030303132"                                                                         \
  "0F0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20212223"

typedef struct
{
  const gchar *name;
  WmbusPlan plan;
  WmbusFormat format;
  const gchar *payload;
  guint length; /* of the frame, for a check that the case is what its name says; 0 for none */
} Case;

static const Case CASES[] = {
  { "plain25", { 0 }, WMBUS_FORMAT_STRIPPED, TWO_RECORDS, 25 },
  { "plain163", { 0 }, WMBUS_FORMAT_STRIPPED, SIXTEEN_RECORDS "2425262728292A2B2C2D2E", 163 },
  { "mode5_58",
    { .mode = 5, .n_plain = 11 },
    WMBUS_FORMAT_STRIPPED,
    FIVE_RECORDS "2F2F2F" TWO_RECORDS "2F",
    58 },
  { "mode7_195",
    { .mode = 7, .ell = 1, .afl = TRUE, .n_plain = 11, .counter = 7 },
    WMBUS_FORMAT_B,
    SIXTEEN_RECORDS "2F2F2F2F2F",
    195 },
  { "ell", { .ell = 2, .ci = 0x78, .session = 0x20001234 }, WMBUS_FORMAT_A, FIVE_RECORDS, 0 },
  { "long", { .mode = 5, .ci = 0x72 }, WMBUS_FORMAT_A, FIVE_RECORDS, 0 },
  { "mode10",
    { .mode = 10, .ell = 1, .tpl_counter = TRUE, .counter = 9 },
    WMBUS_FORMAT_STRIPPED,
    FIVE_RECORDS,
    0 },
};

/* Some of the meters that the drivers know. */
static const struct
{
  const gchar *manufacturer;
  guint8 version;
  guint8 medium;
} MODELS[] = {
  { "SEN", 0x68, 0x07 }, { "KAM", 0x1B, 0x16 }, { "DME", 0x70, 0x07 }, { "HYD", 0x26, 0x04 },
  { "APA", 0x05, 0x07 }, { "ELS", 0x33, 0x03 }, { "QDS", 0x35, 0x08 }, { "TCH", 0x69, 0x08 },
  { "LUG", 0x07, 0x04 }, { "EFE", 0x00, 0x04 }, { "ZRI", 0x01, 0x07 }, { "BMT", 0x13, 0x07 },
  { "SON", 0x16, 0x08 }, { "ESY", 0x30, 0x02 }, { "ABB", 0x20, 0x02 }, { "ITW", 0x00, 0x07 },
  { "GWF", 0x3C, 0x0E }, { "EMU", 0x10, 0x02 }, { "MAD", 0x50, 0x07 }, { "LAS", 0x02, 0x1B },
};

typedef struct
{
  AmselProtocol *protocol;
  AmselSenders *senders;
  GPtrArray *watches;   /* (element-type AmselMeterWatch) */
  GPtrArray *telegrams; /* (element-type GByteArray) */
  GPtrArray *samples;   /* (nullable) (element-type BenchSample) */
  AmselJson json;
  guint64 n_records;
  gdouble bytes_per_meter; /* with its expanded key */
} Bench;

static void
decode_all (Bench *self)
{
  self->n_records = 0;
  for (guint i = 0; i < self->telegrams->len; i++)
    {
      const GByteArray *bytes = g_ptr_array_index (self->telegrams, i);
      g_autoptr (AmselFrame) frame = amsel_protocol_adopt (self->protocol, bytes->data, bytes->len, NULL);
      g_autoptr (AmselTelegram) telegram = NULL;
      AmselIdentity meter;
      AmselIdentity carrier;
      AmselMeterWatch *watch;

      if (frame == NULL || !amsel_protocol_identify (self->protocol, frame, &meter, &carrier))
        g_error ("telegram %u is no frame", i);
      watch = amsel_senders_get (self->senders, self->protocol, &meter, &carrier)->watch;
      telegram = amsel_protocol_decode (self->protocol, frame, watch != NULL ? watch->meter : NULL, NULL);
      if (watch == NULL || telegram == NULL || amsel_telegram_get_fault (telegram) != NULL)
        g_error ("telegram %u cannot be decoded", i);
      if (amsel_telegram_get_driver (telegram) == NULL)
        g_error ("telegram %u has no driver: AMSEL_DRIVERS must name the folder of the driver files", i);
      self->n_records += amsel_telegram_get_n_records (telegram);
      amsel_json_reset (&self->json);
      amsel_telegram_write_json (telegram, "wmbus", &self->json);
    }
}

AMSEL_API void bench_measured (Bench *self);

__attribute__ ((noinline)) void
bench_measured (Bench *self)
{
  decode_all (self);
}

static void
add_meter (Bench *self, guint number, guint32 id, gboolean has_key)
{
  g_autofree gchar *name = g_strdup_printf ("meter-%u", number);
  g_autofree gchar *address = g_strdup_printf ("%08X", id);
  g_autofree gchar *key = has_key ? amsel_hex_encode (BENCH_KEY, BENCH_KEY_LENGTH) : NULL;
  g_autoptr (AmselMeter) meter =
      g_object_new (WMBUS_TYPE_METER, "name", name, "address", address, "key", key, NULL);

  g_ptr_array_add (self->watches, amsel_meter_watch_new (meter));
}

static guint32
to_bcd (guint number)
{
  guint32 bcd = 0;

  for (guint shift = 0; shift < 32; shift += 4, number /= 10)
    bcd |= number % 10 << shift;
  return bcd;
}

static void
add_telegram (Bench *self, const Case *c, guint number)
{
  guint model = number % G_N_ELEMENTS (MODELS);
  WmbusPlan plan = c->plan;
  g_autoptr (GByteArray) stripped = NULL;
  GByteArray *frame;

  plan.sender = plan.meter = wmbus_encode_identity (MODELS[model].manufacturer, to_bcd (10000000 + number),
                                                    MODELS[model].version, MODELS[model].medium);
  plan.key = BENCH_KEY;
  stripped = wmbus_encode_hex (&plan, c->payload);
  frame = c->format == WMBUS_FORMAT_STRIPPED ? g_byte_array_ref (stripped)
                                             : wmbus_encode_frame (c->format, stripped);
  if (c->length != 0 && frame->len != c->length)
    g_error ("%s has %u bytes", c->name, frame->len);
  g_ptr_array_add (self->telegrams, frame);
}

/* The telegram that a meter of a mixture sends: that of a driver, or NULL for one of CASES, whose number is
 * in *out_case. One that is fixed has one meter. */
static const BenchSample *
choose_sample (const Bench *self, guint number, guint *out_case)
{
  guint n_kinds = self->samples->len + G_N_ELEMENTS (CASES);

  for (guint i = number;; i++)
    {
      guint kind = i % n_kinds;
      const BenchSample *sample;

      *out_case = kind - self->samples->len;
      if (kind >= self->samples->len)
        return NULL;
      sample = g_ptr_array_index (self->samples, kind);
      if (!sample->fixed || number < n_kinds)
        return sample;
    }
}

/* Who a meter of a mixture is. */
static AmselIdentity
get_identity (const Bench *self, guint number)
{
  guint model = number % G_N_ELEMENTS (MODELS);
  guint32 id = to_bcd (10000000 + number);
  const BenchSample *sample;
  AmselIdentity identity;
  guint c;

  sample = choose_sample (self, number, &c);
  if (sample == NULL)
    return wmbus_encode_identity (MODELS[model].manufacturer, id, MODELS[model].version,
                                  MODELS[model].medium);
  identity = sample->identity;
  if (!sample->fixed)
    identity.id = id;
  return identity;
}

static gsize
get_heap (void)
{
  return mallinfo2 ().uordblks;
}

/* Every meter of the list is heard, and its key expanded, so that all of its memory is there. Returns the
 * bytes of one. */
static gdouble
measure_meters (Bench *self, gsize heap)
{
  for (guint i = 0; i < self->watches->len; i++)
    {
      const AmselMeterWatch *watch = g_ptr_array_index (self->watches, i);
      const AmselIdentity meter = get_identity (self, i);

      if (amsel_senders_get (self->senders, self->protocol, &meter, &meter)->watch != watch)
        g_error ("meter %u is not found", i);
      en13757_key_get_decrypt (wmbus_meter_get_key (WMBUS_METER (watch->meter)));
    }
  return (gdouble) (get_heap () - heap) / self->watches->len;
}

/* So many meters, of which some are heard, spread over all of them. */
static void
load_mix (Bench *self, guint n_meters)
{
  gsize heap = get_heap ();

  for (guint i = 0; i < n_meters; i++)
    add_meter (self, i, get_identity (self, i).id, TRUE);
  self->bytes_per_meter = measure_meters (self, heap);
  for (guint i = 0; i < N_HEARD; i++)
    {
      guint number = n_meters > N_HEARD ? i * 59 % n_meters : i % n_meters;
      guint c;
      const BenchSample *sample = choose_sample (self, number, &c);

      if (sample != NULL)
        g_ptr_array_add (self->telegrams, bench_sample_send (sample, get_identity (self, number).id));
      else
        add_telegram (self, &CASES[c], number);
    }
}

/* The telegrams of one driver again and again; a meter has a key where it needs one. */
static void
load_driver (Bench *self, const gchar *driver)
{
  for (guint i = 0; i < self->samples->len; i++)
    {
      const BenchSample *sample = g_ptr_array_index (self->samples, i);

      if (!g_str_equal (sample->driver, driver))
        continue;
      add_meter (self, i, sample->identity.id, sample->encrypted);
      for (guint n = 0; n < N_TWICE; n++)
        g_ptr_array_add (self->telegrams, bench_sample_send (sample, sample->identity.id));
    }
}

static void
load (Bench *self, const gchar *name)
{
  if (g_str_equal (name, "mix241") || g_str_equal (name, "mix100000"))
    load_mix (self, g_str_equal (name, "mix241") ? N_MIX : N_MANY);
  else if (self->samples != NULL)
    load_driver (self, name);
  for (gsize i = 0; i < G_N_ELEMENTS (CASES); i++)
    if (g_str_equal (CASES[i].name, name))
      {
        add_meter (self, 0, to_bcd (10000000), TRUE);
        for (guint n = 0; n < N_TWICE; n++)
          add_telegram (self, &CASES[i], 0);
      }
  if (self->telegrams->len == 0)
    g_error ("there is no case %s", name);
}

/* Telegrams per second of processor time. */
static gdouble
measure (Bench *self, guint n_rounds)
{
  clock_t begin = clock ();

  for (guint i = 0; i < n_rounds; i++)
    decode_all (self);
  return (gdouble) n_rounds * self->telegrams->len * CLOCKS_PER_SEC / (gdouble) MAX (clock () - begin, 1);
}

static void
print_first (const Bench *self)
{
  const GByteArray *bytes = g_ptr_array_index (self->telegrams, 0);
  g_autofree gchar *digits = amsel_hex_encode (bytes->data, bytes->len);

  puts (digits);
}

int
main (int argc, char **argv)
{
  Bench bench = { .json = AMSEL_JSON_INIT };
  gdouble rate = 0;

  if (argc < 2)
    return 2;
  bench.protocol = g_object_new (WMBUS_TYPE_PROTOCOL, "allow-plain", TRUE, NULL);
  bench.watches = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_meter_watch_unref);
  bench.senders = amsel_senders_new (bench.watches);
  bench.telegrams = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  if (argc > 3)
    bench.samples = bench_samples_load (argv[3]);
  load (&bench, argv[1]);
  if (argc > 2 && g_str_equal (argv[2], "hex"))
    {
      print_first (&bench);
      return 0;
    }
  decode_all (&bench);
  bench_measured (&bench);
  if (argc > 2)
    rate = measure (&bench, (guint) atoi (argv[2]));
  printf ("%u %" G_GUINT64_FORMAT " %.0f %.0f\n", bench.telegrams->len, bench.n_records, rate,
          bench.bytes_per_meter);
  amsel_json_clear (&bench.json);
  g_ptr_array_unref (bench.telegrams);
  g_ptr_array_unref (bench.watches);
  g_clear_pointer (&bench.samples, g_ptr_array_unref);
  amsel_senders_free (bench.senders);
  g_object_unref (bench.protocol);
  return 0;
}
