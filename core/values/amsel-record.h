/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One value of a telegram with all that the telegram says about it. */
#pragma once

#include "amsel-date.h"
#include "amsel-decimal.h"
#include "amsel-modifier.h"
#include "amsel-quantity.h"

G_BEGIN_DECLS

/**
 * AmselValueKind:
 * @AMSEL_VALUE_NONE: there is no value; #AmselRecord.reason says why
 * @AMSEL_VALUE_DECIMAL: an exact number, in #AmselRecord.decimal
 * @AMSEL_VALUE_REAL: #AmselRecord.real × 10^decimal.exponent: what the wire sent as a 32-bit floating-point
 * number
 * @AMSEL_VALUE_DATE: a date, a time or both, in #AmselRecord.date
 * @AMSEL_VALUE_TEXT: text: the data bytes, ISO 8859-1, last character first as on the wire
 * @AMSEL_VALUE_BYTES: the data bytes, in wire order
 *
 * Where the value of a record is.
 */
typedef enum
{
  AMSEL_VALUE_NONE,
  AMSEL_VALUE_DECIMAL,
  AMSEL_VALUE_REAL,
  AMSEL_VALUE_DATE,
  AMSEL_VALUE_TEXT,
  AMSEL_VALUE_BYTES,
} AmselValueKind;

#define AMSEL_TYPE_VALUE_KIND (amsel_value_kind_get_type ())
AMSEL_API GType amsel_value_kind_get_type (void) G_GNUC_CONST;

/**
 * AmselReason:
 * @AMSEL_REASON_NONE: there is a value
 * @AMSEL_REASON_NO_DATA: the record has no data (DIF data field 0000b or a length of 0)
 * @AMSEL_REASON_NOT_AVAILABLE: the meter marked the value as not available
 * @AMSEL_REASON_ERROR_DIGITS: a digit of a BCD number is no decimal digit: the meter signals an error
 * @AMSEL_REASON_INVALID_DATE: the date or time does not exist or is marked invalid
 * @AMSEL_REASON_TOO_LARGE: the number does not fit 128 bits
 * @AMSEL_REASON_READOUT_REQUEST: the record asks for data and has none (DIF data field 1000b)
 * @AMSEL_REASON_DOUBTFUL: there is a number, but what it means is not certain enough to be shown
 * @AMSEL_REASON_CHECK_FAILED: a check of the meter's own data failed
 * @AMSEL_REASON_TRUNCATED: the data end before the value is complete
 * @AMSEL_REASON_UNKNOWN_FORMAT: the meter's data have a form that is not known
 * @AMSEL_REASON_NO_KEY: the meter's data are encrypted, and there is no key
 * @AMSEL_REASON_WRONG_KEY: the meter's data are encrypted, and the key does not fit
 *
 * Why a record or a field has no value.
 */
typedef enum
{
  AMSEL_REASON_NONE,
  AMSEL_REASON_NO_DATA,
  AMSEL_REASON_NOT_AVAILABLE,
  AMSEL_REASON_ERROR_DIGITS,
  AMSEL_REASON_INVALID_DATE,
  AMSEL_REASON_TOO_LARGE,
  AMSEL_REASON_READOUT_REQUEST,
  AMSEL_REASON_DOUBTFUL,
  AMSEL_REASON_CHECK_FAILED,
  AMSEL_REASON_TRUNCATED,
  AMSEL_REASON_UNKNOWN_FORMAT,
  AMSEL_REASON_NO_KEY,
  AMSEL_REASON_WRONG_KEY,
} AmselReason;

#define AMSEL_TYPE_REASON (amsel_reason_get_type ())
AMSEL_API GType amsel_reason_get_type (void) G_GNUC_CONST;
AMSEL_API const gchar *amsel_reason_get_name (AmselReason reason);

/**
 * AMSEL_RECORD_MODIFIERS:
 *
 * Most modifiers of one record: EN 13757-3 allows ten VIFEs.
 */
#define AMSEL_RECORD_MODIFIERS 10

/**
 * AmselRecord:
 * @quantity: what is measured: #AmselQuantity
 * @unit: in which unit, at power of ten zero: #AmselUnit
 * @function: instantaneous, maximum, minimum or error: #AmselFunction
 * @kind: where the value is: #AmselValueKind
 * @reason: why there is no value: #AmselReason
 * @n_modifiers: how many of @modifiers are set
 * @modifiers: (array fixed-size=10): changes of meaning, in the order of the telegram
 * @subunit: number of the part of the device
 * @tariff: tariff number, 0 = total
 * @storage: storage number, 0 = present value
 * @dif_offset: where the DIF chain begins in the telegram's payload
 * @dif_length: bytes of the DIF chain
 * @vif_length: bytes of the VIF chain, which follows the DIF chain; with a plain-text VIF its text is not
 * counted
 * @vif_text_length: bytes of a plain-text VIF
 * @vif_text_offset: where the plain-text VIF begins in the payload (its characters are in reverse order)
 * @data_offset: where the data begins in the payload
 * @data_length: bytes of data
 * @real: the number before scaling, where @kind is %AMSEL_VALUE_REAL
 * @decimal: the number, where @kind is %AMSEL_VALUE_DECIMAL
 * @date: the date, where @kind is %AMSEL_VALUE_DATE
 *
 * A flat value without pointers: it belongs to an #AmselTelegram, whose payload the offsets point into.
 * Protocol plugins fill it; everybody else only reads. The members stand so that there are no holes between
 * them.
 */
typedef struct
{
  guint16 quantity;
  guint8 unit;
  guint8 function;
  guint8 kind;
  guint8 reason;
  guint8 n_modifiers;
  guint8 dif_length;
  guint8 vif_length;
  guint8 vif_text_length;
  guint16 subunit;
  guint32 tariff;
  guint64 storage;
  guint32 dif_offset;
  guint32 vif_text_offset;
  guint32 data_offset;
  guint32 data_length;
  AmselModifier modifiers[AMSEL_RECORD_MODIFIERS];
  gfloat real;
  AmselDecimal decimal;
  AmselDate date;
} AmselRecord;

#define AMSEL_TYPE_RECORD (amsel_record_get_type ())
AMSEL_API GType amsel_record_get_type (void) G_GNUC_CONST;

AMSEL_API AmselRecord *amsel_record_copy (const AmselRecord *self);
AMSEL_API void amsel_record_free (AmselRecord *self);

/**
 * AMSEL_NUMBER_CHARS:
 *
 * Room that amsel_record_write_number() may need, with the terminating zero.
 */
#define AMSEL_NUMBER_CHARS 160

AMSEL_API gsize amsel_record_write_number (const AmselRecord *self, gchar *out);
AMSEL_API gboolean amsel_record_get_number (const AmselRecord *self, AmselDecimal *out_number);

G_END_DECLS
