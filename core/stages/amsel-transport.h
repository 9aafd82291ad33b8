/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* First stage: carries bytes to and from a line, and knows nothing of their meaning. */
#pragma once

#include <gio/gio.h>

#include "amsel-clock.h"

G_BEGIN_DECLS

/**
 * AmselParity:
 * @AMSEL_PARITY_NONE: no parity bit
 * @AMSEL_PARITY_EVEN: even parity, the rule for M-Bus
 * @AMSEL_PARITY_ODD: odd parity
 *
 * Parity of the characters of a line.
 */
typedef enum
{
  AMSEL_PARITY_NONE,
  AMSEL_PARITY_EVEN,
  AMSEL_PARITY_ODD,
} AmselParity;

#define AMSEL_TYPE_PARITY (amsel_parity_get_type ())
AMSEL_API GType amsel_parity_get_type (void) G_GNUC_CONST;

/**
 * AmselLineSettings:
 * @baud: bits per second; 0 leaves all settings as they are
 * @data_bits: 5 to 8
 * @parity: #AmselParity
 * @stop_bits: 1 or 2
 *
 * How characters look on a serial line.
 */
typedef struct
{
  guint baud;
  guint data_bits;
  AmselParity parity;
  guint stop_bits;
} AmselLineSettings;

AMSEL_API gint64 amsel_line_settings_get_time_us (const AmselLineSettings *self, gsize n_bytes);

#define AMSEL_TYPE_TRANSPORT (amsel_transport_get_type ())
AMSEL_API
G_DECLARE_DERIVABLE_TYPE (AmselTransport, amsel_transport, AMSEL, TRANSPORT, GObject)

/**
 * AmselTransportClass:
 * @parent_class: the parent class
 * @open_async: begins to open; it must not block. The default opens at once by @open
 * @open_finish: the outcome of @open_async
 * @open: opens at once, for transports that need not wait
 * @close: closes; may be called at any time, also while opening, after a failure to open, and twice
 * @send: queues bytes for sending without blocking
 * @configure: changes baud rate and the like (nullable: the transport has no such settings)
 * @get_latency_us: what the transport adds to the time of an answer, at the most (nullable: nothing)
 * @start: it is open and may report from now on; what is reported before is not heard (nullable: reports
 * nothing of its own accord)
 * @set_paused: stops or goes on to take bytes from the line, because who listens cannot keep up (nullable: it
 * cannot hold back)
 * @get_unsent: how many bytes that were to be sent have not left yet (nullable: it does not know)
 * @is_whole: whether what it reports at once is whole, as a datagram is: nothing of it goes on in what it
 * reports next (nullable: it is not)
 *
 * What a transport implements. It reports with amsel_transport_received(), amsel_transport_damaged() and
 * amsel_transport_lost(). The base class keeps the state, records, and checks. A transport opens once, and
 * reports a loss once; to open it again is the line's business.
 */
struct _AmselTransportClass
{
  GObjectClass parent_class;

  void (*open_async) (AmselTransport *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                      gpointer user_data);
  gboolean (*open_finish) (AmselTransport *self, GAsyncResult *result, GError **error);
  gboolean (*open) (AmselTransport *self, GError **error);
  void (*close) (AmselTransport *self);
  gboolean (*send) (AmselTransport *self, GBytes *data, GError **error);
  gboolean (*configure) (AmselTransport *self, const AmselLineSettings *settings, GError **error);
  gint64 (*get_latency_us) (AmselTransport *self);
  void (*start) (AmselTransport *self);
  void (*set_paused) (AmselTransport *self, gboolean paused);

  gsize (*get_unsent) (AmselTransport *self);
  gboolean (*is_whole) (AmselTransport *self);

  gpointer padding[4];
};

AMSEL_API void amsel_transport_open_async (AmselTransport *self, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
AMSEL_API gboolean amsel_transport_open_finish (AmselTransport *self, GAsyncResult *result, GError **error);
AMSEL_API void amsel_transport_close (AmselTransport *self);
AMSEL_API gboolean amsel_transport_is_open (AmselTransport *self);
AMSEL_API gboolean amsel_transport_send (AmselTransport *self, GBytes *data, GError **error);
AMSEL_API gboolean amsel_transport_configure (AmselTransport *self, const AmselLineSettings *settings,
                                              GError **error);
AMSEL_API gsize amsel_transport_get_unsent (AmselTransport *self);
AMSEL_API gboolean amsel_transport_is_whole (AmselTransport *self);
AMSEL_API gint64 amsel_transport_get_latency_us (AmselTransport *self);
AMSEL_API void amsel_transport_set_paused (AmselTransport *self, gboolean paused);
AMSEL_API gboolean amsel_transport_get_paused (AmselTransport *self);
AMSEL_API AmselClock *amsel_transport_get_clock (AmselTransport *self);
AMSEL_API void amsel_transport_set_clock (AmselTransport *self, AmselClock *clock);

/* for implementations */
AMSEL_API void amsel_transport_received (AmselTransport *self, GBytes *data);
AMSEL_API void amsel_transport_damaged (AmselTransport *self, GBytes *data);
AMSEL_API void amsel_transport_lost (AmselTransport *self, const GError *error);

G_END_DECLS
