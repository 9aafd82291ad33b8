/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses: read, written, compared; and the numbers of errors. */
#include "mbus-address.h"
#include "mbus-error.h"

typedef struct
{
  const gchar *text;
  const gchar *written;
  const gchar *selection; /* NULL for a primary address */
} GoodVector;

static const GoodVector GOOD[] = {
  { "0", "0", NULL },
  { "5", "5", NULL },
  { "005", "5", NULL },
  { "250", "250", NULL },
  { "253", "253", NULL },
  { "254", "254", NULL },
  { "255", "255", NULL },
  { "12345678", "12345678", "78 56 34 12 FF FF FF FF" },
  { "00000005", "00000005", "05 00 00 00 FF FF FF FF" },
  { "1234ffFF", "1234FFFF", "FF FF 34 12 FF FF FF FF" },
  { "12345678.SEN.33.04", "12345678.SEN.33.04", "78 56 34 12 AE 4C 33 04" },
  { "12345678.sen.3f.0a", "12345678.SEN.3F.0A", "78 56 34 12 AE 4C 3F 0A" },
  { "12345678.-.-.-", "12345678", "78 56 34 12 FF FF FF FF" },
  { "12345678.SEN", "12345678.SEN.-.-", "78 56 34 12 AE 4C FF FF" },
  { "12345678.-.33.-", "12345678.-.33.-", "78 56 34 12 FF FF 33 FF" },
  { "15020416.B092.01.02", "15020416.B092.01.02", "16 04 02 15 92 B0 01 02" },
  { "1234567a", "1234567A", "7A 56 34 12 FF FF FF FF" },
  { "12345678.SEN.33.04.8765432F", "12345678.SEN.33.04.8765432F", "78 56 34 12 AE 4C 33 04" },
};

static const struct
{
  const gchar *name;
  const gchar *text;
} BAD[] = {
  { "empty", "" },
  { "primary-251", "251" },
  { "primary-252", "252" },
  { "primary-256", "256" },
  { "primary-999", "999" },
  { "primary-negative", "-1" },
  { "primary-hex", "1A" },
  { "four-digits", "1234" },
  { "seven-digits", "1234567" },
  { "nine-digits", "123456789" },
  { "letter-in-id", "1234567G" },
  { "primary-with-parts", "5.SEN" },
  { "manufacturer-two-letters", "12345678.SE.33.04" },
  { "manufacturer-empty", "12345678..33.04" },
  { "version-one-digit", "12345678.SEN.3.04" },
  { "version-not-hex", "12345678.SEN.3G.04" },
  { "medium-three-digits", "12345678.SEN.33.004" },
  { "too-many-parts", "12345678.SEN.33.04.12345678.1" },
  { "short-fabrication-number", "12345678.SEN.33.04.1" },
  { "dot-at-end", "12345678." },
  { "blank", " 5" },
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (GOOD); i++)
    {
      g_autoptr (GError) error = NULL;
      gchar text[MBUS_ADDRESS_CHARS];
      guint8 selection[MBUS_SELECTION_LENGTH];
      MbusAddress address;

      g_assert_true (mbus_address_parse (GOOD[i].text, &address, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (mbus_address_write (&address, text), ==, strlen (GOOD[i].written));
      g_assert_cmpstr (text, ==, GOOD[i].written);
      g_assert_cmpint (address.kind, ==,
                       GOOD[i].selection != NULL ? MBUS_ADDRESS_KIND_SECONDARY : MBUS_ADDRESS_KIND_PRIMARY);
      if (GOOD[i].selection != NULL)
        {
          g_autoptr (GBytes) wanted = amsel_hex_decode (GOOD[i].selection, -1, NULL);

          mbus_address_get_selection (&address, selection);
          g_assert_cmpmem (selection, sizeof selection, g_bytes_get_data (wanted, NULL),
                           g_bytes_get_size (wanted));
        }
    }
}

static void
test_bad (gconstpointer user_data)
{
  const gchar *text = user_data;
  g_autoptr (GError) error = NULL;
  MbusAddress address = { .kind = MBUS_ADDRESS_KIND_NONE };

  g_assert_false (mbus_address_parse (text, &address, &error));
  g_assert_error (error, MBUS_READ_ERROR, MBUS_READ_ERROR_MALFORMED_ADDRESS);
  g_assert_cmpint (address.kind, ==, MBUS_ADDRESS_KIND_NONE);
  g_assert_false (mbus_address_parse (NULL, &address, NULL));
}

static void
test_matches (void)
{
  const struct
  {
    const gchar *text;
    AmselIdentity identity;
    gboolean expected;
  } vectors[] = {
    { "5", { 0x12345678, 0x4CAE, 0x33, 0x04, 5 }, TRUE },
    { "5", { 0x12345678, 0x4CAE, 0x33, 0x04, 6 }, FALSE },
    { "5", { 0x12345678, 0x4CAE, 0x33, 0x04, AMSEL_ADDRESS_NONE }, FALSE },
    { "12345678", { 0x12345678, 0x4CAE, 0x33, 0x04, 6 }, TRUE },
    { "12345679", { 0x12345678, 0x4CAE, 0x33, 0x04, 6 }, FALSE },
    { "1234567F", { 0x12345678, 0x4CAE, 0x33, 0x04, 6 }, TRUE },
    { "F2345678", { 0x12345678, 0x4CAE, 0x33, 0x04, 6 }, TRUE },
    { "12345678.SEN", { 0x12345678, 0x4CAE, 0x33, 0x04, 6 }, TRUE },
    { "12345678.SEN", { 0x12345678, 0xCCAE, 0x33, 0x04, 6 }, TRUE },
    { "12345678.LSE", { 0x12345678, 0x4CAE, 0x33, 0x04, 6 }, FALSE },
    { "12345678.-.34", { 0x12345678, 0x4CAE, 0x33, 0x04, 6 }, FALSE },
    { "12345678.-.33.04", { 0x12345678, 0x4CAE, 0x33, 0x04, 6 }, TRUE },
    { "12345678.-.33.05", { 0x12345678, 0x4CAE, 0x33, 0x04, 6 }, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      MbusAddress address;

      g_assert_true (mbus_address_parse (vectors[i].text, &address, NULL));
      g_test_message ("%s", vectors[i].text);
      g_assert_cmpint (mbus_address_matches (&address, &vectors[i].identity), ==, vectors[i].expected);
    }
}

static void
test_errors (void)
{
  g_autoptr (GEnumClass) codes = g_type_class_ref (MBUS_TYPE_READ_ERROR);
  g_autoptr (GEnumClass) faults = g_type_class_ref (MBUS_TYPE_FRAME_ERROR);

  g_assert_cmpuint (codes->n_values, ==, 5 + 1 + 23);
  for (guint i = 0; i < codes->n_values; i++)
    {
      const gchar *nick = amsel_error_get_name (MBUS_READ_ERROR, codes->values[i].value);

      g_assert_cmpstr (nick, ==, codes->values[i].value_nick);
      g_assert_cmpstr (mbus_error_get_sentence (codes->values[i].value), !=, mbus_error_get_sentence (-1));
    }
  for (guint i = 1; i < faults->n_values; i++)
    g_assert_cmpstr (mbus_error_get_sentence (faults->values[i].value), !=, mbus_error_get_sentence (-1));
  g_assert_cmpstr (amsel_error_get_name (MBUS_READ_ERROR, 131085), ==, "wrong-address");
  g_assert_cmpstr (amsel_error_get_name (MBUS_FRAME_ERROR, 131332), ==, "wrong-checksum");
  g_assert_cmpstr (amsel_error_get_name (MBUS_FRAME_ERROR, 131333), ==, "length-mismatch");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mbus/address/good", test_good);
  for (gsize i = 0; i < G_N_ELEMENTS (BAD); i++)
    {
      g_autofree gchar *path = g_strdup_printf ("/mbus/address/bad/%s", BAD[i].name);

      g_test_add_data_func (path, BAD[i].text, test_bad);
    }
  g_test_add_func ("/mbus/address/matches", test_matches);
  g_test_add_func ("/mbus/errors", test_errors);
  return g_test_run ();
}
