/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Formats of compact frames as drivers describe them: the DIF and VIF chains of all records of a telegram.
 *
 * Meters of one make differ in the units that they were ordered with, so a line may leave a choice, and is
 * written out to one format for each: “04{05,06} 44{05,06}” is 0405 4405 and 0406 4406. The same braces are
 * the same choice; “{426C,}” may be missing. That many formats are tried does no harm: signature and CRC of
 * the full frame both have to fit. */
#include "driver-formats.h"

#include <string.h>

#include "driver-reader.h"
#include "en13757-crc.h"

/* Longest chains of a compact frame; most choices of a line, and most formats that it becomes. */
#define FORMAT_BYTES_MAX 250
#define CHOICES_MAX      8
#define FORMATS_MAX      1024

/* The choices of a line. */
typedef struct
{
  gchar *braces[CHOICES_MAX]; /* (owned): what stands between them */
  gchar **words[CHOICES_MAX]; /* (owned) */
  guint taken[CHOICES_MAX];   /* which word of each is taken */
  guint n;
} Choices;

static void
choices_clear (Choices *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      g_free (self->braces[i]);
      g_strfreev (self->words[i]);
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Choices, choices_clear)

static gint
choices_find (const Choices *self, const gchar *braces, gsize length)
{
  for (guint i = 0; i < self->n; i++)
    if (strlen (self->braces[i]) == length && strncmp (self->braces[i], braces, length) == 0)
      return (gint) i;
  return -1;
}

/* Collects the braces of a line, each once. */
static gboolean
choices_read (Choices *self, const gchar *text)
{
  const gchar *open = text, *close;

  while ((open = strchr (open, '{')) != NULL)
    {
      gsize length;

      close = strchr (open, '}');
      if (close == NULL)
        return FALSE;
      length = (gsize) (close - open) - 1;
      if (choices_find (self, open + 1, length) < 0)
        {
          if (self->n == CHOICES_MAX)
            return FALSE;
          self->braces[self->n] = g_strndup (open + 1, length);
          self->words[self->n] = g_strsplit (self->braces[self->n], ",", -1);
          if (self->words[self->n++][0] == NULL)
            return FALSE;
        }
      open = close;
    }
  return TRUE;
}

/* Takes the next words, as an odometer goes on; FALSE behind the last ones. */
static gboolean
choices_advance (Choices *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      if (self->words[i][++self->taken[i]] != NULL)
        return TRUE;
      self->taken[i] = 0;
    }
  return FALSE;
}

/* The line with the words that are taken in place of the braces. */
static gchar *
choices_apply (const Choices *self, const gchar *text)
{
  GString *line = g_string_new (NULL);

  while (*text != '\0')
    {
      const gchar *close = *text == '{' ? strchr (text, '}') : NULL;
      gint choice = close != NULL ? choices_find (self, text + 1, (gsize) (close - text) - 1) : -1;

      if (choice >= 0)
        g_string_append (line, self->words[choice][self->taken[choice]]);
      else
        g_string_append_c (line, *text);
      text = choice >= 0 ? close + 1 : text + 1;
    }
  return g_string_free (line, FALSE);
}

static GBytes *
read_hex (const gchar *text)
{
  g_autoptr (GBytes) bytes = amsel_hex_decode (text, -1, NULL);
  gsize length = bytes != NULL ? g_bytes_get_size (bytes) : 0;

  return length > 0 && length <= FORMAT_BYTES_MAX ? g_steal_pointer (&bytes) : NULL;
}

static gboolean
read_line (GPtrArray *formats, const gchar *text)
{
  g_auto (Choices) choices = { 0 };
  guint n = 0;

  if (!choices_read (&choices, text))
    return FALSE;
  do
    {
      g_autofree gchar *line = choices_apply (&choices, text);
      GBytes *bytes = n < FORMATS_MAX ? read_hex (line) : NULL;

      if (bytes == NULL)
        return FALSE;
      g_ptr_array_add (formats, bytes);
      n++;
    }
  while (choices_advance (&choices));
  return TRUE;
}

void
driver_reader_formats (DriverReader *self, const AmselYamlNode *node)
{
  for (guint i = 0; i < driver_reader_n_items (node); i++)
    {
      const AmselYamlNode *item = driver_reader_item (node, i);

      if (item->type != AMSEL_YAML_SCALAR || !read_line (self->driver->formats, item->text))
        driver_reader_error (self, item, "such as 02FF20 0413 44{13,14}",
                             "expected the DIF and VIF chains of a telegram in hexadecimal digits");
    }
}

GHashTable *
driver_formats_new (void)
{
  return g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
}

/* The signature of a compact frame's chains is their CRC (EN 13757-3, Annex G). */
static guint16
signature_of (GBytes *chains)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (chains, &length);

  return en13757_crc (data, length);
}

void
driver_formats_add (GHashTable *self, const DriverDescribed *driver)
{
  for (guint i = 0; i < driver->formats->len; i++)
    {
      GBytes *chains = g_ptr_array_index (driver->formats, i);
      gpointer signature = GUINT_TO_POINTER ((guint) signature_of (chains));
      GPtrArray *same = g_hash_table_lookup (self, signature);

      if (same == NULL)
        {
          same = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
          g_hash_table_insert (self, signature, same);
        }
      g_ptr_array_add (same, g_bytes_ref (chains));
    }
}
