/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line with a receiver. Several lines of a pipeline have one each, since what is at their other ends may be
 * of different kinds, and is found out for each. It is a protocol that decodes nothing. */
#include "wmbus-antenna.h"

#include "wmbus-receiver.h"
#include "wmbus-setup.h"

/* Longest pause within a message of a receiver: networks on the way may need a moment. */
#define GAP_US (2 * G_USEC_PER_SEC)

struct _WmbusAntenna
{
  AmselProtocol parent_instance;

  const ReceiverKind *kind; /* (nullable) */
  ReceiverMode mode;
  const ReceiverKind *found; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (WmbusAntenna, wmbus_antenna, AMSEL_TYPE_PROTOCOL)

static AmselFrameStatus
wmbus_antenna_find_frame (AmselProtocol *protocol, const guint8 *data, gsize length, gint64 received_us,
                          gsize *used, AmselFrame **frame, GError **error)
{
  return wmbus_receiver_find_frame (WMBUS_ANTENNA (protocol)->found, data, length, received_us, used, frame,
                                    error);
}

/* Bytes of a message come one after the other; a receiver that pauses was restarted, and goes on with another
 * message. Without a checksum both would pass for one. */
static gint64
wmbus_antenna_get_gap_us (AmselProtocol *protocol)
{
  const ReceiverKind *kind = WMBUS_ANTENNA (protocol)->found;

  return kind != NULL && !kind->is_text ? GAP_US : 0;
}

static void
on_set_up (const ReceiverKind *kind, gpointer user_data)
{
  WMBUS_ANTENNA (user_data)->found = kind;
}

static AmselDialogue *
wmbus_antenna_prepare (AmselProtocol *protocol, AmselProtocol **finder)
{
  WmbusAntenna *self = WMBUS_ANTENNA (protocol);

  if (self->kind != NULL && self->kind->get_command == NULL)
    return NULL;
  return wmbus_setup_new (self->kind, self->mode, on_set_up, G_OBJECT (self), finder);
}

static void
wmbus_antenna_class_init (WmbusAntennaClass *klass)
{
  AmselProtocolClass *protocol_class = AMSEL_PROTOCOL_CLASS (klass);

  protocol_class->find_frame = wmbus_antenna_find_frame;
  protocol_class->prepare = wmbus_antenna_prepare;
  protocol_class->get_gap_us = wmbus_antenna_get_gap_us;
}

static void
wmbus_antenna_init (WmbusAntenna *self)
{
  wmbus_antenna_set_kind (self, &receiver_raw);
}

WmbusAntenna *
wmbus_antenna_new (void)
{
  return g_object_new (WMBUS_TYPE_ANTENNA, NULL);
}

void
wmbus_antenna_set_kind (WmbusAntenna *self, const ReceiverKind *kind)
{
  self->kind = self->found = kind;
}

void
wmbus_antenna_set_mode (WmbusAntenna *self, ReceiverMode mode)
{
  self->mode = mode;
}

const ReceiverKind *
wmbus_antenna_get_found (WmbusAntenna *self)
{
  return self->found;
}
