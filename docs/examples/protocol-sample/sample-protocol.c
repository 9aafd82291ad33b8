/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A protocol of text lines: each line is a volume in litres.
 *
 * A protocol is pure: bytes in, telegrams out. It opens nothing, waits for nothing, and may be called in any
 * thread. */
#include "sample-protocol.h"

#define LONGEST_LINE 64

struct _SampleProtocol
{
  AmselProtocol parent_instance;

  guint places; /* digits behind the point of the volume in m3 */
};

G_DEFINE_FINAL_TYPE (SampleProtocol, sample_protocol, AMSEL_TYPE_PROTOCOL)

typedef enum
{
  PROP_PLACES = 1,
} SampleProtocolProperty;

static GParamSpec *properties[PROP_PLACES + 1];

/* A frame is a line with its end. What cannot become one is dropped, one byte or more at a time. */
static AmselFrameStatus
sample_protocol_find_frame (AmselProtocol *protocol G_GNUC_UNUSED, const guint8 *data, gsize length,
                            gint64 received_us, gsize *used, AmselFrame **frame, GError **error)
{
  for (gsize i = 0; i < MIN (length, LONGEST_LINE); i++)
    if (data[i] == '\n')
      {
        *used = i + 1;
        *frame = amsel_frame_new (data, i + 1, received_us, AMSEL_RSSI_UNKNOWN);
        return AMSEL_FRAME_STATUS_COMPLETE;
      }
  if (length < LONGEST_LINE)
    return AMSEL_FRAME_STATUS_MORE;
  *used = length;
  g_set_error (error, AMSEL_READ_ERROR, AMSEL_READ_ERROR_DAMAGED, "no line ends within %d bytes",
               LONGEST_LINE);
  return AMSEL_FRAME_STATUS_DAMAGED;
}

/* Reads the digits of a line; FALSE where there is anything else, or too many of them. */
static gboolean
read_litres (AmselCursor *cursor, gint64 *litres)
{
  guint8 byte;

  *litres = 0;
  while (amsel_cursor_u8 (cursor, &byte) && byte != '\n')
    if (!g_ascii_isdigit (byte) || __builtin_mul_overflow (*litres, 10, litres)
        || __builtin_add_overflow (*litres, byte - '0', litres))
      return FALSE;
  return cursor->position > 1;
}

static AmselTelegram *
sample_protocol_decode (AmselProtocol *protocol, AmselFrame *frame, AmselMeter *meter G_GNUC_UNUSED,
                        GError **error)
{
  SampleProtocol *self = SAMPLE_PROTOCOL (protocol);
  g_autoptr (AmselTelegram) telegram = amsel_telegram_new (frame, 1);
  AmselRecord *record;
  AmselCursor cursor;
  gint64 litres;
  gsize length;
  const guint8 *data = amsel_frame_get_data (frame, &length);

  amsel_cursor_init (&cursor, data, length);
  if (!read_litres (&cursor, &litres))
    {
      g_set_error (error, AMSEL_READ_ERROR, AMSEL_READ_ERROR_DAMAGED,
                   "byte %" G_GSIZE_FORMAT ": expected decimal digits and the end of the line",
                   cursor.position);
      return NULL;
    }
  record = amsel_telegram_add_record (telegram);
  record->quantity = AMSEL_QUANTITY_VOLUME;
  record->unit = AMSEL_UNIT_M3;
  record->function = AMSEL_FUNCTION_INSTANTANEOUS;
  record->kind = AMSEL_VALUE_DECIMAL;
  amsel_decimal_set (&record->decimal, litres, -(gint) self->places);
  return g_steal_pointer (&telegram);
}

static void
sample_protocol_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  SampleProtocol *self = SAMPLE_PROTOCOL (object);

  switch ((SampleProtocolProperty) property_id)
    {
    case PROP_PLACES:
      g_value_set_uint (value, self->places);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
sample_protocol_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  SampleProtocol *self = SAMPLE_PROTOCOL (object);

  switch ((SampleProtocolProperty) property_id)
    {
    case PROP_PLACES:
      self->places = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
sample_protocol_class_init (SampleProtocolClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  AmselProtocolClass *protocol_class = AMSEL_PROTOCOL_CLASS (klass);

  object_class->get_property = sample_protocol_get_property;
  object_class->set_property = sample_protocol_set_property;
  protocol_class->find_frame = sample_protocol_find_frame;
  protocol_class->decode = sample_protocol_decode;

  /* a setting: key in YAML, line of “amsel inspect”, and what the messages of “amsel check” are made of */
  properties[PROP_PLACES] = g_param_spec_uint (
      "places", "places", "Digits behind the point of the volume in m3.", 0, 9, 3, AMSEL_PARAM_SETTING);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sample_protocol_init (SampleProtocol *self)
{
  self->places = 3;
}
