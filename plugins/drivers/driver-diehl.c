/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hydrus, Sharky and Izar radios of Diehl and Hydrometer that send "real data": ordinary records, hidden as
 * the values of PRIOS are, and an address with version and medium in front. The high byte of the
 * configuration word, which looks like a security mode of the maker's own, is the check sum of the records
 * but for one bit.
 *
 * Recordings often have the records in plain text already; the check sum says so. */
#include <string.h>

#include "driver-diehl-scramble.h"
#include "driver.h"

static const DriverMatch MATCHES[] = {
  { DRIVER_MANUFACTURER ('D', 'M', 'E'), DRIVER_ANY, DRIVER_ANY },
  { DRIVER_MANUFACTURER ('E', 'W', 'T'), DRIVER_ANY, DRIVER_ANY },
  { DRIVER_MANUFACTURER ('H', 'Y', 'D'), DRIVER_ANY, DRIVER_ANY },
  { DRIVER_MANUFACTURER ('S', 'A', 'P'), DRIVER_ANY, DRIVER_ANY },
  { DRIVER_MANUFACTURER ('S', 'P', 'L'), DRIVER_ANY, DRIVER_ANY },
  { 0 },
};

/* Room for the longest telegram of 256 bytes. */
#define RECORDS_MAX 256

/* Gives the records in plain; the telegram gets bytes of its own where they were hidden. */
static gboolean
open_records (DriverContext *context)
{
  const guint8 *hidden = context->link + DIEHL_SCRAMBLE_OFFSET;
  guint8 records[RECORDS_MAX];
  gsize length = context->link_length - DIEHL_SCRAMBLE_OFFSET;

  if (length > sizeof records)
    return FALSE;
  if (!diehl_descramble_records (context->link, context->link_length, context->key, records))
    return diehl_records_check (context->link, hidden, length);
  memcpy (amsel_telegram_edit_payload (context->telegram) + context->payload_offset, records, length);
  amsel_telegram_edit_header (context->telegram)->encryption = AMSEL_ENCRYPTION_DECRYPTED;
  return TRUE;
}

static DriverResult
decode (DriverContext *context)
{
  if (context->payload_offset == G_MAXSIZE
      || context->link_length != DIEHL_SCRAMBLE_OFFSET + context->payload_length
      || diehl_frame_get (context->link, context->link_length) != DIEHL_FRAME_REAL_DATA
      || !open_records (context))
    return DRIVER_RESULT_NOT_MINE;
  return DRIVER_RESULT_RECORDS;
}

/* It has no name: what it opens, the described drivers name. */
const DriverCode driver_diehl = {
  .title = "Diehl and Hydrometer radios with hidden records",
  .matches = MATCHES,
  .decode = decode,
};
