/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as an APDU and as a record area: the decoder ends, names what is wrong, and no record points
 * outside of the telegram. */
#include "amsel-telegram-json.h"
#include "en13757.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check (AmselTelegram *telegram, gboolean ok, const GError *error)
{
  gsize length, n;
  const AmselRecord *records = amsel_telegram_get_records (telegram, &n);
  g_autofree gchar *json = amsel_telegram_to_json (telegram, "mbus");

  amsel_telegram_get_payload (telegram, &length);
  g_assert_true (ok == (error == NULL));
  g_assert_true (
      ok || (error->domain == EN13757_ERROR && amsel_error_get_name (error->domain, error->code) != NULL));
  g_assert_true (n <= EN13757_RECORDS_MAX + 1);
  for (gsize i = 0; i < n; i++)
    {
      const AmselRecord *r = &records[i];
      gsize chain = (gsize) r->dif_offset + r->dif_length + r->vif_length;

      g_assert_true (chain <= length);
      g_assert_true ((gsize) r->vif_text_offset + r->vif_text_length <= length);
      g_assert_true ((gsize) r->data_offset + r->data_length <= length);
      g_assert_true (r->n_modifiers <= AMSEL_RECORD_MODIFIERS);
      g_assert_true ((r->kind == AMSEL_VALUE_NONE) == (r->reason != AMSEL_REASON_NONE));
      g_assert_true (r->kind != AMSEL_VALUE_DATE || amsel_date_is_valid (&r->date));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (AmselFrame) frame = amsel_frame_new (data, size, 0, AMSEL_RSSI_UNKNOWN);
  g_autoptr (AmselTelegram) apdu = amsel_telegram_new (frame, EN13757_RECORDS_EXPECTED (size));
  g_autoptr (AmselTelegram) records = amsel_telegram_new (frame, 1);
  g_autoptr (GError) apdu_error = NULL;
  g_autoptr (GError) records_error = NULL;
  gboolean ok = en13757_decode_apdu (apdu, 0, size, NULL, &apdu_error);

  check (apdu, ok, apdu_error);
  ok = en13757_decode_records (records, 0, size, &records_error);
  check (records, ok, records_error);
  return 0;
}
