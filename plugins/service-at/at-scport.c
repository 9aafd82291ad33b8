/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AT^SCPORT1 and AT^SCPORT2: the characters of a port. What is written acts, and is kept, after SAVE (at the
 * next start) or SRESTART (at once): the read form shows what was written. */
#include "at-session-private.h"

static const guint BAUDS[] = { 300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200 };

static gboolean
is_baud (guint64 baud)
{
  for (gsize i = 0; i < G_N_ELEMENTS (BAUDS); i++)
    if (BAUDS[i] == baud)
      return TRUE;
  return FALSE;
}

static AtResult
set (const AtCommand *command, AtPort *port)
{
  guint64 value;

  if (command->n_args != 2)
    return AT_RESULT_ERROR;
  if (at_command_is (command, 0, "BAUDRATE") && at_command_get_number (command, 1, 300, 115200, &value)
      && is_baud (value))
    port->baud = (guint) value;
  else if (at_command_is (command, 0, "DATA_BITS") && at_command_get_number (command, 1, 7, 8, &value))
    port->data_bits = (guint) value;
  else if (at_command_is (command, 0, "STOP_BITS") && at_command_get_number (command, 1, 1, 2, &value))
    port->stop_bits = (guint) value;
  else if (at_command_is (command, 0, "PARITY") && at_command_get_number (command, 1, 0, 2, &value))
    port->parity = (guint) value;
  else
    return AT_RESULT_ERROR;
  return AT_RESULT_OK;
}

/* SAVE and SRESTART. A port is restarted by the next dialogue on it, which sets it anew. */
static AtResult
save (AtSession *self, guint index)
{
  AtTerminal *terminal = self->terminal;

  terminal->state->ports[index] = terminal->pending[index];
  return at_terminal_commit (terminal) ? AT_RESULT_OK : AT_RESULT_ERROR;
}

static AtResult
test (AtSession *self, const gchar *name)
{
  at_session_say (self, "%s: \"BAUDRATE\",300|600|1200|2400|4800|9600|19200|38400|57600|115200", name);
  at_session_say (self, "%s: \"DATA_BITS\",7-8", name);
  at_session_say (self, "%s: \"STOP_BITS\",1-2", name);
  at_session_say (self, "%s: \"PARITY\",0-2", name);
  at_session_say (self, "%s: \"SAVE\"", name);
  at_session_say (self, "%s: \"SRESTART\"", name);
  return AT_RESULT_OK;
}

static AtResult
show (AtSession *self, const gchar *name, const AtPort *port)
{
  at_session_say (self, "%s: \"BAUDRATE\",%u", name, port->baud);
  at_session_say (self, "%s: \"DATA_BITS\",%u", name, port->data_bits);
  at_session_say (self, "%s: \"STOP_BITS\",%u", name, port->stop_bits);
  at_session_say (self, "%s: \"PARITY\",%u", name, port->parity);
  return AT_RESULT_OK;
}

AtResult
at_command_scport (AtSession *self, const AtCommand *command)
{
  guint index = command->name[7] == '1' ? 0 : 1;

  if (command->form == AT_FORM_TEST)
    return test (self, command->name);
  if (command->form == AT_FORM_READ)
    return show (self, command->name, &self->terminal->pending[index]);
  if (command->form != AT_FORM_WRITE)
    return AT_RESULT_ERROR;
  if (command->n_args == 1 && (at_command_is (command, 0, "SAVE") || at_command_is (command, 0, "SRESTART")))
    return save (self, index);
  return set (command, &self->terminal->pending[index]);
}
