/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings, items and signals of the service.
 *
 * Operators' programs command it by its action signals, which any language can emit:
 *   list-terminals () -> texts            sync-meters (id) -> action        action-result (action) -> text
 *   collect (id) -> whether               command (id, text) -> action
 *   add-terminal (name, serial, password) -> id                             remove-terminal (id) -> whether
 *
 * A call that is refused gives 0, NULL or FALSE, and the reason as a notice. */
#include "smartcom-service.h"

#include "smartcom-server.h"

#define SECOND_US G_USEC_PER_SEC

struct _SmartcomService
{
  AmselService parent_instance;

  /* settings */
  gchar *address; /* (owned) (nullable) */
  guint port;
  gchar *password; /* (owned) (nullable) */
  gchar *state;    /* (owned) (nullable) */
  gchar *keys;     /* (owned) (nullable) */
  gint64 interval_us;
  guint batch;
  guint parallel;
  guint max_terminals;
  guint max_logins;
  gint64 answer_timeout_us;
  gint64 login_timeout_us;
  gint64 keep_alive_us;

  SmartcomList *list;     /* (owned) */
  SmartcomServer *server; /* (owned) (nullable): while it serves */
};

G_DEFINE_FINAL_TYPE (SmartcomService, smartcom_service, AMSEL_TYPE_SERVICE)

typedef enum
{
  PROP_LISTEN = 1,
  PROP_PORT,
  PROP_PASSWORD,
  PROP_STATE,
  PROP_KEYS,
  PROP_INTERVAL,
  PROP_BATCH,
  PROP_PARALLEL,
  PROP_MAX_TERMINALS,
  PROP_MAX_LOGINS,
  PROP_ANSWER_TIMEOUT,
  PROP_LOGIN_TIMEOUT,
  PROP_KEEP_ALIVE,
  PROP_N_ONLINE,
} SmartcomServiceProperty;

static GParamSpec *properties[PROP_N_ONLINE + 1];

static void
on_readout (AmselReadout *readout, gpointer user_data)
{
  amsel_service_emit_readout (user_data, readout);
}

static void
on_notice (const gchar *message, gpointer user_data)
{
  amsel_service_notice (user_data, message);
}

static void
on_problem (const gchar *message, gpointer user_data)
{
  amsel_service_problem (user_data, message);
}

static const SmartcomServerCallbacks callbacks = { on_readout, on_notice, on_problem };

static gboolean
smartcom_service_start (AmselService *service, AmselController *controller, GError **error)
{
  SmartcomService *self = SMARTCOM_SERVICE (service);
  const SmartcomServerSettings settings = {
    .source = amsel_service_get_name (service),
    .address = self->address,
    .port = self->port,
    .password = self->password,
    .state = self->state,
    .keys = self->keys,
    .interval_us = self->interval_us,
    .batch = self->batch,
    .parallel = self->parallel,
    .max_terminals = self->max_terminals,
    .max_logins = self->max_logins,
    .answer_timeout_us = self->answer_timeout_us,
    .login_timeout_us = self->login_timeout_us,
    .keep_alive_us = self->keep_alive_us,
  };

  self->server = smartcom_server_new (&settings, self->list, amsel_controller_get_store (controller),
                                      amsel_registry_get_default (), &callbacks, self, error);
  return self->server != NULL;
}

static void
smartcom_service_stop (AmselService *service)
{
  g_clear_pointer (&SMARTCOM_SERVICE (service)->server, smartcom_server_free);
}

static gboolean
smartcom_service_check (AmselService *service, GError **error)
{
  SmartcomService *self = SMARTCOM_SERVICE (service);
  GPtrArray *all = smartcom_list_get_all (self->list);

  for (guint i = 0; i < all->len; i++)
    {
      const SmartcomTerminal *terminal = g_ptr_array_index (all, i);

      if (self->password != NULL || terminal->password != NULL || terminal->hash != NULL
          || terminal->dial != NULL)
        continue;
      g_set_error (
          error, SMARTCOM_ERROR, SMARTCOM_ERROR_SETTINGS,
          "terminal %s has no password, and there is none for all: set “password” or “password-hash”",
          terminal->serial);
      return FALSE;
    }
  return TRUE;
}

static GType
smartcom_service_get_item_type (AmselService *service G_GNUC_UNUSED)
{
  return SMARTCOM_TYPE_TERMINAL;
}

static gboolean
smartcom_service_add_item (AmselService *service, GObject *item, GError **error)
{
  return smartcom_list_add (SMARTCOM_SERVICE (service)->list, SMARTCOM_TERMINAL (item), error);
}

/* Why an operator's call was refused. */
static void
explain (SmartcomService *self, GError *error)
{
  if (error != NULL)
    amsel_service_notice (AMSEL_SERVICE (self), error->message);
  g_clear_error (&error);
}

/* One line for each terminal: id;serial;name;msisdn;active;online;groups;meters */
static gchar **
action_list_terminals (SmartcomService *self)
{
  GPtrArray *all = smartcom_list_get_all (self->list);
  GPtrArray *lines = g_ptr_array_new ();

  for (guint i = 0; i < all->len; i++)
    {
      SmartcomTerminal *t = g_ptr_array_index (all, i);
      g_autofree gchar *groups = t->groups != NULL ? g_strjoinv (",", t->groups) : g_strdup ("");

      g_ptr_array_add (lines, g_strdup_printf ("%u;%s;%s;%s;%s;%s;%s;%u", t->id, t->serial,
                                               t->name != NULL ? t->name : "",
                                               t->msisdn != NULL ? t->msisdn : "", t->active ? "ON" : "OFF",
                                               smartcom_terminal_is_online (t) ? "ON" : "OFF", groups,
                                               t->meters != NULL ? t->meters->len : 0));
    }
  g_ptr_array_add (lines, NULL);
  return (gchar **) g_ptr_array_free (lines, FALSE);
}

static guint64
action_sync_meters (SmartcomService *self, guint id)
{
  GError *error = NULL;
  guint64 action = self->server != NULL ? smartcom_server_sync (self->server, id, &error) : 0;

  explain (self, error);
  return action;
}

static gchar *
action_action_result (SmartcomService *self, guint64 action)
{
  return self->server != NULL ? g_strdup (smartcom_server_get_result (self->server, action)) : NULL;
}

static gboolean
action_collect (SmartcomService *self, guint id)
{
  GError *error = NULL;
  gboolean begun = self->server != NULL && smartcom_server_collect (self->server, id, &error);

  explain (self, error);
  return begun;
}

static guint64
action_command (SmartcomService *self, guint id, const gchar *text)
{
  GError *error = NULL;
  guint64 action =
      self->server != NULL && text != NULL ? smartcom_server_command (self->server, id, text, &error) : 0;

  explain (self, error);
  return action;
}

static guint
action_add_terminal (SmartcomService *self, const gchar *name, const gchar *serial, const gchar *password)
{
  GError *error = NULL;
  guint id = self->server != NULL && serial != NULL && password != NULL
                 ? smartcom_server_add (self->server, name, serial, password, &error)
                 : 0;

  explain (self, error);
  return id;
}

static gboolean
action_remove_terminal (SmartcomService *self, guint id)
{
  GError *error = NULL;
  gboolean done = self->server != NULL && smartcom_server_remove (self->server, id, &error);

  explain (self, error);
  return done;
}

static void
smartcom_service_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SmartcomService *self = SMARTCOM_SERVICE (object);

  switch ((SmartcomServiceProperty) id)
    {
    case PROP_LISTEN:
      g_value_set_string (value, self->address);
      break;
    case PROP_PORT:
      g_value_set_uint (value, self->port);
      break;
    case PROP_PASSWORD:
      g_value_set_string (value, NULL); /* not told */
      break;
    case PROP_STATE:
      g_value_set_string (value, self->state);
      break;
    case PROP_KEYS:
      g_value_set_string (value, self->keys);
      break;
    case PROP_INTERVAL:
      g_value_set_int64 (value, self->interval_us);
      break;
    case PROP_BATCH:
      g_value_set_uint (value, self->batch);
      break;
    case PROP_PARALLEL:
      g_value_set_uint (value, self->parallel);
      break;
    case PROP_MAX_TERMINALS:
      g_value_set_uint (value, self->max_terminals);
      break;
    case PROP_MAX_LOGINS:
      g_value_set_uint (value, self->max_logins);
      break;
    case PROP_ANSWER_TIMEOUT:
      g_value_set_int64 (value, self->answer_timeout_us);
      break;
    case PROP_LOGIN_TIMEOUT:
      g_value_set_int64 (value, self->login_timeout_us);
      break;
    case PROP_KEEP_ALIVE:
      g_value_set_int64 (value, self->keep_alive_us);
      break;
    case PROP_N_ONLINE:
      g_value_set_uint (value, self->server != NULL ? smartcom_server_get_n_online (self->server) : 0);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
smartcom_service_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SmartcomService *self = SMARTCOM_SERVICE (object);

  switch ((SmartcomServiceProperty) id)
    {
    case PROP_LISTEN:
      amsel_param_set_string (&self->address, value);
      break;
    case PROP_PORT:
      self->port = g_value_get_uint (value);
      break;
    case PROP_PASSWORD:
      amsel_param_set_string (&self->password, value);
      break;
    case PROP_STATE:
      amsel_param_set_string (&self->state, value);
      break;
    case PROP_KEYS:
      amsel_param_set_string (&self->keys, value);
      break;
    case PROP_INTERVAL:
      self->interval_us = g_value_get_int64 (value);
      break;
    case PROP_BATCH:
      self->batch = g_value_get_uint (value);
      break;
    case PROP_PARALLEL:
      self->parallel = g_value_get_uint (value);
      break;
    case PROP_MAX_TERMINALS:
      self->max_terminals = g_value_get_uint (value);
      break;
    case PROP_MAX_LOGINS:
      self->max_logins = g_value_get_uint (value);
      break;
    case PROP_ANSWER_TIMEOUT:
      self->answer_timeout_us = g_value_get_int64 (value);
      break;
    case PROP_LOGIN_TIMEOUT:
      self->login_timeout_us = g_value_get_int64 (value);
      break;
    case PROP_KEEP_ALIVE:
      self->keep_alive_us = g_value_get_int64 (value);
      break;
    case PROP_N_ONLINE:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
smartcom_service_finalize (GObject *object)
{
  SmartcomService *self = SMARTCOM_SERVICE (object);

  g_clear_pointer (&self->server, smartcom_server_free);
  smartcom_list_free (self->list);
  g_free (self->address);
  g_free (self->password);
  g_free (self->state);
  g_free (self->keys);
  G_OBJECT_CLASS (smartcom_service_parent_class)->finalize (object);
}

static void
install_places (void)
{
  properties[PROP_LISTEN] = g_param_spec_string (
      "listen", "listen", "Address of the interface that terminals dial; 0.0.0.0 or :: for all.", "127.0.0.1",
      AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_PORT] = g_param_spec_uint (
      "port", "port", "TCP port that terminals dial; 0 where the server dials all of them.", 0, G_MAXUINT16,
      41117, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_PASSWORD] =
      g_param_spec_string ("password", "password", "Password of the terminals that have none of their own.",
                           NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_SECRET);
  properties[PROP_STATE] = g_param_spec_string (
      "state", "state", "File in which the tables of meters and terminals that operators added are kept.",
      NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_PATH);
  properties[PROP_KEYS] =
      g_param_spec_string ("keys", "keys", "File with the keys of meters, one a line: address; key.", NULL,
                           AMSEL_PARAM_SETTING | AMSEL_PARAM_PATH);
}

static void
install_limits (void)
{
  const GParamFlags flags = AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT;

  properties[PROP_INTERVAL] = amsel_param_spec_duration (
      "interval", "How often records are collected from each terminal that is online.", SECOND_US,
      (gint64) 24 * 3600 * SECOND_US, 900 * SECOND_US, flags);
  properties[PROP_BATCH] =
      g_param_spec_uint ("batch", "batch", "Most records that are asked for at once.", 1, 1000, 100, flags);
  properties[PROP_PARALLEL] = g_param_spec_uint (
      "parallel", "parallel", "Most terminals that are worked with at the same time.", 1, 10000, 200, flags);
  properties[PROP_MAX_TERMINALS] = g_param_spec_uint (
      "max-terminals", "max-terminals", "Most terminals that may be online.", 1, 100000, 20000, flags);
  properties[PROP_MAX_LOGINS] = g_param_spec_uint (
      "max-logins", "max-logins",
      "Most connections that may be logging in; the oldest makes room for one more.", 1, 100000, 1000, flags);
  properties[PROP_ANSWER_TIMEOUT] = amsel_param_spec_duration (
      "answer-timeout", "Silence of a terminal during an answer after which it is disconnected.", SECOND_US,
      600 * SECOND_US, 30 * SECOND_US, flags);
  properties[PROP_LOGIN_TIMEOUT] = amsel_param_spec_duration (
      "login-timeout", "How long a login may take.", SECOND_US, 600 * SECOND_US, 15 * SECOND_US, flags);
  properties[PROP_KEEP_ALIVE] = amsel_param_spec_duration (
      "keep-alive", "Silence after which a terminal is probed; it counts as gone after twice as long.", 0,
      (gint64) 24 * 3600 * SECOND_US, 60 * SECOND_US, flags);
  properties[PROP_N_ONLINE] =
      g_param_spec_uint ("n-online", "n-online", "How many terminals are online.", 0, G_MAXUINT, 0,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | AMSEL_PARAM_RUNTIME);
}

static void
add_action (const gchar *name, gpointer function, GType result, guint n_parameters, const GType *parameters)
{
  g_signal_newv (name, SMARTCOM_TYPE_SERVICE, G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
                 g_cclosure_new (G_CALLBACK (function), NULL, NULL), NULL, NULL, NULL, result, n_parameters,
                 (GType *) parameters);
}

static void
install_actions (void)
{
  const GType id[] = { G_TYPE_UINT };
  const GType action[] = { G_TYPE_UINT64 };
  const GType command[] = { G_TYPE_UINT, G_TYPE_STRING };
  const GType terminal[] = { G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING };

  add_action ("list-terminals", action_list_terminals, G_TYPE_STRV, 0, NULL);
  add_action ("sync-meters", action_sync_meters, G_TYPE_UINT64, G_N_ELEMENTS (id), id);
  add_action ("action-result", action_action_result, G_TYPE_STRING, G_N_ELEMENTS (action), action);
  add_action ("collect", action_collect, G_TYPE_BOOLEAN, G_N_ELEMENTS (id), id);
  add_action ("command", action_command, G_TYPE_UINT64, G_N_ELEMENTS (command), command);
  add_action ("add-terminal", action_add_terminal, G_TYPE_UINT, G_N_ELEMENTS (terminal), terminal);
  add_action ("remove-terminal", action_remove_terminal, G_TYPE_BOOLEAN, G_N_ELEMENTS (id), id);
}

static void
smartcom_service_class_init (SmartcomServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  AmselServiceClass *service_class = AMSEL_SERVICE_CLASS (klass);

  object_class->get_property = smartcom_service_get_property;
  object_class->set_property = smartcom_service_set_property;
  object_class->finalize = smartcom_service_finalize;
  service_class->start = smartcom_service_start;
  service_class->stop = smartcom_service_stop;
  service_class->check = smartcom_service_check;
  service_class->item_key = "terminals";
  service_class->get_item_type = smartcom_service_get_item_type;
  service_class->add_item = smartcom_service_add_item;

  install_places ();
  install_limits ();
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
  install_actions ();
}

static void
smartcom_service_init (SmartcomService *self)
{
  self->list = smartcom_list_new ();
}
