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
#include "amsel-hex.h"
#include "amsel-quantity-private.h"

/* Room for one value that is not bytes. Text grows to twice its size in UTF-8. */
#define VALUE_CHARS 1024

/* Room for a record besides text and bytes: its keys, its number, the names of its quantity, unit and
 * function and of ten modifiers, of which none has more than 40 characters. It is more than what precedes the
 * records takes, too. */
#define RECORD_CHARS 1024

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

/* A name of an enumeration as a value; null for %NULL. */
static gchar *
put_name (gchar *at, const gchar *name)
{
  if (name == NULL)
    return amsel_json_put_literal (at, "null");
  *at++ = '"';
  at = amsel_json_put (at, name);
  *at++ = '"';
  return at;
}

static gchar *
put_meter (gchar *at, const AmselIdentity *meter)
{
  gboolean known = meter->manufacturer != 0 || meter->id != 0 || meter->version != 0 || meter->medium != 0;
  const guint32 id = GUINT32_TO_BE (meter->id);
  gchar letters[4];
  gchar digits[2 * sizeof id + 1];

  amsel_manufacturer_write (meter->manufacturer, letters);
  digits[amsel_hex_write ((const guint8 *) &id, sizeof id, digits)] = '\0';
  at = amsel_json_put_literal (at, "{\"manufacturer\":");
  at = put_name (at, meter->manufacturer != 0 ? letters : NULL);
  at = amsel_json_put_literal (at, ",\"id\":");
  at = put_name (at, known ? digits : NULL);
  at = amsel_json_put_literal (at, ",\"version\":");
  at = known ? amsel_json_put_digits (at, meter->version) : amsel_json_put_literal (at, "null");
  at = amsel_json_put_literal (at, ",\"medium\":");
  at = put_name (at, known ? amsel_medium_get_name (meter->medium) : NULL);
  at = amsel_json_put_literal (at, ",\"address\":");
  at = meter->address >= 0 ? amsel_json_put_digits (at, (guint64) meter->address)
                           : amsel_json_put_literal (at, "null");
  return amsel_json_put_literal (at, "}");
}

static gchar *
put_reason (gchar *at, AmselReason reason)
{
  at = amsel_json_put_literal (at, "null,\"reason\":");
  return put_name (at, amsel_reason_get_name (reason));
}

/* Text of any length, with escapes, in the middle of a record. */
static gchar *
put_long_text (AmselJson *json, gchar *at, const gchar *text, gsize length)
{
  amsel_json_end_text (json, at);
  json->follows = FALSE;
  amsel_json_string_n (json, text, length);
  return amsel_json_begin_text (json, RECORD_CHARS);
}

static gchar *
put_bytes (AmselJson *json, gchar *at, const guint8 *data, gsize length)
{
  amsel_json_end_text (json, at);
  json->follows = FALSE;
  amsel_json_hex (json, data, length);
  at = amsel_json_begin_text (json, RECORD_CHARS);
  return amsel_json_put_literal (at, ",\"type\":\"bytes\"");
}

static gchar *
put_value (const AmselTelegram *self, const AmselRecord *record, AmselJson *json, gchar *at)
{
  gchar text[VALUE_CHARS];
  gsize n = record->data_length;
  const guint8 *data;

  switch ((AmselValueKind) record->kind)
    {
    case AMSEL_VALUE_DECIMAL:
    case AMSEL_VALUE_REAL:
      n = amsel_record_write_number (record, at);
      return n > 0 ? at + n : put_reason (at, AMSEL_REASON_NOT_AVAILABLE);
    case AMSEL_VALUE_DATE:
      *at++ = '"';
      at += amsel_date_write (&record->date, at);
      *at++ = '"';
      return at;
    case AMSEL_VALUE_TEXT:
      n = amsel_telegram_write_value (self, record, text, sizeof text);
      return put_long_text (json, at, text, n);
    case AMSEL_VALUE_BYTES:
      data = view (self, record->data_offset, &n);
      return put_bytes (json, at, data, n);
    case AMSEL_VALUE_NONE:
      break;
    }
  return put_reason (at, (AmselReason) record->reason);
}

/* Storage number, tariff and subunit. */
static gchar *
put_place (const AmselRecord *record, gchar *at)
{
  at = amsel_json_put_literal (at, ",\"storage\":");
  at = amsel_json_put_digits (at, record->storage);
  at = amsel_json_put_literal (at, ",\"tariff\":");
  at = amsel_json_put_digits (at, record->tariff);
  at = amsel_json_put_literal (at, ",\"subunit\":");
  return amsel_json_put_digits (at, record->subunit);
}

static gchar *
put_modifiers (const AmselRecord *record, gchar *at)
{
  for (guint i = 0; i < MIN (record->n_modifiers, AMSEL_RECORD_MODIFIERS); i++)
    {
      if (i > 0)
        *at++ = ',';
      at = put_name (at, amsel_modifier_get_name (record->modifiers[i]));
    }
  return at;
}

/* The DIF and VIF chains, which follow each other but where there is a text between. */
static gchar *
put_chains (const AmselTelegram *self, const AmselRecord *record, gchar *at)
{
  gsize n = record->dif_length;
  const guint8 *dif = view (self, record->dif_offset, &n);
  const guint8 *vif;
  guint8 parts[AMSEL_VIF_BYTES];

  at = amsel_json_put_literal (at, "],\"dif\":\"");
  at += amsel_hex_write (dif, n, at);
  at = amsel_json_put_literal (at, "\",\"vif\":\"");
  n = record->vif_length;
  vif = view (self, (gsize) record->dif_offset + record->dif_length, &n);
  if (record->vif_text_length > 0 || n == 0 || n > sizeof parts)
    {
      n = amsel_telegram_write_vif (self, record, parts);
      vif = parts;
    }
  at += amsel_hex_write (vif, n, at);
  *at++ = '"';
  return at;
}

/* The longest part of the work of an exporter that writes JSON, so it is put together from constants. */
static void
write_record (const AmselTelegram *self, const AmselRecord *record, AmselJson *json)
{
  gchar text[VIF_TEXT_CHARS];
  gchar *at;

  amsel_json_separate (json);
  at = amsel_json_begin_text (json, RECORD_CHARS);
  at = amsel_json_put_literal (at, "{\"quantity\":\"");
  at = amsel_name_put (amsel_quantity_find_name (record->quantity), at);
  at = amsel_json_put_literal (at, "\",\"unit\":\"");
  at = amsel_name_put (amsel_unit_find_symbol (record->unit), at);
  at = amsel_json_put_literal (at, "\",\"value\":");
  at = put_value (self, record, json, at);
  at = amsel_json_put_literal (at, ",\"function\":\"");
  at = amsel_name_put (amsel_function_find_name (record->function), at);
  *at++ = '"';
  at = put_place (record, at);
  at = amsel_json_put_literal (at, ",\"modifiers\":[");
  at = put_modifiers (record, at);
  at = put_chains (self, record, at);
  if (record->vif_text_length > 0)
    {
      at = amsel_json_put_literal (at, ",\"vif_text\":");
      at = put_long_text (json, at, text, amsel_telegram_write_vif_text (self, record, text, sizeof text));
    }
  *at++ = '}';
  amsel_json_end_text (json, at);
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
  gchar *at;

  amsel_json_separate (json);
  at = amsel_json_begin_text (json, RECORD_CHARS);
  at = amsel_json_put_literal (at, "\"meter\":");
  at = put_meter (at, &header->identity);
  at = amsel_json_put_literal (at, ",\"access_number\":");
  at = amsel_json_put_digits (at, header->access_number);
  at = amsel_json_put_literal (at, ",\"status\":");
  at = amsel_json_put_digits (at, header->status);
  at = header->more_follows ? amsel_json_put_literal (at, ",\"more_follows\":true,\"encryption\":")
                            : amsel_json_put_literal (at, ",\"more_follows\":false,\"encryption\":");
  at = put_name (at, amsel_encryption_get_name (header->encryption));
  amsel_json_end_text (json, amsel_json_put_literal (at, ",\"records\":"));
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
