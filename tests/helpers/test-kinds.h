/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kinds with every sort of setting, which do nothing: for tests of the configuration. */
#pragma once

#include "amsel.h"

/* A registry with the transports “serial” and “tcp”, the protocol “wired” (meters with “key” and “scale”),
 * the exporters “csv” and “mqtt”, the service “web”, and the simulator “bus”, which refuses two meters of one
 * address. */
AmselRegistry *test_kinds_new_registry (void);

/* A setting of an object as text: of whatever type it is. */
gchar *test_kinds_get (GObject *object, const gchar *name);
