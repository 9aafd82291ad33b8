/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stays closed: the names of the reasons, and the record that stands in place of what cannot be read. */
#include "en13757-security.h"

AMSEL_DEFINE_SHARED_ENUM_TYPE (En13757SecurityError, en13757_security_error,
                               G_DEFINE_ENUM_VALUE (EN13757_SECURITY_ERROR_NONE, "none"),
                               G_DEFINE_ENUM_VALUE (EN13757_SECURITY_ERROR_NO_KEY, "no-key"),
                               G_DEFINE_ENUM_VALUE (EN13757_SECURITY_ERROR_WRONG_KEY, "wrong-key"),
                               G_DEFINE_ENUM_VALUE (EN13757_SECURITY_ERROR_TRUNCATED, "truncated"),
                               G_DEFINE_ENUM_VALUE (EN13757_SECURITY_ERROR_UNSUPPORTED_MODE,
                                                    "unsupported-mode"),
                               G_DEFINE_ENUM_VALUE (EN13757_SECURITY_ERROR_PLAIN, "plain"),
                               G_DEFINE_ENUM_VALUE (EN13757_SECURITY_ERROR_REPLAYED, "replayed"))

AMSEL_DEFINE_ERROR_DOMAIN (en13757_security_error_quark, "security", EN13757_TYPE_SECURITY_ERROR)

/* The word that a closed record has in place of its value. */
static AmselReason
get_reason (En13757SecurityError code)
{
  switch (code)
    {
    case EN13757_SECURITY_ERROR_NO_KEY:
      return AMSEL_REASON_NO_KEY;
    case EN13757_SECURITY_ERROR_WRONG_KEY:
      return AMSEL_REASON_WRONG_KEY;
    case EN13757_SECURITY_ERROR_TRUNCATED:
      return AMSEL_REASON_TRUNCATED;
    case EN13757_SECURITY_ERROR_NONE:
    case EN13757_SECURITY_ERROR_UNSUPPORTED_MODE:
    case EN13757_SECURITY_ERROR_PLAIN:
    case EN13757_SECURITY_ERROR_REPLAYED:
      break;
    }
  return AMSEL_REASON_UNKNOWN_FORMAT;
}

void
en13757_add_closed (AmselTelegram *telegram, gsize offset, gsize end, AmselReason reason)
{
  AmselRecord *record = amsel_telegram_add_record (telegram);

  record->quantity = AMSEL_QUANTITY_UNKNOWN;
  record->function = AMSEL_FUNCTION_INSTANTANEOUS;
  record->reason = (guint8) reason;
  record->dif_offset = record->data_offset = (guint32) offset;
  record->data_length = (guint32) (end - offset);
}

void
en13757_close (AmselTelegram *telegram, AmselEncryption encryption, En13757SecurityError code,
               const gchar *message, gsize offset, gsize end)
{
  amsel_telegram_edit_header (telegram)->encryption = encryption;
  amsel_telegram_take_fault (telegram, g_error_new_literal (EN13757_SECURITY_ERROR, (gint) code, message));
  en13757_add_closed (telegram, offset, end, get_reason (code));
}
