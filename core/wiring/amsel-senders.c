/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose telegram is it? A protocol can only say whether one meter matches one identity, so the first telegram
 * of a sender is held against every meter of the list; from then on it is one look into a table, whether the
 * sender is in the list or a stranger. The table is bounded: whoever makes up identities only makes it begin
 * anew. */
#include "amsel-senders.h"

#define SENDERS_MAX 100000

struct _AmselSenders
{
  GHashTable *known; /* (owned) (element-type AmselIdentity AmselMeterWatch): NULL for strangers */
};

static guint
hash_identity (gconstpointer data)
{
  const AmselIdentity *identity = data;

  return identity->id * 31 + (guint) identity->manufacturer * 17 + identity->version * 7u
         + identity->medium * 3u + (guint) identity->address;
}

static gboolean
equal_identities (gconstpointer a, gconstpointer b)
{
  const AmselIdentity *x = a;
  const AmselIdentity *y = b;

  return x->id == y->id && x->manufacturer == y->manufacturer && x->version == y->version
         && x->medium == y->medium && x->address == y->address;
}

AmselSenders *
amsel_senders_new (void)
{
  AmselSenders *self = g_new0 (AmselSenders, 1);

  self->known = g_hash_table_new_full (hash_identity, equal_identities, g_free, NULL);
  return self;
}

void
amsel_senders_free (AmselSenders *self)
{
  g_hash_table_unref (self->known);
  g_free (self);
}

void
amsel_senders_forget (AmselSenders *self)
{
  g_hash_table_remove_all (self->known);
}

AmselMeterWatch *
amsel_senders_find (AmselSenders *self, AmselProtocol *protocol, GPtrArray *watches,
                    const AmselIdentity *identity)
{
  gpointer found = NULL;

  if (g_hash_table_lookup_extended (self->known, identity, NULL, &found))
    return found;
  for (guint i = 0; i < watches->len && found == NULL; i++)
    {
      AmselMeterWatch *watch = g_ptr_array_index (watches, i);

      if (amsel_protocol_matches (protocol, watch->meter, identity))
        found = watch;
    }
  if (g_hash_table_size (self->known) >= SENDERS_MAX)
    g_hash_table_remove_all (self->known);
  g_hash_table_insert (self->known, g_memdup2 (identity, sizeof *identity), found);
  return found;
}
