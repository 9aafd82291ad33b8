/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing JSON to the end of a buffer that the caller keeps: once the buffer has grown to the size of the
 * largest text, nothing is allocated any more. It writes what it is told in the order in which it is told;
 * that brackets and keys come in the right order is the caller's part. For C only: other languages have their
 * own. */
#pragma once

#include <string.h>

#include "amsel-macros.h"

G_BEGIN_DECLS

#ifndef __GI_SCANNER__

/* Digits of the largest integer. */
#define AMSEL_JSON_INTEGER_CHARS 20

/* Begin with AMSEL_JSON_INIT, end with amsel_json_clear(). */
typedef struct
{
  gchar *text;      /* (owned) (nullable): always ends with a zero once something was written */
  gsize length;     /* without the zero */
  gsize allocated;  /* size of text */
  gboolean follows; /* whether a comma must precede the next key or value */
} AmselJson;

#define AMSEL_JSON_INIT                                                                                      \
  {                                                                                                          \
    NULL, 0, 0, FALSE                                                                                        \
  }

AMSEL_API void amsel_json_clear (AmselJson *self);
AMSEL_API void amsel_json_grow (AmselJson *self, gsize n);
AMSEL_API void amsel_json_string (AmselJson *self, const gchar *text);
AMSEL_API void amsel_json_string_n (AmselJson *self, const gchar *text, gsize length);
AMSEL_API gchar *amsel_json_put_many_digits (gchar *at, guint64 value);
AMSEL_API void amsel_json_uint (AmselJson *self, guint64 value);
AMSEL_API void amsel_json_int (AmselJson *self, gint64 value);
AMSEL_API void amsel_json_hex_digits (AmselJson *self, const guint8 *data, gsize length);
AMSEL_API void amsel_json_hex (AmselJson *self, const guint8 *data, gsize length);
AMSEL_API void amsel_json_number (AmselJson *self, const gchar *digits);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AmselJson, amsel_json_clear)

/* Makes room for n characters more and the zero. */
static inline void
amsel_json_reserve (AmselJson *self, gsize n)
{
  if (G_UNLIKELY (self->allocated - self->length <= n))
    amsel_json_grow (self, n);
}

/* Empties the buffer and keeps it. */
static inline void
amsel_json_reset (AmselJson *self)
{
  self->length = 0;
  self->follows = FALSE;
}

/* For texts that are put together of many constants: makes room for n characters and the zero, and gives the
 * place of the first one. Nothing else may be written until amsel_json_end_text(). */
static inline gchar *
amsel_json_begin_text (AmselJson *self, gsize n)
{
  amsel_json_reserve (self, n);
  return self->text + self->length;
}

/* The text goes up to here. */
static inline void
amsel_json_end_text (AmselJson *self, gchar *end)
{
  *end = '\0';
  self->length = (gsize) (end - self->text);
}

/* Puts characters at a place of such a text; returns the place behind them. */
static inline gchar *
amsel_json_put_n (gchar *at, const gchar *text, gsize n)
{
  memcpy (at, text, n);
  return at + n;
}

#define amsel_json_put_literal(at, text) amsel_json_put_n ((at), "" text "", sizeof (text) - 1)

static inline gchar *
amsel_json_put (gchar *at, const gchar *text)
{
  return amsel_json_put_n (at, text, strlen (text));
}

/* The digits of an integer, at most AMSEL_JSON_INTEGER_CHARS. */
static inline gchar *
amsel_json_put_digits (gchar *at, guint64 value)
{
  if (G_UNLIKELY (value >= 10))
    return amsel_json_put_many_digits (at, value);
  *at = (gchar) ('0' + value);
  return at + 1;
}

/* Appends characters as they are. */
static inline void
amsel_json_raw_n (AmselJson *self, const gchar *text, gsize n)
{
  amsel_json_reserve (self, n);
  memcpy (self->text + self->length, text, n);
  self->length += n;
  self->text[self->length] = '\0';
}

/* Appends a string constant as it is: for texts whose shape is known when the program is written. */
#define amsel_json_literal(self, text) amsel_json_raw_n ((self), "" text "", sizeof (text) - 1)

/* Appends the characters of a string as they are. */
static inline void
amsel_json_raw (AmselJson *self, const gchar *text)
{
  amsel_json_raw_n (self, text, strlen (text));
}

/* A comma where one is due. */
static inline void
amsel_json_separate (AmselJson *self)
{
  amsel_json_reserve (self, 1);
  self->text[self->length] = ',';
  self->length += self->follows ? 1 : 0;
  self->follows = FALSE;
}

/* The digits of an integer as they are. */
static inline void
amsel_json_digits (AmselJson *self, guint64 value)
{
  amsel_json_end_text (self,
                       amsel_json_put_digits (amsel_json_begin_text (self, AMSEL_JSON_INTEGER_CHARS), value));
}

/* A comma where one is due, then an opening bracket. */
static inline void
amsel_json_open (AmselJson *self, gchar bracket)
{
  amsel_json_reserve (self, 2);
  self->text[self->length] = ',';
  self->length += self->follows ? 1 : 0;
  self->text[self->length++] = bracket;
  self->text[self->length] = '\0';
  self->follows = FALSE;
}

static inline void
amsel_json_close (AmselJson *self, gchar bracket)
{
  amsel_json_raw_n (self, &bracket, 1);
  self->follows = TRUE;
}

static inline void
amsel_json_begin_object (AmselJson *self)
{
  amsel_json_open (self, '{');
}

static inline void
amsel_json_end_object (AmselJson *self)
{
  amsel_json_close (self, '}');
}

static inline void
amsel_json_begin_array (AmselJson *self)
{
  amsel_json_open (self, '[');
}

static inline void
amsel_json_end_array (AmselJson *self)
{
  amsel_json_close (self, ']');
}

/* A key. It must need no escapes, as names in programs do not; for others use amsel_json_string() and
 * amsel_json_colon(). */
static inline void
amsel_json_key (AmselJson *self, const gchar *name)
{
  gsize n = strlen (name);
  gchar *end;

  amsel_json_reserve (self, n + 4);
  end = self->text + self->length;
  *end = ',';
  end += self->follows ? 1 : 0;
  *end++ = '"';
  memcpy (end, name, n);
  end += n;
  *end++ = '"';
  *end++ = ':';
  *end = '\0';
  self->length = (gsize) (end - self->text);
  self->follows = FALSE;
}

/* Makes a key of the string that was written last. */
static inline void
amsel_json_colon (AmselJson *self)
{
  amsel_json_raw_n (self, ":", 1);
  self->follows = FALSE;
}

/* A value that stands for itself and needs no escapes: true, null, digits. */
static inline void
amsel_json_word_n (AmselJson *self, const gchar *word, gsize n)
{
  gchar *end;

  amsel_json_reserve (self, n + 1);
  end = self->text + self->length;
  *end = ',';
  end += self->follows ? 1 : 0;
  memcpy (end, word, n);
  end += n;
  *end = '\0';
  self->length = (gsize) (end - self->text);
  self->follows = TRUE;
}

/* A string that needs no escapes: a name of an enumeration, a date. */
static inline void
amsel_json_name (AmselJson *self, const gchar *name)
{
  gsize n = strlen (name);
  gchar *end;

  amsel_json_reserve (self, n + 3);
  end = self->text + self->length;
  *end = ',';
  end += self->follows ? 1 : 0;
  *end++ = '"';
  memcpy (end, name, n);
  end += n;
  *end++ = '"';
  *end = '\0';
  self->length = (gsize) (end - self->text);
  self->follows = TRUE;
}

static inline void
amsel_json_boolean (AmselJson *self, gboolean value)
{
  if (value)
    amsel_json_word_n (self, "true", 4);
  else
    amsel_json_word_n (self, "false", 5);
}

static inline void
amsel_json_null (AmselJson *self)
{
  amsel_json_word_n (self, "null", 4);
}

#endif /* __GI_SCANNER__ */

G_END_DECLS
