/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of wired meters. */
#include "mbus-address.h"

#include "en13757-selection.h"
#include "mbus-error.h"

#define ID_DIGITS      EN13757_ID_DIGITS
#define PRIMARY_DIGITS 3

/* Fabrication number behind a selection: eight digits of BCD. */
#define FABRICATION_DIF    0x0C
#define FABRICATION_VIF    0x78
#define FABRICATION_LENGTH 6

/* The bit of the manufacturer code that says nothing of the manufacturer, but that the address may not be
 * unique. */
#define MANUFACTURER_MASK 0x7FFF

static gboolean
fail (GError **error, const gchar *text, gsize column, const gchar *expected)
{
  g_set_error (error, MBUS_READ_ERROR, MBUS_READ_ERROR_MALFORMED_ADDRESS,
               "address “%s”, column %" G_GSIZE_FORMAT ": expected %s", text, column + 1, expected);
  return FALSE;
}

static gboolean
parse_primary (const gchar *text, gsize length, MbusAddress *out, GError **error)
{
  guint value = 0;

  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return fail (error, text, i, "a digit of a primary address (0 to 250)");
      value = value * 10 + (guint) g_ascii_digit_value (text[i]);
    }
  if (value > MBUS_ADDRESS_LAST && (value < MBUS_ADDRESS_SELECTED || value > MBUS_ADDRESS_BROADCAST))
    return fail (error, text, 0, "a primary address from 0 to 250");
  mbus_address_init_any (out);
  out->kind = MBUS_ADDRESS_KIND_PRIMARY;
  out->primary = (guint8) value;
  return TRUE;
}

/* The parts after the identification number; those that are missing are any. */
static gboolean
parse_rest (const gchar *text, MbusAddress *out, GError **error)
{
  En13757Selection selection = { out->id, out->manufacturer, out->version, out->medium };
  g_auto (GStrv) parts = g_strsplit (text + ID_DIGITS + 1, ".", -1);
  gsize column = ID_DIGITS + 1;
  guint i = 0;

  do
    {
      const gchar *expected = NULL;

      if (i > EN13757_SELECTION_PARTS)
        return fail (error, text, column - 1, "the end of the address");
      if (i < EN13757_SELECTION_PARTS)
        expected = en13757_selection_parse_part (parts[i], i, &selection);
      else if (strlen (parts[i]) != ID_DIGITS
               || !en13757_selection_parse_digits (parts[i], &out->fabrication))
        expected = "eight digits of a fabrication number";
      if (expected != NULL)
        return fail (error, text, column, expected);
      column += strlen (parts[i]) + 1;
    }
  while (parts[++i] != NULL);
  out->manufacturer = selection.manufacturer;
  out->version = selection.version;
  out->medium = selection.medium;
  return TRUE;
}

gboolean
mbus_address_parse (const gchar *text, MbusAddress *out, GError **error)
{
  gsize length = text != NULL ? strcspn (text, ".") : 0;
  MbusAddress address;

  mbus_address_init_any (&address);
  if (length == 0)
    return fail (error, text != NULL ? text : "", 0, "a primary address (0 to 250) or eight digits");
  if (length <= PRIMARY_DIGITS && text[length] == '\0')
    return parse_primary (text, length, out, error);
  if (length != ID_DIGITS)
    return fail (error, text, 0, "a primary address (0 to 250) or eight digits of a secondary address");
  if (!en13757_selection_parse_digits (text, &address.id))
    return fail (error, text, 0, "eight digits, F in place of those that may be anything");
  if (text[length] == '.' && !parse_rest (text, &address, error))
    return FALSE;
  *out = address;
  return TRUE;
}

gsize
mbus_address_write (const MbusAddress *self, gchar out[MBUS_ADDRESS_CHARS])
{
  gchar manufacturer[8] = "-";
  gchar version[4] = "-";
  gchar medium[4] = "-";

  if (self->kind != MBUS_ADDRESS_KIND_SECONDARY)
    return (gsize) g_snprintf (out, MBUS_ADDRESS_CHARS, "%u", (guint) self->primary);
  if (self->manufacturer == MBUS_ANY_MANUFACTURER && self->version == MBUS_ANY_BYTE
      && self->medium == MBUS_ANY_BYTE && self->fabrication == MBUS_ANY_NUMBER)
    return (gsize) g_snprintf (out, MBUS_ADDRESS_CHARS, "%08X", self->id);
  if (self->manufacturer != MBUS_ANY_MANUFACTURER)
    {
      amsel_manufacturer_write (self->manufacturer, manufacturer);
      if (amsel_manufacturer_parse (manufacturer) != self->manufacturer)
        g_snprintf (manufacturer, sizeof manufacturer, "%04X", (guint) self->manufacturer);
    }
  if (self->version != MBUS_ANY_BYTE)
    g_snprintf (version, sizeof version, "%02X", (guint) self->version);
  if (self->medium != MBUS_ANY_BYTE)
    g_snprintf (medium, sizeof medium, "%02X", (guint) self->medium);
  if (self->fabrication != MBUS_ANY_NUMBER)
    return (gsize) g_snprintf (out, MBUS_ADDRESS_CHARS, "%08X.%s.%s.%s.%08X", self->id, manufacturer, version,
                               medium, self->fabrication);
  return (gsize) g_snprintf (out, MBUS_ADDRESS_CHARS, "%08X.%s.%s.%s", self->id, manufacturer, version,
                             medium);
}

void
mbus_address_init_any (MbusAddress *self)
{
  *self = (MbusAddress){ .kind = MBUS_ADDRESS_KIND_SECONDARY,
                         .id = MBUS_ANY_NUMBER,
                         .manufacturer = MBUS_ANY_MANUFACTURER,
                         .version = MBUS_ANY_BYTE,
                         .medium = MBUS_ANY_BYTE,
                         .fabrication = MBUS_ANY_NUMBER };
}

GBytes *
mbus_address_new_selection (const MbusAddress *self)
{
  guint8 data[MBUS_SELECTION_LENGTH + FABRICATION_LENGTH] = { 0 };
  guint8 *fabrication = data + MBUS_SELECTION_LENGTH;

  mbus_address_get_selection (self, data);
  if (self->fabrication == MBUS_ANY_NUMBER)
    return mbus_frame_new_select (FALSE, data);
  fabrication[0] = FABRICATION_DIF;
  fabrication[1] = FABRICATION_VIF;
  for (guint i = 0; i < 4; i++)
    fabrication[2 + i] = (guint8) (self->fabrication >> 8 * i);
  return mbus_frame_new_snd_ud (MBUS_ADDRESS_SELECTED, FALSE, MBUS_CI_SELECT, data, sizeof data);
}

void
mbus_address_get_selection (const MbusAddress *self, guint8 out[MBUS_SELECTION_LENGTH])
{
  for (guint i = 0; i < 4; i++)
    out[i] = (guint8) (self->id >> 8 * i);
  out[4] = (guint8) self->manufacturer;
  out[5] = (guint8) (self->manufacturer >> 8);
  out[6] = self->version;
  out[7] = self->medium;
}

static gboolean
id_matches (guint32 wanted, guint32 id)
{
  for (guint shift = 0; shift < 32; shift += 4)
    if ((wanted >> shift & 15) != 15 && (wanted >> shift & 15) != (id >> shift & 15))
      return FALSE;
  return TRUE;
}

/* Each of the two bytes may be left open. */
static gboolean
manufacturer_matches (guint16 wanted, guint16 manufacturer)
{
  guint difference = (wanted ^ manufacturer) & MANUFACTURER_MASK;

  return ((wanted & 0xFF) == MBUS_ANY_BYTE || (difference & 0xFF) == 0)
         && (wanted >> 8 == MBUS_ANY_BYTE || difference >> 8 == 0);
}

gboolean
mbus_address_matches (const MbusAddress *self, const AmselIdentity *identity)
{
  if (self->kind == MBUS_ADDRESS_KIND_PRIMARY)
    return identity->address == self->primary;
  return self->kind == MBUS_ADDRESS_KIND_SECONDARY && id_matches (self->id, identity->id)
         && manufacturer_matches (self->manufacturer, identity->manufacturer)
         && (self->version == MBUS_ANY_BYTE || self->version == identity->version)
         && (self->medium == MBUS_ANY_BYTE || self->medium == identity->medium);
}

gboolean
mbus_address_is_shared (const MbusAddress *self)
{
  return self->kind == MBUS_ADDRESS_KIND_PRIMARY && self->primary > MBUS_ADDRESS_LAST;
}
