/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The search as an object: its settings, and the meters that it has found. */
#include "mbus-search-private.h"

#include "mbus-protocol.h"

#define EXTRA_MAX_US (10 * (gint64) G_USEC_PER_SEC)
#define ANY_MASK     "FFFFFFFF"

G_DEFINE_FINAL_TYPE (MbusSearch, mbus_search, AMSEL_TYPE_SEARCH)

AMSEL_DEFINE_SHARED_ENUM_TYPE (MbusStrategy, mbus_strategy,
                               G_DEFINE_ENUM_VALUE (MBUS_STRATEGY_SECONDARY, "secondary"),
                               G_DEFINE_ENUM_VALUE (MBUS_STRATEGY_PRIMARY, "primary"),
                               G_DEFINE_ENUM_VALUE (MBUS_STRATEGY_BOTH, "both"),
                               G_DEFINE_ENUM_VALUE (MBUS_STRATEGY_ENHANCED, "enhanced"),
                               G_DEFINE_ENUM_VALUE (MBUS_STRATEGY_VERIFY, "verify"))

typedef enum
{
  PROP_STRATEGY = 1,
  PROP_BAUDS,
  PROP_MASK,
  PROP_KNOWN,
  PROP_FIRST,
  PROP_LAST,
  PROP_EXPECTED,
  PROP_THOROUGH,
  PROP_TIMEOUT_EXTRA,
} MbusSearchProperty;

static GParamSpec *properties[PROP_TIMEOUT_EXTRA + 1];

static gboolean
refuse (GError **error, const gchar *name, const gchar *value, const gchar *expected)
{
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, "%s “%s”: expected %s", name, value,
               expected);
  return FALSE;
}

static gboolean
prepare_rates (MbusSearch *self, GError **error)
{
  if (self->bauds == NULL || self->bauds[0] == NULL)
    return TRUE;
  g_array_set_size (self->rates, 0);
  for (gsize i = 0; self->bauds[i] != NULL; i++)
    {
      guint64 baud;
      guint rate;

      if (!g_ascii_string_to_unsigned (self->bauds[i], 10, MBUS_BAUD_MIN, MBUS_BAUD_MAX, &baud, NULL))
        return refuse (error, "baud rate", self->bauds[i], "300 to 115200");
      rate = (guint) baud;
      g_array_append_val (self->rates, rate);
    }
  return TRUE;
}

static gboolean
prepare_known (MbusSearch *self, GError **error)
{
  MbusAddress address;

  for (gsize i = 0; self->known != NULL && self->known[i] != NULL; i++)
    if (!mbus_address_parse (self->known[i], &address, error))
      return FALSE;
  if (!mbus_address_parse (self->mask, &address, error))
    return FALSE;
  if (address.kind != MBUS_ADDRESS_KIND_SECONDARY)
    return refuse (error, "mask", self->mask, "eight digits, F for those that may be anything");
  return TRUE;
}

gboolean
mbus_search_prepare (MbusSearch *self, GError **error)
{
  if (self->first > self->last)
    {
      g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                   "the last primary address, %u, is below the first one, %u", self->last, self->first);
      return FALSE;
    }
  return prepare_rates (self, error) && prepare_known (self, error);
}

static void
add_known (MbusSearch *self)
{
  MbusAddress address;

  for (gsize i = 0; self->known != NULL && self->known[i] != NULL; i++)
    {
      if (!mbus_address_parse (self->known[i], &address, NULL))
        continue;
      if (address.kind == MBUS_ADDRESS_KIND_PRIMARY)
        g_array_append_val (self->primaries, address.primary);
      else
        mbus_tree_add (self->tree, &address);
    }
}

void
mbus_search_begin_rate (MbusSearch *self)
{
  MbusAddress mask;

  mbus_pace_init (&self->pace, g_array_index (self->rates, guint, self->rate), self->timeout_extra_us);
  self->tree = mbus_tree_new (self->strategy == MBUS_STRATEGY_ENHANCED);
  g_array_set_size (self->primaries, 0);
  self->primary = 0;
  self->repeated = FALSE;
  if (self->strategy == MBUS_STRATEGY_VERIFY)
    {
      add_known (self);
      return;
    }
  if (self->strategy == MBUS_STRATEGY_PRIMARY || self->strategy == MBUS_STRATEGY_BOTH)
    for (guint i = self->first; i <= self->last; i++)
      {
        guint8 primary = (guint8) i;

        g_array_append_val (self->primaries, primary);
      }
  if (self->strategy != MBUS_STRATEGY_PRIMARY && mbus_address_parse (self->mask, &mask, NULL))
    mbus_tree_add (self->tree, &mask);
}

/* What the meter is read by: its primary address where it was asked for by that, else all of its secondary
 * address, so that it is told from others. */
static void
write_address (const AmselIdentity *identity, const MbusAddress *asked, gchar *out)
{
  MbusAddress address;

  mbus_address_init_any (&address);
  address.id = identity->id;
  if (asked != NULL && asked->kind == MBUS_ADDRESS_KIND_PRIMARY)
    address = *asked;
  else if (identity->manufacturer != 0)
    {
      address.manufacturer = identity->manufacturer;
      address.version = identity->version;
      address.medium = identity->medium;
    }
  if (asked != NULL && asked->fabrication != MBUS_ANY_NUMBER)
    address.fabrication = asked->fabrication;
  mbus_address_write (&address, out);
}

void
mbus_search_add (MbusSearch *self, const AmselIdentity *identity, const MbusAddress *asked, AmselFrame *frame)
{
  gchar text[MBUS_ADDRESS_CHARS];
  gchar secondary[MBUS_ADDRESS_CHARS];
  g_autoptr (AmselFound) found = NULL;

  write_address (identity, asked, text);
  for (guint shift = 0; shift < 32; shift += 4)
    self->rare =
        self->rare
        || ((identity->id >> shift & 15) > 9 && asked != NULL && asked->kind == MBUS_ADDRESS_KIND_SECONDARY);
  if (!g_hash_table_add (self->seen, g_strdup (text)))
    return;
  if (asked != NULL && asked->kind == MBUS_ADDRESS_KIND_PRIMARY)
    {
      /* it is the same meter when it is found by its secondary address too */
      write_address (identity, NULL, secondary);
      g_hash_table_add (self->seen, g_strdup (secondary));
    }
  found = amsel_found_new (identity, text, frame);
  found->baud = self->pace.baud;
  found->latency_us = self->latency_us;
  g_array_append_val (self->masks, self->asked);
  amsel_search_add_found (AMSEL_SEARCH (self), found);
}

void
mbus_search_add_bare (MbusSearch *self)
{
  AmselIdentity identity = { .address = AMSEL_ADDRESS_NONE };
  gchar text[MBUS_ADDRESS_CHARS];
  g_autoptr (AmselFound) found = NULL;

  mbus_address_write (&self->asked, text);
  if (!g_hash_table_add (self->seen, g_strdup (text)))
    return;
  if (self->asked.kind == MBUS_ADDRESS_KIND_PRIMARY)
    identity.address = self->asked.primary;
  else
    {
      identity.id = self->asked.id;
      identity.manufacturer =
          self->asked.manufacturer != MBUS_ANY_MANUFACTURER ? self->asked.manufacturer : 0;
      identity.version = self->asked.version != MBUS_ANY_BYTE ? self->asked.version : 0;
      identity.medium = self->asked.medium != MBUS_ANY_BYTE ? self->asked.medium : 0;
    }
  found = amsel_found_new (&identity, text, NULL);
  found->baud = self->pace.baud;
  found->latency_us = self->latency_us;
  g_array_append_val (self->masks, self->asked);
  amsel_search_add_found (AMSEL_SEARCH (self), found);
}

static void
mbus_search_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MbusSearch *self = MBUS_SEARCH (object);

  switch ((MbusSearchProperty) id)
    {
    case PROP_STRATEGY:
      g_value_set_enum (value, (gint) self->strategy);
      break;
    case PROP_BAUDS:
      g_value_set_boxed (value, self->bauds);
      break;
    case PROP_MASK:
      g_value_set_string (value, self->mask);
      break;
    case PROP_KNOWN:
      g_value_set_boxed (value, self->known);
      break;
    case PROP_FIRST:
      g_value_set_uint (value, self->first);
      break;
    case PROP_LAST:
      g_value_set_uint (value, self->last);
      break;
    case PROP_EXPECTED:
      g_value_set_int (value, self->expected);
      break;
    case PROP_THOROUGH:
      g_value_set_boolean (value, self->thorough);
      break;
    case PROP_TIMEOUT_EXTRA:
      g_value_set_int64 (value, self->timeout_extra_us);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mbus_search_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MbusSearch *self = MBUS_SEARCH (object);

  switch ((MbusSearchProperty) id)
    {
    case PROP_STRATEGY:
      self->strategy = (MbusStrategy) g_value_get_enum (value);
      break;
    case PROP_BAUDS:
      g_strfreev (self->bauds);
      self->bauds = g_value_dup_boxed (value);
      break;
    case PROP_MASK:
      amsel_param_set_string (&self->mask, value);
      break;
    case PROP_KNOWN:
      g_strfreev (self->known);
      self->known = g_value_dup_boxed (value);
      break;
    case PROP_FIRST:
      self->first = g_value_get_uint (value);
      break;
    case PROP_LAST:
      self->last = g_value_get_uint (value);
      break;
    case PROP_EXPECTED:
      self->expected = g_value_get_int (value);
      break;
    case PROP_THOROUGH:
      self->thorough = g_value_get_boolean (value);
      break;
    case PROP_TIMEOUT_EXTRA:
      self->timeout_extra_us = g_value_get_int64 (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mbus_search_finalize (GObject *object)
{
  MbusSearch *self = MBUS_SEARCH (object);

  g_strfreev (self->bauds);
  g_strfreev (self->known);
  g_free (self->mask);
  g_array_unref (self->rates);
  g_array_unref (self->masks);
  g_array_unref (self->primaries);
  g_clear_pointer (&self->tree, mbus_tree_free);
  g_hash_table_unref (self->seen);
  g_string_free (self->shared, TRUE);
  G_OBJECT_CLASS (mbus_search_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  properties[PROP_STRATEGY] =
      g_param_spec_enum ("strategy", "strategy",
                         "What to search by: secondary addresses, primary addresses, both, fabrication "
                         "numbers (enhanced); or ask "
                         "only for those that are known (verify).",
                         MBUS_TYPE_STRATEGY, MBUS_STRATEGY_SECONDARY, AMSEL_PARAM_SETTING);
  properties[PROP_BAUDS] = g_param_spec_boxed (
      "bauds", "bauds", "Baud rates to search at, one after the other; none for that of the protocol.",
      G_TYPE_STRV, AMSEL_PARAM_SETTING);
  properties[PROP_MASK] = g_param_spec_string (
      "mask", "mask", "Secondary addresses to search: eight digits, F for those that may be anything.",
      ANY_MASK, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_KNOWN] = g_param_spec_boxed (
      "known", "known", "Addresses to ask for, with the strategy verify.", G_TYPE_STRV, AMSEL_PARAM_SETTING);
  properties[PROP_FIRST] = g_param_spec_uint ("first", "first", "First primary address to ask for.", 0,
                                              MBUS_ADDRESS_LAST, 0, AMSEL_PARAM_SETTING);
  properties[PROP_LAST] =
      g_param_spec_uint ("last", "last", "Last primary address to ask for.", 0, MBUS_ADDRESS_LAST,
                         MBUS_ADDRESS_LAST, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_EXPECTED] = g_param_spec_int ("expected", "expected",
                                                "How many meters there should be; the search ends with error "
                                                "65286 where it finds another number. -1 where "
                                                "it is not known.",
                                                -1, G_MAXINT, -1, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_THOROUGH] = g_param_spec_boolean ("thorough", "thorough",
                                                    "Ask again for all addresses that nobody answered. That "
                                                    "is done in any case where the line is slow or noisy.",
                                                    FALSE, AMSEL_PARAM_SETTING);
  properties[PROP_TIMEOUT_EXTRA] =
      amsel_param_spec_duration ("timeout-extra",
                                 "How long to wait for an answer beyond the standard from the beginning on; "
                                 "slow meters are noticed in any case.",
                                 0, EXTRA_MAX_US, 0, AMSEL_PARAM_SETTING);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mbus_search_class_init (MbusSearchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mbus_search_get_property;
  object_class->set_property = mbus_search_set_property;
  object_class->finalize = mbus_search_finalize;
  AMSEL_SEARCH_CLASS (klass)->step = mbus_search_step;
  AMSEL_SEARCH_CLASS (klass)->save = mbus_search_save;
  AMSEL_SEARCH_CLASS (klass)->restore = mbus_search_restore;
  install_properties (object_class);
}

static void
mbus_search_init (MbusSearch *self)
{
  self->rates = g_array_new (FALSE, FALSE, sizeof (guint));
  self->masks = g_array_new (FALSE, FALSE, sizeof (MbusAddress));
  self->primaries = g_array_new (FALSE, FALSE, sizeof (guint8));
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->shared = g_string_new (NULL);
}

AmselSearch *
mbus_search_new (guint baud)
{
  MbusSearch *self = g_object_new (MBUS_TYPE_SEARCH, NULL);

  g_array_append_val (self->rates, baud);
  return AMSEL_SEARCH (self);
}
