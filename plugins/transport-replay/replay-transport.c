/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transport that plays a recording.
 *
 * Lines that were received are played by themselves, each after the time that it had behind the one before,
 * until a line that was sent: there the recording stands still until the same is sent now. So a recording of
 * nothing but received lines plays through, and one of a dialogue answers.
 *
 * All is reported from a source of the main loop, never from within a call, as a real line does. The file is
 * read as it is played. */
#include "replay-transport.h"

#include <gio/gio.h>

#include "replay-index.h"

/* Bytes that one turn of the main loop delivers at full speed. */
#define TURN_BYTES (16 * 1024)
/* Received lines before a request that are played at once when the request comes too early. */
#define LATE_MAX 1000
/* How long the end of a dialogue is silent, for one who listens for a second answer. */
#define END_SILENCE_US (500 * 1000)

struct _ReplayTransport
{
  AmselTransport parent_instance;

  /* settings */
  gchar *file; /* (owned) (nullable) */
  ReplaySpeed speed;
  ReplayMatch match;
  gboolean loop;

  /* while it is open */
  AmselRecordingReader *reader; /* (owned) (nullable) */
  ReplayIndex *index;           /* (owned) (nullable): with “match: any” */
  AmselRecordingEntry entry;    /* (owned): the next line; valid where has_entry */
  gboolean has_entry;
  GQueue late;     /* (owned) (element-type AmselRecordingEntry): to be played at once, before entry */
  GSource *source; /* (owned) (nullable): what happens next */
  GError *fault;   /* (owned) (nullable): why the play cannot go on */
  gint64 begin_us; /* clock time at which … */
  gint64 begin_recorded_us; /* … this time of the recording was played */
  gint64 last_recorded_us;  /* of the last line that was played */
  AmselRecordingDirection last;
  gboolean is_dialogue; /* something was sent in the recording, as far as it was read */
};

G_DEFINE_FINAL_TYPE (ReplayTransport, replay_transport, AMSEL_TYPE_TRANSPORT)

G_DEFINE_ENUM_TYPE (ReplaySpeed, replay_speed, G_DEFINE_ENUM_VALUE (REPLAY_SPEED_REAL, "real"),
                    G_DEFINE_ENUM_VALUE (REPLAY_SPEED_FAST, "fast"))
G_DEFINE_ENUM_TYPE (ReplayMatch, replay_match, G_DEFINE_ENUM_VALUE (REPLAY_MATCH_ORDER, "order"),
                    G_DEFINE_ENUM_VALUE (REPLAY_MATCH_ANY, "any"))

typedef enum
{
  PROP_FILE = 1,
  PROP_SPEED,
  PROP_MATCH,
  PROP_LOOP,
} ReplayTransportProperty;

static GParamSpec *properties[PROP_LOOP + 1];

static void schedule (ReplayTransport *self);

static AmselClock *
get_clock (ReplayTransport *self)
{
  return amsel_transport_get_clock (AMSEL_TRANSPORT (self));
}

static void
clear_source (ReplayTransport *self)
{
  amsel_clock_clear_alarm (&self->source);
}

static void
late_free (gpointer data)
{
  amsel_recording_entry_clear (data);
  g_free (data);
}

/* From here on the recording's times count from now. */
static void
set_begin (ReplayTransport *self, gint64 recorded_us)
{
  self->begin_us = amsel_clock_get_monotonic_us (get_clock (self));
  self->begin_recorded_us = recorded_us;
  self->last_recorded_us = recorded_us;
}

static void
go_to (ReplayTransport *self, AmselRecordingPlace place, gint64 recorded_us)
{
  amsel_recording_entry_clear (&self->entry);
  self->has_entry = FALSE;
  amsel_recording_reader_set_place (self->reader, place);
  set_begin (self, recorded_us);
}

/* Where anything may be asked, the requests go round by themselves. A recording of nothing does not. */
static gboolean
goes_round (ReplayTransport *self)
{
  return self->loop && self->last != AMSEL_RECORDING_NONE
         && (self->index == NULL || replay_index_get_size (self->index) == 0);
}

/* Reads the next line, if it is not there yet; going round where that is wanted. */
static gboolean
look_ahead (ReplayTransport *self)
{
  if (self->has_entry)
    return TRUE;
  if (self->fault != NULL || !amsel_recording_reader_next (self->reader, &self->entry, &self->fault))
    return FALSE;
  if (self->entry.direction == AMSEL_RECORDING_NONE && goes_round (self))
    {
      go_to (self, (AmselRecordingPlace){ 0 }, 0);
      if (!amsel_recording_reader_next (self->reader, &self->entry, &self->fault))
        return FALSE;
    }
  if (self->entry.direction == AMSEL_RECORDING_SENT)
    self->is_dialogue = TRUE;
  self->has_entry = TRUE;
  return TRUE;
}

/* Takes the next line out, as played. */
static AmselRecordingEntry
take (ReplayTransport *self)
{
  AmselRecordingEntry entry = self->entry;

  self->entry = (AmselRecordingEntry){ 0 };
  self->has_entry = FALSE;
  self->last = entry.direction;
  self->last_recorded_us = entry.time_us;
  return entry;
}

static gboolean
is_heard (const AmselRecordingEntry *entry)
{
  return entry->direction == AMSEL_RECORDING_RECEIVED || entry->direction == AMSEL_RECORDING_DAMAGED;
}

static void
report (ReplayTransport *self, AmselRecordingDirection direction, GBytes *data)
{
  if (direction == AMSEL_RECORDING_DAMAGED)
    amsel_transport_damaged (AMSEL_TRANSPORT (self), data);
  else
    amsel_transport_received (AMSEL_TRANSPORT (self), data);
}

/* Reports received lines in one piece, up to the bytes of a turn: who reads at full speed wants no times. */
static void
report_many (ReplayTransport *self)
{
  g_auto (AmselRecordingEntry) first = take (self);
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (GBytes) data = NULL;

  while (first.direction == AMSEL_RECORDING_RECEIVED && look_ahead (self)
         && self->entry.direction == AMSEL_RECORDING_RECEIVED && (bytes == NULL || bytes->len < TURN_BYTES))
    {
      g_auto (AmselRecordingEntry) entry = take (self);
      gsize length;
      const guint8 *more = g_bytes_get_data (entry.data, &length);

      if (bytes == NULL)
        bytes = g_bytes_unref_to_array (g_steal_pointer (&first.data));
      g_byte_array_append (bytes, more, (guint) length);
    }
  data =
      bytes != NULL ? g_byte_array_free_to_bytes (g_steal_pointer (&bytes)) : g_steal_pointer (&first.data);
  report (self, first.direction, data);
}

/* Clock time at which the next line is due. Where the times go back, another recording was appended. */
static gint64
get_due_us (ReplayTransport *self)
{
  if (self->speed == REPLAY_SPEED_FAST || !g_queue_is_empty (&self->late))
    return 0;
  if (self->entry.time_us < self->last_recorded_us)
    set_begin (self, self->entry.time_us);
  return self->begin_us + self->entry.time_us - self->begin_recorded_us;
}

static void
report_next (ReplayTransport *self)
{
  AmselRecordingEntry *late = g_queue_pop_head (&self->late);

  if (late != NULL)
    {
      report (self, late->direction, late->data);
      late_free (late);
    }
  else if (self->speed == REPLAY_SPEED_FAST)
    report_many (self);
  else
    {
      g_auto (AmselRecordingEntry) entry = take (self);

      report (self, entry.direction, entry.data);
    }
}

static GError *
make_end (ReplayTransport *self)
{
  return g_error_new (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_ENDED, "%s: the recording has ended",
                      self->file);
}

static gboolean
on_due (gpointer user_data)
{
  g_autoptr (ReplayTransport) self = g_object_ref (user_data);

  clear_source (self);
  if (g_queue_is_empty (&self->late) && !self->has_entry)
    {
      g_autoptr (GError) fault = g_steal_pointer (&self->fault);

      amsel_transport_lost (AMSEL_TRANSPORT (self), fault);
      return G_SOURCE_REMOVE;
    }
  report_next (self);
  /* who heard it may have closed or sent */
  if (self->reader != NULL && self->source == NULL)
    schedule (self);
  return G_SOURCE_REMOVE;
}

/* Calls on_due() at a time of the clock, or when the main loop has nothing better to do. */
static void
arm (ReplayTransport *self, gint64 at_us)
{
  clear_source (self);
  if (at_us > amsel_clock_get_monotonic_us (get_clock (self)))
    {
      self->source = amsel_clock_add_alarm (get_clock (self), at_us, on_due, self);
      return;
    }
  self->source = g_idle_source_new ();
  g_source_set_static_name (self->source, "replay");
  g_source_set_callback (self->source, on_due, self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

/* At the end: a recording that heard last ends by itself. One that sent last stays silent, as the line was,
 * and so does one that can be asked again. */
static void
schedule_end (ReplayTransport *self)
{
  gint64 silence_us = self->is_dialogue ? END_SILENCE_US : 0;

  if (self->last == AMSEL_RECORDING_SENT || (self->index != NULL && replay_index_get_size (self->index) > 0))
    return;
  self->has_entry = FALSE;
  self->fault = make_end (self);
  arm (self, amsel_clock_get_monotonic_us (get_clock (self)) + silence_us);
}

/* Decides what happens next, and when. */
static void
schedule (ReplayTransport *self)
{
  clear_source (self);
  if (amsel_transport_get_paused (AMSEL_TRANSPORT (self)))
    return;
  if (!g_queue_is_empty (&self->late) || !look_ahead (self))
    arm (self, 0);
  else if (is_heard (&self->entry))
    arm (self, get_due_us (self));
  else if (self->entry.direction == AMSEL_RECORDING_NONE)
    schedule_end (self);
}

/* ---- what is sent ---- */

static gchar *
to_hex (GBytes *data)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (data, &length);
  g_autofree gchar *hex = amsel_hex_encode (bytes, MIN (length, 32));

  return g_strconcat (hex, length > 32 ? "…" : "", NULL);
}

/* Who sends before the recording's answers have come gets them at once: late, but in their order. */
static gboolean
find_request (ReplayTransport *self, GError **error)
{
  while (look_ahead (self) && is_heard (&self->entry) && self->late.length < LATE_MAX)
    {
      AmselRecordingEntry entry = take (self);

      g_queue_push_tail (&self->late, g_memdup2 (&entry, sizeof entry));
    }
  if (self->fault != NULL)
    g_propagate_error (error, g_error_copy (self->fault));
  else if (self->entry.direction == AMSEL_RECORDING_NONE)
    {
      /* asked beyond the end: the silence of it is over */
      self->has_entry = FALSE;
      self->fault = make_end (self);
      g_propagate_error (error, make_end (self));
    }
  else if (self->entry.direction != AMSEL_RECORDING_SENT)
    g_set_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SEND,
                 "%s:%u: nothing was sent here in the recording", self->file,
                 amsel_recording_reader_get_place (self->reader).line);
  else
    return TRUE;
  return FALSE;
}

static gboolean
send_in_order (ReplayTransport *self, GBytes *data, GError **error)
{
  g_autofree gchar *recorded = NULL;
  g_autofree gchar *sent = NULL;

  if (!find_request (self, error))
    return FALSE;
  if (g_bytes_equal (self->entry.data, data))
    {
      g_auto (AmselRecordingEntry) entry = take (self);

      set_begin (self, entry.time_us);
      return TRUE;
    }
  recorded = to_hex (self->entry.data);
  sent = to_hex (data);
  g_set_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SEND,
               "%s:%u: the recording goes on with the request %s, but %s was sent", self->file,
               amsel_recording_reader_get_place (self->reader).line, recorded, sent);
  return FALSE;
}

/* What was never sent in the recording gets no answer, like a meter that is not there. */
static void
send_any (ReplayTransport *self, GBytes *data)
{
  AmselRecordingPlace place;
  gint64 time_us;

  if (!replay_index_find (self->index, data, &place, &time_us))
    return;
  go_to (self, place, time_us);
  self->last = AMSEL_RECORDING_SENT;
}

static gboolean
replay_transport_send (AmselTransport *transport, GBytes *data, GError **error)
{
  ReplayTransport *self = REPLAY_TRANSPORT (transport);
  gboolean sent = TRUE;

  if (self->index != NULL)
    send_any (self, data);
  else
    sent = send_in_order (self, data, error);
  schedule (self);
  return sent;
}

/* ---- opening and closing ---- */

static void
replay_transport_close (AmselTransport *transport)
{
  ReplayTransport *self = REPLAY_TRANSPORT (transport);

  clear_source (self);
  g_queue_clear_full (&self->late, late_free);
  amsel_recording_entry_clear (&self->entry);
  self->has_entry = FALSE;
  g_clear_error (&self->fault);
  g_clear_pointer (&self->index, replay_index_free);
  g_clear_pointer (&self->reader, amsel_recording_reader_free);
}

static gboolean
open_file (ReplayTransport *self, GError **error)
{
  if (self->file == NULL)
    {
      g_set_error_literal (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_OPEN,
                           "there is no file to be replayed");
      return FALSE;
    }
  self->reader = amsel_recording_reader_new (self->file, error);
  if (self->reader == NULL)
    return FALSE;
  self->last = AMSEL_RECORDING_NONE;
  self->is_dialogue = FALSE;
  if (self->match == REPLAY_MATCH_ANY)
    {
      self->index = replay_index_new (self->reader, error);
      if (self->index == NULL)
        return FALSE;
    }
  /* a file that is no recording at all is told at once */
  if (look_ahead (self))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->fault));
  return FALSE;
}

static gboolean
replay_transport_open (AmselTransport *transport, GError **error)
{
  ReplayTransport *self = REPLAY_TRANSPORT (transport);

  if (open_file (self, error))
    return TRUE;
  replay_transport_close (transport);
  return FALSE;
}

static void
replay_transport_start (AmselTransport *transport)
{
  ReplayTransport *self = REPLAY_TRANSPORT (transport);

  set_begin (self, 0);
  schedule (self);
}

static void
replay_transport_set_paused (AmselTransport *transport, gboolean paused G_GNUC_UNUSED)
{
  schedule (REPLAY_TRANSPORT (transport));
}

static void
replay_transport_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ReplayTransport *self = REPLAY_TRANSPORT (object);

  switch ((ReplayTransportProperty) id)
    {
    case PROP_FILE:
      g_value_set_string (value, self->file);
      break;
    case PROP_SPEED:
      g_value_set_enum (value, (gint) self->speed);
      break;
    case PROP_MATCH:
      g_value_set_enum (value, (gint) self->match);
      break;
    case PROP_LOOP:
      g_value_set_boolean (value, self->loop);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
replay_transport_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ReplayTransport *self = REPLAY_TRANSPORT (object);

  switch ((ReplayTransportProperty) id)
    {
    case PROP_FILE:
      amsel_param_set_string (&self->file, value);
      break;
    case PROP_SPEED:
      self->speed = (ReplaySpeed) g_value_get_enum (value);
      break;
    case PROP_MATCH:
      self->match = (ReplayMatch) g_value_get_enum (value);
      break;
    case PROP_LOOP:
      self->loop = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
replay_transport_finalize (GObject *object)
{
  g_free (REPLAY_TRANSPORT (object)->file);
  G_OBJECT_CLASS (replay_transport_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  properties[PROP_FILE] = g_param_spec_string ("file", "file", "The recording.", NULL,
                                               AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED | AMSEL_PARAM_PATH);
  properties[PROP_SPEED] = g_param_spec_enum (
      "speed", "speed", "With the pauses of the recording (real), or as fast as it is taken (fast).",
      REPLAY_TYPE_SPEED, REPLAY_SPEED_REAL, AMSEL_PARAM_SETTING);
  properties[PROP_MATCH] = g_param_spec_enum ("match", "match",
                                              "What may be sent: what was sent next in the recording "
                                              "(order), or anything, answered as it was answered "
                                              "anywhere in the recording (any).",
                                              REPLAY_TYPE_MATCH, REPLAY_MATCH_ORDER, AMSEL_PARAM_SETTING);
  properties[PROP_LOOP] =
      g_param_spec_boolean ("loop", "loop", "Begin again at the end.", FALSE, AMSEL_PARAM_SETTING);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
replay_transport_class_init (ReplayTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  AmselTransportClass *transport_class = AMSEL_TRANSPORT_CLASS (klass);

  object_class->get_property = replay_transport_get_property;
  object_class->set_property = replay_transport_set_property;
  object_class->finalize = replay_transport_finalize;
  transport_class->open = replay_transport_open;
  transport_class->close = replay_transport_close;
  transport_class->start = replay_transport_start;
  transport_class->set_paused = replay_transport_set_paused;
  transport_class->send = replay_transport_send;
  install_properties (object_class);
}

static void
replay_transport_init (ReplayTransport *self)
{
  g_queue_init (&self->late);
}
