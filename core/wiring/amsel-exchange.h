/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conducts one dialogue over an open transport: sends, waits, repeats, and finds the frames in what comes
 * back. */
#pragma once

#include "amsel-line-sense.h"
#include "amsel-protocol.h"
#include "amsel-transport.h"

G_BEGIN_DECLS

typedef struct _AmselExchange AmselExchange;

/* Called once, when the dialogue is over. error is NULL where it went well. The exchange may be freed in it.
 */
typedef void (*AmselExchangeDone) (AmselExchange *exchange, const AmselDialogueReport *report,
                                   const GError *error, gpointer user_data);

/* sense must live as long as the exchange. */
AmselExchange *amsel_exchange_new (AmselTransport *transport, AmselLineSense *sense, AmselProtocol *protocol,
                                   AmselDialogue *dialogue);
void amsel_exchange_free (AmselExchange *self);

/* How long to try while the other side has not answered at all; the default is AMSEL_PATIENCE_FULL. */
void amsel_exchange_set_patience (AmselExchange *self, AmselPatience patience);

void amsel_exchange_start (AmselExchange *self, AmselExchangeDone done, gpointer user_data);

/* Ends it at once, with error or what the dialogue makes of it. Does nothing where it is over. */
void amsel_exchange_abort (AmselExchange *self, const GError *error);

/* Bytes that came while it runs. */
void amsel_exchange_receive (AmselExchange *self, GBytes *data);

/* Characters came that were damaged on the way: neither silence nor bytes that a frame may be made of. */
void amsel_exchange_receive_damaged (AmselExchange *self, GBytes *data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AmselExchange, amsel_exchange_free)

G_END_DECLS
