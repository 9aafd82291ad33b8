/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes radio telegrams of meters with payloads of their own: the layouts of the drivers the other way round.
 */
#pragma once

#include <amsel.h>

typedef struct
{
  guint8 bytes[256];
  gsize length;
} Encoder;

/* Begins a telegram up to its CI field; letters may have a '!' behind them for the top bit of the field. */
void encoder_begin (Encoder *self, const gchar *letters, guint32 id, guint8 version, guint8 medium,
                    guint8 ci);
void encoder_hex (Encoder *self, const gchar *hex);
void encoder_u (Encoder *self, guint64 number, gsize length);
void encoder_be (Encoder *self, guint64 number, gsize length);
void encoder_bcd (Encoder *self, guint64 number, gsize length);
void encoder_fill (Encoder *self, guint8 byte, gsize n);
void encoder_ymd (Encoder *self, guint year, guint month, guint day);
void encoder_g (Encoder *self, guint year, guint month, guint day);

/* Ends it with the right length, decodes it, and checks which driver took it and what it made of it. */
void encoder_check (Encoder *self, const guint8 *key, const gchar *driver, const gchar *expected);
/* The same, and every shorter telegram ends well, too. */
void encoder_check_all (Encoder *self, const gchar *driver, const gchar *expected);
