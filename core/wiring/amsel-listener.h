/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listens to a line on which meters speak by themselves, through a receiver that may need to be told to. */
#pragma once

#include "amsel-line.h"

G_BEGIN_DECLS

typedef struct _AmselListener AmselListener;

/* The line is borrowed for its life. After silence_us without a frame the receiver is set up again; 0 for
 * never. */
AmselListener *amsel_listener_new (AmselLine *line, AmselProtocol *protocol, gint64 silence_us,
                                   AmselLineHeard heard, gpointer user_data);
void amsel_listener_free (AmselListener *self);

/* The line was opened: whatever stands at its other end is set up. */
void amsel_listener_begin (AmselListener *self);
/* The line is not open any longer. */
void amsel_listener_end (AmselListener *self);
/* Bytes that nobody asked for. */
void amsel_listener_receive (AmselListener *self, GBytes *data);
/* Says what was heard, where that was anything. */
void amsel_listener_sum_up (AmselListener *self);

G_END_DECLS
