/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a radio receiver does on its port: takes commands, and wraps what it hears. Pure. */
#pragma once

#include "receiver.h"

G_BEGIN_DECLS

typedef enum
{
  RADIO_KIND_NONE,
  RADIO_KIND_IM871A,
  RADIO_KIND_AMB8465,
  RADIO_KIND_CUL,
  RADIO_KIND_RTL_WMBUS,
} RadioKind;

#define RADIO_TYPE_KIND (radio_kind_get_type ())
GType radio_kind_get_type (void) G_GNUC_CONST;

/* Longest message that one telegram becomes. */
#define RADIO_MESSAGE_MAX 768

typedef struct
{
  RadioKind kind;
  ReceiverMode mode;     /* what it listens for; UNKNOWN for nothing yet */
  gboolean rssi;         /* whether it says how strong it was */
  gboolean command_mode; /* AMB8465: whether telegrams come wrapped */
  gboolean next_command_mode;
  gboolean next_rssi;  /* AMB8465: after the next restart */
  GByteArray *pending; /* (owned): the beginning of a command */
} RadioReceiver;

void radio_receiver_init (RadioReceiver *self, RadioKind kind);
void radio_receiver_clear (RadioReceiver *self);

/* As after its supply was cut: settings that it does not keep are gone. */
void radio_receiver_reset (RadioReceiver *self);

/* Commands from the program; what it answers is added to out. */
void radio_receiver_command (RadioReceiver *self, const guint8 *data, gsize length, GByteArray *out);

/* A telegram in the air, without checksums. What the program gets is added to out: nothing where it listens
 * for another mode. real_us is for receivers that print the time. */
void radio_receiver_hear (RadioReceiver *self, const guint8 *telegram, gsize length, ReceiverMode mode,
                          gint rssi_dbm, gint64 real_us, GByteArray *out);

G_END_DECLS
