/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who a meter says it is: the eight bytes of an M-Bus address, and the primary address on a cable. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

/**
 * AMSEL_ADDRESS_NONE:
 *
 * Primary address of a meter that has none, such as a wireless one.
 */
#define AMSEL_ADDRESS_NONE (-1)

/**
 * AmselIdentity:
 * @id: identification number: eight digits, four bits each (0x08031768 reads "08031768"); A to F are possible
 * @manufacturer: three letters of five bits (EN 62056-21 FLAG code); the top bit marks an address that is not
 * unique
 * @version: version (generation) of the meter
 * @medium: device type (EN 13757-3 table 13)
 * @address: primary address, or %AMSEL_ADDRESS_NONE
 *
 * Identity of a meter as its telegrams carry it. All zero with @address %AMSEL_ADDRESS_NONE is "not known".
 */
typedef struct
{
  guint32 id;
  guint16 manufacturer;
  guint8 version;
  guint8 medium;
  gint16 address;
} AmselIdentity;

#define AMSEL_TYPE_IDENTITY (amsel_identity_get_type ())
AMSEL_API GType amsel_identity_get_type (void) G_GNUC_CONST;

AMSEL_API AmselIdentity *amsel_identity_copy (const AmselIdentity *self);
AMSEL_API void amsel_identity_free (AmselIdentity *self);
AMSEL_API guint amsel_identity_hash (gconstpointer identity);
AMSEL_API gboolean amsel_identity_equal (gconstpointer a, gconstpointer b);
AMSEL_API gchar *amsel_identity_get_id_text (const AmselIdentity *self);
AMSEL_API gchar *amsel_identity_get_manufacturer_text (const AmselIdentity *self);
AMSEL_API gchar *amsel_identity_get_address_text (const AmselIdentity *self);
AMSEL_API const gchar *amsel_identity_get_medium_name (const AmselIdentity *self);
AMSEL_API void amsel_manufacturer_write (guint16 manufacturer, gchar out[4]);
AMSEL_API guint16 amsel_manufacturer_parse (const gchar *letters);
AMSEL_API const gchar *amsel_medium_get_name (guint8 medium);

G_END_DECLS
