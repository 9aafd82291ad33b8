/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All commands: which there are, and those that are the same in every modem. */
#include <string.h>

#include "at-session-private.h"

#define MANUFACTURER "Amsel"
#define MODEL        "Amsel AT terminal"

typedef AtResult (*AtRun) (AtSession *self, const AtCommand *command);

/* Echo, results and the rest as they were at the beginning. */
static void
reset (AtSession *self)
{
  at_data_hang_up (self);
  self->echo = TRUE;
  self->verbose = TRUE;
  self->quiet = FALSE;
}

static const gchar *
get_serial (AtSession *self)
{
  return self->terminal->settings.serial;
}

/* ATI: model, and by number what else there is to know. */
static AtResult
identify (AtSession *self, guint number)
{
  switch (number)
    {
    case 0:
      at_session_say (self, "%s", MODEL);
      return AT_RESULT_OK;
    case 1:
      at_session_say (self, "%s", MANUFACTURER);
      return AT_RESULT_OK;
    case 3:
      at_session_say (self, "%s", AT_VERSION);
      return AT_RESULT_OK;
    case 4:
      at_session_say (self, "%s", get_serial (self));
      return AT_RESULT_OK;
    default:
      return AT_RESULT_ERROR;
    }
}

static AtResult
set_flag (gboolean *flag, guint number)
{
  if (number > 1)
    return AT_RESULT_ERROR;
  *flag = number == 1;
  return AT_RESULT_OK;
}

static AtResult
run_amp (AtSession *self, const AtBasic *basic)
{
  if (basic->number != 0 || basic->letter != 'F')
    return AT_RESULT_ERROR;
  reset (self);
  return AT_RESULT_OK;
}

/* ATZ ends a session that somebody can dial again; at a serial port there is nothing to end. */
static AtResult
zap (AtSession *self)
{
  reset (self);
  if (self->output.close == NULL)
    return AT_RESULT_OK;
  at_session_tell (self, AT_RESULT_OK);
  self->output.close (self->user_data);
  return AT_RESULT_NONE;
}

static AtResult
run_basic (AtSession *self, const AtBasic *basic)
{
  if (basic->is_amp)
    return run_amp (self, basic);
  switch (basic->letter)
    {
    case 'E':
      return set_flag (&self->echo, basic->number);
    case 'V':
      return set_flag (&self->verbose, basic->number);
    case 'Q':
      return set_flag (&self->quiet, basic->number);
    case 'I':
      return identify (self, basic->number);
    case 'Z':
      return basic->number == 0 ? zap (self) : AT_RESULT_ERROR;
    case 'D':
      return at_data_dial (self, basic->rest);
    case 'O':
      return basic->number == 0 ? at_data_resume (self) : AT_RESULT_ERROR;
    case 'H':
      at_data_hang_up (self);
      return AT_RESULT_OK;
    default:
      return AT_RESULT_ERROR;
    }
}

static AtResult
run_basics (AtSession *self, const gchar *text)
{
  AtResult result = AT_RESULT_OK;
  AtBasic basic;
  gboolean error = FALSE;

  while (result == AT_RESULT_OK && at_basic_next (&text, &basic, &error))
    result = run_basic (self, &basic);
  return error ? AT_RESULT_ERROR : result;
}

static const gchar *
get_identity (AtSession *self, const gchar *name)
{
  switch (name[strlen (name) - 1])
    {
    case 'I':
      return MANUFACTURER;
    case 'M':
      return MODEL;
    case 'R':
      return AT_VERSION;
    case 'N':
    default:
      return get_serial (self);
    }
}

/* +GMI, +GMM, +GMR, +GSN and their names with C. */
static AtResult
run_identity (AtSession *self, const AtCommand *command)
{
  if (command->form == AT_FORM_WRITE)
    return AT_RESULT_ERROR;
  if (command->form != AT_FORM_TEST)
    at_session_say (self, "%s", get_identity (self, command->name));
  return AT_RESULT_OK;
}

static const struct
{
  const gchar *name;
  AtRun run;
} COMMANDS[] = {
  { "+GMI", run_identity },          { "+CGMI", run_identity },
  { "+GMM", run_identity },          { "+CGMM", run_identity },
  { "+GMR", run_identity },          { "+CGMR", run_identity },
  { "+GSN", run_identity },          { "+CGSN", run_identity },
  { "^SCAMS", at_command_scams },    { "^SCAMSADD", at_command_scamsadd },
  { "^SCDATA", at_command_scdata },  { "^SCPORT1", at_command_scport },
  { "^SCPORT2", at_command_scport }, { "^SCWMBUS", at_command_scwmbus },
  { "^SCCFG", at_command_sccfg },    { "^SCPING", at_command_scping },
};

AtResult
at_commands_run (AtSession *self, const gchar *line)
{
  AtCommand command;

  if (!at_command_parse (&command, line))
    return AT_RESULT_ERROR;
  if (command.name[0] == '\0')
    return run_basics (self, command.basic);
  for (gsize i = 0; i < G_N_ELEMENTS (COMMANDS); i++)
    if (g_str_equal (COMMANDS[i].name, command.name))
      return COMMANDS[i].run (self, &command);
  return AT_RESULT_ERROR;
}
