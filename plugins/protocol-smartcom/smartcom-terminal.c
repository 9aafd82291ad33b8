/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of a terminal. */
#include "smartcom-terminal.h"

#include "smartcom-tls.h"

/* Positions that are remembered: more than the table of any terminal has. */
#define LEARNED_MAX 4096

G_DEFINE_FINAL_TYPE (SmartcomTerminal, smartcom_terminal, G_TYPE_OBJECT)

typedef enum
{
  PROP_SERIAL = 1,
  PROP_NAME,
  PROP_MSISDN,
  PROP_ACTIVE,
  PROP_GROUPS,
  PROP_PASSWORD,
  PROP_HASH,
  PROP_KEY,
  PROP_DIAL,
} SmartcomTerminalProperty;

static GParamSpec *properties[PROP_DIAL + 1];

gboolean
smartcom_terminal_check (SmartcomTerminal *self, GError **error)
{
  SmartcomVerifier verifier;
  SmartcomKey key;

  if (self->serial == NULL || !smartcom_serial_check (self->serial, error))
    return FALSE;
  if (self->password != NULL && self->hash != NULL)
    {
      g_set_error_literal (error, SMARTCOM_ERROR, SMARTCOM_ERROR_SETTINGS,
                           "give a terminal either password or password-hash");
      return FALSE;
    }
  if (self->hash != NULL && !smartcom_verifier_parse (self->hash, &verifier, error))
    return FALSE;
  return self->key == NULL || smartcom_key_parse (self->key, &key, error);
}

gboolean
smartcom_terminal_is_online (SmartcomTerminal *self)
{
  return self->session != NULL;
}

const SmartcomEntry *
smartcom_terminal_find_meter (SmartcomTerminal *self, guint index)
{
  for (guint i = 0; self->meters != NULL && i < self->meters->len; i++)
    {
      const SmartcomEntry *entry = g_ptr_array_index (self->meters, i);

      if (entry->index == index)
        return entry;
    }
  return NULL;
}

void
smartcom_terminal_learn (SmartcomTerminal *self, guint index, const gchar *id)
{
  if (index >= LEARNED_MAX || g_strcmp0 (smartcom_terminal_recall (self, index), id) == 0)
    return;
  if (self->learned == NULL)
    self->learned = g_ptr_array_new_with_free_func (g_free);
  if (self->learned->len <= index)
    g_ptr_array_set_size (self->learned, (gint) index + 1);
  g_free (g_ptr_array_index (self->learned, index));
  g_ptr_array_index (self->learned, index) = g_strdup (id);
}

const gchar *
smartcom_terminal_recall (SmartcomTerminal *self, guint index)
{
  return self->learned != NULL && index < self->learned->len ? g_ptr_array_index (self->learned, index)
                                                             : NULL;
}

static void
smartcom_terminal_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SmartcomTerminal *self = SMARTCOM_TERMINAL (object);

  switch ((SmartcomTerminalProperty) id)
    {
    case PROP_SERIAL:
      g_value_set_string (value, self->serial);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_MSISDN:
      g_value_set_string (value, self->msisdn);
      break;
    case PROP_ACTIVE:
      g_value_set_boolean (value, self->active);
      break;
    case PROP_GROUPS:
      g_value_set_boxed (value, self->groups);
      break;
    case PROP_DIAL:
      g_value_set_string (value, self->dial);
      break;
    case PROP_PASSWORD:
    case PROP_HASH:
    case PROP_KEY:
      g_value_set_string (value, NULL); /* not told */
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
smartcom_terminal_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SmartcomTerminal *self = SMARTCOM_TERMINAL (object);

  switch ((SmartcomTerminalProperty) id)
    {
    case PROP_SERIAL:
      amsel_param_set_string (&self->serial, value);
      break;
    case PROP_NAME:
      amsel_param_set_string (&self->name, value);
      break;
    case PROP_MSISDN:
      amsel_param_set_string (&self->msisdn, value);
      break;
    case PROP_ACTIVE:
      self->active = g_value_get_boolean (value);
      break;
    case PROP_GROUPS:
      g_strfreev (self->groups);
      self->groups = g_value_dup_boxed (value);
      break;
    case PROP_PASSWORD:
      amsel_param_set_string (&self->password, value);
      break;
    case PROP_HASH:
      amsel_param_set_string (&self->hash, value);
      break;
    case PROP_KEY:
      amsel_param_set_string (&self->key, value);
      break;
    case PROP_DIAL:
      amsel_param_set_string (&self->dial, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
smartcom_terminal_finalize (GObject *object)
{
  SmartcomTerminal *self = SMARTCOM_TERMINAL (object);

  g_clear_pointer (&self->session, smartcom_session_free);
  g_clear_pointer (&self->meters, g_ptr_array_unref);
  g_clear_pointer (&self->learned, g_ptr_array_unref);
  g_free (self->verifier);
  g_free (self->serial);
  g_free (self->name);
  g_free (self->msisdn);
  g_free (self->password);
  g_free (self->hash);
  g_free (self->key);
  g_free (self->dial);
  g_strfreev (self->groups);
  G_OBJECT_CLASS (smartcom_terminal_parent_class)->finalize (object);
}

static void
install_texts (void)
{
  properties[PROP_SERIAL] =
      g_param_spec_string ("serial", "serial", "Serial number of the terminal, such as 50-0663-0027.", NULL,
                           AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED);
  properties[PROP_NAME] =
      g_param_spec_string ("name", "name", "Name of the terminal for people.", NULL, AMSEL_PARAM_SETTING);
  properties[PROP_MSISDN] = g_param_spec_string (
      "msisdn", "msisdn", "Telephone number of its SIM card, for people.", NULL, AMSEL_PARAM_SETTING);
  properties[PROP_PASSWORD] = g_param_spec_string (
      "password", "password", "Password with which it logs in; that of the service where not given.", NULL,
      AMSEL_PARAM_SETTING | AMSEL_PARAM_SECRET);
  properties[PROP_HASH] = g_param_spec_string (
      "password-hash", "password-hash",
      "The same as a hash, so that it stands nowhere: SCRAM-SHA-256$4096:SALT$STOREDKEY:SERVERKEY.", NULL,
      AMSEL_PARAM_SETTING | AMSEL_PARAM_SECRET);
  properties[PROP_KEY] = g_param_spec_string (
      "key", "key",
      "Key of the encryption: 32 hexadecimal digits. A terminal with a key is not let in without encryption.",
      NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_SECRET);
  properties[PROP_DIAL] = g_param_spec_string (
      "dial", "dial",
      "HOST:PORT of its AT port, where the server dials the terminal instead of waiting for it.", NULL,
      AMSEL_PARAM_SETTING);
}

static void
smartcom_terminal_class_init (SmartcomTerminalClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = smartcom_terminal_get_property;
  object_class->set_property = smartcom_terminal_set_property;
  object_class->finalize = smartcom_terminal_finalize;

  install_texts ();
  properties[PROP_ACTIVE] =
      g_param_spec_boolean ("active", "active", "Whether the terminal is let in and collected from.", TRUE,
                            AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_GROUPS] = g_param_spec_boxed ("groups", "groups", "Words by which people find it again.",
                                                G_TYPE_STRV, AMSEL_PARAM_SETTING);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
smartcom_terminal_init (SmartcomTerminal *self G_GNUC_UNUSED)
{
}
