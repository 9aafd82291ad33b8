/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who the slaves are that a description stands for: what it gives, and where it gives nothing, what the first
 * telegram says. */
#include "mbus-identity.h"

#include "mbus-frame.h"

#define DEFAULT_GENERATED "SIM"

static gboolean
fail (GError **error, const gchar *message)
{
  g_set_error_literal (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, message);
  return FALSE;
}

/* A medium by its name, as amsel prints it, or as a number. */
static gboolean
get_medium (const MbusSlaveSettings *settings, guint8 *medium, GError **error)
{
  guint64 number;

  if (settings->medium == NULL)
    return TRUE;
  for (guint i = 0; i < 256; i++)
    if (g_str_equal (amsel_medium_get_name ((guint8) i), settings->medium))
      {
        *medium = (guint8) i;
        return TRUE;
      }
  if (!g_ascii_string_to_unsigned (settings->medium, 10, 0, 255, &number, NULL))
    return fail (error,
                 "“medium” is not known; expected a name such as water, heat, electricity, or a number "
                 "from 0 to 255");
  *medium = (guint8) number;
  return TRUE;
}

static gboolean
get_manufacturer (const MbusSlaveSettings *settings, guint16 *manufacturer, GError **error)
{
  if (settings->manufacturer == NULL)
    return TRUE;
  *manufacturer = amsel_manufacturer_parse (settings->manufacturer);
  return *manufacturer != 0 || fail (error, "“manufacturer” must be three letters");
}

static gboolean
get_number (const gchar *text, const gchar *message, guint32 *out_number, GError **error)
{
  return text == NULL || mbus_number_parse (text, out_number) || fail (error, message);
}

static gboolean
get_fabrication (const MbusSlaveSettings *settings, MbusTelegrams *telegrams, MbusSlaveIdentity *out,
                 GError **error)
{
  out->has_fabrication = settings->fabrication != NULL;
  if (out->has_fabrication)
    return get_number (settings->fabrication, "“fabrication” must have eight digits", &out->fabrication,
                       error);
  if (mbus_telegrams_get_n (telegrams) > 0)
    {
      gsize length;
      const guint8 *body = g_bytes_get_data (mbus_telegrams_get (telegrams, 0)->body, &length);

      out->has_fabrication = mbus_body_get_fabrication (body, length, &out->fabrication);
    }
  return TRUE;
}

/* What all of them have in common, with the number and the address of the first. */
static gboolean
get_first (const MbusSlaveSettings *settings, MbusTelegrams *telegrams, MbusSlaveIdentity *out,
           GError **error)
{
  AmselIdentity *identity = &out->identity;

  if (settings->generate != MBUS_GENERATE_NONE)
    {
      if (settings->id == NULL && settings->ids == MBUS_NUMBERS_CONSECUTIVE)
        return fail (error, "a generated meter needs an “id” of eight digits");
      identity->manufacturer = amsel_manufacturer_parse (DEFAULT_GENERATED);
      identity->version = 1;
      identity->medium = mbus_generate_get_medium (settings->generate);
    }
  else if (mbus_telegrams_get_n (telegrams) > 0)
    {
      gsize length;
      const guint8 *body = g_bytes_get_data (mbus_telegrams_get (telegrams, 0)->body, &length);

      mbus_body_get_identity (body, length, identity);
      identity->address = body[MBUS_BODY_A];
    }
  if (settings->version >= 0)
    identity->version = (guint8) settings->version;
  if (settings->address >= 0)
    identity->address = (gint16) settings->address;
  return get_number (settings->id, "“id” must have eight digits (0 to 9, or A to F)", &identity->id, error)
         && get_medium (settings, &identity->medium, error)
         && get_manufacturer (settings, &identity->manufacturer, error)
         && get_fabrication (settings, telegrams, out, error);
}

/* The nth of them. Decimal digits count on decimally; drawn numbers have their place in a list. */
static gboolean
get_nth (const MbusSlaveSettings *settings, const MbusSlaveIdentity *first, const guint32 *drawn, guint nth,
         MbusSlaveIdentity *out, GError **error)
{
  guint64 step = (guint64) nth * settings->id_step;
  guint address = (guint) MAX (first->identity.address, 0) + nth * settings->address_step;

  *out = *first;
  out->identity.address = (gint16) (address <= MBUS_ADDRESS_LAST ? address : MBUS_ADDRESS_UNCONFIGURED);
  if (drawn != NULL)
    out->identity.id = drawn[nth];
  else if (settings->id != NULL && !mbus_number_add (first->identity.id, step, &out->identity.id))
    return fail (error, "an “id” with letters cannot be counted on; expected “count: 1” or “id-step: 0”");
  if (settings->fabrication != NULL && !mbus_number_add (first->fabrication, step, &out->fabrication))
    return fail (error, "a “fabrication” with letters cannot be counted on; expected “count: 1”");
  if (settings->generate != MBUS_GENERATE_NONE && settings->fabrication == NULL)
    {
      out->has_fabrication = TRUE;
      out->fabrication = out->identity.id;
    }
  return TRUE;
}

GArray *
mbus_identities_make (const MbusSlaveSettings *settings, MbusTelegrams *telegrams, guint64 seed,
                      GError **error)
{
  g_autoptr (GArray) identities = g_array_new (FALSE, TRUE, sizeof (MbusSlaveIdentity));
  g_autofree guint32 *drawn = NULL;
  MbusSlaveIdentity first = { 0 };

  if (!get_first (settings, telegrams, &first, error))
    return NULL;
  if (settings->ids != MBUS_NUMBERS_CONSECUTIVE)
    drawn = mbus_numbers_draw (settings->ids, settings->count, settings->clusters, seed);
  g_array_set_size (identities, settings->count);
  for (guint i = 0; i < settings->count; i++)
    if (!get_nth (settings, &first, drawn, i, &g_array_index (identities, MbusSlaveIdentity, i), error))
      return NULL;
  return g_steal_pointer (&identities);
}
