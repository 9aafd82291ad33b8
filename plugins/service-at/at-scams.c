/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AT^SCAMS: the table of meters, and the switch of their reading. */
#include <string.h>

#include "at-record.h"
#include "at-session-private.h"

static AtResult
commit (AtSession *self)
{
  return at_terminal_commit (self->terminal) ? AT_RESULT_OK : AT_RESULT_ERROR;
}

static AtResult
test (AtSession *self)
{
  at_session_say (self, "^SCAMS: \"ENABLE\",0|1");
  at_session_say (self, "^SCAMS: \"RETRY\",0-9");
  at_session_say (self, "^SCAMS: \"DEV_ADD\",1-%d,\"%d\"|1-%d,\"%d\",\"3\"", AT_PORT_MAX, AT_TEXT_MAX,
                  AT_PORT_MAX, AT_TEXT_MAX);
  at_session_say (self, "^SCAMS: \"DEV_REMOVE\",1-%d", AT_METERS_MAX);
  at_session_say (self, "^SCAMS: \"DEV_CLEAR\"");
  at_session_say (self, "^SCAMS: \"DEV_INTERVAL\",\"ALL\"|1-%d,\"3\"", AT_METERS_MAX);
  at_session_say (self, "^SCAMS: \"DIRECT_READ\",1-%d,\"%d\"|1-%d,\"%d\"", AT_PORT_MAX, AT_TEXT_MAX,
                  AT_PORT_MAX, AT_TEXT_MAX);
  return AT_RESULT_OK;
}

static AtResult
show (AtSession *self)
{
  const AtState *state = self->terminal->state;

  at_session_say (self, "^SCAMS: \"ENABLE\",%d", state->enabled);
  at_session_say (self, "^SCAMS: \"RETRY\",%u", state->retry);
  if (state->meters->len == 0)
    at_session_say (self, "^SCAMS: NO DEVICE");
  else
    at_session_say (self, "^SCAMS: \"DEV_CNT\",%u", state->meters->len);
  for (guint i = 0; i < state->meters->len; i++)
    {
      const AtMeter *meter = g_ptr_array_index (state->meters, i);

      at_session_say (self, "^SCAMS: %u> %u,\"%s\",\"%s\",\"%s\"", i + 1, meter->port, meter->protocol,
                      meter->address, meter->interval);
    }
  return AT_RESULT_OK;
}

/* Port, protocol and address, which DEV_ADD and DIRECT_READ begin with. */
static gboolean
get_place (const AtCommand *command, guint *port, const gchar **protocol, const gchar **address)
{
  const gchar *name = at_command_get_text (command, 2, 1, AT_TEXT_MAX);
  guint64 number;

  if (!at_command_get_number (command, 1, 1, AT_PORT_MAX, &number) || name == NULL)
    return FALSE;
  *port = (guint) number;
  *protocol = at_protocol_parse (name);
  *address = at_command_get_text (command, 3, 1, AT_TEXT_MAX);
  return *protocol != NULL && *address != NULL && at_address_check (*protocol, *address);
}

static gboolean
is_known (const AtState *state, guint port, const gchar *protocol, const gchar *address)
{
  for (guint i = 0; i < state->meters->len; i++)
    {
      const AtMeter *meter = g_ptr_array_index (state->meters, i);

      if (meter->port == port && g_str_equal (meter->protocol, protocol)
          && g_ascii_strcasecmp (meter->address, address) == 0)
        return TRUE;
    }
  return FALSE;
}

static AtResult
add (AtSession *self, const AtCommand *command)
{
  AtState *state = self->terminal->state;
  const gchar *interval = command->n_args == 5 ? at_interval_parse (command->args[4].text) : NULL;
  const gchar *protocol, *address;
  guint port;

  if (interval == NULL || !get_place (command, &port, &protocol, &address)
      || state->meters->len >= AT_METERS_MAX || is_known (state, port, protocol, address))
    return AT_RESULT_ERROR;
  g_ptr_array_add (state->meters, at_meter_new (port, protocol, address, interval));
  return commit (self);
}

/* The meters behind it move up by one. */
static AtResult
drop (AtSession *self, const AtCommand *command)
{
  GPtrArray *meters = self->terminal->state->meters;
  guint64 n;

  if (command->n_args != 2 || !at_command_get_number (command, 1, 1, AT_METERS_MAX, &n) || n > meters->len)
    return AT_RESULT_ERROR;
  g_ptr_array_remove_index (meters, (guint) n - 1);
  return commit (self);
}

static AtResult
drop_all (AtSession *self, const AtCommand *command)
{
  if (command->n_args != 1)
    return AT_RESULT_ERROR;
  g_ptr_array_set_size (self->terminal->state->meters, 0);
  return commit (self);
}

static AtResult
set_interval (AtSession *self, const AtCommand *command)
{
  GPtrArray *meters = self->terminal->state->meters;
  const gchar *interval = command->n_args == 3 ? at_interval_parse (command->args[2].text) : NULL;
  gboolean all = at_command_is (command, 1, "ALL");
  guint64 n = 0;

  if (interval == NULL
      || (!all && (!at_command_get_number (command, 1, 1, AT_METERS_MAX, &n) || n > meters->len)))
    return AT_RESULT_ERROR;
  for (guint i = 0; i < meters->len; i++)
    if (all || i == n - 1)
      {
        AtMeter *meter = g_ptr_array_index (meters, i);

        g_free (meter->interval);
        meter->interval = g_strdup (interval);
      }
  return commit (self);
}

static AtResult
set_switch (AtSession *self, const AtCommand *command)
{
  guint64 value;

  if (command->n_args != 2 || !at_command_get_number (command, 1, 0, 1, &value))
    return AT_RESULT_ERROR;
  self->terminal->state->enabled = value == 1;
  return commit (self);
}

static AtResult
set_retry (AtSession *self, const AtCommand *command)
{
  guint64 value;

  if (command->n_args != 2 || !at_command_get_number (command, 1, 0, 9, &value))
    return AT_RESULT_ERROR;
  self->terminal->state->retry = (guint) value;
  return commit (self);
}

static void
say_direct (AtSession *self, gint code, const gchar *data)
{
  at_session_say (self, "^SCAMS: \"DIRECT_READ\",%d,\"\",\"%s\"", code, data);
}

/* One line for each telegram; one with the number where there is none. */
static void
say_readout (AtSession *self, const AmselReadout *readout)
{
  const AmselReadoutInfo *info = amsel_readout_get_info (readout);
  gsize n;
  AmselTelegram *const *telegrams = amsel_readout_get_telegrams (readout, &n);

  for (gsize i = 0; i < n; i++)
    {
      gsize length;
      const guint8 *bytes = amsel_frame_get_data (amsel_telegram_get_frame (telegrams[i]), &length);
      g_autofree gchar *hex = amsel_hex_encode (bytes, length);
      gboolean whole = i + 1 < n || info->quality != AMSEL_QUALITY_PARTIAL;

      say_direct (self, whole ? AT_AMS_OK : at_record_get_ams_code (info->error_domain, info->error_code),
                  hex);
    }
  if (n == 0)
    say_direct (self, at_record_get_ams_code (info->error_domain, info->error_code), "");
}

static void
on_direct_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AtSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselReadout) readout =
      amsel_controller_query_finish (AMSEL_CONTROLLER (source), result, &error);

  if (readout != NULL)
    say_readout (self, readout);
  else
    say_direct (self, at_record_get_ams_code (g_quark_to_string (error->domain), error->code), "");
  at_session_finish (self, AT_RESULT_OK);
}

static void
abort_read (AtSession *self)
{
  g_cancellable_cancel (self->cancellable);
}

static AtResult
read_now (AtSession *self, const AtCommand *command)
{
  g_autoptr (AmselMeter) meter = NULL;
  const gchar *protocol, *address;
  guint port;
  gint code;

  if (command->n_args != 4 || !get_place (command, &port, &protocol, &address))
    return AT_RESULT_ERROR;
  meter = at_terminal_make_meter (self->terminal, port, protocol, address, NULL, &code);
  if (meter == NULL)
    {
      say_direct (self, code, "");
      return AT_RESULT_OK;
    }
  self->cancellable = g_cancellable_new ();
  self->on_key = abort_read;
  amsel_controller_query_async (self->terminal->controller,
                                at_terminal_find_pipeline (self->terminal, port, protocol), meter,
                                self->cancellable, on_direct_read, at_session_ref (self));
  return AT_RESULT_PENDING;
}

static const struct
{
  const gchar *name;
  AtResult (*run) (AtSession *self, const AtCommand *command);
} SUBCOMMANDS[] = {
  { "ENABLE", set_switch },    { "RETRY", set_retry },    { "DEV_ADD", add },
  { "DEV_REMOVE", drop },      { "DEV_CLEAR", drop_all }, { "DEV_INTERVAL", set_interval },
  { "DIRECT_READ", read_now },
};

AtResult
at_command_scams (AtSession *self, const AtCommand *command)
{
  if (command->form == AT_FORM_TEST)
    return test (self);
  if (command->form == AT_FORM_READ)
    return show (self);
  if (command->form != AT_FORM_WRITE || self->terminal->is_searching)
    return AT_RESULT_ERROR;
  for (gsize i = 0; i < G_N_ELEMENTS (SUBCOMMANDS); i++)
    if (at_command_is (command, 0, SUBCOMMANDS[i].name))
      return SUBCOMMANDS[i].run (self, command);
  return AT_RESULT_ERROR;
}
