/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base class of transports: state, checks, and recording, once for all of them. */
#include "amsel-transport.h"

#include "amsel-error.h"
#include "amsel-param.h"
#include "amsel-recording.h"

typedef enum
{
  STATE_CLOSED,
  STATE_OPENING,
  STATE_OPEN,
} State;

typedef struct
{
  AmselClock *clock;            /* (owned) */
  gchar *record_path;           /* (owned) (nullable) */
  AmselRecordingWriter *writer; /* (owned) (nullable): open while the transport is */
  State state;
  gboolean
      is_opening; /* the class was asked to open and has not finished: true also after a close meanwhile */
  gboolean is_paused;
} AmselTransportPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AmselTransport, amsel_transport, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AmselParity, amsel_parity, G_DEFINE_ENUM_VALUE (AMSEL_PARITY_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_PARITY_EVEN, "even"),
                    G_DEFINE_ENUM_VALUE (AMSEL_PARITY_ODD, "odd"))

typedef enum
{
  PROP_RECORD = 1,
} AmselTransportProperty;

static GParamSpec *properties[PROP_RECORD + 1];

typedef enum
{
  SIGNAL_RECEIVED,
  SIGNAL_DAMAGED,
  SIGNAL_LOST,
  SIGNAL_PROBLEM,
  N_SIGNALS,
} AmselTransportSignal;

static guint signals[N_SIGNALS];

/**
 * amsel_line_settings_get_time_us: (skip)
 * @self: settings of a line
 * @n_bytes: a number of characters
 *
 * Returns: microseconds that @n_bytes take on the line; 0 where the baud rate is not known
 */
gint64
amsel_line_settings_get_time_us (const AmselLineSettings *self, gsize n_bytes)
{
  guint bits = 1 + self->data_bits + (self->parity != AMSEL_PARITY_NONE) + self->stop_bits;

  if (self->baud == 0)
    return 0;
  return (gint64) n_bytes * bits * G_USEC_PER_SEC / self->baud;
}

static void
default_open_async (AmselTransport *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, default_open_async);
  /* what was opened is open: a cancellation that comes later must not make it look as if it were not */
  g_task_set_check_cancellable (task, FALSE);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (AMSEL_TRANSPORT_GET_CLASS (self)->open (self, &error))
    g_task_return_boolean (task, TRUE);
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_new_error (task, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_CONTRACT,
                             "%s could not be opened and gave no reason", G_OBJECT_TYPE_NAME (self));
}

static gboolean
default_open_finish (AmselTransport *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* A recording serves those who look into the line: its failure is told, and never stops the line. */
static void
stop_recording (AmselTransport *self, GError *error)
{
  AmselTransportPrivate *priv = amsel_transport_get_instance_private (self);

  g_clear_pointer (&priv->writer, amsel_recording_writer_free);
  g_signal_emit (self, signals[SIGNAL_PROBLEM], 0, error);
  g_error_free (error);
}

static void
start_recording (AmselTransport *self)
{
  AmselTransportPrivate *priv = amsel_transport_get_instance_private (self);
  GError *error = NULL;

  if (priv->record_path == NULL)
    return;
  priv->writer = amsel_recording_writer_new (priv->record_path, amsel_transport_get_clock (self), &error);
  if (priv->writer == NULL)
    stop_recording (self, error);
}

static void
record (AmselTransport *self, AmselRecordingDirection direction, GBytes *data)
{
  AmselTransportPrivate *priv = amsel_transport_get_instance_private (self);
  GError *error = NULL;

  if (priv->writer != NULL && !amsel_recording_writer_add (priv->writer, direction, data, &error))
    stop_recording (self, error);
}

/**
 * amsel_transport_open_async: (virtual open_async)
 * @self: a transport
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when it is open or has failed
 * @user_data: for @callback
 *
 * Opens the port or connection. Does not block. Nothing is reported before amsel_transport_open_finish() was
 * called.
 */
void
amsel_transport_open_async (AmselTransport *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  AmselTransportPrivate *priv = amsel_transport_get_instance_private (self);

  g_return_if_fail (priv->state == STATE_CLOSED);
  if (priv->is_opening)
    {
      g_task_report_new_error (self, callback, user_data, amsel_transport_open_async, AMSEL_TRANSPORT_ERROR,
                               AMSEL_TRANSPORT_ERROR_BUSY, "the attempt to open before has not ended yet");
      return;
    }
  priv->state = STATE_OPENING;
  priv->is_opening = TRUE;
  AMSEL_TRANSPORT_GET_CLASS (self)->open_async (self, cancellable, callback, user_data);
}

/**
 * amsel_transport_open_finish: (virtual open_finish)
 * @self: a transport
 * @result: what the callback was given
 * @error: return location for an #AmselTransportError
 *
 * Returns: whether the transport is open now
 */
gboolean
amsel_transport_open_finish (AmselTransport *self, GAsyncResult *result, GError **error)
{
  AmselTransportPrivate *priv = amsel_transport_get_instance_private (self);
  AmselTransportClass *klass = AMSEL_TRANSPORT_GET_CLASS (self);
  GError *local = NULL;

  if (g_async_result_is_tagged (result, amsel_transport_open_async))
    return g_task_propagate_boolean (G_TASK (result), error);
  priv->is_opening = FALSE;
  if (!klass->open_finish (self, result, &local))
    {
      if (local == NULL)
        g_set_error (&local, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_CONTRACT,
                     "%s could not be opened and gave no reason", G_OBJECT_TYPE_NAME (self));
      /* also where half of it was opened */
      priv->state = STATE_CLOSED;
      klass->close (self);
      g_propagate_error (error, local);
      return FALSE;
    }
  g_clear_error (&local);
  if (priv->state != STATE_OPENING)
    {
      /* closed while it was opening */
      klass->close (self);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "closed while opening");
      return FALSE;
    }
  priv->state = STATE_OPEN;
  start_recording (self);
  if (klass->start != NULL)
    klass->start (self);
  return TRUE;
}

/**
 * amsel_transport_close: (virtual close)
 * @self: a transport
 *
 * Closes the port or connection. Does nothing where it is not open.
 */
void
amsel_transport_close (AmselTransport *self)
{
  AmselTransportPrivate *priv = amsel_transport_get_instance_private (self);

  if (priv->state == STATE_CLOSED)
    return;
  priv->state = STATE_CLOSED;
  AMSEL_TRANSPORT_GET_CLASS (self)->close (self);
  g_clear_pointer (&priv->writer, amsel_recording_writer_free);
}

/**
 * amsel_transport_is_open:
 * @self: a transport
 *
 * Returns: whether bytes can be sent
 */
gboolean
amsel_transport_is_open (AmselTransport *self)
{
  AmselTransportPrivate *priv = amsel_transport_get_instance_private (self);

  return priv->state == STATE_OPEN;
}

/**
 * amsel_transport_send: (virtual send)
 * @self: a transport
 * @data: the bytes
 * @error: return location for an #AmselTransportError
 *
 * Queues bytes for sending. Does not block.
 *
 * Returns: whether they were taken
 */
gboolean
amsel_transport_send (AmselTransport *self, GBytes *data, GError **error)
{
  AmselTransportPrivate *priv = amsel_transport_get_instance_private (self);
  GError *local = NULL;

  if (priv->state != STATE_OPEN)
    {
      g_set_error_literal (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_CLOSED,
                           "the line is not open");
      return FALSE;
    }
  record (self, AMSEL_RECORDING_SENT, data);
  if (AMSEL_TRANSPORT_GET_CLASS (self)->send (self, data, &local))
    {
      g_clear_error (&local);
      return TRUE;
    }
  if (local == NULL)
    g_set_error (&local, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_CONTRACT,
                 "%s did not send and gave no reason", G_OBJECT_TYPE_NAME (self));
  g_propagate_error (error, local);
  return FALSE;
}

/**
 * amsel_transport_configure: (virtual configure)
 * @self: a transport
 * @settings: baud rate and the like
 * @error: return location for an #AmselTransportError
 *
 * Changes the settings of a serial line. A transport that has none, such as a TCP gateway, takes any.
 *
 * Returns: whether they are in force
 */
gboolean
amsel_transport_configure (AmselTransport *self, const AmselLineSettings *settings, GError **error)
{
  AmselTransportClass *klass = AMSEL_TRANSPORT_GET_CLASS (self);
  GError *local = NULL;

  if (klass->configure == NULL || settings->baud == 0)
    return TRUE;
  if (klass->configure (self, settings, &local))
    {
      g_clear_error (&local);
      return TRUE;
    }
  if (local == NULL)
    g_set_error (&local, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_CONTRACT,
                 "%s refused %u Bd and gave no reason", G_OBJECT_TYPE_NAME (self), settings->baud);
  g_propagate_error (error, local);
  return FALSE;
}

/**
 * amsel_transport_get_latency_us: (virtual get_latency_us)
 * @self: a transport
 *
 * Returns: microseconds that the transport may add to the time of an answer
 */
gint64
amsel_transport_get_latency_us (AmselTransport *self)
{
  AmselTransportClass *klass = AMSEL_TRANSPORT_GET_CLASS (self);

  return klass->get_latency_us != NULL ? MAX (klass->get_latency_us (self), 0) : 0;
}

/**
 * amsel_transport_get_unsent: (virtual get_unsent)
 * @self: a transport
 *
 * Returns: how many of the bytes that were to be sent have not left the port yet, as far as that is known
 */
gsize
amsel_transport_get_unsent (AmselTransport *self)
{
  AmselTransportPrivate *priv = amsel_transport_get_instance_private (self);
  AmselTransportClass *klass = AMSEL_TRANSPORT_GET_CLASS (self);

  return priv->state == STATE_OPEN && klass->get_unsent != NULL ? klass->get_unsent (self) : 0;
}

/**
 * amsel_transport_is_whole: (virtual is_whole)
 * @self: a transport
 *
 * Returns: whether what it reports at once is whole, as a datagram is: what is cut does not go on in the next
 */
gboolean
amsel_transport_is_whole (AmselTransport *self)
{
  AmselTransportClass *klass = AMSEL_TRANSPORT_GET_CLASS (self);

  return klass->is_whole != NULL && klass->is_whole (self);
}

/**
 * amsel_transport_set_paused: (virtual set_paused)
 * @self: a transport
 * @paused: whether to stop taking bytes from the line
 *
 * Holds back what comes, for a listener that cannot keep up. Bytes may still be sent. What is held back may
 * be lost where the line cannot be stopped; a recording and a TCP connection can.
 */
void
amsel_transport_set_paused (AmselTransport *self, gboolean paused)
{
  AmselTransportPrivate *priv = amsel_transport_get_instance_private (self);
  AmselTransportClass *klass = AMSEL_TRANSPORT_GET_CLASS (self);

  if (priv->is_paused == !!paused)
    return;
  priv->is_paused = !!paused;
  if (priv->state == STATE_OPEN && klass->set_paused != NULL)
    klass->set_paused (self, priv->is_paused);
}

/**
 * amsel_transport_get_paused:
 * @self: a transport
 *
 * Returns: whether it is to hold back what comes
 */
gboolean
amsel_transport_get_paused (AmselTransport *self)
{
  AmselTransportPrivate *priv = amsel_transport_get_instance_private (self);

  return priv->is_paused;
}

/**
 * amsel_transport_get_clock:
 * @self: a transport
 *
 * Returns: (transfer none): the clock it goes by
 */
AmselClock *
amsel_transport_get_clock (AmselTransport *self)
{
  AmselTransportPrivate *priv = amsel_transport_get_instance_private (self);

  return priv->clock != NULL ? priv->clock : amsel_clock_get_system ();
}

/**
 * amsel_transport_set_clock:
 * @self: a transport that is not open
 * @clock: (nullable): the clock to go by; %NULL for the system's
 */
void
amsel_transport_set_clock (AmselTransport *self, AmselClock *clock)
{
  AmselTransportPrivate *priv = amsel_transport_get_instance_private (self);

  g_set_object (&priv->clock, clock);
}

/**
 * amsel_transport_received:
 * @self: a transport
 * @data: bytes that have just come
 *
 * For implementations: reports received bytes, in the main context that the transport was opened in.
 */
void
amsel_transport_received (AmselTransport *self, GBytes *data)
{
  AmselTransportPrivate *priv = amsel_transport_get_instance_private (self);

  if (priv->state != STATE_OPEN)
    return;
  record (self, AMSEL_RECORDING_RECEIVED, data);
  g_signal_emit (self, signals[SIGNAL_RECEIVED], 0, data);
}

/**
 * amsel_transport_damaged:
 * @self: a transport
 * @data: the characters as they were read
 *
 * For implementations: reports characters that have come with a wrong parity or stop bit. They are no part of
 * what amsel_transport_received() reports; the order of the calls is the order on the line.
 */
void
amsel_transport_damaged (AmselTransport *self, GBytes *data)
{
  AmselTransportPrivate *priv = amsel_transport_get_instance_private (self);

  if (priv->state != STATE_OPEN)
    return;
  record (self, AMSEL_RECORDING_DAMAGED, data);
  g_signal_emit (self, signals[SIGNAL_DAMAGED], 0, data);
}

/**
 * amsel_transport_lost:
 * @self: a transport
 * @error: what happened
 *
 * For implementations: reports that the port or connection went away. The transport is closed afterwards.
 */
void
amsel_transport_lost (AmselTransport *self, const GError *error)
{
  AmselTransportPrivate *priv = amsel_transport_get_instance_private (self);

  if (priv->state != STATE_OPEN)
    return;
  amsel_transport_close (self);
  g_signal_emit (self, signals[SIGNAL_LOST], 0, error);
}

static void
amsel_transport_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AmselTransportPrivate *priv = amsel_transport_get_instance_private (AMSEL_TRANSPORT (object));

  switch ((AmselTransportProperty) id)
    {
    case PROP_RECORD:
      g_value_set_string (value, priv->record_path);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
amsel_transport_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AmselTransportPrivate *priv = amsel_transport_get_instance_private (AMSEL_TRANSPORT (object));

  switch ((AmselTransportProperty) id)
    {
    case PROP_RECORD:
      amsel_param_set_string (&priv->record_path, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* A transport that is dropped while it is open closes; its class is still whole here. */
static void
amsel_transport_dispose (GObject *object)
{
  amsel_transport_close (AMSEL_TRANSPORT (object));
  G_OBJECT_CLASS (amsel_transport_parent_class)->dispose (object);
}

static void
amsel_transport_finalize (GObject *object)
{
  AmselTransportPrivate *priv = amsel_transport_get_instance_private (AMSEL_TRANSPORT (object));

  g_clear_object (&priv->clock);
  g_free (priv->record_path);
  g_clear_pointer (&priv->writer, amsel_recording_writer_free);
  G_OBJECT_CLASS (amsel_transport_parent_class)->finalize (object);
}

static void
amsel_transport_class_init (AmselTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = amsel_transport_get_property;
  object_class->set_property = amsel_transport_set_property;
  object_class->dispose = amsel_transport_dispose;
  object_class->finalize = amsel_transport_finalize;
  klass->open_async = default_open_async;
  klass->open_finish = default_open_finish;

  properties[PROP_RECORD] = g_param_spec_string (
      "record", "record", "File that a recording of the line's traffic is appended to; none where not given.",
      NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_PATH);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * AmselTransport::received:
   * @self: the transport
   * @data: the bytes
   *
   * Bytes have come.
   */
  signals[SIGNAL_RECEIVED] = g_signal_new ("received", AMSEL_TYPE_TRANSPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                           NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);
  /**
   * AmselTransport::damaged:
   * @self: the transport
   * @data: the characters as they were read
   *
   * Characters have come whose parity or stop bit was wrong. They stand between what
   * #AmselTransport::received reported before and reports after, but are no part of it: what was collected of
   * a frame is worthless now, and yet the line was not silent.
   */
  signals[SIGNAL_DAMAGED] = g_signal_new ("damaged", AMSEL_TYPE_TRANSPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);
  /**
   * AmselTransport::lost:
   * @self: the transport, which is closed
   * @error: what happened
   *
   * The port or connection went away.
   */
  signals[SIGNAL_LOST] = g_signal_new ("lost", AMSEL_TYPE_TRANSPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_ERROR);
  /**
   * AmselTransport::problem:
   * @self: the transport
   * @error: what happened
   *
   * Something beside the line failed, such as its recording on a full disk. The line goes on.
   */
  signals[SIGNAL_PROBLEM] = g_signal_new ("problem", AMSEL_TYPE_TRANSPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
amsel_transport_init (AmselTransport *self G_GNUC_UNUSED)
{
}
