/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of wired meters, as users write them and as they go over the line.
 *
 *   5                    primary address: 0 to 250; 253 to 255 reach whoever feels addressed
 *   12345678             secondary address: identification number, F in place of digits that may be anything
 *   12345678.SEN.33.04   the same with manufacturer, version and medium (hexadecimal); - for any
 *   12345678.SEN.33.04.87654321  the same with a fabrication number, where two meters share all of the rest
 *
 * Digits A to E do occur in identification numbers of some meters, and are written as they are.
 */
#pragma once

#include "mbus-frame.h"

G_BEGIN_DECLS

typedef enum
{
  MBUS_ADDRESS_KIND_NONE,
  MBUS_ADDRESS_KIND_PRIMARY,
  MBUS_ADDRESS_KIND_SECONDARY,
} MbusAddressKind;

/* Wildcards of a selection, EN 13757-7 clause 7: a digit F of the identification number, and these. */
#define MBUS_ANY_NUMBER       0xFFFFFFFF
#define MBUS_ANY_MANUFACTURER 0xFFFF
#define MBUS_ANY_BYTE         0xFF

/* Room that mbus_address_write() needs, with the terminating zero. */
#define MBUS_ADDRESS_CHARS 40

typedef struct
{
  MbusAddressKind kind;
  guint8 primary;       /* with KIND_PRIMARY; the others with KIND_SECONDARY */
  guint32 id;           /* eight digits of four bits, F = any */
  guint16 manufacturer; /* MBUS_ANY_MANUFACTURER = any */
  guint8 version;       /* MBUS_ANY_BYTE = any */
  guint8 medium;        /* MBUS_ANY_BYTE = any */
  guint32 fabrication;  /* eight digits of four bits, F = any */
} MbusAddress;

/* Errors: MBUS_READ_ERROR_MALFORMED_ADDRESS, with the column and what is expected there. */
gboolean mbus_address_parse (const gchar *text, MbusAddress *out, GError **error);
/* Writes the shortest text that mbus_address_parse() reads back, and returns its length. */
gsize mbus_address_write (const MbusAddress *self, gchar out[MBUS_ADDRESS_CHARS]);
/* The secondary address that any meter has. */
void mbus_address_init_any (MbusAddress *self);
/* The eight bytes of a selection. */
void mbus_address_get_selection (const MbusAddress *self, guint8 out[MBUS_SELECTION_LENGTH]);
/* The frame that selects the meters of a secondary address, with its fabrication number where that is given
 * (enhanced selection, EN 13757-7 clause 7). */
GBytes *mbus_address_new_selection (const MbusAddress *self);
/* Whether a meter of this identity is meant. */
gboolean mbus_address_matches (const MbusAddress *self, const AmselIdentity *identity);
/* Whether a primary address reaches not one certain meter: 253 to 255. */
gboolean mbus_address_is_shared (const MbusAddress *self);

G_END_DECLS
