/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What receivers send, to frames. */
#include "wmbus-receiver.h"

#include <string.h>

#include "wmbus-telegram.h"

/* Some receivers put link quality and RSSI behind the telegram only when they are told to. */
#define TRAILER_MAX 2

static GType
register_type (void)
{
  const ReceiverKind *const *kinds = receiver_list ();
  GEnumValue *values;
  guint n = 0;

  while (kinds[n] != NULL)
    n++;
  /* the type system keeps the array for as long as the program runs */
  values = g_new0 (GEnumValue, n + 2);
  for (guint i = 0; i < n; i++)
    values[i] = (GEnumValue){ (gint) i, kinds[i]->name, kinds[i]->name };
  values[n] = (GEnumValue){ WMBUS_RECEIVER_AUTO, "auto", "auto" };
  return g_enum_register_static ("WmbusReceiver", values);
}

GType
wmbus_receiver_get_type (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      GType known = g_type_from_name ("WmbusReceiver");

      g_once_init_leave (&once, known != G_TYPE_INVALID ? known : register_type ());
    }
  return once;
}

gint
wmbus_receiver_get_value (const gchar *name)
{
  const ReceiverKind *const *kinds = receiver_list ();

  for (gint i = 0; kinds[i] != NULL; i++)
    if (g_str_equal (kinds[i]->name, name))
      return i;
  return 0;
}

gboolean
wmbus_receiver_find_value (const gchar *word, gint *out_value, GError **error)
{
  g_autoptr (GString) words = g_string_new (NULL);
  GEnumClass *klass = g_type_class_ref (WMBUS_TYPE_RECEIVER);
  const GEnumValue *value = g_enum_get_value_by_nick (klass, word);

  for (guint i = 0; i < klass->n_values; i++)
    g_string_append_printf (words, "%s%s", i > 0 ? ", " : "", klass->values[i].value_nick);
  if (value != NULL)
    *out_value = value->value;
  else
    g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                 "there is no receiver of kind “%s”; expected one of: %s", word, words->str);
  g_type_class_unref (klass);
  return value != NULL;
}

const ReceiverKind *
wmbus_receiver_get_kind (gint value)
{
  return value != WMBUS_RECEIVER_AUTO ? receiver_list ()[value] : NULL;
}

/* A telegram may be with CRCs or without, where its receiver does not say. */
static gsize
strip (const ReceiverMessage *message, guint8 out[WMBUS_TELEGRAM_MAX], GError **error)
{
  WmbusFormat format;

  if (message->checksums == RECEIVER_CHECKSUMS_UNKNOWN)
    return wmbus_link_strip_any (message->telegram, message->length, out, &format, error);
  format = message->checksums == RECEIVER_CHECKSUMS_FORMAT_A ? WMBUS_FORMAT_A : WMBUS_FORMAT_B;
  return wmbus_link_strip (format, message->telegram, message->length, out, error);
}

/* The frame of a message. */
static AmselFrame *
to_frame (ReceiverMessage *message, gint64 received_us, GError **error)
{
  guint8 stripped[WMBUS_TELEGRAM_MAX];
  gsize n;

  if (wmbus_telegram_is_wired (message->telegram, message->length))
    return receiver_message_to_frame (message, received_us);
  n = strip (message, stripped, error);
  if (n == 0)
    return NULL;
  memcpy (message->telegram, stripped, n);
  message->length = n;
  return receiver_message_to_frame (message, received_us);
}

AmselFrameStatus
wmbus_receiver_find_frame (const ReceiverKind *kind, const guint8 *data, gsize length, gint64 received_us,
                           gsize *used, AmselFrame **frame, GError **error)
{
  ReceiverMessage message;
  AmselFrameStatus status;

  if (kind == NULL)
    {
      *used = length;
      g_set_error_literal (error, RECEIVER_ERROR, RECEIVER_ERROR_GARBAGE,
                           "it is not known yet which receiver this comes from");
      return AMSEL_FRAME_STATUS_DAMAGED;
    }
  status = kind->find (data, length, used, &message, error);
  if (status != AMSEL_FRAME_STATUS_COMPLETE)
    return status;
  if (message.kind != RECEIVER_MESSAGE_TELEGRAM)
    {
      g_set_error_literal (error, RECEIVER_ERROR, RECEIVER_ERROR_NO_TELEGRAM,
                           "the receiver speaks of something else");
      return AMSEL_FRAME_STATUS_DAMAGED;
    }
  *frame = to_frame (&message, received_us, error);
  if (*frame != NULL)
    return AMSEL_FRAME_STATUS_COMPLETE;
  /* nothing but the L field told where this one ends: the next may begin within */
  if (kind == &receiver_raw)
    *used = 1;
  return AMSEL_FRAME_STATUS_DAMAGED;
}

/* The same line without the trailer that was taken for granted. */
static AmselFrame *
adopt_without_trailer (const ReceiverMessage *message)
{
  for (gsize n = 1; n <= TRAILER_MAX && message->length + n <= sizeof message->telegram; n++)
    {
      ReceiverMessage longer = *message;
      AmselFrame *frame;

      longer.length += n;
      longer.rssi_dbm = AMSEL_RSSI_UNKNOWN;
      frame = to_frame (&longer, 0, NULL);
      if (frame != NULL)
        return frame;
    }
  return NULL;
}

AmselFrame *
wmbus_receiver_adopt_line (const gchar *line, GError **error)
{
  static const ReceiverKind *const LINES[] = { &receiver_rtl_wmbus, &receiver_cul, &receiver_rtl_433,
                                               &receiver_json };
  g_autofree gchar *whole = g_strconcat (line, "\n", NULL);
  gsize length = strlen (whole);

  for (gsize i = 0; i < G_N_ELEMENTS (LINES); i++)
    {
      ReceiverMessage message;
      AmselFrame *frame;
      gsize used = 0;

      if (LINES[i]->find ((const guint8 *) whole, length, &used, &message, NULL)
              != AMSEL_FRAME_STATUS_COMPLETE
          || message.kind != RECEIVER_MESSAGE_TELEGRAM)
        continue;
      frame = to_frame (&message, 0, NULL);
      if (frame == NULL && LINES[i] == &receiver_cul)
        frame = adopt_without_trailer (&message);
      if (frame != NULL)
        return frame;
    }
  g_set_error_literal (error, WMBUS_FRAME_ERROR, WMBUS_FRAME_ERROR_NOT_A_LINE,
                       "no line of a receiver that is known, or what is in it is no telegram");
  return NULL;
}
