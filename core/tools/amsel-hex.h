/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes to hexadecimal text and back. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

AMSEL_API gchar *amsel_hex_encode (const guint8 *data, gsize length);
AMSEL_API gsize amsel_hex_write (const guint8 *data, gsize length, gchar *out);
AMSEL_API GBytes *amsel_hex_decode (const gchar *text, gssize length, GError **error);

G_END_DECLS
