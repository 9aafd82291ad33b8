/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A simulated meter as the configuration describes it. Every setting is a property, checked as a whole when
 * the slave is put on the line: then its telegrams are read, and what it was not told about itself is taken
 * from the first of them. */
#include "mbus-slave.h"

#include "mbus-frame.h"

#define COUNT_MAX      1000
#define LATENCY_MAX_US (60 * G_USEC_PER_SEC)
#define AWAY_MAX_US    (G_GINT64_CONSTANT (30 * 86400) * G_USEC_PER_SEC)

struct _MbusSlave
{
  GObject parent_instance;

  MbusSlaveSettings settings;
};

G_DEFINE_FINAL_TYPE (MbusSlave, mbus_slave, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (MbusSlaveFault, mbus_slave_fault, G_DEFINE_ENUM_VALUE (MBUS_SLAVE_FAULT_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (MBUS_SLAVE_FAULT_WRONG_FIRST_START, "wrong-first-start"),
                    G_DEFINE_ENUM_VALUE (MBUS_SLAVE_FAULT_WRONG_SECOND_START, "wrong-second-start"),
                    G_DEFINE_ENUM_VALUE (MBUS_SLAVE_FAULT_WRONG_STOP, "wrong-stop"),
                    G_DEFINE_ENUM_VALUE (MBUS_SLAVE_FAULT_WRONG_CHECKSUM, "wrong-checksum"),
                    G_DEFINE_ENUM_VALUE (MBUS_SLAVE_FAULT_LENGTH_MISMATCH, "length-mismatch"),
                    G_DEFINE_ENUM_VALUE (MBUS_SLAVE_FAULT_WRONG_LENGTH, "wrong-length"),
                    G_DEFINE_ENUM_VALUE (MBUS_SLAVE_FAULT_WRONG_CONTROL, "wrong-control"),
                    G_DEFINE_ENUM_VALUE (MBUS_SLAVE_FAULT_WRONG_ADDRESS, "wrong-address"),
                    G_DEFINE_ENUM_VALUE (MBUS_SLAVE_FAULT_WRONG_CI, "wrong-ci"),
                    G_DEFINE_ENUM_VALUE (MBUS_SLAVE_FAULT_OTHER_ID, "other-id"),
                    G_DEFINE_ENUM_VALUE (MBUS_SLAVE_FAULT_TRUNCATED, "truncated"),
                    G_DEFINE_ENUM_VALUE (MBUS_SLAVE_FAULT_GARBAGE, "garbage"),
                    G_DEFINE_ENUM_VALUE (MBUS_SLAVE_FAULT_PARITY, "parity"),
                    G_DEFINE_ENUM_VALUE (MBUS_SLAVE_FAULT_FRAMING, "framing"),
                    G_DEFINE_ENUM_VALUE (MBUS_SLAVE_FAULT_TWICE, "twice"),
                    G_DEFINE_ENUM_VALUE (MBUS_SLAVE_FAULT_ENDLESS, "endless"),
                    G_DEFINE_ENUM_VALUE (MBUS_SLAVE_FAULT_ONLY_ACKS, "only-acks"),
                    G_DEFINE_ENUM_VALUE (MBUS_SLAVE_FAULT_WRONG_ACK, "wrong-ack"))

typedef enum
{
  PROP_ADDRESS = 1,
  PROP_ID,
  PROP_MANUFACTURER,
  PROP_VERSION,
  PROP_MEDIUM,
  PROP_FABRICATION,
  PROP_TELEGRAMS,
  PROP_FILE,
  PROP_GENERATE,
  PROP_PARTS,
  PROP_LENGTH,
  PROP_COUNT,
  PROP_IDS,
  PROP_CLUSTERS,
  PROP_ID_STEP,
  PROP_ADDRESS_STEP,
  PROP_BAUD,
  PROP_LATENCY_MIN,
  PROP_LATENCY_MAX,
  PROP_DEAD,
  PROP_DROP,
  PROP_FAULT,
  PROP_FAULT_RATE,
  PROP_FAULT_LIMIT,
  PROP_APPLICATIONS,
  PROP_WAKE_UP,
  PROP_AWAY_AFTER,
  PROP_AWAY_FOR,
  PROP_QUOTA,
} MbusSlaveProperty;

static GParamSpec *properties[PROP_QUOTA + 1];

const MbusSlaveSettings *
mbus_slave_get_settings (MbusSlave *self)
{
  return &self->settings;
}

static gboolean
fail (GError **error, const gchar *message)
{
  g_set_error_literal (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, message);
  return FALSE;
}

gboolean
mbus_slave_parse_application (const gchar *text, guint8 *out_subcode)
{
  gint high = g_ascii_xdigit_value (text[0]);
  gint low = high >= 0 ? g_ascii_xdigit_value (text[1]) : -1;

  *out_subcode = (guint8) (high << 4 | low);
  return low >= 0 && text[2] == '\0';
}

static gboolean
check_applications (const MbusSlaveSettings *settings, guint n_telegrams, GError **error)
{
  guint8 subcode;

  if (settings->applications == NULL)
    return TRUE;
  if (g_strv_length (settings->applications) != n_telegrams)
    return fail (error, "expected as many “applications” as telegrams");
  for (guint i = 0; i < n_telegrams; i++)
    if (!mbus_slave_parse_application (settings->applications[i], &subcode))
      return fail (error, "“applications” must be subcodes of two hexadecimal digits");
  return TRUE;
}

/* Reads the telegrams that the settings name; an empty set for a slave that generates its own. */
MbusTelegrams *
mbus_slave_load_telegrams (MbusSlave *self, GError **error)
{
  const MbusSlaveSettings *settings = &self->settings;
  g_autoptr (MbusTelegrams) telegrams = mbus_telegrams_new ();
  gboolean given = settings->file != NULL || settings->telegrams != NULL;

  if (given && settings->generate != MBUS_GENERATE_NONE)
    return fail (error, "expected either telegrams or “generate”, not both"), NULL;
  if (settings->away_for_us != 0 && settings->away_after_us == 0)
    return fail (error, "“away-for” without “away-after”"), NULL;
  if (settings->latency_max_us != 0 && settings->latency_min_us > settings->latency_max_us)
    return fail (error, "“latency-min” is above “latency-max”"), NULL;
  for (guint i = 0; settings->telegrams != NULL && settings->telegrams[i] != NULL; i++)
    if (!mbus_telegrams_add_hex (telegrams, settings->telegrams[i], error))
      {
        g_prefix_error (error, "telegram %u: ", i + 1);
        return NULL;
      }
  if (settings->file != NULL && !mbus_telegrams_add_file (telegrams, settings->file, error))
    return NULL;
  if (given && mbus_telegrams_get_n (telegrams) == 0)
    return fail (error, "the slave has no telegram"), NULL;
  if (!check_applications (settings, mbus_telegrams_get_n (telegrams), error))
    return NULL;
  if (!given && settings->generate == MBUS_GENERATE_NONE && !settings->dead)
    return fail (error, "expected one of “telegrams”, “file”, “generate”; or “dead: true”"), NULL;
  return g_steal_pointer (&telegrams);
}

/* Where the settings are that the properties stand for. */
static const gulong FIELDS[] = {
  [PROP_ADDRESS] = G_STRUCT_OFFSET (MbusSlaveSettings, address),
  [PROP_ID] = G_STRUCT_OFFSET (MbusSlaveSettings, id),
  [PROP_MANUFACTURER] = G_STRUCT_OFFSET (MbusSlaveSettings, manufacturer),
  [PROP_VERSION] = G_STRUCT_OFFSET (MbusSlaveSettings, version),
  [PROP_MEDIUM] = G_STRUCT_OFFSET (MbusSlaveSettings, medium),
  [PROP_FABRICATION] = G_STRUCT_OFFSET (MbusSlaveSettings, fabrication),
  [PROP_TELEGRAMS] = G_STRUCT_OFFSET (MbusSlaveSettings, telegrams),
  [PROP_FILE] = G_STRUCT_OFFSET (MbusSlaveSettings, file),
  [PROP_GENERATE] = G_STRUCT_OFFSET (MbusSlaveSettings, generate),
  [PROP_PARTS] = G_STRUCT_OFFSET (MbusSlaveSettings, parts),
  [PROP_LENGTH] = G_STRUCT_OFFSET (MbusSlaveSettings, length),
  [PROP_COUNT] = G_STRUCT_OFFSET (MbusSlaveSettings, count),
  [PROP_IDS] = G_STRUCT_OFFSET (MbusSlaveSettings, ids),
  [PROP_CLUSTERS] = G_STRUCT_OFFSET (MbusSlaveSettings, clusters),
  [PROP_ID_STEP] = G_STRUCT_OFFSET (MbusSlaveSettings, id_step),
  [PROP_ADDRESS_STEP] = G_STRUCT_OFFSET (MbusSlaveSettings, address_step),
  [PROP_BAUD] = G_STRUCT_OFFSET (MbusSlaveSettings, baud),
  [PROP_LATENCY_MIN] = G_STRUCT_OFFSET (MbusSlaveSettings, latency_min_us),
  [PROP_LATENCY_MAX] = G_STRUCT_OFFSET (MbusSlaveSettings, latency_max_us),
  [PROP_DEAD] = G_STRUCT_OFFSET (MbusSlaveSettings, dead),
  [PROP_DROP] = G_STRUCT_OFFSET (MbusSlaveSettings, drop),
  [PROP_FAULT] = G_STRUCT_OFFSET (MbusSlaveSettings, fault),
  [PROP_FAULT_RATE] = G_STRUCT_OFFSET (MbusSlaveSettings, fault_rate),
  [PROP_FAULT_LIMIT] = G_STRUCT_OFFSET (MbusSlaveSettings, fault_limit),
  [PROP_APPLICATIONS] = G_STRUCT_OFFSET (MbusSlaveSettings, applications),
  [PROP_WAKE_UP] = G_STRUCT_OFFSET (MbusSlaveSettings, wake_up_us),
  [PROP_AWAY_AFTER] = G_STRUCT_OFFSET (MbusSlaveSettings, away_after_us),
  [PROP_AWAY_FOR] = G_STRUCT_OFFSET (MbusSlaveSettings, away_for_us),
  [PROP_QUOTA] = G_STRUCT_OFFSET (MbusSlaveSettings, quota),
};

static void
mbus_slave_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MbusSlaveSettings *settings = &MBUS_SLAVE (object)->settings;

  switch (G_TYPE_FUNDAMENTAL (pspec->value_type))
    {
    case G_TYPE_BOOLEAN:
      g_value_set_boolean (value, G_STRUCT_MEMBER (gboolean, settings, FIELDS[id]));
      break;
    case G_TYPE_INT:
      g_value_set_int (value, G_STRUCT_MEMBER (gint, settings, FIELDS[id]));
      break;
    case G_TYPE_UINT:
      g_value_set_uint (value, G_STRUCT_MEMBER (guint, settings, FIELDS[id]));
      break;
    case G_TYPE_INT64:
      g_value_set_int64 (value, G_STRUCT_MEMBER (gint64, settings, FIELDS[id]));
      break;
    case G_TYPE_DOUBLE:
      g_value_set_double (value, G_STRUCT_MEMBER (gdouble, settings, FIELDS[id]));
      break;
    case G_TYPE_ENUM:
      g_value_set_enum (value, G_STRUCT_MEMBER (gint, settings, FIELDS[id]));
      break;
    case G_TYPE_STRING:
      g_value_set_string (value, G_STRUCT_MEMBER (gchar *, settings, FIELDS[id]));
      break;
    case G_TYPE_BOXED: /* a list of strings */
      g_value_set_boxed (value, G_STRUCT_MEMBER (gchar **, settings, FIELDS[id]));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
set_strings (gchar ***field, const GValue *value)
{
  g_strfreev (*field);
  *field = g_value_dup_boxed (value);
}

static void
mbus_slave_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MbusSlaveSettings *settings = &MBUS_SLAVE (object)->settings;

  switch (G_TYPE_FUNDAMENTAL (pspec->value_type))
    {
    case G_TYPE_BOOLEAN:
      G_STRUCT_MEMBER (gboolean, settings, FIELDS[id]) = g_value_get_boolean (value);
      break;
    case G_TYPE_INT:
      G_STRUCT_MEMBER (gint, settings, FIELDS[id]) = g_value_get_int (value);
      break;
    case G_TYPE_UINT:
      G_STRUCT_MEMBER (guint, settings, FIELDS[id]) = g_value_get_uint (value);
      break;
    case G_TYPE_INT64:
      G_STRUCT_MEMBER (gint64, settings, FIELDS[id]) = g_value_get_int64 (value);
      break;
    case G_TYPE_DOUBLE:
      G_STRUCT_MEMBER (gdouble, settings, FIELDS[id]) = g_value_get_double (value);
      break;
    case G_TYPE_ENUM:
      G_STRUCT_MEMBER (gint, settings, FIELDS[id]) = g_value_get_enum (value);
      break;
    case G_TYPE_STRING:
      amsel_param_set_string (&G_STRUCT_MEMBER (gchar *, settings, FIELDS[id]), value);
      break;
    case G_TYPE_BOXED:
      set_strings (&G_STRUCT_MEMBER (gchar **, settings, FIELDS[id]), value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mbus_slave_finalize (GObject *object)
{
  MbusSlaveSettings *settings = &MBUS_SLAVE (object)->settings;

  g_free (settings->id);
  g_free (settings->manufacturer);
  g_free (settings->medium);
  g_free (settings->fabrication);
  g_strfreev (settings->telegrams);
  g_strfreev (settings->applications);
  g_free (settings->file);
  G_OBJECT_CLASS (mbus_slave_parent_class)->finalize (object);
}

static void
define_who (void)
{
  properties[PROP_ADDRESS] = g_param_spec_int (
      "address", "address", "Primary address; that of its first telegram where not given (-1).", -1,
      MBUS_ADDRESS_LAST, -1, AMSEL_PARAM_SETTING);
  properties[PROP_ID] = g_param_spec_string (
      "id", "id", "Identification number, eight digits; that of its first telegram where not given.", NULL,
      AMSEL_PARAM_SETTING);
  properties[PROP_MANUFACTURER] = g_param_spec_string (
      "manufacturer", "manufacturer",
      "Manufacturer, three letters; that of its first telegram, or SIM, where not given.", NULL,
      AMSEL_PARAM_SETTING);
  properties[PROP_VERSION] = g_param_spec_int (
      "version", "version", "Version of the meter; that of its first telegram, or 1, where not given (-1).",
      -1, 255, -1, AMSEL_PARAM_SETTING);
  properties[PROP_MEDIUM] = g_param_spec_string (
      "medium", "medium",
      "Medium by name, such as water, or number; that of its first telegram where not given.", NULL,
      AMSEL_PARAM_SETTING);
  properties[PROP_FABRICATION] = g_param_spec_string (
      "fabrication", "fabrication",
      "Fabrication number, eight digits, by which a selection may tell meters with equal numbers apart; that "
      "of its first telegram (0C 78) where not given.",
      NULL, AMSEL_PARAM_SETTING);
  properties[PROP_COUNT] = g_param_spec_uint ("count", "count", "How many slaves like this there are.", 1,
                                              COUNT_MAX, 1, AMSEL_PARAM_SETTING);
  properties[PROP_IDS] = g_param_spec_enum (
      "ids", "ids",
      "How the identification numbers of several slaves lie: consecutive from “id” on, random, clusters, or "
      "letters (random, with the digits A to E).",
      MBUS_TYPE_NUMBERS, MBUS_NUMBERS_CONSECUTIVE, AMSEL_PARAM_SETTING);
  properties[PROP_CLUSTERS] =
      g_param_spec_uint ("clusters", "clusters", "How many runs of consecutive numbers “ids: clusters” has.",
                         1, MBUS_CLUSTERS_MAX, 5, AMSEL_PARAM_SETTING);
  properties[PROP_ID_STEP] = g_param_spec_uint (
      "id-step", "id-step",
      "By how much the identification number rises from one of several slaves to the next.", 0, 10000000, 1,
      AMSEL_PARAM_SETTING);
  properties[PROP_ADDRESS_STEP] = g_param_spec_uint (
      "address-step", "address-step",
      "By how much the primary address rises from one of several slaves to the next; beyond 250 they have 0.",
      0, MBUS_ADDRESS_LAST, 1, AMSEL_PARAM_SETTING);
}

static void
define_what (void)
{
  properties[PROP_TELEGRAMS] = g_param_spec_boxed (
      "telegrams", "telegrams",
      "Telegrams in hexadecimal digits: long frames, or what stands in them from the C field on. Each "
      "readout "
      "answers with the next; those that end with DIF 1F form one readout with the telegram behind them.",
      G_TYPE_STRV, AMSEL_PARAM_SETTING);
  properties[PROP_APPLICATIONS] =
      g_param_spec_boxed ("applications", "applications",
                          "Subcodes of the application reset (CI 50), two hexadecimal digits each: the nth "
                          "of them makes the slave "
                          "answer with the nth telegram from then on.",
                          G_TYPE_STRV, AMSEL_PARAM_SETTING);
  properties[PROP_FILE] =
      g_param_spec_string ("file", "file", "Text file with telegrams, one on each line; # begins a comment.",
                           NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_PATH);
  properties[PROP_GENERATE] = g_param_spec_enum (
      "generate", "generate", "Kind of a synthetic meter whose counters advance with the clock.",
      MBUS_TYPE_GENERATE, MBUS_GENERATE_NONE, AMSEL_PARAM_SETTING);
  properties[PROP_PARTS] = g_param_spec_uint (
      "parts", "parts",
      "How many telegrams a readout of a generated meter has; each further one has six months.", 1,
      MBUS_GENERATE_PARTS_MAX, 1, AMSEL_PARAM_SETTING);
  properties[PROP_LENGTH] = g_param_spec_uint (
      "length", "length",
      "Bytes that a telegram of a generated meter has at least, from the C field on; it is filled up with "
      "history.",
      0, MBUS_LONG_MAX, 0, AMSEL_PARAM_SETTING);
}

static void
define_how (void)
{
  properties[PROP_BAUD] = g_param_spec_uint (
      "baud", "baud", "Bits per second that the slave understands and sends; the line's where 0.", 0, 38400,
      0, AMSEL_PARAM_SETTING);
  properties[PROP_LATENCY_MIN] = amsel_param_spec_duration (
      "latency-min",
      "Shortest time from the end of a request to the answer; 11 bits, as EN 13757-2 says, where 0.", 0,
      LATENCY_MAX_US, 0, AMSEL_PARAM_SETTING);
  properties[PROP_LATENCY_MAX] =
      amsel_param_spec_duration ("latency-max",
                                 "Longest time from the end of a request to the answer; 330 bits and 50 ms, "
                                 "as EN 13757-2 says, where 0.",
                                 0, LATENCY_MAX_US, 0, AMSEL_PARAM_SETTING);
  properties[PROP_DEAD] =
      g_param_spec_boolean ("dead", "dead", "Whether the slave never answers.", FALSE, AMSEL_PARAM_SETTING);
  properties[PROP_DROP] =
      g_param_spec_double ("drop", "drop", "Share of requests that the slave does not answer, from 0 to 1.",
                           0, 1, 0, AMSEL_PARAM_SETTING);
  properties[PROP_FAULT] =
      g_param_spec_enum ("fault", "fault", "What the slave does wrong with its telegrams.",
                         MBUS_TYPE_SLAVE_FAULT, MBUS_SLAVE_FAULT_NONE, AMSEL_PARAM_SETTING);
  properties[PROP_FAULT_RATE] =
      g_param_spec_double ("fault-rate", "fault-rate", "Share of telegrams that have the fault, from 0 to 1.",
                           0, 1, 1, AMSEL_PARAM_SETTING);
  properties[PROP_FAULT_LIMIT] =
      g_param_spec_uint ("fault-limit", "fault-limit",
                         "How many telegrams have the fault until the slave is sound; 0 for all of them.", 0,
                         G_MAXINT, 0, AMSEL_PARAM_SETTING);
}

static void
define_when (void)
{
  properties[PROP_WAKE_UP] = amsel_param_spec_duration (
      "wake-up", "How long it must be sent 55h before it listens; 0 for a slave that does not sleep.", 0,
      LATENCY_MAX_US, 0, AMSEL_PARAM_SETTING);
  properties[PROP_AWAY_AFTER] = amsel_param_spec_duration (
      "away-after", "Time from the first request on the line until the slave vanishes; 0 for never.", 0,
      AWAY_MAX_US, 0, AMSEL_PARAM_SETTING);
  properties[PROP_AWAY_FOR] =
      amsel_param_spec_duration ("away-for", "How long it is away before it comes back; 0 for ever.", 0,
                                 AWAY_MAX_US, 0, AMSEL_PARAM_SETTING);
  properties[PROP_QUOTA] = g_param_spec_uint (
      "quota", "quota",
      "How many new telegrams it sends within a day to spare its battery; 0 for as many as it is asked for.",
      0, G_MAXINT, 0, AMSEL_PARAM_SETTING);
}

static void
mbus_slave_class_init (MbusSlaveClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mbus_slave_get_property;
  object_class->set_property = mbus_slave_set_property;
  object_class->finalize = mbus_slave_finalize;
  define_who ();
  define_what ();
  define_how ();
  define_when ();
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mbus_slave_init (MbusSlave *self)
{
  self->settings.address = -1;
  self->settings.version = -1;
  self->settings.parts = 1;
  self->settings.count = 1;
  self->settings.clusters = 5;
  self->settings.id_step = 1;
  self->settings.address_step = 1;
  self->settings.fault_rate = 1;
}
