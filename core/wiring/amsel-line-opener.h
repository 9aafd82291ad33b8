/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens the transport of a line, and opens it again after pauses that grow. */
#pragma once

#include "amsel-transport.h"

G_BEGIN_DECLS

typedef struct _AmselLineOpener AmselLineOpener;

/* An attempt has ended; error is NULL where the transport is open. */
typedef void (*AmselLineOpened) (const GError *error, gpointer user_data);

AmselLineOpener *amsel_line_opener_new (AmselLineOpened opened, gpointer user_data);
void amsel_line_opener_free (AmselLineOpener *self);

/* Makes an attempt now. */
void amsel_line_opener_begin (AmselLineOpener *self, AmselTransport *transport);

/* Makes one after a pause, which is twice as long as that of the last attempt in a row, within bounds. */
void amsel_line_opener_retry (AmselLineOpener *self, AmselTransport *transport, gint64 min_us, gint64 max_us);

/* Gives up the attempt that is going on, or that waits; nothing is told of it. */
void amsel_line_opener_stop (AmselLineOpener *self);

G_END_DECLS
