/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kinds of radio telegrams of Diehl, Sappel and Hydrometer, their addresses, and their shift register. */
#include "driver-diehl-scramble.h"

#include "driver.h"

#define CI_OFFSET     10
#define CONFIG_OFFSET 13

/* Of DIFs and VIFs (EN 13757-3, 6.3 and 6.4). */
#define EXTENSION       0x80
#define FILLER          0x2F
#define MANUFACTURER    0x0F
#define DATA_VARIABLE   0x0D
#define DATA_SPECIAL    0x0F
#define TEXT_MAX        0xBF
#define LAST_PLAIN_DIF  0x0E /* a present value without DIFE */
#define LAST_VOLUME_VIF 0x17
#define ALLOCATION_VIF  0x6E

/* The two keys that meters leave the factory with, each as its halves combined. */
static const guint32 FACTORY_KEYS[] = { 0x39BC8A10 ^ 0xE66D83F8, 0x51728910 ^ 0xE66D83F8 };

static const guint16 MAKERS[] = {
  DRIVER_MANUFACTURER ('D', 'M', 'E'), DRIVER_MANUFACTURER ('E', 'W', 'T'),
  DRIVER_MANUFACTURER ('H', 'Y', 'D'), DRIVER_MANUFACTURER ('S', 'A', 'P'),
  DRIVER_MANUFACTURER ('S', 'P', 'L'),
};

static gboolean
is_maker (guint16 manufacturer)
{
  for (gsize i = 0; i < G_N_ELEMENTS (MAKERS); i++)
    if (MAKERS[i] == manufacturer)
      return TRUE;
  return FALSE;
}

/* What a telegram is, seen from its link layer on, without CRCs. */
DiehlFrame
diehl_frame_get (const guint8 *link, gsize length)
{
  guint16 manufacturer;
  guint8 ci;

  if (length <= DIEHL_SCRAMBLE_OFFSET || (link[1] != 0x44 && link[1] != 0x46))
    return DIEHL_FRAME_NONE;
  manufacturer = (guint16) (link[2] | link[3] << 8);
  if (!is_maker (manufacturer))
    return DIEHL_FRAME_NONE;
  ci = link[CI_OFFSET];
  if (ci >= 0xA0 && ci <= 0xA7)
    return manufacturer == DRIVER_MANUFACTURER ('S', 'A', 'P') ? DIEHL_FRAME_SAP_PRIOS : DIEHL_FRAME_PRIOS;
  /* the security modes from 16 on are the maker's own */
  if (ci == 0x7A && (link[CONFIG_OFFSET + 1] & 0x10) != 0)
    return DIEHL_FRAME_REAL_DATA;
  return DIEHL_FRAME_NONE;
}

/* Who sent it: these telegrams have version and medium in front of the number, or a number that goes on where
 * version and medium should be. */
gboolean
diehl_frame_get_identity (const guint8 *link, gsize length, AmselIdentity *out_identity)
{
  DiehlFrame frame = diehl_frame_get (link, length);
  gsize id_offset = frame == DIEHL_FRAME_SAP_PRIOS ? 4 : 6;

  if (frame == DIEHL_FRAME_NONE)
    return FALSE;
  out_identity->manufacturer = (guint16) (link[2] | link[3] << 8);
  out_identity->id = (guint32) link[id_offset] | (guint32) link[id_offset + 1] << 8
                     | (guint32) link[id_offset + 2] << 16 | (guint32) link[id_offset + 3] << 24;
  out_identity->version = frame == DIEHL_FRAME_SAP_PRIOS ? 0 : link[4];
  out_identity->medium = frame == DIEHL_FRAME_SAP_PRIOS ? 0x07 : link[5];
  out_identity->address = AMSEL_ADDRESS_NONE;
  return TRUE;
}

static guint32
big_endian (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

gboolean
diehl_scramble_key (const guint8 *key, guint index, guint32 *out_key)
{
  if (key != NULL && index-- == 0)
    {
      *out_key = big_endian (key) ^ big_endian (key + 4);
      return TRUE;
    }
  if (index >= G_N_ELEMENTS (FACTORY_KEYS))
    return FALSE;
  *out_key = FACTORY_KEYS[index];
  return TRUE;
}

/* Gives the bytes behind DIEHL_SCRAMBLE_OFFSET, as many as the telegram has. */
void
diehl_descramble (const guint8 *link, gsize length, guint32 key, guint8 *out)
{
  key ^= big_endian (link + 2) ^ big_endian (link + 6) ^ big_endian (link + CI_OFFSET);
  for (gsize i = DIEHL_SCRAMBLE_OFFSET; i < length; i++)
    {
      for (guint bit = 0; bit < 8; bit++)
        key = key << 1 | ((key >> 1 ^ key >> 2 ^ key >> 11 ^ key >> 31) & 1);
      out[i - DIEHL_SCRAMBLE_OFFSET] = (guint8) (link[i] ^ key);
    }
}

/* Passes the data of a record, whose length the DIF says, or the byte behind the VIF. */
static gboolean
skip_data (AmselCursor *cursor, guint8 dif)
{
  static const guint8 LENGTHS[] = { 0, 1, 2, 3, 4, 4, 6, 8, 0, 1, 2, 3, 4, 0, 6 };
  guint8 length;

  if ((dif & 0x0F) != DATA_VARIABLE)
    return amsel_cursor_skip (cursor, LENGTHS[dif & 0x0F]);
  return amsel_cursor_u8 (cursor, &length) && length <= TEXT_MAX && amsel_cursor_skip (cursor, length);
}

static gboolean
skip_chain (AmselCursor *cursor, guint8 byte)
{
  while ((byte & EXTENSION) != 0)
    if (!amsel_cursor_u8 (cursor, &byte))
      return FALSE;
  return TRUE;
}

/* Whether bytes are records one after the other up to the end. */
static gboolean
are_records (const guint8 *records, gsize length)
{
  AmselCursor cursor;
  guint8 dif, vif;

  amsel_cursor_init (&cursor, records, length);
  while (amsel_cursor_u8 (&cursor, &dif))
    {
      if (dif == FILLER)
        continue;
      if ((dif & 0x0F) == DATA_SPECIAL)
        return dif == MANUFACTURER || dif == (MANUFACTURER | 0x10);
      if (!skip_chain (&cursor, dif) || !amsel_cursor_u8 (&cursor, &vif) || !skip_chain (&cursor, vif)
          || !skip_data (&cursor, dif))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_main_vif (guint8 vif)
{
  return (vif & ~EXTENSION) <= LAST_VOLUME_VIF || vif == ALLOCATION_VIF;
}

/* The sum of the records, without bit 4, is the high byte of the configuration word. Since seven bits are a
 * weak check, they also have to be records, the first of which is what the meter is for: an energy, a volume
 * (which a VIFE may refer to base conditions) or units of a heat cost allocator. */
gboolean
diehl_records_check (const guint8 *link, const guint8 *records, gsize length)
{
  guint8 sum = 0;

  for (gsize i = 0; i < length; i++)
    sum = (guint8) (sum + records[i]);
  return ((sum ^ link[CONFIG_OFFSET + 1]) & 0xEF) == 0 && length > 2 && records[0] <= LAST_PLAIN_DIF
         && is_main_vif (records[1]) && are_records (records, length);
}

/* Tries the keys; out has room for what is behind DIEHL_SCRAMBLE_OFFSET. */
gboolean
diehl_descramble_records (const guint8 *link, gsize length, const guint8 *key, guint8 *out)
{
  guint32 candidate;

  for (guint index = 0; diehl_scramble_key (key, index, &candidate); index++)
    {
      diehl_descramble (link, length, candidate, out);
      if (diehl_records_check (link, out, length - DIEHL_SCRAMBLE_OFFSET))
        return TRUE;
    }
  return FALSE;
}
