/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kinds of value reports that gateways send, as a table. docs/reports.md shows each, and says what in it
 * is known and what was decided here. */
#include "report-profile.h"

#define BASIC    "serial-number", "device-identification", "created", "value-data-count"
#define EXTENDED "manufacturer", "version", "device-type", "access-number", "status", "signature"

static const ReportProfile PROFILES[] = {
  {
      .number = 2001,
      .file = "{serial}_installreport_{made}_2001.csv",
      .columns = { BASIC, "mbus-raw" },
  },
  {
      .number = 2101,
      .file = "{serial}_valuereport_{made}_2101.csv",
      .columns = { BASIC },
      .header = TRUE,
      .values = TRUE,
  },
  {
      .number = 2109,
      .file = "{serial}_{id}_valuereport_{made}_2109.csv",
      .columns = { BASIC },
      .header = TRUE,
      .values = TRUE,
  },
  {
      .number = 2112,
      .file = "{serial}_valuereport_{made}_2112.csv",
      .columns = { "serial-number", "device-position", "device-identification", "created", "value-data-count",
                   EXTENDED },
      .header = TRUE,
      .values = TRUE,
  },
  {
      .number = 3001,
      .file = "{serial}_installreport_{made}_3001.csv",
      .columns = { BASIC, "mbus-raw" },
  },
  {
      .number = 3104,
      .file = "{made-month}/{number}_{serial}_valuereport_{made}_3104.csv",
      .log = "{made-month}/{serial}.txt",
      .columns = { BASIC, EXTENDED },
      .header = TRUE,
      .values = TRUE,
  },
  {
      .number = 3115,
      .file = "{serial}_valuereport_{made}_3115.csv",
      .columns = { "serial-number", "device-position", "primary-address", "device-identification", "created",
                   "value-data-count", EXTENDED },
      .header = TRUE,
      .values = TRUE,
  },
};

/* An enumeration made from the table: the numbers are values and names. Whichever plugin is loaded first
 * registers it. */
GType
report_profile_get_type (void)
{
  static gsize once = 0;
  static GEnumValue values[G_N_ELEMENTS (PROFILES) + 2];

  if (g_once_init_enter (&once))
    {
      GType type = g_type_from_name ("ReportProfile");

      values[0] = (GEnumValue){ REPORT_NONE, "none", "none" };
      for (guint i = 0; i < G_N_ELEMENTS (PROFILES); i++)
        {
          gchar *name = g_strdup_printf ("%d", PROFILES[i].number);

          values[i + 1] = (GEnumValue){ PROFILES[i].number, name, name };
        }
      if (type == G_TYPE_INVALID)
        type = g_enum_register_static ("ReportProfile", values);
      g_once_init_leave (&once, type);
    }
  return (GType) once;
}

/* The profile of a number; NULL for REPORT_NONE. */
const ReportProfile *
report_profile_find (gint number)
{
  for (guint i = 0; i < G_N_ELEMENTS (PROFILES); i++)
    if (PROFILES[i].number == number)
      return &PROFILES[i];
  return NULL;
}
