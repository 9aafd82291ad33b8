/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tiny protocol and a transport with scripted meters. */
#include "mock-line.h"

#include <string.h>

#define MOCK_TYPE_DIALOGUE (mock_dialogue_get_type ())
G_DECLARE_FINAL_TYPE (MockDialogue, mock_dialogue, MOCK, DIALOGUE, AmselDialogue)

struct _MockDialogue
{
  AmselDialogue parent_instance;

  gchar *address; /* (owned) */
};

G_DEFINE_FINAL_TYPE (MockDialogue, mock_dialogue, AMSEL_TYPE_DIALOGUE)

static AmselRequest *
mock_dialogue_next (AmselDialogue *dialogue, const AmselAnswer *answer, GError **error)
{
  MockDialogue *self = MOCK_DIALOGUE (dialogue);
  g_autofree gchar *text = NULL;
  g_autoptr (GBytes) data = NULL;
  AmselRequest *request;

  switch (answer->status)
    {
    case AMSEL_ANSWER_NONE:
      text = g_strdup_printf ("<%s?>", self->address);
      data = g_bytes_new (text, strlen (text));
      request = amsel_request_new (AMSEL_REQUEST_ASK, data, MOCK_TIMEOUT_US);
      request->gap_us = 50 * 1000;
      request->retries = 2;
      return request;
    case AMSEL_ANSWER_FRAME:
      amsel_dialogue_add_frame (dialogue, answer->frame);
      return amsel_request_new_finished ();
    case AMSEL_ANSWER_DAMAGED:
    case AMSEL_ANSWER_NOT_BEGUN:
    case AMSEL_ANSWER_NOT_SENT:
    case AMSEL_ANSWER_STOPPED:
      g_propagate_error (error, g_error_copy (answer->error));
      return NULL;
    case AMSEL_ANSWER_SILENCE:
    case AMSEL_ANSWER_COLLISION:
    case AMSEL_ANSWER_SENT:
    default:
      g_set_error_literal (error, AMSEL_READ_ERROR, AMSEL_READ_ERROR_TIMEOUT, "no answer");
      return NULL;
    }
}

static void
mock_dialogue_finalize (GObject *object)
{
  g_free (MOCK_DIALOGUE (object)->address);
  G_OBJECT_CLASS (mock_dialogue_parent_class)->finalize (object);
}

static void
mock_dialogue_class_init (MockDialogueClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mock_dialogue_finalize;
  AMSEL_DIALOGUE_CLASS (klass)->next = mock_dialogue_next;
}

static void
mock_dialogue_init (MockDialogue *self G_GNUC_UNUSED)
{
}

struct _MockProtocol
{
  AmselProtocol parent_instance;

  gboolean prepares;
};

G_DEFINE_FINAL_TYPE (MockProtocol, mock_protocol, AMSEL_TYPE_PROTOCOL)

static AmselFrameStatus
mock_protocol_find_frame (AmselProtocol *protocol G_GNUC_UNUSED, const guint8 *data, gsize length,
                          gint64 received_us, gsize *used, AmselFrame **frame, GError **error)
{
  const guint8 *begin = memchr (data, '<', length);
  const guint8 *end = memchr (data, '>', length);

  if (begin != data)
    {
      *used = begin != NULL ? (gsize) (begin - data) : length;
      g_set_error (error, AMSEL_READ_ERROR, AMSEL_READ_ERROR_DAMAGED, "%" G_GSIZE_FORMAT " bytes of garbage",
                   *used);
      return AMSEL_FRAME_STATUS_DAMAGED;
    }
  if (end == NULL)
    return AMSEL_FRAME_STATUS_MORE;
  *used = (gsize) (end - data) + 1;
  *frame = amsel_frame_new (data, *used, received_us, AMSEL_RSSI_UNKNOWN);
  return AMSEL_FRAME_STATUS_COMPLETE;
}

static AmselTelegram *
mock_protocol_decode (AmselProtocol *protocol G_GNUC_UNUSED, AmselFrame *frame,
                      AmselMeter *meter G_GNUC_UNUSED, GError **error)
{
  gsize length;
  const guint8 *data = amsel_frame_get_data (frame, &length);
  AmselTelegram *telegram;
  AmselRecord *record;

  if (memchr (data, '!', length) != NULL)
    {
      g_set_error_literal (error, AMSEL_READ_ERROR, AMSEL_READ_ERROR_DAMAGED, "cannot be decoded");
      return NULL;
    }
  telegram = amsel_telegram_new (frame, 1);
  amsel_telegram_edit_header (telegram)->identity.id = length > 1 ? data[1] : 0;
  record = amsel_telegram_add_record (telegram);
  record->quantity = AMSEL_QUANTITY_VOLUME;
  record->kind = AMSEL_VALUE_DECIMAL;
  amsel_decimal_set (&record->decimal, (gint64) length, 0);
  return telegram;
}

static AmselDialogue *
mock_protocol_read (AmselProtocol *protocol G_GNUC_UNUSED, AmselMeter *meter, GError **error G_GNUC_UNUSED)
{
  MockDialogue *dialogue = g_object_new (MOCK_TYPE_DIALOGUE, NULL);

  dialogue->address = g_strdup (amsel_meter_get_address (meter));
  return AMSEL_DIALOGUE (dialogue);
}

static gboolean
mock_protocol_matches (AmselProtocol *protocol G_GNUC_UNUSED, AmselMeter *meter,
                       const AmselIdentity *identity)
{
  return (guint32) amsel_meter_get_address (meter)[0] == identity->id;
}

static AmselDialogue *
mock_protocol_prepare (AmselProtocol *protocol, AmselProtocol **finder)
{
  g_autoptr (AmselMeter) meter = amsel_meter_new (NULL, MOCK_RECEIVER);

  *finder = g_object_ref (protocol);
  return MOCK_PROTOCOL (protocol)->prepares ? amsel_protocol_read (protocol, meter, NULL) : NULL;
}

void
mock_protocol_set_prepares (MockProtocol *self, gboolean prepares)
{
  self->prepares = prepares;
}

static void
mock_protocol_class_init (MockProtocolClass *klass)
{
  AmselProtocolClass *protocol_class = AMSEL_PROTOCOL_CLASS (klass);

  protocol_class->find_frame = mock_protocol_find_frame;
  protocol_class->decode = mock_protocol_decode;
  protocol_class->read = mock_protocol_read;
  protocol_class->prepare = mock_protocol_prepare;
  protocol_class->matches = mock_protocol_matches;
}

static void
mock_protocol_init (MockProtocol *self G_GNUC_UNUSED)
{
}

typedef struct
{
  gchar *text;
  gint64 delay_us;
} Answer;

struct _MockTransport
{
  AmselTransport parent_instance;

  GHashTable *answers; /* (owned) (element-type utf8 Answer) */
  GString *sent;       /* (owned) */
  gboolean broken;
  gboolean refusing;
  gboolean is_whole;
  gsize n_unsent;
  guint n_opened;
  GSource *alarm; /* (owned) (nullable) */
  gchar *pending; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (MockTransport, mock_transport, AMSEL_TYPE_TRANSPORT)

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_free (answer->text);
  g_free (answer);
}

static gboolean
mock_transport_open (AmselTransport *transport, GError **error)
{
  MockTransport *self = MOCK_TRANSPORT (transport);

  self->n_opened++;
  if (!self->broken)
    return TRUE;
  g_set_error_literal (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_OPEN, "the plug is pulled");
  return FALSE;
}

static void
mock_transport_close (AmselTransport *transport)
{
  MockTransport *self = MOCK_TRANSPORT (transport);

  amsel_clock_clear_alarm (&self->alarm);
  g_clear_pointer (&self->pending, g_free);
}

static gboolean
on_answer (gpointer user_data)
{
  MockTransport *self = user_data;
  g_autofree gchar *text = g_steal_pointer (&self->pending);

  amsel_clock_clear_alarm (&self->alarm);
  mock_transport_inject (self, text);
  return G_SOURCE_REMOVE;
}

static gboolean
mock_transport_is_whole (AmselTransport *transport)
{
  return MOCK_TRANSPORT (transport)->is_whole;
}

static gsize
mock_transport_get_unsent (AmselTransport *transport)
{
  return MOCK_TRANSPORT (transport)->n_unsent;
}

static gboolean
mock_transport_send (AmselTransport *transport, GBytes *data, GError **error)
{
  MockTransport *self = MOCK_TRANSPORT (transport);
  gsize length;
  const gchar *text = g_bytes_get_data (data, &length);
  g_autofree gchar *address = g_strndup (text + 1, length - 3);
  const Answer *answer = g_hash_table_lookup (self->answers, address);

  if (self->refusing)
    {
      g_set_error_literal (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SEND, "the port is full");
      return FALSE;
    }
  g_string_append_len (self->sent, text, (gssize) length);
  if (self->n_unsent > 0)
    return TRUE;
  if (answer == NULL || answer->text == NULL)
    return TRUE;
  mock_transport_close (transport);
  self->pending = g_strdup (answer->text);
  self->alarm = amsel_clock_add_alarm (amsel_transport_get_clock (transport),
                                       amsel_clock_get_monotonic_us (amsel_transport_get_clock (transport))
                                           + answer->delay_us,
                                       on_answer, self);
  return TRUE;
}

void
mock_transport_set_answer (MockTransport *self, const gchar *address, const gchar *text, gint64 delay_us)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->text = g_strdup (text);
  answer->delay_us = delay_us;
  g_hash_table_replace (self->answers, g_strdup (address), answer);
}

const gchar *
mock_transport_get_sent (MockTransport *self)
{
  return self->sent->str;
}

void
mock_transport_clear_sent (MockTransport *self)
{
  g_string_truncate (self->sent, 0);
}

void
mock_transport_set_broken (MockTransport *self, gboolean broken)
{
  self->broken = broken;
}

guint
mock_transport_get_n_opened (MockTransport *self)
{
  return self->n_opened;
}

void
mock_transport_inject (MockTransport *self, const gchar *text)
{
  mock_transport_inject_bytes (self, (const guint8 *) text, strlen (text));
}

void
mock_transport_inject_bytes (MockTransport *self, const guint8 *data, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);

  amsel_transport_received (AMSEL_TRANSPORT (self), bytes);
}

void
mock_transport_set_whole (MockTransport *self, gboolean whole)
{
  self->is_whole = whole;
}

void
mock_transport_inject_damaged (MockTransport *self, const gchar *data, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);

  amsel_transport_damaged (AMSEL_TRANSPORT (self), bytes);
}

void
mock_transport_set_stuck (MockTransport *self, gsize n_unsent)
{
  self->n_unsent = n_unsent;
}

void
mock_transport_set_refusing (MockTransport *self, gboolean refusing)
{
  self->refusing = refusing;
}

static void
mock_transport_finalize (GObject *object)
{
  MockTransport *self = MOCK_TRANSPORT (object);

  mock_transport_close (AMSEL_TRANSPORT (self));
  g_hash_table_unref (self->answers);
  g_string_free (self->sent, TRUE);
  G_OBJECT_CLASS (mock_transport_parent_class)->finalize (object);
}

static void
mock_transport_class_init (MockTransportClass *klass)
{
  AmselTransportClass *transport_class = AMSEL_TRANSPORT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mock_transport_finalize;
  transport_class->open = mock_transport_open;
  transport_class->close = mock_transport_close;
  transport_class->send = mock_transport_send;
  transport_class->get_unsent = mock_transport_get_unsent;
  transport_class->is_whole = mock_transport_is_whole;
}

static void
mock_transport_init (MockTransport *self)
{
  self->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, answer_free);
  self->sent = g_string_new (NULL);
}

MockTransport *
mock_transport_new (TestClock *clock)
{
  MockTransport *self = g_object_new (MOCK_TYPE_TRANSPORT, NULL);

  amsel_transport_set_clock (AMSEL_TRANSPORT (self), AMSEL_CLOCK (clock));
  return self;
}
