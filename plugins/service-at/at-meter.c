/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Meters as the tables of the terminal have them, and what their texts mean. */
#include "at-meter.h"

#include <string.h>

static const struct
{
  const gchar *number;
  const gchar *name;
} PROTOCOLS[] = {
  { "1", "IEC62056-21" },
  { "2", "MBUS" },
  { "3", "AIN_DIN" },
};

static const guint BAUDS[] = { 300, 600, 1200, 2400, 4800, 9600, 19200, 38400 };

AtMeter *
at_meter_new (guint port, const gchar *protocol, const gchar *address, const gchar *interval)
{
  AtMeter *self = g_new0 (AtMeter, 1);

  self->port = port;
  self->protocol = g_strdup (protocol);
  self->address = g_strdup (address);
  self->interval = g_strdup (interval);
  return self;
}

AtMeter *
at_meter_copy (const AtMeter *self)
{
  return at_meter_new (self->port, self->protocol, self->address, self->interval);
}

void
at_meter_free (AtMeter *self)
{
  g_free (self->protocol);
  g_free (self->address);
  g_free (self->interval);
  g_free (self);
}

AtWireless *
at_wireless_new (const gchar *address, const gchar *interval, const gchar *key)
{
  AtWireless *self = g_new0 (AtWireless, 1);

  self->address = g_strdup (address);
  self->interval = g_strdup (interval);
  self->key = g_strdup (key);
  return self;
}

AtWireless *
at_wireless_copy (const AtWireless *self)
{
  return at_wireless_new (self->address, self->interval, self->key);
}

void
at_wireless_free (AtWireless *self)
{
  g_free (self->address);
  g_free (self->interval);
  g_free (self->key);
  g_free (self);
}

const gchar *
at_protocol_parse (const gchar *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (PROTOCOLS); i++)
    if (g_ascii_strcasecmp (PROTOCOLS[i].name, text) == 0 || g_str_equal (PROTOCOLS[i].number, text))
      return PROTOCOLS[i].name;
  return NULL;
}

gint64
at_interval_get_us (const gchar *interval)
{
  gint64 us = 0;

  return amsel_schedule_ams_interval_parse (interval, &us, NULL) ? us : 0;
}

const gchar *
at_interval_parse (const gchar *text)
{
  gint64 us = at_interval_get_us (text);

  return us != 0 ? amsel_schedule_ams_interval_get_name (us) : NULL;
}

guint
at_baud_parse (const gchar *text)
{
  guint64 baud = 0;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT, &baud, NULL))
    return 0;
  for (gsize i = 0; i < G_N_ELEMENTS (BAUDS); i++)
    if (BAUDS[i] == baud)
      return (guint) baud;
  return 0;
}

gboolean
at_address_parse (const gchar *text, gchar **address, guint *baud)
{
  const gchar *at = strchr (text, '@');
  const gchar *begin = *text == '*' ? text + 1 : text;

  *baud = at != NULL ? at_baud_parse (at + 1) : 0;
  if ((at != NULL && *baud == 0) || *begin == '\0' || at == begin)
    return FALSE;
  *address = at != NULL ? g_strndup (begin, (gsize) (at - begin)) : g_strdup (begin);
  return TRUE;
}

/* <input>/<kind>/<mode> */
static gboolean
check_input (const gchar *address)
{
  static const gchar *const KINDS[] = { "PULSE", "AIN", "DIN", NULL };
  g_auto (GStrv) parts = g_strsplit (address, "/", 4);
  guint64 input;

  if (g_strv_length (parts) != 3 || !g_ascii_string_to_unsigned (parts[0], 10, 1, 8, &input, NULL))
    return FALSE;
  for (gsize i = 0; KINDS[i] != NULL; i++)
    if (g_ascii_strcasecmp (KINDS[i], parts[1]) == 0)
      return g_ascii_strcasecmp (parts[2], "ABS") == 0 || g_ascii_strcasecmp (parts[2], "REL") == 0;
  return FALSE;
}

/* *<8 digits, F for any, or more of a secondary address>[@<baud>], or <0 to 250>[@<baud>]. */
static gboolean
check_mbus (const gchar *text)
{
  g_autofree gchar *address = NULL;
  guint64 primary;
  guint baud;

  if (!at_address_parse (text, &address, &baud))
    return FALSE;
  if (*text != '*')
    return g_ascii_string_to_unsigned (address, 10, 0, 255, &primary, NULL)
           && (primary <= 250 || primary >= 253);
  if (strlen (address) < 8 || (address[8] != '\0' && address[8] != '.'))
    return FALSE;
  for (gsize i = 0; i < 8; i++)
    if (!g_ascii_isdigit (address[i]) && g_ascii_toupper (address[i]) != 'F')
      return FALSE;
  return TRUE;
}

gboolean
at_address_check (const gchar *protocol, const gchar *address)
{
  gsize length = strlen (address);

  if (length < 1 || length > AT_TEXT_MAX)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (address[i] < 0x20 || address[i] > 0x7E)
      return FALSE;
  if (g_str_equal (protocol, "MBUS"))
    return check_mbus (address);
  return !g_str_equal (protocol, "AIN_DIN") || check_input (address);
}
