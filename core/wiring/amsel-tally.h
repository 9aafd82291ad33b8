/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts what is heard on a line: frames, and what is none, by the name of its fault. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _AmselTally AmselTally;

AmselTally *amsel_tally_new (void);
void amsel_tally_free (AmselTally *self);

void amsel_tally_add_frame (AmselTally *self);
/* n bytes were no frame. Bytes that are passed over one by one for the same reason are one fault. Returns
 * whether this one is the first of its name. */
gboolean amsel_tally_add_fault (AmselTally *self, const GError *error, gsize n);

/* “12 telegrams, wrong-crc 3, garbage 1 (40 bytes that were none)”; NULL where there was nothing. */
gchar *amsel_tally_to_string (const AmselTally *self);

G_END_DECLS
