/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a wired meter was not read: the numbers of the AMS table, which an AT terminal, a log and a report all
 * show. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

/* Domain "mbus-read". The high half of a number is the protocol: 0 general, 2 M-Bus. Faults of frames have
 * their own domain, MbusFrameError. What was "not begun" could not be given to the port; "not sent" did not
 * leave it in time. */
typedef enum
{
  MBUS_READ_ERROR_NONE = 0,
  MBUS_READ_ERROR_BAD_INPUT = 1,
  MBUS_READ_ERROR_BAD_OUTPUT = 2,
  MBUS_READ_ERROR_WRONG_PORT = 3,
  MBUS_READ_ERROR_NOT_STARTED = 4,
  MBUS_READ_ERROR_DIFFERENT_NUMBER = 65286,
  MBUS_READ_ERROR_INTERNAL = 131072,
  MBUS_READ_ERROR_STOPPED = 131073,
  MBUS_READ_ERROR_MALFORMED_ADDRESS = 131074,
  MBUS_READ_ERROR_PORT_SETTINGS = 131075,
  MBUS_READ_ERROR_RESET_NOT_BEGUN = 131076,
  MBUS_READ_ERROR_RESET_NOT_SENT = 131077,
  MBUS_READ_ERROR_RESET_TIMEOUT = 131078,
  MBUS_READ_ERROR_RESET_BAD_FRAME = 131079,
  MBUS_READ_ERROR_REQUEST_NOT_BEGUN = 131080,
  MBUS_READ_ERROR_REQUEST_NOT_SENT = 131081,
  MBUS_READ_ERROR_REQUEST_TIMEOUT = 131082,
  MBUS_READ_ERROR_REQUEST_BAD_FRAME = 131083,
  MBUS_READ_ERROR_WRONG_ANSWER = 131084,
  MBUS_READ_ERROR_WRONG_ADDRESS = 131085,
  MBUS_READ_ERROR_SELECTION_NOT_BEGUN = 131086,
  MBUS_READ_ERROR_SELECTION_NOT_SENT = 131087,
  MBUS_READ_ERROR_SELECTION_TIMEOUT = 131088,
  MBUS_READ_ERROR_SELECTION_BAD_FRAME = 131089,
  MBUS_READ_ERROR_SEARCH_SELECTION_NOT_BEGUN = 131090,
  MBUS_READ_ERROR_SEARCH_SELECTION_NOT_SENT = 131091,
  MBUS_READ_ERROR_SEARCH_REQUEST_NOT_BEGUN = 131092,
  MBUS_READ_ERROR_SEARCH_REQUEST_NOT_SENT = 131093,
  MBUS_READ_ERROR_ADDRESS_COLLISION = 131094,
} MbusReadError;

#define MBUS_TYPE_READ_ERROR (mbus_read_error_get_type ())
GType mbus_read_error_get_type (void) G_GNUC_CONST;
#define MBUS_READ_ERROR (mbus_read_error_quark ())
GQuark mbus_read_error_quark (void);

/* What was going on when a request could not be sent or a dialogue was ended. */
typedef enum
{
  MBUS_PART_NONE, /* nothing was sent yet */
  MBUS_PART_RESET,
  MBUS_PART_REQUEST,
  MBUS_PART_SELECTION,
  MBUS_PART_SEARCH_SELECTION,
  MBUS_PART_SEARCH_REQUEST,
} MbusPart;

/* The number for an answer that says that nothing was asked: NOT_BEGUN, NOT_SENT, STOPPED; none for others.
 */
MbusReadError mbus_error_get_unasked (MbusPart part, const AmselAnswer *answer);

/* What a technician can do with a number: one sentence. Knows the numbers of both domains; a general sentence
 * for others. */
const gchar *mbus_error_get_sentence (gint code);

G_END_DECLS
