/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records of a terminal's memory as AT^SCDATA gives them, and its table of meters as AT^SCAMS? does. Pure. */
#pragma once

#include "smartcom-fields.h"

G_BEGIN_DECLS

typedef enum
{
  SMARTCOM_RECORD_NONE,
  SMARTCOM_RECORD_AMS,
  SMARTCOM_RECORD_WMBUS,
} SmartcomRecordKind;

/* ^SCDATA: "AMS",time,sequence,"protocol",index,error,"identification","data"
 * ^SCDATA: "WMBUS",time,sequence,rssi,length,"data" */
typedef struct
{
  SmartcomRecordKind kind;
  gint64 time_s; /* since 1970 UTC */
  guint64 sequence;
  gchar *protocol;       /* (owned) (nullable): as it stands there; "WMBUS" */
  guint index;           /* position in the table at that time; AMS */
  gint error;            /* of the AMS table; 0 for none */
  gint rssi;             /* dBm; WMBUS */
  gchar *identification; /* (owned) (nullable) */
  gchar *data;           /* (owned) (nullable): hexadecimal, or text */
} SmartcomRecord;

void smartcom_record_clear (SmartcomRecord *self);
/* Whether a line is one of a record, sound or not. */
gboolean smartcom_record_is (const gchar *line);
/* After an error, what was understood until then is there: the time and sequence often are. */
gboolean smartcom_record_parse (const gchar *line, SmartcomRecord *out, GError **error);

/* ^SCAMS: 1> 2,"MBUS","*15020416@2400","1M" */
typedef struct
{
  guint index;
  guint port;
  gchar *protocol; /* (owned) */
  gchar *address;  /* (owned) */
  gchar *interval; /* (owned) */
} SmartcomEntry;

void smartcom_entry_free (SmartcomEntry *self);
/* The identification number that the address holds; NULL where it is none, such as a primary one. */
gchar *smartcom_entry_dup_id (const SmartcomEntry *self);
gchar *smartcom_entry_to_string (const SmartcomEntry *self);

/* Adds the entry that a line holds. Lines that hold something else of the answer are passed over. */
gboolean smartcom_table_add_line (GPtrArray *table, const gchar *line, GError **error);
/* Whether as many entries came as the terminal said. */
gboolean smartcom_table_check (GPtrArray *table, gint64 n_announced, GError **error);
/* The number of entries that a line announces; FALSE where it announces none. */
gboolean smartcom_table_get_count (const gchar *line, gint64 *out);

G_END_DECLS
