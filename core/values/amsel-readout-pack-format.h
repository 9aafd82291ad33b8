/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Constants of the packed form of readouts, shared by writing and reading. Internal. */
#pragma once

#include <glib.h>

/* Version 2 is version 1 with drivers and their fields, which FLAG_DRIVER announces. It is written only where
 * there is one. */
#define PACK_VERSION        1
#define PACK_VERSION_DRIVER 2

#define TELEGRAM_BYTES_MIN 20 /* of a telegram without payload and records */
#define RECORD_BYTES_MIN   7  /* of a record whose mask is zero */
#define RECORD_BYTES_MAX   150
#define TELEGRAM_BYTES_MAX 64 /* without payload and records */
#define VARINT_BYTES_MAX   10

#define FLAG_PAYLOAD      (1 << 0) /* the payload is not the frame */
#define FLAG_MORE_FOLLOWS (1 << 1)
#define FLAG_DRIVER       (1 << 2) /* a driver and its fields follow the records */
#define FLAGS_KNOWN       (FLAG_PAYLOAD | FLAG_MORE_FOLLOWS | FLAG_DRIVER)

#define FIELD_BYTES_MIN 4  /* of a field without value; its name is apart */
#define FIELD_BYTES_MAX 40 /* without name and text */

#define MASK_KIND        7
#define MASK_FUNCTION    (1 << 3)
#define MASK_STORAGE     (1 << 4)
#define MASK_TARIFF      (1 << 5)
#define MASK_SUBUNIT     (1 << 6)
#define MASK_MODIFIERS   (1 << 7)
#define MASK_VIF_TEXT    (1 << 8)
#define MASK_REASON      (1 << 9)
#define MASK_DIF_OFFSET  (1 << 10) /* it does not begin where the record before ends */
#define MASK_DATA_OFFSET (1 << 11) /* its data does not follow its VIF chain */
#define MASK_DECIMAL     (1 << 12)
#define MASK_REAL        (1 << 13)
#define MASK_DATE        (1 << 14)
#define MASK_WIDE        (1 << 15) /* the mantissa needs more than 64 bits */

typedef union
{
  gfloat real;
  guint32 bits;
} RealBits;
