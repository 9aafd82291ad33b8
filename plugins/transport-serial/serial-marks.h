/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells good characters from damaged ones in what a terminal device delivers with PARMRK. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What was begun at the end of the last read. */
typedef enum
{
  SERIAL_MARKS_NONE,
  SERIAL_MARKS_FF,      /* FF: a mark, or the first half of a byte FF */
  SERIAL_MARKS_DAMAGED, /* FF 00: the next byte is a damaged character */
} SerialMarks;

typedef void (*SerialMarksFunc) (gboolean damaged, const guint8 *data, gsize length, gpointer user_data);

/* Calls back for each run of good or damaged characters, in their order. Nothing is kept but *state, which is
 * zero at first: the data of a call is valid during the call. */
void serial_marks_decode (SerialMarks *state, const guint8 *data, gsize length, SerialMarksFunc callback,
                          gpointer user_data);

G_END_DECLS
