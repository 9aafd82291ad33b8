/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON lines: one object for each readout, with its telegrams in the form that “amsel decode” prints. */
#include "json-rows.h"

#include "amsel-json.h"
#include "amsel-telegram-json.h"

struct _JsonRows
{
  CsvZone *zone;         /* (unowned) */
  const gchar *line_end; /* (static) */
  AmselJson json;
};

JsonRows *
json_rows_new (CsvZone *zone, const gchar *line_end)
{
  JsonRows *self = g_new0 (JsonRows, 1);

  self->zone = zone;
  self->line_end = line_end;
  return self;
}

void
json_rows_free (JsonRows *self)
{
  amsel_json_clear (&self->json);
  g_free (self);
}

static void
put_text (JsonRows *self, const gchar *key, const gchar *text)
{
  amsel_json_key (&self->json, key);
  if (text != NULL)
    amsel_json_string (&self->json, text);
  else
    amsel_json_null (&self->json);
}

static void
put_time (JsonRows *self, const gchar *key, gint64 us, gboolean milliseconds)
{
  gchar text[CSV_TIME_CHARS];

  amsel_json_key (&self->json, key);
  if (us == 0)
    {
      amsel_json_null (&self->json);
      return;
    }
  csv_zone_write (self->zone, us, milliseconds, text);
  amsel_json_name (&self->json, text);
}

static void
put_error (JsonRows *self, const AmselReadoutInfo *info)
{
  if (info->error_domain == NULL)
    return;
  amsel_json_key (&self->json, "error");
  amsel_json_begin_object (&self->json);
  put_text (self, "domain", info->error_domain);
  amsel_json_key (&self->json, "code");
  amsel_json_int (&self->json, info->error_code);
  put_text (self, "message", info->error_message);
  amsel_json_end_object (&self->json);
}

static void
put_telegram (JsonRows *self, const AmselTelegram *telegram)
{
  gsize length;
  const guint8 *data = amsel_frame_get_data (amsel_telegram_get_frame (telegram), &length);

  amsel_json_begin_object (&self->json);
  amsel_json_key (&self->json, "raw");
  amsel_json_hex (&self->json, data, length);
  put_time (self, "received", amsel_frame_get_received_us (amsel_telegram_get_frame (telegram)), TRUE);
  amsel_telegram_write_json_members (telegram, &self->json);
  amsel_json_end_object (&self->json);
}

/* Writes the line of a readout. */
void
json_rows_write (JsonRows *self, const AmselReadout *readout, GString *out)
{
  const AmselReadoutInfo *info = amsel_readout_get_info (readout);
  gsize n_telegrams;
  AmselTelegram *const *telegrams = amsel_readout_get_telegrams (readout, &n_telegrams);

  amsel_json_reset (&self->json);
  amsel_json_begin_object (&self->json);
  amsel_json_key (&self->json, "sequence");
  amsel_json_uint (&self->json, amsel_readout_get_sequence (readout));
  put_time (self, "time", info->slot_us != 0 ? info->slot_us : info->end_us, FALSE);
  put_time (self, "start", info->start_us, TRUE);
  put_time (self, "end", info->end_us, TRUE);
  put_text (self, "pipeline", info->pipeline);
  put_text (self, "line", info->line);
  put_text (self, "name", info->meter);
  put_text (self, "protocol", info->protocol);
  put_text (self, "quality", amsel_quality_get_name (info->quality));
  put_error (self, info);
  amsel_json_key (&self->json, "telegrams");
  amsel_json_begin_array (&self->json);
  for (gsize i = 0; i < n_telegrams; i++)
    put_telegram (self, telegrams[i]);
  amsel_json_end_array (&self->json);
  amsel_json_end_object (&self->json);
  g_string_append_len (out, self->json.text, (gssize) self->json.length);
  g_string_append (out, self->line_end);
}
