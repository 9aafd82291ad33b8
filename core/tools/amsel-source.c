/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text files of a configuration, read whole and bounded.
 *
 * The text is kept until the configuration is loaded, because messages show the line that they are about.
 * Lines end where YAML says that they end, so that the numbers agree with those of the YAML parser. */
#include "amsel-source-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "amsel-error.h"
#include "amsel-param.h"

#define READ_CHUNK (64 * 1024)
/* Longer lines are cut in messages. */
#define SHOWN_MAX 200
/* Digits of the keys of meters. */
#define AES_DIGITS 32
#define DES_DIGITS 16

/**
 * amsel_source_new: (skip)
 * @path: its name in messages
 * @text: the text
 * @length: bytes in it
 *
 * Returns: a source made of a text
 */
AmselSource *
amsel_source_new (const gchar *path, const gchar *text, gsize length)
{
  AmselSource *self = g_new0 (AmselSource, 1);

  self->path = g_strdup (path);
  self->folder = g_path_get_dirname (path);
  self->text = g_strndup ("", length);
  for (gsize i = 0; i < length; i++)
    self->text[i] = text[i];
  self->length = length;
  self->masks = g_array_new (FALSE, FALSE, sizeof (AmselMark));
  return self;
}

void
amsel_source_free (AmselSource *self)
{
  g_free (self->path);
  g_free (self->folder);
  g_free (self->text);
  g_clear_pointer (&self->lines, g_array_unref);
  g_array_unref (self->masks);
  g_free (self);
}

static gboolean
fail_errno (const gchar *path, const gchar *what, GError **error)
{
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_FILE, "cannot %s “%s”: %s", what, path,
               g_strerror (errno));
  return FALSE;
}

static gboolean
read_all (int fd, const gchar *path, gsize bytes_max, GString *out, GError **error)
{
  g_autofree gchar *chunk = g_malloc (READ_CHUNK);

  while (TRUE)
    {
      gssize n = read (fd, chunk, READ_CHUNK);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail_errno (path, "read", error);
      if (n == 0)
        return TRUE;
      g_string_append_len (out, chunk, n);
      if (out->len > bytes_max)
        {
          g_autofree gchar *limit = amsel_size_to_string ((gint64) bytes_max);

          g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_FILE, "“%s” is larger than %s", path,
                       limit);
          return FALSE;
        }
    }
}

/**
 * amsel_source_load: (skip)
 * @path: a file
 * @bytes_max: the largest size to take
 * @error: return location for an #AmselConfigError
 *
 * Returns: the file, read whole; %NULL on error
 */
AmselSource *
amsel_source_load (const gchar *path, gsize bytes_max, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  AmselSource *self;
  struct stat status;
  gboolean done;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

  if (fd < 0)
    {
      fail_errno (path, "open", error);
      return NULL;
    }
  done = (fstat (fd, &status) == 0 || fail_errno (path, "read", error))
         && read_all (fd, path, bytes_max, text, error);
  close (fd);
  if (!done)
    return NULL;
  self = amsel_source_new (path, text->str, text->len);
  self->world_readable = S_ISREG (status.st_mode) && (status.st_mode & S_IROTH) != 0;
  self->device = (guint64) status.st_dev;
  self->inode = (guint64) status.st_ino;
  return self;
}

/* Length of the line break that begins here, by the rules of YAML 1.1; 0 where none does. */
static gsize
break_length (const gchar *p, const gchar *end)
{
  const guint8 *u = (const guint8 *) p;
  gsize left = (gsize) (end - p);

  if (left >= 2 && u[0] == '\r' && u[1] == '\n')
    return 2;
  if (left >= 1 && (u[0] == '\r' || u[0] == '\n'))
    return 1;
  if (left >= 2 && u[0] == 0xC2 && u[1] == 0x85)
    return 2;
  if (left >= 3 && u[0] == 0xE2 && u[1] == 0x80 && (u[2] == 0xA8 || u[2] == 0xA9))
    return 3;
  return 0;
}

static void
find_lines (AmselSource *self)
{
  const gchar *end = self->text + self->length;
  gsize offset = 0;

  self->lines = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_array_append_val (self->lines, offset);
  for (const gchar *p = self->text; p < end;)
    {
      gsize n = break_length (p, end);

      p += MAX (n, 1);
      offset = (gsize) (p - self->text);
      if (n > 0)
        g_array_append_val (self->lines, offset);
    }
}

gboolean
amsel_source_find_damage (AmselSource *self, AmselMark *out_mark)
{
  const gchar *bad;
  const gchar *start = self->text;
  guint line = 1;

  if (g_utf8_validate_len (self->text, self->length, &bad))
    return FALSE;
  for (const gchar *p = self->text; p < bad;)
    {
      gsize n = break_length (p, bad);

      p += MAX (n, 1);
      if (n > 0)
        {
          line++;
          start = p;
        }
    }
  *out_mark = (AmselMark){ self, line, (guint) g_utf8_strlen (start, bad - start) + 1, 1 };
  return TRUE;
}

static void
hide_span (GString *text, glong from, glong n)
{
  glong n_chars = g_utf8_strlen (text->str, -1);
  glong first = MIN (from, n_chars);
  glong last = MIN (first + n, n_chars);
  const gchar *start = g_utf8_offset_to_pointer (text->str, first);
  const gchar *end = g_utf8_offset_to_pointer (text->str, last);
  g_autofree gchar *stars = g_strnfill ((gsize) (last - first), '*');
  gssize at = start - text->str;

  g_string_erase (text, at, end - start);
  g_string_insert (text, at, stars);
}

/* Overwrites the secrets of a line with stars. */
static void
hide_secrets (AmselSource *self, guint line, GString *text)
{
  for (guint i = 0; i < self->masks->len; i++)
    {
      const AmselMark *mask = &g_array_index (self->masks, AmselMark, i);

      if (mask->line == line)
        hide_span (text, (glong) mask->column - 1, (glong) mask->length);
    }
}

void
amsel_source_hide_keys (gchar *text)
{
  for (gchar *p = text; *p != '\0';)
    {
      gsize n = 0;

      while (g_ascii_isxdigit (p[n]))
        n++;
      if ((n >= AES_DIGITS - 1 && n <= AES_DIGITS + 1) || (n >= DES_DIGITS - 1 && n <= DES_DIGITS + 1))
        memset (p, '*', n);
      p += MAX (n, 1);
    }
}

gchar *
amsel_source_dup_line (AmselSource *self, guint line)
{
  const gchar *end = self->text + self->length;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree gchar *valid = NULL;

  if (self->lines == NULL)
    find_lines (self);
  if (line == 0 || line > self->lines->len)
    return g_strdup ("");
  for (const gchar *p = self->text + g_array_index (self->lines, gsize, line - 1);
       p < end && break_length (p, end) == 0; p++)
    g_string_append_c (text, g_ascii_iscntrl (*p) ? ' ' : *p);
  valid = g_utf8_make_valid (text->str, (gssize) text->len);
  g_string_assign (text, valid);
  hide_secrets (self, line, text);
  amsel_source_hide_keys (text->str);
  return g_utf8_strlen (text->str, -1) <= SHOWN_MAX ? g_strdup (text->str)
                                                    : g_utf8_substring (text->str, 0, SHOWN_MAX);
}

void
amsel_source_mask (AmselSource *self, const AmselMark *mark)
{
  g_array_append_val (self->masks, *mark);
}

gchar *
amsel_source_resolve (AmselSource *self, const gchar *path)
{
  if (g_path_is_absolute (path) || g_str_equal (self->folder, "."))
    return g_strdup (path);
  return g_build_filename (self->folder, path, NULL);
}
