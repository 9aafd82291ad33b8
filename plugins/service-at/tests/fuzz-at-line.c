/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Anything as a terminal session: lines, commands, filters, addresses, and the escape of a data connection.
 */
#include <string.h>

#include "at-command.h"
#include "at-escape.h"
#include "at-filter.h"
#include "at-meter.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
use_arg (const gchar *text)
{
  g_autofree AtFilter *filter = g_new0 (AtFilter, 1);
  g_autofree gchar *address = NULL;
  const gchar *protocol = at_protocol_parse (text);
  const gchar *interval = at_interval_parse (text);
  guint baud;

  g_assert_true (interval == NULL || at_interval_get_us (interval) > 0);
  g_assert_true (!at_address_check (protocol != NULL ? protocol : "MBUS", text)
                 || strlen (text) <= AT_TEXT_MAX);
  if (at_address_parse (text, &address, &baud))
    g_assert_true (*address != '\0');
  if (at_filter_parse (filter, text))
    g_assert_cmpuint (filter->n, <=, AT_FILTER_CONDITIONS_MAX);
}

static void
use_line (const gchar *line)
{
  AtCommand command;
  AtBasic basic;
  const gchar *text;
  gboolean error;

  if (!at_command_parse (&command, line))
    return;
  g_assert_cmpuint (command.n_args, <=, AT_ARGS_MAX);
  for (guint i = 0; i < command.n_args; i++)
    use_arg (command.args[i].text);
  text = command.basic;
  while (at_basic_next (&text, &basic, &error))
    g_assert_true (g_ascii_isupper (basic.letter));
}

/* Whatever the times are, what was not the escape comes out as it went in. */
static void
use_escape (const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) passed = g_byte_array_new ();
  AtEscape escape;
  gsize n_lost = 0;

  at_escape_begin (&escape, 0);
  for (gsize i = 0; i < size; i++)
    {
      gint64 now_us = (gint64) i * (size > 1 ? data[1] : 1) * 10000;

      if (at_escape_get_due_us (&escape) != 0 && at_escape_get_due_us (&escape) <= now_us
          && at_escape_expire (&escape, passed))
        n_lost += 3;
      at_escape_take (&escape, &data[i], 1, now_us, passed);
    }
  if (at_escape_get_due_us (&escape) != 0 && at_escape_expire (&escape, passed))
    n_lost += 3;
  g_assert_cmpuint (passed->len + n_lost, ==, size);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  AtLine line = { 0 };
  g_autoptr (GString) echo = g_string_new (NULL);

  for (gsize i = 0; i < size; i++)
    if (at_line_take (&line, data[i], echo) == AT_LINE_COMPLETE)
      {
        g_assert_cmpuint (line.length, <=, AT_LINE_MAX);
        use_line (line.text);
      }
  use_escape (data, size);
  return 0;
}
