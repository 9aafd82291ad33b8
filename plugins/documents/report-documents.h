/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes the documents of one report from its journal, and puts them where they go. */
#pragma once

#include "csv-text.h"
#include "csv-zone.h"

/* Between the fields of a line of a journal, whose first character is what it is. */
#define REPORT_FIELD_END '\x1F'

typedef enum
{
  REPORT_LINE_ROW = 'R',    /* name of the document, header, row */
  REPORT_LINE_LOG = 'L',    /* name of the log, text */
  REPORT_LINE_READ = 'G',   /* name of the log */
  REPORT_LINE_FAILED = 'F', /* name of the log */
} ReportLine;

typedef struct
{
  const gchar *folder;       /* (unowned) */
  const gchar *log_folder;   /* (unowned) */
  const CsvDialect *dialect; /* (unowned) */
  CsvZone *zone;             /* (unowned) */
  gboolean sync;
} ReportPlaces;

gboolean report_documents_make (const ReportPlaces *places, const gchar *journal, gsize length,
                                const gchar *staging, gint64 made_us, GError **error);
gboolean report_documents_publish (const ReportPlaces *places, const gchar *staging, GError **error);
