/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The telegrams that a simulated meter answers with.
 *
 * A telegram is hexadecimal text: a whole long frame (68 L L 68 ... checksum 16), or what such a frame
 * carries, from the C field on, which is easier to write by hand since it has neither length nor checksum.
 * Only as much of the content is looked at as a meter must know of its own telegram: who it says it is, where
 * its access number stands, and whether more telegrams follow it (EN 13757-3, 6.3: DIF 1F). The decoder of
 * the master is not used for that, so that a fault of it is not answered by the same fault. */
#include "mbus-telegrams.h"

#include <gio/gio.h>
#include <string.h>

#include "mbus-frame.h"

#define BODY_MIN 3

#define DIF_BCD8         0x0C
#define DIF_MORE_FOLLOWS 0x1F
#define DIF_FILLER       0x2F
#define VIF_FABRICATION  0x78

struct _MbusTelegrams
{
  gatomicrefcount ref_count;
  GArray *telegrams; /* (owned) (element-type MbusStoredTelegram) */
};

static void
stored_telegram_clear (gpointer data)
{
  MbusStoredTelegram *telegram = data;

  g_bytes_unref (telegram->body);
}

MbusTelegrams *
mbus_telegrams_new (void)
{
  MbusTelegrams *self = g_new0 (MbusTelegrams, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->telegrams = g_array_new (FALSE, FALSE, sizeof (MbusStoredTelegram));
  g_array_set_clear_func (self->telegrams, stored_telegram_clear);
  return self;
}

MbusTelegrams *
mbus_telegrams_ref (MbusTelegrams *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mbus_telegrams_unref (MbusTelegrams *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->telegrams);
  g_free (self);
}

guint
mbus_telegrams_get_n (MbusTelegrams *self)
{
  return self->telegrams->len;
}

const MbusStoredTelegram *
mbus_telegrams_get (MbusTelegrams *self, guint n)
{
  return &g_array_index (self->telegrams, MbusStoredTelegram, n);
}

/* Length of the data of a variable-length record, EN 13757-3 table 5. */
static gboolean
get_variable_length (guint8 lvar, gsize *out)
{
  if (lvar <= 0xBF)
    *out = lvar;
  else if (lvar <= 0xC9)
    *out = lvar - 0xC0;
  else if (lvar >= 0xD0 && lvar <= 0xD9)
    *out = lvar - 0xD0;
  else if (lvar >= 0xE0 && lvar <= 0xEF)
    *out = lvar - 0xE0;
  else if (lvar >= 0xF0 && lvar <= 0xF4)
    *out = 4 * (gsize) (lvar - 0xEC);
  else if (lvar == 0xF5 || lvar == 0xF6)
    *out = lvar == 0xF5 ? 48 : 64;
  else
    return FALSE;
  return TRUE;
}

/* Moves over the bytes of a chain whose members have the top bit set but for the last. */
static gboolean
skip_chain (AmselCursor *cursor, guint8 first)
{
  while ((first & 0x80) != 0)
    if (!amsel_cursor_u8 (cursor, &first))
      return FALSE;
  return TRUE;
}

static gboolean
skip_record (AmselCursor *cursor, guint8 dif)
{
  static const guint8 LENGTHS[16] = { 0, 1, 2, 3, 4, 4, 6, 8, 0, 1, 2, 3, 4, 0, 6, 0 };
  gsize length = LENGTHS[dif & 15];
  guint8 vif;
  guint8 text_length;
  guint8 lvar;

  if (!skip_chain (cursor, dif) || !amsel_cursor_u8 (cursor, &vif) || !skip_chain (cursor, vif))
    return FALSE;
  if ((vif & 0x7F) == 0x7C
      && (!amsel_cursor_u8 (cursor, &text_length) || !amsel_cursor_skip (cursor, text_length)))
    return FALSE;
  if ((dif & 15) == 13 && (!amsel_cursor_u8 (cursor, &lvar) || !get_variable_length (lvar, &length)))
    return FALSE;
  return amsel_cursor_skip (cursor, length);
}

/* Stands on the first record of a telegram; FALSE where its kind has none. */
static gboolean
find_records (AmselCursor *cursor, const guint8 *body, gsize length)
{
  gsize records;

  switch (body[MBUS_BODY_CI])
    {
    case MBUS_CI_RESPONSE:
    case MBUS_CI_RESPONSE_MODE2:
      records = MBUS_BODY_RECORDS;
      break;
    case MBUS_CI_SHORT:
      records = MBUS_BODY_RECORDS_SHORT;
      break;
    case MBUS_CI_NO_HEADER:
      records = MBUS_BODY_CI + 1;
      break;
    default:
      return FALSE;
    }
  amsel_cursor_init (cursor, body, length);
  return amsel_cursor_skip (cursor, records);
}

static gboolean
get_more_follows (const guint8 *body, gsize length)
{
  AmselCursor cursor;
  guint8 dif;

  if (!find_records (&cursor, body, length))
    return FALSE;
  while (amsel_cursor_u8 (&cursor, &dif))
    {
      if (dif == DIF_MORE_FOLLOWS)
        return TRUE;
      if (dif != DIF_FILLER && ((dif & 15) == 15 || !skip_record (&cursor, dif)))
        return FALSE;
    }
  return FALSE;
}

/* Where the fabrication number stands in a body (record 0C 78); -1 where it has none. */
gint
mbus_body_get_fabrication_offset (const guint8 *body, gsize length)
{
  AmselCursor cursor;
  guint8 dif;

  if (!find_records (&cursor, body, length))
    return -1;
  while (amsel_cursor_u8 (&cursor, &dif))
    {
      AmselCursor record = cursor;
      guint8 vif;
      guint32 number;

      if (dif == DIF_BCD8 && amsel_cursor_u8 (&record, &vif) && vif == VIF_FABRICATION
          && amsel_cursor_u32_le (&record, &number))
        return (gint) (record.position - sizeof number);
      if (dif != DIF_FILLER && ((dif & 15) == 15 || !skip_record (&cursor, dif)))
        return -1;
    }
  return -1;
}

gboolean
mbus_body_get_fabrication (const guint8 *body, gsize length, guint32 *out)
{
  gint offset = mbus_body_get_fabrication_offset (body, length);
  AmselCursor cursor;

  amsel_cursor_init (&cursor, body, length);
  return offset >= 0 && amsel_cursor_skip (&cursor, (gsize) offset) && amsel_cursor_u32_le (&cursor, out);
}

/* Who a telegram says it is; FALSE where it has no header that says it. */
gboolean
mbus_body_get_identity (const guint8 *body, gsize length, AmselIdentity *out)
{
  guint8 ci = body[MBUS_BODY_CI];
  gboolean reversed = ci == MBUS_CI_RESPONSE_MODE2 || ci == MBUS_CI_FIXED_MODE2;
  gboolean fixed = ci == MBUS_CI_FIXED || ci == MBUS_CI_FIXED_MODE2;
  AmselCursor cursor;
  guint32 id;
  guint16 manufacturer;
  const guint8 *rest;

  if (!fixed && ci != MBUS_CI_RESPONSE && ci != MBUS_CI_RESPONSE_MODE2)
    return FALSE;
  amsel_cursor_init (&cursor, body, length);
  if (!amsel_cursor_skip (&cursor, MBUS_BODY_ID) || !amsel_cursor_u32_le (&cursor, &id))
    return FALSE;
  out->id = reversed ? GUINT32_SWAP_LE_BE (id) : id;
  if (fixed)
    return TRUE;
  if (!amsel_cursor_u16_le (&cursor, &manufacturer) || !amsel_cursor_bytes (&cursor, 2, &rest))
    return FALSE;
  out->manufacturer = reversed ? GUINT16_SWAP_LE_BE (manufacturer) : manufacturer;
  out->version = rest[0];
  out->medium = rest[1];
  return TRUE;
}

/* Where the access number stands in a body; -1 where it has none. */
gint
mbus_body_get_access_offset (const guint8 *body, gsize length)
{
  gint offset = -1;

  switch (body[MBUS_BODY_CI])
    {
    case MBUS_CI_RESPONSE:
    case MBUS_CI_RESPONSE_MODE2:
      offset = MBUS_BODY_ACCESS;
      break;
    case MBUS_CI_FIXED:
    case MBUS_CI_FIXED_MODE2:
      offset = MBUS_BODY_ACCESS_FIXED;
      break;
    case MBUS_CI_SHORT:
      offset = MBUS_BODY_ACCESS_SHORT;
      break;
    default:
      break;
    }
  return offset < (gint) length ? offset : -1;
}

/* Takes the link layer off a frame; bytes that do not begin like one are a body already. */
static GBytes *
get_body (GBytes *bytes, GError **error)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_autoptr (GError) local = NULL;
  MbusFrame frame;

  if (length > 0 && data[0] != MBUS_START_LONG)
    {
      if (length >= BODY_MIN && length <= MBUS_LONG_MAX)
        return g_bytes_ref (bytes);
      g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                   "%" G_GSIZE_FORMAT
                   " bytes cannot be a telegram; expected a long frame (68 … 16), or %d to "
                   "%d bytes from its C field on",
                   length, BODY_MIN, MBUS_LONG_MAX);
      return NULL;
    }
  if (mbus_frame_parse (data, length, &frame, &local))
    return g_bytes_new_from_bytes (bytes, 4, length - MBUS_LONG_OVERHEAD);
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, "not a telegram: %s", local->message);
  return NULL;
}

gboolean
mbus_telegrams_add_hex (MbusTelegrams *self, const gchar *text, GError **error)
{
  g_autoptr (GBytes) bytes = amsel_hex_decode (text, -1, error);
  MbusStoredTelegram telegram;
  gsize length;
  const guint8 *data;

  if (bytes == NULL)
    return FALSE;
  if (self->telegrams->len >= MBUS_TELEGRAMS_MAX)
    {
      g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                   "more than %d telegrams for one meter", MBUS_TELEGRAMS_MAX);
      return FALSE;
    }
  telegram.body = get_body (bytes, error);
  if (telegram.body == NULL)
    return FALSE;
  data = g_bytes_get_data (telegram.body, &length);
  telegram.more_follows = get_more_follows (data, length);
  g_array_append_val (self->telegrams, telegram);
  return TRUE;
}

static gboolean
add_lines (MbusTelegrams *self, const gchar *path, gchar **lines, GError **error)
{
  for (guint i = 0; lines[i] != NULL; i++)
    {
      gchar *text = lines[i];
      gchar *comment = strpbrk (text, "#;");

      if (comment != NULL)
        *comment = '\0';
      g_strstrip (text);
      if (*text != '\0' && !mbus_telegrams_add_hex (self, text, error))
        {
          g_prefix_error (error, "%s:%u: ", path, i + 1);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
check_file (const gchar *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info =
      g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                         G_FILE_QUERY_INFO_NONE, NULL, NULL);

  /* what is not there is named by the attempt to read it */
  if (info == NULL)
    return TRUE;
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_FILE, "%s: not a regular file", path);
      return FALSE;
    }
  if (g_file_info_get_size (info) > MBUS_TELEGRAMS_FILE_SIZE_MAX)
    {
      g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_FILE,
                   "%s: larger than %d bytes, the most a file of telegrams may have", path,
                   MBUS_TELEGRAMS_FILE_SIZE_MAX);
      return FALSE;
    }
  return TRUE;
}

/* Adds the telegrams of a text file, one on each line; # and ; begin comments. */
gboolean
mbus_telegrams_add_file (MbusTelegrams *self, const gchar *path, GError **error)
{
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) local = NULL;

  if (!check_file (path, error))
    return FALSE;
  if (!g_file_get_contents (path, &text, NULL, &local))
    {
      g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_FILE, "%s", local->message);
      return FALSE;
    }
  lines = g_strsplit (text, "\n", -1);
  return add_lines (self, path, lines, error);
}
