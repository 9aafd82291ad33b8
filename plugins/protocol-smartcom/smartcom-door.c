/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How terminals come in: those that dial and log in, and those that are dialled. */
#include "smartcom-server-private.h"

#include <sys/resource.h>

/* Strangers are told once for each kind of fault, then counted: a flood shall not fill the log. */
#define REFUSALS_US (60 * G_USEC_PER_SEC)

/* Descriptors beside those of the terminals. */
#define OTHER_DESCRIPTORS 256

/* Pauses between attempts to dial a terminal. */
#define DIAL_PAUSE_MIN_US (2 * G_USEC_PER_SEC)
#define DIAL_PAUSE_MAX_US (300 * G_USEC_PER_SEC)
#define DIAL_PORT         10000

/* A terminal that is dialled. */
typedef struct
{
  SmartcomServer *server;        /* (unowned) */
  SmartcomTerminal *terminal;    /* (unowned): of the list, which outlives it */
  GSocketConnection *connection; /* (owned) (nullable) */
  GSource *alarm;                /* (owned) (nullable): the next attempt */
  gint64 pause_us;
} Dial;

/* A password whose hash is being made. */
typedef struct
{
  SmartcomServer *server;     /* (unowned) */
  SmartcomTerminal *terminal; /* (owned) */
  gchar *password;            /* (owned) */
  guint64 guest;
  SmartcomVerifier verifier;
} Derivation;

static void try_again (Dial *dial);

static gboolean
find_key (const gchar *serial, SmartcomKey *out, gpointer user_data)
{
  SmartcomServer *self = user_data;
  SmartcomTerminal *terminal = smartcom_list_find (self->list, serial);

  return terminal != NULL && terminal->key != NULL && smartcom_key_parse (terminal->key, out, NULL);
}

/* The connection of a terminal has ended. */
static void
on_closed (SmartcomSession *session G_GNUC_UNUSED, const GError *error, gpointer user_data)
{
  SmartcomTerminal *terminal = user_data;
  SmartcomServer *self = terminal->server;
  Dial *dial = g_hash_table_lookup (self->dials, terminal);

  g_clear_pointer (&terminal->session, smartcom_session_free);
  self->n_online--;
  if (error->domain == SMARTCOM_ERROR)
    smartcom_server_complain (self, terminal, error);
  else
    smartcom_server_notice (self, terminal, "offline");
  if (dial != NULL)
    try_again (dial);
}

/* It is online: a new connection takes the place of an old one, which the terminal may have lost long ago. */
static void
come_in (SmartcomServer *self, SmartcomTerminal *terminal, SmartcomChannel *channel, const guint8 *rest,
         gsize length)
{
  if (terminal->session != NULL)
    self->n_online--;
  g_clear_pointer (&terminal->session, smartcom_session_free);
  terminal->session =
      smartcom_session_new (channel, self->clock, self->answer_timeout_us, on_closed, terminal);
  terminal->synced = FALSE;
  self->n_online++;
  smartcom_server_notice (self, terminal,
                          smartcom_channel_is_encrypted (channel) ? "online, encrypted" : "online");
  smartcom_server_schedule (self, terminal, SMARTCOM_WORK_GREET | SMARTCOM_WORK_SYNC | SMARTCOM_WORK_COLLECT);
  if (length > 0)
    smartcom_session_feed (terminal->session, rest, length);
}

static void
on_entered (SmartcomGate *gate G_GNUC_UNUSED, const gchar *serial, SmartcomChannel *channel,
            const guint8 *rest, gsize length, gpointer user_data)
{
  SmartcomServer *self = user_data;
  SmartcomTerminal *terminal = smartcom_list_find (self->list, serial);

  if (terminal == NULL) /* removed in this moment */
    smartcom_channel_free (channel);
  else
    come_in (self, terminal, channel, rest, length);
}

static void
on_refused (SmartcomGate *gate G_GNUC_UNUSED, const gchar *from, const gchar *serial, const GError *error,
            gpointer user_data)
{
  SmartcomServer *self = user_data;
  gint64 now_us = amsel_clock_get_monotonic_us (self->clock);
  guint kind = error->domain == SMARTCOM_LINK_ERROR && error->code <= SMARTCOM_LINK_ERROR_TLS
                   ? (guint) error->code
                   : SMARTCOM_LINK_ERROR_NONE;
  g_autofree gchar *message = NULL;

  if (self->refused_us[kind] != 0 && now_us - self->refused_us[kind] < REFUSALS_US)
    {
      self->n_refused++;
      return;
    }
  message = g_strdup_printf ("%s%s%s was not let in: %s", from, *serial != '\0' ? " as " : "", serial,
                             error->message);
  self->callbacks->problem (message, self->user_data);
  if (self->n_refused > 0)
    {
      g_autofree gchar *more = g_strdup_printf (
          "%" G_GUINT64_FORMAT " others were not let in since the last message", self->n_refused);

      self->callbacks->problem (more, self->user_data);
    }
  self->n_refused = 0;
  self->refused_us[kind] = now_us;
}

static void
derivation_free (gpointer data)
{
  Derivation *derivation = data;

  g_object_unref (derivation->terminal);
  g_free (derivation->password);
  g_free (derivation);
}

static void
derive_in_thread (GTask *task, gpointer source G_GNUC_UNUSED, gpointer data,
                  GCancellable *cancellable G_GNUC_UNUSED)
{
  Derivation *derivation = data;

  smartcom_verifier_make (derivation->password, &derivation->verifier);
  g_task_return_boolean (task, TRUE);
}

static void
on_derived (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data G_GNUC_UNUSED)
{
  Derivation *derivation = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    return; /* the server is gone */
  if (derivation->terminal->verifier == NULL)
    derivation->terminal->verifier = g_memdup2 (&derivation->verifier, sizeof derivation->verifier);
  smartcom_gate_answer (derivation->server->gate, derivation->guest, derivation->terminal->verifier, NULL);
}

/* The hash of a password takes milliseconds, which thousands that dial at once would wait for: a thread. */
static void
derive (SmartcomServer *self, SmartcomTerminal *terminal, guint64 guest)
{
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, on_derived, NULL);
  Derivation *derivation = g_new0 (Derivation, 1);

  derivation->server = self;
  derivation->terminal = g_object_ref (terminal);
  derivation->password = g_strdup (terminal->password);
  derivation->guest = guest;
  g_task_set_task_data (task, derivation, derivation_free);
  g_task_run_in_thread (task, derive_in_thread);
}

/* Why a terminal is sent away before it has shown its password; NULL where it is not. */
static const gchar *
find_objection (SmartcomServer *self, SmartcomTerminal *terminal, gboolean encrypted)
{
  if (terminal == NULL)
    return NULL;
  if (!terminal->active)
    return "this terminal is not active";
  if (terminal->key != NULL && !encrypted)
    return "this terminal has to encrypt its connection";
  if (self->n_online >= self->max_terminals && terminal->session == NULL)
    return "the server has as many terminals as it may";
  return NULL;
}

static void
on_wanted (SmartcomGate *gate, guint64 guest, const gchar *serial, gboolean encrypted, gpointer user_data)
{
  SmartcomServer *self = user_data;
  SmartcomTerminal *terminal = smartcom_list_find (self->list, serial);
  const gchar *objection = find_objection (self, terminal, encrypted);

  if (terminal != NULL && terminal->verifier == NULL && terminal->hash != NULL)
    {
      terminal->verifier = g_new0 (SmartcomVerifier, 1);
      smartcom_verifier_parse (terminal->hash, terminal->verifier, NULL); /* was checked */
    }
  if (terminal == NULL || objection != NULL)
    smartcom_gate_answer (gate, guest, NULL, objection);
  else if (terminal->verifier != NULL)
    smartcom_gate_answer (gate, guest, terminal->verifier, NULL);
  else if (terminal->password != NULL)
    derive (self, terminal, guest);
  else
    smartcom_gate_answer (gate, guest, self->verifier, NULL);
}

static const SmartcomGateCallbacks gate_callbacks = { on_wanted, on_entered, on_refused, find_key };

/* A descriptor for each terminal: more than a program has by default. */
static void
raise_limit (SmartcomServer *self)
{
  struct rlimit limit;
  rlim_t wanted = self->max_terminals + OTHER_DESCRIPTORS;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
    return;
  limit.rlim_cur = limit.rlim_max == RLIM_INFINITY ? wanted : MIN (wanted, limit.rlim_max);
  setrlimit (RLIMIT_NOFILE, &limit); /* what cannot be had is told when it is missed */
}

static void
on_dialled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Dial *dial = user_data;
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection =
      g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the server is gone */
  g_clear_object (&dial->connection);
  dial->connection = connection;
  if (connection == NULL)
    {
      g_autoptr (GError) told =
          g_error_new (SMARTCOM_ERROR, SMARTCOM_ERROR_OFFLINE, "cannot be dialled: %s", error->message);

      smartcom_server_complain (dial->server, dial->terminal, told);
      try_again (dial);
      return;
    }
  dial->pause_us = DIAL_PAUSE_MIN_US;
  if (dial->terminal->told == SMARTCOM_ERROR_OFFLINE)
    dial->terminal->told = 0;
  come_in (dial->server, dial->terminal,
           smartcom_channel_new (g_socket_connection_get_socket (connection), NULL, NULL, NULL), NULL, 0);
}

static gboolean
on_dial (gpointer user_data)
{
  Dial *dial = user_data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  amsel_clock_clear_alarm (&dial->alarm);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, (guint) (dial->server->answer_timeout_us / G_USEC_PER_SEC) + 1);
  g_socket_client_connect_to_host_async (client, dial->terminal->dial, DIAL_PORT, dial->server->cancellable,
                                         on_dialled, dial);
  return G_SOURCE_REMOVE;
}

static void
try_again (Dial *dial)
{
  AmselClock *clock = dial->server->clock;

  dial->alarm =
      amsel_clock_add_alarm (clock, amsel_clock_get_monotonic_us (clock) + dial->pause_us, on_dial, dial);
  dial->pause_us = MIN (dial->pause_us * 2, DIAL_PAUSE_MAX_US);
}

static void
dial_free (gpointer data)
{
  Dial *dial = data;

  amsel_clock_clear_alarm (&dial->alarm);
  g_clear_object (&dial->connection);
  g_free (dial);
}

gboolean
smartcom_door_open (SmartcomServer *self, const SmartcomServerSettings *settings, GError **error)
{
  const SmartcomGateSettings gate = {
    .address = settings->address,
    .port = settings->port,
    .max_logins = settings->max_logins,
    .login_timeout_us = settings->login_timeout_us,
    .keep_alive_us = settings->keep_alive_us,
    .clock = self->clock,
  };

  self->dials = g_hash_table_new_full (NULL, NULL, NULL, dial_free);
  raise_limit (self);
  if (self->password != NULL)
    {
      self->verifier = g_new0 (SmartcomVerifier, 1);
      smartcom_verifier_make (self->password, self->verifier);
    }
  if (settings->port == 0)
    return TRUE;
  self->gate = smartcom_gate_new (&gate, &gate_callbacks, self, error);
  return self->gate != NULL;
}

void
smartcom_door_dial_all (SmartcomServer *self)
{
  GPtrArray *all = smartcom_list_get_all (self->list);

  for (guint i = 0; i < all->len; i++)
    {
      SmartcomTerminal *terminal = g_ptr_array_index (all, i);
      Dial *dial;

      if (terminal->dial == NULL || !terminal->active)
        continue;
      dial = g_new0 (Dial, 1);
      dial->server = self;
      dial->terminal = terminal;
      dial->pause_us = DIAL_PAUSE_MIN_US;
      g_hash_table_insert (self->dials, terminal, dial);
      on_dial (dial);
    }
}

void
smartcom_door_close (SmartcomServer *self)
{
  g_clear_pointer (&self->gate, smartcom_gate_free);
  g_clear_pointer (&self->dials, g_hash_table_unref);
}
