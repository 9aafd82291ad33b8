/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A handle on one value of a readout, for whoever wants values and not telegrams. */
#include <math.h>

#include "amsel-readout.h"

struct _AmselReading
{
  gatomicrefcount refs;
  AmselReadout *readout;   /* (owned) */
  AmselTelegram *telegram; /* (unowned): kept by readout */
  guint record;            /* index in telegram */
};

G_DEFINE_BOXED_TYPE (AmselReading, amsel_reading, amsel_reading_ref, amsel_reading_unref)

/**
 * amsel_readout_get_reading:
 * @self: a readout
 * @index: number of a value, from 0, counted over all telegrams
 *
 * Returns: (transfer full) (nullable): the value; %NULL where there are not so many
 */
AmselReading *
amsel_readout_get_reading (AmselReadout *self, guint index)
{
  gsize n_telegrams;
  AmselTelegram *const *telegrams = amsel_readout_get_telegrams (self, &n_telegrams);

  for (gsize i = 0; i < n_telegrams; i++)
    {
      guint n = amsel_telegram_get_n_records (telegrams[i]);

      if (index < n)
        {
          AmselReading *reading = g_new (AmselReading, 1);

          g_atomic_ref_count_init (&reading->refs);
          reading->readout = amsel_readout_ref (self);
          reading->telegram = telegrams[i];
          reading->record = index;
          return reading;
        }
      index -= n;
    }
  return NULL;
}

/**
 * amsel_reading_ref:
 * @self: a reading
 *
 * Returns: (transfer full): @self
 */
AmselReading *
amsel_reading_ref (AmselReading *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * amsel_reading_unref:
 * @self: (transfer full): a reading
 */
void
amsel_reading_unref (AmselReading *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  amsel_readout_unref (self->readout);
  g_free (self);
}

/**
 * amsel_reading_get_readout:
 * @self: a reading
 *
 * Returns: (transfer none): what it is part of: meter, times, quality
 */
AmselReadout *
amsel_reading_get_readout (const AmselReading *self)
{
  return self->readout;
}

/**
 * amsel_reading_get_record:
 * @self: a reading
 *
 * Returns: (transfer none): the record of the telegram that it is
 */
const AmselRecord *
amsel_reading_get_record (const AmselReading *self)
{
  return amsel_telegram_get_record (self->telegram, self->record);
}

/**
 * amsel_reading_get_quantity:
 * @self: a reading
 *
 * Returns: what was measured
 */
AmselQuantity
amsel_reading_get_quantity (const AmselReading *self)
{
  return (AmselQuantity) amsel_reading_get_record (self)->quantity;
}

/**
 * amsel_reading_get_unit:
 * @self: a reading
 *
 * Returns: (transfer none): symbol of the unit, such as "m3"; empty for none
 */
const gchar *
amsel_reading_get_unit (const AmselReading *self)
{
  return amsel_unit_get_symbol ((AmselUnit) amsel_reading_get_record (self)->unit);
}

/**
 * amsel_reading_get_function:
 * @self: a reading
 *
 * Returns: which value of the quantity it is
 */
AmselFunction
amsel_reading_get_function (const AmselReading *self)
{
  return (AmselFunction) amsel_reading_get_record (self)->function;
}

/**
 * amsel_reading_get_storage:
 * @self: a reading
 *
 * Returns: storage number, 0 for the present value
 */
guint64
amsel_reading_get_storage (const AmselReading *self)
{
  return amsel_reading_get_record (self)->storage;
}

/**
 * amsel_reading_get_tariff:
 * @self: a reading
 *
 * Returns: tariff number, 0 for the total
 */
guint
amsel_reading_get_tariff (const AmselReading *self)
{
  return amsel_reading_get_record (self)->tariff;
}

/**
 * amsel_reading_get_subunit:
 * @self: a reading
 *
 * Returns: number of the part of the device
 */
guint
amsel_reading_get_subunit (const AmselReading *self)
{
  return amsel_reading_get_record (self)->subunit;
}

/**
 * amsel_reading_get_kind:
 * @self: a reading
 *
 * Returns: what sort of value it is
 */
AmselValueKind
amsel_reading_get_kind (const AmselReading *self)
{
  return (AmselValueKind) amsel_reading_get_record (self)->kind;
}

/**
 * amsel_reading_get_value_text:
 * @self: a reading
 *
 * Returns: (transfer full) (nullable): the value: exact digits, ISO 8601, text, or bytes as hexadecimal
 * digits; %NULL for none
 */
gchar *
amsel_reading_get_value_text (const AmselReading *self)
{
  return amsel_telegram_get_value_text (self->telegram, self->record);
}

/**
 * amsel_reading_get_modifiers:
 * @self: a reading
 *
 * Returns: (transfer full) (array zero-terminated=1): names of what changes the meaning, in the telegram's
 * order
 */
gchar **
amsel_reading_get_modifiers (const AmselReading *self)
{
  const AmselRecord *record = amsel_reading_get_record (self);
  gchar **names = g_new0 (gchar *, AMSEL_RECORD_MODIFIERS + 1);

  for (guint i = 0; i < MIN (record->n_modifiers, AMSEL_RECORD_MODIFIERS); i++)
    names[i] = g_strdup (amsel_modifier_get_name (record->modifiers[i]));
  return names;
}

/**
 * amsel_reading_get_value_double:
 * @self: a reading
 *
 * Returns: the value as the nearest floating-point number, which may not be exact; NaN where it is no number
 */
gdouble
amsel_reading_get_value_double (const AmselReading *self)
{
  gchar text[AMSEL_NUMBER_CHARS];

  if (amsel_record_write_number (amsel_reading_get_record (self), text) == 0)
    return (gdouble) NAN;
  return g_ascii_strtod (text, NULL);
}

/**
 * amsel_reading_get_reason:
 * @self: a reading
 *
 * Returns: (transfer none) (nullable): why there is no value, such as "invalid-date"; %NULL where there is
 * one
 */
const gchar *
amsel_reading_get_reason (const AmselReading *self)
{
  const AmselRecord *record = amsel_reading_get_record (self);

  return record->kind == AMSEL_VALUE_NONE ? amsel_reason_get_name ((AmselReason) record->reason) : NULL;
}
