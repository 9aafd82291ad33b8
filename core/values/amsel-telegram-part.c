/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of telegrams.
 *
 * Two records mean the same where quantity, unit, function, storage, tariff, subunit and modifiers are the
 * same: a volume in litres and one in cubic metres do, since units have no scale here. What nobody knows the
 * meaning of (a manufacturer's own data, an unknown VIF) is told apart by the bytes that announce it. */
#include "amsel-telegram-part.h"

#include <stdlib.h>
#include <string.h>

#include "amsel-telegram-private.h"

/* FNV-1a, 64 bits */
#define HASH_BASIS G_GUINT64_CONSTANT (0xCBF29CE484222325)
#define HASH_PRIME G_GUINT64_CONSTANT (0x100000001B3)

static guint64
hash_bytes (guint64 hash, const guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    hash = (hash ^ bytes[i]) * HASH_PRIME;
  return hash;
}

static guint64
hash_number (guint64 hash, guint64 number)
{
  for (guint i = 0; i < 8; i++, number >>= 8)
    hash = (hash ^ (number & 0xFF)) * HASH_PRIME;
  return hash;
}

/* Bytes of the payload; those that lead out of it count as none. */
static guint64
hash_payload (guint64 hash, const AmselTelegram *self, gsize offset, gsize length)
{
  if (offset > self->payload_length || length > self->payload_length - offset)
    return hash;
  return hash_bytes (hash, self->payload + offset, length);
}

static guint64
hash_record (const AmselTelegram *self, const AmselRecord *record)
{
  guint64 hash = HASH_BASIS;

  hash =
      hash_number (hash, (guint64) record->quantity << 32 | (guint64) record->unit << 16 | record->function);
  hash = hash_number (hash, record->storage);
  hash = hash_number (hash, (guint64) record->tariff << 32 | record->subunit);
  for (guint i = 0; i < MIN (record->n_modifiers, AMSEL_RECORD_MODIFIERS); i++)
    hash = hash_number (hash, record->modifiers[i]);
  hash = hash_payload (hash, self, record->vif_text_offset, record->vif_text_length);
  if (record->quantity != AMSEL_QUANTITY_UNKNOWN && record->quantity != AMSEL_QUANTITY_MANUFACTURER_SPECIFIC)
    return hash;
  hash = hash_payload (hash, self, record->dif_offset, (gsize) record->dif_length + record->vif_length);
  return hash_number (hash, record->data_length);
}

static guint64
hash_field (const AmselField *field)
{
  return hash_bytes (HASH_PRIME, (const guint8 *) field->name, strlen (field->name));
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a;
  guint64 y = *(const guint64 *) b;

  return (x > y) - (x < y);
}

void
amsel_telegram_list_meanings (const AmselTelegram *self, GArray *meanings)
{
  for (gsize i = 0; i < self->n_records; i++)
    {
      guint64 meaning = hash_record (self, &self->records[i]);

      g_array_append_val (meanings, meaning);
    }
  for (gsize i = 0; i < self->n_fields; i++)
    {
      guint64 meaning = hash_field (&self->fields[i]);

      g_array_append_val (meanings, meaning);
    }
  g_array_sort (meanings, compare);
}

static gboolean
has (const GArray *meanings, guint64 meaning)
{
  return meanings->len > 0
         && bsearch (&meaning, meanings->data, meanings->len, sizeof meaning, compare) != NULL;
}

/* Copies the names of driver and fields, where they do not live as long as the program. */
static void
own_names (AmselTelegram *part)
{
  const gchar *driver = part->driver;
  gsize length = strlen (driver) + 1;
  gchar *room;

  for (gsize i = 0; i < part->n_fields; i++)
    length += strlen (part->fields[i].name) + 1;
  room = part->names = g_malloc (length);
  part->driver = room;
  room = g_stpcpy (room, driver) + 1;
  for (gsize i = 0; i < part->n_fields; i++)
    {
      const gchar *name = part->fields[i].name;

      part->fields[i].name = room;
      room = g_stpcpy (room, name) + 1;
    }
}

static void
copy_fields (AmselTelegram *part, const AmselTelegram *whole, const GArray *meanings)
{
  amsel_telegram_set_driver (part, whole->driver);
  for (gsize i = 0; i < whole->n_fields; i++)
    {
      const AmselField *field = &whole->fields[i];
      AmselField *copy;

      if (has (meanings, hash_field (field)))
        continue;
      copy = amsel_telegram_add_field (part, field->name);
      *copy = *field;
      if (field->kind == AMSEL_VALUE_TEXT)
        amsel_telegram_set_field_text (part, copy, amsel_telegram_get_text_of_field (whole, field),
                                       field->text_length);
    }
  if (whole->names != NULL && part->driver != NULL)
    own_names (part);
}

static AmselTelegram *
new_part (const AmselTelegram *whole, const GArray *meanings, gsize n_records)
{
  AmselTelegram *part = amsel_telegram_new (whole->frame, n_records);

  part->header = whole->header;
  if (whole->own_payload != NULL)
    amsel_telegram_take_payload (part, g_memdup2 (whole->own_payload, whole->payload_length),
                                 whole->payload_length);
  for (gsize i = 0; i < whole->n_records; i++)
    if (!has (meanings, hash_record (whole, &whole->records[i])))
      *amsel_telegram_add_record (part) = whole->records[i];
  copy_fields (part, whole, meanings);
  return part;
}

AmselTelegram *
amsel_telegram_subtract (AmselTelegram *self, const GArray *meanings)
{
  gsize n_records = 0;
  gsize n_fields = 0;

  for (gsize i = 0; i < self->n_records; i++)
    n_records += has (meanings, hash_record (self, &self->records[i])) ? 0 : 1;
  for (gsize i = 0; i < self->n_fields; i++)
    n_fields += has (meanings, hash_field (&self->fields[i])) ? 0 : 1;
  if (n_records + n_fields == 0)
    return NULL;
  if (n_records == self->n_records && n_fields == self->n_fields)
    return amsel_telegram_ref (self);
  return new_part (self, meanings, n_records);
}

gsize
amsel_telegram_get_size (const AmselTelegram *self)
{
  gsize frame_length;

  amsel_frame_get_data (self->frame, &frame_length);
  return sizeof *self + self->n_allocated * sizeof (AmselRecord) + frame_length
         + self->n_fields_allocated * sizeof (AmselField) + self->texts_allocated
         + (self->own_payload != NULL ? self->payload_length : 0);
}
