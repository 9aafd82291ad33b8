/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an exporter keeps in the store beside its position, as text. */
#pragma once

#include "csv-file.h"
#include "csv-wide.h"

typedef struct
{
  gchar *folder;      /* (owned) */
  gchar *fingerprint; /* (owned): of the settings that the files were written with */
  gchar *suffix;      /* (owned): of unfinished files */
  GPtrArray *files;   /* (owned) (element-type CsvFile): owned only where they were parsed */
  GPtrArray *series;  /* (owned) (element-type GStrv): name of a sequence of files, then its columns */
} CsvState;

CsvState *csv_state_new (const gchar *folder, const gchar *fingerprint, const gchar *suffix);
void csv_state_free (CsvState *self);
void csv_state_add_file (CsvState *self, CsvFile *file);
void csv_state_add_series (CsvState *self, const gchar *name, const CsvWide *wide);
gchar *csv_state_print (const CsvState *self);
CsvState *csv_state_parse (const gchar *text, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvState, csv_state_free)
