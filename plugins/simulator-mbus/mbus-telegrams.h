/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The telegrams that a simulated meter answers with, as files and configurations give them. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

/* Telegrams that one meter may have, and the size of a file of them. */
#define MBUS_TELEGRAMS_MAX           4096
#define MBUS_TELEGRAMS_FILE_SIZE_MAX (4 * 1024 * 1024)

/* Where things stand in a body: C, A, CI, data; the long header of CI 72 and 76 begins the data. */
#define MBUS_BODY_A             1
#define MBUS_BODY_CI            2
#define MBUS_BODY_ID            3
#define MBUS_BODY_MANUFACTURER  7
#define MBUS_BODY_VERSION       9
#define MBUS_BODY_MEDIUM        10
#define MBUS_BODY_ACCESS        11
#define MBUS_BODY_RECORDS       15
#define MBUS_BODY_ACCESS_FIXED  7 /* CI 73 and 77 */
#define MBUS_BODY_RECORDS_FIXED 11
#define MBUS_BODY_ACCESS_SHORT  3 /* CI 7A */
#define MBUS_BODY_RECORDS_SHORT 7

typedef struct
{
  GBytes *body;          /* (owned): what the length of the frame counts: C, A, CI and data */
  gboolean more_follows; /* it ends with DIF 1F: the next telegram belongs to the same readout */
} MbusStoredTelegram;

typedef struct _MbusTelegrams MbusTelegrams;

MbusTelegrams *mbus_telegrams_new (void);
MbusTelegrams *mbus_telegrams_ref (MbusTelegrams *self);
void mbus_telegrams_unref (MbusTelegrams *self);
gboolean mbus_telegrams_add_hex (MbusTelegrams *self, const gchar *text, GError **error);
gboolean mbus_telegrams_add_file (MbusTelegrams *self, const gchar *path, GError **error);
guint mbus_telegrams_get_n (MbusTelegrams *self);
const MbusStoredTelegram *mbus_telegrams_get (MbusTelegrams *self, guint n);

gboolean mbus_body_get_identity (const guint8 *body, gsize length, AmselIdentity *out);
gint mbus_body_get_access_offset (const guint8 *body, gsize length);
gint mbus_body_get_fabrication_offset (const guint8 *body, gsize length);
gboolean mbus_body_get_fabrication (const guint8 *body, gsize length, guint32 *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MbusTelegrams, mbus_telegrams_unref)

G_END_DECLS
