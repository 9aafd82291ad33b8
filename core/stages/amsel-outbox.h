/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes that wait until a port or socket can be written: what a transport needs to send without blocking. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

#ifndef __GI_SCANNER__

/* More than this waiting means that the far end takes nothing any more. */
#define AMSEL_OUTBOX_MAX_BYTES (16 * 1024 * 1024)

typedef struct
{
  GByteArray *bytes; /* (owned) (nullable) */
  gsize sent;        /* bytes at the beginning that are gone */
} AmselOutbox;

AMSEL_API gboolean amsel_outbox_add (AmselOutbox *self, GBytes *data);
AMSEL_API const guint8 *amsel_outbox_peek (AmselOutbox *self, gsize *out_length);
AMSEL_API void amsel_outbox_remove (AmselOutbox *self, gsize length);
AMSEL_API void amsel_outbox_clear (AmselOutbox *self);

#endif /* __GI_SCANNER__ */

G_END_DECLS
