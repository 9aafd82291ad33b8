/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Meters that compiled drivers do not know: another version, medium, CI field or block of the same maker says
 * nothing rather than something wrong. */
#include "driver-encoder.h"
#include "driver-telegram.h"

/* A telegram that a driver reads, and what of it is another's. */
typedef struct
{
  const gchar *maker;
  guint8 version, medium, ci;
  guint8 other_version, other_medium, other_ci;
  const gchar *payload;
} Variant;

static const Variant VARIANTS[] = {
  /* Techem: allocator, water, heat, half months, smoke */
  { "TCH", 0x69, 0x80, 0xA0, 0x6B, 0x81, 0xA4, "00 9F27 0204 8004 8300 C408 F709" },
  { "TCH", 0x74, 0x62, 0xA2, 0x75, 0x63, 0xB0, "00 7F24 5900 B009 3100" },
  { "TCH", 0x39, 0x43, 0xA1, 0x3A, 0x44, 0xA3, "00 9F27 581B00 10 071900 1000" },
  { "TCH", 0x27, 0x04, 0xA1, 0x28, 0x05, 0xA3, "00 9F27 581B00 10 071900 1000" },
  { "TCH", 0x76, 0xF0, 0xA0, 0x77, 0xF1, 0xA8, "00 9F27 82290060" },
  /* Apator: pulses, allocators */
  { "APT", 0x03, 0x03, 0xA0, 0x02, 0x04, 0xA1, "4C4034B3 1CED0106 FF01D093" },
  { "APT", 0x04, 0x11, 0xA0, 0x05, 0x12, 0xA1, "08400300 00000005 FF05D83D" },
  { "APA", 0x04, 0x08, 0xA0, 0x06, 0x09, 0xA1, "A100 00 5900 1C27 0100 322D E413 B415" },
};

/* Nothing but what everybody knows of the telegram. */
static void
check_none (const Variant *variant, guint8 version, guint8 medium, guint8 ci)
{
  Encoder e;
  g_autoptr (AmselTelegram) telegram = NULL;
  g_autofree gchar *fields = NULL;

  encoder_begin (&e, variant->maker, 0x12345678, version, medium, ci);
  encoder_hex (&e, variant->payload);
  e.bytes[0] = (guint8) (e.length - 1);
  telegram = driver_telegram_decode (e.bytes, e.length, NULL);
  fields = telegram != NULL ? driver_telegram_describe (telegram) : g_strdup ("");
  g_assert_cmpstr (fields, ==, "");
}

static void
test_variants (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (VARIANTS); i++)
    {
      const Variant *variant = &VARIANTS[i];
      Encoder e;
      g_autoptr (AmselTelegram) known = NULL;

      encoder_begin (&e, variant->maker, 0x12345678, variant->version, variant->medium, variant->ci);
      encoder_hex (&e, variant->payload);
      e.bytes[0] = (guint8) (e.length - 1);
      known = driver_telegram_decode (e.bytes, e.length, NULL);
      g_assert_nonnull (known);
      g_assert_nonnull (amsel_telegram_get_driver (known));
      check_none (variant, variant->other_version, variant->medium, variant->ci);
      check_none (variant, variant->version, variant->other_medium, variant->ci);
      check_none (variant, variant->version, variant->medium, variant->other_ci);
    }
}

/* Blocks behind the records: the records are read, the block is not. */
static void
test_blocks (void)
{
  const struct
  {
    const gchar *maker;
    guint8 version, medium;
    const gchar *records;
  } blocks[] = {
    { "BMT", 0x12, 0x07, "7A 01 00 0000 0C13 13000000 0F 91 0E 000000" }, /* no Hydrodigit */
    { "BMP", 0x53, 0x08, "7A 01 00 0000 036E 540200 0F 12 0043 106A7D2C4A078F12202CB1242A06D306" },
    { "BMP", 0x33, 0x08, "78 0F 9D 13 00 02 3ED97AEC7BC5" }, /* Hydroclima of old */
    { "GWF", 0x02, 0x07, "7A 01 00 0000 0413 DC690D00 0F 01 00 E3" },
    { "ZRI", 0x0C, 0x16, "7A 01 00 0000 0F 00000000 00010000 00020000" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (blocks); i++)
    {
      Encoder e;

      encoder_begin (&e, blocks[i].maker, 0x12345678, blocks[i].version, blocks[i].medium, 0);
      e.length--;
      encoder_hex (&e, blocks[i].records);
      encoder_check (&e, NULL, NULL, "");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/driver/variants/payloads", test_variants);
  g_test_add_func ("/driver/variants/blocks", test_blocks);
  return g_test_run ();
}
