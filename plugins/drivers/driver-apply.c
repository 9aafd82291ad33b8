/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Applies a described driver to a telegram: for each record, the rules whose key agrees; no allocation but
 * the telegram's own for its fields. */
#include <string.h>

#include "driver-described.h"
#include "en13757.h"

/* Longest text of a field. */
#define TEXT_CHARS 512

/* Status byte of EN 13757-7, 7.5.6: bits 0 and 1 are a number, bits 5 to 7 are the manufacturer's. */
#define STATUS_APPLICATION 0x03
static const gchar *const STATUS_APPLICATIONS[] = { NULL, "BUSY", "ERROR", "ABNORMAL" };
static const DriverWord STATUS_WORDS[] = {
  { 0x04, "POWER_LOW" },
  { 0x08, "PERMANENT_ERROR" },
  { 0x10, "TEMPORARY_ERROR" },
};

/* A text that several rules are a part of. */
typedef struct
{
  const DriverRule *rule; /* (nullable): the first one that was met */
  const DriverRule *last_resort;
  gsize length;
  gchar text[TEXT_CHARS];
} Join;

typedef struct
{
  const DriverDescribed *driver;
  const DriverRule *rules; /* the driver's */
  const guint16 *order;    /* likewise */
  DriverContext *context;
  const guint8 *payload; /* that the records point into */
  gsize payload_length;
  gsize n_fields_before;           /* those of a compiled driver */
  guint8 counts[DRIVER_RULES_MAX]; /* how often each rule was met */
  Join joins[DRIVER_JOINS_MAX];
} Pass;

static void
join_word (Join *join, const gchar *word)
{
  gsize length = strlen (word);

  if (length + 2 > sizeof join->text - join->length)
    return;
  if (join->length > 0)
    join->text[join->length++] = ' ';
  memcpy (join->text + join->length, word, length);
  join->length += length;
}

/* Adds the texts of the bits that are set; a bit without text becomes its number, so that none is lost. */
static void
join_bits (Join *join, const DriverRule *rule, guint64 bits)
{
  gchar number[32];

  for (guint i = 0; i < rule->n_words; i++)
    if ((bits & rule->words[i].value) != 0 && (bits & rule->words[i].value) == rule->words[i].value)
      {
        join_word (join, rule->words[i].text);
        bits &= ~rule->words[i].value;
      }
  if (bits == 0)
    return;
  g_snprintf (number, sizeof number, "UNKNOWN_0x%" G_GINT64_MODIFIER "X", bits);
  join_word (join, number);
}

static const gchar *
find_word (const DriverRule *rule, guint64 number)
{
  for (guint i = 0; i < rule->n_words; i++)
    if (rule->words[i].value == number)
      return rule->words[i].text;
  return NULL;
}

/* Whether a field is there already, of a rule before or of a compiled driver: the first one stays. */
static gboolean
has_field (const Pass *self, const gchar *name)
{
  gsize n;
  const AmselField *fields = amsel_telegram_get_fields (self->context->telegram, &n);

  for (gsize i = 0; i < n; i++)
    if (fields[i].name == name || (i < self->n_fields_before && strcmp (fields[i].name, name) == 0))
      return TRUE;
  return FALSE;
}

static AmselField *
add_field (Pass *self, const DriverRule *rule)
{
  AmselField *field = amsel_telegram_add_field (self->context->telegram, rule->name);

  field->role = rule->role;
  field->quantity = rule->quantity;
  return field;
}

static void
add_null (Pass *self, const DriverRule *rule, AmselReason reason)
{
  add_field (self, rule)->reason = (guint8) reason;
}

static void
add_text (Pass *self, const DriverRule *rule, const gchar *text, gsize length)
{
  AmselField *field = add_field (self, rule);

  amsel_telegram_set_field_text (self->context->telegram, field, text, length);
}

static void
add_number (Pass *self, const DriverRule *rule, AmselUnit unit, AmselDecimal *number)
{
  AmselField *field = add_field (self, rule);

  if (!driver_value_convert (rule, unit, number))
    {
      field->reason = AMSEL_REASON_DOUBTFUL;
      return;
    }
  field->kind = AMSEL_VALUE_DECIMAL;
  field->decimal = *number;
}

/* A number as a text: of its own, or a part of one that is joined. */
static void
add_words (Pass *self, const DriverRule *rule, guint64 number)
{
  Join local = { .length = 0 };
  Join *join = rule->join >= 0 ? &self->joins[rule->join] : &local;
  const gchar *word;
  gchar digits[32];

  if (join->rule == NULL)
    join->rule = rule;
  if (rule->otherwise != NULL)
    join->last_resort = rule;
  if (rule->sense == DRIVER_SENSE_BITS)
    join_bits (join, rule, number);
  else if ((word = find_word (rule, number)) != NULL)
    join_word (join, word);
  else if (number != 0)
    {
      g_snprintf (digits, sizeof digits, "UNKNOWN_%" G_GUINT64_FORMAT, number);
      join_word (join, digits);
    }
  if (rule->join >= 0)
    return;
  if (join->length == 0)
    join_word (join, rule->otherwise != NULL ? rule->otherwise : "OK");
  add_text (self, rule, join->text, join->length);
}

static gboolean
is_null (const DriverRule *rule, guint64 number)
{
  for (guint i = 0; i < rule->n_nulls; i++)
    if (rule->nulls[i] == number)
      return TRUE;
  return FALSE;
}

/* The data of a record as an unsigned number; FALSE where they are none or too long. */
static gboolean
get_raw (const Pass *self, const AmselRecord *record, guint64 *out_number)
{
  AmselCursor cursor;

  amsel_cursor_init (&cursor, self->payload, self->payload_length);
  return amsel_cursor_skip (&cursor, record->data_offset)
         && amsel_cursor_uint_le (&cursor, record->data_length, out_number);
}

/* The bits of a raw number that a rule asks for, moved down. */
static guint64
extract (const DriverRule *rule, guint64 raw)
{
  return (raw & rule->bits) >> __builtin_ctzll (rule->bits);
}

static void
add_record_text (Pass *self, const DriverRule *rule, const AmselRecord *record)
{
  gchar text[TEXT_CHARS];
  gsize length = amsel_telegram_write_value (self->context->telegram, record, text, sizeof text);

  while (length > 0 && text[length - 1] == ' ')
    length--;
  add_text (self, rule, text, length);
}

/* What a record as a whole gives. */
static void
add_record (Pass *self, const DriverRule *rule, const AmselRecord *record)
{
  AmselDecimal number;
  AmselField *field;
  guint64 raw;

  if ((rule->n_nulls > 0 || rule->sense != DRIVER_SENSE_VALUE) && get_raw (self, record, &raw))
    {
      if (is_null (rule, raw))
        {
          add_null (self, rule, AMSEL_REASON_NOT_AVAILABLE);
          return;
        }
      if (rule->sense != DRIVER_SENSE_VALUE)
        {
          add_words (self, rule, rule->sense == DRIVER_SENSE_BITS ? raw & rule->bits : extract (rule, raw));
          return;
        }
    }
  if (amsel_record_get_number (record, &number))
    {
      add_number (self, rule, (AmselUnit) record->unit, &number);
      return;
    }
  switch ((AmselValueKind) record->kind)
    {
    case AMSEL_VALUE_DATE:
      field = add_field (self, rule);
      field->kind = AMSEL_VALUE_DATE;
      field->date = record->date;
      return;
    case AMSEL_VALUE_TEXT:
    case AMSEL_VALUE_BYTES:
      add_record_text (self, rule, record);
      return;
    case AMSEL_VALUE_DECIMAL:
    case AMSEL_VALUE_REAL:
    case AMSEL_VALUE_NONE:
      break;
    }
  add_null (self, rule, record->reason != 0 ? (AmselReason) record->reason : AMSEL_REASON_NOT_AVAILABLE);
}

static void
add_date (Pass *self, const DriverRule *rule, const guint8 *data)
{
  AmselField *field = add_field (self, rule);

  if (!en13757_decode_date (data, rule->length, &field->date))
    field->reason = AMSEL_REASON_INVALID_DATE;
  else
    field->kind = AMSEL_VALUE_DATE;
}

static void
add_bytes (Pass *self, const DriverRule *rule, const guint8 *data)
{
  gchar text[2 * G_MAXUINT8 + 1];

  add_text (self, rule, text, amsel_hex_write (data, rule->length, text));
}

/* A number that is coded in some bytes. */
static void
add_coded (Pass *self, const DriverRule *rule, guint64 raw)
{
  guint64 bits = extract (rule, raw);
  guint unused = 64 - (guint) __builtin_popcountll (rule->bits);
  gint64 number = (gint64) bits;
  AmselDecimal decimal;

  if (is_null (rule, bits))
    {
      add_null (self, rule, AMSEL_REASON_NOT_AVAILABLE);
      return;
    }
  if (rule->sense != DRIVER_SENSE_VALUE)
    {
      add_words (self, rule, rule->sense == DRIVER_SENSE_BITS ? raw & rule->bits : bits);
      return;
    }
  if (rule->coding == DRIVER_CODING_SIGNED)
    number = (gint64) (bits << unused) >> unused;
  if ((rule->coding == DRIVER_CODING_BCD && !en13757_bcd_to_number (bits, 2 * (guint) rule->length, &number))
      || (rule->coding == DRIVER_CODING_UNSIGNED && number < 0))
    {
      add_null (self, rule, AMSEL_REASON_ERROR_DIGITS);
      return;
    }
  amsel_decimal_set (&decimal, number, 0);
  add_number (self, rule, AMSEL_UNIT_NONE, &decimal);
}

/* What some bytes of a record give. Data that end before them give nothing, as with meters of an older make.
 */
static void
add_block (Pass *self, const DriverRule *rule, const AmselRecord *record)
{
  AmselCursor cursor;
  const guint8 *data;
  guint64 raw;

  amsel_cursor_init (&cursor, self->payload, self->payload_length);
  if (record->data_length < (guint) rule->at + rule->length
      || !amsel_cursor_skip (&cursor, (gsize) record->data_offset + rule->at))
    return;
  if (rule->coding == DRIVER_CODING_DATE || rule->coding == DRIVER_CODING_BYTES)
    {
      if (!amsel_cursor_bytes (&cursor, rule->length, &data))
        return;
      if (rule->coding == DRIVER_CODING_DATE)
        add_date (self, rule, data);
      else
        add_bytes (self, rule, data);
    }
  else if (amsel_cursor_uint_le (&cursor, rule->length, &raw))
    add_coded (self, rule, raw);
}

/* Whether the chains of a record are those of the rule, where it names any. */
static gboolean
has_chain (const Pass *self, const DriverRule *rule, const AmselRecord *record)
{
  gsize begin = record->dif_offset;
  gsize length = (gsize) record->dif_length + record->vif_length;

  if (rule->no_vif && record->vif_length > 0)
    return FALSE;
  if (rule->chain_length == 0)
    return TRUE;
  if (rule->chain_vif)
    {
      begin += record->dif_length;
      length -= record->dif_length;
    }
  return length == rule->chain_length && begin + length <= self->payload_length
         && memcmp (self->payload + begin, rule->chain, length) == 0;
}

static inline gboolean
has_modifiers (const DriverRule *rule, const AmselRecord *record)
{
  return rule->any_modifiers
         || (rule->n_modifiers == record->n_modifiers
             && (rule->n_modifiers == 0
                 || memcmp (rule->modifiers, record->modifiers, rule->n_modifiers * sizeof *rule->modifiers)
                        == 0));
}

static guint64
key_of (const AmselRecord *record)
{
  return driver_key (record->quantity, record->function, record->storage, record->tariff, record->subunit);
}

static inline gboolean
fits (const Pass *self, const DriverRule *rule, const AmselRecord *record, guint64 key)
{
  return ((key ^ rule->key) & rule->mask) == 0 && rule->source != DRIVER_SOURCE_STATUS
         && has_modifiers (rule, record) && has_chain (self, rule, record);
}

/* A rule whose record is there: the one that is meant, and not one that a field before has taken. Few rules
 * come so far, so it stays out of the loop over all of them. */
static G_GNUC_NO_INLINE void
apply_rule (Pass *self, guint i, const DriverRule *rule, const AmselRecord *record)
{
  if (self->counts[i] == G_MAXUINT8 || ++self->counts[i] != rule->nth
      || (rule->join < 0 && has_field (self, rule->name)))
    return;
  if (rule->source == DRIVER_SOURCE_BLOCK)
    add_block (self, rule, record);
  else
    add_record (self, rule, record);
}

/* The rules of one list. Most lists are empty, so this is a part of the loop over the records. */
static inline void
apply_list (Pass *self, guint list, const AmselRecord *record, guint64 key)
{
  for (guint n = self->driver->lists[list]; n < self->driver->lists[list + 1]; n++)
    {
      guint i = self->order[n];

      if (fits (self, &self->rules[i], record, key))
        apply_rule (self, i, &self->rules[i], record);
    }
}

static void
apply_to_records (Pass *self)
{
  gsize n;
  const AmselRecord *records = amsel_telegram_get_records (self->context->telegram, &n);

  for (gsize i = 0; i < n; i++)
    {
      guint64 key = key_of (&records[i]);

      apply_list (self, driver_bucket (key), &records[i], key);
      apply_list (self, DRIVER_LIST_OTHERS, &records[i], key);
    }
}

static void
apply_status (Pass *self, const DriverRule *rule)
{
  const AmselTelegramHeader *header = amsel_telegram_get_header (self->context->telegram);
  Join *join = &self->joins[rule->join];
  guint8 status = header->status;

  if (join->rule == NULL)
    join->rule = rule;
  if (rule->otherwise != NULL)
    join->last_resort = rule;
  if (STATUS_APPLICATIONS[status & STATUS_APPLICATION] != NULL)
    join_word (join, STATUS_APPLICATIONS[status & STATUS_APPLICATION]);
  status = (guint8) (status & ~STATUS_APPLICATION);
  for (gsize i = 0; i < G_N_ELEMENTS (STATUS_WORDS); i++)
    if ((status & STATUS_WORDS[i].value) && find_word (rule, STATUS_WORDS[i].value) == NULL)
      {
        join_word (join, STATUS_WORDS[i].text);
        status = (guint8) (status & ~STATUS_WORDS[i].value);
      }
  join_bits (join, rule, status);
}

static void
finish_joins (Pass *self)
{
  for (guint i = 0; i < self->driver->n_joins; i++)
    {
      Join *join = &self->joins[i];

      if (join->rule == NULL || has_field (self, join->rule->name))
        continue;
      if (join->length == 0)
        join_word (join, join->last_resort != NULL ? join->last_resort->otherwise : "OK");
      add_text (self, join->rule, join->text, join->length);
    }
}

static void
apply_to_status (Pass *self)
{
  const DriverDescribed *driver = self->driver;

  for (guint n = driver->lists[DRIVER_LIST_STATUS]; n < driver->lists[DRIVER_LISTS]; n++)
    apply_status (self, &self->rules[self->order[n]]);
}

void
driver_described_apply (const DriverDescribed *self, DriverContext *context)
{
  Pass pass;

  pass.driver = self;
  pass.rules = (const DriverRule *) (gpointer) self->rules->data;
  pass.order = (const guint16 *) (gpointer) self->order->data;
  pass.context = context;
  pass.payload = amsel_telegram_get_payload (context->telegram, &pass.payload_length);
  memset (pass.counts, 0, self->rules->len);
  pass.n_fields_before = amsel_telegram_get_n_fields (context->telegram);
  for (guint i = 0; i < self->n_joins; i++)
    {
      pass.joins[i].rule = pass.joins[i].last_resort = NULL;
      pass.joins[i].length = 0;
    }
  if (amsel_telegram_get_driver (context->telegram) == NULL)
    amsel_telegram_set_driver (context->telegram, self->name);
  apply_to_records (&pass);
  if (en13757_header_length (amsel_telegram_get_header (context->telegram)->ci) > 0)
    apply_to_status (&pass);
  finish_joins (&pass);
}

void
driver_described_name (const DriverDescribed *self, const AmselTelegram *telegram, const AmselRecord *record,
                       GString *out)
{
  const DriverRule *rules = (const DriverRule *) (gpointer) self->rules->data;
  const gchar *before = NULL;
  Pass pass;

  pass.payload = amsel_telegram_get_payload (telegram, &pass.payload_length);
  for (guint i = 0; i < self->rules->len; i++)
    {
      if (!fits (&pass, &rules[i], record, key_of (record)) || rules[i].name == before)
        continue;
      g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", rules[i].name);
      before = rules[i].name;
    }
}
