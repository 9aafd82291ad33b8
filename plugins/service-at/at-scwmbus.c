/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AT^SCWMBUS: the table of the radio receiver, modelled on AT^SCAMS. The radio mode is a matter
 * of the receiver's own configuration. */
#include "at-session-private.h"

#define KEY_CHARS 32

static AtResult
commit (AtSession *self)
{
  return at_terminal_commit (self->terminal) ? AT_RESULT_OK : AT_RESULT_ERROR;
}

static AtResult
test (AtSession *self)
{
  at_session_say (self, "^SCWMBUS: \"ENABLE\",0|1");
  at_session_say (self, "^SCWMBUS: \"DECRYPT\",0|1");
  at_session_say (self, "^SCWMBUS: \"DEV_ADD\",\"%d\",\"3\"[,\"%d\"]", AT_TEXT_MAX, KEY_CHARS);
  at_session_say (self, "^SCWMBUS: \"DEV_REMOVE\",1-%d", AT_WIRELESS_MAX);
  at_session_say (self, "^SCWMBUS: \"DEV_CLEAR\"");
  at_session_say (self, "^SCWMBUS: \"DEV_INTERVAL\",\"ALL\"|1-%d,\"3\"", AT_WIRELESS_MAX);
  return AT_RESULT_OK;
}

static AtResult
show (AtSession *self)
{
  const AtState *state = self->terminal->state;

  at_session_say (self, "^SCWMBUS: \"ENABLE\",%d", state->wireless_enabled);
  at_session_say (self, "^SCWMBUS: \"DECRYPT\",%d", state->wireless_decrypt);
  if (state->wireless->len == 0)
    at_session_say (self, "^SCWMBUS: NO DEVICE");
  else
    at_session_say (self, "^SCWMBUS: \"DEV_CNT\",%u", state->wireless->len);
  for (guint i = 0; i < state->wireless->len; i++)
    {
      const AtWireless *meter = g_ptr_array_index (state->wireless, i);

      at_session_say (self, "^SCWMBUS: %u> \"%s\",\"%s\"", i + 1, meter->address, meter->interval);
    }
  return AT_RESULT_OK;
}

static AtResult
set_flag (AtSession *self, const AtCommand *command, gboolean *flag)
{
  guint64 value;

  if (command->n_args != 2 || !at_command_get_number (command, 1, 0, 1, &value))
    return AT_RESULT_ERROR;
  *flag = value == 1;
  return commit (self);
}

static gboolean
is_key (const gchar *text)
{
  gsize n = 0;

  while (g_ascii_isxdigit (text[n]))
    n++;
  return n == KEY_CHARS && text[n] == '\0';
}

/* <8 digits> or more of an address, as the protocol has it. */
static gboolean
is_address (const gchar *text)
{
  for (gsize i = 0; i < 8; i++)
    if (!g_ascii_isxdigit (text[i]))
      return FALSE;
  return text[8] == '\0' || text[8] == '.';
}

static gboolean
is_known (const AtState *state, const gchar *address)
{
  for (guint i = 0; i < state->wireless->len; i++)
    if (g_ascii_strcasecmp (((const AtWireless *) state->wireless->pdata[i])->address, address) == 0)
      return TRUE;
  return FALSE;
}

static AtResult
add (AtSession *self, const AtCommand *command)
{
  AtState *state = self->terminal->state;
  const gchar *address = at_command_get_text (command, 1, 8, AT_TEXT_MAX);
  const gchar *interval = command->n_args >= 3 ? at_interval_parse (command->args[2].text) : NULL;
  const gchar *key = at_command_get_text (command, 3, KEY_CHARS, KEY_CHARS);

  if (command->n_args > 4 || (command->n_args == 4 && (key == NULL || !is_key (key))) || address == NULL
      || !is_address (address) || interval == NULL || state->wireless->len >= AT_WIRELESS_MAX
      || is_known (state, address) || !at_terminal_check_wireless (self->terminal, address, key))
    return AT_RESULT_ERROR;
  g_ptr_array_add (state->wireless, at_wireless_new (address, interval, key));
  return commit (self);
}

static AtResult
drop (AtSession *self, const AtCommand *command)
{
  GPtrArray *meters = self->terminal->state->wireless;
  guint64 n;

  if (command->n_args != 2 || !at_command_get_number (command, 1, 1, AT_WIRELESS_MAX, &n) || n > meters->len)
    return AT_RESULT_ERROR;
  g_ptr_array_remove_index (meters, (guint) n - 1);
  return commit (self);
}

static AtResult
set_interval (AtSession *self, const AtCommand *command)
{
  GPtrArray *meters = self->terminal->state->wireless;
  const gchar *interval = command->n_args == 3 ? at_interval_parse (command->args[2].text) : NULL;
  gboolean all = at_command_is (command, 1, "ALL");
  guint64 n = 0;

  if (interval == NULL
      || (!all && (!at_command_get_number (command, 1, 1, AT_WIRELESS_MAX, &n) || n > meters->len)))
    return AT_RESULT_ERROR;
  for (guint i = 0; i < meters->len; i++)
    if (all || i == n - 1)
      {
        AtWireless *meter = g_ptr_array_index (meters, i);

        g_free (meter->interval);
        meter->interval = g_strdup (interval);
      }
  return commit (self);
}

AtResult
at_command_scwmbus (AtSession *self, const AtCommand *command)
{
  AtState *state = self->terminal->state;

  if (self->terminal->settings.wireless == NULL)
    return AT_RESULT_ERROR; /* no receiver is fitted */
  if (command->form == AT_FORM_TEST)
    return test (self);
  if (command->form == AT_FORM_READ)
    return show (self);
  if (command->form != AT_FORM_WRITE)
    return AT_RESULT_ERROR;
  if (at_command_is (command, 0, "ENABLE"))
    return set_flag (self, command, &state->wireless_enabled);
  if (at_command_is (command, 0, "DECRYPT"))
    return set_flag (self, command, &state->wireless_decrypt);
  if (at_command_is (command, 0, "DEV_ADD"))
    return add (self, command);
  if (at_command_is (command, 0, "DEV_REMOVE"))
    return drop (self, command);
  if (at_command_is (command, 0, "DEV_INTERVAL"))
    return set_interval (self, command);
  if (!at_command_is (command, 0, "DEV_CLEAR") || command->n_args != 1)
    return AT_RESULT_ERROR;
  g_ptr_array_set_size (state->wireless, 0);
  return commit (self);
}
