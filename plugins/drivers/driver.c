/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way from a protocol to the drivers of a meter, and what compiled drivers add fields with. */
#include "driver.h"

#include <string.h>

#include "driver-codes.h"
#include "driver-diehl-scramble.h"
#include "driver-library.h"

#define DRIVER_CODE_ADDRESS(name) &driver_##name,

static const DriverCode *const CODES[] = { DRIVER_CODES (DRIVER_CODE_ADDRESS) NULL };

/* The compiled drivers, indexed when the first telegram comes. */
static const DriverIndex *
get_codes (void)
{
  static DriverIndex index;
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    {
      driver_index_init (&index);
      for (gsize i = 0; CODES[i] != NULL; i++)
        driver_index_add (&index, CODES[i]->matches, CODES[i]);
      driver_index_build (&index);
      g_once_init_leave (&ready, 1);
    }
  return &index;
}

gboolean
driver_correct_identity (const guint8 *link, gsize length, AmselIdentity *identity)
{
  return diehl_frame_get_identity (link, length, identity);
}

DriverResult
driver_decode_payload (DriverContext *context)
{
  const DriverIndex *codes = get_codes ();
  const DriverCode *code;
  guint position = 0;

  while ((code = driver_index_next (codes, context->identity, &position)) != NULL)
    {
      DriverResult result = code->decode != NULL ? code->decode (context) : DRIVER_RESULT_NOT_MINE;

      if (result != DRIVER_RESULT_NOT_MINE)
        {
          amsel_telegram_set_driver (context->telegram, code->name);
          return result;
        }
    }
  return DRIVER_RESULT_NOT_MINE;
}

/* The first compiled driver of the meter that finds something of its own in the records. */
void
driver_apply_codes (DriverContext *context)
{
  const DriverIndex *codes = get_codes ();
  const DriverCode *code;
  guint position = 0;

  while ((code = driver_index_next (codes, context->identity, &position)) != NULL)
    if (code->records != NULL && code->records (context))
      {
        amsel_telegram_set_driver (context->telegram, code->name);
        return;
      }
}

static const DriverLibrary *
library_or_default (const DriverLibrary *library)
{
  return library != NULL ? library : driver_library_get_default ();
}

void
driver_apply (DriverContext *context)
{
  const DriverDescribed *driver;
  gsize n_records;

  driver_apply_codes (context);
  amsel_telegram_get_records (context->telegram, &n_records);
  if (n_records == 0 && amsel_telegram_get_driver (context->telegram) != NULL)
    return; /* a payload that a compiled driver has taken is all that there was */
  driver = driver_library_find (library_or_default (context->library), context->identity);
  if (driver != NULL)
    driver_described_apply (driver, context);
}

const GPtrArray *
driver_find_formats (guint16 signature, gconstpointer library)
{
  const GPtrArray *found = NULL;

  for (const DriverLibrary *at = library_or_default (library); found == NULL && at != NULL; at = at->base)
    found = g_hash_table_lookup (at->formats, GUINT_TO_POINTER ((guint) signature));
  return found;
}

static gboolean
find_offset (const guint8 *whole, gsize whole_length, const guint8 *bytes, gsize length, gsize *out_offset)
{
  guintptr begin = (guintptr) whole;
  guintptr place = (guintptr) bytes;

  if (whole == NULL || place < begin || place - begin > whole_length
      || length > whole_length - (place - begin))
    return FALSE;
  *out_offset = place - begin;
  return TRUE;
}

/* Bytes of neither are something unpacked, whose place only the driver knows. */
void
driver_note (DriverContext *context, const guint8 *bytes, gsize length, const gchar *what)
{
  DriverNote note = { .length = length, .what = what };
  const guint8 *payload;
  gsize payload_length;

  if (context->notes == NULL)
    return;
  payload = amsel_telegram_get_payload (context->telegram, &payload_length);
  if (find_offset (context->link, context->link_length, bytes, length, &note.offset)
      || find_offset (payload, payload_length, bytes, length, &note.offset))
    g_array_append_val (context->notes, note);
}

AmselField *
driver_add_decimal (DriverContext *context, const gchar *name, gint64 mantissa, gint exponent)
{
  AmselField *field = amsel_telegram_add_field (context->telegram, name);

  field->kind = AMSEL_VALUE_DECIMAL;
  amsel_decimal_set (&field->decimal, mantissa, exponent);
  return field;
}

AmselField *
driver_add_date (DriverContext *context, const gchar *name, const AmselDate *date)
{
  AmselField *field = amsel_telegram_add_field (context->telegram, name);

  if (!amsel_date_is_valid (date))
    {
      field->reason = AMSEL_REASON_INVALID_DATE;
      return field;
    }
  field->kind = AMSEL_VALUE_DATE;
  field->date = *date;
  return field;
}

AmselField *
driver_add_day (DriverContext *context, const gchar *name, guint year, guint month, guint day)
{
  const AmselDate date = {
    .year = (guint16) MIN (year, 9999u),
    .month = (guint8) MIN (month, 255u),
    .day = (guint8) MIN (day, 255u),
    .parts = AMSEL_DATE_DAY,
  };

  return driver_add_date (context, name, &date);
}

AmselField *
driver_add_text (DriverContext *context, const gchar *name, const gchar *text)
{
  AmselField *field = amsel_telegram_add_field (context->telegram, name);

  amsel_telegram_set_field_text (context->telegram, field, text, strlen (text));
  return field;
}

AmselField *
driver_add_null (DriverContext *context, const gchar *name, AmselReason reason)
{
  AmselField *field = amsel_telegram_add_field (context->telegram, name);

  field->reason = (guint8) reason;
  return field;
}
