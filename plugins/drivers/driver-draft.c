/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names for the records of a telegram, put together of what the standard says about each, and the description
 * that gives them these names. */
#include "driver-draft.h"

#include <string.h>

#include "driver-described.h"

/* Names of months and other past values begin at this storage number in the telegrams of most meters. */
#define FIRST_HISTORY 8

typedef struct
{
  const AmselTelegram *telegram;
  GString *out;
  GHashTable *names; /* (owned) (element-type utf8): those that are taken */
} Draft;

/* The word of a unit that people read: kWh and not Wh. */
static const gchar *
get_unit_word (const AmselRecord *record)
{
  static const struct
  {
    AmselUnit unit;
    const gchar *word;
  } WORDS[] = {
    { AMSEL_UNIT_WH, "kwh" },       { AMSEL_UNIT_J, "kwh" },
    { AMSEL_UNIT_M3, "m3" },        { AMSEL_UNIT_KG, "kg" },
    { AMSEL_UNIT_W, "kw" },         { AMSEL_UNIT_J_PER_H, "kw" },
    { AMSEL_UNIT_M3_PER_H, "m3h" }, { AMSEL_UNIT_M3_PER_MIN, "m3h" },
    { AMSEL_UNIT_M3_PER_S, "m3h" }, { AMSEL_UNIT_CEL, "c" },
    { AMSEL_UNIT_K, "k" },          { AMSEL_UNIT_BAR, "bar" },
    { AMSEL_UNIT_V, "v" },          { AMSEL_UNIT_A, "a" },
    { AMSEL_UNIT_HZ, "hz" },        { AMSEL_UNIT_VARH, "kvarh" },
    { AMSEL_UNIT_VAH, "kvah" },     { AMSEL_UNIT_VAR, "kvar" },
    { AMSEL_UNIT_VA, "kva" },       { AMSEL_UNIT_PERCENT, "pct" },
    { AMSEL_UNIT_DEGREE, "deg" },   { AMSEL_UNIT_DEGF, "f" },
    { AMSEL_UNIT_HCA, "hca" },      { AMSEL_UNIT_DBM, "dbm" },
    { AMSEL_UNIT_MONTH, "month" },  { AMSEL_UNIT_YEAR, "y" },
    { AMSEL_UNIT_FT3, "ft3" },      { AMSEL_UNIT_GAL, "gal" },
  };

  if (record->kind == AMSEL_VALUE_DATE)
    return NULL;
  if (record->unit == AMSEL_UNIT_S)
    return record->quantity == AMSEL_QUANTITY_ON_TIME || record->quantity == AMSEL_QUANTITY_OPERATING_TIME
               ? "h"
               : "s";
  for (gsize i = 0; i < G_N_ELEMENTS (WORDS); i++)
    if (WORDS[i].unit == (AmselUnit) record->unit)
      return WORDS[i].word;
  return NULL;
}

static void
append_chain (const AmselTelegram *telegram, const AmselRecord *record, gboolean dif, GString *out)
{
  gsize length;
  const guint8 *payload = amsel_telegram_get_payload (telegram, &length);
  gsize begin = record->dif_offset + (dif ? 0 : (gsize) record->dif_length);
  gsize end = (gsize) record->dif_offset + record->dif_length + record->vif_length;

  for (gsize i = begin; i < MIN (end, length); i++)
    g_string_append_printf (out, "%02X", payload[i]);
}

/* What is counted has no word of its own in the usual names: total_kwh, not energy_kwh. */
static const gchar *
get_noun (const AmselRecord *record)
{
  static const gchar *const NOUNS[] = {
    [AMSEL_QUANTITY_ENERGY] = "total",
    [AMSEL_QUANTITY_VOLUME] = "total",
    [AMSEL_QUANTITY_HEAT_COST_ALLOCATION] = "current",
    [AMSEL_QUANTITY_VOLUME_FLOW] = "flow",
    [AMSEL_QUANTITY_DATE] = "date",
    [AMSEL_QUANTITY_DATE_TIME] = "datetime",
  };

  if (record->quantity < G_N_ELEMENTS (NOUNS) && NOUNS[record->quantity] != NULL)
    return NOUNS[record->quantity];
  return amsel_quantity_get_name ((AmselQuantity) record->quantity);
}

static void
append_word (GString *name, const gchar *word)
{
  if (name->len > 0)
    g_string_append_c (name, '_');
  for (; *word != '\0'; word++)
    g_string_append_c (name, *word == '-' ? '_' : g_ascii_tolower (*word));
}

static void
append_number (GString *name, const gchar *word, guint64 number)
{
  g_autofree gchar *text = g_strdup_printf ("%s_%" G_GUINT64_FORMAT, word, number);

  append_word (name, text);
}

/* What the record is about: its quantity and what changes its meaning, or the VIF chain that only the maker
 * knows. */
static void
append_meaning (const Draft *self, const AmselRecord *record, GString *name)
{
  g_autoptr (GString) chain = g_string_new (NULL);

  if (driver_record_is_of_maker (record))
    {
      append_chain (self->telegram, record, FALSE, chain);
      append_word (name, "vif");
      append_word (name, chain->str);
      return;
    }
  append_word (name, get_noun (record));
  for (guint i = 0; i < MIN (record->n_modifiers, AMSEL_RECORD_MODIFIERS); i++)
    {
      const gchar *modifier = amsel_modifier_get_name (record->modifiers[i]);

      /* which one of the maker's stands in the next one */
      if (!g_str_equal (modifier, "manufacturer-specific") || i + 1 == record->n_modifiers)
        append_word (name, modifier);
    }
}

/* A name that no other record has. */
static gchar *
make_name (Draft *self, const AmselRecord *record)
{
  g_autoptr (GString) name = g_string_new (NULL);
  const gchar *unit = get_unit_word (record);
  guint n = 1;
  gchar *unique;

  if (record->function == AMSEL_FUNCTION_MAXIMUM || record->function == AMSEL_FUNCTION_MINIMUM)
    append_word (name, record->function == AMSEL_FUNCTION_MAXIMUM ? "max" : "min");
  if (record->function == AMSEL_FUNCTION_ERROR)
    append_word (name, "error");
  if (record->storage == 1)
    append_word (name, "target");
  else if (record->storage >= FIRST_HISTORY)
    append_number (name, "history", record->storage);
  else if (record->storage > 1)
    append_number (name, "storage", record->storage);
  append_meaning (self, record, name);
  if (record->tariff > 0)
    append_number (name, "tariff", record->tariff);
  if (record->subunit > 0)
    append_number (name, "subunit", record->subunit);
  g_string_truncate (name, MIN (name->len, AMSEL_FIELD_NAME_MAX - 12));
  do
    {
      g_autofree gchar *number = n > 1 ? g_strdup_printf ("_%u", n) : g_strdup ("");

      unique =
          g_strdup_printf ("%s%s%s%s", name->str, number, unit != NULL ? "_" : "", unit != NULL ? unit : "");
      n++;
    }
  while (!g_hash_table_add (self->names, g_strdup (unique)) && (g_free (unique), TRUE));
  return unique;
}

/* Which records the field is of. */
static void
append_selection (Draft *self, const AmselRecord *record)
{
  if (record->n_modifiers > 0 || record->vif_text_length > 0 || driver_record_is_of_maker (record))
    {
      g_string_append (self->out, "key: \"");
      append_chain (self->telegram, record, TRUE, self->out);
      g_string_append (self->out, "\"");
      return;
    }
  g_string_append_printf (self->out, "quantity: %s",
                          amsel_quantity_get_name ((AmselQuantity) record->quantity));
  if (record->function != AMSEL_FUNCTION_INSTANTANEOUS)
    g_string_append_printf (self->out, ", function: %s",
                            amsel_function_get_name ((AmselFunction) record->function));
  if (record->storage > 0)
    g_string_append_printf (self->out, ", storage: %" G_GUINT64_FORMAT, record->storage);
  if (record->tariff > 0)
    g_string_append_printf (self->out, ", tariff: %u", (guint) record->tariff);
  if (record->subunit > 0)
    g_string_append_printf (self->out, ", subunit: %u", (guint) record->subunit);
}

/* The manufacturer's data as a whole, so that its bytes are seen and can be taken apart. */
static void
append_block (Draft *self, const AmselRecord *record)
{
  if (record->data_length == 0 || !g_hash_table_add (self->names, g_strdup ("manufacturer_data")))
    return;
  g_string_append_printf (
      self->out, "  - {name: manufacturer_data, from: manufacturer-data, at: 0, length: %u, coding: bytes}\n",
      MIN (record->data_length, 200));
}

static void
append_field (Draft *self, const AmselRecord *record)
{
  g_autofree gchar *name = NULL;

  if (record->storage > DRIVER_STORAGE_MAX || record->tariff > DRIVER_TARIFF_MAX
      || record->subunit > DRIVER_SUBUNIT_MAX || record->dif_length + record->vif_length > 22)
    return;
  if (record->vif_length == 0)
    {
      append_block (self, record);
      return;
    }
  name = make_name (self, record);
  g_string_append_printf (self->out, "  - {name: %s, ", name);
  append_selection (self, record);
  g_string_append (self->out, "}\n");
}

/* The line of the meters that it is for. */
static void
append_meters (Draft *self, const AmselIdentity *identity, const gchar letters[4])
{
  const gchar *medium = amsel_medium_get_name (identity->medium);

  if (amsel_manufacturer_parse (letters) == 0)
    {
      g_string_append_printf (self->out,
                              "# The manufacturer code %04X of the telegram is no three letters.\n"
                              "meters: any\n",
                              identity->manufacturer);
      return;
    }
  g_string_append_printf (self->out, "meters:\n  - {manufacturer: %s, version: 0x%02X, ", letters,
                          identity->version);
  if (!g_str_equal (medium, "reserved") && !g_str_equal (medium, "any"))
    g_string_append_printf (self->out, "medium: %s}\n", medium);
  else
    g_string_append_printf (self->out, "medium: 0x%02X}\n", identity->medium);
}

static void
append_head (Draft *self)
{
  const AmselIdentity *identity = amsel_telegram_get_identity (self->telegram);
  gchar letters[4], lower[4];

  amsel_manufacturer_write (identity->manufacturer, letters);
  for (guint i = 0; i < sizeof lower; i++)
    lower[i] = letters[i] == '?' ? 'x' : g_ascii_tolower (letters[i]);
  g_string_append_printf (
      self->out,
      "# A draft: give it a name, rename its fields, and try it with “amsel driver test”.\n"
      "driver: %s_%02x\ntitle: \"%s %s, version %02X\"\n",
      lower, identity->version, letters, amsel_medium_get_name (identity->medium), identity->version);
  append_meters (self, identity, letters);
}

/* What a file cannot do, for who begins with one. */
static void
append_remark (Draft *self)
{
  const gchar *driver = amsel_telegram_get_driver (self->telegram);

  if (amsel_telegram_get_n_records (self->telegram) > 0)
    return;
  g_string_append_printf (self->out, "# The telegram has no records, which are what a file can name%s%s%s.\n",
                          driver != NULL ? "; its payload is read by the compiled driver “" : "",
                          driver != NULL ? driver : "", driver != NULL ? "”" : "");
}

/* The telegram without any fields. */
static AmselTelegram *
copy_records (const AmselTelegram *telegram)
{
  g_autoptr (GBytes) payload = amsel_telegram_dup_payload (telegram);
  AmselTelegram *copy;
  gsize n;
  const AmselRecord *records = amsel_telegram_get_records (telegram, &n);

  copy = amsel_telegram_new (amsel_telegram_get_frame (telegram), n);
  *amsel_telegram_edit_header (copy) = *amsel_telegram_get_header (telegram);
  amsel_telegram_set_payload (copy, payload);
  for (gsize i = 0; i < n; i++)
    *amsel_telegram_add_record (copy) = records[i];
  return copy;
}

static void
append_value (GString *out, const AmselTelegram *telegram, guint i)
{
  g_autofree gchar *value = amsel_telegram_get_field_value_text (telegram, i);
  g_auto (AmselJson) quoted = AMSEL_JSON_INIT;

  if (value != NULL && amsel_telegram_get_field_kind (telegram, i) == AMSEL_VALUE_DECIMAL)
    g_string_append (out, value);
  else if (value == NULL)
    g_string_append (out, "null");
  else
    {
      /* a string of JSON is one of YAML */
      amsel_json_string (&quoted, value);
      g_string_append_len (out, quoted.text, (gssize) quoted.length);
    }
}

/* Whether a test can expect the value of a field: a compiled driver may have one of that name with something
 * else in it, which stays, and a test cannot ask for an empty text. */
static gboolean
can_expect (const Draft *self, const AmselTelegram *copy, guint i)
{
  g_autofree gchar *value = amsel_telegram_get_field_value_text (copy, i);

  if (value != NULL && value[0] == '\0')
    return FALSE;
  for (guint k = 0; k < amsel_telegram_get_n_fields (self->telegram); k++)
    {
      g_autofree gchar *other = amsel_telegram_get_field_value_text (self->telegram, k);

      if (g_str_equal (amsel_telegram_get_field_name (self->telegram, k),
                       amsel_telegram_get_field_name (copy, i)))
        return g_strcmp0 (value, other) == 0;
    }
  return TRUE;
}

/* What the file, up to its tests, makes of the telegram: so that it is seen, and is tested from now on. Files
 * are not asked about a payload without records. */
static void
append_expected (const Draft *self, GString *out)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (DriverDescribed) driver =
      driver_described_parse ("draft", self->out->str, self->out->len, &problems);
  g_autoptr (AmselTelegram) copy = copy_records (self->telegram);
  DriverContext context = { .telegram = copy };
  gboolean any = FALSE;

  if (driver != NULL && amsel_telegram_get_n_records (copy) > 0)
    driver_described_apply (driver, &context);
  for (guint i = 0; i < amsel_telegram_get_n_fields (copy); i++)
    {
      if (!can_expect (self, copy, i))
        continue;
      g_string_append_printf (out, "%s      %s: ", any ? "" : "    fields:\n",
                              amsel_telegram_get_field_name (copy, i));
      append_value (out, copy, i);
      g_string_append_c (out, '\n');
      any = TRUE;
    }
  if (!any)
    g_string_append (out, "    fields: {}\n");
}

gchar *
driver_draft_new (const AmselTelegram *telegram, const gchar *digits, const gchar *key)
{
  Draft self = { telegram, g_string_new (NULL),
                 g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };
  gsize n;
  const AmselRecord *records = amsel_telegram_get_records (telegram, &n);
  GString *fields;

  append_head (&self);
  g_string_append (self.out, "fields:\n");
  append_remark (&self);
  for (gsize i = 0; i < MIN (n, DRIVER_RULES_MAX / 2); i++)
    append_field (&self, &records[i]);
  g_string_append (self.out, "  - {name: status, from: status}\n");
  fields = g_string_new (NULL);
  append_expected (&self, fields);
  g_string_append_printf (self.out, "tests:\n  - telegram: \"%s\"\n", digits);
  if (key != NULL)
    g_string_append_printf (self.out, "    key: \"%s\"\n", key);
  g_string_append (self.out, fields->str);
  g_string_free (fields, TRUE);
  g_hash_table_unref (self.names);
  return g_string_free (self.out, FALSE);
}
