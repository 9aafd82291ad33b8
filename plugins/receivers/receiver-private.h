/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the receivers share: plausible telegrams, lines of text, checksums. */
#pragma once

#include "receiver.h"

G_BEGIN_DECLS

/* L, C, M and A: no telegram is shorter. */
#define RECEIVER_HEADER_LENGTH 10

/* Whether bytes from the L field on can be a telegram: a length, a C field of EN 13757-4 and three letters of
 * a manufacturer. At least RECEIVER_HEADER_LENGTH bytes. Where there are no checksums it is all there is to
 * go by. */
gboolean receiver_is_plausible (const guint8 *data);

/* Begins a telegram message. FALSE with RECEIVER_ERROR_WRONG_LENGTH where it is too long or too short. Where
 * with_l is FALSE the bytes begin with the C field and the L field is put before them. */
gboolean receiver_set_telegram (ReceiverMessage *out, const guint8 *data, gsize length, gboolean with_l,
                                GError **error);

/* Reads the text of a line, without its end, into out. */
typedef gboolean (*ReceiverReadLine) (const gchar *line, gsize length, ReceiverMessage *out, GError **error);

/* ReceiverKind.find for receivers that speak in lines: takes one and reads it. MORE where it has not ended,
 * DAMAGED where it is longer than any message. Empty lines are skipped. */
AmselFrameStatus receiver_find_in_line (const guint8 *data, gsize length, gsize *used,
                                        ReceiverReadLine read_line, ReceiverMessage *out, GError **error);

/* Turns hexadecimal digits, blanks between them allowed, into the telegram of out. column is for the message:
 * where the digits begin in the line, from 1 on. */
gboolean receiver_parse_hex (const gchar *text, gsize length, gsize column, ReceiverMessage *out,
                             GError **error);

/* Status with an error: the first used bytes are nothing. */
AmselFrameStatus receiver_refuse (gsize *used, gsize n, GError **error, ReceiverError code,
                                  const gchar *format, ...) G_GNUC_PRINTF (5, 6);

/* The checksum of IMST's receivers: CRC-16 of X.25, of which the complement is sent. */
guint16 receiver_crc16 (const guint8 *data, gsize length);

/* “2024-05-01 10:11:12[.345]” in local time, or with T and Z or an offset; 0 where it is none. */
gint64 receiver_parse_time (const gchar *text, gsize length);

/* S1, T2, C1, ... to a mode. */
ReceiverMode receiver_parse_mode (const gchar *text, gsize length);

/* An RSSI that can be true: below 0 and not below the noise of any receiver; else AMSEL_RSSI_UNKNOWN. */
gint receiver_check_rssi (gdouble dbm);

G_END_DECLS
