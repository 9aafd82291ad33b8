/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One entry of “fields” in a driver file, compiled into rules: one for each storage number, tariff and
 * subunit of its ranges. */
#include <string.h>

#include "driver-reader.h"

#define ANY "any"

/* Its place among the functions. */
#define FUNCTION_ANY 5

/* Largest number that {storage-31} may count by. */
#define OFFSET_MAX 100000

const gchar *const driver_field_keys[] = {
  "name", "from",  "quantity", "function", "storage", "tariff",  "subunit", "modifiers", "vif",
  "key",  "nth",   "at",       "length",   "coding",  "mask",    "scale",   "decimals",  "unit",
  "null", "words", "bits",     "ok",       "role",    "comment", NULL,
};

const gchar *const driver_field_sources[] = { "record", "manufacturer-data", "status", NULL };
const gchar *const driver_field_codings[] = { "unsigned", "signed", "bcd", "date", "bytes", NULL };
const gchar *const driver_field_roles[] = { "none", "counter", "instant", "stored", "info", NULL };
const gchar *const driver_field_functions[] = { "none", "instantaneous", "maximum", "minimum", "error", ANY,
                                                NULL };

/* What is being made of an entry. */
typedef struct
{
  DriverReader *reader;
  const AmselYamlNode *map;
  const gchar *name; /* with placeholders */
  DriverRule rule;   /* without key and name */
  guint function;
  gboolean any_quantity, any_function, any_storage, any_tariff, any_subunit;
  DriverRange storage, tariff, subunit;
  gboolean ok;
} Entry;

static const AmselYamlNode *
get (const Entry *self, const gchar *key)
{
  return amsel_yaml_map_get (self->map, key, NULL);
}

static gboolean
is_any (const AmselYamlNode *node)
{
  return node->type == AMSEL_YAML_SCALAR && g_str_equal (node->text, ANY);
}

/* A number, a range or “any” under a key; what stands there already where the key is missing. */
static void
read_range (Entry *self, const gchar *key, guint64 maximum, DriverRange *range, gboolean *any)
{
  const AmselYamlNode *node = get (self, key);

  if (node == NULL)
    return;
  *any = is_any (node);
  if (!*any && !driver_reader_range (self->reader, node, maximum, range))
    self->ok = FALSE;
}

static gboolean
read_number (Entry *self, const gchar *key, guint64 maximum, guint64 *out)
{
  const AmselYamlNode *node = get (self, key);

  if (node == NULL)
    return FALSE;
  if (driver_reader_number (self->reader, node, maximum, out))
    return TRUE;
  self->ok = FALSE;
  return FALSE;
}

static gint
read_choice (Entry *self, const gchar *key, const gchar *const *names, const gchar *what, gint missing)
{
  const AmselYamlNode *node = get (self, key);
  gint choice = node != NULL ? driver_reader_choice (self->reader, node, names, what) : missing;

  self->ok = self->ok && choice >= 0;
  return MAX (choice, 0);
}

static void
read_quantity (Entry *self)
{
  const AmselYamlNode *node = get (self, "quantity");
  guint n = 1;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  gint choice;

  self->any_quantity = node == NULL;
  if (node == NULL)
    return;
  while (n == 1 || !g_str_equal (amsel_quantity_get_name ((AmselQuantity) n), "unknown"))
    g_ptr_array_add (names, (gpointer) amsel_quantity_get_name ((AmselQuantity) n++));
  g_ptr_array_add (names, NULL);
  choice = driver_reader_choice (self->reader, node, (const gchar *const *) names->pdata,
                                 "the name of a quantity, such as volume");
  self->ok = self->ok && choice >= 0;
  self->rule.quantity = (guint16) (choice + 1);
}

/* Hexadecimal digits of a chain into the rule. */
static void
read_chain (Entry *self, const gchar *key, gboolean vif)
{
  const AmselYamlNode *node = get (self, key);
  const gchar *text;
  guint n = 0;

  if (node == NULL)
    return;
  text = driver_reader_text (self->reader, node, "hexadecimal digits");
  for (; text != NULL && text[2 * n] != '\0' && n < sizeof self->rule.chain; n++)
    {
      gint high = g_ascii_xdigit_value (text[2 * n]);
      gint low = high >= 0 ? g_ascii_xdigit_value (text[2 * n + 1]) : -1;

      if (low < 0)
        break;
      self->rule.chain[n] = (guint8) (high << 4 | low);
    }
  if (text == NULL || n == 0 || text[2 * n] != '\0')
    {
      driver_reader_error (self->reader, node, "such as 0413, or FD17",
                           "expected 1 to %d bytes in hexadecimal digits", (gint) sizeof self->rule.chain);
      self->ok = FALSE;
      return;
    }
  self->rule.chain_length = (guint8) n;
  self->rule.chain_vif = vif;
  self->rule.any_modifiers = TRUE;
}

/* A modifier by its name. */
static gboolean
find_modifier (const gchar *name, AmselModifier *out)
{
  for (guint table = AMSEL_MODIFIER_TABLE_COMBINABLE; table <= AMSEL_MODIFIER_TABLE_APPLICATION; table++)
    for (guint code = 0; code < 256; code++)
      {
        *out = amsel_modifier_new ((AmselModifierTable) table, code);
        if (g_strcmp0 (amsel_modifier_get_name (*out), name) == 0)
          return TRUE;
      }
  return FALSE;
}

static void
read_modifiers (Entry *self)
{
  const AmselYamlNode *node = get (self, "modifiers");

  if (node == NULL)
    return;
  self->rule.any_modifiers = is_any (node);
  for (guint i = 0; !self->rule.any_modifiers && i < driver_reader_n_items (node); i++)
    {
      const AmselYamlNode *item = driver_reader_item (node, i);
      const gchar *text = driver_reader_text (self->reader, item, "the name of a modifier, or any");

      if (text != NULL && self->rule.n_modifiers < AMSEL_RECORD_MODIFIERS
          && find_modifier (text, &self->rule.modifiers[self->rule.n_modifiers]))
        self->rule.n_modifiers++;
      else
        {
          driver_reader_error (self->reader, item, "as “amsel decode” prints it", "there is no modifier “%s”",
                               text != NULL ? text : "");
          self->ok = FALSE;
        }
    }
}

/* Which records. */
static void
read_selection (Entry *self)
{
  read_quantity (self);
  read_chain (self, "vif", TRUE);
  read_chain (self, "key", FALSE);
  if (self->rule.chain_length > 0 && !self->rule.chain_vif)
    self->any_function = self->any_storage = self->any_tariff = self->any_subunit = TRUE;
  if (self->rule.source == DRIVER_SOURCE_BLOCK && self->rule.no_vif)
    {
      self->any_function = self->any_storage = self->any_tariff = self->any_subunit = TRUE;
      self->any_quantity = FALSE;
      self->rule.quantity = AMSEL_QUANTITY_MANUFACTURER_SPECIFIC;
    }
  if (get (self, "function") != NULL)
    {
      self->function = (guint) read_choice (self, "function", driver_field_functions,
                                            "instantaneous, maximum, minimum, error or any", 1);
      self->any_function = self->function == FUNCTION_ANY;
    }
  read_range (self, "storage", DRIVER_STORAGE_MAX, &self->storage, &self->any_storage);
  read_range (self, "tariff", DRIVER_TARIFF_MAX, &self->tariff, &self->any_tariff);
  read_range (self, "subunit", DRIVER_SUBUNIT_MAX, &self->subunit, &self->any_subunit);
  read_modifiers (self);
  if (self->ok && self->any_quantity && self->rule.chain_length == 0
      && self->rule.source != DRIVER_SOURCE_STATUS)
    {
      driver_reader_error (self->reader, self->map, NULL,
                           "a field needs “quantity”, “vif” or “key”, or “from: status”");
      self->ok = FALSE;
    }
}

/* Numbers with their texts, of “words” or “bits”. */
static void
read_table (Entry *self, const gchar *key, DriverSense sense)
{
  const AmselYamlNode *node = get (self, key);
  DriverWord *words;

  if (node == NULL)
    return;
  if (node->type != AMSEL_YAML_MAP || node->keys->len == 0)
    {
      driver_reader_error (self->reader, node, "such as {0x01: LEAK}", "expected numbers with their texts");
      self->ok = FALSE;
      return;
    }
  words = g_new0 (DriverWord, node->keys->len);
  g_ptr_array_add (self->reader->driver->tables, words);
  for (guint i = 0; i < node->keys->len; i++)
    {
      self->ok &= driver_reader_number (self->reader, g_ptr_array_index (node->keys, i), G_MAXUINT64,
                                        &words[i].value);
      words[i].text = driver_reader_string (self->reader, g_ptr_array_index (node->items, i), "a text");
      self->ok = self->ok && words[i].text != NULL;
    }
  self->rule.sense = (guint8) sense;
  self->rule.words = words;
  self->rule.n_words = node->keys->len;
}

static void
read_nulls (Entry *self)
{
  const AmselYamlNode *node = get (self, "null");
  guint64 *nulls;

  if (node == NULL)
    return;
  nulls = g_new0 (guint64, driver_reader_n_items (node));
  g_ptr_array_add (self->reader->driver->tables, nulls);
  for (guint i = 0; i < driver_reader_n_items (node); i++)
    self->ok &= driver_reader_number (self->reader, driver_reader_item (node, i), G_MAXUINT64, &nulls[i]);
  self->rule.nulls = nulls;
  self->rule.n_nulls = driver_reader_n_items (node);
}

static void
read_scale (Entry *self)
{
  const AmselYamlNode *node = get (self, "scale");
  const gchar *text = node != NULL ? driver_reader_text (self->reader, node, "a number") : NULL;

  amsel_decimal_set (&self->rule.scale, 1, 0);
  if (node == NULL)
    return;
  if (text != NULL && amsel_decimal_parse (text, &self->rule.scale) && self->rule.scale.high == 0
      && self->rule.scale.low > 0 && self->rule.scale.low <= G_MAXINT32)
    return;
  driver_reader_error (self->reader, node, "such as 0.01", "expected a number above 0 to multiply by");
  self->ok = FALSE;
}

/* The unit of raw numbers, by the word that names end with. */
static void
read_unit (Entry *self)
{
  const AmselYamlNode *node = get (self, "unit");
  const gchar *text = node != NULL ? driver_reader_text (self->reader, node, "a unit") : NULL;
  g_autofree gchar *name = text != NULL ? g_strconcat ("_", text, NULL) : NULL;
  AmselUnit unit;
  gint exponent;

  if (node == NULL)
    return;
  self->rule.has_raw_unit =
      name != NULL && amsel_field_name_get_unit (name, &unit, &exponent, &self->rule.raw_seconds);
  if (self->rule.has_raw_unit)
    {
      self->rule.raw_unit = (guint8) unit;
      self->rule.raw_exponent = (gint8) exponent;
      return;
    }
  driver_reader_error (self->reader, node, "the last word of a field's name, such as m3, kwh or min",
                       "there is no unit “%s”", text != NULL ? text : "");
  self->ok = FALSE;
}

/* Which bytes of a record. */
static void
read_place (Entry *self)
{
  guint64 number;
  gboolean has_at = get (self, "at") != NULL;

  if (has_at && self->rule.source == DRIVER_SOURCE_RECORD)
    self->rule.source = DRIVER_SOURCE_BLOCK;
  self->rule.length = 1;
  if (read_number (self, "at", 200, &number))
    self->rule.at = (guint8) number;
  if (read_number (self, "length", 200, &number))
    self->rule.length = (guint8) number;
  self->rule.coding = (guint8) read_choice (self, "coding", driver_field_codings,
                                            "unsigned, signed, bcd, date or bytes", DRIVER_CODING_UNSIGNED);
  if (self->rule.source == DRIVER_SOURCE_BLOCK && self->rule.coding != DRIVER_CODING_BYTES
      && (self->rule.length == 0 || self->rule.length > 8))
    {
      driver_reader_error (self->reader, get (self, "length"), NULL, "a number has 1 to 8 bytes");
      self->ok = FALSE;
    }
  if (!has_at && (self->rule.no_vif || get (self, "length") != NULL || get (self, "coding") != NULL))
    {
      driver_reader_error (self->reader, self->map, NULL, "expected “at”: where the bytes begin");
      self->ok = FALSE;
    }
}

static void
read_mask (Entry *self)
{
  guint64 bits;

  self->rule.bits = G_MAXUINT64;
  if (self->rule.source == DRIVER_SOURCE_BLOCK && self->rule.length >= 1 && self->rule.length < 8)
    self->rule.bits = (G_GUINT64_CONSTANT (1) << 8 * self->rule.length) - 1;
  if (!read_number (self, "mask", G_MAXUINT64, &bits))
    return;
  self->rule.bits &= bits;
  if (self->rule.bits != 0)
    return;
  driver_reader_error (self->reader, get (self, "mask"), NULL, "the mask leaves nothing of the bytes");
  self->rule.bits = 1;
  self->ok = FALSE;
}

static void
read_meaning (Entry *self)
{
  const AmselYamlNode *otherwise = get (self, "ok");
  guint64 nth = 1;
  guint64 decimals;

  read_scale (self);
  read_unit (self);
  self->rule.decimals = read_number (self, "decimals", 12, &decimals) ? (gint8) decimals : -1;
  read_nulls (self);
  read_table (self, "words", DRIVER_SENSE_WORDS);
  read_table (self, "bits", DRIVER_SENSE_BITS);
  if (self->rule.source == DRIVER_SOURCE_STATUS)
    self->rule.sense = DRIVER_SENSE_BITS;
  if (otherwise != NULL)
    self->rule.otherwise = driver_reader_string (self->reader, otherwise, "a text");
  if (read_number (self, "nth", 100, &nth) && nth == 0)
    {
      driver_reader_error (self->reader, get (self, "nth"), NULL, "the first one has the number 1");
      self->ok = FALSE;
    }
  self->rule.nth = (guint8) nth;
}

/* The role that a name has where the file does not say it. */
static AmselFieldRole
guess_role (const DriverRule *rule, guint64 storage)
{
  return rule->has_unit && storage > 0 ? AMSEL_FIELD_STORED : amsel_field_name_get_role (rule->name);
}

/* Puts a number in for {word}, {word-31} or {word+1}. FALSE where braces say something else. */
static gboolean
fill_in (GString *name, const gchar *word, guint64 number)
{
  g_autofree gchar *open = g_strdup_printf ("{%s", word);
  gchar *begin = strstr (name->str, open);
  gchar *end;
  gint64 offset = 0;
  g_autofree gchar *digits = NULL;

  if (begin == NULL)
    return TRUE;
  end = begin + strlen (open);
  if (*end == '-' || *end == '+')
    offset = g_ascii_strtoll (end, &end, 10);
  if (*end != '}' || ABS (offset) > OFFSET_MAX || (gint64) number + offset < 0)
    return FALSE;
  digits = g_strdup_printf ("%" G_GINT64_FORMAT, (gint64) number + offset);
  {
    gsize position = (gsize) (begin - name->str);

    g_string_erase (name, (gssize) position, end + 1 - begin);
    g_string_insert (name, (gssize) position, digits);
  }
  return TRUE;
}

/* The number of the text that rules of this name are parts of. */
static gint8
find_join (Entry *self, const gchar *name)
{
  GArray *rules = self->reader->driver->rules;

  for (guint i = 0; i < rules->len; i++)
    {
      const DriverRule *other = &g_array_index (rules, DriverRule, i);

      if (other->join >= 0 && g_str_equal (other->name, name))
        return other->join;
    }
  if (self->reader->driver->n_joins < DRIVER_JOINS_MAX)
    return (gint8) self->reader->driver->n_joins++;
  driver_reader_error (self->reader, self->map, NULL, "there are more than %d fields with words or bits",
                       DRIVER_JOINS_MAX);
  return 0;
}

static gboolean
add_rule (Entry *self, guint64 storage, guint64 tariff, guint64 subunit)
{
  DriverRule rule = self->rule;
  g_autoptr (GString) name = g_string_new (self->name);
  GArray *rules = self->reader->driver->rules;
  AmselUnit unit;
  gint exponent;

  if (!fill_in (name, "storage", storage) || !fill_in (name, "tariff", tariff)
      || !fill_in (name, "subunit", subunit) || !amsel_field_name_is_valid (name->str))
    {
      driver_reader_error (
          self->reader, get (self, "name"), "such as total_m3 or history_{storage-31}_m3",
          "“%s” can be no name: lower-case letters, digits and underlines, {storage}, {tariff}, {subunit}",
          name->str);
      return FALSE;
    }
  if (rules->len == DRIVER_RULES_MAX)
    {
      driver_reader_error (self->reader, self->map, NULL, "there are more than %d fields", DRIVER_RULES_MAX);
      return FALSE;
    }
  rule.name = g_string_chunk_insert_const (self->reader->driver->strings, name->str);
  rule.has_unit = amsel_field_name_get_unit (rule.name, &unit, &exponent, &rule.seconds);
  rule.unit = (guint8) unit;
  rule.exponent = (gint8) exponent;
  rule.join = rule.sense != DRIVER_SENSE_VALUE ? find_join (self, rule.name) : -1;
  rule.key = driver_key (rule.quantity, self->function, storage, (guint32) tariff, (guint) subunit);
  rule.mask = (self->any_quantity ? 0 : DRIVER_KEY_QUANTITY_MASK)
              | (self->any_function ? 0 : DRIVER_KEY_FUNCTION_MASK)
              | (self->any_storage ? 0 : DRIVER_KEY_STORAGE_MASK)
              | (self->any_tariff ? 0 : DRIVER_KEY_TARIFF_MASK)
              | (self->any_subunit ? 0 : DRIVER_KEY_SUBUNIT_MASK);
  rule.role = (guint8) read_choice (self, "role", driver_field_roles, "counter, instant, stored or info",
                                    (gint) guess_role (&rule, self->any_storage ? 0 : storage));
  g_array_append_val (rules, rule);
  return TRUE;
}

static void
write_out (Entry *self)
{
  for (guint64 storage = self->storage.first; storage <= self->storage.last; storage++)
    for (guint64 tariff = self->tariff.first; tariff <= self->tariff.last; tariff++)
      for (guint64 subunit = self->subunit.first; subunit <= self->subunit.last; subunit++)
        if (!add_rule (self, storage, tariff, subunit))
          return;
}

void
driver_reader_field (DriverReader *reader, const AmselYamlNode *node)
{
  Entry entry = { .reader = reader, .map = node, .function = AMSEL_FUNCTION_INSTANTANEOUS, .ok = TRUE };
  const AmselYamlNode *name;

  if (!driver_reader_check_map (reader, node, driver_field_keys, "an entry of “fields”"))
    return;
  name = amsel_yaml_map_get (node, "name", NULL);
  entry.name = name != NULL ? driver_reader_text (reader, name, "a name") : NULL;
  if (entry.name == NULL)
    {
      driver_reader_error (reader, node, NULL, "a field needs “name”");
      return;
    }
  switch (read_choice (&entry, "from", driver_field_sources, "record, manufacturer-data or status", 0))
    {
    case 1:
      entry.rule.source = DRIVER_SOURCE_BLOCK;
      entry.rule.no_vif = TRUE;
      break;
    case 2:
      entry.rule.source = DRIVER_SOURCE_STATUS;
      break;
    default:
      break;
    }
  read_place (&entry);
  read_mask (&entry);
  read_selection (&entry);
  read_meaning (&entry);
  if (entry.ok)
    write_out (&entry);
}
