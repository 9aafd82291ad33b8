/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which meters are meant: identification number, manufacturer, version and medium, of which any may be
 * anything.
 *
 *   12345678             eight digits; F in place of digits that may be anything
 *   12345678.SEN.33.04   with manufacturer, version and medium (hexadecimal); - for any
 *   12345678.B092.01.02  the manufacturer as four hexadecimal digits, for meters that set its top bit
 */
#pragma once

#include <amsel.h>

G_BEGIN_DECLS

/* Wildcards of a selection, EN 13757-7 clause 7: a digit F of the identification number, and these. */
#define EN13757_ANY_MANUFACTURER 0xFFFF
#define EN13757_ANY_BYTE         0xFF

#define EN13757_ID_DIGITS 8

typedef struct
{
  guint32 id;           /* eight digits of four bits, F = any */
  guint16 manufacturer; /* EN13757_ANY_MANUFACTURER = any */
  guint8 version;       /* EN13757_ANY_BYTE = any */
  guint8 medium;        /* EN13757_ANY_BYTE = any */
} En13757Selection;

/* Reads a selection. Where it is none, returns what was expected and in which column, from 0. */
const gchar *en13757_selection_parse (const gchar *text, En13757Selection *out, gsize *out_column);
/* The eight digits that an address begins with. */
gboolean en13757_selection_parse_digits (const gchar *text, guint32 *out);
/* One of the parts behind them: 0 is the manufacturer, 1 the version, 2 the medium. Where it is none, returns
 * what was expected; text may be NULL. */
#define EN13757_SELECTION_PARTS 3
const gchar *en13757_selection_parse_part (const gchar *text, guint part, En13757Selection *out);
/* Whether a meter of this identity is meant. The top bit of the manufacturer says nothing of the meter. */
gboolean en13757_selection_matches (const En13757Selection *self, const AmselIdentity *identity);
/* Whether no digit of the identification number is a wildcard. */
gboolean en13757_selection_has_whole_id (const En13757Selection *self);

G_END_DECLS
