/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Problems of a file, told as a good compiler tells them: the place, the sentence, the line with a caret
 * under the fault, and what was expected. */
#include "amsel-problem-private.h"

#include <string.h>

struct _AmselProblem
{
  gatomicrefcount ref_count;
  AmselSeverity severity;
  AmselMark mark; /* its source is NULL as soon as the problem is complete */
  guint order;    /* of the files in which they were met */
  gchar *file;    /* (owned) */
  gchar *message; /* (owned) */
  gchar *hint;    /* (owned) (nullable) */
  gchar *excerpt; /* (owned) (nullable): the line that it is about */
};

G_DEFINE_BOXED_TYPE (AmselProblem, amsel_problem, amsel_problem_ref, amsel_problem_unref)
G_DEFINE_ENUM_TYPE (AmselSeverity, amsel_severity, G_DEFINE_ENUM_VALUE (AMSEL_SEVERITY_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_SEVERITY_WARNING, "warning"),
                    G_DEFINE_ENUM_VALUE (AMSEL_SEVERITY_ERROR, "error"))

/**
 * amsel_problem_ref:
 * @self: a problem
 *
 * Returns: (transfer full): the same problem
 */
AmselProblem *
amsel_problem_ref (AmselProblem *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * amsel_problem_unref:
 * @self: (transfer full): a problem
 *
 * Gives up a reference.
 */
void
amsel_problem_unref (AmselProblem *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->file);
  g_free (self->message);
  g_free (self->hint);
  g_free (self->excerpt);
  g_free (self);
}

/**
 * amsel_problem_get_severity:
 * @self: a problem
 *
 * Returns: how bad it is
 */
AmselSeverity
amsel_problem_get_severity (const AmselProblem *self)
{
  return self->severity;
}

/**
 * amsel_problem_get_file:
 * @self: a problem
 *
 * Returns: (transfer none): path of the file
 */
const gchar *
amsel_problem_get_file (const AmselProblem *self)
{
  return self->file;
}

/**
 * amsel_problem_get_line:
 * @self: a problem
 *
 * Returns: its line, from 1; 0 where the whole file is meant
 */
guint
amsel_problem_get_line (const AmselProblem *self)
{
  return self->mark.line;
}

/**
 * amsel_problem_get_column:
 * @self: a problem
 *
 * Returns: its first character in the line, from 1; 0 where the whole file is meant
 */
guint
amsel_problem_get_column (const AmselProblem *self)
{
  return self->mark.line > 0 ? self->mark.column : 0;
}

/**
 * amsel_problem_get_message:
 * @self: a problem
 *
 * Returns: (transfer none): what is wrong, in one sentence
 */
const gchar *
amsel_problem_get_message (const AmselProblem *self)
{
  return self->message;
}

/**
 * amsel_problem_get_hint:
 * @self: a problem
 *
 * Returns: (transfer none) (nullable): what was expected, or what to do about it
 */
const gchar *
amsel_problem_get_hint (const AmselProblem *self)
{
  return self->hint;
}

/* The line and a caret under its fault. */
static void
append_excerpt (const AmselProblem *self, GString *out)
{
  glong n_chars = g_utf8_strlen (self->excerpt, -1);
  guint column = self->mark.column;
  gchar number[16];

  if (self->excerpt[0] == '\0' || column == 0 || (glong) column > n_chars + 1)
    return;
  g_snprintf (number, sizeof number, "%u", self->mark.line);
  g_string_append_printf (out, "\n%5s | %s\n%5s | %*s^", number, self->excerpt, "", (int) column - 1, "");
  for (guint i = 1; i < self->mark.length && (glong) (column + i) <= n_chars; i++)
    g_string_append_c (out, '~');
}

/**
 * amsel_problem_to_string:
 * @self: a problem
 *
 * Returns: (transfer full): all of it for a person: place and sentence, the line with a caret, and the hint,
 * in several lines without a line break at the end
 */
gchar *
amsel_problem_to_string (const AmselProblem *self)
{
  g_autoptr (GString) out = g_string_new (self->file);

  if (self->mark.line > 0)
    g_string_append_printf (out, ":%u:%u", self->mark.line, self->mark.column);
  g_string_append_printf (out, ": %s: %s", self->severity == AMSEL_SEVERITY_WARNING ? "warning" : "error",
                          self->message);
  if (self->excerpt != NULL)
    append_excerpt (self, out);
  if (self->hint != NULL)
    g_string_append_printf (out, "\n        %s", self->hint);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

void
amsel_problems_init (AmselProblems *self)
{
  self->list = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_problem_unref);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->n_errors = 0;
  self->n_dropped = 0;
}

void
amsel_problems_clear (AmselProblems *self)
{
  g_clear_pointer (&self->list, g_ptr_array_unref);
  g_clear_pointer (&self->seen, g_hash_table_unref);
}

static AmselProblem *
problem_new (AmselSeverity severity, const gchar *file, const AmselMark *mark, const gchar *hint,
             const gchar *message)
{
  AmselProblem *self = g_new0 (AmselProblem, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->severity = severity;
  self->mark = *mark;
  self->file = g_strdup (file);
  self->hint = g_strdup (hint);
  self->message = g_strdup (message);
  return self;
}

void
amsel_problems_add (AmselProblems *self, AmselSeverity severity, const AmselMark *mark, const gchar *hint,
                    const gchar *format, ...)
{
  g_autofree gchar *message = NULL;
  gchar *key;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  amsel_source_hide_keys (message);
  key = g_strdup_printf ("%p:%u:%u:%s", (gpointer) mark->source, mark->line, mark->column, message);
  if (!g_hash_table_add (self->seen, key))
    return;
  if (severity == AMSEL_SEVERITY_ERROR)
    self->n_errors++;
  if (self->list->len < AMSEL_PROBLEMS_MAX)
    g_ptr_array_add (self->list, problem_new (severity, mark->source->path, mark, hint, message));
  else
    self->n_dropped++;
}

void
amsel_problems_take (AmselProblems *self, AmselProblem *problem)
{
  gboolean is_new = g_hash_table_add (self->seen, amsel_problem_to_string (problem));

  if (is_new && self->list->len < AMSEL_PROBLEMS_MAX)
    {
      g_ptr_array_add (self->list, problem);
      return;
    }
  if (is_new)
    self->n_dropped++;
  amsel_problem_unref (problem);
}

/* Files in the order in which they were met, lines and columns in theirs. */
static gint
compare_places (gconstpointer a, gconstpointer b)
{
  const AmselProblem *x = *(const AmselProblem *const *) a;
  const AmselProblem *y = *(const AmselProblem *const *) b;

  if (x->order != y->order)
    return x->order < y->order ? -1 : 1;
  if (x->mark.line != y->mark.line)
    return x->mark.line < y->mark.line ? -1 : 1;
  return (x->mark.column > y->mark.column) - (x->mark.column < y->mark.column);
}

GPtrArray *
amsel_problems_finish (AmselProblems *self)
{
  g_autoptr (GHashTable) files = g_hash_table_new (g_str_hash, g_str_equal);
  const AmselMark end = { 0 };
  const gchar *last = NULL;

  for (guint i = 0; i < self->list->len; i++)
    {
      AmselProblem *problem = g_ptr_array_index (self->list, i);

      last = problem->file;
      if (!g_hash_table_contains (files, last))
        g_hash_table_insert (files, problem->file, GUINT_TO_POINTER (g_hash_table_size (files)));
      problem->order = GPOINTER_TO_UINT (g_hash_table_lookup (files, last));
    }
  g_ptr_array_sort (self->list, compare_places);
  if (self->n_dropped > 0)
    {
      g_autofree gchar *text = g_strdup_printf ("%u more problems are not shown", self->n_dropped);

      g_ptr_array_add (self->list, problem_new (AMSEL_SEVERITY_ERROR, last, &end, NULL, text));
    }
  for (guint i = 0; i < self->list->len; i++)
    {
      AmselProblem *problem = g_ptr_array_index (self->list, i);

      if (problem->mark.line > 0 && problem->mark.source != NULL)
        problem->excerpt = amsel_source_dup_line (problem->mark.source, problem->mark.line);
      problem->mark.source = NULL;
    }
  return g_steal_pointer (&self->list);
}
