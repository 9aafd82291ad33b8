/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every receiver: a sound message gives its telegram, mode and RSSI, whatever stands before it and however it
 * is cut into pieces; every fault has its name; and the commands that set it up. */
#include "receiver.h"

#define TELEGRAM "1444B409466316140A077A9B0800000C1305000000"
/* the same with the checksums of format A */
#define FORMAT_A "1444B409466316140A0741D97A9B0800000C1305000000F8B0"

typedef struct
{
  const gchar *name;
  const ReceiverKind *kind;
  const gchar *text; /* hexadecimal digits, or with a leading ' the text itself */
  const gchar *telegram;
  ReceiverMode mode;
  gint rssi_dbm;
} Sound;

static const Sound SOUND[] = {
  { "im871a", &receiver_im871a, "A5C2031444B409466316140A077A9B0800000C1305000000912D31", TELEGRAM,
    RECEIVER_MODE_UNKNOWN, -50 },
  { "im871a-without-crc", &receiver_im871a, "A502031444B409466316140A077A9B0800000C1305000000", TELEGRAM,
    RECEIVER_MODE_UNKNOWN, AMSEL_RSSI_UNKNOWN },
  { "iu891a-escaped", &receiver_iu891a,
    "C0092000010203DBDC000003B81444B409466316140A077A9B0800000C13050000002EACC0", TELEGRAM, RECEIVER_MODE_CT,
    -72 },
  { "iu891a-without-status", &receiver_iu891a,
    "C0092001020304000002B81444B409466316140A077A9B0800000C1305000000B03EC0", TELEGRAM, RECEIVER_MODE_T,
    -72 },
  { "amb8465", &receiver_amb8465, "FF031544B409466316140A077A9B0800000C1305000000A069", TELEGRAM,
    RECEIVER_MODE_UNKNOWN, -122 },
  { "rc1180", &receiver_rc1180, "1544B409466316140A077A9B0800000C13050000008C", TELEGRAM,
    RECEIVER_MODE_UNKNOWN, -70 },
  { "cul", &receiver_cul, "'b1444B409466316140A0741D97A9B0800000C1305000000F8B08010\r\n", FORMAT_A,
    RECEIVER_MODE_UNKNOWN, -66 },
  { "cul-format-b", &receiver_cul, "'bY" TELEGRAM "80E0\r\n", TELEGRAM, RECEIVER_MODE_C, -90 },
  { "embit", &receiver_embit, "0020E0801FB0000000011444B409466316140A077A9B0800000C13050000008A", TELEGRAM,
    RECEIVER_MODE_UNKNOWN, -80 },
  { "rtl-wmbus", &receiver_rtl_wmbus,
    "'T1;1;1;2019-04-03 19:00:42.250;97;148;14166346;0x1444b409466316140a077a9b0800000c1305000000\n",
    TELEGRAM, RECEIVER_MODE_T, AMSEL_RSSI_UNKNOWN },
  { "rtl-wmbus-with-decoder", &receiver_rtl_wmbus,
    "'rla;C1;1;1;2019-04-03 19:00:42.000;97;148;14166346;0x" TELEGRAM "\n", TELEGRAM, RECEIVER_MODE_C,
    AMSEL_RSSI_UNKNOWN },
  { "rtl-433", &receiver_rtl_433,
    "'{\"time\":\"2019-04-03 19:00:42\",\"model\":\"Wireless-MBus\",\"mode\":\"T\",\"data\":\"" TELEGRAM
    "\"}\n",
    TELEGRAM, RECEIVER_MODE_T, AMSEL_RSSI_UNKNOWN },
  { "json", &receiver_json, "'{\"telegram\":\"" TELEGRAM "\",\"rssi_dbm\":-71,\"mode\":\"C1\"}\n", TELEGRAM,
    RECEIVER_MODE_C, -71 },
  { "json-meaningless-rssi", &receiver_json, "'{\"telegram\":\"" TELEGRAM "\",\"rssi\":999}\n", TELEGRAM,
    RECEIVER_MODE_UNKNOWN, AMSEL_RSSI_UNKNOWN },
  { "raw", &receiver_raw, TELEGRAM, TELEGRAM, RECEIVER_MODE_UNKNOWN, AMSEL_RSSI_UNKNOWN },
  { "raw-with-checksums", &receiver_raw, FORMAT_A, FORMAT_A, RECEIVER_MODE_UNKNOWN, AMSEL_RSSI_UNKNOWN },
  { "hex", &receiver_hex, "'14 44 B409466316140A077A9B0800000C1305000000\n", TELEGRAM, RECEIVER_MODE_UNKNOWN,
    AMSEL_RSSI_UNKNOWN },
};

typedef struct
{
  const gchar *name;
  const ReceiverKind *kind;
  const gchar *text;
  ReceiverError code;
  gsize used;
} Fault;

static const Fault FAULTS[] = {
  { "im871a-garbage", &receiver_im871a, "00", RECEIVER_ERROR_GARBAGE, 1 },
  { "im871a-endpoint", &receiver_im871a, "A5090300", RECEIVER_ERROR_GARBAGE, 1 },
  { "im871a-crc", &receiver_im871a, "A5C2031444B409466316140A077A9B0800000C1305000000912D32",
    RECEIVER_ERROR_WRONG_CHECKSUM, 1 },
  { "im871a-short", &receiver_im871a, "A502030144", RECEIVER_ERROR_WRONG_LENGTH, 5 },
  { "iu891a-middle", &receiver_iu891a, "B409466316140A07C0", RECEIVER_ERROR_WRONG_CHECKSUM, 8 },
  { "iu891a-escape", &receiver_iu891a, "C001DB0102C0", RECEIVER_ERROR_WRONG_LENGTH, 5 },
  { "amb8465-xor", &receiver_amb8465, "FF031544B409466316140A077A9B0800000C1305000000A068",
    RECEIVER_ERROR_WRONG_CHECKSUM, 1 },
  { "amb8465-empty", &receiver_amb8465, "FF0300FC", RECEIVER_ERROR_WRONG_LENGTH, 4 },
  { "amb8465-garbage", &receiver_amb8465, "00", RECEIVER_ERROR_GARBAGE, 1 },
  { "amb8465-command", &receiver_amb8465, "FF0400FB", RECEIVER_ERROR_GARBAGE, 1 },
  { "rc1180-garbage", &receiver_rc1180, "FFFFFFFFFFFFFFFFFFFFFF", RECEIVER_ERROR_GARBAGE, 1 },
  { "cul-cut-in-a-byte", &receiver_cul, "'b1444B409466316140A0741D97A9\n", RECEIVER_ERROR_WRONG_LENGTH, 29 },
  { "cul-digit", &receiver_cul, "'b14x4B409466316140A0741D97A9B\n", RECEIVER_ERROR_WRONG_DIGIT, 30 },
  { "embit-length", &receiver_embit, "FFFF", RECEIVER_ERROR_GARBAGE, 1 },
  { "embit-sum", &receiver_embit, "0004E000", RECEIVER_ERROR_WRONG_CHECKSUM, 1 },
  { "embit-options", &receiver_embit, "0006E00000E6", RECEIVER_ERROR_NO_TELEGRAM, 6 },
  { "rtl-wmbus-damaged", &receiver_rtl_wmbus, "'T1;0;1;2019-04-03 19:00:42.000;97;148;1;0x" TELEGRAM "\n",
    RECEIVER_ERROR_DAMAGED, 85 },
  { "rtl-wmbus-other", &receiver_rtl_wmbus, "'Found Rafael tuner\n", RECEIVER_ERROR_GARBAGE, 19 },
  { "rtl-433-other", &receiver_rtl_433, "'{\"model\":\"Acurite\"}\n", RECEIVER_ERROR_NO_TELEGRAM, 20 },
  { "json-syntax", &receiver_json, "'{\"telegram\":\n", RECEIVER_ERROR_GARBAGE, 13 },
  { "json-no-object", &receiver_json, "'[1]\n", RECEIVER_ERROR_NO_TELEGRAM, 4 },
  { "hex-short", &receiver_hex, "'1444\n", RECEIVER_ERROR_WRONG_LENGTH, 5 },
};

/* whatever comes without end is given up, so that nobody keeps it for ever */
static void
test_endless (void)
{
  enum
  {
    MANY = 4 * RECEIVER_MESSAGE_MAX
  };
  g_autofree guint8 *data = g_malloc (MANY);

  for (gsize i = 0; receiver_list ()[i] != NULL; i++)
    for (guint value = 0; value < 256; value++)
      {
        const ReceiverKind *kind = receiver_list ()[i];
        ReceiverMessage message;
        gsize used = 0;

        memset (data, (int) value, MANY);
        if (kind->find (data, MANY, &used, &message, NULL) == AMSEL_FRAME_STATUS_MORE || used == 0)
          g_error ("%s keeps bytes %02X without end", kind->name, value);
      }
}

static GBytes *
get_bytes (const gchar *text)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes;

  if (text[0] == '\'')
    return g_bytes_new (text + 1, strlen (text + 1));
  bytes = amsel_hex_decode (text, -1, &error);
  g_assert_no_error (error);
  return bytes;
}

static void
assert_telegram (const ReceiverMessage *message, const gchar *hex)
{
  g_autoptr (GBytes) want = amsel_hex_decode (hex, -1, NULL);

  g_assert_cmpint (message->kind, ==, RECEIVER_MESSAGE_TELEGRAM);
  g_assert_cmpmem (message->telegram, message->length, g_bytes_get_data (want, NULL),
                   g_bytes_get_size (want));
}

/* Every beginning of a message is one that may go on, and the whole is the telegram. */
static void
test_sound (gconstpointer user_data)
{
  const Sound *sound = user_data;
  g_autoptr (GBytes) bytes = get_bytes (sound->text);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_autoptr (GError) error = NULL;
  ReceiverMessage message;
  gsize used = 0;
  AmselFrameStatus status;

  for (gsize n = 1; n < length; n++)
    {
      status = sound->kind->find (data, n, &used, &message, &error);
      g_assert_no_error (error);
      if (status == AMSEL_FRAME_STATUS_COMPLETE)
        break; /* the line has ended; only more line ends follow */
      g_assert_cmpint (status, ==, AMSEL_FRAME_STATUS_MORE);
    }
  status = sound->kind->find (data, length, &used, &message, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, AMSEL_FRAME_STATUS_COMPLETE);
  g_assert_cmpuint (used, >=, length - 1); /* a SLIP end may begin the next frame */
  assert_telegram (&message, sound->telegram);
  g_assert_cmpint (message.mode, ==, sound->mode);
  g_assert_cmpint (message.rssi_dbm, ==, sound->rssi_dbm);
}

/* A stream that is joined in the middle of a message, with garbage behind it: the next message is found. */
static void
test_resync (gconstpointer user_data)
{
  const Sound *sound = user_data;
  g_autoptr (GBytes) bytes = get_bytes (sound->text);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  gsize at = 0;
  guint n_found = 0;

  g_byte_array_append (stream, data + length / 2, (guint) (length - length / 2));
  g_byte_array_append (stream, data, (guint) length);
  /* enough behind it that every false start has its end */
  for (guint i = 0; i < 40; i++)
    g_byte_array_append (stream, data, (guint) length);
  while (at < stream->len)
    {
      ReceiverMessage message;
      gsize used = 0;
      AmselFrameStatus status =
          sound->kind->find (stream->data + at, stream->len - at, &used, &message, NULL);

      if (status == AMSEL_FRAME_STATUS_MORE)
        break;
      g_assert_cmpuint (used, >, 0);
      at += used;
      if (status == AMSEL_FRAME_STATUS_COMPLETE && message.kind == RECEIVER_MESSAGE_TELEGRAM)
        {
          assert_telegram (&message, sound->telegram);
          n_found++;
        }
    }
  g_assert_cmpuint (n_found, >=, 20);
}

static void
test_fault (gconstpointer user_data)
{
  const Fault *fault = user_data;
  g_autoptr (GBytes) bytes = get_bytes (fault->text);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_autoptr (GError) error = NULL;
  ReceiverMessage message;
  gsize used = 0;

  g_assert_cmpint (fault->kind->find (data, length, &used, &message, &error), ==, AMSEL_FRAME_STATUS_DAMAGED);
  g_assert_error (error, RECEIVER_ERROR, (gint) fault->code);
  g_assert_cmpuint (used, ==, fault->used);
}

static void
test_time (void)
{
  static const gchar line[] =
      "T1;1;1;2019-04-03 19:00:42.250;97;148;14166346;0x1444b409466316140a077a9b0800000c1305000000\n";
  ReceiverMessage message;
  gsize used = 0;

  receiver_rtl_wmbus.find ((const guint8 *) line, strlen (line), &used, &message, NULL);
  g_assert_cmpint (message.heard_us, ==, G_GINT64_CONSTANT (1554318042250000));
}

/* a receiver whose clock was never set, or is far ahead, says nothing of the time */
static void
test_wrong_time (void)
{
  static const struct
  {
    const gchar *time;
    gboolean taken;
  } vectors[] = {
    { "2019-04-03T19:00:42Z", TRUE },  { "2019-03-01T00:00:00Z", TRUE },  { "2019-04-05T00:00:00Z", FALSE },
    { "9999-12-31T23:59:59Z", FALSE }, { "1970-01-01T00:00:05Z", FALSE }, { "0001-01-01T00:00:00Z", FALSE },
  };
  const gint64 now_us = G_GINT64_CONSTANT (1554318050000000);

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree gchar *line =
          g_strdup_printf ("{\"telegram\":\"" TELEGRAM "\",\"timestamp\":\"%s\"}\n", vectors[i].time);
      g_autoptr (AmselFrame) frame = NULL;
      ReceiverMessage message;
      gsize used = 0;

      g_assert_cmpint (receiver_json.find ((const guint8 *) line, strlen (line), &used, &message, NULL), ==,
                       AMSEL_FRAME_STATUS_COMPLETE);
      frame = receiver_message_to_frame (&message, now_us);
      g_assert_cmpint (amsel_frame_get_received_us (frame) != now_us, ==, vectors[i].taken);
    }
}

/* The commands of a kind, answered one after the other; an answer of its own number and status 0. */
static void
assert_commands (const ReceiverKind *kind, ReceiverMode mode, const gchar *const *want)
{
  static const guint8 zeros[RECEIVER_COMMAND_MAX];
  guint step = 0;
  ReceiverMessage answer = { .kind = RECEIVER_MESSAGE_ANSWER };
  ReceiverCommand command;

  for (; kind->get_command (step, mode, step > 0 ? &answer : NULL, &command); step++)
    {
      g_autofree gchar *hex = amsel_hex_encode (command.data, command.length);

      g_assert_nonnull (want[step]);
      g_assert_cmpstr (hex, ==, want[step]);
      g_assert_nonnull (command.what);
      answer.answer = command.answer;
      answer.payload = command.text != NULL ? (const guint8 *) command.text : zeros;
      answer.payload_length = command.text != NULL ? strlen (command.text) : 12;
      if (!command.silent)
        g_assert_true (receiver_command_is_answered (&command, &answer, NULL));
      answer.answer ^= 0x40;
      if (!command.silent)
        g_assert_false (receiver_command_is_answered (&command, &answer, NULL));
    }
  g_assert_null (want[step]);
}

static void
test_commands (void)
{
  static const gchar *const im871a[] = { "A5010100", "A501030600020A300100", NULL };
  static const gchar *const amb8465[] = {
    "FF0C00F3", "FF0A020541B3", "FF0903050101F0", "FF0903450101B0", "FF0500FA", "FF040109F3", NULL
  };
  static const gchar *const cul[] = { "0D0A560D0A", "5832310D0A", "6272740D0A", NULL };
  static const gchar *const rc1180[] = { "00", "4D000C03010501FF", "58", NULL };
  static const gchar *const embit[] = { "00040105",   "00043034", "000511192F", "000613000019",
                                        "0005230129", "00043135", NULL };

  assert_commands (&receiver_im871a, RECEIVER_MODE_CT, im871a);
  assert_commands (&receiver_amb8465, RECEIVER_MODE_CT, amb8465);
  assert_commands (&receiver_cul, RECEIVER_MODE_T, cul);
  assert_commands (&receiver_rc1180, RECEIVER_MODE_T, rc1180);
  assert_commands (&receiver_embit, RECEIVER_MODE_T, embit);
}

/* A stick that is set up already is not written to. */
static void
test_amb8465_kept (void)
{
  guint8 payload[67] = { 0x05, 0x41, 1 };
  const ReceiverMessage answer = {
    .kind = RECEIVER_MESSAGE_ANSWER, .answer = 0x8A, .payload = payload, .payload_length = sizeof payload
  };
  const ReceiverMessage last = { .kind = RECEIVER_MESSAGE_ANSWER, .answer = 0x84 };
  ReceiverCommand command;

  payload[66] = 1;
  g_assert_true (receiver_amb8465.get_command (2, RECEIVER_MODE_T, &answer, &command));
  g_assert_cmphex (command.data[1], ==, 0x04);
  g_assert_cmphex (command.data[3], ==, 0x08);
  g_assert_false (receiver_amb8465.get_command (3, RECEIVER_MODE_T, &last, &command));
}

/* The configuration that the receiver has is sent back with another link mode. */
static void
test_iu891a_config (void)
{
  static const guint8 has[] = { 0xC0, 0x09, 0x02, 0x00, 0x02, 0x01, 0x00, 0x01, 0x00, 0x02,
                                0x00, 0xDB, 0xDD, 0x00, 0x00, 0x00, 0x38, 0x05, 0xC0 };
  static const guint8 wanted[] = { 0x09, 0x03, 0x03, 0x06, 0x00, 0x01, 0x00,
                                   0x02, 0x00, 0xDB, 0xDD, 0x00, 0x00, 0x00 };
  ReceiverMessage answer;
  ReceiverCommand command;
  gsize used = 0;

  g_assert_cmpint (receiver_iu891a.find (has, sizeof has, &used, &answer, NULL), ==,
                   AMSEL_FRAME_STATUS_COMPLETE);
  g_assert_true (receiver_iu891a.get_command (1, RECEIVER_MODE_CT, NULL, &command));
  g_assert_true (receiver_command_is_answered (&command, &answer, NULL));
  g_assert_true (receiver_iu891a.get_command (2, RECEIVER_MODE_CT, &answer, &command));
  g_assert_nonnull (memmem (command.data, command.length, wanted, sizeof wanted));
}

static void
test_refused (void)
{
  static const guint8 refused[] = { 0xFF, 0x89, 0x01, 0x02, 0x75 };
  g_autoptr (GError) error = NULL;
  ReceiverMessage answer;
  ReceiverCommand command;
  gsize used = 0;

  g_assert_true (receiver_amb8465.get_command (2, RECEIVER_MODE_T, NULL, &command));
  g_assert_cmpint (receiver_amb8465.find (refused, sizeof refused, &used, &answer, NULL), ==,
                   AMSEL_FRAME_STATUS_COMPLETE);
  g_assert_false (receiver_command_is_answered (&command, &answer, &error));
  g_assert_error (error, RECEIVER_ERROR, RECEIVER_ERROR_REFUSED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (SOUND); i++)
    {
      g_autofree gchar *sound = g_strdup_printf ("/receivers/sound/%s", SOUND[i].name);
      g_autofree gchar *resync = g_strdup_printf ("/receivers/resync/%s", SOUND[i].name);

      g_test_add_data_func (sound, &SOUND[i], test_sound);
      g_test_add_data_func (resync, &SOUND[i], test_resync);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (FAULTS); i++)
    {
      g_autofree gchar *path = g_strdup_printf ("/receivers/fault/%s", FAULTS[i].name);

      g_test_add_data_func (path, &FAULTS[i], test_fault);
    }
  g_test_add_func ("/receivers/endless", test_endless);
  g_test_add_func ("/receivers/time", test_time);
  g_test_add_func ("/receivers/wrong-time", test_wrong_time);
  g_test_add_func ("/receivers/commands", test_commands);
  g_test_add_func ("/receivers/amb8465-kept", test_amb8465_kept);
  g_test_add_func ("/receivers/iu891a-config", test_iu891a_config);
  g_test_add_func ("/receivers/refused", test_refused);
  return g_test_run ();
}
