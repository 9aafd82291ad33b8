/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Layers, compact frames, fragments and replays: what comes out of telegrams one after the other. */
#include <glib/gstdio.h>
#include <string.h>

#include "en13757-crc.h"
#include "wmbus-counters.h"
#include "wmbus-encoder.h"
#include "wmbus-telegram.h"

#define RECORDS "0C1378563412046D32371F1502FD170000"

#define SECOND_US ((gint64) G_USEC_PER_SEC)

static const guint8 KEY[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

typedef struct
{
  En13757Context context;
  WmbusMemory *memory;
  gint64 now_us;
} Place;

static void
place_init (Place *self)
{
  *self = (Place){ .memory = wmbus_memory_new (), .now_us = 1000 * SECOND_US };
  self->context.formats = en13757_formats_new (NULL);
}

static void
place_clear (Place *self)
{
  wmbus_memory_free (self->memory);
  en13757_formats_free (self->context.formats);
}

static AmselTelegram *
hear (Place *self, const GByteArray *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselFrame) frame = amsel_frame_new (bytes->data, bytes->len, self->now_us, AMSEL_RSSI_UNKNOWN);
  AmselTelegram *telegram = wmbus_telegram_decode (frame, &self->context, self->memory, &error);

  g_assert_no_error (error);
  return telegram;
}

static GByteArray *
encode (WmbusPlan plan, const gchar *payload)
{
  plan.sender = wmbus_encode_identity ("AMS", 0x12345678, 0x33, 0x07);
  plan.meter = wmbus_encode_identity ("SEN", 0x87654321, 0x44, 0x16);
  plan.key = KEY;
  return wmbus_encode_hex (&plan, payload);
}

static void
assert_fault (AmselTelegram *telegram, GQuark domain, gint code)
{
  g_assert_error ((GError *) amsel_telegram_get_fault (telegram), domain, code);
}

static void
assert_volume (AmselTelegram *telegram)
{
  g_autofree gchar *value = NULL;

  g_assert_null (amsel_telegram_get_fault (telegram));
  g_assert_cmpuint (amsel_telegram_get_n_records (telegram), ==, 3);
  value = amsel_telegram_get_value_text (telegram, 0);
  g_assert_cmpstr (value, ==, "12345.678");
}

/* every combination of layers gives the records, and the address of the meter and not of its adapter */
static void
test_layers (void)
{
  static const guint8 CIS[] = { 0x72, 0x7A, 0x78 };

  for (guint ell = 0; ell <= 4; ell++)
    for (gsize i = 0; i < G_N_ELEMENTS (CIS); i++)
      for (guint nwl = 0; nwl <= 1; nwl++)
        {
          g_autoptr (GByteArray) bytes =
              encode ((WmbusPlan){ .ell = ell, .nwl = nwl == 1, .ci = CIS[i] }, RECORDS);
          gboolean is_adapter = CIS[i] == 0x72 || ell >= 3;
          g_autoptr (AmselTelegram) telegram = NULL;
          AmselIdentity meter;
          AmselIdentity carrier;
          Place place;

          place_init (&place);
          telegram = hear (&place, bytes);
          assert_volume (telegram);
          g_assert_true (wmbus_telegram_identify (bytes->data, bytes->len, &meter, &carrier));
          g_assert_cmphex (carrier.id, ==, 0x12345678);
          g_assert_cmphex (meter.id, ==, is_adapter ? 0x87654321 : 0x12345678);
          g_assert_true (amsel_identity_equal (&meter, amsel_telegram_get_identity (telegram)));
          place_clear (&place);
        }
}

/* what is no meter's data is named, and the sender is still known */
static void
test_other_messages (void)
{
  static const struct
  {
    guint8 ci;
    const gchar *name; /* NULL: fine, with so many records */
    guint n_records;
  } vectors[] = {
    { 0x8A, NULL, 0 },
    { 0x8B, NULL, 0 },
    { 0xA1, NULL, 1 },
    { 0x6E, NULL, 1 },
    { 0x7C, "unknown-ci", 0 },
    { 0x5A, "unknown-ci", 0 },
    { 0x86, "unsupported-layer", 1 },
    { 0x00, "unknown-ci", 0 },
    { 0xC1, "unknown-ci", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GByteArray) bytes = encode ((WmbusPlan){ .ci = 0x7A }, "");
      g_autoptr (AmselTelegram) telegram = NULL;
      const GError *fault;
      Place place;

      place_init (&place);
      bytes->data[WMBUS_CI_OFFSET] = vectors[i].ci;
      if (vectors[i].ci == 0x8B)
        {
          g_byte_array_unref (g_steal_pointer (&bytes));
          bytes = encode ((WmbusPlan){ .ci = 0x8B }, "");
        }
      telegram = hear (&place, bytes);
      fault = amsel_telegram_get_fault (telegram);
      if (vectors[i].name == NULL)
        g_assert_null (fault);
      else
        g_assert_cmpstr (amsel_error_get_name (fault->domain, fault->code), ==, vectors[i].name);
      g_assert_cmpuint (amsel_telegram_get_n_records (telegram), ==, vectors[i].n_records);
      g_assert_cmphex (amsel_telegram_get_identity (telegram)->id, !=, 0);
      place_clear (&place);
    }
}

/* the compact frame of some records that a full frame had: signature, CRC, data */
static GByteArray *
encode_compact (guint8 ci, guint16 crc_error)
{
  static const guint8 HEADERS[] = { 0x0C, 0x13, 0x04, 0x6D, 0x02, 0xFD, 0x17 };
  g_autoptr (GBytes) full = amsel_hex_decode (RECORDS, -1, NULL);
  gsize length;
  const guint8 *data = g_bytes_get_data (full, &length);
  guint16 signature = en13757_crc (HEADERS, sizeof HEADERS);
  guint16 crc = (guint16) (en13757_crc (data, length) ^ crc_error);
  g_autofree gchar *hex = g_strdup_printf ("%02X%02X%02X%02X%s", signature & 0xFFu, (guint) signature >> 8,
                                           crc & 0xFFu, (guint) crc >> 8, "7856341232371F150000");

  return encode ((WmbusPlan){ .ci = ci }, hex);
}

/* a compact frame is unknown until some meter has sent the full one; a CRC that does not fit is noticed */
static void
test_compact (void)
{
  static const guint8 CIS[] = { 0x79, 0x7B, 0x73 };

  for (gsize i = 0; i < G_N_ELEMENTS (CIS); i++)
    {
      g_autoptr (GByteArray) compact = encode_compact (CIS[i], 0);
      g_autoptr (GByteArray) damaged = encode_compact (CIS[i], 0x10);
      g_autoptr (GByteArray) full = encode ((WmbusPlan){ .ci = 0x72 }, RECORDS "2F2F");
      g_autoptr (AmselTelegram) unknown = NULL;
      g_autoptr (AmselTelegram) learned = NULL;
      g_autoptr (AmselTelegram) known = NULL;
      g_autoptr (AmselTelegram) wrong = NULL;
      Place place;

      place_init (&place);
      unknown = hear (&place, compact);
      assert_fault (unknown, EN13757_ERROR, EN13757_ERROR_UNKNOWN_SIGNATURE);
      learned = hear (&place, full);
      assert_volume (learned);
      known = hear (&place, compact);
      assert_volume (known);
      wrong = hear (&place, damaged);
      assert_fault (wrong, EN13757_ERROR, EN13757_ERROR_WRONG_FULL_FRAME_CRC);
      g_assert_cmpuint (en13757_formats_get_size (place.context.formats), ==, 1);
      place_clear (&place);
    }
}

/* a format frame says the same as a full one */
static void
test_format_frame (void)
{
  g_autoptr (GByteArray) compact = encode_compact (0x79, 0);
  g_autofree gchar *hex = NULL;
  g_autoptr (GByteArray) format = NULL;
  g_autoptr (AmselTelegram) first = NULL;
  g_autoptr (AmselTelegram) second = NULL;
  Place place;

  place_init (&place);
  hex = g_strdup_printf ("09%02X%02X0C13046D02FD17", compact->data[11], compact->data[12]);
  format = encode ((WmbusPlan){ .ci = 0x69 }, hex);
  first = hear (&place, format);
  g_assert_null (amsel_telegram_get_fault (first));
  second = hear (&place, compact);
  assert_volume (second);
  place_clear (&place);
}

/* the last VIF of a format may look like a filler: 2F is a power */
static void
test_format_frame_end (void)
{
  static const guint8 HEADERS[] = { 0x0C, 0x13, 0x02, 0x2F };
  guint16 signature = en13757_crc (HEADERS, sizeof HEADERS);
  g_autofree gchar *hex =
      g_strdup_printf ("06%02X%02X0C13022F2F2F", signature & 0xFFu, (guint) signature >> 8);
  g_autoptr (GByteArray) format = encode ((WmbusPlan){ .ci = 0x69 }, hex);
  g_autoptr (AmselTelegram) telegram = NULL;
  Place place;

  place_init (&place);
  telegram = hear (&place, format);
  g_assert_null (amsel_telegram_get_fault (telegram));
  g_assert_cmpuint (en13757_formats_get_size (place.context.formats), ==, 1);
  place_clear (&place);
}

/* formats outlive the program in a file; what is damaged in it is learned again */
static void
test_formats_file (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("amsel-formats-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "formats", NULL);
  g_autoptr (GByteArray) full = encode ((WmbusPlan){ .ci = 0x7A }, RECORDS);
  g_autoptr (GByteArray) compact = encode_compact (0x79, 0);
  g_autofree gchar *text = NULL;
  g_autoptr (GError) error = NULL;

  for (guint run = 0; run < 2; run++)
    {
      g_autoptr (AmselTelegram) telegram = NULL;
      Place place;

      place_init (&place);
      g_assert_true (en13757_formats_open (place.context.formats, path, &error));
      telegram = hear (&place, run == 0 ? full : compact);
      assert_volume (telegram);
      place_clear (&place);
    }
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "0C13046D02FD17"));
  g_assert_true (g_file_set_contents (path, "0C13046D02FD17\n0C1\nsomething\n", -1, NULL));
  {
    g_autoptr (AmselTelegram) telegram = NULL;
    Place place;

    place_init (&place);
    g_assert_true (en13757_formats_open (place.context.formats, path, &error));
    g_assert_cmpuint (en13757_formats_get_size (place.context.formats), ==, 1);
    telegram = hear (&place, compact);
    assert_volume (telegram);
    g_assert_false (en13757_formats_open (place.context.formats, folder, &error));
    place_clear (&place);
  }
  g_remove (path);
  g_rmdir (folder);
}

/* Three fragments of one message in mode 7. */
static GPtrArray *
encode_fragments (guint32 counter)
{
  const WmbusPlan plan = { .sender = wmbus_encode_identity ("AMS", 0x12345678, 0x33, 0x07),
                           .mode = 7,
                           .afl = TRUE,
                           .key = KEY,
                           .counter = counter };
  g_autoptr (GBytes) records = amsel_hex_decode (RECORDS RECORDS RECORDS, -1, NULL);

  return wmbus_encode_fragments (&plan, g_bytes_get_data (records, NULL), g_bytes_get_size (records), 3);
}

static void
test_fragments (void)
{
  g_autoptr (GPtrArray) fragments = encode_fragments (5);
  g_autoptr (En13757Key) key = en13757_key_new (KEY, sizeof KEY);
  Place place;

  place_init (&place);
  place.context.key = key;
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (AmselTelegram) telegram = hear (&place, g_ptr_array_index (fragments, i));

      g_assert_null (amsel_telegram_get_fault (telegram));
      g_assert_cmpint (amsel_telegram_get_more_follows (telegram), ==, i < 2);
      g_assert_cmpuint (amsel_telegram_get_n_records (telegram), ==, i < 2 ? 0 : 9);
      place.now_us += SECOND_US;
    }
  g_assert_cmpuint (wmbus_memory_get_n_assemblies (place.memory), ==, 0);
  place_clear (&place);
}

/* a fragment that is missing, comes twice, comes too late, or after the clock was set back: named, and the
 * next message is read */
static void
test_wrong_fragments (void)
{
  static const struct
  {
    guint order[4];
    gint64 pause_us;
    guint n_good; /* before the fault */
  } vectors[] = {
    { { 2, 2, 2, 2 }, 0, 0 },          { { 0, 2, 2, 2 }, SECOND_US, 1 },
    { { 0, 1, 1, 1 }, SECOND_US, 2 },  { { 0, 1, 1, 1 }, WMBUS_FRAGMENT_WAIT_US + 1, 1 },
    { { 0, 1, 1, 1 }, -SECOND_US, 1 },
  };

  for (gsize v = 0; v < G_N_ELEMENTS (vectors); v++)
    {
      g_autoptr (GPtrArray) fragments = encode_fragments (5);
      g_autoptr (En13757Key) key = en13757_key_new (KEY, sizeof KEY);
      Place place;

      place_init (&place);
      place.context.key = key;
      for (guint i = 0; i <= vectors[v].n_good; i++)
        {
          g_autoptr (AmselTelegram) telegram =
              hear (&place, g_ptr_array_index (fragments, vectors[v].order[i]));

          if (i < vectors[v].n_good)
            g_assert_null (amsel_telegram_get_fault (telegram));
          else
            assert_fault (telegram, WMBUS_LAYER_ERROR, WMBUS_LAYER_ERROR_WRONG_FRAGMENT);
          place.now_us += vectors[v].pause_us;
        }
      for (guint i = 0; i < 3; i++)
        {
          g_autoptr (AmselTelegram) telegram = hear (&place, g_ptr_array_index (fragments, i));

          g_assert_null (amsel_telegram_get_fault (telegram));
        }
      place_clear (&place);
    }
}

/* who sends nothing but beginnings, or never ends, takes no more than the bounds */
static void
test_fragment_flood (void)
{
  g_autoptr (GPtrArray) fragments = encode_fragments (5);
  GByteArray *first = g_ptr_array_index (fragments, 0);
  GByteArray *middle = g_ptr_array_index (fragments, 1);
  guint n_taken = 0;
  Place place;

  place_init (&place);
  for (guint i = 0; i < 10 * WMBUS_ASSEMBLIES_MAX; i++)
    {
      g_autoptr (AmselTelegram) telegram = NULL;

      first->data[4] = (guint8) i;
      first->data[5] = (guint8) (i >> 8);
      telegram = hear (&place, first);
      g_assert_cmpuint (wmbus_memory_get_n_assemblies (place.memory), <=, WMBUS_ASSEMBLIES_MAX);
    }
  middle->data[4] = first->data[4];
  middle->data[5] = first->data[5];
  for (guint fragment = 2; fragment < 255; fragment++)
    {
      g_autoptr (AmselTelegram) telegram = NULL;

      middle->data[12] = (guint8) fragment;
      g_byte_array_set_size (middle, 200);
      middle->data[0] = 199;
      telegram = hear (&place, middle);
      if (amsel_telegram_get_fault (telegram) != NULL)
        break;
      n_taken++;
    }
  g_assert_cmpuint (n_taken * 186, <=, WMBUS_MESSAGE_MAX);
  g_assert_cmpuint (n_taken, >, 50);
  place_clear (&place);
}

static gboolean
take_counter (gpointer counters, const AmselIdentity *meter, guint32 counter)
{
  return wmbus_counters_take (counters, meter, counter);
}

/* a counter that is not above the last one is a replay; a forged telegram does not move the counter */
static void
test_replays (void)
{
  g_autoptr (En13757Key) key = en13757_key_new (KEY, sizeof KEY);
  WmbusCounters *counters = wmbus_counters_new ();
  Place place;
  static const struct
  {
    guint32 counter;
    gboolean forged;
    gint code;
  } vectors[] = {
    { 5, FALSE, 0 },
    { 5, FALSE, EN13757_SECURITY_ERROR_REPLAYED },
    { 4, FALSE, EN13757_SECURITY_ERROR_REPLAYED },
    { 900, TRUE, EN13757_SECURITY_ERROR_WRONG_KEY },
    { 6, FALSE, 0 },
  };

  place_init (&place);
  place.context.key = key;
  place.context.take_counter = take_counter;
  place.context.counters = counters;
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GByteArray) bytes =
          encode ((WmbusPlan){ .mode = 7, .afl = TRUE, .counter = vectors[i].counter }, RECORDS);
      g_autoptr (AmselTelegram) telegram = NULL;

      if (vectors[i].forged)
        bytes->data[bytes->len - 1] ^= 1;
      telegram = hear (&place, bytes);
      if (vectors[i].code == 0)
        assert_volume (telegram);
      else
        assert_fault (telegram, EN13757_SECURITY_ERROR, vectors[i].code);
    }
  place_clear (&place);
  wmbus_counters_free (counters);
}

/* copies that repeaters have sent on are recognised, and other telegrams are not */
static void
test_fingerprints (void)
{
  g_autoptr (GByteArray) bytes = encode ((WmbusPlan){ .ell = 1, .mode = 5 }, RECORDS);
  guint64 own = wmbus_telegram_get_fingerprint (bytes->data, bytes->len);
  gsize configuration = WMBUS_CI_OFFSET + 3 + 3;

  bytes->data[WMBUS_C_OFFSET] |= 0x80;
  bytes->data[WMBUS_CI_OFFSET + 1] |= WMBUS_CC_HOP | WMBUS_CC_REPEATED;
  bytes->data[configuration] |= 0x03;
  g_assert_true (wmbus_telegram_get_fingerprint (bytes->data, bytes->len) == own);
  for (gsize i = 0; i < bytes->len; i++)
    {
      bytes->data[i] ^= 0x40;
      g_assert_false (wmbus_telegram_get_fingerprint (bytes->data, bytes->len) == own);
      bytes->data[i] ^= 0x40;
    }
}

/* a wired long frame that a radio head passes on */
static void
test_wired (void)
{
  g_autoptr (GBytes) hex = amsel_hex_decode (
      "6820206808FD7278563412931533032A0000000C1427048502046D32371F1502FD1700008916", -1, NULL);
  gsize length;
  const guint8 *data = g_bytes_get_data (hex, &length);
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselFrame) frame = wmbus_telegram_adopt (data, length, &error);
  const En13757Context context = { 0 };
  g_autoptr (AmselTelegram) telegram = NULL;
  AmselIdentity meter;
  AmselIdentity carrier;

  g_assert_no_error (error);
  telegram = wmbus_telegram_decode (frame, &context, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (amsel_telegram_get_n_records (telegram), ==, 3);
  g_assert_true (wmbus_telegram_identify (data, length, &meter, &carrier));
  g_assert_cmphex (meter.id, ==, 0x12345678);
}

/* Where a maker writes the address in an order of its own, whoever looks from outside sees the number that
 * the decoded telegram has, which is printed on the meter. */
static void
test_own_address (void)
{
  static const guint8 DATA[] = {
    0x19, 0x44, 0xA5, 0x11, 0x78, 0x07, 0x78, 0x56, 0x34, 0x12, 0xA2, 0x01, 0x98,
    0xC0, 0x13, 0xE6, 0x1F, 0xD3, 0x56, 0x6F, 0x60, 0x13, 0x6A, 0x1C, 0x0D, 0xA0
  };
  AmselIdentity meter;
  AmselIdentity carrier;

  g_assert_true (wmbus_telegram_identify (DATA, sizeof DATA, &meter, &carrier));
  g_assert_cmphex (meter.id, ==, 0x12345678);
  g_assert_cmphex (meter.version, ==, 0x78);
  g_assert_cmphex (meter.medium, ==, 0x07);
  g_assert_cmphex (carrier.id, ==, 0x12345678);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wmbus/telegram/layers", test_layers);
  g_test_add_func ("/wmbus/telegram/other-messages", test_other_messages);
  g_test_add_func ("/wmbus/telegram/compact", test_compact);
  g_test_add_func ("/wmbus/telegram/format-frame", test_format_frame);
  g_test_add_func ("/wmbus/telegram/format-frame-end", test_format_frame_end);
  g_test_add_func ("/wmbus/telegram/formats-file", test_formats_file);
  g_test_add_func ("/wmbus/telegram/fragments", test_fragments);
  g_test_add_func ("/wmbus/telegram/wrong-fragments", test_wrong_fragments);
  g_test_add_func ("/wmbus/telegram/fragment-flood", test_fragment_flood);
  g_test_add_func ("/wmbus/telegram/replays", test_replays);
  g_test_add_func ("/wmbus/telegram/fingerprints", test_fingerprints);
  g_test_add_func ("/wmbus/telegram/wired", test_wired);
  g_test_add_func ("/wmbus/telegram/own-address", test_own_address);
  return g_test_run ();
}
