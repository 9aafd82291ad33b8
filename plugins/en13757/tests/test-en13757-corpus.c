/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Telegrams of real meters with expected values: the test collection of libmbus (github.com/rscada/libmbus),
 * which is not part of this project. It is taken from $AMSEL_CORPUS, or from ../shared/corpus beside the
 * source tree; without it the test is skipped.
 *
 * Every expected record has to be there, in order, with the same number, date, unit, function, storage,
 * tariff and subunit. Known faults of the expected values are left out: the fixed data structure is printed
 * in units with prefixes; VIFEs that turn a flow into a duration are dropped; invalid dates are printed as if
 * they were dates. */
#include <math.h>
#include <string.h>

#include "en13757.h"

#define CI_OFFSET    6
#define LINK_TRAILER 2

typedef struct
{
  gchar *field;       /* (owned): element that is being read */
  GHashTable *values; /* (element-type utf8 utf8): of the record that is being read */
  GPtrArray *records; /* (element-type GHashTable) */
} Golden;

static void
on_start (G_GNUC_UNUSED GMarkupParseContext *context, const gchar *name, G_GNUC_UNUSED const gchar **names,
          G_GNUC_UNUSED const gchar **values, gpointer data, G_GNUC_UNUSED GError **error)
{
  Golden *golden = data;

  g_free (golden->field);
  golden->field = g_strdup (name);
  if (g_str_equal (name, "DataRecord"))
    {
      golden->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      g_ptr_array_add (golden->records, golden->values);
    }
}

static void
on_end (G_GNUC_UNUSED GMarkupParseContext *context, G_GNUC_UNUSED const gchar *name, gpointer data,
        G_GNUC_UNUSED GError **error)
{
  Golden *golden = data;

  g_clear_pointer (&golden->field, g_free);
}

static void
on_text (G_GNUC_UNUSED GMarkupParseContext *context, const gchar *text, gsize length, gpointer data,
         G_GNUC_UNUSED GError **error)
{
  Golden *golden = data;

  if (golden->values != NULL && golden->field != NULL)
    g_hash_table_insert (golden->values, g_strdup (golden->field), g_strstrip (g_strndup (text, length)));
}

/* Reads the expected records; manufacturer's blocks and "more follows" are not values. */
static GPtrArray *
read_golden (const gchar *path)
{
  const GMarkupParser parser = { .start_element = on_start, .end_element = on_end, .text = on_text };
  Golden golden = { 0 };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &golden, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;
  gsize length;

  golden.records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);
  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  if (!g_utf8_validate (text, (gssize) length, NULL))
    {
      gchar *utf8 = g_convert (text, (gssize) length, "UTF-8", "ISO-8859-1", NULL, &length, &error);

      g_assert_no_error (error);
      g_free (text);
      text = utf8;
    }
  g_markup_parse_context_parse (context, text, (gssize) length, &error);
  g_assert_no_error (error);
  for (guint i = golden.records->len; i > 0; i--)
    {
      const gchar *function = g_hash_table_lookup (golden.records->pdata[i - 1], "Function");

      if (g_strcmp0 (function, "More records follow") == 0
          || g_strcmp0 (function, "Manufacturer specific") == 0)
        g_ptr_array_remove_index (golden.records, i - 1);
    }
  return golden.records;
}

static const gchar *
get (GHashTable *golden, const gchar *field)
{
  const gchar *text = g_hash_table_lookup (golden, field);

  return text != NULL ? text : "";
}

static gboolean
same_unit (const gchar *golden, const gchar *unit)
{
  const gchar *const units[][2] = { { "m^3", "m3" }, { "m^3/h", "m3/h" }, { "°C", "Cel" } };

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_str_equal (golden, units[i][0]))
      return g_str_equal (unit, units[i][1]);
  return *golden == '\0' || g_str_equal (golden, "-") || g_str_equal (golden, unit);
}

static gboolean
same_function (const gchar *golden, AmselFunction function)
{
  const gchar *const functions[] = { [AMSEL_FUNCTION_INSTANTANEOUS] = "Instantaneous value",
                                     [AMSEL_FUNCTION_MAXIMUM] = "Maximum value",
                                     [AMSEL_FUNCTION_MINIMUM] = "Minimum value",
                                     [AMSEL_FUNCTION_ERROR] = "Value during error state" };

  return g_str_equal (golden, functions[function])
         || (function == AMSEL_FUNCTION_INSTANTANEOUS && g_str_equal (golden, "Actual value"));
}

/* Bytes are printed with blanks in some order. */
static gboolean
same_bytes (const gchar *golden, const gchar *value)
{
  g_auto (GStrv) parts = g_strsplit (golden, " ", -1);
  GString *turned = g_string_new (NULL);
  g_autofree gchar *straight = g_strjoinv ("", parts);
  g_autofree gchar *text = NULL;

  for (guint i = g_strv_length (parts); i > 0; i--)
    g_string_append (turned, parts[i - 1]);
  text = g_string_free (turned, FALSE);
  return g_str_equal (straight, value) || g_str_equal (text, value);
}

static gboolean
same_value (const gchar *golden, const AmselRecord *record, const gchar *value)
{
  gchar *end = NULL;
  gdouble expected = g_ascii_strtod (golden, &end);
  gdouble number;

  switch ((AmselValueKind) record->kind)
    {
    case AMSEL_VALUE_NONE:
      return TRUE;
    case AMSEL_VALUE_DECIMAL:
    case AMSEL_VALUE_REAL:
      number = g_ascii_strtod (value, NULL);
      return *end == '\0' && fabs (number - expected) <= 1e-6 * MAX (1, fabs (expected));
    case AMSEL_VALUE_DATE:
      return g_str_has_prefix (golden, value);
    case AMSEL_VALUE_TEXT:
      return g_str_equal (golden, value);
    case AMSEL_VALUE_BYTES:
      return same_bytes (golden, value);
    }
  return FALSE;
}

/* What the collection prints otherwise on purpose or by mistake; see above. */
static gboolean
is_known_fault (guint ci, const AmselRecord *record)
{
  if (ci == 0x73)
    return TRUE;
  for (guint i = 0; i < record->n_modifiers; i++)
    if (g_str_has_prefix (amsel_modifier_get_name (record->modifiers[i]), "duration-of-"))
      return TRUE;
  return FALSE;
}

static gboolean
is_value (AmselTelegram *telegram, const AmselRecord *record)
{
  gsize length;
  const guint8 *payload = amsel_telegram_get_payload (telegram, &length);

  return record->vif_length > 0 || (payload[record->dif_offset] & 0x0F) != 0x0F;
}

static void
check_record (AmselTelegram *telegram, guint index, GHashTable *golden)
{
  const AmselRecord *record = amsel_telegram_get_record (telegram, index);
  g_autofree gchar *value = amsel_telegram_get_value_text (telegram, index);
  const gchar *unit = amsel_unit_get_symbol ((AmselUnit) record->unit);

  g_test_message ("record %u: %s %s, expected %s %s", index, value, unit, get (golden, "Value"),
                  get (golden, "Unit"));
  g_assert_true (same_function (get (golden, "Function"), (AmselFunction) record->function));
  g_assert_cmpuint (record->storage, ==, g_ascii_strtoull (get (golden, "StorageNumber"), NULL, 10));
  g_assert_cmpuint (record->tariff, ==, g_ascii_strtoull (get (golden, "Tariff"), NULL, 10));
  g_assert_cmpuint (record->subunit, ==, g_ascii_strtoull (get (golden, "Device"), NULL, 10));
  if (is_known_fault (amsel_telegram_get_header (telegram)->ci, record))
    return;
  g_assert_true (same_unit (get (golden, "Unit"), unit));
  g_assert_true (same_value (get (golden, "Value"), record, value));
}

static AmselTelegram *
decode_file (const gchar *path, GError **error)
{
  g_autofree gchar *hex = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (AmselFrame) frame = NULL;
  g_autoptr (AmselTelegram) telegram = NULL;
  const guint8 *data;
  gsize length;

  if (!g_file_get_contents (path, &hex, NULL, error)
      || (bytes = amsel_hex_decode (g_strstrip (hex), -1, error)) == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &length);
  g_assert_cmpuint (length, >, CI_OFFSET + LINK_TRAILER);
  frame = amsel_frame_new (data, length, 0, AMSEL_RSSI_UNKNOWN);
  telegram = amsel_telegram_new (frame, EN13757_RECORDS_EXPECTED (length));
  if (!en13757_decode_apdu (telegram, CI_OFFSET, length - LINK_TRAILER, NULL, error))
    return NULL;
  return g_steal_pointer (&telegram);
}

static void
check_file (const gchar *path)
{
  g_autofree gchar *stem = g_strndup (path, strlen (path) - strlen (".norm.xml"));
  g_autofree gchar *hex_path = g_strconcat (stem, ".hex", NULL);
  g_autoptr (GPtrArray) golden = read_golden (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselTelegram) telegram = decode_file (hex_path, &error);
  guint at = 0;

  g_test_message ("%s", hex_path);
  g_assert_no_error (error);
  for (guint i = 0; i < amsel_telegram_get_n_records (telegram); i++)
    if (is_value (telegram, amsel_telegram_get_record (telegram, i)))
      {
        g_assert_cmpuint (at, <, golden->len);
        check_record (telegram, i, golden->pdata[at++]);
      }
  g_assert_cmpuint (at, ==, golden->len);
}

static gchar *
find_corpus (void)
{
  const gchar *corpus = g_getenv ("AMSEL_CORPUS");
  const gchar *root = g_getenv ("AMSEL_SOURCE_ROOT");

  if (corpus != NULL)
    return g_build_filename (corpus, "wired", "test-frames", NULL);
  return g_build_filename (root != NULL ? root : ".", "..", "shared", "corpus", "wired", "test-frames", NULL);
}

static void
test_corpus (void)
{
  g_autofree gchar *folder = find_corpus ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const gchar *name;
  guint n = 0;

  if (dir == NULL)
    {
      g_test_skip ("no collection of telegrams: set AMSEL_CORPUS");
      return;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".norm.xml"))
      {
        g_autofree gchar *path = g_build_filename (folder, name, NULL);

        check_file (path);
        n++;
      }
  g_test_message ("%u telegrams", n);
  g_assert_cmpuint (n, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/en13757/corpus", test_corpus);
  return g_test_run ();
}
