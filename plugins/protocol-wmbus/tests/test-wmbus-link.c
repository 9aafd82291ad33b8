/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Link layer: CRC, frame formats of every length, every damage, and telegrams that lost their CRCs before. */
#include <string.h>

#include "en13757-crc.h"
#include "wmbus-encoder.h"
#include "wmbus-telegram.h"

#define SHORTEST 12
#define LONGEST  250

/* Two CRCs of format A are needed to say that a shorter frame that fits its L field has been cut. */
#define SECURE_LENGTH 30

static GByteArray *
make_telegram (gsize length)
{
  const WmbusPlan plan = { .ci = 0x78, .sender = wmbus_encode_identity ("AMS", 0x12345678, 1, 7) };
  guint8 payload[LONGEST];

  for (gsize i = 0; i < sizeof payload; i++)
    payload[i] = (guint8) (i * 37 + length);
  return wmbus_encode (&plan, payload, length - SHORTEST + 1);
}

static gsize
strip (const guint8 *data, gsize length, guint8 *out, WmbusFormat *format, gint *code)
{
  g_autoptr (GError) error = NULL;
  gsize n = wmbus_link_strip_any (data, length, out, format, &error);

  g_assert_true ((n == 0) == (error != NULL));
  *code = error != NULL ? error->code : 0;
  return n;
}

static void
test_crc (void)
{
  const guint8 digits[] = "123456789";

  g_assert_cmphex (en13757_crc (digits, 9), ==, 0xC2B7);
  g_assert_cmphex (en13757_crc (digits, 0), ==, 0xFFFF);
  g_assert_cmphex ((guint16) ~en13757_crc_update (en13757_crc_update (0, digits, 4), digits + 4, 5), ==,
                   0xC2B7);
}

/* both formats come back as what they were made of, whatever their length */
static void
test_formats (void)
{
  for (gsize length = SHORTEST; length <= LONGEST; length++)
    for (WmbusFormat format = WMBUS_FORMAT_A; format <= WMBUS_FORMAT_STRIPPED; format++)
      {
        g_autoptr (GByteArray) telegram = make_telegram (length);
        g_autoptr (GByteArray) frame = format == WMBUS_FORMAT_STRIPPED
                                           ? g_byte_array_ref (telegram)
                                           : wmbus_encode_frame (format, telegram);
        guint8 out[WMBUS_TELEGRAM_MAX];
        WmbusFormat found;
        gint code;

        if (frame->len > WMBUS_FRAME_MAX || (format == WMBUS_FORMAT_B && frame->len > WMBUS_TELEGRAM_MAX))
          continue;
        g_assert_cmpuint (wmbus_link_get_length (format, frame->data[0]), ==, frame->len);
        g_assert_cmpuint (strip (frame->data, frame->len, out, &found, &code), ==, telegram->len);
        g_assert_cmpint (found, ==, format);
        g_assert_cmpmem (out, telegram->len, telegram->data, telegram->len);
      }
}

/* a bit that is turned anywhere is noticed: by a CRC, or by the length */
static void
test_damage (void)
{
  for (WmbusFormat format = WMBUS_FORMAT_A; format <= WMBUS_FORMAT_B; format++)
    {
      g_autoptr (GByteArray) telegram = make_telegram (150);
      g_autoptr (GByteArray) frame = wmbus_encode_frame (format, telegram);

      for (guint bit = 0; bit < 8 * frame->len; bit++)
        {
          guint8 out[WMBUS_TELEGRAM_MAX];
          WmbusFormat found;
          gint code;

          frame->data[bit / 8] ^= (guint8) (1 << bit % 8);
          if (format == WMBUS_FORMAT_A)
            g_assert_cmpuint (strip (frame->data, frame->len, out, &found, &code), ==, 0);
          else
            /* without its CRC a frame of format B is no more than a length that fits */
            g_assert_cmpuint (wmbus_link_strip (WMBUS_FORMAT_B, frame->data, frame->len, out, NULL), ==, 0);
          frame->data[bit / 8] ^= (guint8) (1 << bit % 8);
        }
    }
}

/* a stored frame that has CRCs is not taken for one without, whichever bit is turned and wherever it ends */
static void
test_damage_stored (void)
{
  static const gsize lengths[] = { 20, 26, 27, 42, 60, 150, 250 };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GByteArray) telegram = make_telegram (lengths[i]);
      g_autoptr (GByteArray) frame = wmbus_encode_frame (WMBUS_FORMAT_A, telegram);

      for (guint bit = 0; bit < 8 * frame->len; bit++)
        {
          frame->data[bit / 8] ^= (guint8) (1 << bit % 8);
          g_assert_null (wmbus_telegram_adopt (frame->data, frame->len, NULL));
          frame->data[bit / 8] ^= (guint8) (1 << bit % 8);
        }
      for (gsize n = 0; n < frame->len; n++)
        if (n >= SECURE_LENGTH || n != telegram->len)
          g_assert_null (wmbus_telegram_adopt (frame->data, n, NULL));
    }
}

/* faults have names */
static void
test_faults (void)
{
  static const struct
  {
    const gchar *hex;
    WmbusFrameError code;
  } vectors[] = {
    { "00", WMBUS_FRAME_ERROR_TOO_SHORT },
    { "0944961512345678010778", WMBUS_FRAME_ERROR_WRONG_LENGTH },
    { "2044961578563412010778010203", WMBUS_FRAME_ERROR_TRUNCATED },
    { "0C449615785634120107780102030405", WMBUS_FRAME_ERROR_WRONG_LENGTH },
    { "00000000000000000000000000", WMBUS_FRAME_ERROR_WRONG_LENGTH },
    { "0A4496157856341201070000784321", WMBUS_FRAME_ERROR_WRONG_CRC },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GBytes) bytes = amsel_hex_decode (vectors[i].hex, -1, NULL);
      guint8 out[WMBUS_TELEGRAM_MAX];
      WmbusFormat found;
      gint code;

      g_assert_nonnull (bytes);
      g_assert_cmpuint (strip (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), out, &found, &code),
                        ==, 0);
      g_assert_cmpint (code, ==, vectors[i].code);
      g_assert_nonnull (amsel_error_get_name (WMBUS_FRAME_ERROR, code));
    }
}

/* some receivers take all CRCs away but that of the last block */
static void
test_last_crc (void)
{
  g_autoptr (GByteArray) telegram = make_telegram (62);
  guint16 crc = en13757_crc (telegram->data + 58, telegram->len - 58);
  const guint8 end[] = { (guint8) (crc >> 8), (guint8) crc };
  gsize net = telegram->len;
  guint8 out[WMBUS_TELEGRAM_MAX];
  WmbusFormat found;
  gint code;

  g_byte_array_append (telegram, end, sizeof end);
  for (gint more = -2; more <= 2; more += 2)
    {
      telegram->data[0] = (guint8) ((gint) net - 1 + more);
      g_assert_cmpuint (strip (telegram->data, telegram->len, out, &found, &code), ==, net);
      g_assert_cmpuint (out[0], ==, net - 1);
    }
  telegram->data[telegram->len - 1] ^= 1;
  telegram->data[0] = (guint8) (net + 1);
  g_assert_cmpuint (strip (telegram->data, telegram->len, out, &found, &code), ==, net + 2);
}

static void
test_controls (void)
{
  g_assert_cmpstr (wmbus_link_get_control_name (0x44), ==, "SND-NR");
  g_assert_cmpstr (wmbus_link_get_control_name (0xC4), ==, "SND-NR");
  g_assert_cmpstr (wmbus_link_get_control_name (0x47), ==, "ACC-NR");
  g_assert_cmpstr (wmbus_link_get_control_name (0x48), ==, "ACC-DMD");
  g_assert_cmpstr (wmbus_link_get_control_name (0x06), ==, "CNF-IR");
  g_assert_null (wmbus_link_get_control_name (0x45 | 0x10));
}

/* stored bytes whose L field is wrong are taken for what they are; those that end too early are not */
static void
test_adopt (void)
{
  g_autoptr (GByteArray) telegram = make_telegram (40);
  g_autoptr (GError) error = NULL;
  AmselFrame *frame;
  gsize length;

  telegram->data[0] = 0x0E;
  frame = wmbus_telegram_adopt (telegram->data, telegram->len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (amsel_frame_get_data (frame, &length)[0], ==, 39);
  g_assert_cmpuint (length, ==, 40);
  amsel_frame_unref (frame);
  telegram->data[0] = 41;
  g_assert_null (wmbus_telegram_adopt (telegram->data, telegram->len, &error));
  g_assert_error (error, WMBUS_FRAME_ERROR, WMBUS_FRAME_ERROR_TRUNCATED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wmbus/link/crc", test_crc);
  g_test_add_func ("/wmbus/link/formats", test_formats);
  g_test_add_func ("/wmbus/link/damage", test_damage);
  g_test_add_func ("/wmbus/link/damage-stored", test_damage_stored);
  g_test_add_func ("/wmbus/link/faults", test_faults);
  g_test_add_func ("/wmbus/link/last-crc", test_last_crc);
  g_test_add_func ("/wmbus/link/controls", test_controls);
  g_test_add_func ("/wmbus/link/adopt", test_adopt);
  return g_test_run ();
}
