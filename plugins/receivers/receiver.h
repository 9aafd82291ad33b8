/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What radio receivers say on their port: finding their messages, and what to tell them.
 *
 * Each kind of receiver has a file of its own with one table entry, ReceiverKind. All of it is pure: bytes
 * in, messages out, no I/O and no clock, so that any transport carries it and tests need no receiver. */
#pragma once

#include <amsel.h>

G_BEGIN_DECLS

/* Longest telegram with its L field: L = 255 and, in frame format A, seventeen checksums (EN 13757-4, 12.3).
 */
#define RECEIVER_TELEGRAM_MAX 290

/* Longest message of any receiver, with wrapping; what is longer is no message. */
#define RECEIVER_MESSAGE_MAX 4096

/* Longest command. */
#define RECEIVER_COMMAND_MAX 64

/* Why bytes are no telegram (domain "receiver"). */
typedef enum
{
  RECEIVER_ERROR_NONE,
  RECEIVER_ERROR_GARBAGE,        /* bytes that begin no message */
  RECEIVER_ERROR_WRONG_CHECKSUM, /* the checksum of the receiver does not fit */
  RECEIVER_ERROR_WRONG_LENGTH,   /* the length of message and telegram do not fit together */
  RECEIVER_ERROR_WRONG_DIGIT,    /* something else than a hexadecimal digit */
  RECEIVER_ERROR_TOO_LONG,       /* more than any message has */
  RECEIVER_ERROR_DAMAGED,        /* the receiver itself says that the telegram is damaged */
  RECEIVER_ERROR_NO_TELEGRAM,    /* a sound message about something else */
  RECEIVER_ERROR_REFUSED,        /* the receiver did not take a command */
  RECEIVER_ERROR_SILENT,         /* the receiver does not answer */
} ReceiverError;

#define RECEIVER_TYPE_ERROR (receiver_error_get_type ())
GType receiver_error_get_type (void) G_GNUC_CONST;
#define RECEIVER_ERROR (receiver_error_quark ())
GQuark receiver_error_quark (void);

/* Link modes of EN 13757-4 that receivers can be set to, or say that they have heard. */
typedef enum
{
  RECEIVER_MODE_UNKNOWN,
  RECEIVER_MODE_S,
  RECEIVER_MODE_T,
  RECEIVER_MODE_C,
  RECEIVER_MODE_CT, /* both C and T: the sync word tells them apart */
  RECEIVER_MODE_N,
} ReceiverMode;

#define RECEIVER_TYPE_MODE (receiver_mode_get_type ())
GType receiver_mode_get_type (void) G_GNUC_CONST;

typedef enum
{
  RECEIVER_MESSAGE_NONE,
  RECEIVER_MESSAGE_TELEGRAM, /* a telegram was heard */
  RECEIVER_MESSAGE_ANSWER,   /* anything else: answers to commands, events */
} ReceiverMessageKind;

/* What is known of the link layer's checksums of a telegram. */
typedef enum
{
  RECEIVER_CHECKSUMS_UNKNOWN,  /* they may be there or not */
  RECEIVER_CHECKSUMS_FORMAT_A, /* they are there: a telegram that does not fit them is damaged */
  RECEIVER_CHECKSUMS_FORMAT_B,
} ReceiverChecksums;

typedef struct
{
  ReceiverMessageKind kind;

  /* with a telegram */
  guint8
      telegram[RECEIVER_TELEGRAM_MAX]; /* from the L field on, with or without the link layer's checksums */
  gsize length;
  ReceiverChecksums checksums;
  ReceiverMode mode;
  gint rssi_dbm;   /* AMSEL_RSSI_UNKNOWN where the receiver says nothing that means anything */
  gint64 heard_us; /* wall-clock microseconds, where the receiver has a clock; else 0 */

  /* with an answer */
  guint answer;          /* number of the message; 0 for text */
  const guint8 *payload; /* (unowned): in the bytes that were given, or in telegram */
  gsize payload_length;
} ReceiverMessage;

/* One step of setting a receiver up: what to send, and which answer means that it was taken. */
typedef struct
{
  const gchar *what; /* for messages: “the link mode” */
  guint8 data[RECEIVER_COMMAND_MAX];
  gsize length;
  gboolean silent;   /* whether no answer is expected */
  guint answer;      /* number of the answer */
  const gchar *text; /* (nullable): what the answer contains, for receivers that speak in text */
  gint status_at;    /* where in the payload stands a status that must be 0; -1 for none */
} ReceiverCommand;

typedef struct
{
  const gchar *name;  /* the word in YAML */
  const gchar *blurb; /* for users */
  guint baud;         /* of its port, 8N1; 0 where there is none */
  gboolean is_text;   /* it speaks in lines, whose ends part them; else its bytes come without a pause */
  guint modes;        /* bits 1 << ReceiverMode that it can be set to; 0 where it cannot be set */

  /* Looks for a message at the beginning of data. COMPLETE: the first *used bytes are a message, which *out
   * holds. MORE: they may become one. DAMAGED: the first *used bytes (at least one) are none, and error says
   * why. */
  AmselFrameStatus (*find) (const guint8 *data, gsize length, gsize *used, ReceiverMessage *out,
                            GError **error);

  /* Gives the command number step (0, 1, ...) that sets it up for a mode; FALSE when there are no more.
   * answer is that of the command before (NULL for the first). The first command is one that only this kind
   * answers: the probe. (nullable): there is nothing to say to it. */
  gboolean (*get_command) (guint step, ReceiverMode mode, const ReceiverMessage *answer,
                           ReceiverCommand *out);
} ReceiverKind;

/* All kinds, in the order of documentation; ends with NULL. */
const ReceiverKind *const *receiver_list (void);
/* NULL where there is none of that name. */
const ReceiverKind *receiver_find (const gchar *name);

/* Whether an answer is the one that a command expects. FALSE without an error: it is about something else.
 * FALSE with RECEIVER_ERROR_REFUSED: the receiver did not take the command. */
gboolean receiver_command_is_answered (const ReceiverCommand *command, const ReceiverMessage *answer,
                                       GError **error);

/* A frame of a telegram: received_us where the receiver has no clock, or one that cannot be right. */
AmselFrame *receiver_message_to_frame (const ReceiverMessage *message, gint64 received_us);

/* The kinds. */
extern const ReceiverKind receiver_im871a;
extern const ReceiverKind receiver_iu891a;
extern const ReceiverKind receiver_amb8465;
extern const ReceiverKind receiver_rc1180;
extern const ReceiverKind receiver_cul;
extern const ReceiverKind receiver_embit;
extern const ReceiverKind receiver_rtl_wmbus;
extern const ReceiverKind receiver_rtl_433;
extern const ReceiverKind receiver_raw;
extern const ReceiverKind receiver_hex;
extern const ReceiverKind receiver_json;

G_END_DECLS
