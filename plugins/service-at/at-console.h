/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The serial port on which the terminal is commanded. */
#pragma once

#include "at-terminal.h"

G_BEGIN_DECLS

typedef struct _AtConsole AtConsole;

/* Opens the transport, and again when it was lost. */
AtConsole *at_console_new (AtTerminal *terminal, AmselTransport *transport);
void at_console_free (AtConsole *self);

G_END_DECLS
