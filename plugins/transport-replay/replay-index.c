/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds in a recording what followed when certain bytes were sent: a table from sent bytes to the places
 * behind them. */
#include "replay-index.h"

/* More requests than this are no dialogue to look things up in. */
#define PLACES_MAX 1000000

typedef struct
{
  AmselRecordingPlace place;
  gint64 time_us;
} Place;

typedef struct
{
  GArray *places; /* (owned) (element-type Place) */
  guint next;
} Places;

struct _ReplayIndex
{
  GHashTable *sent; /* (owned) (element-type GBytes Places) */
  guint n_places;
};

static void
places_free (gpointer data)
{
  Places *places = data;

  g_array_unref (places->places);
  g_free (places);
}

static void
add (ReplayIndex *self, GBytes *sent, Place place)
{
  Places *places = g_hash_table_lookup (self->sent, sent);

  if (places == NULL)
    {
      places = g_new0 (Places, 1);
      places->places = g_array_new (FALSE, FALSE, sizeof (Place));
      g_hash_table_insert (self->sent, g_bytes_ref (sent), places);
    }
  g_array_append_val (places->places, place);
  self->n_places++;
}

ReplayIndex *
replay_index_new (AmselRecordingReader *reader, GError **error)
{
  g_autoptr (ReplayIndex) self = g_new0 (ReplayIndex, 1);
  gboolean at_end = FALSE;

  self->sent =
      g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, places_free);
  while (!at_end)
    {
      g_auto (AmselRecordingEntry) entry = { 0 };

      if (!amsel_recording_reader_next (reader, &entry, error))
        return NULL;
      at_end = entry.direction == AMSEL_RECORDING_NONE;
      if (entry.direction != AMSEL_RECORDING_SENT)
        continue;
      if (self->n_places == PLACES_MAX)
        {
          g_set_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_RECORDING,
                       "more than %d requests are too many for “match: any”", PLACES_MAX);
          return NULL;
        }
      add (self, entry.data, (Place){ amsel_recording_reader_get_place (reader), entry.time_us });
    }
  amsel_recording_reader_set_place (reader, (AmselRecordingPlace){ 0 });
  return g_steal_pointer (&self);
}

void
replay_index_free (ReplayIndex *self)
{
  g_hash_table_unref (self->sent);
  g_free (self);
}

guint
replay_index_get_size (ReplayIndex *self)
{
  return self->n_places;
}

gboolean
replay_index_find (ReplayIndex *self, GBytes *sent, AmselRecordingPlace *out_place, gint64 *out_time_us)
{
  Places *places = g_hash_table_lookup (self->sent, sent);
  Place *place;

  if (places == NULL)
    return FALSE;
  place = &g_array_index (places->places, Place, places->next);
  places->next = (places->next + 1) % places->places->len;
  *out_place = place->place;
  *out_time_us = place->time_us;
  return TRUE;
}
