/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pseudo-terminal whose other end any program may open, and a link to it with a name that stays. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

typedef struct _AmselPty AmselPty;

/* baud is what the program at the other end has set; 0 where it is no usual rate. */
typedef void (*AmselPtyReceived) (GBytes *data, guint baud, gpointer user_data);

AmselPty *amsel_pty_new (const gchar *link, guint baud, AmselPtyReceived received, gpointer user_data,
                         GError **error);
void amsel_pty_free (AmselPty *self);
const gchar *amsel_pty_get_name (AmselPty *self);
void amsel_pty_send (AmselPty *self, GBytes *data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AmselPty, amsel_pty_free)

G_END_DECLS
