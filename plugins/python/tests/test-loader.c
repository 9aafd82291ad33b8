/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Python plugins in a C program: loaded, used, refused; and a program without any pays nothing.
 *
 * Each case runs in a process of its own, since an interpreter is never ended. Linked to the shared library,
 * which is the one that Python's typelib loads. */
#include "amsel.h"

#include <glib/gstdio.h>
#include <string.h>

/* Whether this is the process of the case; otherwise runs it, with @places as folders of plugins. */
static gboolean
in_child (const gchar *places)
{
  if (g_test_subprocess ())
    return TRUE;
  g_setenv ("AMSEL_PYTHON_PLUGINS", places, TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  return FALSE;
}

static AmselRegistry *
load (void)
{
  AmselRegistry *registry = amsel_registry_new ();

  amsel_registry_load_default (registry);
  return registry;
}

static gboolean
has_python (void)
{
  g_autofree gchar *maps = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  return strstr (maps, "_gi.cpython") != NULL;
}

static gchar *
read_problems (AmselRegistry *registry)
{
  g_auto (GStrv) problems = amsel_registry_list_problems (registry);

  return g_strjoinv ("\n", problems);
}

static AmselProtocol *
make_protocol (AmselRegistry *registry)
{
  g_autoptr (GError) error = NULL;
  GObject *protocol = amsel_registry_create (registry, AMSEL_TYPE_PROTOCOL, "pyhex", &error);

  g_assert_no_error (error);
  return AMSEL_PROTOCOL (protocol);
}

static gchar *
decode (AmselProtocol *protocol, const gchar *line, GError **error)
{
  g_autoptr (AmselFrame) frame = amsel_protocol_adopt (protocol, (const guint8 *) line, strlen (line), error);
  g_autoptr (AmselTelegram) telegram =
      frame != NULL ? amsel_protocol_decode (protocol, frame, NULL, error) : NULL;

  return telegram != NULL ? amsel_telegram_get_value_text (telegram, 0) : NULL;
}

static void
test_use (void)
{
  g_autoptr (AmselRegistry) registry = NULL;
  g_autoptr (AmselRegistry) second = NULL;
  g_autoptr (AmselProtocol) protocol = NULL;
  g_autofree gchar *text = NULL;
  g_autofree gchar *problems = NULL;
  GParamSpec *places;

  if (!in_child (EXAMPLES))
    return;
  registry = load ();
  second = load ();
  problems = read_problems (registry);
  g_assert_cmpstr (problems, ==, "");
  g_assert_cmpstr (amsel_registry_get_kind_blurb (second, AMSEL_TYPE_PROTOCOL, "pyhex"), ==,
                   "Lines of hexadecimal digits, each a volume in litres");
  protocol = make_protocol (registry);
  text = decode (protocol, "7D2\n", NULL);
  g_assert_cmpstr (text, ==, "2.002");

  /* its properties are settings like those of C */
  places = g_object_class_find_property (G_OBJECT_GET_CLASS (protocol), "places");
  g_assert_nonnull (places);
  g_assert_cmpint (G_PARAM_SPEC_INT (places)->maximum, ==, 9);
}

static gpointer
decode_often (gpointer protocol)
{
  for (guint i = 0; i < 200; i++)
    {
      g_autofree gchar *text = decode (protocol, "1F4\n", NULL);

      g_assert_cmpstr (text, ==, "0.500");
    }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (AmselRegistry) registry = NULL;
  g_autoptr (AmselProtocol) protocol = NULL;
  GThread *threads[4];

  if (!in_child (EXAMPLES))
    return;
  registry = load ();
  protocol = make_protocol (registry);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("decode", decode_often, protocol);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
test_failure (void)
{
  g_autoptr (AmselRegistry) registry = NULL;
  g_autoptr (AmselProtocol) protocol = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_child (EXAMPLES))
    return;
  registry = load ();
  protocol = make_protocol (registry);
  g_assert_null (decode (protocol, "xyz\n", &error));
  g_assert_error (error, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "hex_protocol.py:"));
  g_assert_nonnull (strstr (error->message, "ValueError"));
}

/* without files Python is not even started */
static void
test_idle (void)
{
  g_autoptr (AmselRegistry) registry = NULL;
  g_autofree gchar *problems = NULL;

  if (!in_child (""))
    return;
  registry = load ();
  problems = read_problems (registry);
  g_assert_cmpstr (problems, ==, "");
  g_assert_false (has_python ());
}

static void
test_no_folder (void)
{
  g_autoptr (AmselRegistry) registry = NULL;
  g_autofree gchar *problems = NULL;

  if (!in_child ("/nonexistent"))
    return;
  registry = load ();
  problems = read_problems (registry);
  g_assert_nonnull (strstr (problems, "/nonexistent"));
  g_assert_false (has_python ());
}

static const struct
{
  const gchar *name;
  const gchar *source;
  const gchar *expected; /* (nullable): part of the problem */
} FILES[] = {
  { "bad_syntax.py", "def (:\n", "bad_syntax.py:1: SyntaxError" },
  { "bad_import.py", "\nimport nosuchmodule\n",
    "bad_import.py:2: ModuleNotFoundError: No module named 'nosuchmodule'" },
  { "bad_exit.py", "import sys\nsys.exit(3)\n", "bad_exit.py:2: SystemExit: 3" },
  { "bad_name.py",
    "from gi.repository import Amsel\n@Amsel.kind('Not A Word', '')\nclass BadName(Amsel.Protocol):\n  "
    "pass\n",
    "cannot be the name of a kind" },
  { "bad_type.py",
    "from gi.repository import Amsel, GObject\n@Amsel.kind('word', '')\nclass BadType(GObject.Object):\n  "
    "pass\n",
    "is no transport" },
  { "bad_bytes.py", "\xff\xfe\n", "bad_bytes.py" },
  { "_module.py", "raise ValueError('a module is no plugin')\n", NULL },
  { "good.py",
    "from gi.repository import Amsel\n@Amsel.kind('survivor', 'Loads')\nclass Survivor(Amsel.Exporter):\n  "
    "pass\n",
    NULL },
};

static void
check_files (void)
{
  g_autoptr (AmselRegistry) registry = load ();
  g_autofree gchar *problems = read_problems (registry);

  for (gsize i = 0; i < G_N_ELEMENTS (FILES); i++)
    if (FILES[i].expected != NULL && strstr (problems, FILES[i].expected) == NULL)
      g_error ("%s: nothing says “%s”: %s", FILES[i].name, FILES[i].expected, problems);
  g_assert_null (strstr (problems, "a module is no plugin"));
  g_assert_cmpstr (amsel_registry_get_kind_blurb (registry, AMSEL_TYPE_EXPORTER, "survivor"), ==, "Loads");
}

/* each bad file is named with its line, and stops no other */
static void
test_bad_files (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *folder = NULL;

  if (g_test_subprocess ())
    {
      check_files ();
      return;
    }
  folder = g_dir_make_tmp ("amsel-python-XXXXXX", &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (FILES); i++)
    {
      g_autofree gchar *path = g_build_filename (folder, FILES[i].name, NULL);

      g_assert_true (g_file_set_contents (path, FILES[i].source, -1, NULL));
    }
  in_child (folder);
  for (gsize i = 0; i < G_N_ELEMENTS (FILES); i++)
    {
      g_autofree gchar *path = g_build_filename (folder, FILES[i].name, NULL);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* where the Python side is not installed, one sentence says so */
static void
test_no_overrides (void)
{
  g_autoptr (AmselRegistry) registry = NULL;
  g_autofree gchar *problems = NULL;

  if (!g_test_subprocess ())
    g_unsetenv ("PYTHONPATH");
  if (!in_child (EXAMPLES))
    return;
  registry = load ();
  problems = read_problems (registry);
  g_assert_nonnull (strstr (problems, "the Python side of Amsel is not there"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/python/use", test_use);
  g_test_add_func ("/python/threads", test_threads);
  g_test_add_func ("/python/failure", test_failure);
  g_test_add_func ("/python/idle", test_idle);
  g_test_add_func ("/python/no-folder", test_no_folder);
  g_test_add_func ("/python/bad-files", test_bad_files);
  g_test_add_func ("/python/no-overrides", test_no_overrides);
  return g_test_run ();
}
