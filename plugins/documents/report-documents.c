/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes the documents of one report from its journal, and puts them where they go.
 *
 * Making touches nothing but a folder of its own (“staging”) and begins there from nothing, so it can be done
 * again however far it came. Publishing moves each document from there to its place: one that is not in the
 * staging folder any more has been published, even when somebody has taken it away meanwhile. Logs are made
 * from what is there already and what is new, and replace it. */
#include "report-documents.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "amsel-error.h"
#include "csv-file.h"
#include "csv-pattern.h"
#include "report-rows.h"

#define NUMBER_MAX 99999

/* text that is gathered before it is written */
#define PENDING_MAX (1024 * 1024)

#define REPORTS "/reports"
#define LOGS    "/logs"

/* A part of the journal. */
typedef struct
{
  const gchar *text;
  gsize length;
} Span;

/* A document or a log, and what of the journal goes into it. */
typedef struct
{
  gboolean log;
  Span name;     /* with open places */
  GArray *lines; /* (owned) (element-type Span): without their names */
  guint n_read;
  guint n_failed;
} Document;

static void
document_free (gpointer data)
{
  Document *document = data;

  g_array_unref (document->lines);
  g_free (document);
}

static guint
span_hash (gconstpointer data)
{
  const Span *span = data;
  guint hash = 5381;

  for (gsize i = 0; i < span->length; i++)
    hash = hash * 33 + (guchar) span->text[i];
  return hash;
}

static gboolean
span_equal (gconstpointer a, gconstpointer b)
{
  const Span *x = a, *y = b;

  return x->length == y->length && memcmp (x->text, y->text, x->length) == 0;
}

/* Takes what is before the end of a field off the beginning of a span. */
static Span
take_field (Span *span)
{
  const gchar *end = memchr (span->text, REPORT_FIELD_END, span->length);
  Span field = { span->text, end != NULL ? (gsize) (end - span->text) : span->length };
  gsize used = MIN (field.length + 1, span->length);

  span->text += used;
  span->length -= used;
  return field;
}

/* ------------------------------------------------------------------- sorting the journal */

typedef struct
{
  GHashTable *by_name[2]; /* (owned): name to document, of reports and of logs */
  GPtrArray *documents;   /* (owned) (element-type Document): in the order of their first lines */
} Index;

static Document *
find_document (Index *self, Span name, gboolean log)
{
  Document *document = g_hash_table_lookup (self->by_name[log], &name);

  if (document != NULL)
    return document;
  document = g_new0 (Document, 1);
  document->log = log;
  document->name = name;
  document->lines = g_array_new (FALSE, FALSE, sizeof (Span));
  g_ptr_array_add (self->documents, document);
  g_hash_table_insert (self->by_name[log], &document->name, document);
  return document;
}

static void
add_line (Index *self, gchar kind, Span rest)
{
  Span name = take_field (&rest);
  Document *document = find_document (self, name, kind != REPORT_LINE_ROW);

  document->n_read += kind == REPORT_LINE_READ;
  document->n_failed += kind == REPORT_LINE_FAILED;
  if (kind == REPORT_LINE_ROW || kind == REPORT_LINE_LOG)
    g_array_append_val (document->lines, rest);
}

static void
sort_lines (Index *self, const gchar *text, gsize length)
{
  while (length > 0)
    {
      const gchar *end = memchr (text, '\n', length);
      gsize n = end != NULL ? (gsize) (end - text) : length;
      Span rest = { text + 1, n > 0 ? n - 1 : 0 };

      if (n > 0)
        add_line (self, *text, rest);
      n = MIN (n + 1, length);
      text += n;
      length -= n;
    }
}

static void
index_init (Index *self)
{
  for (guint i = 0; i < 2; i++)
    self->by_name[i] = g_hash_table_new (span_hash, span_equal);
  self->documents = g_ptr_array_new_with_free_func (document_free);
}

static void
index_clear (Index *self)
{
  for (guint i = 0; i < 2; i++)
    g_hash_table_unref (self->by_name[i]);
  g_ptr_array_unref (self->documents);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Index, index_clear)

/* ------------------------------------------------------------------- making */

typedef struct
{
  const ReportPlaces *places;
  const gchar *staging;
  gint64 made_us;
  CsvTime made;
  GString *name;    /* (owned): of the document at hand */
  GString *scratch; /* (owned) */
} Maker;

static gboolean
write_pending (Maker *self, CsvFile *file, const gchar *path, gsize above, GError **error)
{
  return file->pending->len <= above
         || csv_file_write (file, path, self->places->dialect, self->scratch, error);
}

static gboolean
write_rows (Maker *self, const Document *document, CsvFile *file, const gchar *path, GError **error)
{
  Span before = { NULL, 0 };

  for (guint i = 0; i < document->lines->len; i++)
    {
      Span row = g_array_index (document->lines, Span, i);
      Span header = take_field (&row);

      /* the columns change with the meter: readers follow the header */
      if (header.length > 0 && !span_equal (&header, &before))
        {
          g_string_append_len (file->pending, header.text, (gssize) header.length);
          g_string_append (file->pending, self->places->dialect->line_end);
          before = header;
        }
      g_string_append_len (file->pending, row.text, (gssize) row.length);
      g_string_append (file->pending, self->places->dialect->line_end);
      if (!write_pending (self, file, path, PENDING_MAX, error))
        return FALSE;
    }
  return TRUE;
}

/* What the log has already is copied as it is. */
static gboolean
copy_log (Maker *self, CsvFile *file, const gchar *path, GError **error)
{
  static const CsvDialect plain = { .converter = CSV_NO_CONVERTER };
  g_autofree gchar *old = g_strconcat (self->places->log_folder, "/", self->name->str, NULL);
  g_autoptr (GMappedFile) mapped = g_mapped_file_new (old, FALSE, NULL);

  if (mapped == NULL || g_mapped_file_get_length (mapped) == 0)
    return TRUE;
  g_string_append_len (file->pending, g_mapped_file_get_contents (mapped),
                       (gssize) g_mapped_file_get_length (mapped));
  return csv_file_write (file, path, &plain, self->scratch, error);
}

static gboolean
write_log (Maker *self, const Document *document, CsvFile *file, const gchar *path, GError **error)
{
  const gchar *line_end = self->places->dialect->line_end;
  gchar separator = self->places->dialect->separator;

  if (!copy_log (self, file, path, error))
    return FALSE;
  for (guint i = 0; i < document->lines->len; i++)
    {
      const Span *line = &g_array_index (document->lines, Span, i);

      g_string_append_len (file->pending, line->text, (gssize) line->length);
      g_string_append (file->pending, line_end);
    }
  report_rows_write_time (self->places->zone, self->made_us, file->pending);
  g_string_append_printf (file->pending, "%creport%c%u read%c%u failed%s", separator, separator,
                          document->n_read, separator, document->n_failed, line_end);
  return TRUE;
}

static gboolean
make_document (Maker *self, const Document *document, GError **error)
{
  g_autofree gchar *path = NULL;
  CsvFile *file;
  gboolean good;

  g_string_truncate (self->name, 0);
  csv_pattern_settle (document->name.text, document->name.length, &self->made, self->name);
  path = g_strconcat (self->staging, document->log ? LOGS : REPORTS, "/", self->name->str, NULL);
  file = csv_file_new ("", self->name->str, "");
  good = csv_file_create (file, path, error)
         && (document->log ? write_log : write_rows) (self, document, file, path, error)
         && write_pending (self, file, path, 0, error);
  csv_file_free (file);
  return good;
}

/* Brings everything that was written to the disk at once. */
static gboolean
sync_all (const gchar *folder, GError **error)
{
  gint fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean good = fd >= 0 && syncfs (fd) == 0;

  if (!good)
    csv_file_set_error (error, folder, "cannot be brought to the disk", errno);
  if (fd >= 0)
    close (fd);
  return good;
}

static void
remove_tree (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree gchar *child = g_build_filename (path, name, NULL);

      if (g_unlink (child) != 0)
        remove_tree (child);
    }
  g_rmdir (path);
}

/* Makes the documents of the first bytes of a journal. */
gboolean
report_documents_make (const ReportPlaces *places, const gchar *journal, gsize length, const gchar *staging,
                       gint64 made_us, GError **error)
{
  g_autoptr (GMappedFile) mapped = g_mapped_file_new (journal, FALSE, error);
  g_autoptr (GString) name = g_string_new (NULL), scratch = g_string_new (NULL);
  g_auto (Index) index = { { NULL } };
  Maker maker = { places, staging, made_us, { 0 }, name, scratch };

  index_init (&index);
  if (mapped == NULL)
    return FALSE;
  remove_tree (staging);
  csv_zone_split (places->zone, made_us, &maker.made);
  sort_lines (&index, g_mapped_file_get_contents (mapped), MIN (length, g_mapped_file_get_length (mapped)));
  for (guint i = 0; i < index.documents->len; i++)
    if (!make_document (&maker, g_ptr_array_index (index.documents, i), error))
      return FALSE;
  return !places->sync || index.documents->len == 0 || sync_all (staging, error);
}

/* ------------------------------------------------------------------- publishing */

/* Moves a document to its place, or to the next free number of its name. */
static gint
move_report (const gchar *from, const gchar *folder, const gchar *name)
{
  gint code = EEXIST;

  for (guint n = 1; n <= NUMBER_MAX && code == EEXIST; n++)
    {
      g_autofree gchar *numbered = csv_file_number_name (name, n);
      g_autofree gchar *to = g_strconcat (folder, "/", numbered, NULL);

      code = csv_file_rename (from, to);
    }
  return code;
}

static gint
move_log (const gchar *from, const gchar *folder, const gchar *name)
{
  g_autofree gchar *to = g_strconcat (folder, "/", name, NULL);

  return g_rename (from, to) == 0 ? 0 : errno;
}

/* Moves all files below a folder, each to the same place below another one. */
static gboolean
move_all (const gchar *staging, const gchar *below, const gchar *folder,
          gint (*move) (const gchar *, const gchar *, const gchar *), GError **error)
{
  g_autofree gchar *path = g_strconcat (staging, below, NULL);
  g_autofree gchar *target = g_strconcat (folder, below, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  if (dir != NULL && g_mkdir_with_parents (target, 0755) != 0)
    {
      csv_file_set_error (error, target, "cannot be created", errno);
      return FALSE;
    }
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree gchar *relative = g_strconcat (below, "/", name, NULL);
      g_autofree gchar *from = g_strconcat (staging, relative, NULL);
      gint code;

      if (g_file_test (from, G_FILE_TEST_IS_DIR))
        {
          if (!move_all (staging, relative, folder, move, error))
            return FALSE;
          continue;
        }
      code = move (from, folder, relative + 1);
      if (code == 0)
        continue;
      csv_file_set_error (error, from, "cannot be moved to its place", code);
      return FALSE;
    }
  return TRUE;
}

/* Moves what was made to its places. */
gboolean
report_documents_publish (const ReportPlaces *places, const gchar *staging, GError **error)
{
  g_autofree gchar *reports = g_strconcat (staging, REPORTS, NULL);
  g_autofree gchar *logs = g_strconcat (staging, LOGS, NULL);

  if (!move_all (reports, "", places->folder, move_report, error)
      || !move_all (logs, "", places->log_folder, move_log, error)
      || (places->sync && !sync_all (places->folder, error)))
    return FALSE;
  remove_tree (staging);
  return TRUE;
}
