/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a property is as a setting. Only GParamSpecs are looked at, so it holds for kinds written in Python,
 * too. */
#include "amsel-setting.h"

#include <gio/gio.h>

#include "amsel-exporter.h"
#include "amsel-line.h"
#include "amsel-param.h"
#include "amsel-protocol.h"
#include "amsel-service.h"
#include "amsel-simulator.h"
#include "amsel-transport.h"

/* Bounds of a whole number; those that only the C type sets are no bounds for a person. */
typedef struct
{
  gint64 minimum;
  guint64 maximum; /* of a signed property never above G_MAXINT64 */
  gboolean has_minimum;
  gboolean has_maximum;
} Bounds;

static Bounds
make_signed (gint64 minimum, gint64 maximum, gint64 type_minimum, gint64 type_maximum)
{
  return (Bounds){ minimum, maximum < 0 ? 0 : (guint64) maximum, minimum > type_minimum,
                   maximum < type_maximum };
}

static Bounds
make_unsigned (guint64 minimum, guint64 maximum, guint64 type_maximum)
{
  return (Bounds){ minimum > G_MAXINT64 ? G_MAXINT64 : (gint64) minimum, maximum, TRUE,
                   maximum < type_maximum };
}

static gboolean
get_bounds (GParamSpec *pspec, Bounds *out)
{
  switch (G_TYPE_FUNDAMENTAL (pspec->value_type))
    {
    case G_TYPE_CHAR:
      *out = make_signed (G_PARAM_SPEC_CHAR (pspec)->minimum, G_PARAM_SPEC_CHAR (pspec)->maximum, -129, 128);
      return TRUE;
    case G_TYPE_UCHAR:
      *out = make_unsigned (G_PARAM_SPEC_UCHAR (pspec)->minimum, G_PARAM_SPEC_UCHAR (pspec)->maximum, 256);
      return TRUE;
    case G_TYPE_INT:
      *out = make_signed (G_PARAM_SPEC_INT (pspec)->minimum, G_PARAM_SPEC_INT (pspec)->maximum, G_MININT,
                          G_MAXINT);
      return TRUE;
    case G_TYPE_UINT:
      *out =
          make_unsigned (G_PARAM_SPEC_UINT (pspec)->minimum, G_PARAM_SPEC_UINT (pspec)->maximum, G_MAXUINT);
      return TRUE;
    case G_TYPE_LONG:
      *out = make_signed (G_PARAM_SPEC_LONG (pspec)->minimum, G_PARAM_SPEC_LONG (pspec)->maximum, G_MINLONG,
                          G_MAXLONG);
      return TRUE;
    case G_TYPE_ULONG:
      *out = make_unsigned (G_PARAM_SPEC_ULONG (pspec)->minimum, G_PARAM_SPEC_ULONG (pspec)->maximum,
                            G_MAXULONG);
      return TRUE;
    case G_TYPE_INT64:
      *out = make_signed (G_PARAM_SPEC_INT64 (pspec)->minimum, G_PARAM_SPEC_INT64 (pspec)->maximum,
                          G_MININT64, G_MAXINT64);
      return TRUE;
    case G_TYPE_UINT64:
      *out = make_unsigned (G_PARAM_SPEC_UINT64 (pspec)->minimum, G_PARAM_SPEC_UINT64 (pspec)->maximum,
                            G_MAXUINT64);
      return TRUE;
    default:
      return FALSE;
    }
}

/**
 * amsel_setting_get_bounds: (skip)
 * @pspec: a property whose setting is a whole number, a duration or a size
 * @minimum: (out): smallest value
 * @maximum: (out): largest value
 * @has_minimum: (out): whether @minimum is more than what the C type sets
 * @has_maximum: (out): whether @maximum is more than what the C type sets
 *
 * Returns: whether the property is a whole number at all
 */
gboolean
amsel_setting_get_bounds (GParamSpec *pspec, gint64 *minimum, guint64 *maximum, gboolean *has_minimum,
                          gboolean *has_maximum)
{
  Bounds bounds;

  if (!get_bounds (pspec, &bounds))
    return FALSE;
  *minimum = bounds.minimum;
  *maximum = bounds.maximum;
  *has_minimum = bounds.has_minimum;
  *has_maximum = bounds.has_maximum;
  return TRUE;
}

/**
 * amsel_setting_write_bounds: (skip)
 * @pspec: a setting
 * @json: an object that is being written
 *
 * Writes the bounds of a whole number as the members "minimum" and "maximum", where it has them.
 */
void
amsel_setting_write_bounds (GParamSpec *pspec, AmselJson *json)
{
  Bounds bounds;

  if (!get_bounds (pspec, &bounds))
    return;
  if (bounds.has_minimum)
    {
      amsel_json_key (json, "minimum");
      amsel_json_int (json, bounds.minimum);
    }
  if (bounds.has_maximum)
    {
      amsel_json_key (json, "maximum");
      amsel_json_uint (json, bounds.maximum);
    }
}

static gboolean
is_stage (GType type)
{
  return type == AMSEL_TYPE_TRANSPORT || type == AMSEL_TYPE_PROTOCOL || type == AMSEL_TYPE_EXPORTER
         || type == AMSEL_TYPE_SERVICE || type == AMSEL_TYPE_SIMULATOR;
}

static AmselSettingType
get_object_type (GType type)
{
  if (is_stage (type))
    return AMSEL_SETTING_KIND;
  if (type == AMSEL_TYPE_LINE)
    return AMSEL_SETTING_REFERENCE;
  if (g_type_is_a (type, G_TYPE_OBJECT) && !G_TYPE_IS_ABSTRACT (type) && type != G_TYPE_OBJECT)
    return AMSEL_SETTING_OBJECT;
  return AMSEL_SETTING_NONE;
}

/**
 * amsel_setting_get_type: (skip)
 * @pspec: a property
 *
 * Returns: what it is as a setting; %AMSEL_SETTING_NONE where it is none
 */
AmselSettingType
amsel_setting_get_type (GParamSpec *pspec)
{
  GType type = pspec->value_type;

  if ((pspec->flags & G_PARAM_WRITABLE) == 0 || (pspec->flags & AMSEL_PARAM_RUNTIME) != 0)
    return AMSEL_SETTING_NONE;
  if (AMSEL_IS_PARAM_DURATION (pspec))
    return AMSEL_SETTING_DURATION;
  if (AMSEL_IS_PARAM_SIZE (pspec))
    return AMSEL_SETTING_SIZE;
  if (type == G_TYPE_STRV)
    return AMSEL_SETTING_TEXTS;
  switch (G_TYPE_FUNDAMENTAL (type))
    {
    case G_TYPE_STRING:
      return AMSEL_SETTING_TEXT;
    case G_TYPE_BOOLEAN:
      return AMSEL_SETTING_SWITCH;
    case G_TYPE_FLOAT:
    case G_TYPE_DOUBLE:
      return AMSEL_SETTING_NUMBER;
    case G_TYPE_ENUM:
      return AMSEL_SETTING_CHOICE;
    case G_TYPE_OBJECT:
      return get_object_type (type);
    default:
      {
        Bounds bounds;

        return get_bounds (pspec, &bounds) ? AMSEL_SETTING_INTEGER : AMSEL_SETTING_NONE;
      }
    }
}

/**
 * amsel_setting_get_type_name: (skip)
 * @pspec: a property that is a setting
 *
 * Returns: (transfer none): one or two words for its type, such as "duration"
 */
const gchar *
amsel_setting_get_type_name (GParamSpec *pspec)
{
  static const gchar *const names[] = { "none",          "text",   "whole number", "number",
                                        "true or false", "choice", "duration",     "size",
                                        "list of texts", "kind",   "name",         "map" };

  return names[amsel_setting_get_type (pspec)];
}

static gchar *
int_to_string (gint64 value)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, value);
}

static gchar *
double_to_string (gdouble value)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (text, sizeof text, "%.12g", value));
}

static void
get_double_bounds (GParamSpec *pspec, gdouble *minimum, gdouble *maximum, gdouble *limit)
{
  if (G_IS_PARAM_SPEC_FLOAT (pspec))
    {
      *minimum = (gdouble) G_PARAM_SPEC_FLOAT (pspec)->minimum;
      *maximum = (gdouble) G_PARAM_SPEC_FLOAT (pspec)->maximum;
      *limit = (gdouble) G_MAXFLOAT;
      return;
    }
  *minimum = G_PARAM_SPEC_DOUBLE (pspec)->minimum;
  *maximum = G_PARAM_SPEC_DOUBLE (pspec)->maximum;
  *limit = G_MAXDOUBLE;
}

/* The two ends of a range as text; NULL for an end that is open. */
static void
get_ends (GParamSpec *pspec, gchar **low, gchar **high)
{
  AmselSettingType type = amsel_setting_get_type (pspec);
  Bounds bounds;

  if (type == AMSEL_SETTING_NUMBER)
    {
      gdouble minimum, maximum, limit;

      get_double_bounds (pspec, &minimum, &maximum, &limit);
      *low = minimum > -limit ? double_to_string (minimum) : NULL;
      *high = maximum < limit ? double_to_string (maximum) : NULL;
      return;
    }
  if (!get_bounds (pspec, &bounds))
    return;
  if (type == AMSEL_SETTING_DURATION)
    {
      *low = bounds.has_minimum ? amsel_duration_to_string (bounds.minimum) : NULL;
      *high = bounds.has_maximum ? amsel_duration_to_string ((gint64) bounds.maximum) : NULL;
    }
  else if (type == AMSEL_SETTING_SIZE)
    {
      *low = bounds.has_minimum ? amsel_size_to_string (bounds.minimum) : NULL;
      *high = bounds.has_maximum ? amsel_size_to_string ((gint64) bounds.maximum) : NULL;
    }
  else
    {
      *low = bounds.has_minimum ? int_to_string (bounds.minimum) : NULL;
      *high = bounds.has_maximum ? g_strdup_printf ("%" G_GUINT64_FORMAT, bounds.maximum) : NULL;
    }
}

/**
 * amsel_setting_get_range: (skip)
 * @pspec: a property that is a setting
 *
 * Returns: (transfer full) (nullable): its range, such as "1 to 250", "at least 1" or "none, even, odd";
 * %NULL where there is none
 */
gchar *
amsel_setting_get_range (GParamSpec *pspec)
{
  g_autofree gchar *low = NULL;
  g_autofree gchar *high = NULL;

  if (amsel_setting_get_type (pspec) == AMSEL_SETTING_CHOICE)
    {
      g_auto (GStrv) choices = amsel_setting_list_choices (pspec);

      return g_strjoinv (", ", choices);
    }
  get_ends (pspec, &low, &high);
  if (low != NULL && high != NULL)
    return g_strdup_printf ("%s to %s", low, high);
  if (low != NULL)
    return g_strdup_printf ("at least %s", low);
  return high != NULL ? g_strdup_printf ("at most %s", high) : NULL;
}

/* A whole number with its range, as the middle of a sentence. */
static gchar *
describe_number (GParamSpec *pspec, const gchar *what)
{
  g_autofree gchar *low = NULL;
  g_autofree gchar *high = NULL;

  get_ends (pspec, &low, &high);
  if (low != NULL && high != NULL)
    return g_strdup_printf ("%s from %s to %s", what, low, high);
  if (low != NULL)
    return g_strdup_printf ("%s of at least %s", what, low);
  return high != NULL ? g_strdup_printf ("%s of at most %s", what, high) : g_strdup (what);
}

/**
 * amsel_setting_describe: (skip)
 * @pspec: a property that is a setting
 *
 * Returns: (transfer full): what it takes, to follow the word "expected"
 */
gchar *
amsel_setting_describe (GParamSpec *pspec)
{
  g_autofree gchar *range = NULL;

  switch (amsel_setting_get_type (pspec))
    {
    case AMSEL_SETTING_TEXT:
      return g_strdup ("a text");
    case AMSEL_SETTING_INTEGER:
      return describe_number (pspec, "a whole number");
    case AMSEL_SETTING_NUMBER:
      return describe_number (pspec, "a number");
    case AMSEL_SETTING_SWITCH:
      return g_strdup ("true or false");
    case AMSEL_SETTING_CHOICE:
      range = amsel_setting_get_range (pspec);
      return g_strdup_printf ("one of: %s", range);
    case AMSEL_SETTING_DURATION:
      range = describe_number (pspec, "a duration");
      return g_strdup_printf ("%s, with its unit (us, ms, s, m, h, d), such as 15m", range);
    case AMSEL_SETTING_SIZE:
      range = describe_number (pspec, "a size");
      return g_strdup_printf ("%s, in bytes or with a unit (k, M, G, T), such as 64M", range);
    case AMSEL_SETTING_TEXTS:
      return g_strdup ("a list of texts, such as [one, two]");
    case AMSEL_SETTING_KIND:
      return g_strdup ("a map with the key “kind”");
    case AMSEL_SETTING_REFERENCE:
      return g_strdup ("the name of a line");
    case AMSEL_SETTING_OBJECT:
      return g_strdup ("a map");
    case AMSEL_SETTING_NONE:
    default:
      return g_strdup ("nothing");
    }
}

/**
 * amsel_setting_list_choices: (skip)
 * @pspec: a property with an enumeration
 *
 * Returns: (transfer full): the words to choose from. A value without a nick is none of them
 */
gchar **
amsel_setting_list_choices (GParamSpec *pspec)
{
  GEnumClass *klass = g_type_class_ref (pspec->value_type);
  GPtrArray *words = g_ptr_array_new ();

  for (guint i = 0; i < klass->n_values; i++)
    if (klass->values[i].value_nick[0] != '\0')
      g_ptr_array_add (words, g_strdup (klass->values[i].value_nick));
  g_ptr_array_add (words, NULL);
  g_type_class_unref (klass);
  return (gchar **) g_ptr_array_free (words, FALSE);
}

static gchar *
get_choice_default (GParamSpec *pspec)
{
  GEnumClass *klass = g_type_class_ref (pspec->value_type);
  const GEnumValue *value = g_enum_get_value (klass, G_PARAM_SPEC_ENUM (pspec)->default_value);
  gchar *nick = value != NULL && value->value_nick[0] != '\0' ? g_strdup (value->value_nick) : NULL;

  g_type_class_unref (klass);
  return nick;
}

static gchar *
get_number_default (const GValue *value)
{
  g_auto (GValue) text = G_VALUE_INIT;

  g_value_init (&text, G_TYPE_STRING);
  return g_value_transform (value, &text) ? g_value_dup_string (&text) : NULL;
}

/**
 * amsel_setting_get_default: (skip)
 * @pspec: a property that is a setting
 *
 * Returns: (transfer full) (nullable): its default as it would be written in YAML; %NULL where there is none
 */
gchar *
amsel_setting_get_default (GParamSpec *pspec)
{
  const GValue *value = g_param_spec_get_default_value (pspec);

  switch (amsel_setting_get_type (pspec))
    {
    case AMSEL_SETTING_TEXT:
      return g_value_dup_string (value);
    case AMSEL_SETTING_INTEGER:
      return get_number_default (value);
    case AMSEL_SETTING_NUMBER:
      return double_to_string (G_VALUE_HOLDS_FLOAT (value) ? (gdouble) g_value_get_float (value)
                                                           : g_value_get_double (value));
    case AMSEL_SETTING_SWITCH:
      return g_strdup (g_value_get_boolean (value) ? "true" : "false");
    case AMSEL_SETTING_CHOICE:
      return get_choice_default (pspec);
    case AMSEL_SETTING_DURATION:
      return amsel_duration_to_string (g_value_get_int64 (value));
    case AMSEL_SETTING_SIZE:
      return amsel_size_to_string (g_value_get_int64 (value));
    case AMSEL_SETTING_NONE:
    case AMSEL_SETTING_TEXTS:
    case AMSEL_SETTING_KIND:
    case AMSEL_SETTING_REFERENCE:
    case AMSEL_SETTING_OBJECT:
    default:
      return NULL;
    }
}

/* Those that must be given come first; otherwise in the order in which they were installed. */
static gint
compare_settings (gconstpointer a, gconstpointer b)
{
  const GParamSpec *x = *(GParamSpec *const *) a;
  const GParamSpec *y = *(GParamSpec *const *) b;
  gboolean x_required = (x->flags & AMSEL_PARAM_REQUIRED) != 0;
  gboolean y_required = (y->flags & AMSEL_PARAM_REQUIRED) != 0;

  return (gint) y_required - (gint) x_required;
}

/**
 * amsel_setting_list: (skip)
 * @type: type of an object
 * @n_settings: (out): how many
 *
 * Returns: (transfer container): the properties that are settings, those that must be given first
 */
GParamSpec **
amsel_setting_list (GType type, guint *n_settings)
{
  GObjectClass *klass = g_type_class_ref (type);
  guint n_all = 0;
  g_autofree GParamSpec **all = g_object_class_list_properties (klass, &n_all);
  GPtrArray *settings = g_ptr_array_new ();

  for (guint i = 0; i < n_all; i++)
    if (amsel_setting_get_type (all[i]) != AMSEL_SETTING_NONE)
      g_ptr_array_add (settings, all[i]);
  g_ptr_array_sort (settings, compare_settings);
  *n_settings = settings->len;
  g_type_class_unref (klass);
  return (GParamSpec **) g_ptr_array_free (settings, FALSE);
}
