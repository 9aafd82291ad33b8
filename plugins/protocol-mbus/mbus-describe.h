/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a frame says, in one line, for people who read a trace. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

/* Knows frames of both directions. NULL for bytes that are no frame. */
gchar *mbus_describe (AmselFrame *frame);

G_END_DECLS
