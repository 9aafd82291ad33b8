/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Readouts for tests: with records of every kind, and a comparison of everything in them. */
#include "test-readout.h"

#include <string.h>

#define SECOND_US    G_GINT64_CONSTANT (1000000)
#define READ_TIME_US G_GINT64_CONSTANT (345678)

static AmselReadoutInfo
make_info (const gchar *meter, guint number)
{
  return (AmselReadoutInfo){
    .pipeline = "heating",
    .line = "cellar",
    .meter = meter,
    .protocol = "mbus",
    .slot_us = number * SECOND_US,
    .start_us = number * SECOND_US + 1,
    .end_us = number * SECOND_US + READ_TIME_US,
    .attempts = 1,
    .quality = AMSEL_QUALITY_GOOD,
  };
}

/* One record of each kind of value, and those whose fields are at their limits. */
static void
fill_records (AmselTelegram *telegram, guint number)
{
  AmselRecord *r = amsel_telegram_add_record (telegram);

  r->kind = AMSEL_VALUE_DECIMAL;
  r->quantity = AMSEL_QUANTITY_DATE_TIME;
  r->unit = 1;
  r->dif_offset = 3;
  r->dif_length = 1;
  r->vif_length = 1;
  r->data_offset = 5;
  r->data_length = 4;
  amsel_decimal_set (&r->decimal, -(gint64) number, -3);

  r = amsel_telegram_add_record (telegram);
  r->kind = AMSEL_VALUE_DECIMAL;
  r->quantity = G_MAXUINT16;
  r->unit = G_MAXUINT8;
  r->function = 3;
  r->storage = G_MAXUINT64;
  r->tariff = G_MAXUINT32;
  r->subunit = G_MAXUINT16;
  r->dif_offset = 9;
  r->dif_length = 11;
  r->vif_length = 11;
  r->data_offset = 31;
  r->n_modifiers = AMSEL_RECORD_MODIFIERS;
  for (guint i = 0; i < AMSEL_RECORD_MODIFIERS; i++)
    r->modifiers[i] = (AmselModifier) (0xFFFF - i);
  r->decimal = (AmselDecimal){ 0x0123456789ABCDEF, G_MININT64, G_MININT16 };

  r = amsel_telegram_add_record (telegram);
  r->kind = AMSEL_VALUE_REAL;
  r->real = -1.5f;
  r->decimal.exponent = 3;

  r = amsel_telegram_add_record (telegram);
  r->kind = AMSEL_VALUE_DATE;
  r->date = (AmselDate){ 2026, 11, 22, 8, 15, 59, AMSEL_DATE_DAY | AMSEL_DATE_MINUTE | AMSEL_DATE_DST };

  r = amsel_telegram_add_record (telegram);
  r->kind = AMSEL_VALUE_TEXT;
  r->vif_text_length = 3;
  r->vif_text_offset = 2;
  r->data_offset = 10;
  r->data_length = 8;

  r = amsel_telegram_add_record (telegram);
  r->kind = AMSEL_VALUE_BYTES;
  r->dif_offset = 20;
  r->data_offset = 24;
  r->data_length = 16;

  r = amsel_telegram_add_record (telegram);
  r->kind = AMSEL_VALUE_NONE;
  r->reason = AMSEL_REASON_INVALID_DATE;
  r->dif_offset = 40;
  r->data_offset = 40;
}

/* One field of each kind of value. */
static void
fill_fields (AmselTelegram *telegram, guint number)
{
  const gchar text[] = "LEAKAGE “1”";
  AmselField *field;

  amsel_telegram_set_driver (telegram, "sample");
  field = amsel_telegram_add_field (telegram, "total_m3");
  field->kind = AMSEL_VALUE_DECIMAL;
  field->role = AMSEL_FIELD_COUNTER;
  field->quantity = AMSEL_QUANTITY_VOLUME;
  amsel_decimal_set (&field->decimal, number, -3);

  field = amsel_telegram_add_field (telegram, "wide");
  field->kind = AMSEL_VALUE_DECIMAL;
  field->decimal = (AmselDecimal){ 0x0123456789ABCDEF, G_MININT64, G_MININT16 };

  field = amsel_telegram_add_field (telegram, "status");
  field->role = AMSEL_FIELD_INFO;
  amsel_telegram_set_field_text (telegram, field, text, strlen (text));

  field = amsel_telegram_add_field (telegram, "target_date");
  field->kind = AMSEL_VALUE_DATE;
  field->date = (AmselDate){ 2025, 12, 31, 0, 0, 0, AMSEL_DATE_DAY };

  field = amsel_telegram_add_field (telegram, "target_m3");
  field->reason = AMSEL_REASON_NOT_AVAILABLE;
}

static AmselTelegram *
make_telegram (guint number, gboolean decrypted)
{
  const gchar decrypted_bytes[] = "all that was behind the encryption, and then some more";
  guint8 data[64];
  g_autoptr (AmselFrame) frame = NULL;
  AmselTelegram *telegram;

  for (gsize i = 0; i < sizeof data; i++)
    data[i] = (guint8) (i * 7 + number);
  frame = amsel_frame_new (data, sizeof data, number * SECOND_US + READ_TIME_US - 5, decrypted ? -87 : 0);
  telegram = amsel_telegram_new (frame, 7);
  *amsel_telegram_edit_header (telegram) = (AmselTelegramHeader){
    .identity = { .id = 0x08031768 + number,
                  .manufacturer = 0x32A5,
                  .version = 153,
                  .medium = 6,
                  .address = 5 },
    .ci = 0x72,
    .access_number = (guint8) number,
    .status = 0x10,
    .configuration = 0xBEEF,
    .encryption = decrypted ? AMSEL_ENCRYPTION_DECRYPTED : AMSEL_ENCRYPTION_NONE,
    .more_follows = !decrypted,
  };
  if (decrypted)
    {
      amsel_telegram_edit_header (telegram)->identity.address = AMSEL_ADDRESS_NONE;
      amsel_telegram_take_payload (telegram, g_memdup2 (decrypted_bytes, sizeof decrypted_bytes),
                                   sizeof decrypted_bytes);
      fill_fields (telegram, number);
    }
  fill_records (telegram, number);
  return telegram;
}

AmselReadout *
test_readout_new (const gchar *meter, guint number)
{
  AmselReadoutInfo info = make_info (meter, number);
  g_autoptr (AmselTelegram) one = make_telegram (number, FALSE);
  g_autoptr (AmselTelegram) other = make_telegram (number, TRUE);
  AmselTelegram *telegrams[] = { one, other };

  return amsel_readout_new (&info, telegrams, G_N_ELEMENTS (telegrams), 0);
}

AmselReadout *
test_readout_new_plain (const gchar *meter, guint number, guint n_records)
{
  AmselReadoutInfo info = make_info (meter, number);
  gsize length = 19 + (gsize) n_records * 6 + 2;
  g_autofree guint8 *data = g_malloc (length);
  g_autoptr (AmselFrame) frame = NULL;
  g_autoptr (AmselTelegram) telegram = NULL;

  for (gsize i = 0; i < length; i++)
    data[i] = (guint8) (i * 31 + number);
  frame = amsel_frame_new (data, length, info.end_us, 0);
  telegram = amsel_telegram_new (frame, n_records);
  amsel_telegram_edit_header (telegram)->identity = (AmselIdentity){ 0x15020416, 0x32A5, 1, 6, 1 };
  for (guint i = 0; i < n_records; i++)
    {
      AmselRecord *r = amsel_telegram_add_record (telegram);

      r->kind = AMSEL_VALUE_DECIMAL;
      r->quantity = (guint16) (i + 1);
      r->unit = 3;
      r->dif_offset = 19 + i * 6;
      r->dif_length = 1;
      r->vif_length = 1;
      r->data_offset = r->dif_offset + 2;
      r->data_length = 4;
      r->storage = i / 4;
      amsel_decimal_set (&r->decimal, (gint64) number * 1000 + i, -3);
    }
  return amsel_readout_new (&info, &telegram, 1, 0);
}

AmselReadout *
test_readout_new_silent (const gchar *meter, guint number)
{
  AmselReadoutInfo info = make_info (meter, number);

  info.quality = AMSEL_QUALITY_NO_READING;
  info.attempts = 3;
  info.error_domain = "mbus-read";
  info.error_code = 131073;
  info.error_message = "no answer from primary address 5 in 330 ms";
  return amsel_readout_new (&info, NULL, 0, 0);
}

AmselReadout *
test_readout_new_numbered (guint number)
{
  g_autofree gchar *meter = g_strdup_printf ("meter-%u", number % 7);

  switch (number % 3)
    {
    case 0:
      return test_readout_new (meter, number);
    case 1:
      return test_readout_new_plain (meter, number, 12);
    default:
      return test_readout_new_silent (meter, number);
    }
}

static void
assert_info_equal (const AmselReadoutInfo *a, const AmselReadoutInfo *b)
{
  g_assert_cmpstr (a->pipeline, ==, b->pipeline);
  g_assert_cmpstr (a->line, ==, b->line);
  g_assert_cmpstr (a->meter, ==, b->meter);
  g_assert_cmpstr (a->protocol, ==, b->protocol);
  g_assert_cmpint (a->slot_us, ==, b->slot_us);
  g_assert_cmpint (a->start_us, ==, b->start_us);
  g_assert_cmpint (a->end_us, ==, b->end_us);
  g_assert_cmpuint (a->attempts, ==, b->attempts);
  g_assert_cmpuint (a->origin, ==, b->origin);
  g_assert_cmpint (a->quality, ==, b->quality);
  g_assert_cmpstr (a->error_domain, ==, b->error_domain);
  g_assert_cmpint (a->error_code, ==, b->error_code);
  g_assert_cmpstr (a->error_message, ==, b->error_message);
}

static void
assert_record_equal (const AmselRecord *a, const AmselRecord *b)
{
  g_assert_cmpuint (a->quantity, ==, b->quantity);
  g_assert_cmpuint (a->unit, ==, b->unit);
  g_assert_cmpuint (a->function, ==, b->function);
  g_assert_cmpuint (a->kind, ==, b->kind);
  g_assert_cmpuint (a->reason, ==, b->reason);
  g_assert_cmpuint (a->n_modifiers, ==, b->n_modifiers);
  g_assert_cmpuint (a->dif_length, ==, b->dif_length);
  g_assert_cmpuint (a->vif_length, ==, b->vif_length);
  g_assert_cmpuint (a->vif_text_length, ==, b->vif_text_length);
  g_assert_cmpuint (a->subunit, ==, b->subunit);
  g_assert_cmpuint (a->tariff, ==, b->tariff);
  g_assert_cmpuint (a->storage, ==, b->storage);
  g_assert_cmpuint (a->dif_offset, ==, b->dif_offset);
  g_assert_cmpuint (a->vif_text_offset, ==, b->vif_text_offset);
  g_assert_cmpuint (a->data_offset, ==, b->data_offset);
  g_assert_cmpuint (a->data_length, ==, b->data_length);
  g_assert_cmpmem (a->modifiers, sizeof a->modifiers, b->modifiers, sizeof b->modifiers);
  g_assert_cmpuint (a->decimal.low, ==, b->decimal.low);
  g_assert_cmpint (a->decimal.high, ==, b->decimal.high);
  g_assert_cmpint (a->decimal.exponent, ==, b->decimal.exponent);
  g_assert_cmpmem (&a->real, sizeof a->real, &b->real, sizeof b->real);
  g_assert_cmpmem (&a->date, sizeof a->date, &b->date, sizeof b->date);
}

static void
assert_header_equal (const AmselTelegramHeader *a, const AmselTelegramHeader *b)
{
  g_assert_cmpuint (a->identity.id, ==, b->identity.id);
  g_assert_cmpuint (a->identity.manufacturer, ==, b->identity.manufacturer);
  g_assert_cmpuint (a->identity.version, ==, b->identity.version);
  g_assert_cmpuint (a->identity.medium, ==, b->identity.medium);
  g_assert_cmpint (a->identity.address, ==, b->identity.address);
  g_assert_cmpuint (a->ci, ==, b->ci);
  g_assert_cmpuint (a->access_number, ==, b->access_number);
  g_assert_cmpuint (a->status, ==, b->status);
  g_assert_cmpuint (a->configuration, ==, b->configuration);
  g_assert_cmpint (a->encryption, ==, b->encryption);
  g_assert_cmpint (a->more_follows, ==, b->more_follows);
}

static void
assert_fields_equal (const AmselTelegram *a, const AmselTelegram *b)
{
  gsize n_a, n_b;
  const AmselField *a_fields = amsel_telegram_get_fields (a, &n_a);
  const AmselField *b_fields = amsel_telegram_get_fields (b, &n_b);

  g_assert_cmpstr (amsel_telegram_get_driver (a), ==, amsel_telegram_get_driver (b));
  g_assert_cmpuint (n_a, ==, n_b);
  for (gsize i = 0; i < n_a; i++)
    {
      g_autofree gchar *a_value = amsel_telegram_get_field_value_text (a, (guint) i);
      g_autofree gchar *b_value = amsel_telegram_get_field_value_text (b, (guint) i);

      g_assert_cmpstr (a_fields[i].name, ==, b_fields[i].name);
      g_assert_cmpuint (a_fields[i].kind, ==, b_fields[i].kind);
      g_assert_cmpuint (a_fields[i].role, ==, b_fields[i].role);
      g_assert_cmpuint (a_fields[i].quantity, ==, b_fields[i].quantity);
      g_assert_cmpuint (a_fields[i].reason, ==, b_fields[i].reason);
      g_assert_cmpstr (a_value, ==, b_value);
    }
}

static void
assert_telegram_equal (const AmselTelegram *a, const AmselTelegram *b)
{
  AmselFrame *a_frame = amsel_telegram_get_frame (a);
  AmselFrame *b_frame = amsel_telegram_get_frame (b);
  gsize a_length, b_length, n_a, n_b;
  const guint8 *a_data = amsel_frame_get_data (a_frame, &a_length);
  const guint8 *b_data = amsel_frame_get_data (b_frame, &b_length);
  const AmselRecord *a_records = amsel_telegram_get_records (a, &n_a);
  const AmselRecord *b_records = amsel_telegram_get_records (b, &n_b);

  g_assert_cmpmem (a_data, a_length, b_data, b_length);
  g_assert_cmpint (amsel_frame_get_received_us (a_frame), ==, amsel_frame_get_received_us (b_frame));
  g_assert_cmpint (amsel_frame_get_rssi_dbm (a_frame), ==, amsel_frame_get_rssi_dbm (b_frame));
  assert_header_equal (amsel_telegram_get_header (a), amsel_telegram_get_header (b));
  a_data = amsel_telegram_get_payload (a, &a_length);
  b_data = amsel_telegram_get_payload (b, &b_length);
  g_assert_cmpmem (a_data, a_length, b_data, b_length);
  g_assert_cmpuint (n_a, ==, n_b);
  for (gsize i = 0; i < n_a; i++)
    assert_record_equal (&a_records[i], &b_records[i]);
  assert_fields_equal (a, b);
}

void
test_readout_assert_equal (const AmselReadout *a, const AmselReadout *b)
{
  gsize n_a, n_b;
  AmselTelegram *const *a_telegrams = amsel_readout_get_telegrams (a, &n_a);
  AmselTelegram *const *b_telegrams = amsel_readout_get_telegrams (b, &n_b);

  assert_info_equal (amsel_readout_get_info (a), amsel_readout_get_info (b));
  g_assert_cmpuint (n_a, ==, n_b);
  for (gsize i = 0; i < n_a; i++)
    assert_telegram_equal (a_telegrams[i], b_telegrams[i]);
}
