/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fields of a line of an AT answer: numbers and quoted texts between commas. Pure. */
#pragma once

#include "smartcom-fault.h"

G_BEGIN_DECLS

/* More than any line has. */
#define SMARTCOM_FIELDS_MAX 16

typedef struct
{
  const gchar *text; /* (unowned): where it begins, without its quote */
  gsize length;
  gboolean quoted;
} SmartcomField;

typedef struct
{
  SmartcomField fields[SMARTCOM_FIELDS_MAX];
  guint n_fields;
} SmartcomFields;

/* The fields point into text. */
gboolean smartcom_fields_parse (const gchar *text, SmartcomFields *out, GError **error);
gboolean smartcom_field_is (const SmartcomField *self, const gchar *word);
gboolean smartcom_field_get_int (const SmartcomField *self, gint64 minimum, gint64 maximum, gint64 *out);
gchar *smartcom_field_dup (const SmartcomField *self);

G_END_DECLS
