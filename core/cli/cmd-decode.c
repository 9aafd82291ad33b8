/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* amsel decode: telegrams, one a line, to readings.
 *
 * Nothing that a line says can end the program: a line gives its readings or its error, and the next one
 * follows. A line that is too long is one error, however long it is, and never more of it is kept than the
 * bound. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "cli.h"
#include "decode-protocols.h"
#include "decode-text.h"
#include "driver-explain.h"
#include "driver-library.h"

#define STANDARD_INPUT "-"

#define CHUNK_SIZE (64 * 1024)

typedef struct
{
  gboolean as_json;
  gboolean explain;
  DecodeProtocols *protocols; /* (owned) */
  DecodeSplitter splitter;
  DecodeLine line;
  AmselJson json;         /* buffers that are kept from line to line */
  GString *text;          /* (owned) */
  const gchar *file_name; /* (unowned): of what is read now, for messages */
  guint64 line_number;
  gboolean failed; /* whether any line or file failed */
  GHashTable
      *told; /* (owned) (nullable) (element-type AmselIdentity gint64): end of the meter's last readout */
} Decoder;

static void
decoder_clear (Decoder *self)
{
  g_clear_pointer (&self->protocols, decode_protocols_free);
  decode_splitter_clear (&self->splitter);
  decode_line_clear (&self->line);
  amsel_json_clear (&self->json);
  g_string_free (self->text, TRUE);
  g_clear_pointer (&self->told, g_hash_table_unref);
}

static void
print (const gchar *text, gsize length)
{
  fwrite (text, 1, length, stdout);
  putchar ('\n');
}

static void
report_error (Decoder *self, const GError *error)
{
  self->failed = TRUE;
  if (!self->as_json)
    {
      cli_complain ("%s:%" G_GUINT64_FORMAT ": %s", self->file_name, self->line_number, error->message);
      return;
    }
  amsel_json_reset (&self->json);
  amsel_error_write_json (error, &self->json);
  print (self->json.text, self->json.length);
}

static void
report_telegram (Decoder *self, const AmselTelegram *telegram, const gchar *kind)
{
  const GError *fault = amsel_telegram_get_fault (telegram);

  if (amsel_telegram_get_encryption (telegram) == AMSEL_ENCRYPTION_UNCHECKED)
    cli_complain ("%s:%" G_GUINT64_FORMAT
                  ": unchecked: flagged as encrypted, and taken as plain although its check does not fit",
                  self->file_name, self->line_number);
  self->failed = self->failed || fault != NULL;
  if (self->as_json)
    {
      amsel_json_reset (&self->json);
      amsel_telegram_write_json (telegram, kind, &self->json);
      print (self->json.text, self->json.length);
      return;
    }
  g_string_truncate (self->text, 0);
  if (self->explain)
    driver_explain (telegram, self->text);
  else
    decode_text_append (telegram, kind, self->text);
  print (self->text->str, self->text->len);
  if (fault != NULL)
    cli_complain ("%s:%" G_GUINT64_FORMAT ": %s", self->file_name, self->line_number, fault->message);
}

/* A line that is not hexadecimal may be what a receiver prints. Where it is not, the error stays. */
static AmselTelegram *
decode_text_line (Decoder *self, const gchar *line, gsize length, const gchar **out_kind, GError **error)
{
  GError *other = NULL;
  AmselTelegram *telegram;

  decode_line_take_text (&self->line, line, length);
  telegram = decode_protocols_decode_text (self->protocols, &self->line, out_kind, &other);
  if (telegram != NULL || other != NULL)
    g_clear_error (error);
  if (other != NULL)
    g_propagate_error (error, other);
  return telegram;
}

static void
decode_one (const gchar *line, gsize length, gboolean cut, gpointer user_data)
{
  Decoder *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselTelegram) telegram = NULL;
  const gchar *kind = NULL;

  self->line_number++;
  if (cut)
    g_set_error (&error, DECODE_ERROR, DECODE_ERROR_LINE_TOO_LONG, "the line has more than %d characters",
                 DECODE_LINE_MAX);
  else if (decode_line_parse (&self->line, line, length, &error))
    {
      if (self->line.bytes->len == 0)
        return;
      telegram = decode_protocols_decode (self->protocols, &self->line, &kind, &error);
    }
  else
    telegram = decode_text_line (self, line, length, &kind, &error);
  if (telegram != NULL)
    report_telegram (self, telegram, kind);
  else
    report_error (self, error);
}

/* Reads what there is at a time, so that a line from a pipe is answered at once. */
static void
decode_descriptor (Decoder *self, int fd)
{
  g_autofree gchar *chunk = g_malloc (CHUNK_SIZE);
  gssize n;

  self->line_number = 0;
  while ((n = read (fd, chunk, CHUNK_SIZE)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          self->failed = TRUE;
          cli_complain ("%s: cannot read: %s", self->file_name, g_strerror (errno));
          break;
        }
      decode_splitter_feed (&self->splitter, chunk, (gsize) n, decode_one, self);
      fflush (stdout);
    }
  decode_splitter_end (&self->splitter, decode_one, self);
}

static void
decode_file (Decoder *self, const gchar *name)
{
  int fd;

  if (g_str_equal (name, STANDARD_INPUT))
    {
      self->file_name = "standard input";
      decode_descriptor (self, STDIN_FILENO);
      return;
    }
  self->file_name = name;
  fd = open (name, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    {
      self->failed = TRUE;
      cli_complain ("%s: cannot open: %s", name, g_strerror (errno));
      return;
    }
  decode_descriptor (self, fd);
  close (fd);
}

static int
decode_all (Decoder *self, int n_files, char **files)
{
  if (n_files == 0)
    decode_file (self, STANDARD_INPUT);
  for (int i = 0; i < n_files; i++)
    decode_file (self, files[i]);
  if (fflush (stdout) != 0 || ferror (stdout))
    {
      cli_complain ("cannot write the results: %s", g_strerror (errno));
      return CLI_FAILED;
    }
  return self->failed ? CLI_FAILED : CLI_DONE;
}

/* Whether a telegram that was joined to a readout was told with an earlier readout of its meter. One that
 * came between two readouts, because of interval-min, was not. */
static gboolean
was_told (Decoder *self, const AmselReadout *readout, guint index)
{
  const AmselTelegram *telegram = amsel_readout_get_telegram ((AmselReadout *) readout, index);
  const gint64 *end_us = g_hash_table_lookup (self->told, amsel_telegram_get_identity (telegram));

  return amsel_readout_is_joined (readout, index) && end_us != NULL
         && amsel_frame_get_received_us (amsel_telegram_get_frame (telegram)) <= *end_us;
}

static void
note_told (Decoder *self, const AmselReadout *readout)
{
  const AmselIdentity *meter = amsel_readout_get_identity (readout);
  gint64 end_us = amsel_readout_get_end_us (readout);

  if (meter != NULL)
    g_hash_table_replace (self->told, amsel_identity_copy (meter), g_memdup2 (&end_us, sizeof end_us));
}

static void
decode_readout (Decoder *self, const AmselReadout *readout)
{
  const gchar *kind = amsel_readout_get_info (readout)->protocol;
  gsize n;
  AmselTelegram *const *telegrams = amsel_readout_get_telegrams (readout, &n);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AmselTelegram) telegram = NULL;

      if (was_told (self, readout, i))
        continue;
      telegram = decode_protocols_decode_frame (self->protocols, kind,
                                                amsel_telegram_get_frame (telegrams[i]), &error);
      if (telegram != NULL)
        report_telegram (self, telegram, kind);
      else
        report_error (self, error);
    }
  note_told (self, readout);
}

/* Every telegram of a store, in the order in which they came. */
static int
decode_store (Decoder *self, const gchar *path)
{
  g_autoptr (AmselStore) store = amsel_store_new (path);
  g_autoptr (GError) error = NULL;
  guint64 sequence = 0;

  self->told = g_hash_table_new_full (amsel_identity_hash, amsel_identity_equal,
                                      (GDestroyNotify) amsel_identity_free, g_free);
  self->file_name = path;
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      cli_complain ("%s: there is no such store", path);
      return CLI_USAGE;
    }
  if (!amsel_store_open (store, &error))
    {
      cli_complain ("%s", error->message);
      return CLI_FAILED;
    }
  for (;;)
    {
      g_autoptr (AmselReadout) readout = amsel_store_read_next (store, sequence, &error);

      if (readout == NULL)
        break;
      sequence = amsel_readout_get_sequence (readout);
      self->line_number = sequence;
      decode_readout (self, readout);
    }
  amsel_store_close (store);
  if (error != NULL)
    cli_complain ("%s", error->message);
  return error == NULL && !self->failed && fflush (stdout) == 0 ? CLI_DONE : CLI_FAILED;
}

static gboolean
check_format (const gchar *format, gboolean *as_json)
{
  *as_json = g_strcmp0 (format, "json") == 0;
  if (*as_json || format == NULL || g_str_equal (format, "text"))
    return TRUE;
  cli_complain ("there is no format “%s”: expected text or json", format);
  return FALSE;
}

/* folder may be NULL. */
static gboolean
prefer_drivers (const gchar *folder)
{
  if (folder == NULL)
    return TRUE;
  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      cli_complain ("--drivers: there is no folder “%s”", folder);
      return FALSE;
    }
  driver_library_prefer (folder);
  return TRUE;
}

int
cmd_decode (int argc, char **argv)
{
  g_autofree gchar *protocol = NULL;
  g_autofree gchar *key = NULL;
  g_autofree gchar *keys = NULL;
  g_autofree gchar *format = NULL;
  g_autofree gchar *drivers = NULL;
  g_autofree gchar *store = NULL;
  gboolean decrypted = FALSE;
  gboolean explain = FALSE;
  const GOptionEntry entries[] = {
    { "protocol", 'p', 0, G_OPTION_ARG_STRING, &protocol,
      "Kind of the protocol, such as mbus; auto (the default) tries all that there are", "KIND" },
    { "key", 'k', 0, G_OPTION_ARG_STRING, &key,
      "Key of the meters that have none of their own: 32 digits (AES) or 16", "HEX" },
    { "keys", 0, 0, G_OPTION_ARG_FILENAME, &keys, "File with the keys of meters: lines of ADDRESS;KEY",
      "FILE" },
    { "decrypted", 0, 0, G_OPTION_ARG_NONE, &decrypted,
      "Take telegrams that are flagged as encrypted but have the marks of plain data as plain", NULL },
    { "from-store", 0, 0, G_OPTION_ARG_FILENAME, &store,
      "Decode the telegrams of a store again, for instance with a key that has come since", "STORE" },
    { "format", 'f', 0, G_OPTION_ARG_STRING, &format, "text (the default) or json, one object a line",
      "FORMAT" },
    { "explain", 'e', 0, G_OPTION_ARG_NONE, &explain,
      "Shows every byte with its meaning, and how much of it is understood; only as text", NULL },
    { "drivers", 0, 0, G_OPTION_ARG_FILENAME, &drivers,
      "Folder with drivers of meters, which come before all others", "FOLDER" },
    { NULL },
  };
  Decoder decoder = { .json = AMSEL_JSON_INIT };
  int status = CLI_USAGE;

  if (!cli_parse (&argc, &argv, "[FILE…]",
                  "Decodes telegrams, one a line: hexadecimal digits, blanks allowed, # begins a comment; or "
                  "what common\n"
                  "receivers of wireless M-Bus print. After a semicolon the key of the meter may follow. No "
                  "FILE, or -, is\n"
                  "standard input.\n\n"
                  "Ends with status 0 where every line was decoded, 1 where one was not, 2 for wrong usage.",
                  entries)
      || !check_format (format, &decoder.as_json) || !prefer_drivers (drivers))
    return CLI_USAGE;
  decoder.explain = explain;
  decoder.text = g_string_new (NULL);
  decode_splitter_init (&decoder.splitter);
  decode_line_init (&decoder.line);
  decoder.protocols = decode_protocols_new (&(DecodeOptions){ protocol, key, keys, decrypted });
  if (decoder.protocols != NULL)
    status = store != NULL ? decode_store (&decoder, store) : decode_all (&decoder, argc - 1, argv + 1);
  decoder_clear (&decoder);
  return status;
}
