/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recordings of a line's traffic: plain text that people can read and edit, and that the replay transport
 * plays.
 *
 *   # any comment
 *   > 0.000000 10 5B 01 5C 16
 *   < 0.120400 68 1F 1F 68 08 ...
 *
 * A line is a direction (> sent, < received), seconds since the beginning, and bytes in hexadecimal digits.
 */
#pragma once

#include "amsel-clock.h"

G_BEGIN_DECLS

typedef enum
{
  AMSEL_RECORDING_NONE,
  AMSEL_RECORDING_SENT,
  AMSEL_RECORDING_RECEIVED,
} AmselRecordingDirection;

typedef struct _AmselRecordingWriter AmselRecordingWriter;

AMSEL_API AmselRecordingWriter *
amsel_recording_writer_new (const gchar *path, AmselClock *clock, GError **error);
AMSEL_API void
amsel_recording_writer_add (AmselRecordingWriter *self, AmselRecordingDirection direction, GBytes *data);
AMSEL_API void
amsel_recording_writer_free (AmselRecordingWriter *self);

typedef struct
{
  AmselRecordingDirection direction;
  gint64 time_us; /* since the beginning of the recording */
  GBytes *data;   /* (owned) */
} AmselRecordingEntry;

AMSEL_API gboolean
amsel_recording_parse_line (const gchar *line, gsize length, AmselRecordingEntry *out_entry, GError **error);
AMSEL_API void
amsel_recording_entry_clear (AmselRecordingEntry *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AmselRecordingWriter, amsel_recording_writer_free)

G_END_DECLS
