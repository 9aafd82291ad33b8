/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line for commands that read or search one now. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

#define CLI_DEFAULT_PROTOCOL "mbus"
#define CLI_DEFAULT_BAUD     2400

/* A pipeline without meters for a place: a device, or host:port. kind is the word for the protocol; NULL for
 * the default. */
AmselPipeline *cli_make_pipeline (const gchar *place, const gchar *kind, gint baud, GError **error);

G_END_DECLS
