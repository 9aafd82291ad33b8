/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The terminal that all sessions command.
 *
 * The tables say what is to be read; the pipelines of the engine read it. After every change the pipelines
 * are brought to what the tables say: what is the same stays, so that a meter which nobody touched is not
 * disturbed. A meter's name in the pipeline begins with its index, "2>*15020416@2400", which its records
 * carry. */
#include "at-terminal.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "at-record.h"

/* A meter in a pipeline. */
typedef struct
{
  const gchar *pipeline; /* (unowned) */
  gchar *name;           /* (owned) */
} AtEntered;

static void
entered_free (gpointer data)
{
  AtEntered *entered = data;

  g_free (entered->name);
  g_free (entered);
}

void
at_terminal_problem (AtTerminal *self, const gchar *format, ...)
{
  va_list args;
  g_autofree gchar *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  amsel_service_problem (self->service, text);
}

void
at_terminal_notice (AtTerminal *self, const gchar *format, ...)
{
  va_list args;
  g_autofree gchar *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  amsel_service_notice (self->service, text);
}

AmselStore *
at_terminal_get_store (AtTerminal *self)
{
  return amsel_controller_get_store (self->controller);
}

const gchar *
at_terminal_find_pipeline (AtTerminal *self, guint port, const gchar *protocol)
{
  const gchar *pipeline;

  if (port < 1 || port > AT_N_PORTS || !g_str_equal (protocol, "MBUS"))
    return NULL;
  pipeline = self->settings.ports[port - 1];
  return pipeline != NULL && amsel_controller_get_protocol (self->controller, pipeline) != NULL ? pipeline
                                                                                                : NULL;
}

/* A meter of the type that the protocol of a pipeline wants; settings that it has not are left out. */
static AmselMeter *
new_meter (AtTerminal *self, const gchar *pipeline, const gchar *name, const gchar *address, guint baud,
           const gchar *key)
{
  AmselProtocol *protocol = amsel_controller_get_protocol (self->controller, pipeline);
  AmselMeter *meter =
      g_object_new (amsel_protocol_get_meter_type (protocol), "name", name, "address", address, NULL);
  GObjectClass *klass = G_OBJECT_GET_CLASS (meter);

  if (baud != 0 && g_object_class_find_property (klass, "baud") != NULL)
    g_object_set (meter, "baud", baud, NULL);
  if (key != NULL && g_object_class_find_property (klass, "key") != NULL)
    g_object_set (meter, "key", key, NULL);
  return meter;
}

AmselMeter *
at_terminal_make_meter (AtTerminal *self, guint port, const gchar *protocol, const gchar *address,
                        const gchar *name, gint *code)
{
  const gchar *pipeline = at_terminal_find_pipeline (self, port, protocol);
  g_autofree gchar *bare = NULL;
  g_autoptr (AmselMeter) meter = NULL;
  g_autoptr (GError) error = NULL;
  guint baud;

  *code = AT_AMS_WRONG_PORT;
  if (pipeline == NULL)
    return NULL;
  *code = AT_AMS_BAD_INPUT;
  if (!at_address_parse (address, &bare, &baud))
    return NULL;
  meter = new_meter (self, pipeline, name, bare, baud != 0 ? baud : self->state->ports[port - 1].baud, NULL);
  if (!amsel_protocol_check_meter (amsel_controller_get_protocol (self->controller, pipeline), meter, &error))
    {
      *code = at_record_get_ams_code (g_quark_to_string (error->domain), error->code);
      return NULL;
    }
  *code = AT_AMS_OK;
  return g_steal_pointer (&meter);
}

gboolean
at_terminal_check_wireless (AtTerminal *self, const gchar *address, const gchar *key)
{
  const gchar *pipeline = self->settings.wireless;
  g_autoptr (AmselMeter) meter = new_meter (self, pipeline, NULL, address, 0, key);

  return amsel_protocol_check_meter (amsel_controller_get_protocol (self->controller, pipeline), meter, NULL);
}

/* Lets a pipeline read a meter, unless it does already. */
static void
enter (AtTerminal *self, GHashTable *wanted, const gchar *key, const gchar *pipeline, AmselMeter *meter,
       gint64 every_us)
{
  g_autoptr (GError) error = NULL;
  AtEntered *entered;

  g_hash_table_add (wanted, g_strdup (key));
  if (g_hash_table_contains (self->entered, key))
    return;
  if (!amsel_controller_add_meter (self->controller, pipeline, meter, every_us, &error))
    {
      at_terminal_problem (self, "meter %s is not read: %s", amsel_meter_get_name (meter), error->message);
      return;
    }
  entered = g_new0 (AtEntered, 1);
  entered->pipeline = pipeline;
  entered->name = g_strdup (amsel_meter_get_name (meter));
  g_hash_table_insert (self->entered, g_strdup (key), entered);
}

static gchar *
make_key (const AtMeter *meter, guint index, guint baud)
{
  return g_strdup_printf ("%u>%u,%s,%s,%s,%u", index, meter->port, meter->protocol, meter->address,
                          meter->interval, baud);
}

/* Meters of the AMS table. */
static void
want_meters (AtTerminal *self, GHashTable *wanted, gboolean enter_them)
{
  for (guint i = 0; self->state->enabled && i < self->state->meters->len; i++)
    {
      const AtMeter *meter = g_ptr_array_index (self->state->meters, i);
      const gchar *pipeline = at_terminal_find_pipeline (self, meter->port, meter->protocol);
      g_autofree gchar *name = g_strdup_printf ("%u>%s", i + 1, meter->address);
      g_autofree gchar *key = NULL;
      g_autoptr (AmselMeter) object = NULL;
      gint code;

      if (pipeline == NULL)
        continue; /* at-refused.c */
      key = make_key (meter, i + 1, self->state->ports[meter->port - 1].baud);
      object = enter_them
                   ? at_terminal_make_meter (self, meter->port, meter->protocol, meter->address, name, &code)
                   : NULL;
      if (object != NULL)
        enter (self, wanted, key, pipeline, object, at_interval_get_us (meter->interval));
      else
        g_hash_table_add (wanted, g_steal_pointer (&key));
    }
}

/* Meters of the table of the radio receiver. */
static void
want_wireless (AtTerminal *self, GHashTable *wanted, gboolean enter_them)
{
  const gchar *pipeline = self->settings.wireless;

  if (pipeline == NULL || amsel_controller_get_protocol (self->controller, pipeline) == NULL)
    return;
  for (guint i = 0; self->state->wireless_enabled && i < self->state->wireless->len; i++)
    {
      const AtWireless *meter = g_ptr_array_index (self->state->wireless, i);
      const gchar *secret = self->state->wireless_decrypt ? meter->key : NULL;
      g_autofree gchar *name = g_strdup_printf ("%u>%s", i + 1, meter->address);
      g_autofree gchar *key = g_strdup_printf ("w%u>%s,%s,%s", i + 1, meter->address, meter->interval,
                                               secret != NULL ? secret : "");
      g_autoptr (AmselMeter) object = NULL;

      if (enter_them)
        {
          object = new_meter (self, pipeline, name, meter->address, 0, secret);
          enter (self, wanted, key, pipeline, object, at_interval_get_us (meter->interval));
        }
      else
        g_hash_table_add (wanted, g_steal_pointer (&key));
    }
}

/* Takes out what is not wanted any more, before others come under the same names. */
static void
leave_unwanted (AtTerminal *self, GHashTable *wanted)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, self->entered);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const AtEntered *entered = value;

      if (g_hash_table_contains (wanted, key))
        continue;
      amsel_controller_remove_meter (self->controller, entered->pipeline, entered->name);
      g_hash_table_iter_remove (&iter);
    }
}

/* Brings the pipelines to what the tables say. */
static void
apply (AtTerminal *self)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  want_meters (self, wanted, FALSE);
  want_wireless (self, wanted, FALSE);
  leave_unwanted (self, wanted);
  want_meters (self, wanted, TRUE);
  want_wireless (self, wanted, TRUE);
  for (guint i = 0; i < AT_N_PORTS; i++)
    if (self->settings.ports[i] != NULL)
      amsel_controller_set_retries (self->controller, self->settings.ports[i], self->state->retry);
  at_refused_update (self);
}

gboolean
at_terminal_commit (AtTerminal *self)
{
  g_autoptr (GError) error = NULL;
  gboolean saved =
      self->settings.state_file == NULL || at_state_save (self->state, self->settings.state_file, &error);

  if (!saved)
    {
      at_terminal_problem (self, "the tables cannot be saved: %s", error->message);
      at_state_load (self->state, self->settings.state_file, NULL);
    }
  apply (self);
  return saved;
}

const gchar *
at_terminal_get_config (AtTerminal *self, const gchar *item)
{
  const gchar *value = g_hash_table_lookup (self->state->config, item);

  if (value == NULL)
    value = g_hash_table_lookup (self->defaults, item);
  return value != NULL ? value : "";
}

/* Takes the value, which may be NULL. */
void
at_terminal_set_default (AtTerminal *self, const gchar *item, gchar *value)
{
  if (value != NULL)
    g_hash_table_insert (self->defaults, g_strdup (item), value);
}

void
at_terminal_restart_link (AtTerminal *self)
{
  if (self->restart_link != NULL)
    self->restart_link (self->restart_data);
}

/* What cannot be understood is kept for who wants to look at it. */
static void
set_aside (AtTerminal *self, const GError *error)
{
  g_autofree gchar *aside = g_strconcat (self->settings.state_file, ".damaged", NULL);

  if (g_rename (self->settings.state_file, aside) == 0)
    at_terminal_problem (self, "%s; it is set aside as %s, and the tables are empty", error->message, aside);
  else
    at_terminal_problem (self, "%s; the tables are empty", error->message);
}

AtTerminal *
at_terminal_new (AmselService *service, AmselController *controller, const AtSettings *settings)
{
  AtTerminal *self = g_rc_box_new0 (AtTerminal);
  g_autoptr (GError) error = NULL;

  self->service = service;
  self->controller = controller;
  self->settings = *settings;
  self->clock = amsel_store_get_clock (amsel_controller_get_store (controller));
  self->state = at_state_new ();
  self->entered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entered_free);
  self->defaults = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->refused = g_ptr_array_new_with_free_func ((GDestroyNotify) at_refused_free);
  if (settings->state_file != NULL && !at_state_load (self->state, settings->state_file, &error))
    set_aside (self, error);
  for (guint i = 0; i < AT_N_PORTS; i++)
    self->pending[i] = self->state->ports[i];
  apply (self);
  return self;
}

void
at_terminal_stop (AtTerminal *self)
{
  g_autoptr (GHashTable) nothing = g_hash_table_new (g_str_hash, g_str_equal);

  at_refused_stop (self);
  leave_unwanted (self, nothing);
  self->is_stopped = TRUE;
}

AtTerminal *
at_terminal_ref (AtTerminal *self)
{
  return g_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  AtTerminal *self = data;

  g_ptr_array_unref (self->refused);
  g_hash_table_unref (self->entered);
  g_hash_table_unref (self->defaults);
  at_state_free (self->state);
}

void
at_terminal_unref (AtTerminal *self)
{
  g_rc_box_release_full (self, clear);
}
