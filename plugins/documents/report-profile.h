/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kinds of value reports that gateways send. */
#pragma once

#include <glib-object.h>

#define REPORT_COLUMNS_MAX 13

/* A kind of report: defaults of settings, and what follows its fixed columns. */
typedef struct
{
  gint number; /* by which its readers know it */
  const gchar *file;
  const gchar *log; /* (nullable) */
  const gchar *columns[REPORT_COLUMNS_MAX + 1];
  gboolean header;
  gboolean values; /* a column for each value of the meter follows */
} ReportProfile;

#define REPORT_NONE 0

#define REPORT_TYPE_PROFILE (report_profile_get_type ())
GType report_profile_get_type (void);
const ReportProfile *report_profile_find (gint number);
