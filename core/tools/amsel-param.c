/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Property specifications for durations and sizes.
 *
 * A setting is a GObject property and nothing else; what YAML, the inspection, the schema and the messages
 * need beyond GParamSpec's ranges is the kind of number it is. So a duration is an int64 property
 * (microseconds) whose specification has a type of its own, and likewise a size (bytes). */
#include "amsel-param.h"

#include <string.h>

#include "amsel-error.h"

typedef struct
{
  const gchar *suffix;
  gint64 factor;
} Unit;

/* Longest first, so that a value prints in the largest unit that divides it. A month has no fixed length. */
static const Unit DURATION_UNITS[] = {
  { "d", 86400 * G_GINT64_CONSTANT (1000000) },
  { "h", 3600 * G_GINT64_CONSTANT (1000000) },
  { "m", 60 * G_GINT64_CONSTANT (1000000) },
  { "s", G_GINT64_CONSTANT (1000000) },
  { "ms", 1000 },
  { "us", 1 },
};

static const Unit SIZE_UNITS[] = {
  { "T", G_GINT64_CONSTANT (1) << 40 }, { "G", 1 << 30 }, { "M", 1 << 20 }, { "k", 1 << 10 }, { "", 1 },
};

static const Unit *
find_unit (const Unit *units, gsize n_units, const gchar *text, gsize length)
{
  for (gsize i = 0; i < n_units; i++)
    if (strlen (units[i].suffix) == length && g_ascii_strncasecmp (text, units[i].suffix, length) == 0)
      return &units[i];
  return NULL;
}

/* Adds "12.5" times a unit to a sum; FALSE where it is no number, not whole, or too large. */
static gboolean
add_amount (const gchar *number, gsize length, gint64 factor, gint64 *sum)
{
  gint64 whole = 0;
  gint64 scale = 1;
  gboolean point = FALSE;
  gint64 product;

  if (length == 0 || number[0] == '.' || number[length - 1] == '.')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      if (number[i] == '.')
        {
          if (point)
            return FALSE;
          point = TRUE;
          continue;
        }
      if (__builtin_mul_overflow (whole, 10, &whole)
          || __builtin_add_overflow (whole, number[i] - '0', &whole))
        return FALSE;
      if (point && __builtin_mul_overflow (scale, 10, &scale))
        return FALSE;
    }
  if (__builtin_mul_overflow (whole, factor, &product) || product % scale != 0)
    return FALSE;
  return !__builtin_add_overflow (*sum, product / scale, sum);
}

/* Parses one or more pairs of number and unit, such as 1h30m. */
static gboolean
parse_amounts (const gchar *text, const Unit *units, gsize n_units, gboolean bare_allowed, gint64 *out)
{
  const gchar *p = text;
  gint64 sum = 0;

  if (*p == '\0')
    return FALSE;
  while (*p != '\0')
    {
      gsize digits = strspn (p, "0123456789.");
      gsize blanks = strspn (p + digits, " ");
      const gchar *suffix = p + digits + blanks;
      gsize letters = strcspn (suffix, "0123456789. ");
      const Unit *unit = find_unit (units, n_units, suffix, letters);

      if (unit == NULL && letters == 0 && bare_allowed)
        unit = &units[n_units - 1];
      if (unit == NULL || !add_amount (p, digits, unit->factor, &sum))
        return FALSE;
      p = suffix + letters;
    }
  *out = sum;
  return TRUE;
}

/**
 * amsel_duration_parse:
 * @text: a duration such as `15m`, `1h30m`, `0.5s`, `250ms`, `1d`; `0` needs no unit
 * @out_us: (out): microseconds
 * @error: return location for an #AmselConfigError
 *
 * Returns: whether @text is a duration
 */
gboolean
amsel_duration_parse (const gchar *text, gint64 *out_us, GError **error)
{
  if (g_str_equal (text, "0"))
    {
      *out_us = 0;
      return TRUE;
    }
  if (parse_amounts (text, DURATION_UNITS, G_N_ELEMENTS (DURATION_UNITS), FALSE, out_us))
    return TRUE;
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
               "“%s” is not a duration; expected a number with a unit (us, ms, s, m, h, d), such as 15m",
               text);
  return FALSE;
}

/**
 * amsel_size_parse:
 * @text: a size such as `64k`, `10M`, `2G`, or a number of bytes; a `B` or `iB` behind the unit is allowed
 * @out_bytes: (out): bytes; k, M, G and T are powers of 1024
 * @error: return location for an #AmselConfigError
 *
 * Returns: whether @text is a size
 */
gboolean
amsel_size_parse (const gchar *text, gint64 *out_bytes, GError **error)
{
  g_autofree gchar *bare = g_strdup (text);

  if (g_str_has_suffix (bare, "B"))
    bare[strlen (bare) - 1] = '\0';
  if (g_str_has_suffix (bare, "i"))
    bare[strlen (bare) - 1] = '\0';
  if (parse_amounts (bare, SIZE_UNITS, G_N_ELEMENTS (SIZE_UNITS), TRUE, out_bytes))
    return TRUE;
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
               "“%s” is not a size; expected a number with a unit (k, M, G, T), such as 64M", text);
  return FALSE;
}

static gchar *
to_string (gint64 value, const Unit *units, gsize n_units)
{
  if (value == 0)
    return g_strdup ("0");
  for (gsize i = 0; i < n_units; i++)
    if (value % units[i].factor == 0)
      return g_strdup_printf ("%" G_GINT64_FORMAT "%s", value / units[i].factor, units[i].suffix);
  g_return_val_if_reached (NULL);
}

/**
 * amsel_duration_to_string:
 * @us: microseconds
 *
 * Returns: (transfer full): the duration with the largest unit that divides it, such as "15m"
 */
gchar *
amsel_duration_to_string (gint64 us)
{
  return to_string (us, DURATION_UNITS, G_N_ELEMENTS (DURATION_UNITS));
}

/**
 * amsel_size_to_string:
 * @bytes: a size in bytes
 *
 * Returns: (transfer full): the size with the largest unit that divides it, such as "64M"
 */
gchar *
amsel_size_to_string (gint64 bytes)
{
  return to_string (bytes, SIZE_UNITS, G_N_ELEMENTS (SIZE_UNITS));
}

/* Registers a specification type that is an int64 one with another name. */
static GType
register_type (const gchar *name)
{
  GTypeQuery query;
  GTypeInfo info = { 0 };

  g_type_query (G_TYPE_PARAM_INT64, &query);
  info.class_size = (guint16) query.class_size;
  info.instance_size = (guint16) query.instance_size;
  return g_type_register_static (G_TYPE_PARAM_INT64, g_intern_string (name), &info, 0);
}

GType
amsel_param_duration_get_type (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    g_once_init_leave (&once, register_type ("AmselParamDuration"));
  return (GType) once;
}

GType
amsel_param_size_get_type (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    g_once_init_leave (&once, register_type ("AmselParamSize"));
  return (GType) once;
}

static GParamSpec *
new_spec (GType type, const gchar *name, const gchar *blurb, gint64 minimum, gint64 maximum, gint64 value,
          GParamFlags flags)
{
  GParamSpecInt64 *spec = g_param_spec_internal (type, name, name, blurb, flags);

  spec->minimum = minimum;
  spec->maximum = maximum;
  spec->default_value = value;
  return (GParamSpec *) spec;
}

/**
 * amsel_param_spec_duration: (skip)
 * @name: name of the property, and key in YAML
 * @blurb: the sentence that a user reads
 * @minimum_us: smallest value in microseconds
 * @maximum_us: largest value
 * @default_us: value without configuration
 * @flags: %AMSEL_PARAM_SETTING and more
 *
 * Returns: (transfer floating): specification of an int64 property in microseconds, written with a unit in
 * YAML
 */
GParamSpec *
amsel_param_spec_duration (const gchar *name, const gchar *blurb, gint64 minimum_us, gint64 maximum_us,
                           gint64 default_us, GParamFlags flags)
{
  return new_spec (AMSEL_TYPE_PARAM_DURATION, name, blurb, minimum_us, maximum_us, default_us, flags);
}

/**
 * amsel_param_spec_size: (skip)
 * @name: name of the property, and key in YAML
 * @blurb: the sentence that a user reads
 * @minimum: smallest value in bytes
 * @maximum: largest value
 * @default_value: value without configuration
 * @flags: %AMSEL_PARAM_SETTING and more
 *
 * Returns: (transfer floating): specification of an int64 property in bytes, written with a unit in YAML
 */
GParamSpec *
amsel_param_spec_size (const gchar *name, const gchar *blurb, gint64 minimum, gint64 maximum,
                       gint64 default_value, GParamFlags flags)
{
  return new_spec (AMSEL_TYPE_PARAM_SIZE, name, blurb, minimum, maximum, default_value, flags);
}

/**
 * amsel_param_set_string: (skip)
 * @field: where an object keeps a string property; what it holds is freed
 * @value: the new value, which is copied
 *
 * What every setter of a string property does.
 */
void
amsel_param_set_string (gchar **field, const GValue *value)
{
  g_free (*field);
  *field = g_value_dup_string (value);
}
