/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How Diehl meters (Sappel and Hydrometer, too) hide what they send by radio: a 32-bit shift register whose
 * starting value comes from a key, the address and the beginning of the message. The keys are the same for
 * all meters unless the owner had others set, so this is no secret, only a way of packing. */
#pragma once

#include <amsel.h>

G_BEGIN_DECLS

/* Bytes of such a telegram, from the L field on, in front of what is hidden. */
#define DIEHL_SCRAMBLE_OFFSET 15

/* What the maker's radio telegrams are. */
typedef enum
{
  DIEHL_FRAME_NONE,      /* not of this maker, or as the standard says */
  DIEHL_FRAME_PRIOS,     /* fixed layout, hidden; address with version and medium in front */
  DIEHL_FRAME_SAP_PRIOS, /* the same of Sappel; the address is a serial number of 38 bits */
  DIEHL_FRAME_REAL_DATA, /* data records, hidden; address with version and medium in front */
} DiehlFrame;

DiehlFrame diehl_frame_get (const guint8 *link, gsize length);
gboolean diehl_frame_get_identity (const guint8 *link, gsize length, AmselIdentity *out_identity);

/* Each key that may fit, the given one first; FALSE when there is no other. */
gboolean diehl_scramble_key (const guint8 *key, guint index, guint32 *out_key);
void diehl_descramble (const guint8 *link, gsize length, guint32 key, guint8 *out);
/* Whether bytes are the records in plain: the check sum and the form are right. */
gboolean diehl_records_check (const guint8 *link, const guint8 *records, gsize length);
gboolean diehl_descramble_records (const guint8 *link, gsize length, const guint8 *key, guint8 *out);

G_END_DECLS
