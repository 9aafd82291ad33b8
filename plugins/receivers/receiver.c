/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of receivers, and what they have in common. */
#include "receiver.h"

#include "receiver-private.h"

/* A receiver that reports less than this reports noise, or a number of another scale. */
#define RSSI_MIN_DBM (-140)

/* Times before the year 2000 are those of clocks that were never set; a clock may be ahead by its time zone.
 */
#define TIME_MIN_US   (G_GINT64_CONSTANT (946684800) * G_USEC_PER_SEC)
#define TIME_AHEAD_US (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)

AMSEL_DEFINE_SHARED_ENUM_TYPE (ReceiverError, receiver_error,
                               G_DEFINE_ENUM_VALUE (RECEIVER_ERROR_NONE, "none"),
                               G_DEFINE_ENUM_VALUE (RECEIVER_ERROR_GARBAGE, "garbage"),
                               G_DEFINE_ENUM_VALUE (RECEIVER_ERROR_WRONG_CHECKSUM, "wrong-checksum"),
                               G_DEFINE_ENUM_VALUE (RECEIVER_ERROR_WRONG_LENGTH, "wrong-length"),
                               G_DEFINE_ENUM_VALUE (RECEIVER_ERROR_WRONG_DIGIT, "wrong-digit"),
                               G_DEFINE_ENUM_VALUE (RECEIVER_ERROR_TOO_LONG, "too-long"),
                               G_DEFINE_ENUM_VALUE (RECEIVER_ERROR_DAMAGED, "damaged"),
                               G_DEFINE_ENUM_VALUE (RECEIVER_ERROR_NO_TELEGRAM, "no-telegram"),
                               G_DEFINE_ENUM_VALUE (RECEIVER_ERROR_REFUSED, "refused"),
                               G_DEFINE_ENUM_VALUE (RECEIVER_ERROR_SILENT, "silent"))

AMSEL_DEFINE_ERROR_DOMAIN (receiver_error_quark, "receiver", RECEIVER_TYPE_ERROR)

AMSEL_DEFINE_SHARED_ENUM_TYPE (ReceiverMode, receiver_mode,
                               G_DEFINE_ENUM_VALUE (RECEIVER_MODE_UNKNOWN, "unknown"),
                               G_DEFINE_ENUM_VALUE (RECEIVER_MODE_S, "s"),
                               G_DEFINE_ENUM_VALUE (RECEIVER_MODE_T, "t"),
                               G_DEFINE_ENUM_VALUE (RECEIVER_MODE_C, "c"),
                               G_DEFINE_ENUM_VALUE (RECEIVER_MODE_CT, "ct"),
                               G_DEFINE_ENUM_VALUE (RECEIVER_MODE_N, "n"))

static const ReceiverKind *const KINDS[] = {
  &receiver_im871a, &receiver_iu891a, &receiver_amb8465,   &receiver_rc1180,
  &receiver_cul,    &receiver_embit,  &receiver_rtl_wmbus, &receiver_rtl_433,
  &receiver_raw,    &receiver_hex,    &receiver_json,      NULL,
};

const ReceiverKind *const *
receiver_list (void)
{
  return KINDS;
}

const ReceiverKind *
receiver_find (const gchar *name)
{
  for (gsize i = 0; KINDS[i] != NULL; i++)
    if (g_str_equal (KINDS[i]->name, name))
      return KINDS[i];
  return NULL;
}

static gboolean
contains (const guint8 *data, gsize length, const gchar *text)
{
  return memmem (data, length, text, strlen (text)) != NULL;
}

gboolean
receiver_command_is_answered (const ReceiverCommand *command, const ReceiverMessage *answer, GError **error)
{
  if (answer->kind != RECEIVER_MESSAGE_ANSWER || answer->answer != command->answer)
    return FALSE;
  if (command->text != NULL)
    return contains (answer->payload, answer->payload_length, command->text);
  if (command->status_at < 0)
    return TRUE;
  if ((gsize) command->status_at >= answer->payload_length)
    {
      g_set_error (error, RECEIVER_ERROR, RECEIVER_ERROR_REFUSED, "%s: the answer has no status",
                   command->what);
      return FALSE;
    }
  if (answer->payload[command->status_at] == 0)
    return TRUE;
  g_set_error (error, RECEIVER_ERROR, RECEIVER_ERROR_REFUSED, "%s: the receiver refused with status %02Xh",
               command->what, answer->payload[command->status_at]);
  return FALSE;
}

/* The clock of a receiver may stand at its first day; and nothing is heard before it is sent. */
static gboolean
is_plausible_time (gint64 heard_us, gint64 received_us)
{
  return heard_us >= TIME_MIN_US && (received_us == 0 || heard_us <= received_us + TIME_AHEAD_US);
}

AmselFrame *
receiver_message_to_frame (const ReceiverMessage *message, gint64 received_us)
{
  return amsel_frame_new (message->telegram, message->length,
                          is_plausible_time (message->heard_us, received_us) ? message->heard_us
                                                                             : received_us,
                          message->rssi_dbm);
}

/* EN 13757-4, 12.5.4: what meters and their partners send; bit 7 is a repeater's mark. */
static gboolean
is_c_field (guint8 c)
{
  static const guint8 known[] = { 0x44, 0x46, 0x47, 0x48, 0x08, 0x18, 0x28, 0x38, 0x40,
                                  0x43, 0x53, 0x73, 0x5A, 0x7A, 0x5B, 0x7B, 0x06, 0x00 };

  return memchr (known, c & 0x7F, sizeof known) != NULL;
}

gboolean
receiver_is_plausible (const guint8 *data)
{
  guint manufacturer = data[2] | (guint) (data[3] & 0x7F) << 8;

  for (guint shift = 0; shift < 15; shift += 5)
    if ((manufacturer >> shift & 31) < 1 || (manufacturer >> shift & 31) > 26)
      return FALSE;
  return data[0] >= RECEIVER_HEADER_LENGTH - 1 && is_c_field (data[1]);
}

gboolean
receiver_set_telegram (ReceiverMessage *out, const guint8 *data, gsize length, gboolean with_l,
                       GError **error)
{
  gsize offset = with_l ? 0 : 1;

  if (length + offset < RECEIVER_HEADER_LENGTH || length + offset > RECEIVER_TELEGRAM_MAX
      || (!with_l && length > G_MAXUINT8))
    {
      g_set_error (error, RECEIVER_ERROR, RECEIVER_ERROR_WRONG_LENGTH,
                   "a telegram of %" G_GSIZE_FORMAT " bytes; expected %d to %d", length + offset,
                   RECEIVER_HEADER_LENGTH, RECEIVER_TELEGRAM_MAX);
      return FALSE;
    }
  out->kind = RECEIVER_MESSAGE_TELEGRAM;
  out->telegram[0] = (guint8) length; /* overwritten where the bytes have their own */
  memcpy (out->telegram + offset, data, length);
  out->length = length + offset;
  return TRUE;
}

AmselFrameStatus
receiver_refuse (gsize *used, gsize n, GError **error, ReceiverError code, const gchar *format, ...)
{
  va_list args;

  *used = n;
  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (RECEIVER_ERROR, code, format, args);
  va_end (args);
  return AMSEL_FRAME_STATUS_DAMAGED;
}

guint16
receiver_crc16 (const guint8 *data, gsize length)
{
  guint16 crc = 0xFFFF;

  for (gsize i = 0; i < length; i++)
    {
      crc ^= data[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = (guint16) ((crc & 1) != 0 ? crc >> 1 ^ 0x8408 : crc >> 1);
    }
  return (guint16) ~crc;
}

gint
receiver_check_rssi (gdouble dbm)
{
  return dbm < 0 && dbm >= RSSI_MIN_DBM ? (gint) dbm : AMSEL_RSSI_UNKNOWN;
}
