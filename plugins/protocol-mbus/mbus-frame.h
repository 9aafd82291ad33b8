/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Frames of wired M-Bus (EN 13757-2, format class FT1.2 of EN 60870-5-1): finding, checking and building
 * them.
 *
 *   acknowledgement   E5
 *   short frame       10 C A checksum 16
 *   long frame        68 L L 68 C A CI data checksum 16   (a control frame is one without data)
 *
 * All of it is pure. The master and the simulated meters use the same functions. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

/* Start and stop characters. */
#define MBUS_ACK         0xE5
#define MBUS_START_SHORT 0x10
#define MBUS_START_LONG  0x68
#define MBUS_STOP        0x16

/* Lengths in bytes. */
#define MBUS_SHORT_LENGTH  5
#define MBUS_LONG_OVERHEAD 6   /* 68 L L 68 before what L counts, checksum and 16 after it */
#define MBUS_LONG_MIN      3   /* least L: C, A and CI */
#define MBUS_LONG_MAX      255 /* largest L */
#define MBUS_DATA_MAX      (MBUS_LONG_MAX - MBUS_LONG_MIN)
#define MBUS_FRAME_MAX     (MBUS_LONG_MAX + MBUS_LONG_OVERHEAD)
#define MBUS_DATA_OFFSET   7 /* first byte after the CI field of a long frame */

/* Control fields, EN 13757-2 clause 5.7.5: functions of the master with PRM set and FCB clear, and of the
 * meter. */
#define MBUS_C_SND_NKE 0x40
#define MBUS_C_SND_UD  0x53
#define MBUS_C_REQ_UD2 0x5B
#define MBUS_C_REQ_UD1 0x5A
#define MBUS_C_RSP_UD  0x08
#define MBUS_C_FCB     0x20 /* frame count bit, from the master */
#define MBUS_C_FCV     0x10 /* the frame count bit is valid, from the master */
#define MBUS_C_PRM     0x40 /* from the master */
#define MBUS_C_ACD     0x20 /* the meter has data of class 1 */
#define MBUS_C_DFC     0x10 /* the meter cannot take more data now */

/* Control information fields, EN 13757-3 clause 5 and EN 13757-7 clause 5. */
#define MBUS_CI_RESET          0x50 /* application reset */
#define MBUS_CI_SEND           0x51 /* data for the meter */
#define MBUS_CI_SELECT         0x52 /* selection by secondary address */
#define MBUS_CI_ERROR          0x70 /* report of an application error */
#define MBUS_CI_ALARM          0x71 /* report of an alarm */
#define MBUS_CI_RESPONSE       0x72 /* values with the long header */
#define MBUS_CI_FIXED          0x73 /* values of the old fixed structure */
#define MBUS_CI_RESPONSE_MODE2 0x76 /* 72h with multi-byte values most significant byte first */
#define MBUS_CI_FIXED_MODE2    0x77 /* 73h with multi-byte values most significant byte first */
#define MBUS_CI_SHORT          0x7A /* values with the short header */
#define MBUS_CI_BAUD_FIRST     0xB8 /* change to 300 Bd; the next ones double it */
#define MBUS_CI_BAUD_LAST      0xBF /* change to 38400 Bd */
#define MBUS_CI_NO_HEADER      0x78 /* values without header */

/* Primary addresses, EN 13757-2 clause 5.7.6. */
#define MBUS_ADDRESS_UNCONFIGURED 0   /* a meter as it leaves the factory */
#define MBUS_ADDRESS_LAST         250 /* last address of a meter */
#define MBUS_ADDRESS_SELECTED     253 /* the meter that was selected by its secondary address */
#define MBUS_ADDRESS_TEST         254 /* every meter answers: only for a line with one meter */
#define MBUS_ADDRESS_BROADCAST    255 /* every meter obeys, none answers */

#define MBUS_SELECTION_LENGTH 8 /* identification 4, manufacturer 2, version 1, medium 1 */

/* What is wrong with a frame (domain "mbus-frame"): the numbers of the AMS table. */
typedef enum
{
  MBUS_FRAME_ERROR_NONE = 0,
  MBUS_FRAME_ERROR_WRONG_FIRST_START = 131329,  /* the first byte begins no frame */
  MBUS_FRAME_ERROR_WRONG_SECOND_START = 131330, /* the start character is not repeated after the lengths */
  MBUS_FRAME_ERROR_WRONG_STOP = 131331,         /* the last byte is not 16h */
  MBUS_FRAME_ERROR_WRONG_CHECKSUM = 131332,     /* the checksum does not fit the bytes */
  MBUS_FRAME_ERROR_LENGTH_MISMATCH = 131333,    /* the two length bytes differ */
  MBUS_FRAME_ERROR_WRONG_LENGTH = 131334,       /* the length does not fit the frame */
} MbusFrameError;

#define MBUS_TYPE_FRAME_ERROR (mbus_frame_error_get_type ())
GType mbus_frame_error_get_type (void) G_GNUC_CONST;
#define MBUS_FRAME_ERROR (mbus_frame_error_quark ())
GQuark mbus_frame_error_quark (void);

typedef enum
{
  MBUS_FRAME_KIND_NONE,
  MBUS_FRAME_KIND_ACK,
  MBUS_FRAME_KIND_SHORT,
  MBUS_FRAME_KIND_LONG,
} MbusFrameKind;

/* The fields of a frame. data is empty unless the frame is long. */
typedef struct
{
  MbusFrameKind kind;
  guint8 c;
  guint8 a;
  guint8 ci;
  const guint8 *data; /* (unowned): what follows the CI field, inside the frame */
  gsize data_length;
} MbusFrame;

/* Looks for a frame at the beginning of data. COMPLETE: the first *used bytes are a sound frame. MORE: they
 * may become one. DAMAGED: the first *used bytes (at least one) are no frame and error says why; the next
 * sound or possible frame, if there is any, begins after them. */
AmselFrameStatus mbus_frame_find (const guint8 *data, gsize length, gsize *used, GError **error);

/* Reads the fields of bytes that must be exactly one frame. out->data points into data. */
gboolean mbus_frame_parse (const guint8 *data, gsize length, MbusFrame *out, GError **error);

/* Sum of bytes modulo 256, as all frames have it over C to the last byte of data. */
guint8 mbus_frame_checksum (const guint8 *data, gsize length);

/* Builders. fcb is the frame count bit. data_length is at most MBUS_DATA_MAX. */
GBytes *mbus_frame_new_ack (void);
GBytes *mbus_frame_new_short (guint8 c, guint8 a);
GBytes *mbus_frame_new_long (guint8 c, guint8 a, guint8 ci, const guint8 *data, gsize data_length);
GBytes *mbus_frame_new_snd_nke (guint8 a);
GBytes *mbus_frame_new_req_ud2 (guint8 a, gboolean fcb);
GBytes *mbus_frame_new_req_ud1 (guint8 a, gboolean fcb);
GBytes *mbus_frame_new_snd_ud (guint8 a, gboolean fcb, guint8 ci, const guint8 *data, gsize data_length);
GBytes *mbus_frame_new_select (gboolean fcb, const guint8 selection[MBUS_SELECTION_LENGTH]);
GBytes *mbus_frame_new_rsp_ud (guint8 a, guint8 ci, const guint8 *data, gsize data_length);

G_END_DECLS
