/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Senders. A protocol can only say whether one meter matches one identity. So meters whose address has a
 * whole identification number are found by it, and only those with wildcards are tried one after the other,
 * when a sender is met for the first time or the list has changed. */
#include "amsel-senders.h"

/* Strangers are forgotten first; where that frees less than this share, all are. */
#define FREED_MIN 8

struct _AmselSenders
{
  GPtrArray *watches; /* (unowned) (element-type AmselMeterWatch) */
  guint list;         /* number of the list, which grows with each change */
  GHashTable *known;  /* (owned) (element-type AmselIdentity AmselSender) */
  GHashTable
      *by_id;   /* (owned) (element-type guint32 guint): number of the first meter with that id, from 1 */
  GArray *next; /* (owned) (element-type guint): for each meter the number of the next one with the same id */
  GArray
      *wildcards; /* (owned) (element-type guint): numbers of meters whose address has no whole id, from 0 */
};

AmselSenders *
amsel_senders_new (GPtrArray *watches)
{
  AmselSenders *self = g_new0 (AmselSenders, 1);

  self->watches = watches;
  self->list = 1;
  self->known = g_hash_table_new_full (amsel_identity_hash, amsel_identity_equal, NULL, g_free);
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
  self->list++;
  g_hash_table_remove_all (self->by_id);
  g_array_set_size (self->next, 0);
  g_array_set_size (self->wildcards, 0);
}

/* Meters that are new at the end of the list join the index. */
static void
index_watches (AmselSenders *self, AmselProtocol *protocol)
{
  for (guint i = self->next->len; i < self->watches->len; i++)
    {
      const AmselMeterWatch *watch = g_ptr_array_index (self->watches, i);
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
resolve (AmselSenders *self, AmselProtocol *protocol, const AmselIdentity *identity)
{
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_id, GUINT_TO_POINTER (identity->id)));

  for (; number != 0; number = g_array_index (self->next, guint, number - 1))
    {
      AmselMeterWatch *watch = g_ptr_array_index (self->watches, number - 1);

      if (amsel_protocol_matches (protocol, watch->meter, identity))
        return watch;
    }
  for (guint i = 0; i < self->wildcards->len; i++)
    {
      AmselMeterWatch *watch = g_ptr_array_index (self->watches, g_array_index (self->wildcards, guint, i));

      if (amsel_protocol_matches (protocol, watch->meter, identity))
        return watch;
    }
  return NULL;
}

/* Looks a sender up in the list: the meter, or else the device with the radio. Nobody is who is not known. */
static void
find_watch (AmselSenders *self, AmselProtocol *protocol, AmselSender *sender)
{
  static const AmselIdentity nobody = { .address = AMSEL_ADDRESS_NONE };

  sender->list = self->list;
  sender->watch = NULL;
  if (amsel_identity_equal (&sender->identity, &nobody))
    return;
  index_watches (self, protocol);
  sender->watch = resolve (self, protocol, &sender->identity);
  if (sender->watch == NULL && !amsel_identity_equal (&sender->identity, &sender->carrier))
    sender->watch = resolve (self, protocol, &sender->carrier);
}

static gboolean
is_stranger (gpointer key G_GNUC_UNUSED, gpointer value, gpointer user_data)
{
  const AmselSenders *self = user_data;
  const AmselSender *sender = value;

  return sender->list != self->list || sender->watch == NULL;
}

static void
make_room (AmselSenders *self)
{
  if (g_hash_table_size (self->known) >= AMSEL_SENDERS_MAX
      && g_hash_table_foreach_remove (self->known, is_stranger, self) < AMSEL_SENDERS_MAX / FREED_MIN)
    g_hash_table_remove_all (self->known);
}

AmselSender *
amsel_senders_get (AmselSenders *self, AmselProtocol *protocol, const AmselIdentity *identity,
                   const AmselIdentity *carrier)
{
  AmselSender *sender = g_hash_table_lookup (self->known, identity);

  if (sender != NULL && sender->list == self->list && amsel_identity_equal (&sender->carrier, carrier))
    return sender;
  if (sender == NULL)
    {
      make_room (self);
      sender = g_new0 (AmselSender, 1);
      sender->identity = *identity;
      sender->heard_us = sender->read_us = sender->unread_us = AMSEL_SENDER_NEVER;
      g_hash_table_insert (self->known, &sender->identity, sender);
    }
  sender->carrier = *carrier;
  find_watch (self, protocol, sender);
  return sender;
}

void
amsel_senders_foreach (AmselSenders *self, AmselProtocol *protocol, AmselSenderFunc func, gpointer user_data)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      AmselSender *sender = value;

      if (sender->list != self->list)
        find_watch (self, protocol, sender);
      func (sender, user_data);
    }
}
