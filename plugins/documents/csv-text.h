/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a CSV file looks: separator, quotes, decimal mark, line ends, encoding. */
#pragma once

#include <glib.h>

typedef struct
{
  gchar separator;
  gchar decimal;          /* '.' or ',' */
  const gchar *line_end;  /* static */
  gboolean quote_numbers; /* the decimal mark is the separator */
  GIConv converter;       /* (GIConv) -1 for UTF-8, which needs none */
  guint8 special[256];    /* 1 for characters that a field cannot have without quotes */
} CsvDialect;

#define CSV_NO_CONVERTER ((GIConv) -1)

gboolean csv_dialect_init (CsvDialect *self, const gchar *separator, gchar decimal, const gchar *line_end,
                           const gchar *encoding, GError **error);
void csv_dialect_clear (CsvDialect *self);
void csv_dialect_write_text (const CsvDialect *self, GString *out, const gchar *text, gsize length);
void csv_dialect_write_number (const CsvDialect *self, GString *out, const gchar *digits, gsize length);
void csv_dialect_encode (const CsvDialect *self, const gchar *text, gsize length, GString *out);
