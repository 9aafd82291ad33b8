/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A compiled driver says what it reads only when somebody wants to know: decoding does not pay for it. */
#include "driver-explain-notes.h"

#include <string.h>

#include "driver-private.h"

static gint
compare_notes (gconstpointer a, gconstpointer b)
{
  const DriverNote *left = a;
  const DriverNote *right = b;

  if (left->offset != right->offset)
    return left->offset < right->offset ? -1 : 1;
  return left->length == right->length ? 0 : left->length < right->length ? -1 : 1;
}

/* A telegram to be filled once more, with all that drivers see. */
static AmselTelegram *
copy_telegram (const AmselTelegram *telegram)
{
  gsize n;
  const AmselRecord *records = amsel_telegram_get_records (telegram, &n);
  g_autoptr (GBytes) payload = amsel_telegram_dup_payload (telegram);
  AmselTelegram *copy = amsel_telegram_new (amsel_telegram_get_frame (telegram), n);

  *amsel_telegram_edit_header (copy) = *amsel_telegram_get_header (telegram);
  amsel_telegram_set_payload (copy, payload);
  for (gsize i = 0; i < n; i++)
    *amsel_telegram_add_record (copy) = records[i];
  return copy;
}

GArray *
driver_explain_collect (const AmselTelegram *telegram, gsize begin, gsize end)
{
  GArray *notes = g_array_new (FALSE, FALSE, sizeof (DriverNote));
  g_autoptr (AmselTelegram) copy = NULL;
  DriverContext context = { .notes = notes };
  const guint8 *payload;
  gsize length;

  if (amsel_telegram_get_n_fields (telegram) == 0)
    return notes;
  copy = copy_telegram (telegram);
  payload = amsel_telegram_get_payload (copy, &length);
  end = MIN (end, length);
  begin = MIN (begin, end);
  context.telegram = copy;
  context.identity = &amsel_telegram_get_header (copy)->identity;
  context.ci = amsel_telegram_get_header (copy)->ci;
  context.link = amsel_frame_get_data (amsel_telegram_get_frame (copy), &context.link_length);
  context.payload = payload + begin;
  context.payload_length = end - begin;
  context.payload_offset = begin;
  if (amsel_telegram_get_n_records (copy) == 0)
    driver_decode_payload (&context);
  else
    driver_apply_codes (&context);
  g_array_sort (notes, compare_notes);
  return notes;
}

/* The first note from *index on that begins at or behind begin and ends before end. */
static const DriverNote *
next_note (const GArray *notes, guint *index, gsize begin, gsize end)
{
  for (; *index < notes->len; (*index)++)
    {
      const DriverNote *note = &g_array_index (notes, DriverNote, *index);

      if (note->length > 0 && note->offset >= begin && note->offset + note->length <= end)
        return note;
    }
  return NULL;
}

gboolean
driver_explain_has_notes (const GArray *notes, gsize begin, gsize end)
{
  guint index = 0;

  return next_note (notes, &index, begin, end) != NULL;
}

static void
append_meaning (GString *out, const AmselTelegram *telegram, const gchar *what)
{
  guint n = amsel_telegram_get_n_fields (telegram);
  guint i = 0;
  g_autofree gchar *value = NULL;

  g_string_append_printf (out, "%s%s", out->len > 0 ? "; " : "", what);
  while (i < n && strcmp (amsel_telegram_get_field_name (telegram, i), what) != 0)
    i++;
  if (i == n)
    return;
  value = amsel_telegram_get_field_value_text (telegram, i);
  if (value != NULL)
    g_string_append_printf (out, " %s", value);
  else
    g_string_append_printf (out, ": no value, %s",
                            amsel_reason_get_name (amsel_telegram_get_field_reason (telegram, i)));
}

/* Notes that share bytes have one line, which is as long as they are together. */
gsize
driver_explain_notes (DriverExplanation *self, const AmselTelegram *telegram, const GArray *notes, gsize end)
{
  gsize understood = 0;
  guint index = 0;
  const DriverNote *note;

  end = MIN (end, self->length);
  while ((note = next_note (notes, &index, self->position, end)) != NULL)
    {
      g_autoptr (GString) meaning = g_string_new (NULL);
      gsize note_end = note->offset + note->length;

      driver_explain_bytes (self, note->offset - self->position, "not understood");
      append_meaning (meaning, telegram, note->what);
      for (index++;
           (note = next_note (notes, &index, self->position, end)) != NULL && note->offset < note_end;
           index++)
        {
          note_end = MAX (note_end, note->offset + note->length);
          append_meaning (meaning, telegram, note->what);
        }
      understood += note_end - self->position;
      driver_explain_bytes (self, note_end - self->position, "%s", meaning->str);
    }
  if (self->position < end)
    driver_explain_bytes (self, end - self->position, "not understood");
  return understood;
}
