/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Frames of both directions in words. */
#include "mbus-describe.h"

static const struct
{
  const gchar *hex;
  const gchar *words; /* NULL: no frame */
} VECTORS[] = {
  { "E5", "acknowledged" },
  { "1040054516", "SND_NKE to 5" },
  { "1040FD3D16", "SND_NKE to the selected meter" },
  { "1040FF3F16", "SND_NKE to all meters (255)" },
  { "107BFE7916", "REQ_UD2 to any meter (254), FCB 1" },
  { "105B056016", "REQ_UD2 to 5, FCB 0" },
  { "107A007A16", "REQ_UD1 to 0, FCB 1" },
  { "1049054E16", "control field 49h to 5" },
  { "680B0B6853FD5278563412FFFFFFFFB216", "selection of 12345678" },
  { "680B0B6853FD52FFFF3412FFFFFF07EA16", "selection of 1234FFFF.-.-.07" },
  { "6811116853FD5278563412FFFFFFFF0C78667788993416", "selection of 12345678.-.-.-.99887766" },
  { "6804046853FD52781A16", "selection that is too short" },
  { "6804046853055010B816", "SND_UD to 5, FCB 0: application reset, subcode 10h" },
  { "68030368530550A816", "SND_UD to 5, FCB 0: application reset" },
  { "680303687305BD3516", "SND_UD to 5, FCB 1: change to 9600 Bd" },
  { "6806066853FE51017A072416", "SND_UD to any meter (254), FCB 0: CI 51h, 3 bytes" },
  { "6815156808057278563412254D0107400000000C13270485021E16",
    "RSP_UD from 5: SIE 12345678 water, 1 records" },
  { "6816166808057278563412254D0107400000000C13270485021F3D16",
    "RSP_UD from 5: SIE 12345678 water, 1 records, more follow" },
  { "1008050D16", "RSP_UD from 5: empty" },
  { "1040054616", NULL },
  { "10400545", NULL },
};

static GBytes *
get_bytes (const gchar *hex)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = amsel_hex_decode (hex, -1, &error);

  g_assert_no_error (error);
  return bytes;
}

static void
test_words (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (VECTORS); i++)
    {
      g_autoptr (GBytes) bytes = get_bytes (VECTORS[i].hex);
      g_autoptr (AmselFrame) frame =
          amsel_frame_new (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 0, AMSEL_RSSI_UNKNOWN);
      g_autofree gchar *words = mbus_describe (frame);

      g_test_message ("%s", VECTORS[i].hex);
      g_assert_cmpstr (words, ==, VECTORS[i].words);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mbus/describe/words", test_words);
  return g_test_run ();
}
