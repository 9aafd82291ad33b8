/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Terminals by serial number and id, and the key file that keeps them. */
#include "smartcom-list.h"

#include <string.h>

#define GROUP_SERVER "server"

struct _SmartcomList
{
  GPtrArray *all;        /* (owned) (element-type SmartcomTerminal) */
  GHashTable *by_serial; /* (owned) (element-type utf8 SmartcomTerminal) */
  guint last_id;
  guint64 last_action;
};

SmartcomList *
smartcom_list_new (void)
{
  SmartcomList *self = g_new0 (SmartcomList, 1);

  self->all = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_serial = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
smartcom_list_free (SmartcomList *self)
{
  g_hash_table_unref (self->by_serial);
  g_ptr_array_unref (self->all);
  g_free (self);
}

gboolean
smartcom_list_add (SmartcomList *self, SmartcomTerminal *terminal, GError **error)
{
  if (!smartcom_terminal_check (terminal, error))
    return FALSE;
  if (g_hash_table_contains (self->by_serial, terminal->serial))
    {
      g_set_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_SETTINGS, "there is already a terminal %s",
                   terminal->serial);
      return FALSE;
    }
  if (terminal->own && terminal->id == 0)
    terminal->id = ++self->last_id;
  g_ptr_array_add (self->all, g_object_ref (terminal));
  g_hash_table_insert (self->by_serial, terminal->serial, terminal);
  return TRUE;
}

gboolean
smartcom_list_remove (SmartcomList *self, SmartcomTerminal *terminal)
{
  g_hash_table_remove (self->by_serial, terminal->serial);
  return g_ptr_array_remove (self->all, terminal);
}

SmartcomTerminal *
smartcom_list_find (SmartcomList *self, const gchar *serial)
{
  return g_hash_table_lookup (self->by_serial, serial);
}

SmartcomTerminal *
smartcom_list_get (SmartcomList *self, guint id)
{
  for (guint i = 0; i < self->all->len; i++)
    if (((SmartcomTerminal *) g_ptr_array_index (self->all, i))->id == id)
      return g_ptr_array_index (self->all, i);
  return NULL;
}

GPtrArray *
smartcom_list_get_all (SmartcomList *self)
{
  return self->all;
}

guint64
smartcom_list_next_action (SmartcomList *self)
{
  return ++self->last_action;
}

/* A meter is kept as the line of the table that it came in. */
static void
load_meters (SmartcomTerminal *terminal, GKeyFile *file, const gchar *serial)
{
  g_auto (GStrv) lines = g_key_file_get_string_list (file, serial, "meters", NULL, NULL);

  if (lines == NULL)
    return;
  g_clear_pointer (&terminal->meters, g_ptr_array_unref);
  terminal->meters = g_ptr_array_new_with_free_func ((GDestroyNotify) smartcom_entry_free);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_autofree gchar *line = g_strconcat ("^SCAMS: ", lines[i], NULL);

      smartcom_table_add_line (terminal->meters, line, NULL);
    }
}

static void
load_learned (SmartcomTerminal *terminal, GKeyFile *file, const gchar *serial)
{
  g_auto (GStrv) words = g_key_file_get_string_list (file, serial, "learned", NULL, NULL);

  for (gsize i = 0; words != NULL && words[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (words[i], "=", 2);
      guint64 index;

      if (g_strv_length (parts) == 2
          && g_ascii_string_to_unsigned (parts[0], 10, 0, G_MAXUINT16, &index, NULL))
        smartcom_terminal_learn (terminal, (guint) index, parts[1]);
    }
}

static SmartcomTerminal *
make_own (GKeyFile *file, const gchar *serial)
{
  SmartcomTerminal *terminal = g_object_new (SMARTCOM_TYPE_TERMINAL, "serial", serial, NULL);

  terminal->own = TRUE;
  terminal->name = g_key_file_get_string (file, serial, "name", NULL);
  terminal->hash = g_key_file_get_string (file, serial, "password-hash", NULL);
  return terminal;
}

static gboolean
load_terminal (SmartcomList *self, GKeyFile *file, const gchar *serial, GError **error)
{
  SmartcomTerminal *terminal = smartcom_list_find (self, serial);
  guint64 id = g_key_file_get_uint64 (file, serial, "id", NULL);
  g_autoptr (SmartcomTerminal) own = NULL;

  self->last_id = MAX (self->last_id, (guint) MIN (id, G_MAXINT));
  if (terminal == NULL && !g_key_file_get_boolean (file, serial, "own", NULL))
    return TRUE; /* no longer in the configuration; the id is not given again */
  if (terminal == NULL)
    {
      terminal = own = make_own (file, serial);
      terminal->id = (guint) id;
      if (!smartcom_list_add (self, own, error))
        return FALSE;
    }
  terminal->id = (guint) id;
  load_meters (terminal, file, serial);
  load_learned (terminal, file, serial);
  return TRUE;
}

static gint
compare_ids (gconstpointer a, gconstpointer b)
{
  const SmartcomTerminal *one = *(SmartcomTerminal *const *) a;
  const SmartcomTerminal *other = *(SmartcomTerminal *const *) b;

  return one->id < other->id ? -1 : one->id > other->id;
}

static gboolean
load_file (SmartcomList *self, GKeyFile *file, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  self->last_action = g_key_file_get_uint64 (file, GROUP_SERVER, "last-action", NULL);
  self->last_id = (guint) g_key_file_get_integer (file, GROUP_SERVER, "last-id", NULL);
  for (gsize i = 0; groups[i] != NULL; i++)
    if (!g_str_equal (groups[i], GROUP_SERVER) && !load_terminal (self, file, groups[i], error))
      return FALSE;
  return TRUE;
}

gboolean
smartcom_list_load (SmartcomList *self, const gchar *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) local = NULL;
  gboolean found = path != NULL && g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &local);

  if (local != NULL && !g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&local), "%s: ", path);
      return FALSE;
    }
  if (found && !load_file (self, file, error))
    return FALSE;
  for (guint i = 0; i < self->all->len; i++)
    {
      SmartcomTerminal *terminal = g_ptr_array_index (self->all, i);

      if (terminal->id == 0)
        terminal->id = ++self->last_id;
    }
  g_ptr_array_sort (self->all, compare_ids);
  return TRUE;
}

static void
put_meters (GKeyFile *file, SmartcomTerminal *terminal)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; terminal->meters != NULL && i < terminal->meters->len; i++)
    g_ptr_array_add (lines, smartcom_entry_to_string (g_ptr_array_index (terminal->meters, i)));
  if (terminal->meters != NULL)
    g_key_file_set_string_list (file, terminal->serial, "meters", (const gchar *const *) lines->pdata,
                                lines->len);
}

static void
put_learned (GKeyFile *file, SmartcomTerminal *terminal)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; terminal->learned != NULL && i < terminal->learned->len; i++)
    if (smartcom_terminal_recall (terminal, i) != NULL)
      g_ptr_array_add (words, g_strdup_printf ("%u=%s", i, smartcom_terminal_recall (terminal, i)));
  if (words->len > 0)
    g_key_file_set_string_list (file, terminal->serial, "learned", (const gchar *const *) words->pdata,
                                words->len);
}

gchar *
smartcom_list_to_text (SmartcomList *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_key_file_set_uint64 (file, GROUP_SERVER, "last-action", self->last_action);
  g_key_file_set_integer (file, GROUP_SERVER, "last-id", (gint) self->last_id);
  for (guint i = 0; i < self->all->len; i++)
    {
      SmartcomTerminal *terminal = g_ptr_array_index (self->all, i);

      g_key_file_set_uint64 (file, terminal->serial, "id", terminal->id);
      if (terminal->own)
        {
          g_key_file_set_boolean (file, terminal->serial, "own", TRUE);
          g_key_file_set_string (file, terminal->serial, "name",
                                 terminal->name != NULL ? terminal->name : "");
          if (terminal->hash != NULL)
            g_key_file_set_string (file, terminal->serial, "password-hash", terminal->hash);
        }
      put_meters (file, terminal);
      put_learned (file, terminal);
    }
  return g_key_file_to_data (file, NULL, NULL);
}
