/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recordings of a line's traffic: plain text that people can read and edit, and that the replay transport
 * plays.
 *
 *   # any comment
 *   > 0.000000 10 5B 01 5C 16
 *   < 0.120400 68 1F 1F 68 08 ...
 *   ! 0.154000 FE
 *
 * A line is a direction (> sent, < received, ! received with wrong parity or stop bit), seconds since the
 * beginning, and bytes in hexadecimal digits.
 */
#pragma once

#include "amsel-clock.h"

G_BEGIN_DECLS

/**
 * AmselRecordingDirection:
 * @AMSEL_RECORDING_NONE: no line: a comment, or the end
 * @AMSEL_RECORDING_SENT: bytes that were sent
 * @AMSEL_RECORDING_RECEIVED: bytes that came
 * @AMSEL_RECORDING_DAMAGED: characters that came with a wrong parity or stop bit
 *
 * What a line of a recording is about.
 */
typedef enum
{
  AMSEL_RECORDING_NONE,
  AMSEL_RECORDING_SENT,
  AMSEL_RECORDING_RECEIVED,
  AMSEL_RECORDING_DAMAGED,
} AmselRecordingDirection;

#ifndef __GI_SCANNER__

typedef struct _AmselRecordingWriter AmselRecordingWriter;

AMSEL_API AmselRecordingWriter *amsel_recording_writer_new (const gchar *path, AmselClock *clock,
                                                            GError **error);
AMSEL_API gboolean amsel_recording_writer_add (AmselRecordingWriter *self, AmselRecordingDirection direction,
                                               GBytes *data, GError **error);
AMSEL_API void amsel_recording_writer_free (AmselRecordingWriter *self);

typedef struct
{
  AmselRecordingDirection direction;
  gint64 time_us; /* since the beginning of the recording */
  GBytes *data;   /* (owned) (nullable): NULL with AMSEL_RECORDING_NONE */
} AmselRecordingEntry;

AMSEL_API gboolean amsel_recording_parse_line (const gchar *line, gsize length,
                                               AmselRecordingEntry *out_entry, GError **error);
AMSEL_API void amsel_recording_entry_clear (AmselRecordingEntry *entry);

/* A place between two lines of a file; zero is the beginning. */
typedef struct
{
  gint64 offset; /* in bytes */
  guint line;    /* number of the line before it, from 1 */
} AmselRecordingPlace;

typedef struct _AmselRecordingReader AmselRecordingReader;

AMSEL_API AmselRecordingReader *amsel_recording_reader_new (const gchar *path, GError **error);
AMSEL_API gboolean amsel_recording_reader_next (AmselRecordingReader *self, AmselRecordingEntry *out_entry,
                                                GError **error);
AMSEL_API AmselRecordingPlace amsel_recording_reader_get_place (AmselRecordingReader *self);
AMSEL_API void amsel_recording_reader_set_place (AmselRecordingReader *self, AmselRecordingPlace place);
AMSEL_API void amsel_recording_reader_free (AmselRecordingReader *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AmselRecordingEntry, amsel_recording_entry_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AmselRecordingReader, amsel_recording_reader_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AmselRecordingWriter, amsel_recording_writer_free)

#endif /* __GI_SCANNER__ */

G_END_DECLS
