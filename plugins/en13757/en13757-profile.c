/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compact profiles (EN 13757-3:2018 Annex F): a record of variable length that holds a row of values, such as
 * those of the last months, is unfolded into one record for each.
 *
 *   data    control, spacing, values
 *   control bits 0-3 how each value is coded, as in a DIF; 4-5 unit of the spacing; 6-7 what the values are
 *   spacing units between two values; 254 with unit 3 is a month
 *
 * The values have the storage numbers behind the record's own, and run on in time from it; in an inverse
 * profile they run back. Where there is a date with the record's storage number, each value gets its own date
 * beside it.
 *
 * Only values are unfolded: differences between values, and rows without spacing, stay one record. A value
 * whose bits are all set is none; it is left out at the end of the row, where the meter has not come to it
 * yet. */
#include "en13757-private.h"

#define CODE_INVERSE_PROFILE 0x13
#define CODE_PROFILE_FIRST   0x1E
#define CODE_PROFILE_LAST    0x1F

#define HEADER_LENGTH   2
#define DATA_FIELD      0x0F
#define MODE            0xC0 /* 0 is values */
#define UNIT            0x30
#define UNIT_MONTHS     0x30
#define SPACING_MONTH   254
#define SPACING_MAX     250 /* so many units; above are spacings of their own */
#define MONTHS_PER_YEAR 12

/* What the profile is about, copied, since adding records moves them. */
typedef struct
{
  AmselRecord record;
  En13757DataField field;
  gboolean inverse;
  gboolean monthly;
  gsize n_values;
  gboolean has_date;
  AmselRecord date;
} Profile;

/* Takes the VIFE that says what it is out of the modifiers, which are then those of each value. */
static gboolean
take_marker (AmselRecord *record, gboolean *out_inverse)
{
  for (guint i = 0; i < record->n_modifiers; i++)
    {
      guint code = record->modifiers[i] & 0xFF;

      if (record->modifiers[i] >> 8 != AMSEL_MODIFIER_TABLE_COMBINABLE
          || (code != CODE_INVERSE_PROFILE && (code < CODE_PROFILE_FIRST || code > CODE_PROFILE_LAST)))
        continue;
      *out_inverse = code == CODE_INVERSE_PROFILE;
      for (record->n_modifiers--; i < record->n_modifiers; i++)
        record->modifiers[i] = record->modifiers[i + 1];
      return TRUE;
    }
  return FALSE;
}

static gboolean
is_unset (const guint8 *value, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (value[i] != 0xFF)
      return FALSE;
  return TRUE;
}

/* The date of the record's own storage number, which the profile runs on from. */
static void
find_date (const AmselTelegram *telegram, Profile *profile)
{
  gsize n;
  const AmselRecord *records = amsel_telegram_get_records (telegram, &n);

  for (gsize i = 0; i < n; i++)
    if (records[i].quantity == AMSEL_QUANTITY_DATE && records[i].kind == AMSEL_VALUE_DATE
        && (records[i].date.parts & AMSEL_DATE_DAY) != 0 && records[i].storage == profile->record.storage
        && records[i].tariff == profile->record.tariff && records[i].subunit == profile->record.subunit
        && records[i].n_modifiers == 0)
      {
        profile->date = records[i];
        profile->has_date = TRUE;
        return;
      }
}

static gboolean
read_header (const AmselTelegram *telegram, Profile *profile)
{
  gsize length;
  const guint8 *data = amsel_telegram_get_payload (telegram, &length) + profile->record.data_offset;
  const guint8 *values = data + HEADER_LENGTH;

  if (profile->record.data_length < HEADER_LENGTH || (data[0] & MODE) != 0)
    return FALSE;
  profile->field = en13757_data_fields[data[0] & DATA_FIELD];
  if ((profile->field.class != EN13757_DATA_INTEGER && profile->field.class != EN13757_DATA_BCD)
      || data[1] == 0 || (data[1] > SPACING_MAX && data[1] != SPACING_MONTH))
    return FALSE;
  profile->monthly = data[1] == SPACING_MONTH && (data[0] & UNIT) == UNIT_MONTHS;
  profile->n_values = (profile->record.data_length - HEADER_LENGTH) / profile->field.length;
  while (profile->n_values > 0
         && is_unset (values + (profile->n_values - 1) * profile->field.length, profile->field.length))
    profile->n_values--;
  return TRUE;
}

/* So many months on or back; the last day of a month stays the last one. */
static void
step_months (AmselDate *date, gint months)
{
  gboolean is_last = date->day == g_date_get_days_in_month ((GDateMonth) date->month, date->year);
  gint month = date->year * MONTHS_PER_YEAR + date->month - 1 + months;
  guint8 days;

  date->year = (guint16) (month / MONTHS_PER_YEAR);
  date->month = (guint8) (month % MONTHS_PER_YEAR + 1);
  days = g_date_get_days_in_month ((GDateMonth) date->month, date->year);
  if (is_last || date->day > days)
    date->day = days;
}

static void
add_date (AmselTelegram *telegram, const Profile *profile, guint64 storage, gint steps)
{
  AmselRecord *record = amsel_telegram_add_record (telegram);

  *record = profile->date;
  record->storage = storage;
  step_months (&record->date, profile->inverse ? -steps : steps);
}

/* Makes the values at the end of the telegram's records, with what the VIF chain of the profile says. */
void
en13757_profile_unfold (AmselTelegram *telegram, const En13757Vib *vib)
{
  Profile profile = { 0 };
  En13757Vib number = *vib;
  AmselCursor cursor;
  gsize n, length;
  const AmselRecord *records = amsel_telegram_get_records (telegram, &n);

  if (n == 0 || records[n - 1].n_modifiers == 0)
    return;
  profile.record = records[n - 1];
  if (!take_marker (&profile.record, &profile.inverse) || !read_header (telegram, &profile))
    return;
  number.type = EN13757_TYPE_NUMBER; /* the profile itself is kept as bytes */
  profile.record.reason = AMSEL_REASON_NONE;
  find_date (telegram, &profile);
  amsel_cursor_init (&cursor, amsel_telegram_get_payload (telegram, &length), length);
  cursor.position = profile.record.data_offset + HEADER_LENGTH;
  for (gsize i = 1; i <= profile.n_values && n + 2 * i <= EN13757_RECORDS_MAX; i++)
    {
      AmselRecord *record = amsel_telegram_add_record (telegram);

      *record = profile.record;
      record->storage += i;
      number.invalid = vib->invalid || is_unset (cursor.data + cursor.position, profile.field.length);
      en13757_read_value (&cursor, NULL, record, &number, profile.field, NULL);
      if (profile.has_date && profile.monthly)
        add_date (telegram, &profile, profile.record.storage + i, (gint) i);
    }
}
