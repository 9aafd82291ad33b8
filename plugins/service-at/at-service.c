/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The AT terminal as a service: settings, and the ways to it. What it does is in at-terminal.c; how it is
 * commanded, in at-session.c. */
#include "at-service.h"

#include <string.h>

#include "at-console.h"
#include "at-dial.h"
#include "at-server.h"

#define SERIAL_DEFAULT  "50-0663-0027"
#define ADDRESS_DEFAULT "127.0.0.1"

struct _AtService
{
  AmselService parent_instance;

  /* settings */
  gchar *serial;           /* (owned) */
  gchar *port1;            /* (owned) (nullable) */
  gchar *port2;            /* (owned) (nullable) */
  gchar *wireless;         /* (owned) (nullable) */
  gchar *state_file;       /* (owned) (nullable) */
  AmselTransport *console; /* (owned) (nullable) */
  gchar *address;          /* (owned) */
  guint port;
  guint max_sessions;
  gchar *login;           /* (owned) (nullable) */
  gchar *password;        /* (owned) (nullable) */
  gchar *server;          /* (owned) (nullable) */
  gchar *server_password; /* (owned) (nullable) */
  gchar *server_key;      /* (owned) (nullable) */

  /* while it serves */
  AtTerminal *terminal; /* (owned) (nullable) */
  AtServerSettings listening;
  AtServer *listener;         /* (owned) (nullable) */
  AtConsole *console_session; /* (owned) (nullable) */
  AtDial *dial;               /* (owned) (nullable) */
  GSource *redial;            /* (owned) (nullable): the server is dialled anew */
};

G_DEFINE_FINAL_TYPE (AtService, at_service, AMSEL_TYPE_SERVICE)

typedef enum
{
  PROP_SERIAL = 1,
  PROP_PORT1,
  PROP_PORT2,
  PROP_WIRELESS,
  PROP_STATE_FILE,
  PROP_CONSOLE,
  PROP_ADDRESS,
  PROP_PORT,
  PROP_MAX_SESSIONS,
  PROP_LOGIN,
  PROP_PASSWORD,
  PROP_SERVER,
  PROP_SERVER_PASSWORD,
  PROP_SERVER_KEY,
} AtServiceProperty;

static GParamSpec *properties[PROP_SERVER_KEY + 1];

static gboolean
dial (AtService *self, GError **error)
{
  GError *local = NULL;

  self->dial = at_dial_new (self->terminal, &local);
  if (local == NULL)
    return TRUE;
  g_propagate_prefixed_error (error, local, "server: ");
  return FALSE;
}

static gboolean
on_redial (gpointer user_data)
{
  AtService *self = user_data;
  g_autoptr (GError) error = NULL;

  amsel_clock_clear_alarm (&self->redial);
  g_clear_pointer (&self->dial, at_dial_free);
  if (!dial (self, &error))
    at_terminal_problem (self->terminal, "%s", error->message);
  return G_SOURCE_REMOVE;
}

/* AT^SCCFG="SRESTART": from the main loop, since the order may have come over that very link. */
static void
restart_link (gpointer user_data)
{
  AtService *self = user_data;
  AmselClock *clock = self->terminal->clock;

  if (self->redial == NULL)
    self->redial = amsel_clock_add_alarm (clock, amsel_clock_get_monotonic_us (clock), on_redial, self);
}

/* HOST:PORT to what AT^SCCFG has of it. */
static void
set_server_defaults (AtService *self)
{
  const gchar *server = self->server != NULL ? self->server : "";
  const gchar *colon = strrchr (server, ':');
  gboolean has_port =
      colon != NULL && (strchr (server, ':') == colon || (colon > server && colon[-1] == ']'));
  gboolean has_key = self->server_key != NULL && *self->server_key != '\0';

  at_terminal_set_default (self->terminal, AT_CONFIG_MODE, g_strdup (*server != '\0' ? "1" : "0"));
  at_terminal_set_default (self->terminal, AT_CONFIG_SERVER_IP,
                           has_port ? g_strndup (server, (gsize) (colon - server)) : g_strdup (server));
  at_terminal_set_default (self->terminal, AT_CONFIG_SERVER_PORT, has_port ? g_strdup (colon + 1) : NULL);
  at_terminal_set_default (self->terminal, AT_CONFIG_AUTH_PASS, g_strdup (self->server_password));
  at_terminal_set_default (self->terminal, AT_CONFIG_ENCRYPT, g_strdup (has_key ? "1" : "0"));
  at_terminal_set_default (self->terminal, AT_CONFIG_ENCRYPT_KEY, g_strdup (self->server_key));
  at_terminal_set_default (self->terminal, AT_CONFIG_LISTEN_PORT, g_strdup_printf ("%u", self->port));
}

static gboolean
check_pipeline (AmselController *controller, const gchar *property, const gchar *name, GError **error)
{
  if (name == NULL || *name == '\0' || amsel_controller_get_protocol (controller, name) != NULL)
    return TRUE;
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, "%s: there is no pipeline “%s”",
               property, name);
  return FALSE;
}

static gboolean
check (AtService *self, AmselController *controller, GError **error)
{
  if (self->password != NULL && *self->password == '\0')
    g_clear_pointer (&self->password, g_free);
  return check_pipeline (controller, "port1", self->port1, error)
         && check_pipeline (controller, "port2", self->port2, error)
         && check_pipeline (controller, "wireless", self->wireless, error);
}

static const gchar *
or_null (const gchar *text)
{
  return text != NULL && *text != '\0' ? text : NULL;
}

static gboolean
open_ways (AtService *self, GError **error)
{
  self->listening = (AtServerSettings){ .address = self->address,
                                        .port = self->port,
                                        .max_sessions = self->max_sessions,
                                        .login = self->login,
                                        .password = self->password };
  if (self->port != 0)
    {
      self->listener = at_server_new (self->terminal, &self->listening, error);
      if (self->listener == NULL)
        return FALSE;
    }
  if (self->console != NULL)
    self->console_session = at_console_new (self->terminal, self->console);
  return dial (self, error);
}

static void
at_service_stop (AmselService *service)
{
  AtService *self = AT_SERVICE (service);

  amsel_clock_clear_alarm (&self->redial);
  g_clear_pointer (&self->dial, at_dial_free);
  g_clear_pointer (&self->console_session, at_console_free);
  g_clear_pointer (&self->listener, at_server_free);
  if (self->terminal != NULL)
    at_terminal_stop (self->terminal);
  g_clear_pointer (&self->terminal, at_terminal_unref);
}

static gboolean
at_service_start (AmselService *service, AmselController *controller, GError **error)
{
  AtService *self = AT_SERVICE (service);
  AtSettings settings = { .serial = self->serial,
                          .ports = { or_null (self->port1), or_null (self->port2) },
                          .wireless = or_null (self->wireless),
                          .state_file = or_null (self->state_file) };

  if (!check (self, controller, error))
    return FALSE;
  self->terminal = at_terminal_new (service, controller, &settings);
  self->terminal->restart_link = restart_link;
  self->terminal->restart_data = self;
  set_server_defaults (self);
  if (open_ways (self, error))
    return TRUE;
  at_service_stop (service);
  return FALSE;
}

/* Where a text property is kept; NULL for the others. */
static gchar **
get_text (AtService *self, guint id)
{
  switch ((AtServiceProperty) id)
    {
    case PROP_SERIAL:
      return &self->serial;
    case PROP_PORT1:
      return &self->port1;
    case PROP_PORT2:
      return &self->port2;
    case PROP_WIRELESS:
      return &self->wireless;
    case PROP_STATE_FILE:
      return &self->state_file;
    case PROP_ADDRESS:
      return &self->address;
    case PROP_LOGIN:
      return &self->login;
    case PROP_PASSWORD:
      return &self->password;
    case PROP_SERVER:
      return &self->server;
    case PROP_SERVER_PASSWORD:
      return &self->server_password;
    case PROP_SERVER_KEY:
      return &self->server_key;
    case PROP_CONSOLE:
    case PROP_PORT:
    case PROP_MAX_SESSIONS:
    default:
      return NULL;
    }
}

static void
at_service_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AtService *self = AT_SERVICE (object);

  if (get_text (self, id) != NULL)
    g_value_set_string (value, *get_text (self, id));
  else if (id == PROP_CONSOLE)
    g_value_set_object (value, self->console);
  else if (id == PROP_PORT)
    g_value_set_uint (value, self->port);
  else if (id == PROP_MAX_SESSIONS)
    g_value_set_uint (value, self->max_sessions);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
at_service_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AtService *self = AT_SERVICE (object);
  gchar **text = get_text (self, id);

  if (text != NULL)
    amsel_param_set_string (text, value);
  else if (id == PROP_CONSOLE)
    g_set_object (&self->console, g_value_get_object (value));
  else if (id == PROP_PORT)
    self->port = g_value_get_uint (value);
  else if (id == PROP_MAX_SESSIONS)
    self->max_sessions = g_value_get_uint (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
at_service_dispose (GObject *object)
{
  AtService *self = AT_SERVICE (object);

  at_service_stop (AMSEL_SERVICE (self));
  g_clear_object (&self->console);
  G_OBJECT_CLASS (at_service_parent_class)->dispose (object);
}

static void
at_service_finalize (GObject *object)
{
  AtService *self = AT_SERVICE (object);

  for (guint id = 1; id < G_N_ELEMENTS (properties); id++)
    if (get_text (self, id) != NULL)
      g_free (*get_text (self, id));
  G_OBJECT_CLASS (at_service_parent_class)->finalize (object);
}

static void
add_text (AtServiceProperty id, const gchar *name, const gchar *blurb, const gchar *value, GParamFlags flags)
{
  properties[id] = g_param_spec_string (name, name, blurb, value, AMSEL_PARAM_SETTING | flags);
}

static void
install_properties (GObjectClass *object_class)
{
  add_text (PROP_SERIAL, "serial", "Serial number of the terminal, which it tells its server and AT+GSN.",
            SERIAL_DEFAULT, G_PARAM_CONSTRUCT);
  add_text (PROP_PORT1, "port1", "Name of the pipeline of wired meters behind port 1; none where not given.",
            NULL, 0);
  add_text (PROP_PORT2, "port2", "Name of the pipeline of wired meters behind port 2; none where not given.",
            NULL, 0);
  add_text (PROP_WIRELESS, "wireless",
            "Name of the pipeline that listens to wireless meters; without it AT^SCWMBUS answers ERROR.",
            NULL, 0);
  add_text (PROP_STATE_FILE, "state-file",
            "File that the tables of meters and the settings are kept in; without it they are lost with the "
            "program.",
            NULL, AMSEL_PARAM_PATH);
  properties[PROP_CONSOLE] = g_param_spec_object (
      "console", "console", "Serial port on which the terminal is commanded, 115200 8N1 usually.",
      AMSEL_TYPE_TRANSPORT, AMSEL_PARAM_SETTING);
  add_text (PROP_ADDRESS, "address",
            "Address to listen on for commands. What is not of this machine alone should have a password.",
            ADDRESS_DEFAULT, G_PARAM_CONSTRUCT);
  properties[PROP_PORT] =
      g_param_spec_uint ("port", "port", "TCP port to listen on for commands; 0 for none.", 0, G_MAXUINT16, 0,
                         AMSEL_PARAM_SETTING);
  properties[PROP_MAX_SESSIONS] = g_param_spec_uint (
      "max-sessions", "max-sessions", "Most TCP connections at a time; who comes next hears BUSY.", 1, 1000,
      8, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  add_text (PROP_LOGIN, "login", "Login that a TCP connection has to give, where there is a password.",
            "Admin", G_PARAM_CONSTRUCT);
  add_text (PROP_PASSWORD, "password",
            "Password that a TCP connection has to give; without it none is asked for.", NULL,
            AMSEL_PARAM_SECRET);
  add_text (PROP_SERVER, "server",
            "HOST:PORT of the server that the terminal dials; it stands alone without it.", NULL, 0);
  add_text (PROP_SERVER_PASSWORD, "server-password",
            "Password with which the terminal logs in to its server.", NULL, AMSEL_PARAM_SECRET);
  add_text (
      PROP_SERVER_KEY, "server-key",
      "Key of the encryption between terminal and server, 32 hexadecimal digits; without it there is none.",
      NULL, AMSEL_PARAM_SECRET);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
at_service_class_init (AtServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  AmselServiceClass *service_class = AMSEL_SERVICE_CLASS (klass);

  object_class->get_property = at_service_get_property;
  object_class->set_property = at_service_set_property;
  object_class->dispose = at_service_dispose;
  object_class->finalize = at_service_finalize;
  service_class->start = at_service_start;
  service_class->stop = at_service_stop;
  install_properties (object_class);
}

static void
at_service_init (AtService *self G_GNUC_UNUSED)
{
}
