/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Error domains that know the names of their codes, and the domains of the core itself. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

AMSEL_API void amsel_error_register_domain (GQuark domain, GType codes);
AMSEL_API const gchar *amsel_error_get_name (GQuark domain, gint code);

/**
 * AMSEL_DEFINE_ERROR_DOMAIN: (skip)
 * @function: name of the function that returns the quark
 * @text: the domain as users see it, such as "mbus-frame"
 * @enum_type: the #GType of the enumeration of codes
 *
 * Defines an error domain whose codes have names: the nicks of @enum_type.
 */
#define AMSEL_DEFINE_ERROR_DOMAIN(function, text, enum_type)                                                 \
  GQuark function (void)                                                                                     \
  {                                                                                                          \
    static gsize once = 0;                                                                                   \
    if (g_once_init_enter (&once))                                                                           \
      {                                                                                                      \
        GQuark quark = g_quark_from_static_string (text);                                                    \
        amsel_error_register_domain (quark, enum_type);                                                      \
        g_once_init_leave (&once, quark);                                                                    \
      }                                                                                                      \
    return (GQuark) once;                                                                                    \
  }

/**
 * AMSEL_DEFINE_SHARED_ENUM_TYPE: (skip)
 * @TypeName: name of the enumeration, in camel case
 * @type_name: the same in lower case with underscores
 * @...: the values: G_DEFINE_ENUM_VALUE (...), ...
 *
 * As G_DEFINE_ENUM_TYPE(), for code that is linked into several plugins: whichever is loaded first registers
 * the type, and the others find it. Registering one name twice would be a fault of the program.
 */
#define AMSEL_DEFINE_SHARED_ENUM_TYPE(TypeName, type_name, ...)                                              \
  GType type_name##_get_type (void)                                                                          \
  {                                                                                                          \
    static gsize once = 0;                                                                                   \
    if (g_once_init_enter (&once))                                                                           \
      {                                                                                                      \
        static const GEnumValue values[] = { __VA_ARGS__, { 0, NULL, NULL } };                               \
        GType type = g_type_from_name (#TypeName);                                                           \
        if (type == G_TYPE_INVALID)                                                                          \
          type = g_enum_register_static (#TypeName, values);                                                 \
        g_once_init_leave (&once, type);                                                                     \
      }                                                                                                      \
    return once;                                                                                             \
  }

/**
 * AmselConfigError:
 * @AMSEL_CONFIG_ERROR_NONE: not used
 * @AMSEL_CONFIG_ERROR_SYNTAX: the text is not YAML, or not in a form that is understood
 * @AMSEL_CONFIG_ERROR_INVALID: the text was read, but says something that cannot be
 * @AMSEL_CONFIG_ERROR_FILE: a file cannot be read or is too large
 *
 * Errors in a configuration (domain "config").
 */
typedef enum
{
  AMSEL_CONFIG_ERROR_NONE,
  AMSEL_CONFIG_ERROR_SYNTAX,
  AMSEL_CONFIG_ERROR_INVALID,
  AMSEL_CONFIG_ERROR_FILE,
} AmselConfigError;

#define AMSEL_TYPE_CONFIG_ERROR (amsel_config_error_get_type ())
AMSEL_API GType amsel_config_error_get_type (void) G_GNUC_CONST;
#define AMSEL_CONFIG_ERROR (amsel_config_error_quark ())
AMSEL_API GQuark amsel_config_error_quark (void);

/**
 * AmselPluginError:
 * @AMSEL_PLUGIN_ERROR_NONE: not used
 * @AMSEL_PLUGIN_ERROR_OPEN: the file cannot be loaded
 * @AMSEL_PLUGIN_ERROR_NOT_A_PLUGIN: the file is a library, but no plugin
 * @AMSEL_PLUGIN_ERROR_ABI: the plugin was built for another version
 * @AMSEL_PLUGIN_ERROR_INVALID: what the plugin offers cannot be used
 * @AMSEL_PLUGIN_ERROR_UNKNOWN_KIND: no plugin offers this kind
 * @AMSEL_PLUGIN_ERROR_CONTRACT: a plugin's function returned something impossible
 * @AMSEL_PLUGIN_ERROR_FAILED: a plugin's function failed in a way without a name
 *
 * Errors of plugins and their loading (domain "plugin").
 */
typedef enum
{
  AMSEL_PLUGIN_ERROR_NONE,
  AMSEL_PLUGIN_ERROR_OPEN,
  AMSEL_PLUGIN_ERROR_NOT_A_PLUGIN,
  AMSEL_PLUGIN_ERROR_ABI,
  AMSEL_PLUGIN_ERROR_INVALID,
  AMSEL_PLUGIN_ERROR_UNKNOWN_KIND,
  AMSEL_PLUGIN_ERROR_CONTRACT,
  AMSEL_PLUGIN_ERROR_FAILED,
} AmselPluginError;

#define AMSEL_TYPE_PLUGIN_ERROR (amsel_plugin_error_get_type ())
AMSEL_API GType amsel_plugin_error_get_type (void) G_GNUC_CONST;
#define AMSEL_PLUGIN_ERROR (amsel_plugin_error_quark ())
AMSEL_API GQuark amsel_plugin_error_quark (void);

/**
 * AmselTransportError:
 * @AMSEL_TRANSPORT_ERROR_NONE: not used
 * @AMSEL_TRANSPORT_ERROR_OPEN: the port cannot be opened or the host not reached
 * @AMSEL_TRANSPORT_ERROR_BUSY: somebody else has the port
 * @AMSEL_TRANSPORT_ERROR_SETTINGS: the port does not take these settings
 * @AMSEL_TRANSPORT_ERROR_LOST: the connection or the device went away
 * @AMSEL_TRANSPORT_ERROR_SEND: the bytes could not be sent
 * @AMSEL_TRANSPORT_ERROR_CLOSED: the transport is not open
 * @AMSEL_TRANSPORT_ERROR_RECORDING: a recording is not understood, or cannot be written
 * @AMSEL_TRANSPORT_ERROR_ENDED: there is no more to come, ever: it is of no use to open the transport again
 * @AMSEL_TRANSPORT_ERROR_NO_CARRIER: a dialled connection does not come about, or has ended
 * @AMSEL_TRANSPORT_ERROR_NO_ANSWER: whoever was dialled does not answer
 * @AMSEL_TRANSPORT_ERROR_REFUSED: a modem or terminal answered a command with ERROR
 *
 * Errors of transports (domain "transport").
 */
typedef enum
{
  AMSEL_TRANSPORT_ERROR_NONE,
  AMSEL_TRANSPORT_ERROR_OPEN,
  AMSEL_TRANSPORT_ERROR_BUSY,
  AMSEL_TRANSPORT_ERROR_SETTINGS,
  AMSEL_TRANSPORT_ERROR_LOST,
  AMSEL_TRANSPORT_ERROR_SEND,
  AMSEL_TRANSPORT_ERROR_CLOSED,
  AMSEL_TRANSPORT_ERROR_RECORDING,
  AMSEL_TRANSPORT_ERROR_ENDED,
  AMSEL_TRANSPORT_ERROR_NO_CARRIER,
  AMSEL_TRANSPORT_ERROR_NO_ANSWER,
  AMSEL_TRANSPORT_ERROR_REFUSED,
} AmselTransportError;

#define AMSEL_TYPE_TRANSPORT_ERROR (amsel_transport_error_get_type ())
AMSEL_API GType amsel_transport_error_get_type (void) G_GNUC_CONST;
#define AMSEL_TRANSPORT_ERROR (amsel_transport_error_quark ())
AMSEL_API GQuark amsel_transport_error_quark (void);

/**
 * AmselReadError:
 * @AMSEL_READ_ERROR_NONE: not used
 * @AMSEL_READ_ERROR_TIMEOUT: no answer came
 * @AMSEL_READ_ERROR_DAMAGED: something came that is no answer
 * @AMSEL_READ_ERROR_CANCELLED: stopped by the user or by the end of the program
 * @AMSEL_READ_ERROR_SUSPENDED: the meter is silent and waits for its next probe
 * @AMSEL_READ_ERROR_MISSED: the slot passed before the read could begin
 * @AMSEL_READ_ERROR_TOO_LONG: the dialogue did not come to an end
 * @AMSEL_READ_ERROR_UNSUPPORTED: the protocol cannot do that
 * @AMSEL_READ_ERROR_TRUNCATED: an answer that ends too early
 * @AMSEL_READ_ERROR_NOISE: an answer damaged on a line that is disturbed
 * @AMSEL_READ_ERROR_COLLISION: an answer damaged as those are that overlap
 * @AMSEL_READ_ERROR_BREAK: nothing but breaks: the line is held down
 * @AMSEL_READ_ERROR_NO_ECHO: a line that echoes has not given back what was sent
 * @AMSEL_READ_ERROR_BUSY: something talks on the line without end
 *
 * Errors of reading a meter that no protocol gave a number of its own (domain "read").
 */
typedef enum
{
  AMSEL_READ_ERROR_NONE,
  AMSEL_READ_ERROR_TIMEOUT,
  AMSEL_READ_ERROR_DAMAGED,
  AMSEL_READ_ERROR_CANCELLED,
  AMSEL_READ_ERROR_SUSPENDED,
  AMSEL_READ_ERROR_MISSED,
  AMSEL_READ_ERROR_TOO_LONG,
  AMSEL_READ_ERROR_UNSUPPORTED,
  AMSEL_READ_ERROR_TRUNCATED,
  AMSEL_READ_ERROR_NOISE,
  AMSEL_READ_ERROR_COLLISION,
  AMSEL_READ_ERROR_BREAK,
  AMSEL_READ_ERROR_NO_ECHO,
  AMSEL_READ_ERROR_BUSY,
} AmselReadError;

#define AMSEL_TYPE_READ_ERROR (amsel_read_error_get_type ())
AMSEL_API GType amsel_read_error_get_type (void) G_GNUC_CONST;
#define AMSEL_READ_ERROR (amsel_read_error_quark ())
AMSEL_API GQuark amsel_read_error_quark (void);

/**
 * AmselStoreError:
 * @AMSEL_STORE_ERROR_NONE: not used
 * @AMSEL_STORE_ERROR_OPEN: the store cannot be opened or created
 * @AMSEL_STORE_ERROR_DAMAGED: the file or a row of it is not sound
 * @AMSEL_STORE_ERROR_FULL: the disk is full
 * @AMSEL_STORE_ERROR_FAILED: any other failure of the database
 * @AMSEL_STORE_ERROR_VERSION: the file was written by a newer version
 *
 * Errors of the store (domain "store").
 */
typedef enum
{
  AMSEL_STORE_ERROR_NONE,
  AMSEL_STORE_ERROR_OPEN,
  AMSEL_STORE_ERROR_DAMAGED,
  AMSEL_STORE_ERROR_FULL,
  AMSEL_STORE_ERROR_FAILED,
  AMSEL_STORE_ERROR_VERSION,
} AmselStoreError;

#define AMSEL_TYPE_STORE_ERROR (amsel_store_error_get_type ())
AMSEL_API GType amsel_store_error_get_type (void) G_GNUC_CONST;
#define AMSEL_STORE_ERROR (amsel_store_error_quark ())
AMSEL_API GQuark amsel_store_error_quark (void);

/**
 * AmselExportError:
 * @AMSEL_EXPORT_ERROR_NONE: not used
 * @AMSEL_EXPORT_ERROR_WRITE: a file cannot be written
 * @AMSEL_EXPORT_ERROR_FULL: the disk is full
 * @AMSEL_EXPORT_ERROR_REMOTE: the far end is away or refused
 * @AMSEL_EXPORT_ERROR_STATE: what was kept from the last run does not fit
 *
 * Errors of exporters (domain "export").
 */
typedef enum
{
  AMSEL_EXPORT_ERROR_NONE,
  AMSEL_EXPORT_ERROR_WRITE,
  AMSEL_EXPORT_ERROR_FULL,
  AMSEL_EXPORT_ERROR_REMOTE,
  AMSEL_EXPORT_ERROR_STATE,
} AmselExportError;

#define AMSEL_TYPE_EXPORT_ERROR (amsel_export_error_get_type ())
AMSEL_API GType amsel_export_error_get_type (void) G_GNUC_CONST;
#define AMSEL_EXPORT_ERROR (amsel_export_error_quark ())
AMSEL_API GQuark amsel_export_error_quark (void);

G_END_DECLS
