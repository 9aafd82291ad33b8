/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The dialogue that reads a meter, played without a line. A script is what goes over it:
 *
 *   read          a reading begins; the meter keeps what it knows of its link
 *   > hex         the dialogue must want to send this
 *   < hex         this frame answers
 *   = hex         a telegram answers, given as A, CI and data
 *   silence, damaged, collision    what became of the request instead
 *   done N        the reading ends with N telegrams, complete
 *   partial N     the reading ends with N telegrams, and more were announced
 *   error CODE    the reading fails
 */
#include "mbus-error.h"
#include "mbus-protocol.h"
#include "mbus-read.h"

#define HEADER "78 56 34 12 24 40 01 07 55 00 00 00 "
#define VALUE  "0C 13 02 20 00 00 "

#define NKE_5     "> 10 40 05 45 16\n"
#define NKE_9     "> 10 40 09 49 16\n"
#define ASK_5_1   "> 10 7B 05 80 16\n"
#define ASK_5_0   "> 10 5B 05 60 16\n"
#define GOOD_5    "= 05 72 " HEADER VALUE "\n"
#define MORE_5    "= 05 72 " HEADER VALUE "1F\n"
#define NKE_FD    "> 10 40 FD 3D 16\n"
#define ASK_FD_1  "> 10 7B FD 78 16\n"
#define ASK_FD_0  "> 10 5B FD 58 16\n"
#define SELECT    "> 68 0B 0B 68 53 FD 52 78 56 34 12 FF FF FF FF B2 16\n"
#define ACK       "< E5\n"
#define FIRST_5_1 "read\n" NKE_5 ACK ASK_5_1

typedef struct
{
  const gchar *name;
  const gchar *address;
  const gchar *script;
  const gchar *send; /* hexadecimal digits that go before each reading */
} Vector;

static const Vector VECTORS[] = {
  { "primary", "5", FIRST_5_1 GOOD_5 "done 1" },
  { "primary-again-toggles", "5",
    FIRST_5_1 GOOD_5 "done 1\nread\n" ASK_5_0 GOOD_5 "done 1\nread\n" ASK_5_1 GOOD_5 "done 1" },
  { "reset-silent-then-data", "5",
    "read\n" NKE_5 "silence\n" ASK_5_1 GOOD_5 "done 1\nread\n" ASK_5_0 GOOD_5 "done 1" },
  { "reset-silent", "5", "read\n" NKE_5 "silence\n" ASK_5_1 "silence\nerror 131078" },
  { "reset-damaged-then-silent", "5", "read\n" NKE_5 "damaged\n" ASK_5_1 "silence\nerror 131079" },
  { "reset-answered-by-data", "5", "read\n" NKE_5 GOOD_5 ASK_5_1 GOOD_5 "done 1" },
  { "request-silent-then-reset", "5",
    FIRST_5_1 GOOD_5 "done 1\nread\n" ASK_5_0 "silence\nerror 131082\n" FIRST_5_1 GOOD_5 "done 1" },
  { "request-damaged", "5", FIRST_5_1 "damaged\nerror 131332" },
  { "request-collision", "5", FIRST_5_1 "collision\nerror 131083" },
  { "request-acknowledged", "5", FIRST_5_1 ACK ASK_5_1 ACK ASK_5_1 ACK "error 131084" },
  { "echo-then-data", "5", FIRST_5_1 "< 10 7B 05 80 16\n" ASK_5_1 GOOD_5 "done 1" },
  { "echo-only", "5",
    FIRST_5_1 "< 10 7B 05 80 16\n" ASK_5_1 "< 10 7B 05 80 16\n" ASK_5_1 "< 10 7B 05 80 16\nerror 131084" },
  { "other-address", "5",
    FIRST_5_1 "= 06 72 " HEADER VALUE "\n" ASK_5_1 "= 06 72 " HEADER VALUE "\n" ASK_5_1
              "= 06 72 " HEADER VALUE "\nerror 131085" },
  { "late-answer-of-another", "5", FIRST_5_1 "= 06 72 " HEADER VALUE "\n" ASK_5_1 GOOD_5 "done 1" },
  { "test-address-takes-any", "254", "read\n> 10 40 FE 3E 16\n" ACK "> 10 7B FE 79 16\n" GOOD_5 "done 1" },
  { "master-frame-as-answer", "5",
    FIRST_5_1 "< 68 03 03 68 53 05 50 A8 16\n" ASK_5_1 "< 68 03 03 68 53 05 50 A8 16\n" ASK_5_1
              "< 68 03 03 68 53 05 50 A8 16\nerror 131084" },
  { "two-telegrams-then-reset", "5",
    FIRST_5_1 MORE_5 ASK_5_0 GOOD_5 "done 2\nread\n" NKE_5 ACK ASK_5_1 MORE_5 ASK_5_0 GOOD_5 "done 2" },
  { "second-telegram-stays-away", "5",
    FIRST_5_1 MORE_5 ASK_5_0 "silence\npartial 1\nread\n" NKE_5 ACK ASK_5_1 GOOD_5 "done 1" },
  { "second-telegram-damaged", "5", FIRST_5_1 MORE_5 ASK_5_0 "damaged\npartial 1" },
  { "same-telegram-for-ever", "5", FIRST_5_1 MORE_5 ASK_5_0 MORE_5 "partial 1" },
  { "undecodable-is-kept", "5", FIRST_5_1 "= 05 72 " HEADER "8C 8C\ndone 1" },
  { "secondary", "12345678", "read\n" NKE_FD "silence\n" SELECT ACK ASK_FD_1 GOOD_5 "done 1" },
  { "secondary-again-selects-again", "12345678",
    "read\n" NKE_FD ACK SELECT ACK ASK_FD_1 GOOD_5 "done 1\nread\n" SELECT ACK ASK_FD_1 GOOD_5 "done 1" },
  { "secondary-two-telegrams", "12345678",
    "read\n" NKE_FD "silence\n" SELECT ACK ASK_FD_1 MORE_5 ASK_FD_0 GOOD_5 "done 2" },
  { "selection-silent", "12345678",
    "read\n" NKE_FD "silence\n" SELECT "silence\nerror 131088\nread\n" NKE_FD
    "silence\n" SELECT ACK ASK_FD_1 GOOD_5 "done 1" },
  { "selection-damaged", "12345678", "read\n" NKE_FD "silence\n" SELECT "damaged\nerror 131089" },
  { "selection-answered-by-data", "12345678", "read\n" NKE_FD "silence\n" SELECT GOOD_5 "error 131089" },
  { "selected-but-silent", "12345678",
    "read\n" NKE_FD "silence\n" SELECT ACK ASK_FD_1 "silence\nerror 131082" },
  { "selected-another", "12345678",
    "read\n" NKE_FD "silence\n" SELECT ACK ASK_FD_1 "= 05 72 79 56 34 12 24 40 01 07 55 00 00 00\n" ASK_FD_1
    "= 05 72 79 56 34 12 24 40 01 07 55 00 00 00\n" ASK_FD_1
    "= 05 72 79 56 34 12 24 40 01 07 55 00 00 00\nerror 131085" },
  { "secondary-fixed-structure", "12345678.PAD.01.07",
    "read\n" NKE_FD "silence\n> 68 0B 0B 68 53 FD 52 78 56 34 12 24 40 01 07 22 16\n" ACK ASK_FD_1
    "= 05 73 78 56 34 12 0A 00 E9 7E 01 00 00 00 35 01 00 00\ndone 1" },
  { "order-first", "5",
    "read\n" NKE_5 ACK "> 68 05 05 68 73 05 51 0F 01 D9 16\n" ACK ASK_5_0 GOOD_5 "done 1\nread\n" NKE_5 ACK
    "> 68 05 05 68 73 05 51 0F 01 D9 16\n" ACK ASK_5_0 GOOD_5 "done 1",
    "510F01" },
  { "order-to-selected", "12345678",
    "read\n" NKE_FD "silence\n" SELECT ACK "> 68 04 04 68 73 FD 50 10 D0 16\n" ACK ASK_FD_0 GOOD_5 "done 1",
    "5010" },
  { "new-address-is-free", "5",
    FIRST_5_1 GOOD_5 NKE_9 "silence\n" NKE_5 ACK "> 68 06 06 68 73 05 51 01 7A 09 4D 16\n" ACK
                           "> 10 5B 09 64 16\n= 09 72 " HEADER VALUE "\ndone 1",
    "51017A09" },
  { "new-address-is-its-own", "5",
    FIRST_5_1 GOOD_5 NKE_5 ACK "> 68 06 06 68 73 05 51 01 7A 05 49 16\n" ACK ASK_5_0 GOOD_5 "done 1",
    "51017A05" },
  { "new-address-is-taken", "5", FIRST_5_1 GOOD_5 NKE_9 ACK "error 131085", "51017A09" },
  { "new-address-is-taken-twice", "5", FIRST_5_1 GOOD_5 NKE_9 "damaged\nerror 131085", "51017A09" },
  { "new-address-for-nobody", "5", FIRST_5_1 "silence\nerror 131082", "51017A09" },
  { "new-address-for-two", "5", FIRST_5_1 "damaged\nerror 131083", "51017A09" },
  { "new-address-for-another", "5", FIRST_5_1 "= 06 72 " HEADER VALUE "\nerror 131085", "51017A09" },
  { "order-silent", "5", "read\n" NKE_5 ACK "> 68 04 04 68 73 05 50 10 D8 16\nsilence\nerror 131082",
    "5010" },
  { "order-refused", "5", "read\n" NKE_5 ACK "> 68 04 04 68 73 05 50 10 D8 16\ndamaged\nerror 131083",
    "5010" },
};

typedef struct
{
  MbusMeter *meter;
  AmselDialogue *dialogue; /* (nullable) */
  AmselRequest *request;   /* (nullable) */
  GError *error;           /* (nullable) */
} Play;

/* 2026-07-01 10:14:40 UTC, which is 12:14:40 in Prague, in summer; a meter without seconds is told 12:15. */
#define NOW_US (G_GINT64_CONSTANT (1782900880) * G_USEC_PER_SEC)

static const MbusTiming TIMING = { 2400, 100 * 1000, 2 };

static GBytes *
bytes (const gchar *hex)
{
  g_autoptr (GError) error = NULL;
  GBytes *out = amsel_hex_decode (hex, -1, &error);

  g_assert_no_error (error);
  return out;
}

static void
give (Play *play, AmselAnswerStatus status, GBytes *data)
{
  g_autoptr (AmselFrame) frame = NULL;
  g_autoptr (GError) damage = NULL;
  AmselAnswer answer = { .status = status, .attempts = 1, .real_us = NOW_US };

  if (data != NULL)
    frame = amsel_frame_new (g_bytes_get_data (data, NULL), g_bytes_get_size (data), 0, AMSEL_RSSI_UNKNOWN);
  if (status == AMSEL_ANSWER_DAMAGED)
    damage = g_error_new (MBUS_FRAME_ERROR, MBUS_FRAME_ERROR_WRONG_CHECKSUM, "byte 9: wrong checksum");
  answer.frame = frame;
  answer.error = damage;
  g_assert_no_error (play->error);
  g_clear_pointer (&play->request, amsel_request_free);
  play->request = amsel_dialogue_next (play->dialogue, &answer, &play->error);
}

static void
begin (Play *play)
{
  g_clear_object (&play->dialogue);
  g_clear_error (&play->error);
  play->dialogue = mbus_read_dialogue_new (play->meter, &TIMING, &play->error);
  g_assert_no_error (play->error);
  give (play, AMSEL_ANSWER_NONE, NULL);
}

static void
expect_sent (Play *play, const gchar *hex)
{
  g_autoptr (GBytes) wanted = bytes (hex);

  g_assert_no_error (play->error);
  g_assert_cmpint (play->request->kind, ==, AMSEL_REQUEST_ASK);
  g_assert_cmpmem (g_bytes_get_data (play->request->data, NULL), g_bytes_get_size (play->request->data),
                   g_bytes_get_data (wanted, NULL), g_bytes_get_size (wanted));
  g_assert_cmpint (play->request->timeout_us, ==, 330 * G_USEC_PER_SEC / 2400 + 50000 + 100000);
  g_assert_cmpuint (play->request->settings.baud, ==, 2400);
  g_assert_cmpint (play->request->settings.parity, ==, AMSEL_PARITY_EVEN);
  g_assert_cmpuint (play->request->retries, <=, 2);
}

static void
expect_done (Play *play, const gchar *count, gboolean complete)
{
  g_assert_no_error (play->error);
  g_assert_cmpint (play->request->kind, ==, AMSEL_REQUEST_FINISHED);
  g_assert_cmpuint (amsel_dialogue_get_frames (play->dialogue)->len, ==, g_ascii_strtoull (count, NULL, 10));
  g_assert_cmpint (amsel_dialogue_get_complete (play->dialogue), ==, complete);
}

/* "= A CI data" */
static void
give_telegram (Play *play, const gchar *hex)
{
  g_autoptr (GBytes) fields = bytes (hex);
  gsize length;
  const guint8 *data = g_bytes_get_data (fields, &length);
  g_autoptr (GBytes) frame = mbus_frame_new_rsp_ud (data[0], data[1], data + 2, length - 2);

  give (play, AMSEL_ANSWER_FRAME, frame);
}

static void
play_line (Play *play, const gchar *line)
{
  g_test_message ("%s", line);
  if (g_str_equal (line, "read"))
    begin (play);
  else if (line[0] == '>')
    expect_sent (play, line + 1);
  else if (line[0] == '<')
    {
      g_autoptr (GBytes) frame = bytes (line + 1);

      give (play, AMSEL_ANSWER_FRAME, frame);
    }
  else if (line[0] == '=')
    give_telegram (play, line + 1);
  else if (g_str_equal (line, "silence"))
    give (play, AMSEL_ANSWER_SILENCE, NULL);
  else if (g_str_equal (line, "damaged"))
    give (play, AMSEL_ANSWER_DAMAGED, NULL);
  else if (g_str_equal (line, "collision"))
    {
      g_autoptr (GBytes) frame = mbus_frame_new_ack ();

      give (play, AMSEL_ANSWER_COLLISION, frame);
    }
  else if (g_str_has_prefix (line, "done "))
    expect_done (play, line + 5, TRUE);
  else if (g_str_has_prefix (line, "partial "))
    expect_done (play, line + 8, FALSE);
  else
    {
      gint code = (gint) g_ascii_strtoll (line + 6, NULL, 10);
      GQuark domain = code >= MBUS_FRAME_ERROR_WRONG_FIRST_START ? MBUS_FRAME_ERROR : MBUS_READ_ERROR;

      g_assert_true (g_str_has_prefix (line, "error "));
      g_assert_error (play->error, domain, code);
      g_assert_nonnull (strstr (play->error->message, amsel_meter_get_address (AMSEL_METER (play->meter))));
    }
}

static void
test_script (gconstpointer user_data)
{
  const Vector *vector = user_data;
  g_auto (GStrv) lines = g_strsplit (vector->script, "\n", -1);
  const gchar *send[] = { vector->send, NULL };
  Play play = { .meter = g_object_new (MBUS_TYPE_METER, "address", vector->address, "send", send, NULL) };

  for (gsize i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '\0')
      play_line (&play, lines[i]);
  g_clear_pointer (&play.request, amsel_request_free);
  g_clear_error (&play.error);
  g_clear_object (&play.dialogue);
  g_clear_object (&play.meter);
}

/* By its primary address, but only if it is the meter that is meant. */
static void
test_identity (void)
{
  static const struct
  {
    const gchar *identity;
    const gchar *outcome;
  } CASES[] = { { "12345678.PAD", "done 1" }, { "12345679", ASK_5_1 GOOD_5 ASK_5_1 GOOD_5 "error 131085" } };

  for (gsize c = 0; c < G_N_ELEMENTS (CASES); c++)
    {
      g_autofree gchar *script = g_strconcat (FIRST_5_1 GOOD_5, CASES[c].outcome, NULL);
      g_auto (GStrv) lines = g_strsplit (script, "\n", -1);
      Play play = { .meter =
                        g_object_new (MBUS_TYPE_METER, "address", "5", "identity", CASES[c].identity, NULL) };

      for (gsize i = 0; lines[i] != NULL; i++)
        play_line (&play, lines[i]);
      g_clear_pointer (&play.request, amsel_request_free);
      g_clear_error (&play.error);
      g_clear_object (&play.dialogue);
      g_clear_object (&play.meter);
    }
}

static void
test_bad_identity (void)
{
  static const gchar *const texts[] = { "5", "1234567", "" };
  const MbusTiming timing = { .baud = 2400 };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (MbusMeter) meter =
          g_object_new (MBUS_TYPE_METER, "address", "5", "identity", texts[i], NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (mbus_read_dialogue_new (meter, &timing, &error));
      g_assert_error (error, MBUS_READ_ERROR, MBUS_READ_ERROR_MALFORMED_ADDRESS);
      g_assert_nonnull (strstr (error->message, "identity"));
    }
}

/* A meter that announces yet another, different telegram each time. */
static void
test_limit (void)
{
  Play play = { .meter = g_object_new (MBUS_TYPE_METER, "address", "5", NULL) };

  begin (&play);
  play_line (&play, "< E5");
  for (guint i = 0; i < MBUS_TELEGRAMS_MAX; i++)
    {
      g_autofree gchar *telegram = g_strdup_printf ("= 05 72 " HEADER "01 13 %02X 1F", i);

      g_assert_cmpint (play.request->kind, ==, AMSEL_REQUEST_ASK);
      play_line (&play, telegram);
    }
  expect_done (&play, G_STRINGIFY (MBUS_TELEGRAMS_MAX), FALSE);
  g_clear_pointer (&play.request, amsel_request_free);
  g_clear_object (&play.dialogue);
  g_clear_object (&play.meter);
}

/* An abandoned dialogue leaves a frame count bit that nobody knows. */
static void
test_abandoned (void)
{
  Play play = { .meter = g_object_new (MBUS_TYPE_METER, "address", "5", NULL) };

  begin (&play);
  play_line (&play, "< E5");
  play_line (&play, GOOD_5);
  expect_done (&play, "1", TRUE);
  begin (&play);
  expect_sent (&play, "10 5B 05 60 16");
  begin (&play);
  expect_sent (&play, "10 40 05 45 16");
  g_clear_pointer (&play.request, amsel_request_free);
  g_clear_object (&play.dialogue);
  g_clear_object (&play.meter);
}

static void
test_meter_baud (void)
{
  g_autoptr (MbusMeter) meter = g_object_new (MBUS_TYPE_METER, "address", "5", "baud", 300u, NULL);
  g_autoptr (AmselDialogue) dialogue = mbus_read_dialogue_new (meter, &TIMING, NULL);
  AmselAnswer nothing = { .status = AMSEL_ANSWER_NONE };
  g_autoptr (AmselRequest) request = amsel_dialogue_next (dialogue, &nothing, NULL);

  g_assert_cmpuint (request->settings.baud, ==, 300);
  g_assert_cmpint (request->timeout_us, ==, 1100 * 1000 + 50000 + 100000);
}

static void
test_protocol (void)
{
  g_autoptr (AmselProtocol) protocol = g_object_new (MBUS_TYPE_PROTOCOL, NULL);
  g_autoptr (AmselMeter) good = g_object_new (MBUS_TYPE_METER, "address", "12345678.SEN.33.04", NULL);
  g_autoptr (AmselMeter) bad = g_object_new (MBUS_TYPE_METER, "address", "251", NULL);
  g_autoptr (AmselMeter) plain = amsel_meter_new (NULL, "5");
  g_autoptr (AmselDialogue) dialogue = NULL;
  g_autoptr (GError) error = NULL;
  AmselIdentity identity = { 0x12345678, 0x4CAE, 0x33, 0x04, 9 };

  g_assert_true (amsel_protocol_can_read (protocol));
  g_assert_true (amsel_protocol_get_meter_type (protocol) == MBUS_TYPE_METER);
  g_assert_true (amsel_protocol_check_meter (protocol, good, &error));
  g_assert_no_error (error);
  g_assert_true (amsel_protocol_matches (protocol, good, &identity));
  identity.medium = 7;
  g_assert_false (amsel_protocol_matches (protocol, good, &identity));
  g_assert_false (amsel_protocol_matches (protocol, bad, &identity));

  g_assert_false (amsel_protocol_check_meter (protocol, bad, &error));
  g_assert_error (error, MBUS_READ_ERROR, MBUS_READ_ERROR_MALFORMED_ADDRESS);
  g_clear_error (&error);
  g_assert_null (amsel_protocol_read (protocol, bad, &error));
  g_assert_error (error, MBUS_READ_ERROR, MBUS_READ_ERROR_MALFORMED_ADDRESS);
  g_clear_error (&error);
  g_object_set (good, "baud", 299u, NULL);
  g_assert_false (amsel_protocol_check_meter (protocol, good, &error));
  g_clear_error (&error);

  dialogue = amsel_protocol_read (protocol, plain, &error);
  g_assert_no_error (error);
  g_assert_true (MBUS_IS_READ_DIALOGUE (dialogue));
}

/* A change of the baud rate counts when the meter has answered at the new one; else it is asked at the old
 * one. */
static void
test_new_baud (gconstpointer data)
{
  gboolean answers = GPOINTER_TO_INT (data);
  Play play = { .meter = g_object_new (MBUS_TYPE_METER, "address", "5", "new-baud", 9600, NULL) };

  begin (&play);
  play_line (&play, "< E5"); /* of SND_NKE */
  play_line (&play, "> 68 03 03 68 73 05 BD 35 16");
  play_line (&play, "< E5");
  g_assert_cmpuint (play.request->settings.baud, ==, 9600);
  if (answers)
    {
      play_line (&play, "= 05 72 " HEADER VALUE);
      play_line (&play, "done 1");
    }
  else
    {
      play_line (&play, "silence");
      g_assert_cmpuint (play.request->settings.baud, ==, 9600);
      g_assert_cmpuint (g_bytes_get_size (play.request->data), ==, MBUS_LONG_OVERHEAD + MBUS_LONG_MIN);
      g_assert_cmphex (((const guint8 *) g_bytes_get_data (play.request->data, NULL))[MBUS_DATA_OFFSET - 1],
                       ==, 0xBB);
      play_line (&play, "silence");
      play_line (&play, "> 10 5B 05 60 16"); /* at 2400 Bd again */
      play_line (&play, "= 05 72 " HEADER VALUE);
      play_line (&play, "error 131075");
    }
  g_clear_pointer (&play.request, amsel_request_free);
  g_clear_error (&play.error);
  g_clear_object (&play.dialogue);
  g_clear_object (&play.meter);
}

static void
test_set_clock (void)
{
  const gchar *send[] = { "510F01", NULL };
  Play play = { .meter =
                    g_object_new (MBUS_TYPE_METER, "address", "5", "set-clock", TRUE, "send", send, NULL) };

  begin (&play);
  play_line (&play, "< E5"); /* of SND_NKE */
  play_line (&play, "> 68 05 05 68 73 05 51 0F 01 D9 16");
  play_line (&play, "< E5");
  play_line (&play, "> 68 09 09 68 53 05 51 04 6D 0F 8C 41 37 2D 16");
  play_line (&play, "< E5");
  play_line (&play, "> 10 7B 05 80 16");
  play_line (&play, "= 05 72 " HEADER VALUE);
  play_line (&play, "done 1");
  g_clear_pointer (&play.request, amsel_request_free);
  g_clear_object (&play.dialogue);
  g_clear_object (&play.meter);
}

static void
test_bad_orders (void)
{
  static const gchar *const BAD[] = { "xyz", "", "5", NULL };

  for (gsize i = 0; BAD[i] != NULL; i++)
    {
      const gchar *send[] = { BAD[i], NULL };
      g_autoptr (AmselProtocol) protocol = g_object_new (MBUS_TYPE_PROTOCOL, NULL);
      g_autoptr (AmselMeter) meter = g_object_new (MBUS_TYPE_METER, "address", "5", "send", send, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_false (amsel_protocol_check_meter (protocol, meter, &error));
      g_assert_error (error, MBUS_READ_ERROR, MBUS_READ_ERROR_BAD_INPUT);
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Europe/Prague", TRUE);
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (VECTORS); i++)
    {
      g_autofree gchar *path = g_strdup_printf ("/mbus/read/%s", VECTORS[i].name);

      g_test_add_data_func (path, &VECTORS[i], test_script);
    }
  g_test_add_func ("/mbus/read/identity", test_identity);
  g_test_add_func ("/mbus/read/bad-identity", test_bad_identity);
  g_test_add_func ("/mbus/read/limit", test_limit);
  g_test_add_func ("/mbus/read/abandoned", test_abandoned);
  g_test_add_func ("/mbus/read/baud-of-the-meter", test_meter_baud);
  g_test_add_data_func ("/mbus/read/new-baud", GINT_TO_POINTER (TRUE), test_new_baud);
  g_test_add_data_func ("/mbus/read/new-baud-refused", GINT_TO_POINTER (FALSE), test_new_baud);
  g_test_add_func ("/mbus/read/set-clock", test_set_clock);
  g_test_add_func ("/mbus/read/bad-orders", test_bad_orders);
  g_test_add_func ("/mbus/protocol", test_protocol);
  return g_test_run ();
}
