/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The input of `amsel decode`: bounded lines out of a stream, and a line to bytes. Pure.
 *
 *   68 5E 5E 68 08 ... 16            hexadecimal digits, blanks between bytes
 *   2E44...;00112233445566778899AABBCCDDEEFF   with the key of the meter
 *   T1;1;1;2019-04-03 ...;0x6E44...            what receivers print, which their protocol understands
 *   # a comment, also at the end of a line
 */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

/* Longest line that is read: many times the longest telegram. */
#define DECODE_LINE_MAX (64 * 1024)

#define DECODE_KEY_LENGTH 16

/* Hexadecimal digits of a key, with the terminating zero. */
#define DECODE_KEY_CHARS (2 * DECODE_KEY_LENGTH + 1)

/* Faults of a line (domain "decode"). */
typedef enum
{
  DECODE_ERROR_NONE,
  DECODE_ERROR_NOT_HEX,       /* something else than hexadecimal digits and blanks */
  DECODE_ERROR_HALF_BYTE,     /* a digit without its second one */
  DECODE_ERROR_NO_TELEGRAM,   /* a key, but no telegram before it */
  DECODE_ERROR_BAD_KEY,       /* what follows the semicolon is no key */
  DECODE_ERROR_LINE_TOO_LONG, /* more than DECODE_LINE_MAX characters */
} DecodeError;

#define DECODE_TYPE_ERROR (decode_error_get_type ())
GType decode_error_get_type (void) G_GNUC_CONST;
#define DECODE_ERROR (decode_error_quark ())
GQuark decode_error_quark (void);

/* A line is given without its end. cut says that it was longer than DECODE_LINE_MAX and only its beginning is
 * here. */
typedef void (*DecodeLineFunc) (const gchar *line, gsize length, gboolean cut, gpointer user_data);

typedef struct
{
  GByteArray *pending; /* (owned): beginning of a line whose end has not come */
  gboolean cut;
} DecodeSplitter;

void decode_splitter_init (DecodeSplitter *self);
void decode_splitter_clear (DecodeSplitter *self);
/* Takes the next bytes of the stream and calls func for each line that they end. */
void decode_splitter_feed (DecodeSplitter *self, const gchar *data, gsize length, DecodeLineFunc func,
                           gpointer user_data);
/* The stream is over: a last line may have no end. */
void decode_splitter_end (DecodeSplitter *self, DecodeLineFunc func, gpointer user_data);

typedef struct
{
  GByteArray *bytes;           /* (owned): the telegram; empty where the line has only blanks or a comment */
  GString *text;               /* (owned): what a receiver has printed, where the line is not hexadecimal */
  gchar key[DECODE_KEY_CHARS]; /* upper-case digits; empty where the line has none */
} DecodeLine;

void decode_line_init (DecodeLine *self);
void decode_line_clear (DecodeLine *self);
/* Reads a line into self, whose buffer is used again. */
gboolean decode_line_parse (DecodeLine *self, const gchar *line, gsize length, GError **error);
/* Takes a line that is not hexadecimal as text; a key may follow it behind a semicolon. */
void decode_line_take_text (DecodeLine *self, const gchar *line, gsize length);

G_END_DECLS
