/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The application layer of M-Bus (EN 13757-3), shared by the wired and the wireless protocol: pure functions
 * that turn bytes of a telegram's payload into its header and records. */
#pragma once

#include "en13757-ci.h"
#include "en13757-security.h"

G_BEGIN_DECLS

/**
 * En13757Error:
 * @EN13757_ERROR_NONE: not used
 * @EN13757_ERROR_EMPTY: there is not even a CI field
 * @EN13757_ERROR_UNKNOWN_CI: the CI field announces something that is no data of a meter
 * @EN13757_ERROR_SHORT_HEADER: the telegram ends within its header
 * @EN13757_ERROR_SHORT_FIXED_DATA: the telegram ends within the fixed data structure
 * @EN13757_ERROR_PREMATURE_END_OF_DIF: the telegram ends within a DIF chain
 * @EN13757_ERROR_PREMATURE_END_OF_VIF: the telegram ends where a VIF chain or its text is not complete
 * @EN13757_ERROR_PREMATURE_END_OF_RECORD: the telegram ends within the data of a record
 * @EN13757_ERROR_TOO_MANY_DIFES: more than ten DIFEs
 * @EN13757_ERROR_TOO_MANY_VIFES: more than ten VIFEs
 * @EN13757_ERROR_TOO_LONG_TEXT_VIF: the length of a plain-text VIF is none
 * @EN13757_ERROR_TOO_MANY_RECORDS: more records than %EN13757_RECORDS_MAX
 * @EN13757_ERROR_RESERVED_DIF: a DIF with a reserved special function
 * @EN13757_ERROR_RESERVED_LVAR: a length byte of variable-length data that is reserved
 * @EN13757_ERROR_UNKNOWN_SIGNATURE: a compact frame whose format is not known yet
 * @EN13757_ERROR_WRONG_FULL_FRAME_CRC: a compact frame that no format of its signature fits
 * @EN13757_ERROR_WRONG_FORMAT_FRAME: a format frame that does not fit its signature
 *
 * Faults of the application layer (domain "mbus-telegram"). Every message names the offset of the byte.
 */
typedef enum
{
  EN13757_ERROR_NONE,
  EN13757_ERROR_EMPTY,
  EN13757_ERROR_UNKNOWN_CI,
  EN13757_ERROR_SHORT_HEADER,
  EN13757_ERROR_SHORT_FIXED_DATA,
  EN13757_ERROR_PREMATURE_END_OF_DIF,
  EN13757_ERROR_PREMATURE_END_OF_VIF,
  EN13757_ERROR_PREMATURE_END_OF_RECORD,
  EN13757_ERROR_TOO_MANY_DIFES,
  EN13757_ERROR_TOO_MANY_VIFES,
  EN13757_ERROR_TOO_LONG_TEXT_VIF,
  EN13757_ERROR_TOO_MANY_RECORDS,
  EN13757_ERROR_RESERVED_DIF,
  EN13757_ERROR_RESERVED_LVAR,
  EN13757_ERROR_UNKNOWN_SIGNATURE,
  EN13757_ERROR_WRONG_FULL_FRAME_CRC,
  EN13757_ERROR_WRONG_FORMAT_FRAME,
} En13757Error;

#define EN13757_TYPE_ERROR (en13757_error_get_type ())
GType en13757_error_get_type (void) G_GNUC_CONST;
#define EN13757_ERROR (en13757_error_quark ())
GQuark en13757_error_quark (void);

/* A sane upper bound: the longest message of EN 13757-7 (64 KiB) with records of real meters has far fewer.
 */
#define EN13757_RECORDS_MAX 4096

/* A record with a value takes five bytes or more in nearly every telegram: room for the records of a telegram
 * of so many bytes. More are possible; then the array grows. */
#define EN13757_RECORDS_EXPECTED(length) ((length) / 5 + 1)

/* A message whose header was read and whose content is plain. */
typedef struct
{
  guint8 content; /* En13757Content */
  gboolean high_first;
  gsize begin; /* offsets in the telegram's payload */
  gsize end;
} En13757Apdu;

gboolean en13757_open_apdu (AmselTelegram *telegram, gsize offset, gsize end, const En13757Context *context,
                            En13757Apdu *out, GError **error);
gboolean en13757_read_apdu (AmselTelegram *telegram, const En13757Apdu *apdu, En13757Formats *formats,
                            GError **error);
gsize en13757_header_length (guint8 ci);
gboolean en13757_decode_apdu (AmselTelegram *telegram, gsize offset, gsize end, const En13757Context *context,
                              GError **error);
gboolean en13757_decode_records (AmselTelegram *telegram, gsize offset, gsize end, GError **error);

/* Bytes of a day and minute: type F. */
#define EN13757_TYPE_F_LENGTH 4

/* For data that are no records: BCD digits, and dates of types F, G, I and J. */
gboolean en13757_bcd_to_number (guint64 bcd, guint n_digits, gint64 *out_number);
gboolean en13757_decode_date (const guint8 *data, gsize length, AmselDate *out_date);
void en13757_encode_type_f (const AmselDate *date, guint8 out[EN13757_TYPE_F_LENGTH]);

G_END_DECLS
