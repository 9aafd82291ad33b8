/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Meters that another one may hide.
 *
 * On the wire a space (0) of any meter hides the marks (1) of all others. When two meters answer at the same
 * moment, the master receives the bits that are 1 in both. Their telegrams then look like that of one of them
 * where each bit of it that is 1 is 1 in the other one too. The parity bits show the difference unless an
 * even number of bits differs, and so they do in the checksum. For equal telegrams but for one byte of the
 * address, that can be worked out from the one that was received. */
#include "mbus-twins.h"

#include <string.h>

/* Where the address stands in a frame with the long header, and the checksum behind all. */
#define ID_OFFSET           MBUS_DATA_OFFSET
#define MANUFACTURER_OFFSET (ID_OFFSET + 4)
#define MEDIUM_OFFSET       (ID_OFFSET + 7)
#define CHECKSUM_FROM_END   2

static gboolean
hides (guint8 shown, guint8 hidden)
{
  guint8 extra = hidden & (guint8) ~shown;
  guint n = 0;

  for (; extra != 0; extra &= (guint8) (extra - 1))
    n++;
  return (shown & hidden) == shown && n % 2 == 0;
}

/* Whether one digit differs, and is a digit. */
static gboolean
is_other_digit (guint8 shown, guint8 hidden)
{
  return (hidden >> 4 <= 9 && (shown & 15) == (hidden & 15))
         || ((hidden & 15) <= 9 && shown >> 4 == hidden >> 4);
}

/* Appends an address unless it does not belong to the mask. */
static void
append (const guint8 *address, const MbusAddress *mask, GArray *out)
{
  AmselIdentity identity = { .address = AMSEL_ADDRESS_NONE };
  AmselCursor cursor;
  MbusAddress twin;

  mbus_address_init_any (&twin);
  amsel_cursor_init (&cursor, address, MBUS_SELECTION_LENGTH);
  if (!amsel_cursor_u32_le (&cursor, &identity.id) || !amsel_cursor_u16_le (&cursor, &identity.manufacturer)
      || !amsel_cursor_u8 (&cursor, &identity.version) || !amsel_cursor_u8 (&cursor, &identity.medium)
      || !mbus_address_matches (mask, &identity))
    return;
  twin.id = identity.id;
  twin.manufacturer = identity.manufacturer;
  twin.version = identity.version;
  twin.medium = identity.medium;
  g_array_append_val (out, twin);
}

void
mbus_twins_list (const guint8 *frame, gsize length, const MbusAddress *mask, gboolean all, GArray *out)
{
  guint8 address[MBUS_SELECTION_LENGTH];
  guint last = all ? MEDIUM_OFFSET : MANUFACTURER_OFFSET - 1;
  MbusFrame fields;
  guint8 checksum;

  if (!mbus_frame_parse (frame, length, &fields, NULL) || fields.ci != MBUS_CI_RESPONSE
      || fields.data_length < MBUS_SELECTION_LENGTH)
    return;
  checksum = frame[length - CHECKSUM_FROM_END];
  for (guint offset = ID_OFFSET; offset <= last; offset++)
    for (guint value = 0; value < 256; value++)
      {
        guint8 shown = frame[offset];
        guint8 hidden = (guint8) value;

        if (hidden == shown || !hides (shown, hidden)
            || !hides (checksum, (guint8) (checksum + hidden - shown))
            || (offset < MANUFACTURER_OFFSET && !is_other_digit (shown, hidden)))
          continue;
        memcpy (address, fields.data, sizeof address);
        address[offset - ID_OFFSET] = hidden;
        append (address, mask, out);
      }
}
