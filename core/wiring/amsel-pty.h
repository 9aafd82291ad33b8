/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pseudo-terminal whose other end any program may open, and a link to it with a name that stays. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

#ifndef __GI_SCANNER__

#define AMSEL_PTY_QUEUE_MAX (256 * 1024)

typedef struct _AmselPty AmselPty;

/* baud is what the program at the other end has set; 0 where it is no usual rate. */
typedef void (*AmselPtyReceived) (GBytes *data, guint baud, gpointer user_data);

AMSEL_API AmselPty *amsel_pty_new (const gchar *link, guint baud, AmselPtyReceived received,
                                   gpointer user_data, GError **error);
AMSEL_API void amsel_pty_free (AmselPty *self);
AMSEL_API const gchar *amsel_pty_get_name (AmselPty *self);
/* Sends without blocking. What is sent while nobody has the other end open is lost, as on a cable; and what
 * goes beyond AMSEL_PTY_QUEUE_MAX because he takes nothing. */
AMSEL_API void amsel_pty_send (AmselPty *self, GBytes *data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AmselPty, amsel_pty_free)

#endif /* __GI_SCANNER__ */

G_END_DECLS
