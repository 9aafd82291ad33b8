/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Chips: both codes there and back, every wrong code noticed, and modes T and C told apart. */
#include "wmbus-chips.h"
#include "wmbus-encoder.h"

static GByteArray *
make_telegram (void)
{
  const WmbusPlan plan = { .sender = wmbus_encode_identity ("AMS", 0x12345678, 1, 7) };

  return wmbus_encode_hex (&plan, "0C137856341202FD170000");
}

/* every byte comes back; the published codes of the standard are met */
static void
test_codes (void)
{
  guint8 bytes[256];
  guint8 out[256];

  for (guint i = 0; i < 256; i++)
    bytes[i] = (guint8) i;
  for (WmbusCode code = WMBUS_CODE_NONE; code <= WMBUS_CODE_MANCHESTER; code++)
    {
      g_autoptr (GByteArray) chips = wmbus_chips_encode (code, bytes, sizeof bytes);
      gsize n = 0;

      g_assert_true (wmbus_chips_decode (code, chips->data, chips->len, out, sizeof out, &n, NULL));
      g_assert_cmpmem (out, n, bytes, sizeof bytes);
    }
  {
    /* 0F 44: symbols 16 29 1C 1C; Manchester of 0F: AA 55 */
    const guint8 two[] = { 0x0F, 0x44 };
    const guint8 three_of_six[] = { 0x5A, 0x97, 0x1C };
    const guint8 manchester[] = { 0xAA, 0x55, 0x9A, 0x9A };
    g_autoptr (GByteArray) a = wmbus_chips_encode (WMBUS_CODE_3_OF_6, two, 2);
    g_autoptr (GByteArray) b = wmbus_chips_encode (WMBUS_CODE_MANCHESTER, two, 2);

    g_assert_cmpmem (a->data, a->len, three_of_six, sizeof three_of_six);
    g_assert_cmpmem (b->data, b->len, manchester, sizeof manchester);
  }
}

/* one wrong chip is no code of 3 of 6, which always has three ones; the bytes before it are there */
static void
test_wrong_chips (void)
{
  g_autoptr (GByteArray) telegram = make_telegram ();

  for (WmbusCode code = WMBUS_CODE_3_OF_6; code <= WMBUS_CODE_MANCHESTER; code++)
    {
      g_autoptr (GByteArray) chips = wmbus_chips_encode (code, telegram->data, telegram->len);
      guint per_byte = code == WMBUS_CODE_3_OF_6 ? 12 : 16;

      for (guint chip = 0; chip < telegram->len * per_byte; chip++)
        {
          guint8 out[WMBUS_FRAME_MAX];
          g_autoptr (GError) error = NULL;
          gsize n = 0;

          chips->data[chip / 8] ^= (guint8) (0x80 >> chip % 8);
          g_assert_false (wmbus_chips_decode (code, chips->data, chips->len, out, sizeof out, &n, &error));
          g_assert_error (error, WMBUS_FRAME_ERROR, WMBUS_FRAME_ERROR_WRONG_CODE);
          g_assert_cmpmem (out, n, telegram->data, chip / per_byte);
          chips->data[chip / 8] ^= (guint8) (0x80 >> chip % 8);
        }
    }
}

/* behind the synchronisation that modes T and C have in common, with noise behind the frame */
static void
test_modes (void)
{
  static const struct
  {
    const guint8 begin[2];
    WmbusFormat format;
    WmbusCode code;
    gsize skipped;
  } vectors[] = {
    { { 0x54, 0xCD }, WMBUS_FORMAT_A, WMBUS_CODE_NONE, 2 },
    { { 0x54, 0x3D }, WMBUS_FORMAT_B, WMBUS_CODE_NONE, 2 },
    { { 0 }, WMBUS_FORMAT_A, WMBUS_CODE_3_OF_6, 0 },
  };
  const guint8 noise[] = { 0x00, 0xFF, 0x12 };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GByteArray) telegram = make_telegram ();
      g_autoptr (GByteArray) frame = wmbus_encode_frame (vectors[i].format, telegram);
      g_autoptr (GByteArray) chips = wmbus_chips_encode (vectors[i].code, frame->data, frame->len);
      g_autoptr (GByteArray) heard = g_byte_array_new ();
      g_autoptr (GError) error = NULL;
      guint8 out[WMBUS_TELEGRAM_MAX];
      WmbusCode code;
      WmbusFormat format;
      gsize n;

      g_byte_array_append (heard, vectors[i].begin, (guint) vectors[i].skipped);
      g_byte_array_append (heard, chips->data, chips->len);
      g_assert_cmpuint (wmbus_chips_tell (heard->data, heard->len, &code, &format), ==, vectors[i].skipped);
      g_assert_cmpint (code, ==, vectors[i].code);
      g_assert_cmpint (format, ==, vectors[i].format);
      g_byte_array_append (heard, noise, sizeof noise);
      n = wmbus_chips_strip (heard->data, heard->len, out, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (out, n, telegram->data, telegram->len);
      g_assert_cmpuint (wmbus_chips_strip (heard->data, heard->len / 2, out, &error), ==, 0);
      g_assert_error (error, WMBUS_FRAME_ERROR, WMBUS_FRAME_ERROR_TRUNCATED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wmbus/chips/codes", test_codes);
  g_test_add_func ("/wmbus/chips/wrong-chips", test_wrong_chips);
  g_test_add_func ("/wmbus/chips/modes", test_modes);
  return g_test_run ();
}
