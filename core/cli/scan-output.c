/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a search has found, in the forms in which people and programs want it. */
#include "scan-output.h"

#include <stdio.h>
#include <string.h>

#include "cli-place.h"

/* Primary addresses that meters are given; they leave the factory with 0. */
#define PRIMARY_FIRST 1
#define PRIMARY_LAST  250

#define ID_DIGITS 8

#define US_PER_MS 1000

/* Identity as text; empty where the meter did not say it. */
typedef struct
{
  gchar id[9];
  gchar manufacturer[8];
  gchar version[4];
  const gchar *medium;
  gchar primary[8];
} Words;

static void
write_words (const AmselFound *found, Words *out)
{
  const AmselIdentity *identity = &found->identity;
  g_autofree gchar *manufacturer = NULL;

  memset (out, 0, sizeof *out);
  out->medium = "";
  g_snprintf (out->id, sizeof out->id, "%08X", identity->id);
  if (identity->address != AMSEL_ADDRESS_NONE)
    g_snprintf (out->primary, sizeof out->primary, "%d", identity->address);
  if (identity->manufacturer == 0)
    return;
  manufacturer = amsel_identity_get_manufacturer_text (identity);
  g_strlcpy (out->manufacturer, manufacturer, sizeof out->manufacturer);
  g_snprintf (out->version, sizeof out->version, "%02X", identity->version);
  out->medium = amsel_identity_get_medium_name (identity);
}

gboolean
scan_format_parse (const gchar *text, ScanFormat *out)
{
  static const gchar *const NAMES[] = { "table", "json", "csv" };

  for (gsize i = 0; i < G_N_ELEMENTS (NAMES); i++)
    if (g_str_equal (text, NAMES[i]))
      {
        *out = (ScanFormat) i;
        return TRUE;
      }
  return FALSE;
}

static void
print_json (const AmselFound *found)
{
  AmselJson json = { 0 };
  Words words;

  write_words (found, &words);
  amsel_json_begin_object (&json);
  amsel_json_key (&json, "address");
  amsel_json_string (&json, found->address);
  amsel_json_key (&json, "id");
  amsel_json_string (&json, words.id);
  amsel_json_key (&json, "manufacturer");
  amsel_json_string (&json, words.manufacturer);
  amsel_json_key (&json, "version");
  amsel_json_uint (&json, found->identity.version);
  amsel_json_key (&json, "medium");
  amsel_json_string (&json, words.medium);
  amsel_json_key (&json, "primary");
  amsel_json_int (&json, found->identity.address);
  amsel_json_key (&json, "baud");
  amsel_json_uint (&json, found->baud);
  amsel_json_key (&json, "latency_ms");
  amsel_json_int (&json, found->latency_us / US_PER_MS);
  amsel_json_end_object (&json);
  printf ("%.*s\n", (int) json.length, json.text);
  amsel_json_clear (&json);
}

static void
print_row (const AmselFound *found, ScanFormat format)
{
  Words words;

  write_words (found, &words);
  printf (format == SCAN_FORMAT_CSV ? "%s,%s,%s,%s,%s,%s,%u,%d\n"
                                    : "%-22s %-9s %-12s %-7s %-20s %7s %6u %7d\n",
          found->address, words.id, words.manufacturer, words.version, words.medium, words.primary,
          found->baud, (gint) (found->latency_us / US_PER_MS));
}

void
scan_print (GPtrArray *found, ScanFormat format)
{
  if (format == SCAN_FORMAT_CSV)
    puts ("address,id,manufacturer,version,medium,primary,baud,latency_ms");
  else if (format == SCAN_FORMAT_TABLE && found->len > 0)
    printf ("%-22s %-9s %-12s %-7s %-20s %7s %6s %7s\n", "address", "id", "manufacturer", "version", "medium",
            "primary", "baud", "ms");
  for (guint i = 0; i < found->len; i++)
    if (format == SCAN_FORMAT_JSON)
      print_json (g_ptr_array_index (found, i));
    else
      print_row (g_ptr_array_index (found, i), format);
}

static void
append_transport (GString *out, const gchar *place, guint baud)
{
  const gchar *colon = strrchr (place, ':');

  if (cli_is_device (place) || colon == NULL)
    g_string_append_printf (out, "{kind: serial, device: \"%s\", baud: %u, parity: even}", place, baud);
  else
    g_string_append_printf (out, "{kind: tcp, host: \"%.*s\", port: %s}", (int) (colon - place), place,
                            colon + 1);
}

/* Whether a meter that was found by its secondary address can be read by its primary one: it has one, and no
 * other meter has it. */
static gboolean
has_own_primary (GPtrArray *found, const AmselFound *meter)
{
  gint address = meter->identity.address;

  if (address < PRIMARY_FIRST || address > PRIMARY_LAST || strlen (meter->address) < ID_DIGITS)
    return FALSE;
  for (guint i = 0; i < found->len; i++)
    {
      const AmselFound *other = g_ptr_array_index (found, i);

      if (other != meter && other->identity.address == address)
        return FALSE;
    }
  return TRUE;
}

/* By its primary address only as long as it is the meter that was found. */
static void
append_address (GString *out, const AmselFound *meter, gboolean by_primary)
{
  g_string_append_printf (out, "      - {name: \"%s\", ", meter->address);
  if (by_primary)
    g_string_append_printf (out, "address: %d, identity: \"%s\"", meter->identity.address, meter->address);
  else
    g_string_append_printf (out, "address: \"%s\"", meter->address);
}

gchar *
scan_write_config (GPtrArray *found, const gchar *place, const gchar *protocol, guint baud,
                   gboolean by_primary)
{
  GString *out = g_string_new ("# Written by amsel scan: the meters that it found.\n\n"
                               "store:\n  file: readings.db\n\n"
                               "lines:\n  - name: line\n    transport: ");

  append_transport (out, place, baud);
  g_string_append_printf (out,
                          "\n\npipelines:\n  - name: meters\n    line: line\n"
                          "    protocol: {kind: %s, baud: %u}\n    schedule: {every: 15m}\n    meters:\n",
                          protocol, baud);
  for (guint i = 0; i < found->len; i++)
    {
      const AmselFound *meter = g_ptr_array_index (found, i);

      append_address (out, meter, by_primary && has_own_primary (found, meter));
      if (meter->baud != 0 && meter->baud != baud)
        g_string_append_printf (out, ", baud: %u", meter->baud);
      g_string_append (out, "}\n");
    }
  g_string_append (out, "    exporters: [reports]\n\n"
                        "exporters:\n  - {name: reports, kind: csv, directory: csv}\n");
  return g_string_free (out, FALSE);
}
