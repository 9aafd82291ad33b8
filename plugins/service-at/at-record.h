/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stored readouts as the records that AT^SCDATA lists: pure.
 *
 *   ^SCDATA: "AMS",<time>,<sequence>,"<protocol>",<index>,<error>,"<device identification>","<data>"
 *   ^SCDATA: "WMBUS",<time>,<sequence>,<RSSI>,<length>,"<data>"
 */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

/* Numbers of the AMS table that are the same for all protocols, and those that are told without a protocol's
 * own error. */
#define AT_AMS_OK               0
#define AT_AMS_BAD_INPUT        1
#define AT_AMS_WRONG_PORT       3
#define AT_AMS_NOT_STARTED      4
#define AT_AMS_DIFFERENT_NUMBER 65286
#define AT_AMS_INTERNAL         131072
#define AT_AMS_STOPPED          131073
#define AT_AMS_NO_ANSWER        131082
#define AT_AMS_BAD_ANSWER       131083

typedef struct
{
  gboolean is_wireless;
  gint64 time_s; /* since 1970 UTC */
  guint64 sequence;
  const gchar *protocol; /* "MBUS", "IEC62056-21", "AIN_DIN", "Unknown" */
  guint index;           /* in the table when it was read; 0 for a meter that is not in it */
  gint error;
  const gchar *identification;
  gint rssi_dbm;
  gsize length;
  gchar *data; /* (owned) */
} AtRecord;

void at_record_init (AtRecord *self, const AmselReadout *readout);
void at_record_clear (AtRecord *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AtRecord, at_record_clear)

/* Writes the line, without its end. */
void at_record_write (const AtRecord *self, GString *out);

/* The number of the AMS table for an error of any domain; 0 for none. */
gint at_record_get_ams_code (const gchar *domain, gint code);

G_END_DECLS
