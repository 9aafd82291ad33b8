/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose telegram is it? A protocol can only say whether one meter matches one identity. So meters whose
 * address has a whole identification number are found by it, and only those with wildcards are tried one
 * after the other when a sender is met for the first time; from then on it is one look into a table, whether
 * the sender is in the list or a stranger. The table is bounded: whoever makes up identities only makes it
 * begin anew. */
#include "amsel-senders.h"

#define SENDERS_MAX 200000

struct _AmselSenders
{
  GHashTable *known; /* (owned) (element-type AmselIdentity AmselMeterWatch): NULL for strangers */
  GHashTable
      *by_id;   /* (owned) (element-type guint32 guint): number of the first meter with that id, from 1 */
  GArray *next; /* (owned) (element-type guint): for each meter the number of the next one with the same id */
  GArray
      *wildcards; /* (owned) (element-type guint): numbers of meters whose address has no whole id, from 0 */
};

AmselSenders *
amsel_senders_new (void)
{
  AmselSenders *self = g_new0 (AmselSenders, 1);

  self->known = g_hash_table_new_full (amsel_identity_hash, amsel_identity_equal, g_free, NULL);
  self->by_id = g_hash_table_new (NULL, NULL);
  self->next = g_array_new (FALSE, FALSE, sizeof (guint));
  self->wildcards = g_array_new (FALSE, FALSE, sizeof (guint));
  return self;
}

void
amsel_senders_free (AmselSenders *self)
{
  g_hash_table_unref (self->known);
  g_hash_table_unref (self->by_id);
  g_array_unref (self->next);
  g_array_unref (self->wildcards);
  g_free (self);
}

void
amsel_senders_forget (AmselSenders *self)
{
  g_hash_table_remove_all (self->known);
  g_hash_table_remove_all (self->by_id);
  g_array_set_size (self->next, 0);
  g_array_set_size (self->wildcards, 0);
}

/* Meters that are new at the end of the list join the index. */
static void
index_watches (AmselSenders *self, AmselProtocol *protocol, GPtrArray *watches)
{
  for (guint i = self->next->len; i < watches->len; i++)
    {
      const AmselMeterWatch *watch = g_ptr_array_index (watches, i);
      guint next = 0;
      guint32 id;

      if (!amsel_protocol_get_meter_id (protocol, watch->meter, &id))
        g_array_append_val (self->wildcards, i);
      else
        {
          next = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_id, GUINT_TO_POINTER (id)));
          g_hash_table_insert (self->by_id, GUINT_TO_POINTER (id), GUINT_TO_POINTER (i + 1));
        }
      g_array_append_val (self->next, next);
    }
}

static AmselMeterWatch *
resolve (AmselSenders *self, AmselProtocol *protocol, GPtrArray *watches, const AmselIdentity *identity)
{
  guint number;

  index_watches (self, protocol, watches);
  number = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_id, GUINT_TO_POINTER (identity->id)));
  for (; number != 0; number = g_array_index (self->next, guint, number - 1))
    {
      AmselMeterWatch *watch = g_ptr_array_index (watches, number - 1);

      if (amsel_protocol_matches (protocol, watch->meter, identity))
        return watch;
    }
  for (guint i = 0; i < self->wildcards->len; i++)
    {
      AmselMeterWatch *watch = g_ptr_array_index (watches, g_array_index (self->wildcards, guint, i));

      if (amsel_protocol_matches (protocol, watch->meter, identity))
        return watch;
    }
  return NULL;
}

AmselMeterWatch *
amsel_senders_find (AmselSenders *self, AmselProtocol *protocol, GPtrArray *watches,
                    const AmselIdentity *identity)
{
  gpointer found = NULL;

  if (g_hash_table_lookup_extended (self->known, identity, NULL, &found))
    return found;
  found = resolve (self, protocol, watches, identity);
  if (g_hash_table_size (self->known) >= SENDERS_MAX)
    g_hash_table_remove_all (self->known);
  g_hash_table_insert (self->known, g_memdup2 (identity, sizeof *identity), found);
  return found;
}
