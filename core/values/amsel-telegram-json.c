/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Telegrams and errors as JSON.
 *
 *   {"ok":true,"protocol":"mbus","meter":{...},"access_number":175,"status":0,"more_follows":false,
 *    "encryption":"none","records":[{"quantity":"volume","unit":"m3","value":2.002,...},...],
 *    "driver":"...","fields":{"total_m3":2.002,"target_m3":null},"reasons":{"target_m3":"not-available"}}
 *   {"ok":false,"error":{"domain":"mbus-frame","code":131332,"name":"wrong-checksum","message":"..."}}
 *   {"ok":false,"error":{"domain":"security","code":1,"name":"no-key","message":"..."},"protocol":"wmbus",
 *    "meter":{...},...}
 *
 * The last one is a telegram whose sender is known and whose content is not.
 * What is not known is null, and what a record does not have (a reason, a type) is left out; so are driver
 * and fields where no driver knows the meter, and the reasons where every field has a value. */
#include "amsel-telegram-json.h"

#include "amsel-error.h"

/* Room for one value that is not bytes. Text grows to twice its size in UTF-8. */
#define VALUE_CHARS 1024

/* Room for the text of a plain-text VIF, at most 255 characters. */
#define VIF_TEXT_CHARS 516

/* The bytes at an offset of the payload; none where they are not all there. */
static const guint8 *
view (const AmselTelegram *self, gsize offset, gsize *length)
{
  gsize size;
  const guint8 *payload = amsel_telegram_get_payload (self, &size);

  if (offset > size || *length > size - offset)
    *length = 0;
  return *length > 0 ? payload + offset : payload;
}

static void
write_meter (const AmselIdentity *meter, AmselJson *json)
{
  gboolean known = meter->manufacturer != 0 || meter->id != 0 || meter->version != 0 || meter->medium != 0;
  const guint8 id[] = { (guint8) (meter->id >> 24), (guint8) (meter->id >> 16), (guint8) (meter->id >> 8),
                        (guint8) meter->id };
  gchar letters[4];

  amsel_manufacturer_write (meter->manufacturer, letters);
  amsel_json_begin_object (json);
  amsel_json_key (json, "manufacturer");
  if (meter->manufacturer != 0)
    amsel_json_name (json, letters);
  else
    amsel_json_null (json);
  amsel_json_key (json, "id");
  if (known)
    amsel_json_hex (json, id, sizeof id);
  else
    amsel_json_null (json);
  amsel_json_key (json, "version");
  if (known)
    amsel_json_uint (json, meter->version);
  else
    amsel_json_null (json);
  amsel_json_key (json, "medium");
  if (known)
    amsel_json_name (json, amsel_medium_get_name (meter->medium));
  else
    amsel_json_null (json);
  amsel_json_key (json, "address");
  if (meter->address != AMSEL_ADDRESS_NONE)
    amsel_json_int (json, meter->address);
  else
    amsel_json_null (json);
  amsel_json_end_object (json);
}

static void
write_reason (AmselReason reason, AmselJson *json)
{
  amsel_json_null (json);
  amsel_json_key (json, "reason");
  amsel_json_name (json, amsel_reason_get_name (reason));
}

static void
write_number (const AmselRecord *record, AmselJson *json)
{
  gchar digits[AMSEL_NUMBER_CHARS];
  gsize n = amsel_record_write_number (record, digits);

  if (n > 0)
    amsel_json_word_n (json, digits, n);
  else
    write_reason (AMSEL_REASON_NOT_AVAILABLE, json);
}

static void
write_value (const AmselTelegram *self, const AmselRecord *record, AmselJson *json)
{
  gchar text[VALUE_CHARS];
  gsize n = record->data_length;
  const guint8 *data;

  switch ((AmselValueKind) record->kind)
    {
    case AMSEL_VALUE_DECIMAL:
    case AMSEL_VALUE_REAL:
      write_number (record, json);
      return;
    case AMSEL_VALUE_DATE:
      amsel_date_write (&record->date, text);
      amsel_json_name (json, text);
      return;
    case AMSEL_VALUE_TEXT:
      n = amsel_telegram_write_value (self, record, text, sizeof text);
      amsel_json_string_n (json, text, n);
      return;
    case AMSEL_VALUE_BYTES:
      data = view (self, record->data_offset, &n);
      amsel_json_hex (json, data, n);
      amsel_json_key (json, "type");
      amsel_json_name (json, "bytes");
      return;
    case AMSEL_VALUE_NONE:
      break;
    }
  write_reason ((AmselReason) record->reason, json);
}

#define STORAGE_KEY ",\"storage\":"
#define TARIFF_KEY  ",\"tariff\":"
#define SUBUNIT_KEY ",\"subunit\":"

/* Storage number, tariff and subunit, which nearly always have one digit each: then they are one constant
 * whose digits are set afterwards. */
static void
write_place (const AmselRecord *record, AmselJson *json)
{
  static const gchar ZEROS[] = STORAGE_KEY "0" TARIFF_KEY "0" SUBUNIT_KEY "0";
  gchar *end;

  if (record->storage < 10 && record->tariff < 10 && record->subunit < 10)
    {
      amsel_json_raw_n (json, ZEROS, sizeof ZEROS - 1);
      end = json->text + json->length;
      end[-1] = (gchar) ('0' + record->subunit);
      end[-(gssize) sizeof SUBUNIT_KEY - 1] = (gchar) ('0' + record->tariff);
      end[-(gssize) sizeof (TARIFF_KEY "0" SUBUNIT_KEY) - 1] = (gchar) ('0' + record->storage);
      return;
    }
  amsel_json_literal (json, STORAGE_KEY);
  amsel_json_digits (json, record->storage);
  amsel_json_literal (json, TARIFF_KEY);
  amsel_json_digits (json, record->tariff);
  amsel_json_literal (json, SUBUNIT_KEY);
  amsel_json_digits (json, record->subunit);
}

/* The longest part of the work of an exporter that writes JSON, so it is put together from constants. */
static void
write_record (const AmselTelegram *self, const AmselRecord *record, AmselJson *json)
{
  gsize n = record->dif_length;
  const guint8 *dif = view (self, record->dif_offset, &n);
  guint8 vif[AMSEL_VIF_BYTES];
  gchar text[VIF_TEXT_CHARS];

  amsel_json_separate (json);
  amsel_json_literal (json, "{\"quantity\":\"");
  amsel_json_raw (json, amsel_quantity_get_name ((AmselQuantity) record->quantity));
  amsel_json_literal (json, "\",\"unit\":\"");
  amsel_json_raw (json, amsel_unit_get_symbol ((AmselUnit) record->unit));
  amsel_json_literal (json, "\",\"value\":");
  write_value (self, record, json);
  amsel_json_literal (json, ",\"function\":\"");
  amsel_json_raw (json, amsel_function_get_name ((AmselFunction) record->function));
  amsel_json_literal (json, "\"");
  write_place (record, json);
  amsel_json_literal (json, ",\"modifiers\":[");
  json->follows = FALSE;
  for (guint i = 0; i < MIN (record->n_modifiers, AMSEL_RECORD_MODIFIERS); i++)
    amsel_json_name (json, amsel_modifier_get_name (record->modifiers[i]));
  amsel_json_literal (json, "],\"dif\":\"");
  amsel_json_hex_digits (json, dif, n);
  amsel_json_literal (json, "\",\"vif\":\"");
  n = amsel_telegram_write_vif (self, record, vif);
  amsel_json_hex_digits (json, vif, n);
  amsel_json_literal (json, "\"");
  if (record->vif_text_length > 0)
    {
      n = amsel_telegram_write_vif_text (self, record, text, sizeof text);
      amsel_json_literal (json, ",\"vif_text\":");
      json->follows = FALSE;
      amsel_json_string_n (json, text, n);
    }
  amsel_json_literal (json, "}");
  json->follows = TRUE;
}

static void
write_field (const AmselTelegram *self, const AmselField *field, AmselJson *json)
{
  gchar text[MAX (AMSEL_DECIMAL_CHARS, AMSEL_DATE_CHARS)];

  amsel_json_key (json, field->name);
  switch ((AmselValueKind) field->kind)
    {
    case AMSEL_VALUE_DECIMAL:
      amsel_json_word_n (json, text, amsel_decimal_write (&field->decimal, text));
      return;
    case AMSEL_VALUE_DATE:
      amsel_date_write (&field->date, text);
      amsel_json_name (json, text);
      return;
    case AMSEL_VALUE_TEXT:
      amsel_json_string_n (json, amsel_telegram_get_text_of_field (self, field), field->text_length);
      return;
    case AMSEL_VALUE_REAL:
    case AMSEL_VALUE_BYTES:
    case AMSEL_VALUE_NONE:
      break;
    }
  amsel_json_null (json);
}

/* What the driver made of the telegram. */
static void
write_driver (const AmselTelegram *self, const gchar *driver, AmselJson *json)
{
  gsize n;
  gsize n_without = 0;
  const AmselField *fields = amsel_telegram_get_fields (self, &n);

  amsel_json_key (json, "driver");
  amsel_json_name (json, driver);
  amsel_json_key (json, "fields");
  amsel_json_begin_object (json);
  for (gsize i = 0; i < n; i++)
    {
      write_field (self, &fields[i], json);
      n_without += fields[i].kind == AMSEL_VALUE_NONE;
    }
  amsel_json_end_object (json);
  if (n_without == 0)
    return;
  amsel_json_key (json, "reasons");
  amsel_json_begin_object (json);
  for (gsize i = 0; i < n; i++)
    if (fields[i].kind == AMSEL_VALUE_NONE)
      {
        amsel_json_key (json, fields[i].name);
        amsel_json_name (json, amsel_reason_get_name ((AmselReason) fields[i].reason));
      }
  amsel_json_end_object (json);
}

/**
 * amsel_telegram_write_json_members: (skip)
 * @self: a telegram
 * @json: a writer, inside an object
 *
 * Writes what the telegram says, from "meter" to "fields", into an object that the caller has begun and
 * ends: for exporters, which have more to say about it.
 */
void
amsel_telegram_write_json_members (const AmselTelegram *self, AmselJson *json)
{
  const AmselTelegramHeader *header = amsel_telegram_get_header (self);
  gsize n;
  const AmselRecord *records = amsel_telegram_get_records (self, &n);
  const gchar *driver = amsel_telegram_get_driver (self);

  amsel_json_key (json, "meter");
  write_meter (&header->identity, json);
  amsel_json_key (json, "access_number");
  amsel_json_uint (json, header->access_number);
  amsel_json_key (json, "status");
  amsel_json_uint (json, header->status);
  amsel_json_key (json, "more_follows");
  amsel_json_boolean (json, header->more_follows);
  amsel_json_key (json, "encryption");
  amsel_json_name (json, amsel_encryption_get_name (header->encryption));
  amsel_json_key (json, "records");
  amsel_json_begin_array (json);
  for (gsize i = 0; i < n; i++)
    write_record (self, &records[i], json);
  amsel_json_end_array (json);
  if (driver != NULL)
    write_driver (self, driver, json);
}

static void
write_error_member (const GError *error, AmselJson *json)
{
  amsel_json_key (json, "error");
  amsel_json_begin_object (json);
  amsel_json_key (json, "domain");
  amsel_json_string (json, g_quark_to_string (error->domain));
  amsel_json_key (json, "code");
  amsel_json_int (json, error->code);
  amsel_json_key (json, "name");
  amsel_json_string (json, amsel_error_get_name (error->domain, error->code));
  amsel_json_key (json, "message");
  amsel_json_string (json, error->message);
  amsel_json_end_object (json);
}

/**
 * amsel_telegram_write_json: (skip)
 * @self: a telegram
 * @protocol: kind of its protocol, such as "mbus"
 * @json: a writer
 *
 * Writes a telegram as one object, as `amsel decode` prints it. One that has a fault is not "ok", and says
 * why.
 */
void
amsel_telegram_write_json (const AmselTelegram *self, const gchar *protocol, AmselJson *json)
{
  const GError *fault = amsel_telegram_get_fault (self);

  amsel_json_begin_object (json);
  amsel_json_key (json, "ok");
  amsel_json_boolean (json, fault == NULL);
  if (fault != NULL)
    write_error_member (fault, json);
  amsel_json_key (json, "protocol");
  amsel_json_string (json, protocol);
  amsel_telegram_write_json_members (self, json);
  amsel_json_end_object (json);
}

/**
 * amsel_telegram_to_json:
 * @self: a telegram
 * @protocol: kind of its protocol, such as "mbus"
 *
 * Returns: (transfer full): the telegram as one JSON object, as `amsel decode` prints it
 */
gchar *
amsel_telegram_to_json (const AmselTelegram *self, const gchar *protocol)
{
  AmselJson json = AMSEL_JSON_INIT;

  amsel_telegram_write_json (self, protocol, &json);
  return json.text;
}

/**
 * amsel_error_write_json: (skip)
 * @error: an error
 * @json: a writer
 *
 * Writes an error as one object: {"ok":false,"error":{"domain","code","name","message"}}.
 */
void
amsel_error_write_json (const GError *error, AmselJson *json)
{
  amsel_json_begin_object (json);
  amsel_json_key (json, "ok");
  amsel_json_boolean (json, FALSE);
  write_error_member (error, json);
  amsel_json_end_object (json);
}
