/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of CI fields. */
#include "en13757-ci.h"

/* Ranges without a row of their own. */
#define LAST_DLMS   0x1F
#define FIRST_MAKER 0xA0
#define LAST_MAKER  0xB7

/* Means two things: the fixed data structure on a cable, and a compact frame by radio. */
#define FIXED_OR_COMPACT 0x73

typedef struct
{
  const gchar *name;
  En13757Ci ci;
} Row;

#define NONE  0
#define SHORT EN13757_SHORT_HEADER_LENGTH
#define LONG  EN13757_LONG_HEADER_LENGTH

static const Row ROWS[256] = {
  [0x50] = { "application reset or selection", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0x51] = { "command", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0x52] = { "selection of a slave", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0x53] = { "application reset or selection, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
  [0x54] = { "request of the selected application", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0x55] = { "request of the selected application, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
  [0x5A] = { "command, short header", { EN13757_CONTENT_OTHER, SHORT, FALSE } },
  [0x5B] = { "command, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
  [0x5C] = { "synchronisation", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0x5F] = { "specific usage, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
  [0x60] = { "COSEM command, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
  [0x61] = { "COSEM command, short header", { EN13757_CONTENT_OTHER, SHORT, FALSE } },
  [0x64] = { "OBIS command, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
  [0x65] = { "OBIS command, short header", { EN13757_CONTENT_OTHER, SHORT, FALSE } },
  [0x66] = { "selected application", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0x67] = { "selected application, short header", { EN13757_CONTENT_OTHER, SHORT, FALSE } },
  [0x68] = { "selected application, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
  [0x69] = { "format frame", { EN13757_CONTENT_FORMAT, NONE, FALSE } },
  [0x6A] = { "format frame, short header", { EN13757_CONTENT_FORMAT, SHORT, FALSE } },
  [0x6B] = { "format frame, long header", { EN13757_CONTENT_FORMAT, LONG, FALSE } },
  [0x6C] = { "clock, absolute, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
  [0x6D] = { "clock, relative, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
  [0x6E] = { "application error, short header", { EN13757_CONTENT_ERROR, SHORT, FALSE } },
  [0x6F] = { "application error, long header", { EN13757_CONTENT_ERROR, LONG, FALSE } },
  [0x70] = { "application error", { EN13757_CONTENT_ERROR, NONE, FALSE } },
  [0x71] = { "alarm", { EN13757_CONTENT_ALARM, NONE, FALSE } },
  [0x72] = { "response, long header", { EN13757_CONTENT_RECORDS, LONG, FALSE } },
  [0x73] = { "fixed data or compact frame", { EN13757_CONTENT_FIXED, NONE, FALSE } },
  [0x74] = { "alarm, short header", { EN13757_CONTENT_ALARM, SHORT, FALSE } },
  [0x75] = { "alarm, long header", { EN13757_CONTENT_ALARM, LONG, FALSE } },
  [0x76] = { "response in mode 2, long header", { EN13757_CONTENT_RECORDS, LONG, TRUE } },
  [0x77] = { "fixed data in mode 2", { EN13757_CONTENT_FIXED, NONE, TRUE } },
  [0x78] = { "response", { EN13757_CONTENT_RECORDS, NONE, FALSE } },
  [0x79] = { "compact frame", { EN13757_CONTENT_COMPACT, NONE, FALSE } },
  [0x7A] = { "response, short header", { EN13757_CONTENT_RECORDS, SHORT, FALSE } },
  [0x7B] = { "compact frame, short header", { EN13757_CONTENT_COMPACT, SHORT, FALSE } },
  [0x7C] = { "COSEM response, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
  [0x7D] = { "COSEM response, short header", { EN13757_CONTENT_OTHER, SHORT, FALSE } },
  [0x7E] = { "OBIS response, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
  [0x7F] = { "OBIS response, short header", { EN13757_CONTENT_OTHER, SHORT, FALSE } },
  [0x80] = { "transport layer to the meter, long header", { EN13757_CONTENT_NOTHING, LONG, FALSE } },
  [0x81] = { "network layer", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0x82] = { "network management to the meter, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
  [0x83] = { "network management to the meter", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0x84] = { "request of a compact frame, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
  [0x85] = { "request of a format frame, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
  [0x86] = { "extended link layer V", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0x87] = { "network management, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
  [0x88] = { "network management, short header", { EN13757_CONTENT_OTHER, SHORT, FALSE } },
  [0x89] = { "network management", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0x8A] = { "transport layer, short header", { EN13757_CONTENT_NOTHING, SHORT, FALSE } },
  [0x8B] = { "transport layer, long header", { EN13757_CONTENT_NOTHING, LONG, FALSE } },
  [0x8C] = { "extended link layer I", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0x8D] = { "extended link layer II", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0x8E] = { "extended link layer III", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0x8F] = { "extended link layer IV", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0x90] = { "authentication and fragmentation layer", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0x9E] = { "specific usage, short header", { EN13757_CONTENT_OTHER, SHORT, FALSE } },
  [0x9F] = { "specific usage, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
  [0xB8] = { "baud rate 300", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0xB9] = { "baud rate 600", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0xBA] = { "baud rate 1200", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0xBB] = { "baud rate 2400", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0xBC] = { "baud rate 4800", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0xBD] = { "baud rate 9600", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0xBE] = { "baud rate 19200", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0xBF] = { "baud rate 38400", { EN13757_CONTENT_OTHER, NONE, FALSE } },
  [0xC0] = { "image transfer, command, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
  [0xC1] = { "image transfer, response, short header", { EN13757_CONTENT_OTHER, SHORT, FALSE } },
  [0xC2] = { "image transfer, response, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
  [0xC3] = { "security information, command, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
  [0xC4] = { "security information, response, short header", { EN13757_CONTENT_OTHER, SHORT, FALSE } },
  [0xC5] = { "security information, response, long header", { EN13757_CONTENT_OTHER, LONG, FALSE } },
};

En13757Ci
en13757_ci_get (guint8 code, gboolean wireless)
{
  if (code >= FIRST_MAKER && code <= LAST_MAKER)
    return (En13757Ci){ EN13757_CONTENT_MAKER, NONE, FALSE };
  if (code == FIXED_OR_COMPACT && wireless)
    return (En13757Ci){ EN13757_CONTENT_COMPACT, LONG, FALSE };
  return ROWS[code].ci;
}

const gchar *
en13757_ci_get_name (guint8 code)
{
  if (ROWS[code].name != NULL)
    return ROWS[code].name;
  if (code <= LAST_DLMS)
    return "DLMS";
  return code >= FIRST_MAKER && code <= LAST_MAKER ? "manufacturer's own" : "reserved";
}
