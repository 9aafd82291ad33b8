/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds in a recording what followed when certain bytes were sent. */
#pragma once

#include <amsel.h>

G_BEGIN_DECLS

typedef struct _ReplayIndex ReplayIndex;

/* Reads the whole recording and leaves the reader at its beginning. */
ReplayIndex *replay_index_new (AmselRecordingReader *reader, GError **error);
void replay_index_free (ReplayIndex *self);
guint replay_index_get_size (ReplayIndex *self);
/* The same bytes asked for again give the next place where they were sent, after the last one the first. */
gboolean replay_index_find (ReplayIndex *self, GBytes *sent, AmselRecordingPlace *out_place,
                            gint64 *out_time_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ReplayIndex, replay_index_free)

G_END_DECLS
