/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keys of many meters. Those with a whole identification number are found by it in a table; the others
 * are tried one after the other. */
#include "en13757-keys.h"

#include <errno.h>
#include <string.h>

#include "en13757-selection.h"

#define EVERY_METER     "*"
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* Numbers of entries count from 1, so that 0 is none. */
typedef struct
{
  En13757Selection selection;
  guint next;      /* number of the next entry with the same identification number, or of the next wildcard */
  En13757Key *key; /* (owned) */
} Entry;

struct _En13757Keys
{
  GArray *entries; /* (owned) (element-type Entry) */
  GHashTable
      *by_id; /* (owned) (element-type guint32 guint): identification number to number of its first entry */
  guint wildcards; /* number of the first entry whose identification number is not whole */
};

static void
entry_clear (gpointer data)
{
  en13757_key_unref (((Entry *) data)->key);
}

En13757Keys *
en13757_keys_new (void)
{
  En13757Keys *self = g_new0 (En13757Keys, 1);

  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (self->entries, entry_clear);
  self->by_id = g_hash_table_new (NULL, NULL);
  return self;
}

void
en13757_keys_free (En13757Keys *self)
{
  g_hash_table_unref (self->by_id);
  g_array_unref (self->entries);
  g_free (self);
}

static Entry *
get_entry (const En13757Keys *self, guint number)
{
  return &g_array_index (self->entries, Entry, number - 1);
}

static guint
find_first (const En13757Keys *self, guint32 id)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->by_id, GUINT_TO_POINTER (id)));
}

static gboolean
is_equal (const En13757Selection *a, const En13757Selection *b)
{
  return a->id == b->id && a->manufacturer == b->manufacturer && a->version == b->version
         && a->medium == b->medium;
}

/* Behind the last one of its chain, so that the first in the file is the first that is tried. FALSE where
 * there is another key for just these meters. */
static gboolean
add_entry (En13757Keys *self, const En13757Selection *selection, En13757Key *key)
{
  gboolean whole = en13757_selection_has_whole_id (selection);
  guint number = whole ? find_first (self, selection->id) : self->wildcards;
  guint last = 0;
  const Entry entry = { *selection, 0, key };

  for (; number != 0; number = get_entry (self, number)->next)
    {
      if (is_equal (&get_entry (self, number)->selection, selection))
        {
          gboolean same = en13757_key_equal (get_entry (self, number)->key, key);

          en13757_key_unref (key);
          return same;
        }
      last = number;
    }
  g_array_append_val (self->entries, entry);
  if (last != 0)
    get_entry (self, last)->next = self->entries->len;
  else if (whole)
    g_hash_table_insert (self->by_id, GUINT_TO_POINTER (selection->id),
                         GUINT_TO_POINTER (self->entries->len));
  else
    self->wildcards = self->entries->len;
  return TRUE;
}

gboolean
en13757_keys_add (En13757Keys *self, const gchar *address, const gchar *key, GError **error)
{
  En13757Selection selection = { G_MAXUINT32, EN13757_ANY_MANUFACTURER, EN13757_ANY_BYTE, EN13757_ANY_BYTE };
  gsize column = 0;
  const gchar *expected = NULL;
  En13757Key *parsed;

  if (!g_str_equal (address, EVERY_METER))
    expected = en13757_selection_parse (address, &selection, &column);
  if (expected != NULL)
    {
      g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                   "character %" G_GSIZE_FORMAT " of the address: expected %s, or * for every meter",
                   column + 1, expected);
      return FALSE;
    }
  parsed = en13757_key_parse (key, error);
  if (parsed == NULL)
    return FALSE;
  if (add_entry (self, &selection, parsed))
    return TRUE;
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
               "another key stands above for the same address: which one is right?");
  return FALSE;
}

static gboolean
add_line (En13757Keys *self, gchar *line, GError **error)
{
  gchar *semicolon;

  line[strcspn (line, "#")] = '\0';
  g_strstrip (line);
  if (line[0] == '\0')
    return TRUE;
  semicolon = strchr (line, ';');
  if (semicolon == NULL)
    {
      g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_SYNTAX,
                   "expected the address of a meter, a semicolon and its key");
      return FALSE;
    }
  *semicolon = '\0';
  return en13757_keys_add (self, g_strchomp (line), semicolon + 1, error);
}

/* The first line may begin with the mark of a file that was written on Windows. */
static gboolean
add_lines (En13757Keys *self, gchar *text, guint *number, GError **error)
{
  gchar *line = g_str_has_prefix (text, BYTE_ORDER_MARK) ? text + strlen (BYTE_ORDER_MARK) : text;
  gboolean added = TRUE;

  for (; added && line != NULL; (*number)++)
    {
      gchar *end = strchr (line, '\n');

      if (end != NULL)
        *end = '\0';
      added = add_line (self, line, error);
      line = end != NULL ? end + 1 : NULL;
    }
  return added;
}

gboolean
en13757_keys_load (En13757Keys *self, const gchar *path, GError **error)
{
  gchar *text = NULL;
  gsize length = 0;
  gboolean added;
  guint number = 0;

  if (!g_file_get_contents (path, &text, &length, error))
    {
      g_prefix_error (error, "keys: ");
      return FALSE;
    }
  if (memchr (text, '\0', length) == NULL)
    added = add_lines (self, text, &number, error);
  else
    {
      added = FALSE;
      g_set_error_literal (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_SYNTAX,
                           "expected a text file in UTF-8; this one has zero bytes");
    }
  if (!added && number > 0)
    g_prefix_error (error, "keys: %s, line %u: ", path, number);
  else if (!added)
    g_prefix_error (error, "keys: %s: ", path);
  explicit_bzero (text, length);
  g_free (text);
  return added;
}

guint
en13757_keys_get_size (const En13757Keys *self)
{
  return self->entries->len;
}

static En13757Key *
find_in (const En13757Keys *self, guint number, const AmselIdentity *identity)
{
  for (; number != 0; number = get_entry (self, number)->next)
    if (en13757_selection_matches (&get_entry (self, number)->selection, identity))
      return get_entry (self, number)->key;
  return NULL;
}

En13757Key *
en13757_keys_find (const En13757Keys *self, const AmselIdentity *identity)
{
  En13757Key *key = find_in (self, find_first (self, identity->id), identity);

  return key != NULL ? key : find_in (self, self->wildcards, identity);
}
