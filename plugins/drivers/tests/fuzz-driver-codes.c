/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a radio telegram of a meter that has a compiled driver. The first byte chooses the meter, so
 * that every driver is reached; the rest is what follows the address, from the CI field on. */
#include "driver-codes.h"
#include "driver-explain.h"
#include "driver-telegram.h"

#define ADDRESS_LENGTH 10

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define CODE_ADDRESS(name) &driver_##name,

static const DriverCode *const CODES[] = { DRIVER_CODES (CODE_ADDRESS) };

static void
set_meter (guint8 *link, guint8 choice)
{
  const DriverCode *code = CODES[choice % G_N_ELEMENTS (CODES)];
  guint n = 0;
  const DriverMatch *match;

  while (code->matches[n].manufacturer != 0)
    n++;
  match = &code->matches[choice / G_N_ELEMENTS (CODES) % n];
  link[2] = (guint8) match->manufacturer;
  link[3] = (guint8) (match->manufacturer >> 8);
  link[8] = (guint8) match->version;
  link[9] = (guint8) match->medium;
}

/* A field has a value or a reason, its name is one, and the telegram has a driver if it has fields. */
static void
check (const AmselTelegram *telegram)
{
  gsize n;
  const AmselField *fields = amsel_telegram_get_fields (telegram, &n);

  if (n > 0 && amsel_telegram_get_driver (telegram) == NULL)
    g_error ("fields of no driver");
  for (gsize i = 0; i < n; i++)
    if (!amsel_field_name_is_valid (fields[i].name)
        || (fields[i].kind == AMSEL_VALUE_NONE) != (fields[i].reason != AMSEL_REASON_NONE)
        || (fields[i].kind == AMSEL_VALUE_DATE && !amsel_date_is_valid (&fields[i].date)))
      g_error ("field %s makes no sense", fields[i].name);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gsize length = ADDRESS_LENGTH + MIN (size, 256u) - 1;
  g_autofree guint8 *link = NULL;
  g_autoptr (AmselTelegram) telegram = NULL;
  g_autoptr (GString) text = NULL;
  g_autoptr (GByteArray) bytes = NULL;

  if (size < 2)
    return 0;
  link = g_malloc0 (length);
  link[0] = (guint8) (length - 1);
  link[1] = 0x44;
  set_meter (link, data[0]);
  for (gsize i = ADDRESS_LENGTH; i < length; i++)
    link[i] = data[i - ADDRESS_LENGTH + 1];
  telegram = driver_telegram_decode (link, length, NULL);
  check (telegram);
  text = g_string_new (NULL);
  driver_explain (telegram, text);
  g_assert_true (g_utf8_validate (text->str, (gssize) text->len, NULL));
  bytes = driver_telegram_collect (text->str);
  g_assert_cmpuint (bytes->len, ==, length);
  return 0;
}
