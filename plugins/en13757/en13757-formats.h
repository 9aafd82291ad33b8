/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Formats of compact frames (EN 13757-3:2018, Annex G). A compact frame has the data of records without their
 * DIF and VIF, and a signature of these. They are known from a full frame that some meter has sent before,
 * from a format frame, or from the drivers.
 *
 *   compact   signature (2)  CRC of the full frame (2)  data of the records
 *   format    length (1)  signature (2)  DIF and VIF of the records
 *
 * The CRC of the full frame is checked when it has been put together, so that a wrong guess is always
 * noticed, and what was learned from one meter can be used for all. */
#pragma once

#include <amsel.h>

G_BEGIN_DECLS

/* Longest DIF and VIF of all records of a frame together, and most formats that are kept. */
#define EN13757_FORMAT_MAX  512
#define EN13757_FORMATS_MAX 4096

/* What was learned; for any thread. */
typedef struct _En13757Formats En13757Formats;

/* Knows formats that were not learned: by a signature, DIF and VIF of all records (element-type GBytes); NULL
 * where there are none. */
typedef const GPtrArray *(*En13757FindFormats) (guint16 signature, gconstpointer user_data);

/* find may be NULL, and is asked without user_data. */
En13757Formats *en13757_formats_new (En13757FindFormats find);
void en13757_formats_free (En13757Formats *self);
/* Whom else to ask for what was not learned; user_data lives as long as these. */
void en13757_formats_set_finder (En13757Formats *self, En13757FindFormats find, gconstpointer user_data);

/* Keeps what is learned in a file from now on, and takes what is in it. A file that is not there yet is none.
 */
gboolean en13757_formats_open (En13757Formats *self, const gchar *path, GError **error);

/* Learns from DIF and VIF of all records. Returns whether they were new. */
gboolean en13757_formats_learn (En13757Formats *self, const guint8 *headers, gsize length);
/* Learns from the records of a full frame that was decoded. */
void en13757_formats_learn_telegram (En13757Formats *self, const AmselTelegram *telegram);

guint en13757_formats_get_size (En13757Formats *self);

/* Puts the full frame of a compact one together: records with their DIF and VIF, whose CRC fits. *out_known
 * says whether the signature is known. Returns NULL where it is not, or no format of it fits. */
GByteArray *en13757_formats_expand (En13757Formats *self, guint16 signature, guint16 full_crc,
                                    const guint8 *data, gsize length, gboolean *out_known);

G_END_DECLS
