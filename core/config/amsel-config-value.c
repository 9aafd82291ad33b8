/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scalars and lists to the values of properties. The property decides what a text means, never its look:
 * 08031768 is a number for one property and a meter's digits for another. */
#include "amsel-config-private.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "amsel-param.h"
#include "amsel-suggest.h"

/* Longer values are cut in messages. */
#define SHOWN_MAX 60

typedef enum
{
  OUTCOME_GOOD,
  OUTCOME_WRONG,
  OUTCOME_TOO_SMALL,
  OUTCOME_TOO_LARGE,
} Outcome;

static Outcome
check_range (GParamSpec *pspec, gboolean negative, guint64 magnitude)
{
  gint64 minimum;
  guint64 maximum;
  gboolean has_minimum, has_maximum;

  if (!amsel_setting_get_bounds (pspec, &minimum, &maximum, &has_minimum, &has_maximum))
    return OUTCOME_WRONG;
  if (negative && magnitude > 0)
    {
      if (minimum >= 0 || magnitude > (guint64) (-(minimum + 1)) + 1)
        return OUTCOME_TOO_SMALL;
      return OUTCOME_GOOD;
    }
  if (minimum > 0 && magnitude < (guint64) minimum)
    return OUTCOME_TOO_SMALL;
  return magnitude > maximum ? OUTCOME_TOO_LARGE : OUTCOME_GOOD;
}

static void
set_integer (GValue *out, gboolean negative, guint64 magnitude)
{
  gint64 value = negative ? (gint64) (0 - magnitude) : (gint64) magnitude;

  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (out)))
    {
    case G_TYPE_CHAR:
      g_value_set_schar (out, (gint8) value);
      break;
    case G_TYPE_UCHAR:
      g_value_set_uchar (out, (guchar) value);
      break;
    case G_TYPE_INT:
      g_value_set_int (out, (gint) value);
      break;
    case G_TYPE_UINT:
      g_value_set_uint (out, (guint) value);
      break;
    case G_TYPE_LONG:
      g_value_set_long (out, (glong) value);
      break;
    case G_TYPE_ULONG:
      g_value_set_ulong (out, (gulong) magnitude);
      break;
    case G_TYPE_UINT64:
      g_value_set_uint64 (out, magnitude);
      break;
    default:
      g_value_set_int64 (out, value);
    }
}

/* Decimal digits, or 0x and hexadecimal ones; leading zeros mean nothing. */
static Outcome
parse_integer (GParamSpec *pspec, const gchar *text, GValue *out)
{
  gboolean negative = text[0] == '-';
  const gchar *digits = text + (text[0] == '-' || text[0] == '+' ? 1 : 0);
  gboolean hex = g_ascii_strncasecmp (digits, "0x", 2) == 0;
  g_autoptr (GError) error = NULL;
  guint64 magnitude;
  Outcome outcome;

  if (!g_ascii_string_to_unsigned (hex ? digits + 2 : digits, hex ? 16 : 10, 0, G_MAXUINT64, &magnitude,
                                   &error))
    {
      if (g_error_matches (error, G_NUMBER_PARSER_ERROR, G_NUMBER_PARSER_ERROR_OUT_OF_BOUNDS))
        return negative ? OUTCOME_TOO_SMALL : OUTCOME_TOO_LARGE;
      return OUTCOME_WRONG;
    }
  outcome = check_range (pspec, negative, magnitude);
  if (outcome == OUTCOME_GOOD)
    set_integer (out, negative, magnitude);
  return outcome;
}

static Outcome
parse_number (GParamSpec *pspec, const gchar *text, GValue *out)
{
  gchar *end = NULL;
  gdouble number;
  gdouble minimum, maximum;

  if (text[0] == '\0' || g_ascii_isspace (text[0]) || strpbrk (text, "xXnN") != NULL)
    return OUTCOME_WRONG;
  errno = 0;
  number = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0' || !isfinite (number) || errno == ERANGE)
    return OUTCOME_WRONG;
  if (G_IS_PARAM_SPEC_FLOAT (pspec))
    {
      minimum = (gdouble) G_PARAM_SPEC_FLOAT (pspec)->minimum;
      maximum = (gdouble) G_PARAM_SPEC_FLOAT (pspec)->maximum;
    }
  else
    {
      minimum = G_PARAM_SPEC_DOUBLE (pspec)->minimum;
      maximum = G_PARAM_SPEC_DOUBLE (pspec)->maximum;
    }
  if (number < minimum)
    return OUTCOME_TOO_SMALL;
  if (number > maximum)
    return OUTCOME_TOO_LARGE;
  if (G_IS_PARAM_SPEC_FLOAT (pspec))
    g_value_set_float (out, (gfloat) number);
  else
    g_value_set_double (out, number);
  return OUTCOME_GOOD;
}

static Outcome
parse_switch (const gchar *text, GValue *out)
{
  static const gchar *const yes[] = { "true", "yes", "on", NULL };
  static const gchar *const no[] = { "false", "no", "off", NULL };
  g_autofree gchar *lower = g_ascii_strdown (text, -1);

  g_value_set_boolean (out, g_strv_contains (yes, lower));
  return g_strv_contains (yes, lower) || g_strv_contains (no, lower) ? OUTCOME_GOOD : OUTCOME_WRONG;
}

static Outcome
parse_choice (const gchar *text, GValue *out)
{
  GEnumClass *klass = g_type_class_ref (G_VALUE_TYPE (out));
  const GEnumValue *found = text[0] != '\0' ? g_enum_get_value_by_nick (klass, text) : NULL;

  if (found != NULL)
    g_value_set_enum (out, found->value);
  g_type_class_unref (klass);
  return found != NULL ? OUTCOME_GOOD : OUTCOME_WRONG;
}

static Outcome
parse_amount (GParamSpec *pspec, const gchar *text, GValue *out)
{
  gint64 amount;
  Outcome outcome;
  gboolean done = AMSEL_IS_PARAM_DURATION (pspec) ? amsel_duration_parse (text, &amount, NULL)
                                                  : amsel_size_parse (text, &amount, NULL);

  if (!done)
    return OUTCOME_WRONG;
  outcome = check_range (pspec, amount < 0, (guint64) ABS (amount));
  if (outcome == OUTCOME_GOOD)
    g_value_set_int64 (out, amount);
  return outcome;
}

static Outcome
parse_scalar (GParamSpec *pspec, const gchar *text, GValue *out)
{
  switch (amsel_setting_get_type (pspec))
    {
    case AMSEL_SETTING_TEXT:
      g_value_set_string (out, text);
      return text[0] != '\0' || (pspec->flags & AMSEL_PARAM_REQUIRED) == 0 ? OUTCOME_GOOD : OUTCOME_WRONG;
    case AMSEL_SETTING_INTEGER:
      return parse_integer (pspec, text, out);
    case AMSEL_SETTING_NUMBER:
      return parse_number (pspec, text, out);
    case AMSEL_SETTING_SWITCH:
      return parse_switch (text, out);
    case AMSEL_SETTING_CHOICE:
      return parse_choice (text, out);
    case AMSEL_SETTING_DURATION:
    case AMSEL_SETTING_SIZE:
      return parse_amount (pspec, text, out);
    case AMSEL_SETTING_NONE:
    case AMSEL_SETTING_TEXTS:
    case AMSEL_SETTING_KIND:
    case AMSEL_SETTING_REFERENCE:
    case AMSEL_SETTING_OBJECT:
    default:
      return OUTCOME_WRONG;
    }
}

static gchar *
make_hint (GParamSpec *pspec, const gchar *text)
{
  g_autofree gchar *expected = NULL;

  if (amsel_setting_get_type (pspec) == AMSEL_SETTING_CHOICE)
    {
      g_auto (GStrv) choices = amsel_setting_list_choices (pspec);

      return amsel_loader_choices_hint (text, (const gchar *const *) choices);
    }
  expected = amsel_setting_describe (pspec);
  return g_strdup_printf ("expected %s", expected);
}

static void
report (AmselLoader *self, GParamSpec *pspec, const AmselYamlNode *node, const gchar *text, Outcome outcome)
{
  g_autofree gchar *hint = make_hint (pspec, text);
  const gchar *why = outcome == OUTCOME_TOO_SMALL   ? ": too small"
                     : outcome == OUTCOME_TOO_LARGE ? ": too large"
                                                    : "";

  if ((pspec->flags & AMSEL_PARAM_SECRET) != 0)
    amsel_loader_error (self, node, hint, "the secret “%s” cannot be used%s", pspec->name, why);
  else if (text[0] == '\0')
    amsel_loader_error (self, node, hint, "“%s” cannot be empty", pspec->name);
  else if (g_utf8_strlen (text, -1) > SHOWN_MAX)
    {
      g_autofree gchar *cut = g_utf8_substring (text, 0, SHOWN_MAX);

      amsel_loader_error (self, node, hint, "“%s” cannot be “%s…”%s", pspec->name, cut, why);
    }
  else
    amsel_loader_error (self, node, hint, "“%s” cannot be “%s”%s", pspec->name, text, why);
}

/* A value that the property's own specification would change is refused: that is what GObject would do, with
 * a message for programmers. */
static gboolean
validate (GParamSpec *pspec, const GValue *value)
{
  g_auto (GValue) copy = G_VALUE_INIT;

  g_value_init (&copy, G_VALUE_TYPE (value));
  g_value_copy (value, &copy);
  return !g_param_value_validate (pspec, &copy);
}

static gboolean
parse_texts (AmselLoader *self, GParamSpec *pspec, const AmselYamlNode *node, GValue *out)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  if (amsel_yaml_is_empty (node))
    return TRUE;
  if (!amsel_loader_expect (self, node, AMSEL_YAML_LIST, pspec->name, "expected a list, such as [one, two]"))
    return FALSE;
  for (guint i = 0; i < node->items->len; i++)
    {
      const AmselYamlNode *item = g_ptr_array_index (node->items, i);
      gchar *text;

      if (item->type != AMSEL_YAML_SCALAR || amsel_yaml_is_empty (item))
        {
          amsel_loader_error (self, item, "expected a text", "“%s” is a list of texts, and this is none",
                              pspec->name);
          return FALSE;
        }
      text = amsel_config_text_get (self, item, pspec);
      if (text == NULL)
        return FALSE;
      g_ptr_array_add (texts, text);
    }
  g_ptr_array_set_free_func (texts, NULL);
  g_ptr_array_add (texts, NULL);
  g_value_take_boxed (out, g_ptr_array_free (g_steal_pointer (&texts), FALSE));
  return TRUE;
}

gboolean
amsel_config_value_parse (AmselLoader *self, GParamSpec *pspec, const AmselYamlNode *node, GValue *out)
{
  g_autofree gchar *text = NULL;
  Outcome outcome;

  if (amsel_setting_get_type (pspec) == AMSEL_SETTING_TEXTS)
    return parse_texts (self, pspec, node, out);
  if (node->type != AMSEL_YAML_SCALAR || amsel_yaml_is_empty (node))
    {
      g_autofree gchar *hint = make_hint (pspec, "");

      if (amsel_loader_expect (self, node, AMSEL_YAML_SCALAR, pspec->name, hint))
        amsel_loader_error (self, node, hint, "“%s” has no value", pspec->name);
      return FALSE;
    }
  text = amsel_config_text_get (self, node, pspec);
  if (text == NULL)
    return FALSE;
  outcome = parse_scalar (pspec, text, out);
  if (outcome == OUTCOME_GOOD && !validate (pspec, out))
    outcome = OUTCOME_WRONG;
  if (outcome != OUTCOME_GOOD)
    report (self, pspec, node, text, outcome);
  return outcome == OUTCOME_GOOD;
}
