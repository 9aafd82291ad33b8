/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The named values of a telegram, which the driver of its meter adds.
 *
 * They are one array that is made when the first one comes, and their texts are one buffer, so a telegram
 * with a driver takes one or two allocations more than one without. */
#include <string.h>

#include "amsel-telegram-private.h"

#define FIELDS_AT_FIRST 16
#define TEXTS_AT_FIRST  64

/**
 * amsel_telegram_set_driver: (skip)
 * @self: a telegram that is being filled
 * @driver: name of the driver, which lives as long as the program
 *
 * Says which driver makes the fields. For drivers.
 */
void
amsel_telegram_set_driver (AmselTelegram *self, const gchar *driver)
{
  self->driver = driver;
}

/**
 * amsel_telegram_add_field: (skip)
 * @self: a telegram that is being filled
 * @name: name of the field, which lives as long as the program
 *
 * Adds a field. For drivers.
 *
 * Returns: (transfer none): the field, without a value, to be written; valid until the next one is added
 */
AmselField *
amsel_telegram_add_field (AmselTelegram *self, const gchar *name)
{
  AmselField *field;

  if (G_UNLIKELY (self->n_fields == self->n_fields_allocated))
    {
      self->n_fields_allocated = MAX (FIELDS_AT_FIRST, 2 * self->n_fields_allocated);
      self->fields = g_renew (AmselField, self->fields, self->n_fields_allocated);
    }
  field = &self->fields[self->n_fields++];
  memset (field, 0, sizeof *field);
  field->name = name;
  return field;
}

/**
 * amsel_telegram_set_field_text: (skip)
 * @self: a telegram that is being filled
 * @field: one of its fields
 * @text: UTF-8 text, which is copied
 * @length: bytes of it, of which at most 65535 are kept
 *
 * Makes a text the value of a field. For drivers.
 */
void
amsel_telegram_set_field_text (AmselTelegram *self, AmselField *field, const gchar *text, gsize length)
{
  length = MIN (length, G_MAXUINT16);
  if (self->texts_allocated - self->texts_length <= length)
    {
      self->texts_allocated = MAX (TEXTS_AT_FIRST, 2 * (self->texts_length + length + 1));
      self->texts = g_realloc (self->texts, self->texts_allocated);
    }
  memcpy (self->texts + self->texts_length, text, length);
  self->texts[self->texts_length + length] = '\0';
  field->kind = AMSEL_VALUE_TEXT;
  field->text_offset = (guint32) self->texts_length;
  field->text_length = (guint16) length;
  self->texts_length += length + 1;
}

/**
 * amsel_telegram_take_names: (skip)
 * @self: a telegram that is being filled
 * @names: (transfer full): what the names of its driver and its fields point into, from g_malloc()
 *
 * For names that do not live as long as the program.
 */
void
amsel_telegram_take_names (AmselTelegram *self, gchar *names)
{
  g_free (self->names);
  self->names = names;
}

/**
 * amsel_telegram_get_driver:
 * @self: a telegram
 *
 * Returns: (transfer none) (nullable): name of the driver that made its fields; %NULL where there is none
 */
const gchar *
amsel_telegram_get_driver (const AmselTelegram *self)
{
  return self->driver;
}

/**
 * amsel_telegram_get_fields: (skip)
 * @self: a telegram
 * @n_fields: (out): how many
 *
 * Returns: (transfer none) (array length=n_fields) (nullable): the fields
 */
const AmselField *
amsel_telegram_get_fields (const AmselTelegram *self, gsize *n_fields)
{
  *n_fields = self->n_fields;
  return self->fields;
}

/**
 * amsel_telegram_get_text_of_field: (skip)
 * @self: a telegram
 * @field: one of its fields, whose kind is %AMSEL_VALUE_TEXT
 *
 * Returns: (transfer none): its text, UTF-8 and with a terminating zero
 */
const gchar *
amsel_telegram_get_text_of_field (const AmselTelegram *self, const AmselField *field)
{
  g_return_val_if_fail (field->kind == AMSEL_VALUE_TEXT && field->text_offset < self->texts_length, "");
  return self->texts + field->text_offset;
}

/**
 * amsel_telegram_get_n_fields:
 * @self: a telegram
 *
 * Returns: how many named values the driver of its meter made
 */
guint
amsel_telegram_get_n_fields (const AmselTelegram *self)
{
  return (guint) self->n_fields;
}

/**
 * amsel_telegram_get_field_name:
 * @self: a telegram
 * @index: number of a field, from 0
 *
 * Returns: (transfer none) (nullable): its name, such as "total_m3"; %NULL where there are not so many
 */
const gchar *
amsel_telegram_get_field_name (const AmselTelegram *self, guint index)
{
  return index < self->n_fields ? self->fields[index].name : NULL;
}

/**
 * amsel_telegram_get_field_kind:
 * @self: a telegram
 * @index: number of a field, from 0
 *
 * Returns: what its value is; %AMSEL_VALUE_NONE where there is none
 */
AmselValueKind
amsel_telegram_get_field_kind (const AmselTelegram *self, guint index)
{
  return index < self->n_fields ? (AmselValueKind) self->fields[index].kind : AMSEL_VALUE_NONE;
}

/**
 * amsel_telegram_get_field_role:
 * @self: a telegram
 * @index: number of a field, from 0
 *
 * Returns: how it behaves over time; where its driver does not say it, what its name tells
 */
AmselFieldRole
amsel_telegram_get_field_role (const AmselTelegram *self, guint index)
{
  const AmselField *field = index < self->n_fields ? &self->fields[index] : NULL;

  if (field == NULL || field->role != AMSEL_FIELD_NONE)
    return field != NULL ? (AmselFieldRole) field->role : AMSEL_FIELD_NONE;
  return amsel_field_name_get_role (field->name);
}

/**
 * amsel_telegram_get_field_quantity:
 * @self: a telegram
 * @index: number of a field, from 0
 *
 * Returns: what it is about; where its driver does not say it, what its unit tells
 */
AmselQuantity
amsel_telegram_get_field_quantity (const AmselTelegram *self, guint index)
{
  const AmselField *field = index < self->n_fields ? &self->fields[index] : NULL;

  if (field == NULL || field->quantity != AMSEL_QUANTITY_UNKNOWN)
    return field != NULL ? (AmselQuantity) field->quantity : AMSEL_QUANTITY_UNKNOWN;
  return amsel_field_name_get_quantity (field->name);
}

/**
 * amsel_telegram_get_field_reason:
 * @self: a telegram
 * @index: number of a field, from 0
 *
 * Returns: why it has no value; %AMSEL_REASON_NONE where it has one
 */
AmselReason
amsel_telegram_get_field_reason (const AmselTelegram *self, guint index)
{
  return index < self->n_fields ? (AmselReason) self->fields[index].reason : AMSEL_REASON_NONE;
}

/**
 * amsel_telegram_get_field_value_text:
 * @self: a telegram
 * @index: number of a field, from 0
 *
 * Returns: (transfer full) (nullable): the value as text: exact digits, ISO 8601 or text; %NULL where the
 * field has no value or does not exist
 */
gchar *
amsel_telegram_get_field_value_text (const AmselTelegram *self, guint index)
{
  const AmselField *field = index < self->n_fields ? &self->fields[index] : NULL;
  gchar text[MAX (AMSEL_DECIMAL_CHARS, AMSEL_DATE_CHARS)];

  switch (field != NULL ? (AmselValueKind) field->kind : AMSEL_VALUE_NONE)
    {
    case AMSEL_VALUE_DECIMAL:
      amsel_decimal_write (&field->decimal, text);
      return g_strdup (text);
    case AMSEL_VALUE_DATE:
      amsel_date_write (&field->date, text);
      return g_strdup (text);
    case AMSEL_VALUE_TEXT:
      return g_strdup (amsel_telegram_get_text_of_field (self, field));
    case AMSEL_VALUE_REAL:
    case AMSEL_VALUE_BYTES:
    case AMSEL_VALUE_NONE:
      break;
    }
  return NULL;
}
