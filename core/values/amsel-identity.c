/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who a meter says it is. */
#include "amsel-identity.h"

#include <string.h>

G_DEFINE_BOXED_TYPE (AmselIdentity, amsel_identity, amsel_identity_copy, amsel_identity_free)

/* Device types, EN 13757-3 table 13 and OMS specification volume 2 table 2. */
static const gchar *const MEDIUM_NAMES[] = {
  [0x00] = "other",
  [0x01] = "oil",
  [0x02] = "electricity",
  [0x03] = "gas",
  [0x04] = "heat",
  [0x05] = "steam",
  [0x06] = "hot-water",
  [0x07] = "water",
  [0x08] = "heat-cost-allocator",
  [0x09] = "compressed-air",
  [0x0A] = "cooling-outlet",
  [0x0B] = "cooling-inlet",
  [0x0C] = "heat-inlet",
  [0x0D] = "heat-cooling",
  [0x0E] = "bus",
  [0x0F] = "unknown",
  [0x10] = "irrigation-water",
  [0x11] = "water-logger",
  [0x12] = "gas-logger",
  [0x13] = "gas-converter",
  [0x14] = "calorific-value",
  [0x15] = "hot-water-above-90",
  [0x16] = "cold-water",
  [0x17] = "dual-water",
  [0x18] = "pressure",
  [0x19] = "analogue-digital-converter",
  [0x1A] = "smoke-detector",
  [0x1B] = "room-sensor",
  [0x1C] = "gas-detector",
  [0x1D] = "carbon-monoxide-alarm",
  [0x1E] = "heat-alarm",
  [0x1F] = "sensor",
  [0x20] = "breaker",
  [0x21] = "valve",
  [0x25] = "customer-unit",
  [0x28] = "waste-water",
  [0x29] = "garbage",
  [0x2A] = "carbon-dioxide",
  [0x30] = "service-tool",
  [0x31] = "communication-controller",
  [0x32] = "unidirectional-repeater",
  [0x33] = "bidirectional-repeater",
  [0x36] = "radio-converter-system",
  [0x37] = "radio-converter-meter",
  [0x38] = "bus-converter",
};

/**
 * amsel_medium_get_name:
 * @medium: a device type of EN 13757-3
 *
 * Returns: (transfer none): its name, such as "hot-water"; "reserved" for a number without meaning
 */
const gchar *
amsel_medium_get_name (guint8 medium)
{
  const gchar *name = medium < G_N_ELEMENTS (MEDIUM_NAMES) ? MEDIUM_NAMES[medium] : NULL;

  return name != NULL ? name : medium == 0xFF ? "any" : "reserved";
}

/**
 * amsel_manufacturer_write: (skip)
 * @manufacturer: a manufacturer code
 * @out: the three letters and a zero; '?' for a code outside A to Z
 *
 * Writes the letters of EN 62056-21; the top bit has another meaning and is passed over.
 */
void
amsel_manufacturer_write (guint16 manufacturer, gchar out[4])
{
  for (guint i = 0; i < 3; i++)
    {
      guint letter = manufacturer >> (5 * (2 - i)) & 31;

      out[i] = letter >= 1 && letter <= 26 ? (gchar) ('A' + letter - 1) : '?';
    }
  out[3] = '\0';
}

/**
 * amsel_manufacturer_parse:
 * @letters: three letters
 *
 * Returns: the manufacturer code; 0 where @letters is anything else than three letters
 */
guint16
amsel_manufacturer_parse (const gchar *letters)
{
  guint16 code = 0;

  if (strlen (letters) != 3)
    return 0;
  for (guint i = 0; i < 3; i++)
    {
      if (!g_ascii_isalpha (letters[i]))
        return 0;
      code = (guint16) (code << 5 | (g_ascii_toupper (letters[i]) - 'A' + 1));
    }
  return code;
}

/**
 * amsel_identity_copy:
 * @self: an identity
 *
 * Returns: (transfer full): a copy
 */
AmselIdentity *
amsel_identity_copy (const AmselIdentity *self)
{
  return g_memdup2 (self, sizeof *self);
}

/**
 * amsel_identity_free:
 * @self: (transfer full): an identity
 */
void
amsel_identity_free (AmselIdentity *self)
{
  g_free (self);
}

/**
 * amsel_identity_hash: (skip)
 * @identity: (type AmselIdentity): an identity
 *
 * Returns: a number for a #GHashTable whose keys are identities
 */
guint
amsel_identity_hash (gconstpointer identity)
{
  const AmselIdentity *self = identity;

  return (self->id * 31 + (guint) self->manufacturer) * 31 + self->version * 7u + self->medium * 3u
         + (guint) self->address;
}

/**
 * amsel_identity_equal: (skip)
 * @a: (type AmselIdentity): an identity
 * @b: (type AmselIdentity): another one
 *
 * Returns: whether they are the same
 */
gboolean
amsel_identity_equal (gconstpointer a, gconstpointer b)
{
  const AmselIdentity *x = a;
  const AmselIdentity *y = b;

  return x->id == y->id && x->manufacturer == y->manufacturer && x->version == y->version
         && x->medium == y->medium && x->address == y->address;
}

/**
 * amsel_identity_get_id_text:
 * @self: an identity
 *
 * Returns: (transfer full): the eight digits, such as "08031768"
 */
gchar *
amsel_identity_get_id_text (const AmselIdentity *self)
{
  return g_strdup_printf ("%08X", self->id);
}

/**
 * amsel_identity_get_manufacturer_text:
 * @self: an identity
 *
 * Returns: (transfer full): the three letters, such as "LSE"
 */
gchar *
amsel_identity_get_manufacturer_text (const AmselIdentity *self)
{
  gchar letters[4];

  amsel_manufacturer_write (self->manufacturer, letters);
  return g_strdup (letters);
}

/**
 * amsel_identity_get_address_text:
 * @self: an identity
 *
 * Returns: (transfer full): all of it as addresses of meters are written: number, manufacturer, version and
 * medium, such as "12345678.LSE.33.07"; a manufacturer whose code is no three letters as four hexadecimal
 * digits
 */
gchar *
amsel_identity_get_address_text (const AmselIdentity *self)
{
  gchar maker[5];

  amsel_manufacturer_write (self->manufacturer, maker);
  if (strchr (maker, '?') != NULL)
    g_snprintf (maker, sizeof maker, "%04X", self->manufacturer);
  return g_strdup_printf ("%08X.%s.%02X.%02X", self->id, maker, self->version, self->medium);
}

/**
 * amsel_identity_get_medium_name:
 * @self: an identity
 *
 * Returns: (transfer none): name of the device type, such as "hot-water"
 */
const gchar *
amsel_identity_get_medium_name (const AmselIdentity *self)
{
  return amsel_medium_get_name (self->medium);
}
