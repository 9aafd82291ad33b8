/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One decoded message of a meter: who it is from, and its records. */
#pragma once

#include "amsel-field.h"
#include "amsel-frame.h"
#include "amsel-identity.h"
#include "amsel-record.h"

G_BEGIN_DECLS

/**
 * AmselEncryption:
 * @AMSEL_ENCRYPTION_NONE: sent in plain
 * @AMSEL_ENCRYPTION_DECRYPTED: was encrypted, and has been decrypted and checked
 * @AMSEL_ENCRYPTION_NO_KEY: encrypted, and there is no key
 * @AMSEL_ENCRYPTION_WRONG_KEY: encrypted, and the key does not fit
 * @AMSEL_ENCRYPTION_UNSUPPORTED: encrypted in a way that is not supported
 * @AMSEL_ENCRYPTION_UNCHECKED: taken as plain although it is flagged as encrypted and its check does not fit,
 *   because somebody said that it was stored decrypted
 *
 * What became of a telegram's encryption.
 */
typedef enum
{
  AMSEL_ENCRYPTION_NONE,
  AMSEL_ENCRYPTION_DECRYPTED,
  AMSEL_ENCRYPTION_NO_KEY,
  AMSEL_ENCRYPTION_WRONG_KEY,
  AMSEL_ENCRYPTION_UNSUPPORTED,
  AMSEL_ENCRYPTION_UNCHECKED,
} AmselEncryption;

#define AMSEL_TYPE_ENCRYPTION (amsel_encryption_get_type ())
AMSEL_API GType amsel_encryption_get_type (void) G_GNUC_CONST;
AMSEL_API const gchar *amsel_encryption_get_name (AmselEncryption encryption);

/**
 * AmselTelegramHeader:
 * @identity: who sent it
 * @ci: control information field
 * @access_number: counter of the telegrams of the meter
 * @status: status byte of EN 13757-3
 * @configuration: configuration (signature) word
 * @encryption: what became of its encryption: #AmselEncryption
 * @more_follows: whether the meter has another telegram of the same reading
 *
 * What precedes the records of a telegram.
 */
typedef struct
{
  AmselIdentity identity;
  guint8 ci;
  guint8 access_number;
  guint8 status;
  guint16 configuration;
  AmselEncryption encryption;
  gboolean more_follows;
} AmselTelegramHeader;

/**
 * AmselTelegram:
 *
 * One decoded message. A protocol fills it once; after that it is immutable, reference-counted, and may be
 * used in any thread. Its records lie in one block, so decoding allocates per telegram and never per record.
 */
typedef struct _AmselTelegram AmselTelegram;

#define AMSEL_TYPE_TELEGRAM (amsel_telegram_get_type ())
AMSEL_API GType amsel_telegram_get_type (void) G_GNUC_CONST;

AMSEL_API AmselTelegram *amsel_telegram_new (AmselFrame *frame, gsize n_records_expected);
AMSEL_API AmselTelegram *amsel_telegram_ref (AmselTelegram *self);
AMSEL_API void amsel_telegram_unref (AmselTelegram *self);

AMSEL_API void amsel_telegram_take_payload (AmselTelegram *self, guint8 *payload, gsize length);
AMSEL_API guint8 *amsel_telegram_edit_payload (AmselTelegram *self);
AMSEL_API void amsel_telegram_take_fault (AmselTelegram *self, GError *fault);
AMSEL_API void amsel_telegram_clear_fault (AmselTelegram *self);
AMSEL_API AmselTelegramHeader *amsel_telegram_edit_header (AmselTelegram *self);
AMSEL_API AmselRecord *amsel_telegram_add_record (AmselTelegram *self);
AMSEL_API void amsel_telegram_drop_record (AmselTelegram *self);

AMSEL_API void amsel_telegram_set_driver (AmselTelegram *self, const gchar *driver);
AMSEL_API AmselField *amsel_telegram_add_field (AmselTelegram *self, const gchar *name);
AMSEL_API void amsel_telegram_set_field_text (AmselTelegram *self, AmselField *field, const gchar *text,
                                              gsize length);
AMSEL_API void amsel_telegram_take_names (AmselTelegram *self, gchar *names);

AMSEL_API void amsel_telegram_set_identity (AmselTelegram *self, const AmselIdentity *identity);
AMSEL_API void amsel_telegram_set_state (AmselTelegram *self, guint access_number, guint status,
                                         gboolean more_follows);
AMSEL_API void amsel_telegram_set_payload (AmselTelegram *self, GBytes *payload);
AMSEL_API gboolean amsel_telegram_append (AmselTelegram *self, const AmselRecord *record, GError **error);
AMSEL_API GBytes *amsel_telegram_dup_payload (const AmselTelegram *self);
AMSEL_API AmselFrame *amsel_telegram_get_frame (const AmselTelegram *self);
AMSEL_API const AmselTelegramHeader *amsel_telegram_get_header (const AmselTelegram *self);
AMSEL_API const guint8 *amsel_telegram_get_payload (const AmselTelegram *self, gsize *length);
AMSEL_API const AmselRecord *amsel_telegram_get_records (const AmselTelegram *self, gsize *n_records);

AMSEL_API const AmselIdentity *amsel_telegram_get_identity (const AmselTelegram *self);
AMSEL_API guint amsel_telegram_get_access_number (const AmselTelegram *self);
AMSEL_API guint amsel_telegram_get_status (const AmselTelegram *self);
AMSEL_API AmselEncryption amsel_telegram_get_encryption (const AmselTelegram *self);
AMSEL_API gboolean amsel_telegram_get_more_follows (const AmselTelegram *self);
AMSEL_API const GError *amsel_telegram_get_fault (const AmselTelegram *self);
AMSEL_API guint amsel_telegram_get_n_records (const AmselTelegram *self);
AMSEL_API const AmselRecord *amsel_telegram_get_record (const AmselTelegram *self, guint index);
AMSEL_API gchar *amsel_telegram_get_value_text (const AmselTelegram *self, guint index);

AMSEL_API const gchar *amsel_telegram_get_driver (const AmselTelegram *self);
AMSEL_API const AmselField *amsel_telegram_get_fields (const AmselTelegram *self, gsize *n_fields);
AMSEL_API const gchar *amsel_telegram_get_text_of_field (const AmselTelegram *self, const AmselField *field);
AMSEL_API guint amsel_telegram_get_n_fields (const AmselTelegram *self);
AMSEL_API const gchar *amsel_telegram_get_field_name (const AmselTelegram *self, guint index);
AMSEL_API AmselValueKind amsel_telegram_get_field_kind (const AmselTelegram *self, guint index);
AMSEL_API AmselFieldRole amsel_telegram_get_field_role (const AmselTelegram *self, guint index);
AMSEL_API AmselQuantity amsel_telegram_get_field_quantity (const AmselTelegram *self, guint index);
AMSEL_API AmselReason amsel_telegram_get_field_reason (const AmselTelegram *self, guint index);
AMSEL_API gchar *amsel_telegram_get_field_value_text (const AmselTelegram *self, guint index);

AMSEL_API gsize amsel_telegram_write_value (const AmselTelegram *self, const AmselRecord *record, gchar *out,
                                            gsize room);

/**
 * AMSEL_VIF_BYTES:
 *
 * Longest VIF chain without its text: a VIF and ten VIFEs.
 */
#define AMSEL_VIF_BYTES 11

AMSEL_API gsize amsel_telegram_write_vif_text (const AmselTelegram *self, const AmselRecord *record,
                                               gchar *out, gsize room);
AMSEL_API gsize amsel_telegram_write_vif (const AmselTelegram *self, const AmselRecord *record, guint8 *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AmselTelegram, amsel_telegram_unref)

G_END_DECLS
