/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines, commands, meters and the escape: tables of what is typed, and of what is wrong in it. */
#include <string.h>

#include "at-command.h"
#include "at-escape.h"
#include "at-meter.h"

/* Feeds bytes; the lines come out separated by "|", those that are refused as "#". */
static gchar *
type (const gchar *bytes, gsize length, GString *echo)
{
  AtLine line = { 0 };
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    {
      AtLineStatus status = at_line_take (&line, (guint8) bytes[i], echo);

      if (status == AT_LINE_COMPLETE)
        g_string_append_printf (out, "%s|", line.text);
      else if (status != AT_LINE_MORE)
        g_string_append_c (out, '#');
    }
  return g_string_free (out, FALSE);
}

static void
test_line_ends (void)
{
  const struct
  {
    const gchar *typed;
    gsize length; /* 0: up to the zero */
    const gchar *lines;
  } cases[] = {
    { "AT\r", 0, "AT|" },
    { "AT\n", 0, "AT|" },
    { "AT\r\nATI\r\n", 0, "AT|ATI|" },
    { "AT\r\0ATI\r\0", 9, "AT|ATI|" }, /* telnet */
    { "\r\n\r\n", 0, "||" },
    { "AT\n\nATI\r\r", 0, "AT||ATI||" },
    { "AX\bT\r", 0, "AT|" },
    { "\b\b\x7F"
      "AT\r",
      0, "AT|" },
    { "A\tT\r", 0, "A T|" },
    { "AT", 0, "" },
    { "\xFF\xFB\x01"
      "AT\r\xFF\xFD\x03",
      0, "AT|" }, /* WILL, DO */
    { "\xFF\xFA\x18\x00xterm\xFF\xF0"
      "AT\r",
      14, "AT|" },                /* a sub-negotiation */
    { "A\xFF\xF1T\r", 0, "AT|" }, /* NOP */
    { "AT\x01\r", 0, "#" },
    { "\xC3\xA9\rAT\r", 0, "#AT|" },
    { "\0\1\2\3\4\r", 6, "#" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize length = cases[i].length != 0 ? cases[i].length : strlen (cases[i].typed);
      g_autofree gchar *lines = type (cases[i].typed, length, NULL);

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpstr (lines, ==, cases[i].lines);
    }
}

/* a line without end costs no memory, and the next one is sound */
static void
test_too_long (void)
{
  AtLine line = { 0 };

  for (guint i = 0; i < 1000000; i++)
    g_assert_cmpint (at_line_take (&line, 'A', NULL), ==, AT_LINE_MORE);
  g_assert_cmpint (at_line_take (&line, '\r', NULL), ==, AT_LINE_TOO_LONG);
  at_line_take (&line, 'A', NULL);
  at_line_take (&line, 'T', NULL);
  g_assert_cmpint (at_line_take (&line, '\r', NULL), ==, AT_LINE_COMPLETE);
  g_assert_cmpstr (line.text, ==, "AT");
}

static void
test_echo (void)
{
  g_autoptr (GString) echo = g_string_new (NULL);
  g_autofree gchar *lines = type ("\xFF\xFB\x01"
                                  "aX\bt\r\nati\n",
                                  13, echo);

  g_assert_cmpstr (lines, ==, "at|ati|");
  g_assert_cmpstr (echo->str, ==, "aX\b \bt\rati\n");
}

static void
test_commands (void)
{
  const struct
  {
    const gchar *line;
    const gchar *name; /* NULL: no command */
    AtForm form;
    const gchar *args; /* separated by "|", quoted ones in "'" */
  } cases[] = {
    { "AT", "", AT_FORM_EXECUTE, "" },
    { "at+gmi", "+GMI", AT_FORM_EXECUTE, "" },
    { "AT^SCAMS?", "^SCAMS", AT_FORM_READ, "" },
    { "AT^SCAMS=?", "^SCAMS", AT_FORM_TEST, "" },
    { " a t ^ s c a m s = ? ", "^SCAMS", AT_FORM_TEST, "" },
    { "at^scams = \"enable\", 1", "^SCAMS", AT_FORM_WRITE, "'enable'|1" },
    { "at^scamsadd=2,2,\"default\",\"1m\",2", "^SCAMSADD", AT_FORM_WRITE, "2|2|'default'|'1m'|2" },
    { "AT^SCDATA=\"GET_FILTERED\",\"A==1;B<2, 3\"", "^SCDATA", AT_FORM_WRITE,
      "'GET_FILTERED'|'A==1;B<2, 3'" },
    { "AT^X=", "^X", AT_FORM_WRITE, "" },
    { "AT^X=,\"\"", "^X", AT_FORM_WRITE, "|''" },
    { "AT^X=\"a", NULL, 0, NULL },
    { "AT^X=\"a\"b", NULL, 0, NULL },
    { "AT^X=a\"b\"", NULL, 0, NULL },
    { "AT^X=?1", NULL, 0, NULL },
    { "AT^X?1", NULL, 0, NULL },
    { "AT^X!", NULL, 0, NULL },
    { "AT^", NULL, 0, NULL },
    { "AT^ABCDEFGHIJKLMNOPQRST", NULL, 0, NULL },
    { "AT^X=1,2,3,4,5,6,7,8,9,10,11,12,13", NULL, 0, NULL },
    { "A", NULL, 0, NULL },
    { "XAT", NULL, 0, NULL },
    { "", NULL, 0, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      AtCommand command;
      gboolean ok = at_command_parse (&command, cases[i].line);
      g_autoptr (GString) args = g_string_new (NULL);

      g_test_message ("%s", cases[i].line);
      g_assert_cmpint (ok, ==, cases[i].name != NULL);
      if (!ok)
        continue;
      g_assert_cmpstr (command.name, ==, cases[i].name);
      g_assert_cmpint (command.form, ==, cases[i].form);
      for (guint k = 0; k < command.n_args; k++)
        g_string_append_printf (args, command.args[k].quoted ? "%s'%s'" : "%s%s", k > 0 ? "|" : "",
                                command.args[k].text);
      g_assert_cmpstr (args->str, ==, cases[i].args);
    }
}

static void
test_basics (void)
{
  AtCommand command;
  AtBasic basic;
  const gchar *text;
  gboolean error;

  g_assert_true (at_command_parse (&command, "ate0 V1 i4&F"));
  text = command.basic;
  g_assert_true (at_basic_next (&text, &basic, &error));
  g_assert_cmpint (basic.letter, ==, 'E');
  g_assert_cmpuint (basic.number, ==, 0);
  g_assert_true (at_basic_next (&text, &basic, &error));
  g_assert_cmpuint (basic.number, ==, 1);
  g_assert_true (at_basic_next (&text, &basic, &error));
  g_assert_cmpuint (basic.number, ==, 4);
  g_assert_true (at_basic_next (&text, &basic, &error));
  g_assert_true (basic.is_amp);
  g_assert_false (at_basic_next (&text, &basic, &error));
  g_assert_false (error);

  g_assert_true (at_command_parse (&command, "ATDT 2"));
  text = command.basic;
  g_assert_true (at_basic_next (&text, &basic, &error));
  g_assert_cmpstr (basic.rest, ==, "T 2");
  text = "E!";
  g_assert_true (at_basic_next (&text, &basic, &error));
  g_assert_false (at_basic_next (&text, &basic, &error));
  g_assert_true (error);
}

static void
test_meters (void)
{
  const struct
  {
    const gchar *protocol;
    const gchar *address;
    gboolean good;
  } cases[] = {
    { "MBUS", "*15020416@2400", TRUE },
    { "MBUS", "1@2400", TRUE },
    { "MBUS", "0", TRUE },
    { "MBUS", "250@300", TRUE },
    { "MBUS", "254@2400", TRUE },
    { "MBUS", "*1502FFFF", TRUE },
    { "MBUS", "*15020416.LDR.01.02@2400", TRUE },
    { "MBUS", "251@2400", FALSE },
    { "MBUS", "256", FALSE },
    { "MBUS", "*1502041@2400", FALSE },
    { "MBUS", "*150204161@2400", FALSE },
    { "MBUS", "*15020416@2500", FALSE },
    { "MBUS", "*15020416@", FALSE },
    { "MBUS", "@2400", FALSE },
    { "MBUS", "*@2400", FALSE },
    { "MBUS", "", FALSE },
    { "MBUS", "*15020416.LDR.01.02.03.04.05@2400", FALSE }, /* 33 characters */
    { "IEC62056-21", "947834", TRUE },
    { "AIN_DIN", "1/PULSE/ABS", TRUE },
    { "AIN_DIN", "2/pulse/rel", TRUE },
    { "AIN_DIN", "2/PULSE", FALSE },
    { "AIN_DIN", "0/PULSE/ABS", FALSE },
    { "AIN_DIN", "1/PULSE/ABS/X", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s %s", cases[i].protocol, cases[i].address);
      g_assert_cmpint (at_address_check (cases[i].protocol, cases[i].address), ==, cases[i].good);
    }
  g_assert_cmpstr (at_protocol_parse ("2"), ==, "MBUS");
  g_assert_cmpstr (at_protocol_parse ("mbus"), ==, "MBUS");
  g_assert_cmpstr (at_protocol_parse ("1"), ==, "IEC62056-21");
  g_assert_null (at_protocol_parse ("modbus"));
  g_assert_cmpstr (at_interval_parse ("1m"), ==, "1M");
  g_assert_cmpstr (at_interval_parse ("1D"), ==, "1D");
  g_assert_null (at_interval_parse ("7M"));
  g_assert_null (at_interval_parse ("15m "));
  g_assert_cmpuint (at_baud_parse ("2400"), ==, 2400);
  g_assert_cmpuint (at_baud_parse ("2401"), ==, 0);
}

/* what passes through a data connection, with the times of its bytes in seconds */
static void
test_escape (void)
{
  const struct
  {
    const gchar *story; /* digits: pause in half seconds before the next byte; "!": time of expiry */
    const gchar *passed;
    gboolean escaped;
  } cases[] = {
    { "2+++!", "", TRUE },      { "2++x", "++x", FALSE },  { "2+++x", "+++x", FALSE },
    { "1+++!", "+++", FALSE },                             /* no pause before it */
    { "2++++", "++++", FALSE },                            /* one too many */
    { "2++!", "++", FALSE },    { "2+2++", "+++", FALSE }, /* too slow: the second begins anew, and is data as
                                                              well */
    { "a+b", "a+b", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      AtEscape escape;
      gint64 now_us = 0;
      gboolean escaped = FALSE;
      g_autoptr (GByteArray) passed = g_byte_array_new ();

      g_test_message ("%s", cases[i].story);
      at_escape_begin (&escape, 0);
      for (const gchar *p = cases[i].story; *p != '\0'; p++)
        if (g_ascii_isdigit (*p))
          {
            now_us += (*p - '0') * AT_GUARD_US / 2;
            if (at_escape_get_due_us (&escape) != 0 && at_escape_get_due_us (&escape) <= now_us)
              escaped = at_escape_expire (&escape, passed);
          }
        else if (*p == '!')
          escaped = at_escape_get_due_us (&escape) != 0 && at_escape_expire (&escape, passed);
        else
          at_escape_take (&escape, (const guint8 *) p, 1, now_us, passed);
      if (at_escape_get_due_us (&escape) != 0)
        at_escape_expire (&escape, passed);
      g_assert_cmpint (escaped, ==, cases[i].escaped);
      g_assert_cmpmem (passed->data, passed->len, cases[i].passed, strlen (cases[i].passed));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/at/line/ends", test_line_ends);
  g_test_add_func ("/at/line/too-long", test_too_long);
  g_test_add_func ("/at/line/echo", test_echo);
  g_test_add_func ("/at/command/parse", test_commands);
  g_test_add_func ("/at/command/basics", test_basics);
  g_test_add_func ("/at/meter", test_meters);
  g_test_add_func ("/at/escape", test_escape);
  return g_test_run ();
}
