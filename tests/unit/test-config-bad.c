/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bad configurations: where each fault is seen, and in which words it is told. */
#include <locale.h>

#include "amsel-config-private.h"
#include "test-kinds.h"

/* Sections that are right, to stand behind the one that is not. */
#define LINES  "lines: [{name: cellar, transport: {kind: serial, device: /dev/ttyS0}}]\n"
#define EXPORT "exporters: [{name: reports, kind: csv, directory: /tmp}]\n"
#define STORE  "store: {file: /tmp/readings.db}\n"
#define REST   LINES EXPORT STORE
#define HEAD                                                                                                 \
  "pipelines:\n"                                                                                             \
  "- name: heating\n"                                                                                        \
  "  line: cellar\n"                                                                                         \
  "  protocol: {kind: wired}\n"                                                                              \
  "  schedule: {every: 15m}\n"                                                                               \
  "  exporters: [reports]\n"

typedef struct
{
  const gchar *fault;
  const gchar *text;
  const gchar *expected[4]; /* each problem: LINE:COLUMN: SEVERITY: SENTENCE */
  const gchar *hint;        /* (nullable): part of the hint of the first */
} Vector;

static const Vector SYNTAX[] = {
  { "not-closed",
    "lines: [a, b\n",
    { "2:1: error: not valid YAML: did not find expected ',' or ']'" },
    "a comma or the closing bracket is missing" },
  { "tab",
    "lines:\n\t- a\n",
    { "2:1: error: not valid YAML: found character that cannot start any token" },
    "indented with blanks, not tabs" },
  { "colon-in-text",
    "a: b: c\n",
    { "1:5: error: not valid YAML: mapping values are not allowed" },
    "needs quotes" },
  { "indentation", "lines:\n  - name: a\n   gap: 1s\n", { "3:4: error: not valid YAML" }, NULL },
  { "list-at-top",
    "- a\n",
    { "1:1: error: the configuration cannot be a list" },
    "expected keys with values" },
  { "text-at-top", "banana\n", { "1:1: error: the configuration cannot be a single value" }, NULL },
  { "two-documents",
    "services: []\n---\nlines: []\n",
    { "2:1: error: a second document begins here" },
    "remove the line" },
  { "latin-1", "services: []\n# gro\xDF\n", { "2:6: error: this byte is not text" }, "expected UTF-8" },
  { "control-character",
    "services: \"\x01\"\n",
    { "error: not valid YAML: control characters are not allowed" },
    NULL },
  { "zero-escape", "services: \"a\\0b\"\n", { "1:11: error: a text cannot contain a zero byte" }, NULL },
  { "duplicate-key",
    "services: []\nlines: []\nservices: []\n",
    { "3:1: error: the key “services” stands here a second time; the first is in line 1" },
    NULL },
  { "no-anchor", "services: *other\n", { "1:11: error: there is no anchor “other” above" }, "&name" },
  { "anchor-in-itself", "services: &a [*a]\n", { "1:15: error: there is no anchor “a” above" }, NULL },
  { "unknown-tag", "services: !secret x\n", { "1:11: error: unknown tag “!secret”" }, "!file PATH" },
  { "merge-of-text", "x-a: {<<: text}\n", { "1:7: error: “<<” merges only maps" }, "<<: *name" },
  { "key-is-a-list", "? [a, b]\n: c\n", { "1:3: error: this cannot be a key" }, NULL },
};

static const Vector KEYS[] = {
  { "unknown-section",
    "line: []\nservices: []\n",
    { "1:1: error: the configuration has no key “line”" },
    "did you mean “lines”?" },
  { "section-is-a-map",
    "lines: {name: cellar}\n",
    { "1:8: error: “lines” cannot be a map" },
    "each item begins with “- ”" },
  { "line-is-text",
    "lines: [cellar]\n",
    { "1:9: error: a line cannot be a single value" },
    "expected a map" },
  { "unknown-key",
    "lines:\n- {name: a, transport: {kind: serial, devise: x, device: y}}\n",
    { "2:39: error: the transport “serial” has no key “devise”" },
    "expected one of: kind, device, record, baud, parity, low-latency, bias; did you mean “device”?" },
  { "swapped-letters",
    "lines:\n- {naem: a, transport: {kind: tcp, host: h}}\n",
    { "2:3: error: a line needs the key “name”", "2:4: error: a line has no key “naem”" },
    "name: Name of the line" },
  { "underscore",
    "lines:\n- {name: a, transport: {kind: serial, device: y, low_latency: no}}\n",
    { "2:50: error: the transport “serial” has no key “low_latency”" },
    "did you mean “low-latency”?" },
  { "runtime-property",
    "lines:\n- {name: a, transport: {kind: serial, device: y, n-opened: 1}}\n",
    { "2:50: error: the transport “serial” has no key “n-opened”" },
    NULL },
  { "missing-key",
    "lines:\n- name: a\n  transport:\n    kind: tcp\n",
    { "4:5: error: the transport “tcp” needs the key “host”" },
    "host: Name of the host." },
  { "missing-kind",
    "exporters:\n- name: a\n",
    { "2:3: error: the exporter needs the key “kind”" },
    "csv, mqtt" },
  { "unknown-kind",
    "exporters:\n- {name: a, kind: cvs}\n",
    { "2:19: error: there is no exporter of kind “cvs”" },
    "expected one of: csv, mqtt; did you mean “csv”?" },
  { "kind-of-another-stage",
    "exporters:\n- {name: a, kind: tcp}\n",
    { "2:19: error: there is no exporter of kind “tcp”" },
    NULL },
  { "kind-is-a-list",
    "exporters:\n- {name: a, kind: [csv]}\n",
    { "2:19: error: “kind” cannot be a list" },
    NULL },
  { "transport-is-text",
    "lines:\n- {name: a, transport: serial}\n",
    { "2:24: error: the transport cannot be a single value" },
    "expected “kind:” and one of: serial, tcp" },
  { "duplicate-line",
    "lines:\n- {name: a, transport: {kind: tcp, host: h}}\n- {name: a, transport: {kind: tcp, host: i}}\n",
    { "3:10: error: there is already a line “a”: line 2" },
    "a name of its own" },
  { "duplicate-service",
    "services:\n- {name: a, kind: web}\n- {name: a, kind: web}\n",
    { "3:10: error: there is already a service “a”: line 2" },
    NULL },
};

#define TCP(SETTINGS)    "lines:\n- {name: a, transport: {kind: tcp, host: h, " SETTINGS "}}\n"
#define SERIAL(SETTINGS) "lines:\n- {name: a, transport: {kind: serial, device: d, " SETTINGS "}}\n"
#define CSV(SETTINGS)    "exporters:\n- {name: a, kind: csv, directory: d, " SETTINGS "}\n"
#define MQTT(SETTINGS)   "exporters:\n- {name: a, kind: mqtt, " SETTINGS "}\n"

/* Lines and exporters that no pipeline uses are told, too, but are not the matter here. */
static const Vector VALUES[] = {
  { "number-is-a-word",
    TCP ("port: banana"),
    { "2:51: error: “port” cannot be “banana”" },
    "expected a whole number from 1 to 65535" },
  { "number-with-a-point", TCP ("port: 80.5"), { "2:51: error: “port” cannot be “80.5”" }, NULL },
  { "too-large",
    TCP ("port: 70000"),
    { "2:51: error: “port” cannot be “70000”: too large" },
    "a whole number from 1 to 65535" },
  { "too-small", TCP ("port: 0"), { "2:51: error: “port” cannot be “0”: too small" }, NULL },
  { "negative", TCP ("port: -1"), { "2:51: error: “port” cannot be “-1”: too small" }, NULL },
  { "larger-than-64-bits",
    TCP ("port: 99999999999999999999999"),
    { "2:51: error: “port” cannot be “99999999999999999999999”: too large" },
    NULL },
  { "signed-too-small",
    SERIAL ("bias: -101"),
    { "2:56: error: “bias” cannot be “-101”: too small" },
    "a whole number from -100 to 100" },
  { "int64-too-small",
    MQTT ("keep: -9223372036854775809"),
    { "2:31: error: “keep” cannot be “-9223372036854775809”: too small" },
    "expected a whole number" },
  { "number-is-a-list", TCP ("port: [1]"), { "2:51: error: “port” cannot be a list" }, "a whole number" },
  { "number-is-a-map", TCP ("port: {a: 1}"), { "2:51: error: “port” cannot be a map" }, NULL },
  { "no-value", TCP ("port: "), { "2:51: error: “port” has no value" }, "a whole number" },
  { "empty-name",
    "lines:\n- {name: '', transport: {kind: tcp, host: h}}\n",
    { "2:10: error: “name” cannot be empty" },
    NULL },
  { "duration-is-a-word",
    TCP ("timeout: fast"),
    { "2:54: error: “timeout” cannot be “fast”" },
    "expected a duration from 1s to 1m, with its unit" },
  { "duration-without-unit", TCP ("timeout: 5"), { "2:54: error: “timeout” cannot be “5”" }, "such as 15m" },
  { "duration-too-large",
    TCP ("timeout: 2h"),
    { "2:54: error: “timeout” cannot be “2h”: too large" },
    "from 1s to 1m" },
  { "size-is-a-word",
    CSV ("limit: big"),
    { "2:45: error: “limit” cannot be “big”" },
    "expected a size from 1k to 1G" },
  { "size-too-small", CSV ("limit: 5"), { "2:45: error: “limit” cannot be “5”: too small" }, NULL },
  { "open-end-of-a-range",
    CSV ("rotate: 1s"),
    { "2:46: error: “rotate” cannot be “1s”: too small" },
    "a duration of at least 1m" },
  { "choice",
    SERIAL ("parity: evne"),
    { "2:58: error: “parity” cannot be “evne”" },
    "expected one of: none, even, odd; did you mean “even”?" },
  { "switch",
    SERIAL ("low-latency: maybe"),
    { "2:63: error: “low-latency” cannot be “maybe”" },
    "expected true or false" },
  { "tag-on-no-secret",
    TCP ("timeout: !env X"),
    { "2:54: error: !env is for secrets, and “timeout” is none" },
    "${NAME}" },
  { "secret-in-clear-text",
    MQTT ("password: hidden"),
    { "2:35: warning: the secret “password” stands in clear text" },
    "!file PATH, !env NAME" },
  { "secret-of-no-variable",
    MQTT ("password: !env AMSEL_TEST_UNSET"),
    { "2:35: error: the environment variable “AMSEL_TEST_UNSET” is not set" },
    NULL },
  { "secret-of-no-file",
    MQTT ("password: !file /nowhere/key"),
    { "2:35: error: cannot open “/nowhere/key”" },
    NULL },
  { "secret-is-a-folder", MQTT ("password: !file /"), { "2:35: error: “/” is no file" }, NULL },
  { "credential-without-systemd",
    MQTT ("password: !credential mqtt"),
    { "2:35: error: there are no credentials: CREDENTIALS_DIRECTORY is not set" },
    "LoadCredential=" },
  { "variable-not-set",
    TCP ("port: \"8${AMSEL_TEST_UNSET}\""),
    { "2:53: error: the environment variable “AMSEL_TEST_UNSET” is not set" },
    "${NAME:-default}" },
  { "variable-not-closed", TCP ("record: \"${AMSEL\""), { "2:54: error: “${” without “}”" }, "$${" },
  { "variable-without-name",
    TCP ("record: \"${}\""),
    { "2:54: error: “” cannot be the name of an environment variable" },
    NULL },
  { "default-is-checked",
    TCP ("port: \"${AMSEL_TEST_UNSET:-x}\""),
    { "2:51: error: “port” cannot be “x”" },
    NULL },
};

static const Vector WIRING[] = {
  { "no-such-line",
    "pipelines:\n- name: p\n  line: celar\n  protocol: {kind: wired}\n  schedule: {every: 1h}\n"
    "  meters: [{address: 1}]\n  exporters: [reports]\n" REST,
    { "3:9: error: there is no line “celar”" },
    "did you mean “cellar”?" },
  { "no-such-exporter",
    "pipelines:\n- name: p\n  line: cellar\n  protocol: {kind: wired}\n  schedule: {every: 1h}\n"
    "  meters: [{address: 1}]\n  exporters: [reports, report]\n" REST,
    { "7:24: error: there is no exporter “report”" },
    "did you mean “reports”?" },
  { "exporter-twice",
    "pipelines:\n- name: p\n  line: cellar\n  protocol: {kind: wired}\n  schedule: {every: 1h}\n"
    "  meters: [{address: 1}]\n  exporters: [reports, reports]\n" REST,
    { "7:24: error: the exporter stands here twice" },
    NULL },
  { "unrouted-exporter",
    HEAD "  meters: [{address: 1}]\n" LINES STORE
         "exporters:\n- {name: reports, kind: csv, directory: d}\n- {name: lost, kind: mqtt}\n",
    { "12:10: error: nobody has the exporter “lost”" },
    "exporters: [lost]" },
  { "no-exporters",
    "pipelines:\n- name: p\n  line: cellar\n  protocol: {kind: wired}\n  schedule: {every: 1h}\n"
    "  meters: [{address: 1}]\n" LINES STORE,
    { "2:3: warning: this pipeline has no exporters" },
    NULL },
  { "no-meters", HEAD REST, { "2:3: warning: this pipeline has no meters" }, NULL },
  { "no-schedule",
    "pipelines:\n- name: p\n  line: cellar\n  protocol: {kind: wired}\n  meters: [{address: 1}]\n"
    "  exporters: [reports]\n" REST,
    { "2:3: error: a schedule is missing" },
    NULL },
  { "empty-schedule",
    "pipelines:\n- name: p\n  line: cellar\n  protocol: {kind: wired}\n  schedule: {}\n"
    "  meters: [{address: 1}]\n  exporters: [reports]\n" REST,
    { "5:13: error: " },
    NULL },
  { "unknown-zone",
    "pipelines:\n- name: p\n  line: cellar\n  protocol: {kind: wired}\n"
    "  schedule: {every: 1h, zone: Europe/Prag}\n  meters: [{address: 1}]\n  exporters: [reports]\n" REST,
    { "5:31: error: the zone “Europe/Prag” is not known" },
    NULL },
  { "duplicate-pipeline",
    HEAD "  meters: [{address: 1}]\n"
         "- name: heating\n  line: cellar\n  protocol: {kind: wired}\n  schedule: {every: 1h}\n  meters: "
         "[{address: 1}]\n"
         "  exporters: [reports]\n" REST,
    { "8:9: error: there is already a pipeline “heating”: line 2" },
    NULL },
  { "two-listeners",
    "pipelines:\n"
    "- {name: a, line: cellar, protocol: {kind: wired}, listen: true, exporters: [reports]}\n"
    "- {name: b, line: cellar, protocol: {kind: wired}, listen: true, exporters: [reports]}\n" REST,
    { "3:19: error: the pipeline “a” listens to this line already" },
    "the meters of both" },
  { "meter-without-address",
    HEAD "  meters:\n  - {name: a}\n" REST,
    { "8:5: error: a meter of the protocol “wired” needs the key “address”" },
    "address: Address of the meter" },
  { "meter-address",
    HEAD "  meters:\n  - {name: a, address: 5x}\n" REST,
    { "8:24: error: “5x” is not an address; expected digits" },
    NULL },
  { "meter-key",
    HEAD "  meters:\n  - {adress: 5}\n" REST,
    { "8:5: error: a meter of the protocol “wired” needs the key “address”",
      "8:6: error: a meter of the protocol “wired” has no key “adress”" },
    NULL },
  { "meter-is-a-number",
    HEAD "  meters: [5]\n" REST,
    { "7:12: error: a meter cannot be a single value" },
    "{name: hot-water, address: 5}" },
  { "meter-name-twice",
    HEAD "  meters:\n  - {name: a, address: 1}\n  - {name: a, address: 2}\n" REST,
    { "9:12: error: there is already a meter “a”: line 8" },
    "a name of its own" },
  { "meter-address-twice",
    HEAD "  meters:\n  - {name: a, address: 1}\n  - {name: b, address: 1}\n" REST,
    { "9:24: warning: another meter has the address “1”: line 8" },
    NULL },
  { "meter-number",
    HEAD "  meters:\n  - {address: 1, scale: 1e9}\n" REST,
    { "8:25: error: “scale” cannot be “1e9”: too large" },
    "a number from 0.001 to 1000" },
  { "meter-tags",
    HEAD "  meters:\n  - {address: 1, tags: one}\n" REST,
    { "8:24: error: “tags” cannot be a single value" },
    "[one, two]" },
  { "meter-tags-of-lists",
    HEAD "  meters:\n  - {address: 1, tags: [a, []]}\n" REST,
    { "8:28: error: “tags” is a list of texts, and this is none" },
    NULL },
  { "no-such-template",
    HEAD "  meters:\n  - {address: 1, template: watr}\ntemplates:\n  water: {}\n" REST,
    { "8:28: error: there is no template “watr”" },
    "did you mean “water”?" },
  { "fault-in-template",
    HEAD "  meters:\n  - {address: 1, template: t}\n  - {address: 2, template: t}\n"
         "templates:\n  t: {scale: x}\n" REST,
    { "11:14: error: “scale” cannot be “x”" },
    NULL },
  { "template-of-template",
    HEAD "  meters: [{address: 1, template: t}]\ntemplates:\n  t: {template: u}\n" REST,
    { "9:7: error: a template has no key “template”" },
    NULL },
  { "no-such-list",
    HEAD "  meters: [{from: /nowhere/meters.csv}]\n" REST,
    { "7:19: error: cannot open “/nowhere/meters.csv”" },
    NULL },
  { "list-is-a-folder", HEAD "  meters: [{from: /}]\n" REST, { "7:19: error: “/” is no file" }, NULL },
  { "no-such-include", "include: /nowhere/a.yaml\n", { "1:10: error: cannot open “/nowhere/a.yaml”" }, NULL },
  { "include-of-folder", "include: [/]\n", { "1:11: error: “/” is no file" }, "folder/*.yaml" },
  { "wildcard-folder",
    "include: [/*/a.yaml]\n",
    { "1:11: error: “/*/a.yaml” has wildcards in the name of a folder" },
    "only the last part" },
  { "pipeline-is-wrong-everywhere",
    "pipelines:\n- line: x\n  protocol: {kind: y}\n  exporters: []\n" STORE,
    { "2:3: error: a pipeline needs the key “name”", "2:9: error: there is no line “x”",
      "3:20: error: there is no protocol of kind “y”", "4:14: warning: this pipeline has no exporters" },
    NULL },
};

/* Problems that are only about parts which nobody uses. */
static gboolean
is_about_unused (const gchar *text)
{
  return strstr (text, "nobody has the exporter") != NULL
         || strstr (text, "no pipeline uses the line") != NULL || strstr (text, "nothing to do") != NULL;
}

static gchar *
join (GPtrArray *problems)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < problems->len; i++)
    {
      g_autofree gchar *text = amsel_problem_to_string (g_ptr_array_index (problems, i));

      g_string_append_printf (all, "%s\n", text);
    }
  return g_string_free (all, FALSE);
}

/* Goes on with the other vectors. */
static void G_GNUC_PRINTF (1, 2) complain (const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("%s\n", text);
  g_test_fail ();
}

static void
check (const Vector *vector, GPtrArray *problems, gboolean ignore_unused)
{
  g_autofree gchar *all = join (problems);
  guint n = 0;

  for (guint i = 0; i < problems->len; i++)
    {
      const AmselProblem *problem = g_ptr_array_index (problems, i);
      g_autofree gchar *text = amsel_problem_to_string (problem);
      const gchar *hint = amsel_problem_get_hint (problem);

      if (ignore_unused && is_about_unused (text))
        continue;
      if (n >= G_N_ELEMENTS (vector->expected) || vector->expected[n] == NULL)
        {
          complain ("%s: nothing more was expected behind problem %u of:\n%s", vector->fault, n, all);
          return;
        }
      if (strstr (text, vector->expected[n]) == NULL)
        complain ("%s: expected “%s” in:\n%s", vector->fault, vector->expected[n], all);
      if (n == 0 && vector->hint != NULL && (hint == NULL || strstr (hint, vector->hint) == NULL))
        complain ("%s: expected the hint “%s” in:\n%s", vector->fault, vector->hint, all);
      n++;
    }
  if (n < G_N_ELEMENTS (vector->expected) && vector->expected[n] != NULL)
    complain ("%s: expected also “%s” in:\n%s", vector->fault, vector->expected[n], all);
}

static void
run (const Vector *vectors, gsize n_vectors, gboolean ignore_unused)
{
  g_autoptr (AmselRegistry) registry = test_kinds_new_registry ();

  g_unsetenv ("AMSEL_TEST_UNSET");
  g_unsetenv ("CREDENTIALS_DIRECTORY");
  for (gsize i = 0; i < n_vectors; i++)
    {
      const Vector *vector = &vectors[i];
      g_autoptr (GPtrArray) problems = NULL;
      g_autoptr (AmselConfig) config =
          amsel_config_load_text (vector->text, strlen (vector->text), "c.yaml", registry, &problems);
      gboolean failed = FALSE;

      g_test_message ("%s", vector->fault);
      check (vector, problems, ignore_unused);
      for (guint k = 0; k < problems->len; k++)
        failed |= amsel_problem_get_severity (g_ptr_array_index (problems, k)) == AMSEL_SEVERITY_ERROR;
      g_assert_true (failed == (config == NULL));
    }
}

static void
test_syntax (void)
{
  run (SYNTAX, G_N_ELEMENTS (SYNTAX), TRUE);
}

static void
test_keys (void)
{
  run (KEYS, G_N_ELEMENTS (KEYS), TRUE);
}

static void
test_values (void)
{
  run (VALUES, G_N_ELEMENTS (VALUES), TRUE);
}

static void
test_wiring (void)
{
  run (WIRING, G_N_ELEMENTS (WIRING), FALSE);
}

/* The whole text, as a person sees it. */
static void
test_layout (void)
{
  g_autoptr (AmselRegistry) registry = test_kinds_new_registry ();
  g_autoptr (GPtrArray) problems = NULL;
  const gchar *text = "lines:\n"
                      "  - name: größe\n"
                      "    transport: {kind: serial, devise: /dev/ttyUSB0, device: x}\n";
  g_autoptr (AmselConfig) config =
      amsel_config_load_text (text, strlen (text), "config.yaml", registry, &problems);
  g_autofree gchar *first = NULL;

  g_assert_null (config);
  g_assert_cmpuint (problems->len, >=, 1);
  first = amsel_problem_to_string (g_ptr_array_index (problems, problems->len - 1));
  g_assert_cmpstr (first, ==,
                   "config.yaml:3:31: error: the transport “serial” has no key “devise”\n"
                   "    3 |     transport: {kind: serial, devise: /dev/ttyUSB0, device: x}\n"
                   "      |                               ^~~~~~\n"
                   "        expected one of: kind, device, record, baud, parity, low-latency, bias; did you "
                   "mean “device”?");
}

/* A secret is never shown, whatever is wrong with it or beside it. */
static void
test_secret_hidden (void)
{
  g_autoptr (AmselRegistry) registry = test_kinds_new_registry ();
  g_autoptr (GPtrArray) problems = NULL;
  const gchar *text = "exporters: [{name: a, kind: mqtt, password: opensesame, keep: x, kep: 1}]\n";
  g_autoptr (AmselConfig) config =
      amsel_config_load_text (text, strlen (text), "c.yaml", registry, &problems);
  g_autofree gchar *all = join (problems);

  g_assert_null (config);
  g_assert_cmpuint (problems->len, >=, 3);
  g_assert_null (strstr (all, "sesame"));
  g_assert_nonnull (strstr (all, "password: **********, keep: x"));
}

/* Nor is one that stands where it does not belong. */
static void
test_secret_misplaced (void)
{
  static const gchar *const texts[] = {
    "exporters: [{name: a, kind: mqtt, pasword: opensesame}]\n",
    "exporters: [{name: a, kind: mqtt, pass: [opensesame]}]\n",
    "exporters: [{name: a, kind: mqtt, password: [opensesame]}]\n",
    "exporters: [{name: a, kind: mqtt, password: {is: opensesame}}]\n",
    HEAD "  meters: [{address: 1, kee: opensesame}]\n" REST,
    HEAD "  meters: [{address: A0B1C2D3E4F5A0B1C2D3E4F5A0B1C2D3}]\n" REST,
    HEAD "  meters: [{address: A0B1C2D3E4F5A0B1C2D3E4F5A0B1C2D}]\n" REST,
    HEAD "  meters: [{adress: A0B1C2D3E4F5A0B1}]\n" REST,
    "services: A0B1C2D3E4F5A0B1C2D3E4F5A0B1C2D3\n",
  };
  g_autoptr (AmselRegistry) registry = test_kinds_new_registry ();

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GPtrArray) problems = NULL;
      g_autoptr (AmselConfig) config =
          amsel_config_load_text (texts[i], strlen (texts[i]), "c.yaml", registry, &problems);
      g_autofree gchar *all = join (problems);

      g_assert_null (config);
      if (strstr (all, "sesame") != NULL || strstr (all, "B1C2D3") != NULL)
        g_error ("text %" G_GSIZE_FORMAT " is shown: %s", i, all);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/bad/syntax", test_syntax);
  g_test_add_func ("/config/bad/keys", test_keys);
  g_test_add_func ("/config/bad/values", test_values);
  g_test_add_func ("/config/bad/wiring", test_wiring);
  g_test_add_func ("/config/bad/layout", test_layout);
  g_test_add_func ("/config/bad/secret-hidden", test_secret_hidden);
  g_test_add_func ("/config/bad/secret-misplaced", test_secret_misplaced);
  return g_test_run ();
}
