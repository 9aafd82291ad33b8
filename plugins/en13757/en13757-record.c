/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The record area: data records one after the other (EN 13757-3:2018, 6.2), and the value information block
 * of each (6.4).
 *
 *   DIF (DIFE)* VIF (VIFE)* data
 *   DIF (DIFE)* 7C|FC (VIFE)* length text data       plain-text VIF as the standard has it
 *   DIF (DIFE)* FC length text (VIFE)* data          and as meters of Elvaco send it
 *   0F data ... | 1F data ...                        manufacturer's data to the end; with 1F more follows
 *   2F | 7F                                          filler; a request for everything
 *
 * The order of a plain-text VIF is told by trying: that of the standard is taken where its text fits into the
 * telegram and is printable, else the other one. */
#include "en13757-private.h"

#define DIF_VARIABLE       0x0D /* the data field */
#define DIF_FILLER         0x2F
#define DIF_MANUFACTURER   0x0F
#define DIF_MORE_FOLLOWS   0x1F
#define DIF_GLOBAL_READOUT 0x7F

#define VIF_FB              0xFB
#define VIF_FD              0xFD
#define VIF_THIRD_EXTENSION 0xEF
#define VIF_TEXT            0x7C
#define VIF_MANUFACTURER    0x7F

/* Longest text of a plain-text VIF: it is coded as variable-length text. */
#define TEXT_LENGTH_MAX 0xBF

/* Which table the next VIFE is of. */
typedef enum
{
  NEXT_COMBINABLE,
  NEXT_EXTENSION,
  NEXT_MANUFACTURER,
} NextVife;

static gboolean
premature_vif (const AmselCursor *cursor, const AmselRecord *record, GError **error)
{
  g_set_error (error, EN13757_ERROR, EN13757_ERROR_PREMATURE_END_OF_VIF,
               "the telegram ends at offset %" G_GSIZE_FORMAT
               ", where the VIF chain that begins at offset %u is not complete",
               cursor->length, record->dif_offset + record->dif_length);
  return FALSE;
}

static void
add_modifier (AmselRecord *record, guint table, guint code)
{
  record->modifiers[record->n_modifiers++] = (AmselModifier) (table << 8 | code);
}

static void
apply_vif (AmselRecord *record, En13757Vib *vib, const En13757Vif *vif)
{
  record->quantity = vif->quantity;
  record->unit = vif->unit;
  vib->exponent = vif->exponent;
  vib->factor = vif->factor;
  vib->type = vif->type;
}

/* What is a structure stays one, whatever its values are. */
static void
set_type (En13757Vib *vib, guint8 type)
{
  if (vib->type != EN13757_TYPE_RAW)
    vib->type = type;
}

/* Another meaning of the data than the VIF's: a date, a duration, a count. */
static void
change_meaning (AmselRecord *record, En13757Vib *vib, AmselUnit unit, guint8 type, guint8 factor)
{
  record->unit = (guint8) unit;
  vib->exponent = 0;
  vib->n_addends = 0;
  set_type (vib, type);
  vib->factor = factor;
}

/* Applies one VIFE of the combinable table and tells of which table the next one is. */
static NextVife
apply_vife (AmselRecord *record, En13757Vib *vib, guint code)
{
  En13757Vife vife = en13757_vifes[code];

  switch ((En13757VifeAction) vife.action)
    {
    case EN13757_VIFE_SILENT:
      return NEXT_COMBINABLE;
    case EN13757_VIFE_SCALE:
      vib->exponent += vife.argument;
      for (guint i = 0; i < vib->n_addends; i++)
        vib->addends[i] += vife.argument;
      return NEXT_COMBINABLE;
    case EN13757_VIFE_ADD:
      vib->addends[vib->n_addends++] = vife.argument;
      return NEXT_COMBINABLE;
    case EN13757_VIFE_EXTENSION:
      return NEXT_EXTENSION;
    case EN13757_VIFE_TYPE:
      set_type (vib, (guint8) vife.argument);
      break;
    case EN13757_VIFE_DATE:
      change_meaning (record, vib, AMSEL_UNIT_NONE, EN13757_TYPE_DATE, EN13757_FACTOR_ONE);
      break;
    case EN13757_VIFE_DURATION:
      change_meaning (record, vib, AMSEL_UNIT_S, EN13757_TYPE_NUMBER, (guint8) vife.argument);
      break;
    case EN13757_VIFE_COUNT:
      change_meaning (record, vib, AMSEL_UNIT_NONE, EN13757_TYPE_UNSIGNED, EN13757_FACTOR_ONE);
      break;
    case EN13757_VIFE_INVALID:
      vib->invalid = TRUE;
      break;
    case EN13757_VIFE_NO_UNIT:
      record->unit = AMSEL_UNIT_NONE;
      break;
    case EN13757_VIFE_NAME:
    case EN13757_VIFE_MANUFACTURER:
      break;
    }
  add_modifier (record, AMSEL_MODIFIER_TABLE_COMBINABLE, code);
  return vife.action == EN13757_VIFE_MANUFACTURER ? NEXT_MANUFACTURER : NEXT_COMBINABLE;
}

/* Reads VIFEs up to the one without extension bit; n are read already. */
static gboolean
read_vifes (AmselCursor *cursor, AmselRecord *record, En13757Vib *vib, NextVife next, guint n, GError **error)
{
  guint8 vife;

  do
    {
      if (n++ == EN13757_EXTENSIONS_MAX)
        {
          g_set_error (error, EN13757_ERROR, EN13757_ERROR_TOO_MANY_VIFES,
                       "more than %d VIFEs behind the VIF at offset %u", EN13757_EXTENSIONS_MAX,
                       record->dif_offset + record->dif_length);
          return FALSE;
        }
      if (!amsel_cursor_u8 (cursor, &vife))
        return premature_vif (cursor, record, error);
      switch (next)
        {
        case NEXT_COMBINABLE:
          next = apply_vife (record, vib, vife & 0x7F);
          break;
        case NEXT_EXTENSION:
          if (en13757_vifes_fc[vife & 0x7F].action == EN13757_VIFE_TYPE)
            set_type (vib, (guint8) en13757_vifes_fc[vife & 0x7F].argument);
          add_modifier (record, AMSEL_MODIFIER_TABLE_EXTENSION, vife & 0x7F);
          next = NEXT_COMBINABLE;
          break;
        case NEXT_MANUFACTURER:
          add_modifier (record, AMSEL_MODIFIER_TABLE_MANUFACTURER, vife & 0x7F);
          break;
        }
    }
  while (vife & EN13757_EXTENSION);
  return TRUE;
}

/* Whether a length byte and so many printable characters stand at a place. */
static gboolean
is_text (const AmselCursor *cursor, gsize position, gsize *out_length)
{
  const guint8 *data = cursor->data;
  gsize length = position < cursor->length ? data[position] : 0;

  *out_length = length;
  if (length == 0 || length > TEXT_LENGTH_MAX || length > cursor->length - position - 1)
    return FALSE;
  for (gsize i = 1; i <= length; i++)
    if (data[position + i] < 0x20 || (data[position + i] > 0x7E && data[position + i] < 0xA0))
      return FALSE;
  return TRUE;
}

/* Takes the text at the cursor; whoever calls has seen that it fits. */
static void
take_text (AmselCursor *cursor, guint8 *mutable, AmselRecord *record, gsize length)
{
  record->vif_text_offset = (guint32) cursor->position + 1;
  record->vif_text_length = (guint8) length;
  amsel_cursor_skip (cursor, 1 + length);
  if (mutable != NULL)
    en13757_reverse (mutable + record->vif_text_offset, length);
}

/* Where the length byte is in the order of the standard: behind the last VIFE. */
static gsize
find_standard_text (const AmselCursor *cursor, gboolean extended)
{
  gsize position = cursor->position;

  while (extended && position < cursor->length)
    extended = cursor->data[position++] & EN13757_EXTENSION;
  return position;
}

/* Reads the VIFEs and the text of a plain-text VIF, in either order. */
static gboolean
read_text_vif (AmselCursor *cursor, guint8 *mutable, AmselRecord *record, En13757Vib *vib, gboolean extended,
               GError **error)
{
  gsize standard = find_standard_text (cursor, extended);
  gsize length, other_length;
  gboolean printable = is_text (cursor, standard, &length);

  if (!printable && extended && is_text (cursor, cursor->position, &other_length))
    {
      take_text (cursor, mutable, record, other_length);
      return read_vifes (cursor, record, vib, NEXT_COMBINABLE, 0, error);
    }
  if (length > TEXT_LENGTH_MAX
      || (extended && !printable && cursor->position < cursor->length
          && cursor->data[cursor->position] > TEXT_LENGTH_MAX
          && (standard >= cursor->length || length > cursor->length - standard - 1)))
    {
      g_set_error (error, EN13757_ERROR, EN13757_ERROR_TOO_LONG_TEXT_VIF,
                   "the text of the VIF at offset %u is longer than %d characters",
                   record->dif_offset + record->dif_length, TEXT_LENGTH_MAX);
      return FALSE;
    }
  if (extended && !read_vifes (cursor, record, vib, NEXT_COMBINABLE, 0, error))
    return FALSE;
  if (standard >= cursor->length || length > cursor->length - standard - 1)
    return premature_vif (cursor, record, error);
  take_text (cursor, mutable, record, length);
  return TRUE;
}

/* Reads the code of an extension table behind FB or FD, or FD FD. */
static gboolean
read_extension (AmselCursor *cursor, AmselRecord *record, En13757Vib *vib, guint8 *vif, guint *n,
                GError **error)
{
  const En13757Vif *table = *vif == VIF_FB ? en13757_vifs_fb : en13757_vifs_fd;
  guint8 code;

  if (!amsel_cursor_u8 (cursor, &code))
    return premature_vif (cursor, record, error);
  *n = 1;
  if (*vif == VIF_FD && code == VIF_FD)
    {
      table = en13757_vifs_fdfd;
      *n = 2;
      if (!amsel_cursor_u8 (cursor, &code))
        return premature_vif (cursor, record, error);
    }
  /* behind EF is a code of a table that nobody has defined yet */
  if (*vif != VIF_THIRD_EXTENSION)
    apply_vif (record, vib, &table[code & 0x7F]);
  *vif = code;
  return TRUE;
}

/* Reads VIF and VIFEs into quantity, unit, modifiers and what is to be done with the number. */
static gboolean
read_vif (AmselCursor *cursor, guint8 *mutable, AmselRecord *record, En13757Vib *vib, GError **error)
{
  gsize begin = cursor->position;
  NextVife next = NEXT_COMBINABLE;
  guint n = 0;
  guint8 vif;

  if (!amsel_cursor_u8 (cursor, &vif))
    return premature_vif (cursor, record, error);
  vib->invalid = FALSE;
  vib->n_addends = 0;
  apply_vif (record, vib, &en13757_vifs[vif & 0x7F]);
  if (vif & EN13757_EXTENSION)
    {
      if ((vif == VIF_FB || vif == VIF_FD || vif == VIF_THIRD_EXTENSION)
          && !read_extension (cursor, record, vib, &vif, &n, error))
        return FALSE;
      if (vif == (VIF_MANUFACTURER | EN13757_EXTENSION) && n == 0)
        next = NEXT_MANUFACTURER;
    }
  if ((vif & 0x7F) == VIF_TEXT && n == 0)
    {
      if (!read_text_vif (cursor, mutable, record, vib, vif & EN13757_EXTENSION, error))
        return FALSE;
    }
  else if ((vif & EN13757_EXTENSION) && !read_vifes (cursor, record, vib, next, n, error))
    return FALSE;
  record->vif_length = (guint8) (cursor->position - begin);
  if (record->vif_text_offset != 0)
    record->vif_length = (guint8) (record->vif_length - record->vif_text_length - 1);
  return TRUE;
}

/* Manufacturer's data and whatever else a DIF with data field 1111b means, besides fillers. */
static gboolean
read_special (AmselTelegram *telegram, AmselCursor *cursor, guint8 dif, GError **error)
{
  AmselRecord *record;
  gsize offset = cursor->position;

  amsel_cursor_skip (cursor, 1);
  if (dif != DIF_MANUFACTURER && dif != DIF_MORE_FOLLOWS && dif != DIF_GLOBAL_READOUT)
    {
      g_set_error (error, EN13757_ERROR, EN13757_ERROR_RESERVED_DIF,
                   "the DIF at offset %" G_GSIZE_FORMAT " is %02X, which is reserved", offset, dif);
      return FALSE;
    }
  if (dif == DIF_MORE_FOLLOWS)
    amsel_telegram_edit_header (telegram)->more_follows = TRUE;
  if (dif != DIF_GLOBAL_READOUT && amsel_cursor_left (cursor) == 0)
    return TRUE;
  record = amsel_telegram_add_record (telegram);
  record->function = AMSEL_FUNCTION_INSTANTANEOUS;
  record->dif_offset = (guint32) offset;
  record->dif_length = 1;
  record->data_offset = (guint32) cursor->position;
  if (dif == DIF_GLOBAL_READOUT)
    {
      record->quantity = AMSEL_QUANTITY_ANY;
      record->reason = AMSEL_REASON_READOUT_REQUEST;
      return TRUE;
    }
  record->quantity = AMSEL_QUANTITY_MANUFACTURER_SPECIFIC;
  record->kind = AMSEL_VALUE_BYTES;
  record->data_length = (guint32) amsel_cursor_left (cursor);
  return amsel_cursor_skip (cursor, record->data_length);
}

/* Most DIFs have no DIFE, so the DIF itself is read here: the function field counts in the order of
 * #AmselFunction. */
static gboolean
read_record (AmselCursor *cursor, guint8 *mutable, AmselRecord *record, En13757Vib *vib, guint8 dif,
             GError **error)
{
  record->dif_offset = (guint32) cursor->position;
  record->dif_length = 1;
  record->function = (guint8) (AMSEL_FUNCTION_INSTANTANEOUS + (dif >> 4 & 3));
  record->storage = dif >> 6 & 1;
  amsel_cursor_skip (cursor, 1);
  if ((dif & EN13757_EXTENSION) && !en13757_read_difes (cursor, record, error))
    return FALSE;
  return read_vif (cursor, mutable, record, vib, error)
         && en13757_read_value (cursor, mutable, record, vib, en13757_data_fields[dif & 0x0F], error);
}

/**
 * en13757_decode_record_area: (skip)
 * @telegram: gets the records
 * @mutable: (nullable): the telegram's payload, where it is in mode 2 and has to be turned
 * @offset: where the records begin in the payload
 * @end: where they end
 * @error: return location for a #GError of domain "mbus-telegram"
 *
 * Returns: whether all records are complete; those before the fault are kept
 */
gboolean
en13757_decode_record_area (AmselTelegram *telegram, guint8 *mutable, gsize offset, gsize end, GError **error)
{
  AmselCursor cursor;
  En13757Vib vib;
  gsize length;
  guint8 dif;
  guint n = 0;

  amsel_cursor_init (&cursor, amsel_telegram_get_payload (telegram, &length), end);
  cursor.position = offset;
  while (amsel_cursor_peek_u8 (&cursor, &dif))
    {
      if (dif == DIF_FILLER)
        {
          amsel_cursor_skip (&cursor, 1);
          continue;
        }
      if (n++ == EN13757_RECORDS_MAX)
        {
          g_set_error (error, EN13757_ERROR, EN13757_ERROR_TOO_MANY_RECORDS,
                       "more than %d records; the next one begins at offset %" G_GSIZE_FORMAT,
                       EN13757_RECORDS_MAX, cursor.position);
          return FALSE;
        }
      if ((dif & 0x0F) == 0x0F)
        {
          if (!read_special (telegram, &cursor, dif, error))
            return FALSE;
        }
      else if (!read_record (&cursor, mutable, amsel_telegram_add_record (telegram), &vib, dif, error))
        {
          amsel_telegram_drop_record (telegram);
          return FALSE;
        }
      else if ((dif & 0x0F) == DIF_VARIABLE && mutable == NULL)
        en13757_profile_unfold (telegram, &vib);
    }
  return TRUE;
}

/**
 * en13757_decode_records: (skip)
 * @telegram: gets the records, and whether more telegrams follow
 * @offset: where the records begin in the telegram's payload
 * @end: where they end, at most the length of the payload
 * @error: return location for a #GError of domain "mbus-telegram"
 *
 * Decodes records that stand behind a header which somebody else has read, least significant byte first.
 *
 * Returns: whether all records are complete; those before the fault are kept
 */
gboolean
en13757_decode_records (AmselTelegram *telegram, gsize offset, gsize end, GError **error)
{
  gsize length;

  amsel_telegram_get_payload (telegram, &length);
  g_return_val_if_fail (offset <= end && end <= length, FALSE);
  return en13757_decode_record_area (telegram, NULL, offset, end, error);
}
