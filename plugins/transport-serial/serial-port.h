/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls to the system that a serial device needs, each with an error that a user understands. */
#pragma once

#include <amsel.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean rts_on_send;    /* level of RTS while sending */
  gboolean rts_after_send; /* and after it */
  guint delay_before_ms;
  guint delay_after_ms;
} SerialRs485;

/* Opens and locks; gives a file descriptor, or -1. */
gint serial_port_open (const gchar *device, gboolean *out_is_pty, GError **error);
gboolean serial_port_configure (gint fd, const gchar *device, gboolean is_pty,
                                const AmselLineSettings *settings, GError **error);
void serial_port_set_low_latency (gint fd);
gboolean serial_port_set_rs485 (gint fd, const gchar *device, const SerialRs485 *rs485, GError **error);
/* Characters that wait in the system to be sent. */
gsize serial_port_get_unsent (gint fd);
void serial_port_close (gint fd);

G_END_DECLS
