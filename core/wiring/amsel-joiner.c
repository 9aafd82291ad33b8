/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Joins the telegrams of a meter.
 *
 * What kinds of telegrams there are need not be known: whatever a new telegram says is taken out of the
 * earlier ones, and one of which nothing is left goes. So the next telegram of a kind replaces the one
 * before, and no value is there twice. Telegrams that are kept have nothing in common, and joining them is
 * only putting them side by side.
 *
 * Bounded by number and age for a meter and by size for all of them; who was not heard for longest is
 * forgotten first. */
#include "amsel-joiner.h"

#include <string.h>

#include "amsel-telegram-part.h"

/* One meter: a link in the queue of all. */
typedef struct
{
  AmselIdentity meter;
  GList link;
  guint n;
  gsize size;                                 /* of the telegrams */
  AmselTelegram *telegrams[AMSEL_JOINED_MAX]; /* (owned): newest first */
} Kept;

struct _AmselJoiner
{
  const gint64 *join_us; /* (unowned) */
  const gint64 *memory;  /* (unowned) */
  GHashTable *meters;    /* (owned) (element-type AmselIdentity Kept) */
  GQueue queue;          /* of links of Kept: who was heard last is the last */
  gsize size;            /* of all telegrams */
  guint64 n_forgotten;
  GArray *meanings;                        /* (owned) (element-type guint64): of the telegram at hand */
  AmselTelegram *joined[AMSEL_JOINED_MAX]; /* (unowned): the last answer */
  AmselTelegram *last;                     /* (owned) (nullable): first of it */
};

AmselJoiner *
amsel_joiner_new (const gint64 *join_us, const gint64 *memory)
{
  AmselJoiner *self = g_new0 (AmselJoiner, 1);

  self->join_us = join_us;
  self->memory = memory;
  self->meters = g_hash_table_new (amsel_identity_hash, amsel_identity_equal);
  g_queue_init (&self->queue);
  self->meanings = g_array_new (FALSE, FALSE, sizeof (guint64));
  return self;
}

/* Takes one of the telegrams of a meter out. */
static void
drop (AmselJoiner *self, Kept *kept, guint index)
{
  gsize size = amsel_telegram_get_size (kept->telegrams[index]);

  amsel_telegram_unref (kept->telegrams[index]);
  kept->n--;
  memmove (&kept->telegrams[index], &kept->telegrams[index + 1],
           (kept->n - index) * sizeof kept->telegrams[0]);
  kept->size -= size;
  self->size -= size;
}

static void
put (AmselJoiner *self, Kept *kept, guint index, AmselTelegram *telegram)
{
  gsize size = amsel_telegram_get_size (telegram);

  memmove (&kept->telegrams[index + 1], &kept->telegrams[index],
           (kept->n - index) * sizeof kept->telegrams[0]);
  kept->telegrams[index] = telegram;
  kept->n++;
  kept->size += size;
  self->size += size;
}

static void
forget (AmselJoiner *self, Kept *kept)
{
  while (kept->n > 0)
    drop (self, kept, kept->n - 1);
  g_hash_table_remove (self->meters, &kept->meter);
  g_queue_unlink (&self->queue, &kept->link);
  g_free (kept);
}

void
amsel_joiner_free (AmselJoiner *self)
{
  while (self->queue.head != NULL)
    forget (self, self->queue.head->data);
  g_clear_pointer (&self->last, amsel_telegram_unref);
  g_hash_table_unref (self->meters);
  g_array_unref (self->meanings);
  g_free (self);
}

guint
amsel_joiner_get_n_meters (AmselJoiner *self)
{
  return g_hash_table_size (self->meters);
}

guint64
amsel_joiner_get_n_forgotten (AmselJoiner *self)
{
  return self->n_forgotten;
}

static gint64
get_time (const AmselTelegram *telegram)
{
  return amsel_frame_get_received_us (amsel_telegram_get_frame (telegram));
}

/* Receivers may not agree about the time, and clocks are set: what seems to come from the future is as old as
 * it is far away. */
static gboolean
is_old (AmselJoiner *self, const AmselTelegram *telegram, gint64 now_us)
{
  gint64 since_us = now_us - get_time (telegram);

  return ABS (since_us) > *self->join_us;
}

/* Those who were not heard for so long that nothing of theirs is of use. */
static void
forget_old (AmselJoiner *self, gint64 now_us)
{
  while (self->queue.head != NULL)
    {
      Kept *kept = self->queue.head->data;

      if (kept->n > 0 && !is_old (self, kept->telegrams[0], now_us))
        return;
      forget (self, kept);
    }
}

static Kept *
find (AmselJoiner *self, const AmselIdentity *meter)
{
  Kept *kept = g_hash_table_lookup (self->meters, meter);

  if (kept != NULL)
    g_queue_unlink (&self->queue, &kept->link);
  else
    {
      kept = g_new0 (Kept, 1);
      kept->meter = *meter;
      kept->link.data = kept;
      g_hash_table_insert (self->meters, &kept->meter, kept);
    }
  g_queue_push_tail_link (&self->queue, &kept->link);
  return kept;
}

/* Of the telegrams before stays what is neither old nor said again. */
static void
reduce (AmselJoiner *self, Kept *kept, gint64 now_us)
{
  for (guint i = kept->n; i-- > 0;)
    {
      AmselTelegram *telegram = kept->telegrams[i];
      AmselTelegram *part =
          is_old (self, telegram, now_us) ? NULL : amsel_telegram_subtract (telegram, self->meanings);

      if (part == telegram)
        {
          amsel_telegram_unref (part);
          continue;
        }
      drop (self, kept, i);
      if (part != NULL)
        put (self, kept, i, part);
    }
}

/* Who was not heard for longest goes first; of one meter alone its oldest telegrams. */
static void
make_room (AmselJoiner *self, Kept *present)
{
  while (self->size > (gsize) *self->memory)
    {
      Kept *oldest = self->queue.head->data;

      if (oldest != present)
        {
          forget (self, oldest);
          self->n_forgotten++;
        }
      else if (present->n > 1)
        drop (self, present, present->n - 1);
      else
        return;
    }
}

AmselTelegram *const *
amsel_joiner_join (AmselJoiner *self, const AmselIdentity *meter, AmselTelegram *telegram, gsize *n)
{
  gint64 now_us = get_time (telegram);
  guint first = 0;
  Kept *kept;

  forget_old (self, now_us);
  kept = find (self, meter);
  g_array_set_size (self->meanings, 0);
  amsel_telegram_list_meanings (telegram, self->meanings);
  reduce (self, kept, now_us);
  if (self->meanings->len > 0)
    {
      if (kept->n == AMSEL_JOINED_MAX)
        drop (self, kept, kept->n - 1);
      put (self, kept, 0, amsel_telegram_ref (telegram));
      first = 1;
    }
  make_room (self, kept);

  g_clear_pointer (&self->last, amsel_telegram_unref);
  self->last = self->joined[0] = amsel_telegram_ref (telegram);
  *n = 1;
  for (guint i = first; i < kept->n && *n < AMSEL_JOINED_MAX; i++)
    self->joined[(*n)++] = kept->telegrams[i];
  if (kept->n == 0)
    forget (self, kept);
  return self->joined;
}
