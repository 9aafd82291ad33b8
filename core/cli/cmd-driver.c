/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* amsel driver: the drivers of meters: which there are, what their fields are, whether files of one's own do
 * what their tests say, and a file to begin with. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "decode-protocols.h"
#include "driver-codes.h"
#include "driver-draft.h"
#include "driver-library.h"
#include "driver-schema.h"

#define CODE_NAME(name) &driver_##name,

static const DriverCode *const CODES[] = { DRIVER_CODES (CODE_NAME) NULL };

static void
append_range (GString *out, const gchar *what, gint number)
{
  if (number != DRIVER_ANY)
    g_string_append_printf (out, " %s %02X", what, (guint) number);
}

/* The meters of a driver, such as "KAM version 1B medium 16". */
static gchar *
describe_matches (const DriverMatch *matches)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gchar letters[4];

  for (guint i = 0; matches[i].manufacturer != 0; i++)
    {
      amsel_manufacturer_write (matches[i].manufacturer, letters);
      g_string_append_printf (out, "%s%s", i > 0 ? ", " : "", letters);
      append_range (out, "version", matches[i].version);
      append_range (out, "medium", matches[i].medium);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
print_driver (const gchar *name, const gchar *title, const gchar *from, const DriverMatch *matches,
              gboolean meters)
{
  g_autofree gchar *text = describe_matches (matches);

  printf ("%-28s %-10s %s\n", name != NULL ? name : "-", from, title);
  if (meters)
    printf ("%-28s %-10s   %s\n", "", "", text[0] != '\0' ? text : "any other meter");
}

static int
list_drivers (int argc, char **argv)
{
  gboolean meters = FALSE;
  const GOptionEntry entries[] = {
    { "meters", 'm', 0, G_OPTION_ARG_NONE, &meters, "Also prints which meters each is for", NULL },
    { NULL },
  };
  const DriverLibrary *library;

  if (!cli_parse (&argc, &argv, "list", "Lists the drivers of meters.", entries))
    return CLI_USAGE;
  library = driver_library_get_default ();
  for (gsize i = 0; CODES[i] != NULL; i++)
    print_driver (CODES[i]->name, CODES[i]->title, "compiled", CODES[i]->matches, meters);
  for (guint i = 0; i < library->drivers->len; i++)
    {
      const DriverDescribed *driver = g_ptr_array_index (library->drivers, i);

      print_driver (driver->name, driver->title, "described",
                    (const DriverMatch *) (gpointer) driver->matches->data, meters);
    }
  return library->problems->len > 0 ? CLI_FAILED : CLI_DONE;
}

static const DriverDescribed *
find_driver (const gchar *name)
{
  const GPtrArray *drivers = driver_library_get_default ()->drivers;

  for (guint i = 0; i < drivers->len; i++)
    if (g_str_equal (((const DriverDescribed *) g_ptr_array_index (drivers, i))->name, name))
      return g_ptr_array_index (drivers, i);
  return NULL;
}

/* What is known of a field before any telegram: its unit, quantity and role. */
static void
print_field (const DriverRule *rule, gboolean as_json, AmselJson *json)
{
  const gchar *symbol = rule->has_unit ? amsel_unit_get_symbol ((AmselUnit) rule->unit) : "";
  const gchar *role = amsel_field_role_get_name ((AmselFieldRole) rule->role);
  AmselQuantity known =
      rule->quantity != 0 ? (AmselQuantity) rule->quantity : amsel_field_name_get_quantity (rule->name);
  const gchar *quantity = amsel_quantity_get_name (known);

  if (!as_json)
    {
      printf ("  %-40s %-8s %s\n", rule->name, role, known != AMSEL_QUANTITY_UNKNOWN ? quantity : "");
      return;
    }
  amsel_json_begin_object (json);
  amsel_json_key (json, "name");
  amsel_json_name (json, rule->name);
  amsel_json_key (json, "unit");
  amsel_json_name (json, symbol);
  amsel_json_key (json, "exponent");
  amsel_json_int (json, rule->exponent);
  amsel_json_key (json, "seconds");
  amsel_json_uint (json, rule->seconds);
  amsel_json_key (json, "quantity");
  if (known != AMSEL_QUANTITY_UNKNOWN)
    amsel_json_name (json, quantity);
  else
    amsel_json_null (json);
  amsel_json_key (json, "role");
  amsel_json_name (json, role);
  amsel_json_end_object (json);
}

static void
print_fields (const DriverDescribed *driver, gboolean as_json)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (AmselJson) json = AMSEL_JSON_INIT;

  amsel_json_begin_object (&json);
  amsel_json_key (&json, "driver");
  amsel_json_name (&json, driver->name);
  amsel_json_key (&json, "title");
  amsel_json_string (&json, driver->title);
  amsel_json_key (&json, "fields");
  amsel_json_begin_array (&json);
  if (!as_json)
    printf ("%s: %s\n", driver->name, driver->title);
  for (guint i = 0; i < driver->rules->len; i++)
    {
      const DriverRule *rule = &g_array_index (driver->rules, DriverRule, i);

      if (g_hash_table_add (seen, (gpointer) rule->name))
        print_field (rule, as_json, &json);
    }
  amsel_json_end_array (&json);
  amsel_json_end_object (&json);
  if (as_json)
    puts (json.text);
}

static int
show_driver (int argc, char **argv)
{
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &as_json, "Prints one JSON object", NULL },
    { NULL },
  };
  const DriverDescribed *driver;

  if (!cli_parse (
          &argc, &argv, "show NAME",
          "Lists the fields that a described driver can make, with unit, quantity and role: whether a\n"
          "value only grows (counter), is of now (instant) or of an earlier moment (stored).",
          entries))
    return CLI_USAGE;
  driver = argc == 2 ? find_driver (argv[1]) : NULL;
  if (driver == NULL)
    {
      if (argc == 2)
        cli_complain ("there is no described driver “%s”; see “amsel driver list”", argv[1]);
      else
        cli_complain ("which NAME? See “amsel driver show --help”");
      return CLI_USAGE;
    }
  print_fields (driver, as_json);
  return CLI_DONE;
}

/* A telegram as text. NULL where it cannot be decoded, which has been reported for place. */
static AmselTelegram *
decode (DecodeProtocols *protocols, const gchar *text, const gchar *place)
{
  DecodeLine line;
  const gchar *kind;
  g_autoptr (GError) error = NULL;
  AmselTelegram *telegram = NULL;

  decode_line_init (&line);
  if (decode_line_parse (&line, text, strlen (text), &error))
    telegram = decode_protocols_decode (protocols, &line, &kind, &error);
  decode_line_clear (&line);
  if (telegram != NULL && amsel_telegram_get_fault (telegram) != NULL)
    {
      cli_complain ("%s: %s", place, amsel_telegram_get_fault (telegram)->message);
      g_clear_pointer (&telegram, amsel_telegram_unref);
      return NULL;
    }
  if (telegram == NULL)
    cli_complain ("%s: %s", place, error != NULL ? error->message : "there is no telegram");
  return telegram;
}

/* Whether a text is the value of a field: the same number however it is written, or the same text. */
static gboolean
is_value (const gchar *expected, const gchar *value)
{
  AmselDecimal a, b;

  if (expected == NULL || value == NULL)
    return expected == value;
  if (amsel_decimal_parse (expected, &a) && amsel_decimal_parse (value, &b))
    return amsel_decimal_compare (&a, &b) == 0;
  return g_str_equal (expected, value);
}

static gboolean
check_field (const AmselTelegram *telegram, const gchar *place, const gchar *name, const gchar *expected)
{
  for (guint i = 0; i < amsel_telegram_get_n_fields (telegram); i++)
    if (g_str_equal (amsel_telegram_get_field_name (telegram, i), name))
      {
        g_autofree gchar *value = amsel_telegram_get_field_value_text (telegram, i);

        if (is_value (expected, value))
          return TRUE;
        cli_complain ("%s: %s is %s, expected %s", place, name, value != NULL ? value : "null",
                      expected != NULL ? expected : "null");
        return FALSE;
      }
  cli_complain ("%s: there is no field %s", place, name);
  return FALSE;
}

static gboolean
run_test (const DriverDescribed *driver, const DriverTest *test, DecodeProtocols *protocols)
{
  g_autofree gchar *place = g_strdup_printf ("%s:%u", driver->file, test->line);
  g_autofree gchar *text = g_strdup_printf ("%s%s%s", test->telegram, test->key != NULL ? ";" : "",
                                            test->key != NULL ? test->key : "");
  g_autoptr (AmselTelegram) telegram = decode (protocols, text, place);
  gboolean ok = telegram != NULL;

  for (guint i = 0; telegram != NULL && i < test->names->len; i++)
    ok &= check_field (telegram, place, g_ptr_array_index (test->names, i),
                       g_ptr_array_index (test->values, i));
  return ok;
}

static gboolean
test_file (const gchar *path, DecodeProtocols *protocols)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (DriverDescribed) driver = driver_described_load (path, &problems);
  gboolean ok = driver != NULL;
  guint n_tests = driver != NULL ? driver->tests->len : 0;

  for (guint i = 0; i < problems->len; i++)
    {
      g_autofree gchar *text = amsel_problem_to_string (g_ptr_array_index (problems, i));

      fprintf (stderr, "%s\n", text);
    }
  for (guint i = 0; i < n_tests; i++)
    ok &= run_test (driver, g_ptr_array_index (driver->tests, i), protocols);
  printf ("%s: %s, %u tests\n", path, ok ? "good" : "FAILED", n_tests);
  return ok;
}

/* The folders of the files come before all others, so that their drivers are those that are tried. */
static void
prefer_folders (int n_files, char **files)
{
  g_autofree gchar *before = NULL;

  for (int i = 0; i < n_files; i++)
    {
      g_autofree gchar *folder = g_path_get_dirname (files[i]);

      if (g_strcmp0 (folder, before) != 0)
        driver_library_prefer (folder);
      g_free (before);
      before = g_steal_pointer (&folder);
    }
}

static int
test_files (int argc, char **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  DecodeProtocols *protocols;
  gboolean ok = TRUE;

  if (!cli_parse (&argc, &argv, "test FILE…",
                  "Reads driver files, and decodes the telegrams of their tests.\n\n"
                  "Ends with status 0 where all fields are as expected, 1 where one is not.",
                  entries))
    return CLI_USAGE;
  if (argc < 2)
    {
      cli_complain ("which FILE? See “amsel driver test --help”");
      return CLI_USAGE;
    }
  prefer_folders (argc - 1, argv + 1);
  protocols = decode_protocols_new (&(DecodeOptions){ .decrypted = TRUE });
  if (protocols == NULL)
    return CLI_FAILED;
  for (int i = 1; i < argc; i++)
    ok &= test_file (argv[i], protocols);
  decode_protocols_free (protocols);
  return ok ? CLI_DONE : CLI_FAILED;
}

static int
new_driver (int argc, char **argv)
{
  g_autofree gchar *key = NULL;
  const GOptionEntry entries[] = {
    { "key", 'k', 0, G_OPTION_ARG_STRING, &key, "Key of the meter: 32 hexadecimal digits (AES), or 16 (DES)",
      "HEX" },
    { NULL },
  };
  DecodeProtocols *protocols;
  g_autoptr (AmselTelegram) telegram = NULL;
  g_autofree gchar *draft = NULL;

  if (!cli_parse (
          &argc, &argv, "new TELEGRAM",
          "Prints a driver file to begin with: a field for each record of a telegram, which is given in\n"
          "hexadecimal digits.",
          entries))
    return CLI_USAGE;
  if (argc != 2)
    {
      cli_complain ("which TELEGRAM? See “amsel driver new --help”");
      return CLI_USAGE;
    }
  protocols = decode_protocols_new (&(DecodeOptions){ .key = key, .decrypted = TRUE });
  if (protocols == NULL)
    return CLI_USAGE;
  telegram = decode (protocols, argv[1], "TELEGRAM");
  decode_protocols_free (protocols);
  if (telegram == NULL)
    return CLI_FAILED;
  draft = driver_draft_new (telegram, argv[1], key);
  fputs (draft, stdout);
  return CLI_DONE;
}

static int
print_schema (int argc, char **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  g_autofree gchar *schema = NULL;

  if (!cli_parse (&argc, &argv, "schema", "Prints the JSON Schema of driver files, for editors.", entries))
    return CLI_USAGE;
  schema = driver_schema_new ();
  puts (schema);
  return CLI_DONE;
}

int
cmd_driver (int argc, char **argv)
{
  static const struct
  {
    const gchar *name;
    CliCommand run;
  } COMMANDS[] = { { "list", list_drivers },
                   { "show", show_driver },
                   { "test", test_files },
                   { "new", new_driver },
                   { "schema", print_schema } };

  for (gsize i = 0; argc > 1 && i < G_N_ELEMENTS (COMMANDS); i++)
    if (g_str_equal (argv[1], COMMANDS[i].name))
      return COMMANDS[i].run (argc - 1, argv + 1);
  if (argc > 1 && (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h")))
    {
      printf (
          "Usage: amsel driver list [--meters] | show NAME | test FILE… | new TELEGRAM | schema\n\n"
          "Drivers name what the telegrams of meters say. They are files of the folders in the environment\n"
          "variable " DRIVER_FOLDERS_VARIABLE
          ", of the installed folder, or compiled. Each command has --help.\n");
      return CLI_DONE;
    }
  cli_complain ("expected one of: list, show, test, new, schema; see “amsel driver --help”");
  return CLI_USAGE;
}
