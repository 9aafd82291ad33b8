/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is asked of a terminal before records: who it is, and which meters it has. */
#pragma once

#include "smartcom-terminal.h"

G_BEGIN_DECLS

typedef void (*SmartcomSyncDone) (SmartcomTerminal *terminal, const GError *error, gpointer user_data);

/* Switches the echo off and compares the serial number. A terminal that is another one is disconnected. */
void smartcom_greet_begin (SmartcomTerminal *terminal, SmartcomSyncDone done, gpointer user_data);
/* Reads the table of meters into the terminal. */
void smartcom_sync_begin (SmartcomTerminal *terminal, SmartcomSyncDone done, gpointer user_data);

G_END_DECLS
