/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Security mode 3: DES in CBC with an initialization vector that ends with the day on which the meter sent,
 * as type G, which the telegram does not say beside its content.
 *
 *   IV   identification (4)  manufacturer (2)  day (2)
 *
 * CBC adds the vector to the first block only, so without the day two bytes of the content are not known: its
 * seventh and eighth. No check covers them: a wrong day would give wrong digits that nobody notices. So the
 * day is taken from the clock of the meter itself, which its content has as a rule behind the first block; a
 * telegram that has none, or was not received on that day, stays closed. */
#include "en13757-private.h"

#include "en13757-cipher.h"

/* Around midnight, and in another time zone, the day may be another one than here. */
#define DAYS_APART_MAX 1

#define FIRST_BLOCK DES_BLOCK_SIZE

/* The time that a meter says that it is, where its bytes are behind the first block. */
static gboolean
is_clock (const AmselRecord *record)
{
  return record->quantity == AMSEL_QUANTITY_DATE_TIME && record->kind == AMSEL_VALUE_DATE
         && (record->date.parts & AMSEL_DATE_DAY) != 0 && record->function == AMSEL_FUNCTION_INSTANTANEOUS
         && record->storage == 0 && record->tariff == 0 && record->subunit == 0 && record->n_modifiers == 0
         && record->data_offset >= FIRST_BLOCK;
}

static gboolean
find_clock (const guint8 *content, gsize length, AmselDate *out_date)
{
  g_autoptr (AmselFrame) frame = amsel_frame_new (content, length, 0, AMSEL_RSSI_UNKNOWN);
  g_autoptr (AmselTelegram) telegram = amsel_telegram_new (frame, EN13757_RECORDS_EXPECTED (length));
  gsize n;
  const AmselRecord *records;

  if (!en13757_decode_records (telegram, 0, length, NULL))
    return FALSE;
  records = amsel_telegram_get_records (telegram, &n);
  for (gsize i = 0; i < n; i++)
    if (is_clock (&records[i]))
      {
        *out_date = records[i].date;
        return TRUE;
      }
  return FALSE;
}

/* Whether a telegram may have been sent on a day, by the time when it was received, where that is known. */
static gboolean
is_plausible (const AmselDate *day, gint64 received_us)
{
  g_autoptr (GDateTime) received = NULL;
  GDate sent;
  GDate here;

  if (received_us == 0)
    return TRUE;
  received = g_date_time_new_from_unix_utc (received_us / G_USEC_PER_SEC);
  if (received == NULL)
    return FALSE;
  g_date_clear (&sent, 1);
  g_date_clear (&here, 1);
  g_date_set_dmy (&sent, day->day, (GDateMonth) day->month, day->year);
  g_date_set_dmy (&here, (GDateDay) g_date_time_get_day_of_month (received),
                  (GDateMonth) g_date_time_get_month (received), (GDateYear) g_date_time_get_year (received));
  return ABS (g_date_days_between (&sent, &here)) <= DAYS_APART_MAX;
}

/**
 * en13757_dated_complete: (skip)
 * @content: (array length=length): what was decrypted as if the day were zero; completed in place
 * @length: at least one block
 * @received_us: when the telegram was received, or 0
 *
 * Returns: whether the day is known, and the content complete
 */
gboolean
en13757_dated_complete (guint8 *content, gsize length, gint64 received_us)
{
  guint8 clock[EN13757_TYPE_F_LENGTH];
  AmselDate day;

  if (!find_clock (content, length, &day) || !is_plausible (&day, received_us))
    return FALSE;
  en13757_encode_type_f (&day, clock);
  for (guint i = 0; i < EN13757_DATED_LENGTH; i++)
    content[EN13757_DATED_OFFSET + i] ^= clock[2 + i];
  return TRUE;
}
