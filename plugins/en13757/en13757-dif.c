/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The data information block: DIF and DIFEs (EN 13757-3:2018, 6.3).
 *
 *   DIF   ESFFDDDD   E extension, S lowest bit of the storage number, F function, D data field
 *   DIFE  EUTTSSSS   U one bit of the subunit, T two of the tariff, S four of the storage number
 *
 * Each DIFE adds bits above those of the one before it: with ten of them the storage number has 41 bits, the
 * tariff 20 and the subunit 10. */
#include "en13757-private.h"

/* Codings and lengths in bytes by the data field (table 4). */
const En13757DataField en13757_data_fields[16] = {
  [0x0] = { EN13757_DATA_NONE, 0 },    [0x1] = { EN13757_DATA_INTEGER, 1 },
  [0x2] = { EN13757_DATA_INTEGER, 2 }, [0x3] = { EN13757_DATA_INTEGER, 3 },
  [0x4] = { EN13757_DATA_INTEGER, 4 }, [0x5] = { EN13757_DATA_REAL, 4 },
  [0x6] = { EN13757_DATA_INTEGER, 6 }, [0x7] = { EN13757_DATA_INTEGER, 8 },
  [0x8] = { EN13757_DATA_READOUT, 0 }, [0x9] = { EN13757_DATA_BCD, 1 },
  [0xA] = { EN13757_DATA_BCD, 2 },     [0xB] = { EN13757_DATA_BCD, 3 },
  [0xC] = { EN13757_DATA_BCD, 4 },     [0xD] = { EN13757_DATA_VARIABLE, 0 },
  [0xE] = { EN13757_DATA_BCD, 6 },     [0xF] = { EN13757_DATA_SPECIAL, 0 },
};

/**
 * en13757_read_difes: (skip)
 * @cursor: behind a DIF that has the extension bit
 * @record: gets the higher bits of storage, tariff and subunit, and the length of the chain
 * @error: return location for a #GError of domain "mbus-telegram"
 *
 * Returns: whether the chain is complete
 */
gboolean
en13757_read_difes (AmselCursor *cursor, AmselRecord *record, GError **error)
{
  guint8 dife;
  guint n = 0;

  do
    {
      if (n == EN13757_EXTENSIONS_MAX)
        {
          g_set_error (error, EN13757_ERROR, EN13757_ERROR_TOO_MANY_DIFES,
                       "more than %d DIFEs behind the DIF at offset %u", EN13757_EXTENSIONS_MAX,
                       record->dif_offset);
          return FALSE;
        }
      if (!amsel_cursor_u8 (cursor, &dife))
        {
          g_set_error (error, EN13757_ERROR, EN13757_ERROR_PREMATURE_END_OF_DIF,
                       "the telegram ends at offset %" G_GSIZE_FORMAT
                       ", within the DIF chain that begins at offset %u",
                       cursor->position, record->dif_offset);
          return FALSE;
        }
      record->storage |= (guint64) (dife & 0x0F) << (1 + 4 * n);
      record->tariff |= (guint32) (dife >> 4 & 3) << (2 * n);
      record->subunit |= (guint16) ((dife >> 6 & 1) << n);
      n++;
    }
  while (dife & EN13757_EXTENSION);
  record->dif_length = (guint8) (1 + n);
  return TRUE;
}
