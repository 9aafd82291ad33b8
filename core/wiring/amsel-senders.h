/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose telegram is it? Finds the meter of an identity, and remembers the answer. */
#pragma once

#include "amsel-meter-watch.h"
#include "amsel-protocol.h"

G_BEGIN_DECLS

typedef struct _AmselSenders AmselSenders;

AmselSenders *amsel_senders_new (void);
void amsel_senders_free (AmselSenders *self);

/* watches (element-type AmselMeterWatch) are those asked for an identity that is met for the first time. They
 * must be the same in every call; amsel_senders_forget() where they change. Returns NULL for a stranger. */
void amsel_senders_forget (AmselSenders *self);
AmselMeterWatch *amsel_senders_find (AmselSenders *self, AmselProtocol *protocol, GPtrArray *watches,
                                     const AmselIdentity *identity);

G_END_DECLS
