/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The link to the server, which the terminal dials, and over which it is commanded like any other. */
#pragma once

#include "at-terminal.h"

G_BEGIN_DECLS

typedef struct _AtDial AtDial;

/* Dials the server that AT^SCCFG names; NULL where it names none, or, with error, where it cannot be used. */
AtDial *at_dial_new (AtTerminal *terminal, GError **error);
void at_dial_free (AtDial *self);

G_END_DECLS
