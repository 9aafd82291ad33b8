/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kinds for tests of the configuration. Their settings are kept as they are set, by name, so a kind is
 * nothing but its list of property specifications. */
#include "test-kinds.h"

static void
value_free (gpointer data)
{
  GValue *value = data;

  g_value_unset (value);
  g_free (value);
}

static void
set_property (GObject *object, guint id G_GNUC_UNUSED, const GValue *value, GParamSpec *pspec)
{
  GValue *copy = g_new0 (GValue, 1);

  g_value_init (copy, G_VALUE_TYPE (value));
  g_value_copy (value, copy);
  g_object_set_data_full (object, pspec->name, copy, value_free);
}

static void
get_property (GObject *object, guint id G_GNUC_UNUSED, GValue *value, GParamSpec *pspec)
{
  const GValue *kept = g_object_get_data (object, pspec->name);

  if (kept != NULL)
    g_value_copy (kept, value);
  else
    g_param_value_set_default (pspec, value);
}

static void
install (gpointer klass, GParamSpec *const *specs, guint n_specs)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  for (guint i = 0; i < n_specs; i++)
    g_object_class_install_property (object_class, i + 1, specs[i]);
}

#define DEFINE_KIND(Name, name, Parent, PARENT)                                                              \
  typedef struct                                                                                             \
  {                                                                                                          \
    Parent parent_instance;                                                                                  \
  } Name;                                                                                                    \
  typedef struct                                                                                             \
  {                                                                                                          \
    Parent##Class parent_class;                                                                              \
  } Name##Class;                                                                                             \
  static GType name##_get_type (void);                                                                       \
  G_DEFINE_TYPE (Name, name, PARENT)                                                                         \
  static void name##_init (Name *self G_GNUC_UNUSED) {}

DEFINE_KIND (SerialKind, serial_kind, AmselTransport, AMSEL_TYPE_TRANSPORT)
DEFINE_KIND (TcpKind, tcp_kind, AmselTransport, AMSEL_TYPE_TRANSPORT)
DEFINE_KIND (WiredMeter, wired_meter, AmselMeter, AMSEL_TYPE_METER)
DEFINE_KIND (WiredKind, wired_kind, AmselProtocol, AMSEL_TYPE_PROTOCOL)
DEFINE_KIND (CsvKind, csv_kind, AmselExporter, AMSEL_TYPE_EXPORTER)
DEFINE_KIND (MqttKind, mqtt_kind, AmselExporter, AMSEL_TYPE_EXPORTER)
DEFINE_KIND (WebKind, web_kind, AmselService, AMSEL_TYPE_SERVICE)
DEFINE_KIND (BusDevice, bus_device, GObject, G_TYPE_OBJECT)
DEFINE_KIND (BusKind, bus_kind, AmselSimulator, AMSEL_TYPE_SIMULATOR)

static void
serial_kind_class_init (SerialKindClass *klass)
{
  GParamSpec *const specs[] = {
    g_param_spec_string ("device", "device", "Device of the port.", NULL,
                         AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED),
    g_param_spec_uint ("baud", "baud", "Bits per second.", 300, 115200, 2400, AMSEL_PARAM_SETTING),
    g_param_spec_enum ("parity", "parity", "Parity bit.", AMSEL_TYPE_PARITY, AMSEL_PARITY_EVEN,
                       AMSEL_PARAM_SETTING),
    g_param_spec_boolean ("low-latency", "low-latency", "Give bytes at once.", TRUE, AMSEL_PARAM_SETTING),
    g_param_spec_int ("bias", "bias", "A number with both signs.", -100, 100, 0,
                      AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT_ONLY),
    g_param_spec_uint ("n-opened", "n-opened", "No setting.", 0, 10, 0,
                       AMSEL_PARAM_SETTING | AMSEL_PARAM_RUNTIME),
  };

  install (klass, specs, G_N_ELEMENTS (specs));
}

static void
tcp_kind_class_init (TcpKindClass *klass)
{
  GParamSpec *const specs[] = {
    g_param_spec_string ("host", "host", "Name of the host.", NULL,
                         AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED),
    g_param_spec_uint ("port", "port", "Number of the port.", 1, 65535, 10001, AMSEL_PARAM_SETTING),
    amsel_param_spec_duration ("timeout", "How long to wait.", G_USEC_PER_SEC, 60 * G_USEC_PER_SEC,
                               5 * G_USEC_PER_SEC, AMSEL_PARAM_SETTING),
  };

  install (klass, specs, G_N_ELEMENTS (specs));
}

static void
wired_meter_class_init (WiredMeterClass *klass)
{
  GParamSpec *const specs[] = {
    g_param_spec_string ("key", "key", "Key of the meter.", NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_SECRET),
    g_param_spec_double ("scale", "scale", "Factor of its values.", 0.001, 1000.0, 1.0, AMSEL_PARAM_SETTING),
    g_param_spec_boxed ("tags", "tags", "Words for it.", G_TYPE_STRV, AMSEL_PARAM_SETTING),
  };

  install (klass, specs, G_N_ELEMENTS (specs));
}

static GType
wired_kind_get_meter_type (AmselProtocol *self G_GNUC_UNUSED)
{
  return wired_meter_get_type ();
}

static gboolean
wired_kind_check_meter (AmselProtocol *self G_GNUC_UNUSED, AmselMeter *meter, GError **error)
{
  const gchar *address = amsel_meter_get_address (meter);

  for (const gchar *p = address; *p != '\0'; p++)
    if (!g_ascii_isdigit (*p))
      {
        g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                     "“%s” is not an address; expected digits", address);
        return FALSE;
      }
  return TRUE;
}

static AmselDialogue *
wired_kind_read (AmselProtocol *self G_GNUC_UNUSED, AmselMeter *meter G_GNUC_UNUSED, GError **error)
{
  g_set_error_literal (error, AMSEL_READ_ERROR, AMSEL_READ_ERROR_TIMEOUT, "this kind only stands for others");
  return NULL;
}

static void
wired_kind_class_init (WiredKindClass *klass)
{
  AmselProtocolClass *protocol_class = (AmselProtocolClass *) klass;
  GParamSpec *const specs[] = {
    g_param_spec_uint ("tries", "tries", "How often to ask.", 1, 10, 3, AMSEL_PARAM_SETTING),
  };

  install (klass, specs, G_N_ELEMENTS (specs));
  protocol_class->get_meter_type = wired_kind_get_meter_type;
  protocol_class->read = wired_kind_read;
  protocol_class->check_meter = wired_kind_check_meter;
}

static void
csv_kind_class_init (CsvKindClass *klass)
{
  GParamSpec *const specs[] = {
    g_param_spec_string ("directory", "directory", "Folder of the files.", NULL,
                         AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED | AMSEL_PARAM_PATH),
    amsel_param_spec_duration ("rotate", "When a new file begins.", 60 * G_USEC_PER_SEC, G_MAXINT64,
                               G_GINT64_CONSTANT (3600000000), AMSEL_PARAM_SETTING),
    amsel_param_spec_size ("limit", "Largest file.", 1024, G_GINT64_CONSTANT (1) << 30, 1 << 20,
                           AMSEL_PARAM_SETTING),
  };

  install (klass, specs, G_N_ELEMENTS (specs));
}

static void
mqtt_kind_class_init (MqttKindClass *klass)
{
  GParamSpec *const specs[] = {
    g_param_spec_string ("password", "password", "Password of the user.", NULL,
                         AMSEL_PARAM_SETTING | AMSEL_PARAM_SECRET),
    g_param_spec_int64 ("keep", "keep", "Any number.", G_MININT64, G_MAXINT64, 0, AMSEL_PARAM_SETTING),
  };

  install (klass, specs, G_N_ELEMENTS (specs));
}

static void
web_kind_class_init (WebKindClass *klass)
{
  GParamSpec *const specs[] = {
    g_param_spec_uint ("port", "port", "Number of the port.", 1, 65535, 8080, AMSEL_PARAM_SETTING),
  };

  install (klass, specs, G_N_ELEMENTS (specs));
}

static void
bus_device_class_init (BusDeviceClass *klass)
{
  GParamSpec *const specs[] = {
    g_param_spec_uint ("address", "address", "Its address.", 0, 250, 0, AMSEL_PARAM_SETTING),
    g_param_spec_string ("telegram", "telegram", "What it answers.", NULL,
                         AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED),
  };

  install (klass, specs, G_N_ELEMENTS (specs));
}

static GType
bus_kind_get_device_type (AmselSimulator *self G_GNUC_UNUSED)
{
  return bus_device_get_type ();
}

/* Keeps the devices as data of their addresses. */
static gboolean
bus_kind_add_device (AmselSimulator *self, GObject *device, GError **error)
{
  g_autofree gchar *address = test_kinds_get (device, "address");

  if (g_object_get_data (G_OBJECT (self), address) == NULL)
    {
      g_object_set_data_full (G_OBJECT (self), address, g_object_ref (device), g_object_unref);
      return TRUE;
    }
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, "there is a meter with the address %s",
               address);
  return FALSE;
}

static void
bus_kind_class_init (BusKindClass *klass)
{
  AmselSimulatorClass *simulator_class = (AmselSimulatorClass *) klass;
  GParamSpec *const specs[] = {
    g_param_spec_uint ("baud", "baud", "Bits per second.", 300, 115200, 2400, AMSEL_PARAM_SETTING),
  };

  install (klass, specs, G_N_ELEMENTS (specs));
  simulator_class->get_device_type = bus_kind_get_device_type;
  simulator_class->add_device = bus_kind_add_device;
}

AmselRegistry *
test_kinds_new_registry (void)
{
  const struct
  {
    const gchar *kind;
    GType type;
  } kinds[] = {
    { "serial", serial_kind_get_type () }, { "tcp", tcp_kind_get_type () },
    { "wired", wired_kind_get_type () },   { "csv", csv_kind_get_type () },
    { "mqtt", mqtt_kind_get_type () },     { "web", web_kind_get_type () },
    { "bus", bus_kind_get_type () },
  };
  AmselRegistry *registry = amsel_registry_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_assert_true (amsel_registry_add_kind (registry, kinds[i].kind, "For tests.", kinds[i].type, NULL));
  return registry;
}

gchar *
test_kinds_get (GObject *object, const gchar *name)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_auto (GValue) text = G_VALUE_INIT;

  g_object_get_property (object, name, &value);
  if (G_VALUE_HOLDS (&value, G_TYPE_STRV))
    return g_value_get_boxed (&value) != NULL ? g_strjoinv ("|", g_value_get_boxed (&value)) : NULL;
  g_value_init (&text, G_TYPE_STRING);
  g_assert_true (g_value_transform (&value, &text));
  return g_value_dup_string (&text);
}
