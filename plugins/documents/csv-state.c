/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an exporter keeps in the store beside its position: GVariant text, which quotes whatever a name
 * contains and is read back against a fixed type. */
#include "csv-state.h"

#include "amsel-error.h"

#define STATE_VERSION 1
/* version; folder, fingerprint, suffix; files; sequences of files with their columns */
#define STATE_TYPE "(usssa(sstuxxsu)aas)"

CsvState *
csv_state_new (const gchar *folder, const gchar *fingerprint, const gchar *suffix)
{
  CsvState *self = g_new0 (CsvState, 1);

  self->folder = g_strdup (folder);
  self->fingerprint = g_strdup (fingerprint);
  self->suffix = g_strdup (suffix);
  self->files = g_ptr_array_new ();
  self->series = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  return self;
}

void
csv_state_free (CsvState *self)
{
  g_free (self->folder);
  g_free (self->fingerprint);
  g_free (self->suffix);
  g_ptr_array_unref (self->files);
  g_ptr_array_unref (self->series);
  g_free (self);
}

/* Tells of a file, which stays the caller's. */
void
csv_state_add_file (CsvState *self, CsvFile *file)
{
  g_ptr_array_add (self->files, file);
}

void
csv_state_add_series (CsvState *self, const gchar *name, const CsvWide *wide)
{
  guint n = csv_wide_get_n_columns (wide);
  gchar **names = g_new0 (gchar *, n + 2);

  names[0] = g_strdup (name);
  for (guint i = 0; i < n; i++)
    names[i + 1] = g_strdup (csv_wide_get_column (wide, i));
  g_ptr_array_add (self->series, names);
}

gchar *
csv_state_print (const CsvState *self)
{
  g_autoptr (GVariant) variant = NULL;
  GVariantBuilder files, series;

  g_variant_builder_init (&files, G_VARIANT_TYPE ("a(sstuxxsu)"));
  for (guint i = 0; i < self->files->len; i++)
    {
      const CsvFile *file = g_ptr_array_index (self->files, i);

      g_variant_builder_add (&files, "(sstuxxsu)", file->key, file->name, file->length, (guint) file->phase,
                             file->period_begin_us, file->period_end_us, file->series, file->n_columns);
    }
  g_variant_builder_init (&series, G_VARIANT_TYPE ("aas"));
  for (guint i = 0; i < self->series->len; i++)
    g_variant_builder_add (&series, "^as", g_ptr_array_index (self->series, i));
  variant = g_variant_ref_sink (g_variant_new ("(usssa(sstuxxsu)aas)", (guint) STATE_VERSION, self->folder,
                                               self->fingerprint, self->suffix, &files, &series));
  return g_variant_print (variant, FALSE);
}

static gboolean
parse_file (CsvState *self, GVariantIter *iter)
{
  const gchar *key, *name, *series;
  guint phase, n_columns;
  guint64 length;
  gint64 begin_us, end_us;
  CsvFile *file;

  if (!g_variant_iter_next (iter, "(&s&stuxx&su)", &key, &name, &length, &phase, &begin_us, &end_us, &series,
                            &n_columns))
    return FALSE;
  if (phase == CSV_PHASE_NONE || phase > CSV_PHASE_FINISH_NEW || length > G_MAXINT64)
    return TRUE;
  file = csv_file_new (key, name, series);
  file->length = length;
  file->phase = (CsvPhase) phase;
  file->period_begin_us = begin_us;
  file->period_end_us = end_us;
  file->n_columns = n_columns;
  g_ptr_array_add (self->files, file);
  return TRUE;
}

/* Reads what csv_state_print() wrote, or fails with AMSEL_EXPORT_ERROR_STATE. */
CsvState *
csv_state_parse (const gchar *text, GError **error)
{
  g_autoptr (GVariant) variant = g_variant_parse (G_VARIANT_TYPE (STATE_TYPE), text, NULL, NULL, NULL);
  g_autoptr (GVariantIter) files = NULL, series = NULL;
  const gchar *folder, *fingerprint, *suffix;
  CsvState *self;
  gchar **names;
  guint version = 0;

  if (variant != NULL)
    g_variant_get (variant, "(u&s&s&sa(sstuxxsu)aas)", &version, &folder, &fingerprint, &suffix, &files,
                   &series);
  if (version != STATE_VERSION)
    {
      g_set_error_literal (error, AMSEL_EXPORT_ERROR, AMSEL_EXPORT_ERROR_STATE,
                           "what was kept of the files of the last run is not understood; new files begin");
      return NULL;
    }
  self = csv_state_new (folder, fingerprint, suffix);
  g_ptr_array_set_free_func (self->files, (GDestroyNotify) csv_file_free);
  while (parse_file (self, files))
    ;
  while (g_variant_iter_next (series, "^as", &names))
    if (names[0] != NULL)
      g_ptr_array_add (self->series, names);
    else
      g_strfreev (names);
  return self;
}
