/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plugins written in Python: starts Python and runs their files. A module of its own, which is loaded only
 * where there are such files (python-plugin.c).
 *
 * An idle daemon must not pay for Python (18 MB, 40 ms), so nothing is started before a file was found.
 * Inside a Python process the running interpreter is used. The files are run by the overrides of the Amsel
 * namespace (bindings/python/gi/overrides/Amsel.py): without them a plugin's exceptions would be lost, so
 * they are required. */
#define PY_SSIZE_T_CLEAN
#include <Python.h> /* first: it defines feature macros */

#include "python-loader.h"

#include <dlfcn.h>

#include "amsel-error.h"

/* Python's own extension modules (gi among them) look for libpython's symbols in the global scope, but
 * plugins are opened with local symbols. */
static void
export_libpython (void)
{
  Dl_info info;

  if (dladdr ((gpointer) (guintptr) Py_InitializeFromConfig, &info) != 0)
    dlopen (info.dli_fname, RTLD_NOLOAD | RTLD_GLOBAL | RTLD_NOW);
}

static gboolean
start_python (GError **error)
{
  PyConfig config;
  PyStatus status;

  if (Py_IsInitialized ())
    return TRUE;
  export_libpython ();
  PyConfig_InitPythonConfig (&config);
  config.install_signal_handlers = 0; /* the program owns its signals */
  config.parse_argv = 0;
  config.write_bytecode = 0;
  status = Py_InitializeFromConfig (&config);
  PyConfig_Clear (&config);
  if (PyStatus_Exception (status))
    {
      g_set_error (error, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_OPEN, "Python does not start: %s",
                   status.err_msg);
      return FALSE;
    }
  PyEval_SaveThread (); /* whoever calls a Python function takes the interpreter's lock for it */
  return TRUE;
}

/* The exception that is set as "ValueError: text", and clears it. */
static gchar *
take_exception (void)
{
  PyObject *type, *value, *trace, *text;
  const gchar *utf8;
  gchar *line;

  PyErr_Fetch (&type, &value, &trace);
  PyErr_NormalizeException (&type, &value, &trace);
  text = value != NULL ? PyObject_Str (value) : NULL;
  utf8 = text != NULL ? PyUnicode_AsUTF8 (text) : NULL;
  line = g_strdup_printf ("%s: %s", type != NULL ? ((PyTypeObject *) type)->tp_name : "error",
                          utf8 != NULL ? utf8 : "");
  PyErr_Clear ();
  Py_XDECREF (text);
  Py_XDECREF (type);
  Py_XDECREF (value);
  Py_XDECREF (trace);
  return line;
}

/* Adds a folder behind all others of Python's search path, so that a plugin called csv.py hides nothing. */
static void
add_to_path (const gchar *folder)
{
  PyObject *path = PySys_GetObject ("path"); /* (unowned) */
  PyObject *entry = PyUnicode_DecodeFSDefault (folder);

  if (path != NULL && entry != NULL && PySequence_Contains (path, entry) == 0)
    PyList_Append (path, entry);
  Py_XDECREF (entry);
  PyErr_Clear ();
}

/* The function of the overrides that runs a plugin file; NULL with an exception set where it is not there. */
static PyObject *
find_load_plugin (void)
{
  PyObject *gi = PyImport_ImportModule ("gi");
  PyObject *required = gi != NULL ? PyObject_CallMethod (gi, "require_version", "ss", "Amsel", "1.0") : NULL;
  PyObject *repository = required != NULL ? PyImport_ImportModule ("gi.repository.Amsel") : NULL;
  PyObject *load = repository != NULL ? PyObject_GetAttrString (repository, "load_plugin") : NULL;

  Py_XDECREF (repository);
  Py_XDECREF (required);
  Py_XDECREF (gi);
  return load;
}

static void
load_file (AmselRegistry *registry, PyObject *load, const gchar *path)
{
  g_autofree gchar *problem = NULL;
  PyObject *entry = PyUnicode_DecodeFSDefault (path);
  PyObject *result = entry != NULL ? PyObject_CallOneArg (load, entry) : NULL;

  if (result == NULL)
    {
      g_autofree gchar *exception = take_exception ();

      problem = g_strdup_printf ("%s: %s", path, exception);
    }
  else if (result != Py_None)
    {
      const gchar *text = PyUnicode_AsUTF8 (result);

      problem = g_strdup (text != NULL ? text : path);
      PyErr_Clear ();
    }
  if (problem != NULL)
    amsel_registry_add_problem (registry, problem);
  Py_XDECREF (result);
  Py_XDECREF (entry);
}

/* Runs the plugin files @files; @folders are for the modules that they import. The one function that the
 * interpreter's half exports. */
AMSEL_API gboolean
python_loader_run (AmselRegistry *registry, GPtrArray *files, const gchar *const *folders,
                   const gchar *modules, GError **error)
{
  PyGILState_STATE lock;
  PyObject *load;

  if (!start_python (error))
    return FALSE;
  lock = PyGILState_Ensure ();
  add_to_path (modules);
  load = find_load_plugin ();
  if (load == NULL)
    {
      g_autofree gchar *exception = take_exception ();

      g_set_error (error, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_OPEN,
                   "the Python side of Amsel is not there (package python3-gi, gi/overrides/Amsel.py, "
                   "Amsel-1.0.typelib): %s",
                   exception);
    }
  else
    {
      for (gsize i = 0; folders[i] != NULL; i++)
        if (*folders[i] != '\0')
          add_to_path (folders[i]);
      for (guint i = 0; i < files->len; i++)
        load_file (registry, load, g_ptr_array_index (files, i));
    }
  Py_XDECREF (load);
  PyGILState_Release (lock);
  return load != NULL;
}
