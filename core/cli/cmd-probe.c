/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* amsel probe: finds out which radio receiver is at a port, by asking as each kind wants to be asked. */
#include <stdio.h>

#include "cli-place.h"
#include "cli.h"

#define PROTOCOL "wmbus"
#define AUTO     "auto"

typedef struct
{
  gboolean done;
  GError *error; /* (owned) (nullable) */
} Probe;

static void
on_done (AmselDialogue *dialogue G_GNUC_UNUSED, const AmselDialogueReport *report G_GNUC_UNUSED,
         const GError *error, gpointer user_data)
{
  Probe *self = user_data;

  self->error = error != NULL ? g_error_copy (error) : NULL;
  self->done = TRUE;
}

static void
on_state (Probe *self, AmselLineState state, const gchar *message)
{
  if (state != AMSEL_LINE_STATE_WAITING || self->done)
    return;
  self->error = g_error_new_literal (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_OPEN, message);
  self->done = TRUE;
}

/* The protocol, which asks for whichever receiver there is. */
static GObject *
make_protocol (GError **error)
{
  GObject *protocol = cli_create (AMSEL_TYPE_PROTOCOL, PROTOCOL, error);
  GParamSpec *pspec;
  const GEnumValue *value;

  if (protocol == NULL)
    return NULL;
  pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (protocol), "receiver");
  value = pspec != NULL ? g_enum_get_value_by_nick (G_PARAM_SPEC_ENUM (pspec)->enum_class, AUTO) : NULL;
  if (value != NULL)
    g_object_set (protocol, "receiver", value->value, NULL);
  return protocol;
}

static int
probe (const gchar *place)
{
  Probe self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselTransport) transport = cli_make_transport (place, &error);
  g_autoptr (GObject) protocol = transport != NULL ? make_protocol (&error) : NULL;
  g_autoptr (AmselProtocol) finder = NULL;
  g_autoptr (AmselDialogue) dialogue = NULL;
  g_autoptr (AmselLine) line = NULL;
  g_autofree gchar *found = NULL;

  if (protocol == NULL)
    {
      cli_complain ("%s", error->message);
      return CLI_USAGE;
    }
  dialogue = amsel_protocol_prepare (AMSEL_PROTOCOL (protocol), &finder);
  line = amsel_line_new (place, transport);
  g_signal_connect_swapped (line, "state-changed", G_CALLBACK (on_state), &self);
  amsel_line_start (line);
  amsel_line_submit (line, AMSEL_LANE_ON_DEMAND, finder, dialogue, AMSEL_PATIENCE_FULL, on_done, &self);
  while (!self.done)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handlers_disconnect_by_data (line, &self);
  if (self.error != NULL)
    cli_complain ("%s: %s", place, self.error->message);
  else
    {
      g_object_get (protocol, "found", &found, NULL);
      printf ("%s\n", found);
    }
  amsel_line_stop (line);
  g_clear_error (&error);
  error = self.error;
  return error == NULL ? CLI_DONE : CLI_FAILED;
}

int
cmd_probe (int argc, char **argv)
{
  const GOptionEntry entries[] = { { NULL, 0, 0, 0, NULL, NULL, NULL } };

  if (!cli_parse (&argc, &argv, "PLACE",
                  "Finds out which radio receiver is at a port (a device, or host:port) and sets it up for C "
                  "and T. Prints its "
                  "kind, which is the word for “receiver:” in a configuration.\n\n"
                  "Ends with status 0 where one answers, 1 where none does, 2 for wrong usage.",
                  entries))
    return CLI_USAGE;
  if (argc != 2)
    {
      cli_complain ("expected one PLACE; see “amsel probe --help”");
      return CLI_USAGE;
    }
  return probe (argv[1]);
}
