/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tiny protocol and a transport with scripted meters, for tests of the wiring on a test clock.
 *
 * A request is "<ADDRESS?>", an answer "<ADDRESS=TEXT>". A meter's answer goes out a while after the request;
 * meters can be silent, slow or noisy. */
#pragma once

#include "amsel.h"

#include "test-clock.h"

G_BEGIN_DECLS

#define MOCK_TYPE_PROTOCOL (mock_protocol_get_type ())
G_DECLARE_FINAL_TYPE (MockProtocol, mock_protocol, MOCK, PROTOCOL, AmselProtocol)

/* Whether a line that is listened to has a receiver that wants to be set up: by asking MOCK_RECEIVER. */
void mock_protocol_set_prepares (MockProtocol *self, gboolean prepares);
#define MOCK_RECEIVER "R"

/* Time that a mock dialogue waits for an answer. */
#define MOCK_TIMEOUT_US (300 * 1000)

#define MOCK_TYPE_TRANSPORT (mock_transport_get_type ())
G_DECLARE_FINAL_TYPE (MockTransport, mock_transport, MOCK, TRANSPORT, AmselTransport)

MockTransport *mock_transport_new (TestClock *clock);

/* What comes back when address is asked, and when; NULL for silence. Later calls replace earlier ones. */
void mock_transport_set_answer (MockTransport *self, const gchar *address, const gchar *answer,
                                gint64 delay_us);

/* All that was sent, in order: "<1?><2?>". */
const gchar *mock_transport_get_sent (MockTransport *self);
void mock_transport_clear_sent (MockTransport *self);

/* Opening fails while it is set. */
void mock_transport_set_broken (MockTransport *self, gboolean broken);
guint mock_transport_get_n_opened (MockTransport *self);

/* Bytes that nobody asked for; the same with wrong parity. */
void mock_transport_inject (MockTransport *self, const gchar *text);
void mock_transport_inject_bytes (MockTransport *self, const guint8 *data, gsize length);
/* What is injected at once is whole, as datagrams are. */
void mock_transport_set_whole (MockTransport *self, gboolean whole);
void mock_transport_inject_damaged (MockTransport *self, const gchar *data, gsize length);

/* From now on the last bytes of what is sent, so many of them, do not leave the port. */
void mock_transport_set_stuck (MockTransport *self, gsize n_unsent);

/* Sending fails at once while it is set. */
void mock_transport_set_refusing (MockTransport *self, gboolean refusing);

G_END_DECLS
