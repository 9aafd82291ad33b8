/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of meters as CSV (RFC 4180), so that 300 meters are 300 rows of a spreadsheet.
 *
 * The first row names the keys. The separator is the comma or the semicolon, whichever the first row has; a
 * cell in quotes may contain separators, line breaks and doubled quotes. Blanks around a cell without quotes
 * do not count, an empty cell is a key that is not given, and an empty row is none. Cells are taken as they
 * are: no ${NAME}, no tags. Every cell keeps its place, and messages point to it. */
#include "amsel-config-private.h"

#include <string.h>

#include "amsel-cursor.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

typedef struct
{
  AmselLoader *loader; /* (unowned) */
  AmselSource *source; /* (unowned) */
  AmselCursor cursor;
  guint line;
  guint column;
  gchar separator;
  GPtrArray *keys; /* (owned) (element-type AmselYamlNode): first row */
} Reader;

static gboolean
peek (const Reader *self, gchar *out)
{
  guint8 byte;

  if (!amsel_cursor_peek_u8 (&self->cursor, &byte))
    return FALSE;
  *out = (gchar) byte;
  return TRUE;
}

/* One byte on; a line break of two bytes counts as its second. */
static void
advance (Reader *self)
{
  guint8 byte = 0;
  gchar next;

  amsel_cursor_u8 (&self->cursor, &byte);
  if (byte == '\n' || (byte == '\r' && !(peek (self, &next) && next == '\n')))
    {
      self->line++;
      self->column = 1;
    }
  else if ((byte & 0xC0) != 0x80)
    self->column++; /* the bytes that go on with a character are no columns */
}

static void
skip_blanks (Reader *self)
{
  gchar c;

  while (peek (self, &c) && (c == ' ' || c == '\t'))
    advance (self);
}

static gboolean
is_end_of_cell (const Reader *self, gchar c)
{
  return c == self->separator || c == '\n' || c == '\r';
}

/* The inside of quotes; the cursor stands behind the first. */
static gboolean
read_quoted (Reader *self, const AmselMark *mark, GString *out)
{
  gchar c;

  while (peek (self, &c))
    {
      advance (self);
      if (c != '"')
        {
          g_string_append_c (out, c);
          continue;
        }
      if (!peek (self, &c) || c != '"')
        return TRUE;
      advance (self);
      g_string_append_c (out, '"');
    }
  amsel_problems_add (&self->loader->problems, AMSEL_SEVERITY_ERROR, mark,
                      "a quote within quotes is doubled: \"\"", "the quote that begins here has no end");
  return FALSE;
}

static gboolean
read_cell (Reader *self, AmselYamlTree *tree, GPtrArray *row)
{
  g_autoptr (GString) text = g_string_new (NULL);
  AmselMark mark;
  AmselYamlNode *cell;
  gboolean quoted;
  gchar c;

  skip_blanks (self);
  mark = (AmselMark){ self->source, self->line, self->column, 1 };
  quoted = peek (self, &c) && c == '"';
  if (quoted)
    {
      advance (self);
      if (!read_quoted (self, &mark, text))
        return FALSE;
      skip_blanks (self);
    }
  while (peek (self, &c) && !is_end_of_cell (self, c))
    {
      if (quoted)
        {
          mark.column = self->column;
          mark.line = self->line;
          amsel_problems_add (&self->loader->problems, AMSEL_SEVERITY_ERROR, &mark,
                              "a quote within quotes is doubled: \"\"", "text behind the quoted cell");
          return FALSE;
        }
      g_string_append_c (text, c);
      advance (self);
    }
  if (!quoted)
    g_strchomp (text->str);
  mark.length = MAX (1, (guint) g_utf8_strlen (text->str, -1) + (quoted ? 2 : 0));
  cell = amsel_yaml_tree_add (tree, AMSEL_YAML_SCALAR, &mark, g_strdup (text->str));
  cell->literal = TRUE;
  cell->plain = !quoted;
  g_ptr_array_add (row, cell);
  return TRUE;
}

/* Reads a row; FALSE at the end of the file or after an error. */
static gboolean
read_row (Reader *self, AmselYamlTree *tree, GPtrArray *row)
{
  gchar c;

  g_ptr_array_set_size (row, 0);
  if (!peek (self, &c))
    return FALSE;
  while (TRUE)
    {
      if (!read_cell (self, tree, row))
        return FALSE;
      if (!peek (self, &c))
        return TRUE;
      advance (self);
      if (c == '\r' && peek (self, &c) && c == '\n')
        {
          advance (self);
          return TRUE;
        }
      if (c == '\n' || c == '\r')
        return TRUE;
      if (row->len > AMSEL_CONFIG_CSV_COLUMNS_MAX)
        {
          AmselMark mark = { self->source, self->line, self->column, 1 };

          amsel_problems_add (&self->loader->problems, AMSEL_SEVERITY_ERROR, &mark, NULL,
                              "more than %d cells in a row", AMSEL_CONFIG_CSV_COLUMNS_MAX);
          return FALSE;
        }
    }
}

static gboolean
is_blank_row (const GPtrArray *row)
{
  return row->len == 1 && amsel_yaml_is_empty (g_ptr_array_index (row, 0));
}

/* The semicolon where the first line has one outside of quotes: no key contains it. */
static gchar
find_separator (const AmselSource *source)
{
  gboolean quoted = FALSE;

  for (gsize i = 0; i < source->length; i++)
    {
      gchar c = source->text[i];

      if (c == '"')
        quoted = !quoted;
      if (!quoted && c == ';')
        return ';';
      if (!quoted && (c == ',' || c == '\n'))
        return ',';
    }
  return ',';
}

static gboolean
check_keys (Reader *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean ok = TRUE;

  for (guint i = 0; i < self->keys->len; i++)
    {
      const AmselYamlNode *key = g_ptr_array_index (self->keys, i);

      if (key->text[0] == '\0')
        amsel_loader_error (self->loader, key, "the first row names the key of each column",
                            "this column has no key");
      else if (!g_hash_table_add (seen, key->text))
        amsel_loader_error (self->loader, key, NULL, "there are two columns “%s”", key->text);
      else
        continue;
      ok = FALSE;
    }
  return ok;
}

/* Cells under their keys; NULL after an error was told. */
static AmselYamlNode *
make_map (Reader *self, AmselYamlTree *tree, const GPtrArray *row)
{
  const AmselYamlNode *first = g_ptr_array_index (row, 0);
  AmselYamlNode *map;

  if (row->len != self->keys->len)
    {
      g_autofree gchar *hint = g_strdup_printf (
          "the separator is “%c”, taken from the first row; a cell that contains it needs quotes",
          self->separator);

      amsel_loader_error (self->loader, first, hint, "this row has %u cells, and the first row has %u",
                          row->len, self->keys->len);
      return NULL;
    }
  map = amsel_yaml_tree_add (tree, AMSEL_YAML_MAP, &first->mark, NULL);
  for (guint i = 0; i < row->len; i++)
    {
      AmselYamlNode *cell = g_ptr_array_index (row, i);

      if (cell->text[0] != '\0')
        amsel_yaml_map_put (map, g_ptr_array_index (self->keys, i), cell);
    }
  return map;
}

static void
read_rows (Reader *self, AmselRowFunc func, gpointer user_data)
{
  g_autoptr (GPtrArray) row = g_ptr_array_new ();
  guint n_rows = 0;

  while (TRUE)
    {
      g_autoptr (AmselYamlTree) tree = amsel_yaml_tree_new ();
      AmselYamlNode *map;

      if (!read_row (self, tree, row))
        return;
      if (is_blank_row (row))
        continue;
      if (++n_rows > AMSEL_CONFIG_CSV_ROWS_MAX)
        {
          amsel_loader_error (self->loader, g_ptr_array_index (row, 0), NULL, "more than %d rows",
                              AMSEL_CONFIG_CSV_ROWS_MAX);
          return;
        }
      map = make_map (self, tree, row);
      if (map != NULL && map->keys->len > 0 && !func (map, user_data))
        return;
    }
}

void
amsel_config_csv_foreach (AmselLoader *self, AmselSource *source, AmselRowFunc func, gpointer user_data)
{
  Reader reader = { .loader = self, .source = source, .line = 1, .column = 1 };
  g_autoptr (AmselYamlTree) tree = amsel_yaml_tree_new ();
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  AmselMark damage;

  if (amsel_source_find_damage (source, &damage))
    {
      amsel_problems_add (&self->problems, AMSEL_SEVERITY_ERROR, &damage,
                          "expected UTF-8 text; a spreadsheet offers it when saving as CSV",
                          "this byte is not text");
      return;
    }
  amsel_cursor_init (&reader.cursor, (const guint8 *) source->text, source->length);
  if (g_str_has_prefix (source->text, BYTE_ORDER_MARK))
    amsel_cursor_skip (&reader.cursor, strlen (BYTE_ORDER_MARK));
  reader.separator = find_separator (source);
  reader.keys = keys;
  if (!read_row (&reader, tree, keys))
    {
      AmselMark whole = { source, 0, 0, 0 };

      if (source->length == 0)
        amsel_problems_add (&self->problems, AMSEL_SEVERITY_ERROR, &whole,
                            "expected a first row with the keys, such as name,address", "the file is empty");
      return;
    }
  if (check_keys (&reader))
    read_rows (&reader, func, user_data);
}
