/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as the data of a meter's answer, decoded and written as rows of documents: whatever a meter
 * sends, a row of a value report has as many fields as its header, and a JSON line is one line of UTF-8. */
#include <amsel.h>
#include <string.h>

#include "json-rows.h"
#include "mbus-protocol.h"
#include "report-profile.h"
#include "report-rows.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static guint
count_fields (const GString *row)
{
  guint n = 1;

  for (gsize i = 0; i < row->len; i++)
    {
      g_assert_false (g_ascii_iscntrl (row->str[i]));
      n += row->str[i] == ';';
    }
  return n;
}

static void
write_report (AmselReadout *readout, CsvZone *zone, gint number)
{
  const ReportProfile *profile = report_profile_find (number);
  CsvDialect dialect;
  g_autoptr (GString) header = g_string_new (NULL), row = g_string_new (NULL);
  g_autoptr (ReportRows) rows = NULL;

  g_assert_true (csv_dialect_init (&dialect, ";", ',', "\n", "iso-8859-1", NULL));
  rows =
      report_rows_new (&dialect, zone, (const gchar *const *) profile->columns, profile->values, NULL, NULL);
  report_rows_write_header (rows, amsel_readout_get_telegram (readout, 0), header);
  report_rows_write (rows, readout, 0, row);
  g_assert_cmpuint (count_fields (header), ==, count_fields (row));
  csv_dialect_clear (&dialect);
}

static void
write_json (AmselReadout *readout, CsvZone *zone)
{
  g_autoptr (JsonRows) rows = json_rows_new (zone, "\n");
  g_autoptr (GString) line = g_string_new (NULL);

  json_rows_write (rows, readout, line);
  g_assert_true (g_utf8_validate (line->str, (gssize) line->len, NULL));
  g_assert_true (strchr (line->str, '\n') == line->str + line->len - 1);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (AmselProtocol) protocol = g_object_new (MBUS_TYPE_PROTOCOL, NULL);
  g_autoptr (AmselFrame) frame = amsel_protocol_adopt (protocol, data, size, NULL);
  g_autoptr (AmselTelegram) telegram = NULL;
  AmselReadoutInfo info = { .pipeline = "p",
                            .line = "50-0663-0027",
                            .meter = "a;b",
                            .protocol = "mbus",
                            .end_us = 1,
                            .quality = AMSEL_QUALITY_GOOD };
  g_autoptr (AmselReadout) readout = NULL;
  CsvZone zone;

  if (frame == NULL)
    return 0;
  telegram = amsel_protocol_decode (protocol, frame, NULL, NULL);
  if (telegram == NULL)
    telegram = amsel_telegram_new (frame, 1);
  readout = amsel_readout_new (&info, &telegram, 1, 1);
  g_assert_true (csv_zone_init (&zone, "UTC", NULL));
  write_report (readout, &zone, 3115);
  write_report (readout, &zone, 2001);
  write_json (readout, &zone);
  csv_zone_clear (&zone);
  return 0;
}
