/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the terminal keeps across a restart.
 *
 * A key file: a group for each subject, one for each meter. It is written beside its place and renamed over
 * it, so that a power cut leaves the old or the new one. Keys of wireless meters are in it, so it is for its
 * owner alone. */
#include "at-state.h"

#include <errno.h>

#define VERSION          1
#define PING_DEFAULT_MIN 0
#define PING_MAX_MIN     1440
#define FILE_MODE        0600
#define DEFAULT_BAUD     2400
#define GROUP_TERMINAL   "terminal"
#define GROUP_METER      "meter "
#define GROUP_WIRELESS   "wireless "
#define GROUP_PORT       "port "
#define GROUP_CONFIG     "config"

AtState *
at_state_new (void)
{
  AtState *self = g_new0 (AtState, 1);

  self->meters = g_ptr_array_new_with_free_func ((GDestroyNotify) at_meter_free);
  self->wireless = g_ptr_array_new_with_free_func ((GDestroyNotify) at_wireless_free);
  self->config = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  at_state_reset (self);
  return self;
}

void
at_state_free (AtState *self)
{
  g_ptr_array_unref (self->meters);
  g_ptr_array_unref (self->wireless);
  g_hash_table_unref (self->config);
  g_free (self->ping_host);
  g_free (self);
}

void
at_state_reset (AtState *self)
{
  self->enabled = TRUE;
  self->retry = 0;
  g_ptr_array_set_size (self->meters, 0);
  self->wireless_enabled = FALSE;
  self->wireless_decrypt = FALSE;
  g_ptr_array_set_size (self->wireless, 0);
  self->ports[0] = (AtPort){ 115200, 8, 1, 0 };
  self->ports[1] = (AtPort){ DEFAULT_BAUD, 8, 1, 1 };
  g_hash_table_remove_all (self->config);
  g_free (self->ping_host);
  self->ping_host = g_strdup ("");
  self->ping_interval_min = PING_DEFAULT_MIN;
}

AmselLineSettings
at_port_get_settings (const AtPort *self)
{
  return (AmselLineSettings){
    .baud = self->baud,
    .data_bits = self->data_bits,
    .parity = self->parity == 1   ? AMSEL_PARITY_EVEN
              : self->parity == 2 ? AMSEL_PARITY_ODD
                                  : AMSEL_PARITY_NONE,
    .stop_bits = self->stop_bits,
  };
}

/* A number within bounds; what is missing leaves the value. */
static gboolean
load_number (GKeyFile *file, const gchar *group, const gchar *key, guint min, guint max, guint *out,
             GError **error)
{
  gint value;
  GError *local = NULL;

  if (!g_key_file_has_key (file, group, key, NULL))
    return TRUE;
  value = g_key_file_get_integer (file, group, key, &local);
  if (local == NULL && value >= (gint) min && value <= (gint) max)
    {
      *out = (guint) value;
      return TRUE;
    }
  if (local != NULL)
    g_propagate_error (error, local);
  else
    g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, "[%s] %s: %d is not within %u to %u",
                 group, key, value, min, max);
  return FALSE;
}

static gboolean
load_flag (GKeyFile *file, const gchar *group, const gchar *key, gboolean *out, GError **error)
{
  guint value = *out ? 1 : 0;
  gboolean ok = load_number (file, group, key, 0, 1, &value, error);

  *out = value != 0;
  return ok;
}

static void
load_text (GKeyFile *file, const gchar *group, const gchar *key, gchar **out)
{
  gchar *value = g_key_file_get_string (file, group, key, NULL);

  if (value == NULL)
    return;
  g_free (*out);
  *out = value;
}

static gboolean
refuse (const gchar *group, GError **error)
{
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
               "[%s]: expected a protocol, an address and an interval of the AMS", group);
  return FALSE;
}

static gboolean
load_meter (AtState *self, GKeyFile *file, const gchar *group, GError **error)
{
  g_autofree gchar *protocol = g_key_file_get_string (file, group, "protocol", NULL);
  g_autofree gchar *address = g_key_file_get_string (file, group, "address", NULL);
  g_autofree gchar *interval = g_key_file_get_string (file, group, "interval", NULL);
  guint port = 0;

  if (!load_number (file, group, "port", 1, AT_PORT_MAX, &port, error))
    return FALSE;
  if (port == 0 || protocol == NULL || at_protocol_parse (protocol) == NULL || address == NULL
      || !at_address_check (at_protocol_parse (protocol), address) || interval == NULL
      || at_interval_parse (interval) == NULL || self->meters->len == AT_METERS_MAX)
    return refuse (group, error);
  g_ptr_array_add (self->meters,
                   at_meter_new (port, at_protocol_parse (protocol), address, at_interval_parse (interval)));
  return TRUE;
}

static gboolean
load_wireless (AtState *self, GKeyFile *file, const gchar *group, GError **error)
{
  g_autofree gchar *address = g_key_file_get_string (file, group, "address", NULL);
  g_autofree gchar *interval = g_key_file_get_string (file, group, "interval", NULL);
  g_autofree gchar *key = g_key_file_get_string (file, group, "key", NULL);

  if (address == NULL || interval == NULL || at_interval_parse (interval) == NULL
      || self->wireless->len == AT_WIRELESS_MAX)
    return refuse (group, error);
  g_ptr_array_add (self->wireless, at_wireless_new (address, at_interval_parse (interval), key));
  return TRUE;
}

static gboolean
load_port (AtState *self, GKeyFile *file, const gchar *group, GError **error)
{
  guint64 number = 0;
  AtPort *port;

  if (!g_ascii_string_to_unsigned (group + sizeof GROUP_PORT - 1, 10, 1, AT_N_PORTS, &number, error))
    return FALSE;
  port = &self->ports[number - 1];
  return load_number (file, group, "baud", 300, 921600, &port->baud, error)
         && load_number (file, group, "data-bits", 7, 8, &port->data_bits, error)
         && load_number (file, group, "stop-bits", 1, 2, &port->stop_bits, error)
         && load_number (file, group, "parity", 0, 2, &port->parity, error);
}

static gboolean
load_config (AtState *self, GKeyFile *file, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, GROUP_CONFIG, NULL, error);

  for (gsize i = 0; keys != NULL && keys[i] != NULL; i++)
    g_hash_table_insert (self->config, g_strdup (keys[i]),
                         g_key_file_get_string (file, GROUP_CONFIG, keys[i], NULL));
  return keys != NULL;
}

static gboolean
load_terminal (AtState *self, GKeyFile *file, GError **error)
{
  const gchar *group = GROUP_TERMINAL;

  load_text (file, group, "ping-host", &self->ping_host);
  return load_flag (file, group, "enabled", &self->enabled, error)
         && load_number (file, group, "retry", 0, 9, &self->retry, error)
         && load_flag (file, group, "wireless-enabled", &self->wireless_enabled, error)
         && load_flag (file, group, "wireless-decrypt", &self->wireless_decrypt, error)
         && load_number (file, group, "ping-interval", 0, PING_MAX_MIN, &self->ping_interval_min, error);
}

static gboolean
load_groups (AtState *self, GKeyFile *file, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (gsize i = 0; groups[i] != NULL; i++)
    {
      gboolean ok = TRUE;

      if (g_str_equal (groups[i], GROUP_TERMINAL))
        ok = load_terminal (self, file, error);
      else if (g_str_equal (groups[i], GROUP_CONFIG))
        ok = load_config (self, file, error);
      else if (g_str_has_prefix (groups[i], GROUP_METER))
        ok = load_meter (self, file, groups[i], error);
      else if (g_str_has_prefix (groups[i], GROUP_WIRELESS))
        ok = load_wireless (self, file, groups[i], error);
      else if (g_str_has_prefix (groups[i], GROUP_PORT))
        ok = load_port (self, file, groups[i], error);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

gboolean
at_state_parse (AtState *self, const gchar *text, gsize length, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  at_state_reset (self);
  if (g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, error)
      && load_groups (self, file, error))
    return TRUE;
  at_state_reset (self);
  return FALSE;
}

gboolean
at_state_load (AtState *self, const gchar *path, GError **error)
{
  g_autofree gchar *text = NULL;
  gsize length;
  GError *local = NULL;

  at_state_reset (self);
  if (g_file_get_contents (path, &text, &length, &local) && at_state_parse (self, text, length, &local))
    return TRUE;
  if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_error_free (local);
      return TRUE;
    }
  g_propagate_prefixed_error (error, local, "%s: ", path);
  return FALSE;
}

static void
save_meters (const AtState *self, GKeyFile *file)
{
  for (guint i = 0; i < self->meters->len; i++)
    {
      const AtMeter *meter = g_ptr_array_index (self->meters, i);
      g_autofree gchar *group = g_strdup_printf (GROUP_METER "%u", i + 1);

      g_key_file_set_integer (file, group, "port", (gint) meter->port);
      g_key_file_set_string (file, group, "protocol", meter->protocol);
      g_key_file_set_string (file, group, "address", meter->address);
      g_key_file_set_string (file, group, "interval", meter->interval);
    }
  for (guint i = 0; i < self->wireless->len; i++)
    {
      const AtWireless *meter = g_ptr_array_index (self->wireless, i);
      g_autofree gchar *group = g_strdup_printf (GROUP_WIRELESS "%u", i + 1);

      g_key_file_set_string (file, group, "address", meter->address);
      g_key_file_set_string (file, group, "interval", meter->interval);
      if (meter->key != NULL)
        g_key_file_set_string (file, group, "key", meter->key);
    }
}

static void
save_settings (const AtState *self, GKeyFile *file)
{
  GHashTableIter iter;
  gpointer item, value;

  g_key_file_set_integer (file, GROUP_TERMINAL, "version", VERSION);
  g_key_file_set_integer (file, GROUP_TERMINAL, "enabled", self->enabled);
  g_key_file_set_integer (file, GROUP_TERMINAL, "retry", (gint) self->retry);
  g_key_file_set_integer (file, GROUP_TERMINAL, "wireless-enabled", self->wireless_enabled);
  g_key_file_set_integer (file, GROUP_TERMINAL, "wireless-decrypt", self->wireless_decrypt);
  g_key_file_set_string (file, GROUP_TERMINAL, "ping-host", self->ping_host);
  g_key_file_set_integer (file, GROUP_TERMINAL, "ping-interval", (gint) self->ping_interval_min);
  g_hash_table_iter_init (&iter, self->config);
  while (g_hash_table_iter_next (&iter, &item, &value))
    g_key_file_set_string (file, GROUP_CONFIG, item, value);
  for (guint i = 0; i < AT_N_PORTS; i++)
    {
      g_autofree gchar *group = g_strdup_printf (GROUP_PORT "%u", i + 1);

      g_key_file_set_integer (file, group, "baud", (gint) self->ports[i].baud);
      g_key_file_set_integer (file, group, "data-bits", (gint) self->ports[i].data_bits);
      g_key_file_set_integer (file, group, "stop-bits", (gint) self->ports[i].stop_bits);
      g_key_file_set_integer (file, group, "parity", (gint) self->ports[i].parity);
    }
}

gboolean
at_state_save (const AtState *self, const gchar *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree gchar *text = NULL;
  g_autofree gchar *folder = g_path_get_dirname (path);
  gsize length;

  if (g_mkdir_with_parents (folder, 0750) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "the folder %s cannot be made: %s",
                   folder, g_strerror (errno));
      return FALSE;
    }
  save_settings (self, file);
  save_meters (self, file);
  text = g_key_file_to_data (file, &length, NULL);
  return g_file_set_contents_full (path, text, (gssize) length,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, FILE_MODE,
                                   error);
}
