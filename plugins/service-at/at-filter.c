/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The filter of AT^SCDATA="GET_FILTERED". */
#include "at-filter.h"

#include <string.h>

typedef enum
{
  PARAMETER_RECORD_TYPE,
  PARAMETER_TIME_STAMP,
  PARAMETER_SEQ_NUM,
  PARAMETER_DATA,
  PARAMETER_PROTOCOL,
  PARAMETER_INDEX,
  PARAMETER_ERROR_CODE,
  PARAMETER_DEV_ID,
  PARAMETER_RSSI,
  PARAMETER_LENGTH,
} Parameter;

typedef enum
{
  OF_ALL,
  OF_AMS,
  OF_WMBUS,
} Owner;

static const struct
{
  const gchar *name;
  gboolean is_text;
  Owner owner;
} PARAMETERS[] = {
  [PARAMETER_RECORD_TYPE] = { "RECORD_TYPE", TRUE, OF_ALL },
  [PARAMETER_TIME_STAMP] = { "TIME_STAMP", FALSE, OF_ALL },
  [PARAMETER_SEQ_NUM] = { "SEQ_NUM", FALSE, OF_ALL },
  [PARAMETER_DATA] = { "DATA", TRUE, OF_ALL },
  [PARAMETER_PROTOCOL] = { "PROTOCOL", TRUE, OF_AMS },
  [PARAMETER_INDEX] = { "INDEX", FALSE, OF_AMS },
  [PARAMETER_ERROR_CODE] = { "ERROR_CODE", FALSE, OF_AMS },
  [PARAMETER_DEV_ID] = { "DEV_ID", TRUE, OF_AMS },
  [PARAMETER_RSSI] = { "RSSI", FALSE, OF_WMBUS },
  [PARAMETER_LENGTH] = { "LENGTH", FALSE, OF_WMBUS },
};

/* Longer signs first. */
static const struct
{
  const gchar *sign;
  AtRelation relation;
} RELATIONS[] = {
  { "==", AT_RELATION_EQUAL },      { "!=", AT_RELATION_DIFFERENT }, { ">=", AT_RELATION_GREATER_EQUAL },
  { "<=", AT_RELATION_LESS_EQUAL }, { ">", AT_RELATION_GREATER },    { "<", AT_RELATION_LESS },
  { "=", AT_RELATION_EQUAL },
};

static gboolean
find_parameter (const gchar *name, guint *out)
{
  for (guint i = 0; i < G_N_ELEMENTS (PARAMETERS); i++)
    if (g_ascii_strcasecmp (PARAMETERS[i].name, name) == 0)
      {
        *out = i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
parse_value (AtCondition *self, const gchar *value)
{
  gsize n = 0;

  if (!PARAMETERS[self->parameter].is_text)
    return g_ascii_string_to_signed (value, 10, G_MININT64, G_MAXINT64, &self->number, NULL);
  if (self->relation > AT_RELATION_DIFFERENT || strlen (value) > AT_FILTER_TEXT_MAX)
    return FALSE;
  for (; value[n] != '\0'; n++)
    self->text[n] = g_ascii_toupper (value[n]);
  self->text[n] = '\0';
  return TRUE;
}

static gboolean
parse_condition (AtCondition *self, gchar *text)
{
  gsize at = strcspn (text, "=!<>");
  g_autofree gchar *name = g_strstrip (g_strndup (text, at));

  self->relation = AT_RELATION_NONE;
  if (!find_parameter (name, &self->parameter))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (RELATIONS) && self->relation == AT_RELATION_NONE; i++)
    if (g_str_has_prefix (text + at, RELATIONS[i].sign))
      {
        self->relation = RELATIONS[i].relation;
        at += strlen (RELATIONS[i].sign);
      }
  return self->relation != AT_RELATION_NONE && parse_value (self, g_strstrip (text + at));
}

gboolean
at_filter_parse (AtFilter *self, const gchar *text)
{
  g_auto (GStrv) parts = NULL;

  self->n = 0;
  if (strlen (text) > AT_FILTER_TEXT_MAX)
    return FALSE;
  parts = g_strsplit (text, ";", -1);
  for (gsize i = 0; parts[i] != NULL; i++)
    {
      if (*g_strstrip (parts[i]) == '\0' && parts[i + 1] == NULL)
        return TRUE; /* no condition at all, or a sign too many at the end */
      if (self->n == AT_FILTER_CONDITIONS_MAX || !parse_condition (&self->conditions[self->n++], parts[i]))
        return FALSE;
    }
  return TRUE;
}

static gboolean
compare (AtRelation relation, gint64 a, gint64 b)
{
  switch (relation)
    {
    case AT_RELATION_EQUAL:
      return a == b;
    case AT_RELATION_DIFFERENT:
      return a != b;
    case AT_RELATION_GREATER:
      return a > b;
    case AT_RELATION_LESS:
      return a < b;
    case AT_RELATION_GREATER_EQUAL:
      return a >= b;
    case AT_RELATION_LESS_EQUAL:
      return a <= b;
    case AT_RELATION_NONE:
    default:
      return FALSE;
    }
}

static gint64
get_number (const AtRecord *record, guint parameter)
{
  switch (parameter)
    {
    case PARAMETER_TIME_STAMP:
      return record->time_s;
    case PARAMETER_SEQ_NUM:
      return (gint64) record->sequence;
    case PARAMETER_INDEX:
      return record->index;
    case PARAMETER_ERROR_CODE:
      return record->error;
    case PARAMETER_RSSI:
      return record->rssi_dbm;
    case PARAMETER_LENGTH:
    default:
      return (gint64) record->length;
    }
}

static const gchar *
get_text (const AtRecord *record, guint parameter)
{
  switch (parameter)
    {
    case PARAMETER_RECORD_TYPE:
      return record->is_wireless ? "WMBUS" : "AMS";
    case PARAMETER_PROTOCOL:
      return record->protocol;
    case PARAMETER_DEV_ID:
      return record->identification;
    case PARAMETER_DATA:
    default:
      return record->data;
    }
}

/* Whether a text is a pattern with "*": the parts must come in order, the first and the last at the ends.
 * Time is linear in the text for each part. */
static gboolean
fits (const gchar *pattern, const gchar *text)
{
  const gchar *star = NULL;
  const gchar *mark = NULL;

  while (*text != '\0')
    {
      if (*pattern == '*')
        {
          star = ++pattern;
          mark = text;
        }
      else if (*pattern == g_ascii_toupper (*text))
        {
          pattern++;
          text++;
        }
      else if (star != NULL)
        {
          pattern = star;
          text = ++mark;
        }
      else
        return FALSE;
    }
  while (*pattern == '*')
    pattern++;
  return *pattern == '\0';
}

static gboolean
holds (const AtCondition *self, const AtRecord *record)
{
  Owner owner = PARAMETERS[self->parameter].owner;

  if (owner != OF_ALL && (owner == OF_WMBUS) != record->is_wireless)
    return FALSE;
  if (PARAMETERS[self->parameter].is_text)
    return fits (self->text, get_text (record, self->parameter)) == (self->relation == AT_RELATION_EQUAL);
  return compare (self->relation, get_number (record, self->parameter), self->number);
}

gboolean
at_filter_matches (const AtFilter *self, const AtRecord *record)
{
  for (guint i = 0; i < self->n; i++)
    if (!holds (&self->conditions[i], record))
      return FALSE;
  return TRUE;
}
