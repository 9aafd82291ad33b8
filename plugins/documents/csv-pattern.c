/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* File names made of fields.
 *
 * What comes from a meter or a configuration goes into a name only after it has been made harmless: it cannot
 * contain a separator, cannot begin with a dot and is never empty or long, so no name leaves its directory.
 */
#include "csv-pattern.h"

#include <string.h>

#include "amsel-error.h"

/* bytes of one field's content in a name; file systems allow 255 for the whole */
#define FIELD_MAX 64
#define PARTS_MAX 32

/* stand for a time that is not known yet; nothing else in a name is a control character */
#define MADE_MARK       '\x01'
#define MADE_MONTH_MARK '\x02'

typedef enum
{
  FIELD_LITERAL,
  FIELD_PIPELINE,
  FIELD_LINE,
  FIELD_METER,
  FIELD_PROTOCOL,
  FIELD_EXPORTER,
  FIELD_SERIAL,
  FIELD_NUMBER,
  FIELD_ID,
  FIELD_MANUFACTURER,
  FIELD_MEDIUM,
  FIELD_YEAR,
  FIELD_MONTH,
  FIELD_DATE,
  FIELD_HOUR,
  FIELD_MINUTE,
  FIELD_TIME,
  FIELD_MADE,
  FIELD_MADE_MONTH,
} Field;

static const gchar *const FIELD_NAMES[] = {
  [FIELD_PIPELINE] = "pipeline", [FIELD_LINE] = "line",     [FIELD_METER] = "meter",
  [FIELD_PROTOCOL] = "protocol", [FIELD_SERIAL] = "serial", [FIELD_NUMBER] = "number",
  [FIELD_EXPORTER] = "exporter", [FIELD_ID] = "id",         [FIELD_MANUFACTURER] = "manufacturer",
  [FIELD_MEDIUM] = "medium",     [FIELD_YEAR] = "year",     [FIELD_MONTH] = "month",
  [FIELD_DATE] = "date",         [FIELD_HOUR] = "hour",     [FIELD_MINUTE] = "minute",
  [FIELD_TIME] = "time",         [FIELD_MADE] = "made",     [FIELD_MADE_MONTH] = "made-month",
};

typedef struct
{
  Field field;
  gchar *literal; /* (owned) (nullable) */
} Part;

struct _CsvPattern
{
  guint n_parts;
  Part parts[PARTS_MAX];
  gchar *serial; /* (owned) (nullable): instead of the name of the line */
};

static gboolean
complain (GError **error, const gchar *text, const gchar *what)
{
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, "file: “%s”: %s", text, what);
  return FALSE;
}

static Field
find_field (const gchar *name, gsize length)
{
  for (guint i = FIELD_PIPELINE; i < G_N_ELEMENTS (FIELD_NAMES); i++)
    if (strlen (FIELD_NAMES[i]) == length && strncmp (FIELD_NAMES[i], name, length) == 0)
      return (Field) i;
  return FIELD_LITERAL;
}

static gboolean
unknown_field (GError **error, const gchar *text, const gchar *name, gsize length)
{
  g_autoptr (GString) known = g_string_new (NULL);
  g_autofree gchar *what = NULL;

  for (guint i = FIELD_PIPELINE; i < G_N_ELEMENTS (FIELD_NAMES); i++)
    g_string_append_printf (known, "%s{%s}", known->len > 0 ? ", " : "", FIELD_NAMES[i]);
  what =
      g_strdup_printf ("no field is called {%.*s}; there are %s", (int) MIN (length, 40), name, known->str);
  return complain (error, text, what);
}

static gboolean
add_part (CsvPattern *self, const gchar *text, const gchar *begin, gsize length, Field field, GError **error)
{
  if (field == FIELD_LITERAL && length == 0)
    return TRUE;
  if (self->n_parts == PARTS_MAX)
    return complain (error, text, "has too many fields");
  self->parts[self->n_parts].field = field;
  self->parts[self->n_parts++].literal = field == FIELD_LITERAL ? g_strndup (begin, length) : NULL;
  return TRUE;
}

static gboolean
parse (CsvPattern *self, const gchar *text, GError **error)
{
  const gchar *p = text;

  while (*p != '\0')
    {
      gsize n = strcspn (p, "{}");
      const gchar *close;
      Field field;

      if (!add_part (self, text, p, n, FIELD_LITERAL, error))
        return FALSE;
      p += n;
      if (*p == '\0')
        return TRUE;
      close = *p == '{' ? strchr (p, '}') : NULL;
      if (close == NULL)
        return complain (error, text, "has a brace without its partner");
      field = find_field (p + 1, (gsize) (close - p - 1));
      if (field == FIELD_LITERAL)
        return unknown_field (error, text, p + 1, (gsize) (close - p - 1));
      if (!add_part (self, text, p, 0, field, error))
        return FALSE;
      p = close + 1;
    }
  return TRUE;
}

/* The literal text must not lead out of the directory either. */
static gboolean
check_path (const gchar *text, GError **error)
{
  g_auto (GStrv) components = g_strsplit (text, "/", -1);

  for (const gchar *p = text; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      return complain (error, text, "has a control character");
  if (!g_utf8_validate (text, -1, NULL))
    return complain (error, text, "is not UTF-8");
  for (guint i = 0; components[i] != NULL; i++)
    if (components[i][0] == '\0' || g_str_equal (components[i], ".") || g_str_equal (components[i], ".."))
      return complain (error, text, "must be a name below the directory, without empty parts, . and ..");
  return TRUE;
}

/* Reads a pattern; the error is an AmselConfigError that names the setting. */
CsvPattern *
csv_pattern_new (const gchar *text, const gchar *serial, GError **error)
{
  g_autoptr (CsvPattern) self = g_new0 (CsvPattern, 1);

  if (text == NULL || *text == '\0')
    {
      complain (error, "", "a name is needed");
      return NULL;
    }
  if (!check_path (text, error) || !parse (self, text, error))
    return NULL;
  self->serial = g_strdup (serial);
  return g_steal_pointer (&self);
}

static gboolean
has (const CsvPattern *self, Field first, Field last)
{
  for (guint i = 0; i < self->n_parts; i++)
    if (self->parts[i].field >= first && self->parts[i].field <= last)
      return TRUE;
  return FALSE;
}

/* Whether times of the data are in the name. */
gboolean
csv_pattern_has_period (const CsvPattern *self)
{
  return has (self, FIELD_YEAR, FIELD_TIME);
}

/* Whether the time at which a file was made is in its name. */
gboolean
csv_pattern_has_made (const CsvPattern *self)
{
  return has (self, FIELD_MADE, FIELD_MADE_MONTH);
}

void
csv_pattern_free (CsvPattern *self)
{
  for (guint i = 0; i < self->n_parts; i++)
    g_free (self->parts[i].literal);
  g_free (self->serial);
  g_free (self);
}

/* The finest field of time says how long a file lasts. */
void
csv_pattern_get_period (const CsvPattern *self, CsvPeriod *out)
{
  static const struct
  {
    Field field;
    CsvPeriod period;
  } periods[] = {
    { FIELD_TIME, { CSV_PERIOD_SPAN, G_TIME_SPAN_SECOND } },
    { FIELD_MINUTE, { CSV_PERIOD_SPAN, G_TIME_SPAN_MINUTE } },
    { FIELD_HOUR, { CSV_PERIOD_SPAN, G_TIME_SPAN_HOUR } },
    { FIELD_DATE, { CSV_PERIOD_SPAN, G_TIME_SPAN_DAY } },
    { FIELD_MONTH, { CSV_PERIOD_MONTH, 0 } },
    { FIELD_YEAR, { CSV_PERIOD_YEAR, 0 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (periods); i++)
    for (guint k = 0; k < self->n_parts; k++)
      if (self->parts[k].field == periods[i].field)
        {
          *out = periods[i].period;
          return;
        }
  *out = (CsvPeriod){ CSV_PERIOD_NONE, 0 };
}

static gboolean
is_harmless (guchar c)
{
  return c >= 0x80 || (c > 0x20 && c != 0x7F && strchr ("/\\:*?\"<>|", c) == NULL);
}

/* Appends content of a field. What is not UTF-8 becomes '_' like every other character that a name should not
 * have. */
static void
append_safe (GString *out, const gchar *content)
{
  gsize begin = out->len;

  if (content == NULL || *content == '\0')
    content = "unknown";
  for (const gchar *p = content; *p != '\0';)
    {
      gunichar c = g_utf8_get_char_validated (p, -1);
      gboolean valid = c != (gunichar) -1 && c != (gunichar) -2 && (c < 0x80 || g_unichar_isgraph (c));
      gsize length = c != (gunichar) -1 && c != (gunichar) -2 ? (gsize) (g_utf8_next_char (p) - p) : 1;

      if (out->len + length - begin > FIELD_MAX)
        return;
      if (!valid || !is_harmless ((guchar) *p) || (*p == '.' && out->len == begin))
        g_string_append_c (out, '_');
      else
        g_string_append_len (out, p, (gssize) length);
      p += length;
    }
}

static void
append_digits (GString *out, guint value, guint n)
{
  gchar digits[8];

  for (guint i = n; i > 0; i--, value /= 10)
    digits[i - 1] = (gchar) ('0' + value % 10);
  g_string_append_len (out, digits, (gssize) n);
}

/* Fields of time get as many parts as they promise: {time} is 20261122T081500. */
static void
append_time (GString *out, Field field, const CsvTime *time)
{
  if (time == NULL)
    return;
  if (field == FIELD_HOUR || field == FIELD_MINUTE)
    {
      append_digits (out, field == FIELD_HOUR ? time->hour : time->minute, 2);
      return;
    }
  append_digits (out, (guint) CLAMP (time->year, 0, 9999), 4);
  if (field == FIELD_TIME)
    {
      append_digits (out, time->month, 2);
      append_digits (out, time->day, 2);
      g_string_append_c (out, 'T');
      append_digits (out, time->hour, 2);
      append_digits (out, time->minute, 2);
      append_digits (out, time->second, 2);
      return;
    }
  if (field == FIELD_YEAR)
    return;
  g_string_append_c (out, '-');
  append_digits (out, time->month, 2);
  if (field == FIELD_MONTH)
    return;
  g_string_append_c (out, '-');
  append_digits (out, time->day, 2);
}

/* The meter's number without the zeros before it; its name in the configuration where it has not told one. */
static void
append_number (GString *out, const AmselReadout *readout)
{
  const AmselIdentity *identity = amsel_readout_get_identity (readout);

  if (identity != NULL && identity->id != 0)
    g_string_append_printf (out, "%X", identity->id);
  else
    append_safe (out, amsel_readout_get_meter (readout));
}

static void
append_identity (GString *out, Field field, const AmselIdentity *identity)
{
  gchar text[9];

  if (identity == NULL)
    {
      append_safe (out, NULL);
      return;
    }
  if (field == FIELD_MEDIUM)
    {
      append_safe (out, amsel_medium_get_name (identity->medium));
      return;
    }
  if (field == FIELD_ID)
    for (guint i = 0; i < 8; i++)
      text[i] = "0123456789ABCDEF"[identity->id >> (28 - 4 * i) & 15];
  text[8] = '\0';
  if (field == FIELD_MANUFACTURER)
    amsel_manufacturer_write (identity->manufacturer, text);
  append_safe (out, text);
}

static void
append_field (GString *out, Field field, const gchar *serial, const gchar *exporter,
              const AmselReadout *readout, const CsvTime *time)
{
  const AmselReadoutInfo *info = amsel_readout_get_info (readout);

  switch (field)
    {
    case FIELD_PIPELINE:
      append_safe (out, info->pipeline);
      break;
    case FIELD_LINE:
      append_safe (out, info->line);
      break;
    case FIELD_METER:
      append_safe (out, info->meter);
      break;
    case FIELD_PROTOCOL:
      append_safe (out, info->protocol);
      break;
    case FIELD_EXPORTER:
      append_safe (out, exporter);
      break;
    case FIELD_SERIAL:
      append_safe (out, serial != NULL ? serial : info->line);
      break;
    case FIELD_NUMBER:
      append_number (out, readout);
      break;
    case FIELD_MADE:
    case FIELD_MADE_MONTH:
      g_string_append_c (out, field == FIELD_MADE ? MADE_MARK : MADE_MONTH_MARK);
      break;
    case FIELD_ID:
    case FIELD_MANUFACTURER:
    case FIELD_MEDIUM:
      append_identity (out, field, amsel_readout_get_identity (readout));
      break;
    case FIELD_YEAR:
    case FIELD_MONTH:
    case FIELD_DATE:
    case FIELD_HOUR:
    case FIELD_MINUTE:
    case FIELD_TIME:
      append_time (out, field, time);
      break;
    case FIELD_LITERAL:
      break;
    }
}

/* Appends the name of the file that a readout belongs to; time is the begin of the file's period, NULL leaves
 * the fields of time empty. The time at which the file will be made stays open for csv_pattern_settle().
 * Allocates nothing once out is large enough. */
void
csv_pattern_expand (const CsvPattern *self, const gchar *exporter, const AmselReadout *readout,
                    const CsvTime *time, GString *out)
{
  for (guint i = 0; i < self->n_parts; i++)
    if (self->parts[i].field == FIELD_LITERAL)
      g_string_append (out, self->parts[i].literal);
    else
      append_field (out, self->parts[i].field, self->serial, exporter, readout, time);
}

/* Puts the time at which a file was made into the places of a name that csv_pattern_expand() left open. */
void
csv_pattern_settle (const gchar *name, gsize length, const CsvTime *made, GString *out)
{
  for (gsize i = 0; i < length; i++)
    if (name[i] == MADE_MARK)
      g_string_append_printf (out, "%04d%02u%02u%02u%02u%02u", CLAMP (made->year, 0, 9999), made->month,
                              made->day, made->hour, made->minute, made->second);
    else if (name[i] == MADE_MONTH_MARK)
      g_string_append_printf (out, "%04d_%02u", CLAMP (made->year, 0, 9999), made->month);
    else
      g_string_append_c (out, name[i]);
}
