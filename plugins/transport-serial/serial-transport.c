/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transport over a serial port: the settings, the sources on the main loop, and the order in which bytes and
 * changes of settings reach the line.
 *
 * Nothing here blocks. What is sent is written as far as the port takes it, and the rest when it takes more.
 * A change of settings waits until everything before it has left the port, and holds back everything after
 * it. */
#include "serial-transport.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <unistd.h>

#include "serial-marks.h"
#include "serial-port.h"

#define READ_BYTES   4096
#define BAUD_MIN     50
#define BAUD_MAX     4000000
#define DEFAULT_BAUD 2400
/* Longest that RTS may lead or trail: the kernel's own limit. */
#define RTS_DELAY_MAX_US (100 * 1000)
/* Shortest wait between two looks at what the port has still to send. */
#define LOOK_AGAIN_US 1000

struct _SerialTransport
{
  AmselTransport parent_instance;

  /* settings */
  gchar *device; /* (owned) (nullable) */
  guint baud;
  guint data_bits;
  AmselParity parity;
  guint stop_bits;
  gboolean low_latency;
  gint64 latency_us;
  gboolean rs485;
  gboolean rs485_rts_on_send;
  gboolean rs485_rts_after_send;
  gint64 rs485_delay_before_us;
  gint64 rs485_delay_after_us;

  /* while it is open */
  gint fd; /* -1: closed */
  gboolean is_pty;
  AmselLineSettings current;
  SerialMarks marks;
  GSource *read_source;  /* (owned) (nullable) */
  GSource *write_source; /* (owned) (nullable): while something waits to be written */
  AmselOutbox outbox;
  gint64 quiet_us; /* monotonic time at which what was written will have left the port */

  /* a change of settings that waits */
  gboolean is_changing;
  AmselLineSettings wanted;
  gsize before_change; /* bytes in the outbox that go before it */
  GSource *look_again; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (SerialTransport, serial_transport, AMSEL_TYPE_TRANSPORT)

typedef enum
{
  PROP_DEVICE = 1,
  PROP_BAUD,
  PROP_DATA_BITS,
  PROP_PARITY,
  PROP_STOP_BITS,
  PROP_LOW_LATENCY,
  PROP_LATENCY,
  PROP_RS485,
  PROP_RS485_RTS_ON_SEND,
  PROP_RS485_RTS_AFTER_SEND,
  PROP_RS485_DELAY_BEFORE,
  PROP_RS485_DELAY_AFTER,
} SerialTransportProperty;

static GParamSpec *properties[PROP_RS485_DELAY_AFTER + 1];

static void serial_transport_write (SerialTransport *self);

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static gint64
now_us (SerialTransport *self)
{
  return amsel_clock_get_monotonic_us (amsel_transport_get_clock (AMSEL_TRANSPORT (self)));
}

static void
lose (SerialTransport *self, AmselTransportError code, const gchar *what)
{
  g_autoptr (GError) error = g_error_new (AMSEL_TRANSPORT_ERROR, (gint) code, "%s: %s", self->device, what);

  amsel_transport_lost (AMSEL_TRANSPORT (self), error);
}

static void
lose_device (SerialTransport *self)
{
  lose (self, AMSEL_TRANSPORT_ERROR_LOST,
        self->is_pty ? "the other end of the pseudo terminal was closed"
                     : "the device went away; was it unplugged?");
}

static void
deliver (gboolean damaged, const guint8 *data, gsize length, gpointer user_data)
{
  AmselTransport *transport = user_data;
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);

  if (damaged)
    amsel_transport_damaged (transport, bytes);
  else
    amsel_transport_received (transport, bytes);
}

/* Bytes that came before the device went away are delivered before the loss is told. */
static gboolean
on_readable (gint fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (SerialTransport) self = g_object_ref (user_data);
  guint8 buffer[READ_BYTES];
  gssize n = read (fd, buffer, sizeof buffer);

  if (n > 0)
    serial_marks_decode (&self->marks, buffer, (gsize) n, deliver, self);
  else if (n == 0 || errno == EIO || errno == ENXIO || errno == ENODEV)
    lose_device (self);
  else if (errno != EAGAIN && errno != EINTR)
    lose (self, AMSEL_TRANSPORT_ERROR_LOST, g_strerror (errno));
  else if (condition & (G_IO_HUP | G_IO_ERR))
    lose_device (self);
  return G_SOURCE_CONTINUE; /* where the loss closed the port, the source is destroyed already */
}

/* A paused port is still watched for its end, which poll() tells unasked. */
static void
watch (SerialTransport *self, gboolean paused)
{
  clear_source (&self->read_source);
  self->read_source = g_unix_fd_source_new (self->fd, (paused ? 0 : G_IO_IN) | G_IO_HUP | G_IO_ERR);
  g_source_set_static_name (self->read_source, "serial-read");
  g_source_set_callback (self->read_source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->read_source, g_main_context_get_thread_default ());
}

static gboolean
on_writable (gint fd G_GNUC_UNUSED, GIOCondition condition G_GNUC_UNUSED, gpointer user_data)
{
  g_autoptr (SerialTransport) self = g_object_ref (user_data);

  serial_transport_write (self);
  return G_SOURCE_CONTINUE;
}

static void
watch_writable (SerialTransport *self, gboolean wanted)
{
  if (!wanted)
    clear_source (&self->write_source);
  if (!wanted || self->write_source != NULL)
    return;
  self->write_source = g_unix_fd_source_new (self->fd, G_IO_OUT);
  g_source_set_static_name (self->write_source, "serial-write");
  g_source_set_callback (self->write_source, G_SOURCE_FUNC (on_writable), self, NULL);
  g_source_attach (self->write_source, g_main_context_get_thread_default ());
}

/* Writes what the port takes now, up to a change of settings. */
static gboolean
write_some (SerialTransport *self, GError **error)
{
  gsize waiting;
  const guint8 *data = amsel_outbox_peek (&self->outbox, &waiting);
  gsize length = self->is_changing ? self->before_change : waiting;
  gssize n = length > 0 ? write (self->fd, data, length) : 0;

  if (n < 0 && errno != EAGAIN && errno != EINTR)
    {
      g_set_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SEND, "%s: cannot send: %s",
                   self->device, g_strerror (errno));
      return FALSE;
    }
  n = MAX (n, 0);
  amsel_outbox_remove (&self->outbox, (gsize) n);
  if (self->is_changing)
    self->before_change -= (gsize) n;
  self->quiet_us =
      MAX (self->quiet_us, now_us (self)) + amsel_line_settings_get_time_us (&self->current, (gsize) n);
  watch_writable (self, length > (gsize) n);
  return TRUE;
}

static gboolean
on_look_again (gpointer user_data)
{
  g_autoptr (SerialTransport) self = g_object_ref (user_data);

  amsel_clock_clear_alarm (&self->look_again);
  serial_transport_write (self);
  return G_SOURCE_REMOVE;
}

/* How long until the last character has left the port. The system's queue is not the whole truth, since a
 * converter has one of its own, and the time at the baud rate is none for a pty. */
static gint64
get_time_to_quiet_us (SerialTransport *self)
{
  gsize unsent = serial_port_get_unsent (self->fd);
  gint64 left_us = self->is_pty ? 0 : self->quiet_us - now_us (self);

  if (unsent > 0)
    left_us = MAX (left_us, MAX (amsel_line_settings_get_time_us (&self->current, unsent), LOOK_AGAIN_US));
  return MAX (left_us, 0);
}

/* Applies the change of settings that waits, once its time has come. */
static gboolean
change_if_quiet (SerialTransport *self, GError **error)
{
  gint64 left_us;

  if (!self->is_changing || self->before_change > 0 || self->look_again != NULL)
    return TRUE;
  left_us = get_time_to_quiet_us (self);
  if (left_us > 0)
    {
      self->look_again = amsel_clock_add_alarm (amsel_transport_get_clock (AMSEL_TRANSPORT (self)),
                                                now_us (self) + left_us, on_look_again, self);
      return TRUE;
    }
  self->is_changing = FALSE;
  if (!serial_port_configure (self->fd, self->device, self->is_pty, &self->wanted, error))
    return FALSE;
  self->current = self->wanted;
  return write_some (self, error);
}

static void
serial_transport_write (SerialTransport *self)
{
  g_autoptr (GError) error = NULL;

  if (!write_some (self, &error) || !change_if_quiet (self, &error))
    amsel_transport_lost (AMSEL_TRANSPORT (self), error);
}

static gboolean
set_up (SerialTransport *self, GError **error)
{
  SerialRs485 rs485 = {
    .rts_on_send = self->rs485_rts_on_send,
    .rts_after_send = self->rs485_rts_after_send,
    .delay_before_ms = (guint) (self->rs485_delay_before_us / 1000),
    .delay_after_ms = (guint) (self->rs485_delay_after_us / 1000),
  };

  self->current = (AmselLineSettings){ self->baud, self->data_bits, self->parity, self->stop_bits };
  if (!serial_port_configure (self->fd, self->device, self->is_pty, &self->current, error))
    return FALSE;
  if (self->low_latency)
    serial_port_set_low_latency (self->fd);
  return !self->rs485 || serial_port_set_rs485 (self->fd, self->device, &rs485, error);
}

static void
serial_transport_close (AmselTransport *transport)
{
  SerialTransport *self = SERIAL_TRANSPORT (transport);

  clear_source (&self->read_source);
  clear_source (&self->write_source);
  amsel_clock_clear_alarm (&self->look_again);
  amsel_outbox_clear (&self->outbox);
  self->is_changing = FALSE;
  if (self->fd >= 0)
    serial_port_close (self->fd);
  self->fd = -1;
}

static gboolean
serial_transport_open (AmselTransport *transport, GError **error)
{
  SerialTransport *self = SERIAL_TRANSPORT (transport);

  if (self->device == NULL)
    {
      g_set_error_literal (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_OPEN,
                           "the serial port has no device");
      return FALSE;
    }
  self->fd = serial_port_open (self->device, &self->is_pty, error);
  if (self->fd < 0)
    return FALSE;
  self->marks = SERIAL_MARKS_NONE;
  self->quiet_us = 0;
  if (set_up (self, error))
    return TRUE;
  serial_transport_close (transport);
  return FALSE;
}

static void
serial_transport_start (AmselTransport *transport)
{
  watch (SERIAL_TRANSPORT (transport), amsel_transport_get_paused (transport));
}

static void
serial_transport_set_paused (AmselTransport *transport, gboolean paused)
{
  watch (SERIAL_TRANSPORT (transport), paused);
}

static gboolean
serial_transport_send (AmselTransport *transport, GBytes *data, GError **error)
{
  SerialTransport *self = SERIAL_TRANSPORT (transport);

  if (!amsel_outbox_add (&self->outbox, data))
    {
      g_set_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SEND,
                   "%s: cannot send: too many bytes wait for the port already", self->device);
      return FALSE;
    }
  return write_some (self, error);
}

static gboolean
settings_equal (const AmselLineSettings *a, const AmselLineSettings *b)
{
  return a->baud == b->baud && a->data_bits == b->data_bits && a->parity == b->parity
         && a->stop_bits == b->stop_bits;
}

static gboolean
serial_transport_configure (AmselTransport *transport, const AmselLineSettings *settings, GError **error)
{
  SerialTransport *self = SERIAL_TRANSPORT (transport);
  gsize waiting;

  if (settings_equal (settings, self->is_changing ? &self->wanted : &self->current))
    return TRUE;
  amsel_outbox_peek (&self->outbox, &waiting);
  if (self->is_changing && waiting > self->before_change)
    {
      g_set_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SETTINGS,
                   "%s: the change of settings before, and what follows it, still wait for the port",
                   self->device);
      return FALSE;
    }
  if (!self->is_changing)
    self->before_change = waiting;
  self->is_changing = TRUE;
  self->wanted = *settings;
  return change_if_quiet (self, error);
}

static gint64
serial_transport_get_latency_us (AmselTransport *transport)
{
  return SERIAL_TRANSPORT (transport)->latency_us;
}

static gsize
serial_transport_get_unsent (AmselTransport *transport)
{
  SerialTransport *self = SERIAL_TRANSPORT (transport);
  gsize waiting;

  amsel_outbox_peek (&self->outbox, &waiting);
  return waiting + serial_port_get_unsent (self->fd);
}

static void
serial_transport_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SerialTransport *self = SERIAL_TRANSPORT (object);

  switch ((SerialTransportProperty) id)
    {
    case PROP_DEVICE:
      g_value_set_string (value, self->device);
      break;
    case PROP_BAUD:
      g_value_set_uint (value, self->baud);
      break;
    case PROP_DATA_BITS:
      g_value_set_uint (value, self->data_bits);
      break;
    case PROP_PARITY:
      g_value_set_enum (value, (gint) self->parity);
      break;
    case PROP_STOP_BITS:
      g_value_set_uint (value, self->stop_bits);
      break;
    case PROP_LOW_LATENCY:
      g_value_set_boolean (value, self->low_latency);
      break;
    case PROP_LATENCY:
      g_value_set_int64 (value, self->latency_us);
      break;
    case PROP_RS485:
      g_value_set_boolean (value, self->rs485);
      break;
    case PROP_RS485_RTS_ON_SEND:
      g_value_set_boolean (value, self->rs485_rts_on_send);
      break;
    case PROP_RS485_RTS_AFTER_SEND:
      g_value_set_boolean (value, self->rs485_rts_after_send);
      break;
    case PROP_RS485_DELAY_BEFORE:
      g_value_set_int64 (value, self->rs485_delay_before_us);
      break;
    case PROP_RS485_DELAY_AFTER:
      g_value_set_int64 (value, self->rs485_delay_after_us);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
serial_transport_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SerialTransport *self = SERIAL_TRANSPORT (object);

  switch ((SerialTransportProperty) id)
    {
    case PROP_DEVICE:
      amsel_param_set_string (&self->device, value);
      break;
    case PROP_BAUD:
      self->baud = g_value_get_uint (value);
      break;
    case PROP_DATA_BITS:
      self->data_bits = g_value_get_uint (value);
      break;
    case PROP_PARITY:
      self->parity = (AmselParity) g_value_get_enum (value);
      break;
    case PROP_STOP_BITS:
      self->stop_bits = g_value_get_uint (value);
      break;
    case PROP_LOW_LATENCY:
      self->low_latency = g_value_get_boolean (value);
      break;
    case PROP_LATENCY:
      self->latency_us = g_value_get_int64 (value);
      break;
    case PROP_RS485:
      self->rs485 = g_value_get_boolean (value);
      break;
    case PROP_RS485_RTS_ON_SEND:
      self->rs485_rts_on_send = g_value_get_boolean (value);
      break;
    case PROP_RS485_RTS_AFTER_SEND:
      self->rs485_rts_after_send = g_value_get_boolean (value);
      break;
    case PROP_RS485_DELAY_BEFORE:
      self->rs485_delay_before_us = g_value_get_int64 (value);
      break;
    case PROP_RS485_DELAY_AFTER:
      self->rs485_delay_after_us = g_value_get_int64 (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
serial_transport_finalize (GObject *object)
{
  g_free (SERIAL_TRANSPORT (object)->device);
  G_OBJECT_CLASS (serial_transport_parent_class)->finalize (object);
}

static void
install_line_properties (void)
{
  properties[PROP_DEVICE] = g_param_spec_string (
      "device", "device",
      "The port, such as /dev/ttyUSB0 or, the same after every start, /dev/serial/by-id/….", NULL,
      AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED);
  properties[PROP_BAUD] = g_param_spec_uint (
      "baud", "baud",
      "Bits per second; any rate that the port takes. A protocol may change it while it reads.", BAUD_MIN,
      BAUD_MAX, DEFAULT_BAUD, AMSEL_PARAM_SETTING);
  properties[PROP_DATA_BITS] =
      g_param_spec_uint ("data-bits", "data-bits", "Data bits of a character.", 5, 8, 8, AMSEL_PARAM_SETTING);
  properties[PROP_PARITY] = g_param_spec_enum (
      "parity", "parity",
      "Parity of a character; M-Bus has even parity. Characters that come with a wrong one "
      "are told as damaged.",
      AMSEL_TYPE_PARITY, AMSEL_PARITY_EVEN, AMSEL_PARAM_SETTING);
  properties[PROP_STOP_BITS] =
      g_param_spec_uint ("stop-bits", "stop-bits", "Stop bits of a character.", 1, 2, 1, AMSEL_PARAM_SETTING);
  properties[PROP_LOW_LATENCY] = g_param_spec_boolean (
      "low-latency", "low-latency", "Ask the port to deliver every character at once, where it can.", TRUE,
      AMSEL_PARAM_SETTING);
  properties[PROP_LATENCY] = amsel_param_spec_duration (
      "latency",
      "What port and converter may add to the time of an answer; a USB converter keeps characters "
      "for up to 16 ms.",
      0, 10 * G_USEC_PER_SEC, 20 * 1000, AMSEL_PARAM_SETTING);
}

static void
install_rs485_properties (void)
{
  properties[PROP_RS485] = g_param_spec_boolean (
      "rs485", "rs485",
      "Let the port's driver switch an RS-485 transceiver by RTS. Not needed for converters "
      "that switch by themselves.",
      FALSE, AMSEL_PARAM_SETTING);
  properties[PROP_RS485_RTS_ON_SEND] =
      g_param_spec_boolean ("rs485-rts-on-send", "rs485-rts-on-send", "Whether RTS is active while sending.",
                            TRUE, AMSEL_PARAM_SETTING);
  properties[PROP_RS485_RTS_AFTER_SEND] =
      g_param_spec_boolean ("rs485-rts-after-send", "rs485-rts-after-send",
                            "Whether RTS is active while not sending.", FALSE, AMSEL_PARAM_SETTING);
  properties[PROP_RS485_DELAY_BEFORE] = amsel_param_spec_duration (
      "rs485-delay-before", "How long RTS changes before the first character, in whole milliseconds.", 0,
      RTS_DELAY_MAX_US, 0, AMSEL_PARAM_SETTING);
  properties[PROP_RS485_DELAY_AFTER] = amsel_param_spec_duration (
      "rs485-delay-after", "How long RTS stays after the last character, in whole milliseconds.", 0,
      RTS_DELAY_MAX_US, 0, AMSEL_PARAM_SETTING);
}

static void
serial_transport_class_init (SerialTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  AmselTransportClass *transport_class = AMSEL_TRANSPORT_CLASS (klass);

  object_class->get_property = serial_transport_get_property;
  object_class->set_property = serial_transport_set_property;
  object_class->finalize = serial_transport_finalize;
  transport_class->open = serial_transport_open;
  transport_class->close = serial_transport_close;
  transport_class->start = serial_transport_start;
  transport_class->set_paused = serial_transport_set_paused;
  transport_class->send = serial_transport_send;
  transport_class->configure = serial_transport_configure;
  transport_class->get_latency_us = serial_transport_get_latency_us;
  transport_class->get_unsent = serial_transport_get_unsent;
  install_line_properties ();
  install_rs485_properties ();
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
serial_transport_init (SerialTransport *self)
{
  self->fd = -1;
  self->baud = DEFAULT_BAUD;
  self->data_bits = 8;
  self->parity = AMSEL_PARITY_EVEN;
  self->stop_bits = 1;
  self->low_latency = TRUE;
  self->latency_us = 20 * 1000;
  self->rs485_rts_on_send = TRUE;
}
