/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Frames: every fault by its name, and sound frames found behind garbage. */
#include "mbus-frame.h"

typedef struct
{
  const gchar *name;
  const gchar *hex;
  AmselFrameStatus status;
  gsize used;
  MbusFrameError code;
} FindVector;

static const FindVector FIND[] = {
  { "ack", "E5", AMSEL_FRAME_STATUS_COMPLETE, 1, 0 },
  { "ack-then-more", "E5 68", AMSEL_FRAME_STATUS_COMPLETE, 1, 0 },
  { "short", "10 40 01 41 16", AMSEL_FRAME_STATUS_COMPLETE, 5, 0 },
  { "short-unfinished", "10 40 01", AMSEL_FRAME_STATUS_MORE, 0, 0 },
  { "control", "68 03 03 68 53 FE 50 A1 16", AMSEL_FRAME_STATUS_COMPLETE, 9, 0 },
  { "long", "68 06 06 68 53 FE 51 01 7A 40 5D 16", AMSEL_FRAME_STATUS_COMPLETE, 12, 0 },
  { "long-unfinished", "68 06 06 68 53 FE 51 01 7A 40 5D", AMSEL_FRAME_STATUS_MORE, 0, 0 },
  { "start-only", "68", AMSEL_FRAME_STATUS_MORE, 0, 0 },
  { "garbage", "00 01 02", AMSEL_FRAME_STATUS_DAMAGED, 3, MBUS_FRAME_ERROR_WRONG_FIRST_START },
  { "garbage-then-ack", "00 FF E5", AMSEL_FRAME_STATUS_DAMAGED, 2, MBUS_FRAME_ERROR_WRONG_FIRST_START },
  { "garbage-then-start", "00 FF 68", AMSEL_FRAME_STATUS_DAMAGED, 2, MBUS_FRAME_ERROR_WRONG_FIRST_START },
  { "garbage-with-false-start-then-long", "00 68 11 22 68 03 03 68 53 FE 50 A1 16",
    AMSEL_FRAME_STATUS_DAMAGED, 4, MBUS_FRAME_ERROR_WRONG_FIRST_START },
  { "doubled-start", "68 68 03 03 68 53 FE 50 A1 16", AMSEL_FRAME_STATUS_DAMAGED, 1,
    MBUS_FRAME_ERROR_LENGTH_MISMATCH },
  { "length-too-small", "68 02 02 68 53 FE", AMSEL_FRAME_STATUS_DAMAGED, 6, MBUS_FRAME_ERROR_WRONG_LENGTH },
  { "lengths-differ", "68 03 04 68 53 FE 50 A1 16", AMSEL_FRAME_STATUS_DAMAGED, 9,
    MBUS_FRAME_ERROR_LENGTH_MISMATCH },
  { "second-start-wrong", "68 03 03 69 53 FE 50 A1 16", AMSEL_FRAME_STATUS_DAMAGED, 9,
    MBUS_FRAME_ERROR_WRONG_SECOND_START },
  { "stop-wrong", "68 03 03 68 53 FE 50 A1 17", AMSEL_FRAME_STATUS_DAMAGED, 9, MBUS_FRAME_ERROR_WRONG_STOP },
  { "checksum-wrong", "68 03 03 68 53 FE 50 A2 16", AMSEL_FRAME_STATUS_DAMAGED, 9,
    MBUS_FRAME_ERROR_WRONG_CHECKSUM },
  { "short-checksum-wrong", "10 40 01 42 16", AMSEL_FRAME_STATUS_DAMAGED, 5,
    MBUS_FRAME_ERROR_WRONG_CHECKSUM },
  { "short-stop-wrong", "10 40 01 41 15", AMSEL_FRAME_STATUS_DAMAGED, 5, MBUS_FRAME_ERROR_WRONG_STOP },
  { "ack-inside-damaged-long-is-none", "68 04 04 68 08 01 72 E5 00 16", AMSEL_FRAME_STATUS_DAMAGED, 10,
    MBUS_FRAME_ERROR_WRONG_CHECKSUM },
  /* the false start claims 64 bytes; the sound frame ends with what has come */
  { "false-start-swallows-nothing", "68 40 40 68 68 03 03 68 53 FE 50 A1 16", AMSEL_FRAME_STATUS_DAMAGED, 4,
    MBUS_FRAME_ERROR_WRONG_LENGTH },
  { "lost-byte-then-sound-frame", "68 04 04 68 53 FE 50 A1 16 68 03 03 68 53 FE 50 A1 16",
    AMSEL_FRAME_STATUS_DAMAGED, 9, MBUS_FRAME_ERROR_WRONG_STOP },
};

static GBytes *
bytes (const gchar *hex)
{
  g_autoptr (GError) error = NULL;
  GBytes *out = amsel_hex_decode (hex, -1, &error);

  g_assert_no_error (error);
  return out;
}

static void
test_find (gconstpointer user_data)
{
  const FindVector *vector = user_data;
  g_autoptr (GBytes) in = bytes (vector->hex);
  g_autoptr (GError) error = NULL;
  gsize length;
  const guint8 *data = g_bytes_get_data (in, &length);
  gsize used = 0;

  g_assert_cmpint (mbus_frame_find (data, length, &used, &error), ==, vector->status);
  g_assert_cmpuint (used, ==, vector->used);
  if (vector->code == MBUS_FRAME_ERROR_NONE)
    g_assert_no_error (error);
  else
    g_assert_error (error, MBUS_FRAME_ERROR, (gint) vector->code);
}

/* A sound frame behind anything that comes before it is found, whatever the garbage claims to be. */
static void
test_resync (void)
{
  const gchar *const garbage[] = { "00",
                                   "68",
                                   "68 68",
                                   "68 68 68",
                                   "68 10",
                                   "10 10 10",
                                   "68 09 09 68",
                                   "68 FF FF 68 00 10 16",
                                   "10 5B 01",
                                   "16 16 68 05",
                                   "68 1F 1F 68 08 02 72 78 56 34 12 24 40 01 07 55 00 00 00" };
  g_autoptr (GBytes) good = bytes ("68 06 06 68 53 FE 51 01 7A 40 5D 16");

  for (gsize i = 0; i < G_N_ELEMENTS (garbage); i++)
    {
      g_autoptr (GBytes) before = bytes (garbage[i]);
      g_autoptr (GByteArray) all = g_byte_array_new ();
      gsize at = 0;
      gsize used = 0;
      AmselFrameStatus status = AMSEL_FRAME_STATUS_DAMAGED;

      g_byte_array_append (all, g_bytes_get_data (before, NULL), (guint) g_bytes_get_size (before));
      g_byte_array_append (all, g_bytes_get_data (good, NULL), (guint) g_bytes_get_size (good));
      while (status == AMSEL_FRAME_STATUS_DAMAGED)
        {
          status = mbus_frame_find (all->data + at, all->len - at, &used, NULL);
          at += status == AMSEL_FRAME_STATUS_DAMAGED ? used : 0;
        }
      g_test_message ("behind %s", garbage[i]);
      g_assert_cmpint (status, ==, AMSEL_FRAME_STATUS_COMPLETE);
      g_assert_cmpuint (at, ==, g_bytes_get_size (before));
      g_assert_cmpuint (used, ==, g_bytes_get_size (good));
    }
}

static void
test_parse (void)
{
  g_autoptr (GBytes) in = bytes ("68 06 06 68 53 FE 51 01 7A 40 5D 16");
  g_autoptr (GError) error = NULL;
  gsize length;
  const guint8 *data = g_bytes_get_data (in, &length);
  MbusFrame frame;

  g_assert_true (mbus_frame_parse (data, length, &frame, &error));
  g_assert_cmpint (frame.kind, ==, MBUS_FRAME_KIND_LONG);
  g_assert_cmphex (frame.c, ==, 0x53);
  g_assert_cmphex (frame.a, ==, MBUS_ADDRESS_TEST);
  g_assert_cmphex (frame.ci, ==, MBUS_CI_SEND);
  g_assert_cmpmem (frame.data, frame.data_length, "\x01\x7A\x40", 3);

  g_assert_false (mbus_frame_parse (data, length - 1, &frame, &error));
  g_assert_error (error, MBUS_FRAME_ERROR, MBUS_FRAME_ERROR_WRONG_LENGTH);
  g_clear_error (&error);
  g_assert_false (mbus_frame_parse ((const guint8 *) "\xE5\xE5", 2, &frame, &error));
  g_assert_error (error, MBUS_FRAME_ERROR, MBUS_FRAME_ERROR_WRONG_LENGTH);
  g_clear_error (&error);
  g_assert_false (mbus_frame_parse (data, 0, &frame, &error));
  g_assert_error (error, MBUS_FRAME_ERROR, MBUS_FRAME_ERROR_WRONG_LENGTH);
}

static void
assert_built (GBytes *built, const gchar *expected)
{
  g_autoptr (GBytes) own = built;
  g_autoptr (GBytes) wanted = bytes (expected);

  g_assert_cmpmem (g_bytes_get_data (own, NULL), g_bytes_get_size (own), g_bytes_get_data (wanted, NULL),
                   g_bytes_get_size (wanted));
}

static void
test_build (void)
{
  const guint8 selection[] = { 0x16, 0x04, 0x02, 0x15, 0xFF, 0xFF, 0xFF, 0xFF };
  guint8 much[MBUS_DATA_MAX] = { 0 };
  g_autoptr (GBytes) longest = mbus_frame_new_long (MBUS_C_RSP_UD, 1, MBUS_CI_RESPONSE, much, sizeof much);
  gsize used = 0;

  assert_built (mbus_frame_new_ack (), "E5");
  assert_built (mbus_frame_new_snd_nke (1), "10 40 01 41 16");
  assert_built (mbus_frame_new_req_ud2 (0x40, FALSE), "10 5B 40 9B 16");
  assert_built (mbus_frame_new_req_ud2 (0x40, TRUE), "10 7B 40 BB 16");
  assert_built (mbus_frame_new_req_ud1 (1, FALSE), "10 5A 01 5B 16");
  assert_built (mbus_frame_new_select (FALSE, selection),
                "68 0B 0B 68 53 FD 52 16 04 02 15 FF FF FF FF CF 16");
  assert_built (
      mbus_frame_new_snd_ud (MBUS_ADDRESS_TEST, FALSE, MBUS_CI_SEND, (const guint8 *) "\x01\x7A\x40", 3),
      "68 06 06 68 53 FE 51 01 7A 40 5D 16");
  assert_built (mbus_frame_new_rsp_ud (1, MBUS_CI_RESPONSE, NULL, 0), "68 03 03 68 08 01 72 7B 16");
  g_assert_cmpuint (g_bytes_get_size (longest), ==, MBUS_FRAME_MAX);
  g_assert_cmpint (mbus_frame_find (g_bytes_get_data (longest, NULL), MBUS_FRAME_MAX, &used, NULL), ==,
                   AMSEL_FRAME_STATUS_COMPLETE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (FIND); i++)
    {
      g_autofree gchar *path = g_strdup_printf ("/mbus/frame/find/%s", FIND[i].name);

      g_test_add_data_func (path, &FIND[i], test_find);
    }
  g_test_add_func ("/mbus/frame/resync", test_resync);
  g_test_add_func ("/mbus/frame/parse", test_parse);
  g_test_add_func ("/mbus/frame/build", test_build);
  return g_test_run ();
}
