/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON: the writer, telegrams, errors, and the digits of reals. */
#include <math.h>
#include <stdlib.h>

#include "amsel-quantity-private.h"
#include "amsel.h"

/* RECORD_CHARS of amsel-telegram-json.c is made for these. */
#define NAME_CHARS_MAX 40

static void
test_writer (void)
{
  g_auto (AmselJson) json = AMSEL_JSON_INIT;

  amsel_json_begin_object (&json);
  amsel_json_key (&json, "a");
  amsel_json_begin_array (&json);
  amsel_json_uint (&json, 0);
  amsel_json_uint (&json, G_MAXUINT64);
  amsel_json_int (&json, -7);
  amsel_json_int (&json, G_MININT64);
  amsel_json_begin_object (&json);
  amsel_json_end_object (&json);
  amsel_json_begin_array (&json);
  amsel_json_end_array (&json);
  amsel_json_end_array (&json);
  amsel_json_key (&json, "b");
  amsel_json_boolean (&json, TRUE);
  amsel_json_key (&json, "c");
  amsel_json_null (&json);
  amsel_json_key (&json, "d");
  amsel_json_hex (&json, (const guint8 *) "\x00\xAB", 2);
  amsel_json_key (&json, "e");
  amsel_json_number (&json, "2.002");
  amsel_json_key (&json, "f");
  amsel_json_number (&json, "");
  amsel_json_string (&json, "g\n");
  amsel_json_colon (&json);
  amsel_json_string (&json, NULL);
  amsel_json_end_object (&json);
  g_assert_cmpstr (json.text, ==,
                   "{\"a\":[0,18446744073709551615,-7,-9223372036854775808,{},[]],\"b\":true,\"c\":null,"
                   "\"d\":\"00AB\",\"e\":2.002,\"f\":null,\"g\\n\":null}");
  g_assert_cmpuint (json.length, ==, strlen (json.text));
  amsel_json_reset (&json);
  amsel_json_begin_object (&json);
  amsel_json_end_object (&json);
  g_assert_cmpstr (json.text, ==, "{}");
}

static void
test_strings (void)
{
  const struct
  {
    const gchar *text;
    gsize length;
    const gchar *expected;
  } vectors[] = {
    { "", 0, "\"\"" },
    { "plain", 5, "\"plain\"" },
    { "\"\\/", 3, "\"\\\"\\\\/\"" },
    { "\b\t\n\f\r", 5, "\"\\b\\t\\n\\f\\r\"" },
    { "\x01\x1F\x7F", 3, "\"\\u0001\\u001F\\u007F\"" },
    { "a\0b", 3, "\"a\\u0000b\"" },
    { "m³ €", 7, "\"m³ €\"" },
    { "\xFF", 1, "\"\xEF\xBF\xBD\"" },
    { "\xC3", 1, "\"\xEF\xBF\xBD\"" },
    { "\xE2\x82x", 3, "\"\xEF\xBF\xBD\xEF\xBF\xBDx\"" },
    { "\xED\xA0\x80", 3, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
  };
  g_auto (AmselJson) json = AMSEL_JSON_INIT;

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      amsel_json_reset (&json);
      amsel_json_string_n (&json, vectors[i].text, vectors[i].length);
      g_assert_cmpstr (json.text, ==, vectors[i].expected);
    }
}

/* The buffer grows at every length without losing a character. */
static void
test_growth (void)
{
  for (gsize n = 1000; n < 1050; n++)
    {
      g_auto (AmselJson) json = AMSEL_JSON_INIT;
      g_autofree gchar *text = g_strnfill (n, '\x01');

      amsel_json_string (&json, text);
      g_assert_cmpuint (json.length, ==, 2 + 6 * n);
      amsel_json_string (&json, text);
      g_assert_cmpuint (json.length, ==, 2 * (2 + 6 * n) + 1);
      g_assert_cmpuint (strlen (json.text), ==, json.length);
    }
}

static AmselRecord *
add_record (AmselTelegram *telegram, AmselValueKind kind)
{
  AmselRecord *record = amsel_telegram_add_record (telegram);

  record->kind = (guint8) kind;
  record->function = AMSEL_FUNCTION_INSTANTANEOUS;
  record->dif_length = 1;
  record->vif_length = 1;
  return record;
}

static void
test_telegram (void)
{
  const guint8 payload[] = { 0x0C, 0x13, 'h', 'f', '"', 0x00, 0xFF };
  g_autoptr (AmselFrame) frame = amsel_frame_new (payload, sizeof payload, 0, AMSEL_RSSI_UNKNOWN);
  g_autoptr (AmselTelegram) telegram = amsel_telegram_new (frame, 1);
  AmselTelegramHeader *header = amsel_telegram_edit_header (telegram);
  AmselRecord *record = add_record (telegram, AMSEL_VALUE_DECIMAL);
  g_autofree gchar *text = NULL;

  header->identity = (AmselIdentity){ 0x08031768, 0x3265, 0x99, 0x06, 0 };
  header->access_number = 175;
  record->quantity = AMSEL_QUANTITY_VOLUME;
  record->unit = AMSEL_UNIT_M3;
  amsel_decimal_set (&record->decimal, 2002, -3);
  record->storage = G_MAXUINT64;
  record->tariff = 12;
  record = add_record (telegram, AMSEL_VALUE_TEXT);
  record->storage = 1;
  record->tariff = 2;
  record->subunit = 3;
  record->data_offset = 2;
  record->data_length = 3;
  record = add_record (telegram, AMSEL_VALUE_BYTES);
  record->quantity = AMSEL_QUANTITY_MANUFACTURER_SPECIFIC;
  record->vif_length = 0;
  record->data_offset = 5;
  record->data_length = 2;
  record = add_record (telegram, AMSEL_VALUE_DATE);
  record->date = (AmselDate){ 2015, 12, 8, 17, 5, 0, AMSEL_DATE_DAY | AMSEL_DATE_MINUTE };
  record = add_record (telegram, AMSEL_VALUE_NONE);
  record->function = AMSEL_FUNCTION_ERROR;
  record->reason = AMSEL_REASON_INVALID_DATE;
  record = add_record (telegram, AMSEL_VALUE_REAL);
  record->real = NAN;
  /* a record whose offsets are wrong shows no bytes that are not there */
  record = add_record (telegram, AMSEL_VALUE_BYTES);
  record->dif_offset = 6;
  record->dif_length = 200;
  record->data_offset = G_MAXUINT32;
  record->data_length = G_MAXUINT32;

  text = amsel_telegram_to_json (telegram, "mbus");
  g_assert_cmpstr (
      text, ==,
      "{\"ok\":true,\"protocol\":\"mbus\",\"meter\":{\"manufacturer\":\"LSE\",\"id\":\"08031768\","
      "\"version\":153,"
      "\"medium\":\"hot-water\",\"address\":0},\"access_number\":175,\"status\":0,\"more_follows\":false,"
      "\"encryption\":\"none\",\"records\":["
      "{\"quantity\":\"volume\",\"unit\":\"m3\",\"value\":2.002,\"function\":\"instantaneous\","
      "\"storage\":18446744073709551615,\"tariff\":12,\"subunit\":0,\"modifiers\":[],\"dif\":\"0C\",\"vif\":"
      "\"13\"},"
      "{\"quantity\":\"unknown\",\"unit\":\"\",\"value\":\"\\\"fh\",\"function\":\"instantaneous\","
      "\"storage\":1,"
      "\"tariff\":2,\"subunit\":3,\"modifiers\":[],\"dif\":\"0C\",\"vif\":\"13\"},"
      "{\"quantity\":\"manufacturer-specific\",\"unit\":\"\",\"value\":\"00FF\",\"type\":\"bytes\","
      "\"function\":\"instantaneous\",\"storage\":0,\"tariff\":0,\"subunit\":0,\"modifiers\":[],\"dif\":"
      "\"0C\","
      "\"vif\":\"\"},"
      "{\"quantity\":\"unknown\",\"unit\":\"\",\"value\":\"2015-12-08T17:05\",\"function\":\"instantaneous\","
      "\"storage\":0,\"tariff\":0,\"subunit\":0,\"modifiers\":[],\"dif\":\"0C\",\"vif\":\"13\"},"
      "{\"quantity\":\"unknown\",\"unit\":\"\",\"value\":null,\"reason\":\"invalid-date\",\"function\":"
      "\"error\","
      "\"storage\":0,\"tariff\":0,\"subunit\":0,\"modifiers\":[],\"dif\":\"0C\",\"vif\":\"13\"},"
      "{\"quantity\":\"unknown\",\"unit\":\"\",\"value\":null,\"reason\":\"not-available\","
      "\"function\":\"instantaneous\",\"storage\":0,\"tariff\":0,\"subunit\":0,\"modifiers\":[],\"dif\":"
      "\"0C\","
      "\"vif\":\"13\"},"
      "{\"quantity\":\"unknown\",\"unit\":\"\",\"value\":\"\",\"type\":\"bytes\",\"function\":"
      "\"instantaneous\","
      "\"storage\":0,\"tariff\":0,\"subunit\":0,\"modifiers\":[],\"dif\":\"\",\"vif\":\"\"}]}");
}

/* A telegram that says nothing of its meter, and a code that nobody knows. */
static void
test_unknown (void)
{
  g_autoptr (AmselFrame) frame = amsel_frame_new (NULL, 0, 0, AMSEL_RSSI_UNKNOWN);
  g_autoptr (AmselTelegram) telegram = amsel_telegram_new (frame, 0);
  g_autoptr (GError) error = g_error_new (AMSEL_READ_ERROR, AMSEL_READ_ERROR_TIMEOUT, "no “answer”\n");
  g_autofree gchar *text = amsel_telegram_to_json (telegram, NULL);
  g_auto (AmselJson) json = AMSEL_JSON_INIT;

  g_assert_cmpstr (
      text, ==,
      "{\"ok\":true,\"protocol\":null,\"meter\":{\"manufacturer\":null,\"id\":null,\"version\":null,"
      "\"medium\":null,\"address\":null},\"access_number\":0,\"status\":0,\"more_follows\":false,"
      "\"encryption\":\"none\",\"records\":[]}");
  amsel_error_write_json (error, &json);
  g_assert_cmpstr (
      json.text, ==,
      "{\"ok\":false,\"error\":{\"domain\":\"read\",\"code\":1,\"name\":\"timeout\",\"message\":\"no "
      "“answer”\\n\"}}");
}

/* Digits from the first that is not zero to the last that is not. */
static gsize
count_digits (const gchar *number)
{
  gsize n = 0;
  gsize significant = 0;

  for (; *number != '\0' && *number != 'e' && *number != 'E'; number++)
    if (g_ascii_isdigit (*number) && (n > 0 || *number != '0'))
      {
        n++;
        if (*number != '0')
          significant = n;
      }
  return significant;
}

/* Digits as printf finds them: the fewest that give the same 32-bit number back. */
static void
check_real (gfloat real)
{
  AmselRecord record = { .kind = AMSEL_VALUE_REAL, .real = real };
  gchar text[AMSEL_NUMBER_CHARS];
  gchar shortest[64];

  amsel_record_write_number (&record, text);
  g_assert_true (strtof (text, NULL) == real);
  for (gint precision = 5; precision <= 8; precision++)
    {
      g_snprintf (shortest, sizeof shortest, "%.*e", precision, (gdouble) real);
      if (strtof (shortest, NULL) == real)
        break;
    }
  /* beyond, whole numbers may lie exactly between two reals; then more digits are right too */
  if (fabsf (real) < (1 << 24))
    g_assert_cmpuint (count_digits (text), <=, count_digits (shortest));
}

static void
test_reals (void)
{
  const struct
  {
    gfloat real;
    gint exponent;
    const gchar *expected;
  } vectors[] = {
    { 0.0f, 0, "0" },
    { -0.0f, 0, "0" },
    { 1.0f, 0, "1" },
    { 0.1f, 0, "0.1" },
    { -170.72178f, 0, "-170.72179" },
    { 31.147324f, 0, "31.147324" },
    { 3.230039f, 0, "3.230039" },
    { 1e10f, 0, "10000000000" },
    { 1e-10f, 0, "0.0000000001" },
    { 16777216.0f, 0, "16777216" },
    { 0.001f, 3, "1" },
    { 2.5f, -3, "0.0025" },
    { 1e30f, 0, "1000000000000000000000000000000" },
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      AmselRecord record = { .kind = AMSEL_VALUE_REAL, .real = vectors[i].real };
      gchar text[AMSEL_NUMBER_CHARS];

      record.decimal.exponent = (gint16) vectors[i].exponent;
      amsel_record_write_number (&record, text);
      g_assert_cmpstr (text, ==, vectors[i].expected);
    }
  for (guint i = 0; i < 20000; i++)
    {
      gfloat real = (gfloat) ldexp (g_rand_double_range (rand, -1, 1), g_rand_int_range (rand, -60, 60));

      check_real (real);
      check_real ((gfloat) (g_rand_int_range (rand, -100000000, 100000000) / 1000.0));
      check_real (ldexpf (1, g_rand_int_range (rand, -60, 60)));
    }
}

/* What a record takes besides text and bytes has a bound, which the writer makes room for: no name is longer
 * than it thinks. Those with a length beside them are as long as it says. */
static void
test_names (void)
{
  for (guint i = 0; i <= G_MAXUINT16; i++)
    {
      g_assert_cmpuint (strlen (amsel_quantity_find_name (i)->text), ==,
                        amsel_quantity_find_name (i)->length);
      g_assert_cmpuint (strlen (amsel_unit_find_symbol (i)->text), ==, amsel_unit_find_symbol (i)->length);
      g_assert_cmpuint (strlen (amsel_function_find_name (i)->text), ==,
                        amsel_function_find_name (i)->length);
      g_assert_cmpuint (strlen (amsel_quantity_get_name ((AmselQuantity) i)), <=, NAME_CHARS_MAX);
      g_assert_cmpuint (strlen (amsel_unit_get_symbol ((AmselUnit) i)), <=, NAME_CHARS_MAX);
      g_assert_cmpuint (strlen (amsel_function_get_name ((AmselFunction) i)), <=, NAME_CHARS_MAX);
      g_assert_cmpuint (strlen (amsel_reason_get_name ((AmselReason) i)), <=, NAME_CHARS_MAX);
      g_assert_cmpuint (strlen (amsel_modifier_get_name ((AmselModifier) i)), <=, NAME_CHARS_MAX);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/writer", test_writer);
  g_test_add_func ("/json/strings", test_strings);
  g_test_add_func ("/json/growth", test_growth);
  g_test_add_func ("/json/telegram", test_telegram);
  g_test_add_func ("/json/unknown", test_unknown);
  g_test_add_func ("/json/reals", test_reals);
  g_test_add_func ("/json/names", test_names);
  return g_test_run ();
}
