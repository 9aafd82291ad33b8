/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells systemd how the program is (sd_notify(3), without its library). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Sends a state such as "READY=1"; does nothing where the program was not started by systemd. */
void notify_send (const gchar *state);

/* How often systemd wants to be told that the program is alive, in microseconds; 0 for never. */
gint64 notify_get_watchdog_us (void);

G_END_DECLS
