/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Headers of every CI field, the fixed data structure, mode 2, reports, and faults by name. */
#include <string.h>

#include "summary.h"

#define LONG_HEADER "785634122423 2A04 26 10 0000 "

typedef struct
{
  const gchar *name;
  const gchar *hex;
  const gchar *expected;
} Vector;

static const Vector APDUS[] = {
  { "long header", "72" LONG_HEADER "0C 13 01 00 00 00", "volume 0.001 m3" },
  { "long header, no records", "72" LONG_HEADER, "" },
  { "short header", "7A 26 10 0000 0C 13 01 00 00 00", "volume 0.001 m3" },
  { "no header", "78 0C 13 01 00 00 00", "volume 0.001 m3" },
  { "mode 2", "76 12345678 2324 2A04 26 10 0000 0C 13 00 00 12 34 02 6C 0C FF 0D FD 11 03 41 42 43",
    "volume 1.234 m3; date 2007-12-31; customer \"ABC\"" },
  { "fixed data, BCD", "73 78563412 0A 00 E9 7E 01000000 35010000",
    "volume 0.001 m3; volume 0.135 m3 +historic" },
  { "fixed data, binary", "73 78563412 0A 01 05 3F 00010000 FFFFFFFF",
    "energy 256000 Wh; dimensionless 4294967295" },
  { "fixed data of a fixed date", "73 78563412 0A 02 05 18 01000000 02000000",
    "energy 1000 Wh +at-fixed-date; power 20000 W +at-fixed-date" },
  { "fixed data, error digits", "73 78563412 0A 00 05 05 0A000000 FFFFFFFF",
    "energy (error-digits)0A000000 Wh; energy (error-digits)FFFFFFFF Wh" },
  { "fixed data, time of day and reserved unit", "73 78563412 0A 00 00 3B 01020304 05060708",
    "unknown <01020304>; unknown <05060708>" },
  { "fixed data, both historic", "73 78563412 0A 00 3E 3E 01000000 02000000",
    "unknown <01000000> +historic; unknown <02000000> +historic" },
  { "fixed data, mode 2", "77 12345678 0A 00 E9 7E 00000001 00000135",
    "volume 0.001 m3; volume 0.135 m3 +historic" },
  { "application error", "70 05", "application-error 5 +too-many-difes" },
  { "application error without code", "70", "application-error 0 +unspecified" },
  { "application error without name", "70 7F", "application-error 127 +error-7F" },
  { "application error with more", "70 F0 0102",
    "application-error 240 +error-F0; application-error <0102>" },
  { "application error, short header", "6E 26 10 0000 08", "application-error 8 +busy" },
  { "application error, long header", "6F" LONG_HEADER "08", "application-error 8 +busy" },
  { "alarm", "71 81", "alarm 129" },
  { "alarm, short header", "74 26 10 0000 01", "alarm 1" },
  { "alarm, long header", "75" LONG_HEADER "01", "alarm 1" },
};

typedef struct
{
  const gchar *name;
  const gchar *hex;
  En13757Error code;
  guint n_records;
  const gchar *place; /* what the message says of the place */
} Fault;

static const Fault FAULTS[] = {
  { "nothing at all", "", EN13757_ERROR_EMPTY, 0, "offset 0" },
  { "CI field of a master", "51 01 13 01", EN13757_ERROR_UNKNOWN_CI, 0, "51" },
  { "CI field that is reserved", "91", EN13757_ERROR_UNKNOWN_CI, 0, "91 (reserved)" },
  { "CI field of another application", "7F", EN13757_ERROR_UNKNOWN_CI, 0, "7F (OBIS" },
  { "compact frame, no signature", "79", EN13757_ERROR_SHORT_HEADER, 0, "offset 1" },
  { "compact frame, unknown format", "79 34 12 78 56 01", EN13757_ERROR_UNKNOWN_SIGNATURE, 1, "1234" },
  { "format frame, wrong signature", "69 05 34 12 04 13", EN13757_ERROR_WRONG_FORMAT_FRAME, 0, "1234" },
  { "long header, one byte short", "72 785634122423 2A04 26 10 00", EN13757_ERROR_SHORT_HEADER, 0,
    "offset 1" },
  { "short header, one byte short", "7A 26 10 00", EN13757_ERROR_SHORT_HEADER, 0, "offset 1" },
  { "fixed data, one byte short", "73 78563412 0A 00 E9 7E 01000000 350100", EN13757_ERROR_SHORT_FIXED_DATA,
    0, "offset 1" },
  { "fixed data, mode 2, nothing", "77", EN13757_ERROR_SHORT_FIXED_DATA, 0, "offset 1" },
  { "ends within the DIF chain", "78 01 13 01 8B 8B", EN13757_ERROR_PREMATURE_END_OF_DIF, 1, "offset 4" },
  { "ends behind the DIF", "78 01 13 01 0B", EN13757_ERROR_PREMATURE_END_OF_VIF, 1, "offset 5" },
  { "ends behind a VIF with extension", "78 01 93", EN13757_ERROR_PREMATURE_END_OF_VIF, 0, "offset 3" },
  { "ends behind FD", "78 01 FD", EN13757_ERROR_PREMATURE_END_OF_VIF, 0, "offset 3" },
  { "ends behind FD FD", "78 01 FD FD", EN13757_ERROR_PREMATURE_END_OF_VIF, 0, "offset 4" },
  { "ends before the text of a VIF", "78 01 7C", EN13757_ERROR_PREMATURE_END_OF_VIF, 0, "offset 3" },
  { "ends within the text of a VIF", "78 01 7C 03 48 52", EN13757_ERROR_PREMATURE_END_OF_VIF, 0, "offset 6" },
  { "ends within either text of a VIF", "78 12 FC 13 48 52 25 74 B4 16", EN13757_ERROR_PREMATURE_END_OF_VIF,
    0, "offset 10" },
  { "text length of a VIF is none", "78 12 FC F3 48 52 25 74 B4 16", EN13757_ERROR_TOO_LONG_TEXT_VIF, 0,
    "offset 2" },
  { "text length of a VIF is none, no VIFE", "78 12 7C C0 48", EN13757_ERROR_TOO_LONG_TEXT_VIF, 0,
    "offset 2" },
  { "ends before the data", "78 0C 13", EN13757_ERROR_PREMATURE_END_OF_RECORD, 0, "offset 3" },
  { "ends within the data", "78 0C 13 01 02 03", EN13757_ERROR_PREMATURE_END_OF_RECORD, 0, "offset 6" },
  { "ends before the length of text", "78 0D 78", EN13757_ERROR_PREMATURE_END_OF_RECORD, 0, "offset 3" },
  { "ends within text", "78 0D 78 02 41", EN13757_ERROR_PREMATURE_END_OF_RECORD, 0, "offset 5" },
  { "eleven DIFEs", "78 81 80 80 80 80 80 80 80 80 80 80 00 13 01", EN13757_ERROR_TOO_MANY_DIFES, 0,
    "offset 1" },
  { "eleven VIFEs", "78 01 93 BB BB BB BB BB BB BB BB BB BB 3B 01", EN13757_ERROR_TOO_MANY_VIFES, 0,
    "offset 2" },
  { "eleven VIFEs, the first of FD", "78 01 FD C9 BB BB BB BB BB BB BB BB BB 3B 01",
    EN13757_ERROR_TOO_MANY_VIFES, 0, "offset 2" },
  { "reserved DIF", "78 01 13 01 3F 01", EN13757_ERROR_RESERVED_DIF, 1, "offset 4" },
  { "reserved DIF with extension", "78 8F 00 13 01", EN13757_ERROR_RESERVED_DIF, 0, "offset 1" },
  { "reserved length", "78 0D 78 F7 01", EN13757_ERROR_RESERVED_LVAR, 0, "offset 3" },
};

static void
test_apdus (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (APDUS); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AmselTelegram) telegram = summary_decode_apdu (APDUS[i].hex, &error);
      g_autofree gchar *line = summary_of_records (telegram);

      g_test_message ("%s", APDUS[i].name);
      g_assert_no_error (error);
      g_assert_cmpstr (line, ==, APDUS[i].expected);
    }
}

static void
test_headers (void)
{
  const gchar *const vectors[] = { "72 78563412 2423 2A04 26 10 3412", "76 12345678 2324 2A04 26 10 1234" };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AmselTelegram) telegram = summary_decode_apdu (vectors[i], &error);
      const AmselTelegramHeader *header = amsel_telegram_get_header (telegram);

      g_assert_no_error (error);
      g_assert_cmphex (header->ci, ==, i == 0 ? 0x72 : 0x76);
      g_assert_cmphex (header->identity.id, ==, 0x12345678);
      g_assert_cmphex (header->identity.manufacturer, ==, 0x2324);
      g_assert_cmphex (header->identity.version, ==, 0x2A);
      g_assert_cmphex (header->identity.medium, ==, 0x04);
      g_assert_cmpint (header->identity.address, ==, AMSEL_ADDRESS_NONE);
      g_assert_cmphex (header->access_number, ==, 0x26);
      g_assert_cmphex (header->status, ==, 0x10);
      g_assert_cmphex (header->configuration, ==, 0x1234);
      g_assert_false (header->more_follows);
    }
}

/* four bits of the medium, lower ones first; media of mode 2 are the same media */
static void
test_fixed_header (void)
{
  const struct
  {
    const gchar *units;
    guint medium;
  } vectors[] = { { "E9 7E", 7 }, { "00 00", 0 }, { "80 00", 2 }, { "00 80", 8 },
                  { "80 80", 3 }, { "40 C0", 7 }, { "C0 C0", 15 } };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree gchar *hex = g_strdup_printf ("73 78563412 0A 30 %s 01000000 35010000", vectors[i].units);
      g_autoptr (GError) error = NULL;
      g_autoptr (AmselTelegram) telegram = summary_decode_apdu (hex, &error);
      const AmselTelegramHeader *header = amsel_telegram_get_header (telegram);

      g_assert_no_error (error);
      g_assert_cmphex (header->identity.id, ==, 0x12345678);
      g_assert_cmphex (header->access_number, ==, 0x0A);
      g_assert_cmphex (header->status, ==, 0x30);
      g_assert_cmpuint (header->identity.medium, ==, vectors[i].medium);
    }
}

/* records before a fault are kept, and the message says where it is */
static void
test_faults (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (FAULTS); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AmselTelegram) telegram = summary_decode_apdu (FAULTS[i].hex, &error);

      g_test_message ("%s: %s", FAULTS[i].name, error != NULL ? error->message : "no error");
      g_assert_error (error, EN13757_ERROR, (gint) FAULTS[i].code);
      g_assert_cmpuint (amsel_telegram_get_n_records (telegram), ==, FAULTS[i].n_records);
      g_assert_nonnull (strstr (error->message, FAULTS[i].place));
    }
  g_assert_cmpstr (amsel_error_get_name (EN13757_ERROR, EN13757_ERROR_TOO_MANY_DIFES), ==, "too-many-difes");
  g_assert_cmpstr (g_quark_to_string (EN13757_ERROR), ==, "mbus-telegram");
}

static void
test_too_many_records (void)
{
  GString *hex = g_string_new ("78");
  g_autofree gchar *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselTelegram) telegram = NULL;

  for (guint i = 0; i <= EN13757_RECORDS_MAX; i++)
    g_string_append (hex, i % 2 == 0 ? "0013" : "7F2F");
  text = g_string_free (hex, FALSE);
  telegram = summary_decode_apdu (text, &error);
  g_assert_error (error, EN13757_ERROR, EN13757_ERROR_TOO_MANY_RECORDS);
  g_assert_cmpuint (amsel_telegram_get_n_records (telegram), ==, EN13757_RECORDS_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/en13757/apdus", test_apdus);
  g_test_add_func ("/en13757/headers", test_headers);
  g_test_add_func ("/en13757/fixed-header", test_fixed_header);
  g_test_add_func ("/en13757/faults", test_faults);
  g_test_add_func ("/en13757/too-many-records", test_too_many_records);
  return g_test_run ();
}
