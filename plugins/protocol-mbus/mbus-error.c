/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The numbers of the AMS table with their names, and what to do about each. */
#include "mbus-error.h"

#include "mbus-frame.h"

AMSEL_DEFINE_SHARED_ENUM_TYPE (
    MbusReadError, mbus_read_error, G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_NONE, "none"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_BAD_INPUT, "bad-input"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_BAD_OUTPUT, "bad-output"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_WRONG_PORT, "wrong-port"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_NOT_STARTED, "not-started"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_DIFFERENT_NUMBER, "different-number"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_INTERNAL, "internal"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_STOPPED, "stopped"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_MALFORMED_ADDRESS, "malformed-address"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_PORT_SETTINGS, "port-settings"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_RESET_NOT_BEGUN, "reset-not-begun"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_RESET_NOT_SENT, "reset-not-sent"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_RESET_TIMEOUT, "reset-timeout"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_RESET_BAD_FRAME, "reset-bad-frame"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_REQUEST_NOT_BEGUN, "request-not-begun"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_REQUEST_NOT_SENT, "request-not-sent"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_REQUEST_TIMEOUT, "request-timeout"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_REQUEST_BAD_FRAME, "request-bad-frame"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_WRONG_ANSWER, "wrong-answer"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_WRONG_ADDRESS, "wrong-address"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_SELECTION_NOT_BEGUN, "selection-not-begun"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_SELECTION_NOT_SENT, "selection-not-sent"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_SELECTION_TIMEOUT, "selection-timeout"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_SELECTION_BAD_FRAME, "selection-bad-frame"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_SEARCH_SELECTION_NOT_BEGUN, "search-selection-not-begun"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_SEARCH_SELECTION_NOT_SENT, "search-selection-not-sent"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_SEARCH_REQUEST_NOT_BEGUN, "search-request-not-begun"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_SEARCH_REQUEST_NOT_SENT, "search-request-not-sent"),
    G_DEFINE_ENUM_VALUE (MBUS_READ_ERROR_ADDRESS_COLLISION, "address-collision"))

AMSEL_DEFINE_ERROR_DOMAIN (mbus_read_error_quark, "mbus-read", MBUS_TYPE_READ_ERROR)

static const struct
{
  gint code;
  const gchar *sentence;
} SENTENCES[] = {
  { MBUS_READ_ERROR_NONE, "The meter was read." },
  { MBUS_READ_ERROR_BAD_INPUT, "The order could not be understood; correct it and try again." },
  { MBUS_READ_ERROR_BAD_OUTPUT, "The result could not be passed on; look at the log of this program." },
  { MBUS_READ_ERROR_WRONG_PORT,
    "M-Bus cannot be used on this port; choose the port that the meters are on." },
  { MBUS_READ_ERROR_NOT_STARTED, "The line is busy with something else; try again later." },
  { MBUS_READ_ERROR_DIFFERENT_NUMBER,
    "Another number of meters was found than expected; those that were found are in the table." },
  { MBUS_READ_ERROR_INTERNAL, "The reading failed inside this program; please report it with the log." },
  { MBUS_READ_ERROR_STOPPED, "The reading was stopped by the user." },
  { MBUS_READ_ERROR_MALFORMED_ADDRESS,
    "The address of the meter or its baud rate is not written correctly; correct it in the list of meters." },
  { MBUS_READ_ERROR_PORT_SETTINGS, "The port does not take this baud rate; check the settings of the line." },
  { MBUS_READ_ERROR_RESET_NOT_BEGUN, "The port took no data to reset the link; check port and converter." },
  { MBUS_READ_ERROR_RESET_NOT_SENT,
    "The reset of the link did not leave in time; check port and converter." },
  { MBUS_READ_ERROR_RESET_TIMEOUT,
    "The meter is silent; check its wiring, its address and its baud rate, and the bus voltage." },
  { MBUS_READ_ERROR_RESET_BAD_FRAME,
    "The answer to the reset was damaged; two meters may have one address, or the line is disturbed." },
  { MBUS_READ_ERROR_REQUEST_NOT_BEGUN, "The port took no data to ask the meter; check port and converter." },
  { MBUS_READ_ERROR_REQUEST_NOT_SENT,
    "The request to the meter did not leave in time; check port and converter." },
  { MBUS_READ_ERROR_REQUEST_TIMEOUT, "The meter can be reached but sent no data in time; it may limit how "
                                     "often it is read, or need more time." },
  { MBUS_READ_ERROR_REQUEST_BAD_FRAME, "The data of the meter came damaged; two meters may answer at once, "
                                       "or the line is disturbed or too long." },
  { MBUS_READ_ERROR_WRONG_ANSWER,
    "The meter answered with something else than data; it may have none at present." },
  { MBUS_READ_ERROR_WRONG_ADDRESS,
    "Another meter answered than the one that was asked; check whether an address is given twice." },
  { MBUS_READ_ERROR_SELECTION_NOT_BEGUN,
    "The port took no data to select the meter; check port and converter." },
  { MBUS_READ_ERROR_SELECTION_NOT_SENT,
    "The selection of the meter did not leave in time; check port and converter." },
  { MBUS_READ_ERROR_SELECTION_TIMEOUT,
    "No meter has this secondary address; check the digits, the wiring and the baud rate." },
  { MBUS_READ_ERROR_SELECTION_BAD_FRAME,
    "The answer to the selection was damaged; several meters may match this secondary address." },
  { MBUS_READ_ERROR_SEARCH_SELECTION_NOT_BEGUN,
    "The port took no data during the search; check port and converter." },
  { MBUS_READ_ERROR_SEARCH_SELECTION_NOT_SENT,
    "A selection did not leave in time during the search; check port and converter." },
  { MBUS_READ_ERROR_SEARCH_REQUEST_NOT_BEGUN,
    "The port took no request during the search; check port and converter." },
  { MBUS_READ_ERROR_SEARCH_REQUEST_NOT_SENT,
    "A request did not leave in time during the search; check port and converter." },
  { MBUS_READ_ERROR_ADDRESS_COLLISION,
    "Two meters have the same secondary address; disconnect one of them and search again." },
  { MBUS_FRAME_ERROR_WRONG_FIRST_START, "What came is no M-Bus; check the baud rate and the parity." },
  { MBUS_FRAME_ERROR_WRONG_SECOND_START, "The beginning of the frame was damaged; check the line." },
  { MBUS_FRAME_ERROR_WRONG_STOP, "Characters of the frame were lost; check converter and gateway." },
  { MBUS_FRAME_ERROR_WRONG_CHECKSUM, "The frame was damaged on the way; check the line for disturbances." },
  { MBUS_FRAME_ERROR_LENGTH_MISMATCH, "The length of the frame was damaged; check the line." },
  { MBUS_FRAME_ERROR_WRONG_LENGTH, "The frame is incomplete or too long; check converter and gateway." },
};

static MbusReadError
get_not_begun (MbusPart part)
{
  switch (part)
    {
    case MBUS_PART_RESET:
      return MBUS_READ_ERROR_RESET_NOT_BEGUN;
    case MBUS_PART_REQUEST:
      return MBUS_READ_ERROR_REQUEST_NOT_BEGUN;
    case MBUS_PART_SELECTION:
      return MBUS_READ_ERROR_SELECTION_NOT_BEGUN;
    case MBUS_PART_SEARCH_SELECTION:
      return MBUS_READ_ERROR_SEARCH_SELECTION_NOT_BEGUN;
    case MBUS_PART_SEARCH_REQUEST:
      return MBUS_READ_ERROR_SEARCH_REQUEST_NOT_BEGUN;
    case MBUS_PART_NONE:
      break;
    }
  return MBUS_READ_ERROR_NOT_STARTED;
}

static MbusReadError
get_not_sent (MbusPart part)
{
  switch (part)
    {
    case MBUS_PART_RESET:
      return MBUS_READ_ERROR_RESET_NOT_SENT;
    case MBUS_PART_REQUEST:
      return MBUS_READ_ERROR_REQUEST_NOT_SENT;
    case MBUS_PART_SELECTION:
      return MBUS_READ_ERROR_SELECTION_NOT_SENT;
    case MBUS_PART_SEARCH_SELECTION:
      return MBUS_READ_ERROR_SEARCH_SELECTION_NOT_SENT;
    case MBUS_PART_SEARCH_REQUEST:
      return MBUS_READ_ERROR_SEARCH_REQUEST_NOT_SENT;
    case MBUS_PART_NONE:
      break;
    }
  return MBUS_READ_ERROR_NOT_STARTED;
}

/* A line that is lost while an answer is waited for has not let the exchange come to its end, as a port that
 * has not sent has not: port and converter are where to look. */
static MbusReadError
get_stopped (MbusPart part, const GError *reason)
{
  if (g_error_matches (reason, AMSEL_READ_ERROR, AMSEL_READ_ERROR_CANCELLED))
    return MBUS_READ_ERROR_STOPPED;
  if (reason->domain == AMSEL_TRANSPORT_ERROR)
    return get_not_sent (part);
  return MBUS_READ_ERROR_INTERNAL;
}

MbusReadError
mbus_error_get_unasked (MbusPart part, const AmselAnswer *answer)
{
  switch (answer->status)
    {
    case AMSEL_ANSWER_NOT_BEGUN:
      return g_error_matches (answer->error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SETTINGS)
                 ? MBUS_READ_ERROR_PORT_SETTINGS
                 : get_not_begun (part);
    case AMSEL_ANSWER_NOT_SENT:
      return get_not_sent (part);
    case AMSEL_ANSWER_STOPPED:
      return get_stopped (part, answer->error);
    case AMSEL_ANSWER_NONE:
    case AMSEL_ANSWER_FRAME:
    case AMSEL_ANSWER_SILENCE:
    case AMSEL_ANSWER_DAMAGED:
    case AMSEL_ANSWER_COLLISION:
    case AMSEL_ANSWER_SENT:
      break;
    }
  return MBUS_READ_ERROR_NONE;
}

const gchar *
mbus_error_get_sentence (gint code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (SENTENCES); i++)
    if (SENTENCES[i].code == code)
      return SENTENCES[i].sentence;
  return "The reading failed for a reason that has no number of its own.";
}
