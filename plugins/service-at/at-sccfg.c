/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AT^SCCFG and AT^SCPING: how the terminal reaches its server.
 *
 * What was never written is as the configuration of the program says. What is written acts after RESTART or
 * SRESTART, which dial anew, and is kept by SAVE or SRESTART. Secrets are never shown. */
#include <string.h>

#include "at-session-private.h"

#define VALUE_MAX    64
#define PING_MAX_MIN 1440
#define KEY_CHARS    32

typedef enum
{
  KIND_NUMBER,
  KIND_TEXT,
  KIND_SECRET,
  KIND_FIXED, /* only the configuration of the program says it */
} Kind;

static const struct
{
  const gchar *name;
  Kind kind;
  guint max; /* of a number; longest text */
} ITEMS[] = {
  { AT_CONFIG_MODE, KIND_NUMBER, 1 },
  { AT_CONFIG_SERVER_IP, KIND_TEXT, VALUE_MAX },
  { AT_CONFIG_SERVER_PORT, KIND_NUMBER, 65535 },
  { AT_CONFIG_AUTH_PASS, KIND_SECRET, VALUE_MAX },
  { AT_CONFIG_ENCRYPT, KIND_NUMBER, 1 },
  { AT_CONFIG_ENCRYPT_KEY, KIND_SECRET, KEY_CHARS },
  { AT_CONFIG_LISTEN_PORT, KIND_FIXED, 0 },
};

static AtResult
test (AtSession *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (ITEMS); i++)
    if (ITEMS[i].kind == KIND_NUMBER)
      at_session_say (self, ITEMS[i].max == 1 ? "^SCCFG: \"%s\",0|%u" : "^SCCFG: \"%s\",0-%u", ITEMS[i].name,
                      ITEMS[i].max);
    else if (ITEMS[i].kind == KIND_FIXED)
      at_session_say (self, "^SCCFG: \"%s\"", ITEMS[i].name);
    else
      at_session_say (self, "^SCCFG: \"%s\",\"0-%u\"", ITEMS[i].name, ITEMS[i].max);
  at_session_say (self, "^SCCFG: \"SAVE\"");
  at_session_say (self, "^SCCFG: \"RESTART\"");
  at_session_say (self, "^SCCFG: \"SRESTART\"");
  return AT_RESULT_OK;
}

static void
show (AtSession *self, guint i)
{
  const gchar *value = at_terminal_get_config (self->terminal, ITEMS[i].name);

  if (ITEMS[i].kind == KIND_NUMBER || ITEMS[i].kind == KIND_FIXED)
    at_session_say (self, "^SCCFG: \"%s\",%s", ITEMS[i].name, *value != '\0' ? value : "0");
  else
    at_session_say (self, "^SCCFG: \"%s\",\"%s\"", ITEMS[i].name,
                    ITEMS[i].kind == KIND_SECRET && *value != '\0' ? "***" : value);
}

static AtResult
set (AtSession *self, guint i, const AtCommand *command)
{
  gboolean is_number = ITEMS[i].kind == KIND_NUMBER;
  const gchar *text = at_command_get_text (command, 1, 0, ITEMS[i].max);
  guint64 number = 0;

  if (command->n_args != 2 || ITEMS[i].kind == KIND_FIXED
      || !(is_number ? at_command_get_number (command, 1, 0, ITEMS[i].max, &number) : text != NULL))
    return AT_RESULT_ERROR;
  g_hash_table_insert (self->terminal->state->config, g_strdup (ITEMS[i].name),
                       is_number ? g_strdup_printf ("%" G_GUINT64_FORMAT, number) : g_strdup (text));
  return AT_RESULT_OK;
}

/* SAVE, RESTART and SRESTART; FALSE where it is none of them. */
static gboolean
is_order (AtSession *self, const AtCommand *command, AtResult *result)
{
  gboolean save = at_command_is (command, 0, "SAVE");
  gboolean both = at_command_is (command, 0, "SRESTART");

  if (command->n_args != 1 || (!save && !both && !at_command_is (command, 0, "RESTART")))
    return FALSE;
  *result = (save || both) && !at_terminal_commit (self->terminal) ? AT_RESULT_ERROR : AT_RESULT_OK;
  if (!save && *result == AT_RESULT_OK)
    at_terminal_restart_link (self->terminal);
  return TRUE;
}

AtResult
at_command_sccfg (AtSession *self, const AtCommand *command)
{
  AtResult result;

  if (command->form == AT_FORM_TEST)
    return test (self);
  if (command->form == AT_FORM_READ)
    {
      for (guint i = 0; i < G_N_ELEMENTS (ITEMS); i++)
        show (self, i);
      return AT_RESULT_OK;
    }
  if (command->form != AT_FORM_WRITE)
    return AT_RESULT_ERROR;
  if (is_order (self, command, &result))
    return result;
  for (guint i = 0; i < G_N_ELEMENTS (ITEMS); i++)
    if (at_command_is (command, 0, ITEMS[i].name))
      {
        if (command->n_args > 1)
          return set (self, i, command);
        show (self, i);
        return AT_RESULT_OK;
      }
  return AT_RESULT_ERROR;
}

static AtResult
set_ping (AtState *state, const AtCommand *command)
{
  const gchar *host = at_command_get_text (command, 1, 0, VALUE_MAX);
  guint64 interval;

  if (command->n_args != 2)
    return AT_RESULT_ERROR;
  if (at_command_is (command, 0, "HOST") && host != NULL)
    {
      g_free (state->ping_host);
      state->ping_host = g_strdup (host);
      return AT_RESULT_OK;
    }
  if (!at_command_is (command, 0, "INTERVAL")
      || !at_command_get_number (command, 1, 0, PING_MAX_MIN, &interval))
    return AT_RESULT_ERROR;
  state->ping_interval_min = (guint) interval;
  return AT_RESULT_OK;
}

AtResult
at_command_scping (AtSession *self, const AtCommand *command)
{
  AtState *state = self->terminal->state;
  AtResult result;

  if (command->form == AT_FORM_TEST)
    {
      at_session_say (self, "^SCPING: \"HOST\",\"0-%d\"", VALUE_MAX);
      at_session_say (self, "^SCPING: \"INTERVAL\",0-%d", PING_MAX_MIN);
      at_session_say (self, "^SCPING: \"SAVE\"");
      at_session_say (self, "^SCPING: \"RESTART\"");
      at_session_say (self, "^SCPING: \"SRESTART\"");
      return AT_RESULT_OK;
    }
  if (command->form == AT_FORM_READ)
    {
      at_session_say (self, "^SCPING: \"HOST\",\"%s\"", state->ping_host);
      at_session_say (self, "^SCPING: \"INTERVAL\",%u", state->ping_interval_min);
      return AT_RESULT_OK;
    }
  if (command->form != AT_FORM_WRITE)
    return AT_RESULT_ERROR;
  if (is_order (self, command, &result))
    return result;
  return set_ping (state, command);
}
