/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The dialogue that sets a radio receiver up, and finds out which one it is where that is not known. */
#pragma once

#include "receiver.h"

G_BEGIN_DECLS

#define WMBUS_TYPE_SETUP (wmbus_setup_get_type ())
G_DECLARE_FINAL_TYPE (WmbusSetup, wmbus_setup, WMBUS, SETUP, AmselDialogue)

/* Called when a receiver was found and set up. */
typedef void (*WmbusSetupDone) (const ReceiverKind *kind, gpointer user_data);

/* kind NULL: tries all kinds that can be asked. Keeps owner, which done is called with, for its life. finder
 * (out) (transfer full) finds the answers. */
AmselDialogue *wmbus_setup_new (const ReceiverKind *kind, ReceiverMode mode, WmbusSetupDone done,
                                GObject *owner, AmselProtocol **finder);

G_END_DECLS
