/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of a scalar: ${NAME} from the environment, and secrets from elsewhere.
 *
 * ${NAME} is the environment variable, which must be set; ${NAME:-text} is the text where it is not set or
 * empty; $${ stands for the two characters ${. What comes out is text again and never looked at as YAML. */
#include "amsel-config-private.h"

#include <string.h>
#include <sys/stat.h>

#include "amsel-param.h"

#define MESSAGE_ESCAPE "write $${ where the two characters ${ are meant"

/* Place of a byte of a scalar; the scalar where it is not written as it reads. */
static AmselMark
mark_within (const AmselYamlNode *node, const gchar *at, const gchar *end)
{
  AmselMark mark = node->mark;
  guint quotes = node->plain ? 0 : 1;

  if (node->mark.length != (guint) g_utf8_strlen (node->text, -1) + 2 * quotes)
    return mark;
  mark.column += quotes + (guint) g_utf8_strlen (node->text, at - node->text);
  mark.length = (guint) g_utf8_strlen (at, end - at);
  return mark;
}

static gboolean
is_name (const gchar *text, gsize length)
{
  if (length == 0 || g_ascii_isdigit (text[0]))
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '_')
      return FALSE;
  return TRUE;
}

/* Puts in the variable that stands between start ("${") and end ("}"). */
static gboolean
put_variable (AmselLoader *self, const AmselYamlNode *node, const gchar *start, const gchar *end,
              GString *out)
{
  const gchar *inner = start + 2;
  gsize length = (gsize) (end - inner);
  const gchar *fallback = g_strstr_len (inner, (gssize) length, ":-");
  gsize name_length = fallback != NULL ? (gsize) (fallback - inner) : length;
  g_autofree gchar *name = g_strndup (inner, name_length);
  AmselMark mark = mark_within (node, start, end + 1);
  const gchar *value;

  if (!is_name (name, name_length))
    {
      amsel_problems_add (&self->problems, AMSEL_SEVERITY_ERROR, &mark,
                          "expected ${NAME} or ${NAME:-default}; " MESSAGE_ESCAPE,
                          "“%s” cannot be the name of an environment variable", name);
      return FALSE;
    }
  value = g_getenv (name);
  if (fallback != NULL && (value == NULL || value[0] == '\0'))
    {
      g_string_append_len (out, fallback + 2, end - fallback - 2);
      return TRUE;
    }
  if (value == NULL)
    {
      amsel_problems_add (&self->problems, AMSEL_SEVERITY_ERROR, &mark,
                          "set it, or give a default: ${NAME:-default}",
                          "the environment variable “%s” is not set", name);
      return FALSE;
    }
  if (!g_utf8_validate (value, -1, NULL))
    {
      amsel_problems_add (&self->problems, AMSEL_SEVERITY_ERROR, &mark, NULL,
                          "the environment variable “%s” is not UTF-8 text", name);
      return FALSE;
    }
  g_string_append (out, value);
  return TRUE;
}

gchar *
amsel_config_text_expand (AmselLoader *self, const AmselYamlNode *node, gboolean *out_foreign)
{
  g_autoptr (GString) out = NULL;
  const gchar *rest = node->text;

  if (out_foreign != NULL)
    *out_foreign = FALSE;
  if (node->literal || strstr (rest, "${") == NULL)
    return g_strdup (node->text);
  out = g_string_new (NULL);
  for (const gchar *at = strstr (rest, "${"); at != NULL; at = strstr (rest, "${"))
    {
      const gchar *end = strchr (at, '}');
      gboolean escaped = at > rest && at[-1] == '$';

      g_string_append_len (out, rest, at - rest - (escaped ? 1 : 0));
      if (escaped)
        {
          g_string_append (out, "${");
          rest = at + 2;
          continue;
        }
      if (end == NULL)
        {
          AmselMark mark = mark_within (node, at, at + 2);

          amsel_problems_add (&self->problems, AMSEL_SEVERITY_ERROR, &mark, MESSAGE_ESCAPE,
                              "“${” without “}”");
          return NULL;
        }
      if (!put_variable (self, node, at, end, out))
        return NULL;
      if (out_foreign != NULL)
        *out_foreign = TRUE;
      rest = end + 1;
    }
  g_string_append (out, rest);
  if (out->len > AMSEL_CONFIG_TEXT_MAX)
    {
      amsel_loader_error (self, node, NULL, "the text is longer than %d bytes", AMSEL_CONFIG_TEXT_MAX);
      return NULL;
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Content of a file without the line break at its end. */
static gchar *
read_secret (AmselLoader *self, const AmselYamlNode *node, const gchar *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselSource) file = NULL;
  AmselMark damage;
  gsize length;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR) && g_file_test (path, G_FILE_TEST_EXISTS))
    {
      amsel_loader_error (self, node, NULL, "“%s” is no file", path);
      return NULL;
    }
  file = amsel_source_load (path, AMSEL_CONFIG_TEXT_MAX, &error);
  if (file == NULL)
    {
      amsel_loader_report_file (self, node, path, error);
      return NULL;
    }
  if (memchr (file->text, 0, file->length) != NULL || amsel_source_find_damage (file, &damage))
    {
      amsel_loader_error (self, node, NULL, "the secret in “%s” is not text", path);
      return NULL;
    }
  if (file->world_readable)
    {
      g_autofree gchar *hint = g_strdup_printf ("chmod o-r '%s'", path);

      amsel_loader_warn (self, node, hint, "everybody on this machine can read the secret in “%s”", path);
    }
  length = file->length;
  if (length > 0 && file->text[length - 1] == '\n')
    length--;
  if (length > 0 && file->text[length - 1] == '\r')
    length--;
  return g_strndup (file->text, length);
}

static gchar *
get_credential (AmselLoader *self, const AmselYamlNode *node, const gchar *name)
{
  const gchar *folder = g_getenv ("CREDENTIALS_DIRECTORY");
  g_autofree gchar *path = NULL;

  if (folder == NULL)
    {
      amsel_loader_error (self, node, "LoadCredential= in the unit of the service gives it",
                          "there are no credentials: CREDENTIALS_DIRECTORY is not set");
      return NULL;
    }
  if (strchr (name, '/') != NULL || name[0] == '.' || name[0] == '\0')
    {
      amsel_loader_error (self, node, "expected the name that LoadCredential= gives, without a path",
                          "“%s” cannot be the name of a credential", name);
      return NULL;
    }
  path = g_build_filename (folder, name, NULL);
  return read_secret (self, node, path);
}

static gchar *
get_variable (AmselLoader *self, const AmselYamlNode *node, const gchar *name)
{
  const gchar *value = g_getenv (name);

  if (value != NULL && g_utf8_validate (value, -1, NULL))
    return g_strdup (value);
  amsel_loader_error (self, node, NULL,
                      value == NULL ? "the environment variable “%s” is not set"
                                    : "the environment variable “%s” is not UTF-8 text",
                      name);
  return NULL;
}

static gchar *
fetch (AmselLoader *self, const AmselYamlNode *node)
{
  g_autofree gchar *argument = amsel_config_text_expand (self, node, NULL);
  g_autofree gchar *path = NULL;

  if (argument == NULL)
    return NULL;
  if (g_str_equal (node->tag, "!env"))
    return get_variable (self, node, argument);
  if (g_str_equal (node->tag, "!credential"))
    return get_credential (self, node, argument);
  path = amsel_source_resolve (node->mark.source, argument);
  return read_secret (self, node, path);
}

/* A secret that everybody can see where it stands is told, once for each key and file. */
static void
warn_of_clear_text (AmselLoader *self, const AmselYamlNode *node, GParamSpec *pspec)
{
  AmselSource *source = node->mark.source;
  g_autofree gchar *key = g_strdup_printf ("%p:%s", (gpointer) source, pspec->name);

  if (node->literal && !source->world_readable)
    return;
  if (!g_hash_table_add (self->told, g_steal_pointer (&key)))
    return;
  amsel_loader_warn (
      self, node,
      node->literal ? "take the right to read the file from others"
                    : "put it elsewhere: !file PATH, !env NAME or !credential NAME",
      source->world_readable
          ? "the secret “%s” stands in clear text in a file that everybody on this machine can read"
          : "the secret “%s” stands in clear text",
      pspec->name);
}

static void
warn_of_public_file (AmselLoader *self, const AmselYamlNode *node, const gchar *path)
{
  g_autofree gchar *hint = g_strdup_printf ("chmod o-r '%s'", path);
  struct stat info;

  if (stat (path, &info) == 0 && S_ISREG (info.st_mode) && (info.st_mode & S_IROTH) != 0)
    amsel_loader_warn (self, node, hint, "everybody on this machine can read the secrets in “%s”", path);
}

static gchar *
get_path (AmselLoader *self, const AmselYamlNode *node, GParamSpec *pspec, const gchar *text)
{
  gchar *path = amsel_source_resolve (node->mark.source, text);

  if ((pspec->flags & AMSEL_PARAM_PRIVATE) != 0)
    warn_of_public_file (self, node, path);
  return path;
}

gchar *
amsel_config_text_get (AmselLoader *self, const AmselYamlNode *node, GParamSpec *pspec)
{
  gboolean secret = (pspec->flags & AMSEL_PARAM_SECRET) != 0;
  gboolean foreign = FALSE;
  g_autofree gchar *text = NULL;

  if (node->tag != NULL && !secret)
    {
      amsel_loader_error (self, node, "${NAME} puts an environment variable into any text",
                          "%s is for secrets, and “%s” is none", node->tag, pspec->name);
      return NULL;
    }
  if (node->tag != NULL)
    return fetch (self, node);
  if (secret)
    amsel_source_mask (node->mark.source, &node->mark);
  text = amsel_config_text_expand (self, node, &foreign);
  if (secret && !foreign && text != NULL)
    warn_of_clear_text (self, node, pspec);
  if (text != NULL && (pspec->flags & AMSEL_PARAM_PATH) != 0 && text[0] != '\0')
    return get_path (self, node, pspec, text);
  return g_steal_pointer (&text);
}
