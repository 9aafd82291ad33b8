/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Explanations of what compiled drivers read: a payload as a whole, a block behind records, bits that share
 * bytes, and what is left over. */
#include <string.h>

#include "driver-encoder.h"
#include "driver-explain.h"
#include "driver-telegram.h"

/* Every part stands in the explanation, one behind the other. */
static void
check (Encoder *e, const gchar *const *parts)
{
  g_autoptr (AmselTelegram) telegram = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  const gchar *rest;

  e->bytes[0] = (guint8) (e->length - 1);
  telegram = driver_telegram_decode (e->bytes, e->length, NULL);
  driver_explain (telegram, text);
  rest = text->str;
  for (gsize i = 0; parts[i] != NULL; i++)
    {
      const gchar *found = strstr (rest, parts[i]);

      if (found == NULL)
        g_error ("no “%s” in its place in:\n%s", parts[i], text->str);
      rest = found + strlen (parts[i]);
    }
}

static void
test_payload (void)
{
  const gchar *const parts[] = { "    11  00                        not understood\n",
                                 "    12  9F27                      previous_date 2019-12-31\n",
                                 "    14  0204                      previous_hca 1026\n",
                                 "    16  8004                      current_date 2020-02-08\n",
                                 "    18  8300                      current_hca 131\n",
                                 "    20  C408                      temp_room_c 22.44\n",
                                 "    22  B036                      temp_radiator_c: no value, doubtful\n",
                                 "    24  AABBCC                    not understood\n",
                                 "  driver fhkvdataiii\n",
                                 "  12 of 16 bytes of the content are understood\n",
                                 NULL };
  Encoder e;

  encoder_begin (&e, "TCH", 0x12345678, 0x69, 0x80, 0xA2);
  encoder_hex (&e, "00");
  encoder_ymd (&e, 2019, 12, 31);
  encoder_u (&e, 1026, 2);
  encoder_u (&e, 2 << 9 | 8 << 4, 2);
  encoder_u (&e, 131, 2);
  encoder_u (&e, 2244, 2);
  encoder_u (&e, 14000, 2);
  encoder_hex (&e, "AABBCC");
  check (&e, parts);
}

static void
test_shared_bytes (void)
{
  const gchar *const parts[] = { "    11  02                        transmit_period_s 16\n",
                                 "    12  1C00                      battery_y 14.0; status OK\n",
                                 "    14  13A1B2C3D4E5F60718293A4B  not understood\n",
                                 "  3 of 16 bytes of the content are understood\n", NULL };
  Encoder e;

  encoder_begin (&e, "SAP", 0x12345678, 0x10, 0x07, 0xA1);
  encoder_hex (&e, "02 1C 00 13 A1 B2 C3 D4 E5 F6 07 18 29 3A 4B 5C");
  check (&e, parts);
}

static void
test_block (void)
{
  const gchar *const parts[] = { "    15  0C1366380000              volume 3.866 m3\n",
                                 "    21  0F                        manufacturer-specific",
                                 "    22  05                        contents BACKFLOW BATTERY_VOLTAGE\n",
                                 "    23  0A                        voltage_v 3.05\n",
                                 "    24  0F000000                  backflow_m3 0.015\n",
                                 "    28  1122                      not understood\n",
                                 "  13 of 15 bytes of the content are understood\n",
                                 NULL };
  Encoder e;

  encoder_begin (&e, "BMT", 0x86868686, 0x13, 0x07, 0x7A);
  encoder_hex (&e, "F0 00 0000 0C13 66380000 0F 05 0A 0F000000 1122");
  check (&e, parts);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/driver/explain/payload", test_payload);
  g_test_add_func ("/driver/explain/shared-bytes", test_shared_bytes);
  g_test_add_func ("/driver/explain/block", test_block);
  return g_test_run ();
}
