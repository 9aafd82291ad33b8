/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Good configurations: what a text becomes; and files, secrets, lists and limits. */
#include "amsel-config-private.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <sys/stat.h>

#include "test-kinds.h"

#define REST                                                                                                 \
  "lines: [{name: cellar, transport: {kind: serial, device: /dev/ttyS0}}]\n"                                 \
  "exporters: [{name: reports, kind: csv, directory: out}]\n"                                                \
  "store: {file: readings.db}\n"
#define HEAD                                                                                                 \
  "pipelines:\n"                                                                                             \
  "- name: heating\n"                                                                                        \
  "  line: cellar\n"                                                                                         \
  "  protocol: {kind: wired}\n"                                                                              \
  "  schedule: {every: 15m}\n"                                                                               \
  "  exporters: [reports]\n"

typedef struct
{
  gchar *folder; /* (owned) */
  AmselRegistry *registry;
  GPtrArray *problems;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->folder = g_dir_make_tmp ("amsel-config-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->registry = test_kinds_new_registry ();
}

static void
remove_all (const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree gchar *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        remove_all (path);
      else
        g_unlink (path);
    }
  g_rmdir (folder);
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  remove_all (fixture->folder);
  g_free (fixture->folder);
  g_object_unref (fixture->registry);
  g_clear_pointer (&fixture->problems, g_ptr_array_unref);
}

static void
write_file (Fixture *fixture, const gchar *name, const gchar *text, guint mode)
{
  g_autofree gchar *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree gchar *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (g_chmod (path, (int) mode), ==, 0);
}

static AmselConfig *
load (Fixture *fixture, const gchar *text)
{
  g_autofree gchar *path = g_build_filename (fixture->folder, "main.yaml", NULL);

  write_file (fixture, "main.yaml", text, 0600);
  g_clear_pointer (&fixture->problems, g_ptr_array_unref);
  return amsel_config_load (path, fixture->registry, &fixture->problems);
}

/* All problems as "FILE:LINE:COLUMN: SEVERITY: SENTENCE" lines, file names without the folder. */
static gchar *
list_problems (Fixture *fixture)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < fixture->problems->len; i++)
    {
      const AmselProblem *p = g_ptr_array_index (fixture->problems, i);
      g_autofree gchar *name = g_path_get_basename (amsel_problem_get_file (p));

      g_string_append_printf (out, "%s:%u:%u: %s: %s\n", name, amsel_problem_get_line (p),
                              amsel_problem_get_column (p),
                              amsel_problem_get_severity (p) == AMSEL_SEVERITY_ERROR ? "error" : "warning",
                              amsel_problem_get_message (p));
    }
  g_string_replace (out, fixture->folder, "DIR", 0);
  return g_string_free (out, FALSE);
}

static void
assert_problems (Fixture *fixture, const gchar *expected)
{
  g_autofree gchar *all = list_problems (fixture);

  g_assert_cmpstr (all, ==, expected);
}

static void
assert_setting (gpointer object, const gchar *name, const gchar *expected)
{
  g_autofree gchar *text = test_kinds_get (object, name);

  g_assert_cmpstr (text, ==, expected);
}

static AmselMeter *
get_meter (AmselConfig *config, const gchar *name)
{
  AmselMeter *meter =
      amsel_pipeline_find_meter (g_ptr_array_index (amsel_config_get_pipelines (config), 0), name);

  g_assert_nonnull (meter);
  return meter;
}

static void
test_values (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselConfig) config =
      load (fixture,
            "x-mine: &port {device: /dev/ttyS1, baud: 0x960}\n"
            "lines:\n"
            "- name: 007\n"
            "  gap: 1.5s\n"
            "  transport: {<<: *port, kind: serial, parity: none, low-latency: Off, bias: -7, record: a/b}\n"
            "- {name: null, transport: {<<: [*port], kind: serial, baud: 09600}}\n"
            "- {name: ü, transport: {kind: tcp, host: '::1', port: \"80\", timeout: 1m}}\n"
            "services:\n"
            "exporters: []\n");
  g_autofree gchar *record = g_build_filename (fixture->folder, "a/b", NULL);
  GPtrArray *lines;
  AmselTransport *transport;

  g_assert_nonnull (config);
  assert_problems (fixture, "main.yaml:1:1: warning: there is nothing to do\n"
                            "main.yaml:3:9: warning: no pipeline uses the line “007”\n"
                            "main.yaml:6:10: warning: no pipeline uses the line “null”\n"
                            "main.yaml:7:10: warning: no pipeline uses the line “ü”\n");
  lines = amsel_config_get_lines (config);
  g_assert_cmpuint (lines->len, ==, 3);
  assert_setting (g_ptr_array_index (lines, 0), "name", "007");
  assert_setting (g_ptr_array_index (lines, 0), "gap", "1500000");
  transport = amsel_line_get_transport (g_ptr_array_index (lines, 0));
  assert_setting (transport, "device", "/dev/ttyS1");
  assert_setting (transport, "baud", "2400");
  assert_setting (transport, "parity", "AMSEL_PARITY_NONE");
  assert_setting (transport, "low-latency", "FALSE");
  assert_setting (transport, "bias", "-7");
  assert_setting (transport, "record", record);
  transport = amsel_line_get_transport (g_ptr_array_index (lines, 1));
  assert_setting (transport, "baud", "9600");
  assert_setting (transport, "parity", "AMSEL_PARITY_EVEN");
  transport = amsel_line_get_transport (g_ptr_array_index (lines, 2));
  assert_setting (transport, "host", "::1");
  assert_setting (transport, "port", "80");
  assert_setting (transport, "timeout", "60000000");
}

static void
test_pipeline (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselConfig) config =
      load (fixture, HEAD "  meters:\n"
                          "  - {name: hot, address: 5, template: water, tags: [x, y]}\n"
                          "  - {address: 08031768}\n"
                          "templates:\n"
                          "  water: {scale: 0.5, tags: [a]}\n" REST);
  AmselPipeline *pipeline;
  g_autoptr (GPtrArray) meters = NULL;

  assert_problems (fixture, "");
  g_assert_nonnull (config);
  g_assert_nonnull (amsel_config_get_store (config));
  g_assert_cmpuint (amsel_config_get_pipelines (config)->len, ==, 1);
  pipeline = g_ptr_array_index (amsel_config_get_pipelines (config), 0);
  g_assert_cmpstr (amsel_pipeline_get_name (pipeline), ==, "heating");
  g_assert_true (amsel_pipeline_get_line (pipeline)
                 == g_ptr_array_index (amsel_config_get_lines (config), 0));
  g_assert_cmpstr (amsel_pipeline_get_exporters (pipeline)[0], ==, "reports");
  meters = amsel_pipeline_list_meters (pipeline);
  g_assert_cmpuint (meters->len, ==, 2);
  assert_setting (get_meter (config, "hot"), "scale", "0.500000");
  assert_setting (get_meter (config, "hot"), "tags", "x|y");
  assert_setting (get_meter (config, "08031768"), "address", "08031768");
  assert_setting (get_meter (config, "08031768"), "scale", "1.000000");
}

static void
test_environment (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselConfig) config = NULL;
  AmselTransport *transport;

  g_setenv ("AMSEL_TEST_HOST", "gate: [way]", TRUE);
  g_setenv ("AMSEL_TEST_EMPTY", "", TRUE);
  config =
      load (fixture,
            "lines:\n"
            "- name: a$${b}${AMSEL_TEST_EMPTY}\n"
            "  transport: {kind: tcp, host: \"${AMSEL_TEST_HOST}!\", port: \"${AMSEL_TEST_EMPTY:-99}\"}\n");
  g_assert_nonnull (config);
  assert_setting (g_ptr_array_index (amsel_config_get_lines (config), 0), "name", "a${b}");
  transport = amsel_line_get_transport (g_ptr_array_index (amsel_config_get_lines (config), 0));
  assert_setting (transport, "host", "gate: [way]!");
  assert_setting (transport, "port", "99");
}

static void
test_secrets (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselConfig) config = NULL;

  write_file (fixture, "secret", "one\n", 0600);
  write_file (fixture, "open", "four\r\n", 0644);
  write_file (fixture, "bytes", "\xFF", 0600);
  g_setenv ("AMSEL_TEST_SECRET", "two", TRUE);
  g_setenv ("CREDENTIALS_DIRECTORY", fixture->folder, TRUE);
  config = load (fixture, HEAD "  meters:\n"
                               "  - {address: 1, key: !file secret}\n"
                               "  - {address: 2, key: !env AMSEL_TEST_SECRET}\n"
                               "  - {address: 3, key: !credential secret}\n"
                               "  - {address: 4, key: !file open}\n"
                               "  - {address: 5, key: \"${AMSEL_TEST_SECRET}\"}\n"
                               "  - {address: 6, key: 0011}\n"
                               "  - {address: 7, key: 0022}\n" REST);
  assert_problems (fixture,
                   "main.yaml:11:23: warning: everybody on this machine can read the secret in “DIR/open”\n"
                   "main.yaml:13:23: warning: the secret “key” stands in clear text\n");
  g_assert_nonnull (config);
  assert_setting (get_meter (config, "1"), "key", "one");
  assert_setting (get_meter (config, "2"), "key", "two");
  assert_setting (get_meter (config, "3"), "key", "one");
  assert_setting (get_meter (config, "4"), "key", "four");
  assert_setting (get_meter (config, "5"), "key", "two");
  assert_setting (get_meter (config, "6"), "key", "0011");

  g_clear_object (&config);
  config = load (fixture, HEAD "  meters:\n"
                               "  - {address: 1, key: !file bytes}\n"
                               "  - {address: 2, key: !credential ../secret}\n" REST);
  g_assert_null (config);
  assert_problems (fixture, "main.yaml:8:23: error: the secret in “DIR/bytes” is not text\n"
                            "main.yaml:9:23: error: “../secret” cannot be the name of a credential\n");
  g_unsetenv ("CREDENTIALS_DIRECTORY");
}

static void
test_csv (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselConfig) config = NULL;

  write_file (fixture, "lists/a.csv",
              "\xEF\xBB\xBF"
              "name, address ,scale,template\r\n"
              "\"flat \"\"1\"\", left\",00000001,,\r\n"
              "\r\n"
              " flat 2 , 2,7,\r\n"
              "${HOME},3,,other",
              0600);
  write_file (fixture, "b.csv", "address;key\n4;0011\n5;\n", 0600);
  config = load (fixture, HEAD "  meters:\n"
                               "  - {from: lists/a.csv, template: water, tags: [t]}\n"
                               "  - {from: b.csv}\n"
                               "templates:\n"
                               "  water: {scale: 0.5, tags: [a]}\n"
                               "  other: {scale: 0.25}\n" REST);
  assert_problems (fixture, "");
  g_assert_nonnull (config);
  assert_setting (get_meter (config, "flat \"1\", left"), "address", "00000001");
  assert_setting (get_meter (config, "flat \"1\", left"), "scale", "0.500000");
  assert_setting (get_meter (config, "flat \"1\", left"), "tags", "t");
  assert_setting (get_meter (config, "flat 2"), "scale", "7.000000");
  assert_setting (get_meter (config, "${HOME}"), "scale", "0.250000");
  assert_setting (get_meter (config, "4"), "key", "0011");
  assert_setting (get_meter (config, "5"), "key", NULL);
}

static void
test_csv_bad (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const struct
  {
    const gchar *text;
    const gchar *expected;
  } vectors[] = {
    { "", "m.csv:0:0: error: the file is empty\n" },
    { "name,addres\na,1\nb,2\n",
      "m.csv:1:6: error: a meter of the protocol “wired” has no key “addres”\n"
      "m.csv:2:1: error: a meter of the protocol “wired” needs the key “address”\n"
      "m.csv:3:1: error: a meter of the protocol “wired” needs the key “address”\n" },
    { "name,,address\na,,1\n", "m.csv:1:6: error: this column has no key\n" },
    { "name,address,name\na,1,b\n", "m.csv:1:14: error: there are two columns “name”\n" },
    { "name,address\na,1\nb\nc,3,4\n", "m.csv:3:1: error: this row has 1 cells, and the first row has 2\n"
                                       "m.csv:4:1: error: this row has 3 cells, and the first row has 2\n" },
    { "name,address\n\"a\nb\",x\nü, y\n", "m.csv:3:4: error: “x” is not an address; expected digits\n"
                                          "m.csv:4:4: error: “y” is not an address; expected digits\n" },
    { "name,address\n\"a,1\n", "m.csv:2:1: error: the quote that begins here has no end\n" },
    { "name,address\n\"a\"b,1\n", "m.csv:2:4: error: text behind the quoted cell\n" },
    { "name,address\na,1\na,2\n", "m.csv:3:1: error: there is already a meter “a”: line 2\n" },
    { "name,address\nGr\xFC"
      "n,1\n",
      "m.csv:2:3: error: this byte is not text\n" },
    { "address;scale\n1;0,5\n", "m.csv:2:3: error: “scale” cannot be “0,5”\n" },
    { "address,from\n1,x\n", "m.csv:1:9: error: a list of meters has no key “from”\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (AmselConfig) config = NULL;

      write_file (fixture, "m.csv", vectors[i].text, 0600);
      config = load (fixture, HEAD "  meters: [{from: m.csv}]\n" REST);
      assert_problems (fixture, vectors[i].expected);
    }
  write_file (fixture, "m.csv", "address,key\n1,0011\n2,0022\n", 0644);
  g_object_unref (load (fixture, HEAD "  meters: [{from: m.csv}]\n" REST));
  assert_problems (
      fixture, "m.csv:2:3: warning: the secret “key” stands in clear text in a file that everybody on this "
               "machine can read\n");
}

static void
test_include (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselConfig) config = NULL;

  write_file (fixture, "conf.d/b.yaml", "lines:\n- {name: two, transport: {kind: tcp, host: b}}\n", 0600);
  write_file (fixture, "conf.d/a.yaml",
              "exporters: [{name: reports, kind: csv, directory: out}]\ntemplates: {t: {scale: 3}}\ninclude: "
              "../more/*.yaml\n",
              0600);
  write_file (fixture, "conf.d/c.txt", "not: yaml: at all", 0600);
  write_file (fixture, "more/x.yaml", "# only a comment\n", 0600);
  write_file (fixture, "more/y.yaml", "store: {file: s.db}\n", 0600);
  config = load (fixture, HEAD "  meters: [{address: 1, template: t}]\n"
                               "include: [conf.d/*.yaml, none.d/*.yaml]\n"
                               "lines: [{name: cellar, transport: {kind: tcp, host: a}}]\n");
  assert_problems (fixture, "b.yaml:2:10: warning: no pipeline uses the line “two”\n");
  g_assert_nonnull (config);
  g_assert_cmpuint (amsel_config_get_lines (config)->len, ==, 2);
  {
    g_autofree gchar *out = g_build_filename (fixture->folder, "conf.d/out", NULL);

    assert_setting (g_ptr_array_index (amsel_config_get_exporters (config), 0), "directory", out);
  }
}

static void
test_include_bad (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselConfig) config = NULL;

  write_file (fixture, "a.yaml", "include: [b.yaml]\n", 0600);
  write_file (fixture, "b.yaml", "include: a.yaml\nlines: 5\nstore: {file: y}\n", 0600);
  config = load (fixture, "include: [a.yaml, missing.yaml]\nstore: {file: x}\n");
  g_assert_null (config);
  assert_problems (fixture,
                   "b.yaml:1:10: error: “DIR/a.yaml” is part of the configuration already\n"
                   "main.yaml:1:19: error: cannot open “DIR/missing.yaml”: No such file or directory\n");
  for (guint i = 0; i <= AMSEL_CONFIG_INCLUDE_DEPTH_MAX; i++)
    {
      g_autofree gchar *name = g_strdup_printf ("n%u.yaml", i);
      g_autofree gchar *text = g_strdup_printf ("include: n%u.yaml\n", i + 1);

      write_file (fixture, name, text, 0600);
    }
  config = load (fixture, "include: n0.yaml\n");
  assert_problems (fixture, "n7.yaml:1:10: error: files include files deeper than 8 levels\n");
}

static void
test_no_file (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselConfig) none = amsel_config_load ("/nowhere/a.yaml", fixture->registry, &fixture->problems);
  g_autofree gchar *text = NULL;

  g_assert_null (none);
  text = amsel_problem_to_string (g_ptr_array_index (fixture->problems, 0));
  g_assert_cmpstr (text, ==,
                   "/nowhere/a.yaml: error: cannot open “/nowhere/a.yaml”: No such file or directory");
  g_clear_pointer (&fixture->problems, g_ptr_array_unref);
  none = amsel_config_load ("/", fixture->registry, &fixture->problems);
  g_assert_null (none);
  assert_problems (fixture, "/:0:0: error: cannot read “/”: Is a directory\n");
  g_clear_pointer (&fixture->problems, g_ptr_array_unref);
  none = amsel_config_load ("/dev/zero", fixture->registry, &fixture->problems);
  g_assert_null (none);
  assert_problems (fixture, "zero:0:0: error: “/dev/zero” is larger than 4M\n");
}

/* A few lines that would be thousands of millions of nodes, and brackets without end. */
static void
test_bombs (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GString) text = g_string_new ("x-a0: &a0 [y, y, y, y, y, y, y, y, y, y]\n");
  g_autoptr (AmselConfig) config = NULL;

  for (guint i = 1; i < 20; i++)
    {
      g_string_append_printf (text, "x-a%u: &a%u [", i, i);
      for (guint k = 0; k < 10; k++)
        g_string_append_printf (text, "%s*a%u", k > 0 ? ", " : "", i - 1);
      g_string_append (text, "]\n");
    }
  config = load (fixture, text->str);
  g_assert_null (config);
  assert_problems (fixture, "main.yaml:6:27: error: the configuration has more than 500000 nodes\n");

  g_string_truncate (text, 0);
  for (guint i = 0; i < 100000; i++)
    g_string_append_c (text, '[');
  config = load (fixture, text->str);
  g_assert_null (config);
  assert_problems (fixture, "main.yaml:1:33: error: lists and maps are nested deeper than 32 levels\n");

  g_string_truncate (text, 0);
  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (text, "x-%u: a\n", i);
  config = load (fixture, text->str);
  assert_problems (fixture, "main.yaml:1001:1: error: a map has more than 1000 keys\n");

  g_string_assign (text, "lines:\n");
  for (guint i = 0; i < 2000; i++)
    g_string_append (text, "- {name: a}\n");
  config = load (fixture, text->str);
  g_assert_null (config);
  g_assert_cmpuint (fixture->problems->len, ==, AMSEL_PROBLEMS_MAX + 1);
}

/* As many meters as a house has; told with the time that they took. */
static void
test_many_meters (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GString) text = g_string_new ("name,address,scale\n");
  g_autoptr (AmselConfig) config = NULL;
  g_autoptr (GPtrArray) meters = NULL;
  gint64 start;

  for (guint i = 0; i < 300; i++)
    g_string_append_printf (text, "flat-%u,%08u,2\n", i, i);
  write_file (fixture, "m.csv", text->str, 0600);
  start = g_get_monotonic_time ();
  config = load (fixture, HEAD "  meters: [{from: m.csv, template: t}]\ntemplates: {t: {tags: [a]}}\n" REST);
  g_test_message ("300 meters in %d us", (int) (g_get_monotonic_time () - start));
  g_assert_nonnull (config);
  meters = amsel_pipeline_list_meters (g_ptr_array_index (amsel_config_get_pipelines (config), 0));
  g_assert_cmpuint (meters->len, ==, 300);
}

static void
test_suggest (void)
{
  static const gchar *const words[] = { "device", "baud", "parity", "low-latency", NULL };
  const struct
  {
    const gchar *word;
    const gchar *expected;
  } vectors[] = {
    { "devise", "device" }, { "deivce", "device" },           { "DEVICE", "device" }, { "dev", "device" },
    { "buad", "baud" },     { "low_latency", "low-latency" }, { "banana", NULL },     { "", NULL },
    { "x", NULL },          { "parityparity", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    g_assert_cmpstr (amsel_suggest (vectors[i].word, words), ==, vectors[i].expected);
}

static void
test_schema (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *schema = amsel_schema_to_json (fixture->registry);

  g_assert_nonnull (strstr (schema, "\"enum\":[\"serial\",\"tcp\"]"));
  g_assert_nonnull (strstr (schema, "\"enum\":[\"none\",\"even\",\"odd\"]"));
  g_assert_nonnull (strstr (schema, "\"enum\":[\"full\",\"normal\"]"));
  g_assert_null (strstr (schema, "n-opened"));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
#define ADD(PATH, FUNCTION) g_test_add (PATH, Fixture, NULL, set_up, FUNCTION, tear_down)
  ADD ("/config/values", test_values);
  ADD ("/config/pipeline", test_pipeline);
  ADD ("/config/environment", test_environment);
  ADD ("/config/secrets", test_secrets);
  ADD ("/config/csv", test_csv);
  ADD ("/config/csv-bad", test_csv_bad);
  ADD ("/config/include", test_include);
  ADD ("/config/include-bad", test_include_bad);
  ADD ("/config/no-file", test_no_file);
  ADD ("/config/bombs", test_bombs);
  ADD ("/config/many-meters", test_many_meters);
  ADD ("/config/schema", test_schema);
  g_test_add_func ("/config/suggest", test_suggest);
  return g_test_run ();
}
