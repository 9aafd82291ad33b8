/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Error domains: a small table from domain to the enumeration of its codes, so that every place that shows an
 * error (JSON, store, log) can show its name beside its number. */
#include "amsel-error.h"

static GMutex lock;
static GHashTable *domains; /* (owned) (nullable) (element-type GQuark GEnumClass): guarded by lock */

/**
 * amsel_error_register_domain:
 * @domain: an error domain
 * @codes: the enumeration type of its codes
 *
 * Makes the names of the codes of @domain known to amsel_error_get_name().
 */
void
amsel_error_register_domain (GQuark domain, GType codes)
{
  g_mutex_lock (&lock);
  if (domains == NULL)
    domains = g_hash_table_new (NULL, NULL);
  g_hash_table_replace (domains, GUINT_TO_POINTER (domain), g_type_class_ref (codes));
  g_mutex_unlock (&lock);
}

/**
 * amsel_error_get_name:
 * @domain: an error domain
 * @code: a code of it
 *
 * Gives the name of an error code, such as "wrong-checksum".
 *
 * Returns: (transfer none): the name; "failed" where the domain or code is not known
 */
const gchar *
amsel_error_get_name (GQuark domain, gint code)
{
  GEnumClass *codes;
  const GEnumValue *value = NULL;

  g_mutex_lock (&lock);
  codes = domains ? g_hash_table_lookup (domains, GUINT_TO_POINTER (domain)) : NULL;
  if (codes != NULL)
    value = g_enum_get_value (codes, code);
  g_mutex_unlock (&lock);
  return value != NULL ? value->value_nick : "failed";
}

G_DEFINE_ENUM_TYPE (AmselConfigError, amsel_config_error,
                    G_DEFINE_ENUM_VALUE (AMSEL_CONFIG_ERROR_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_CONFIG_ERROR_SYNTAX, "syntax"),
                    G_DEFINE_ENUM_VALUE (AMSEL_CONFIG_ERROR_INVALID, "invalid"),
                    G_DEFINE_ENUM_VALUE (AMSEL_CONFIG_ERROR_FILE, "file"))
AMSEL_DEFINE_ERROR_DOMAIN (amsel_config_error_quark, "config", AMSEL_TYPE_CONFIG_ERROR)

G_DEFINE_ENUM_TYPE (AmselPluginError, amsel_plugin_error,
                    G_DEFINE_ENUM_VALUE (AMSEL_PLUGIN_ERROR_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_PLUGIN_ERROR_OPEN, "open"),
                    G_DEFINE_ENUM_VALUE (AMSEL_PLUGIN_ERROR_NOT_A_PLUGIN, "not-a-plugin"),
                    G_DEFINE_ENUM_VALUE (AMSEL_PLUGIN_ERROR_ABI, "abi"),
                    G_DEFINE_ENUM_VALUE (AMSEL_PLUGIN_ERROR_INVALID, "invalid"),
                    G_DEFINE_ENUM_VALUE (AMSEL_PLUGIN_ERROR_UNKNOWN_KIND, "unknown-kind"),
                    G_DEFINE_ENUM_VALUE (AMSEL_PLUGIN_ERROR_CONTRACT, "contract"),
                    G_DEFINE_ENUM_VALUE (AMSEL_PLUGIN_ERROR_FAILED, "failed"))
AMSEL_DEFINE_ERROR_DOMAIN (amsel_plugin_error_quark, "plugin", AMSEL_TYPE_PLUGIN_ERROR)

G_DEFINE_ENUM_TYPE (AmselTransportError, amsel_transport_error,
                    G_DEFINE_ENUM_VALUE (AMSEL_TRANSPORT_ERROR_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_TRANSPORT_ERROR_OPEN, "open"),
                    G_DEFINE_ENUM_VALUE (AMSEL_TRANSPORT_ERROR_BUSY, "busy"),
                    G_DEFINE_ENUM_VALUE (AMSEL_TRANSPORT_ERROR_SETTINGS, "settings"),
                    G_DEFINE_ENUM_VALUE (AMSEL_TRANSPORT_ERROR_LOST, "lost"),
                    G_DEFINE_ENUM_VALUE (AMSEL_TRANSPORT_ERROR_SEND, "send"),
                    G_DEFINE_ENUM_VALUE (AMSEL_TRANSPORT_ERROR_CLOSED, "closed"),
                    G_DEFINE_ENUM_VALUE (AMSEL_TRANSPORT_ERROR_RECORDING, "recording"),
                    G_DEFINE_ENUM_VALUE (AMSEL_TRANSPORT_ERROR_ENDED, "ended"),
                    G_DEFINE_ENUM_VALUE (AMSEL_TRANSPORT_ERROR_NO_CARRIER, "no-carrier"),
                    G_DEFINE_ENUM_VALUE (AMSEL_TRANSPORT_ERROR_NO_ANSWER, "no-answer"),
                    G_DEFINE_ENUM_VALUE (AMSEL_TRANSPORT_ERROR_REFUSED, "refused"))
AMSEL_DEFINE_ERROR_DOMAIN (amsel_transport_error_quark, "transport", AMSEL_TYPE_TRANSPORT_ERROR)

G_DEFINE_ENUM_TYPE (AmselReadError, amsel_read_error, G_DEFINE_ENUM_VALUE (AMSEL_READ_ERROR_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_READ_ERROR_TIMEOUT, "timeout"),
                    G_DEFINE_ENUM_VALUE (AMSEL_READ_ERROR_DAMAGED, "damaged"),
                    G_DEFINE_ENUM_VALUE (AMSEL_READ_ERROR_CANCELLED, "cancelled"),
                    G_DEFINE_ENUM_VALUE (AMSEL_READ_ERROR_SUSPENDED, "suspended"),
                    G_DEFINE_ENUM_VALUE (AMSEL_READ_ERROR_MISSED, "missed"),
                    G_DEFINE_ENUM_VALUE (AMSEL_READ_ERROR_TOO_LONG, "too-long"),
                    G_DEFINE_ENUM_VALUE (AMSEL_READ_ERROR_UNSUPPORTED, "unsupported"),
                    G_DEFINE_ENUM_VALUE (AMSEL_READ_ERROR_TRUNCATED, "truncated"),
                    G_DEFINE_ENUM_VALUE (AMSEL_READ_ERROR_NOISE, "noise"),
                    G_DEFINE_ENUM_VALUE (AMSEL_READ_ERROR_COLLISION, "collision"),
                    G_DEFINE_ENUM_VALUE (AMSEL_READ_ERROR_BREAK, "break"),
                    G_DEFINE_ENUM_VALUE (AMSEL_READ_ERROR_NO_ECHO, "no-echo"),
                    G_DEFINE_ENUM_VALUE (AMSEL_READ_ERROR_BUSY, "busy"))
AMSEL_DEFINE_ERROR_DOMAIN (amsel_read_error_quark, "read", AMSEL_TYPE_READ_ERROR)

G_DEFINE_ENUM_TYPE (AmselStoreError, amsel_store_error, G_DEFINE_ENUM_VALUE (AMSEL_STORE_ERROR_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_STORE_ERROR_OPEN, "open"),
                    G_DEFINE_ENUM_VALUE (AMSEL_STORE_ERROR_DAMAGED, "damaged"),
                    G_DEFINE_ENUM_VALUE (AMSEL_STORE_ERROR_FULL, "full"),
                    G_DEFINE_ENUM_VALUE (AMSEL_STORE_ERROR_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (AMSEL_STORE_ERROR_VERSION, "version"))
AMSEL_DEFINE_ERROR_DOMAIN (amsel_store_error_quark, "store", AMSEL_TYPE_STORE_ERROR)

G_DEFINE_ENUM_TYPE (AmselExportError, amsel_export_error,
                    G_DEFINE_ENUM_VALUE (AMSEL_EXPORT_ERROR_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_EXPORT_ERROR_WRITE, "write"),
                    G_DEFINE_ENUM_VALUE (AMSEL_EXPORT_ERROR_FULL, "full"),
                    G_DEFINE_ENUM_VALUE (AMSEL_EXPORT_ERROR_REMOTE, "remote"),
                    G_DEFINE_ENUM_VALUE (AMSEL_EXPORT_ERROR_STATE, "state"))
AMSEL_DEFINE_ERROR_DOMAIN (amsel_export_error_quark, "export", AMSEL_TYPE_EXPORT_ERROR)
