/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a meter's identity to its drivers: a hash of the manufacturer leads to its few lines, which are
 * ordered from the most particular to the most general. Nothing is changed by looking, so threads may share
 * it. */
#include "driver-private.h"

#define SLOT_NONE (-1)

/* The top bit of what a meter sends says that its address is not unique, not who made it. */
#define LETTERS(manufacturer) ((guint16) ((manufacturer) &0x7FFF))

void
driver_index_init (DriverIndex *self)
{
  *self = (DriverIndex){ .entries = g_array_new (FALSE, FALSE, sizeof (DriverIndexEntry)) };
}

void
driver_index_clear (DriverIndex *self)
{
  g_clear_pointer (&self->entries, g_array_unref);
  g_clear_pointer (&self->slots, g_free);
}

void
driver_index_add (DriverIndex *self, const DriverMatch *matches, gconstpointer driver)
{
  for (gsize i = 0; matches[i].manufacturer != 0; i++)
    {
      DriverIndexEntry entry = { matches[i], driver };

      g_array_append_val (self->entries, entry);
    }
}

static guint
particularity (const DriverMatch *match)
{
  return (match->version != DRIVER_ANY ? 2u : 0u) + (match->medium != DRIVER_ANY ? 1u : 0u);
}

static gint
compare_entries (gconstpointer a, gconstpointer b)
{
  const DriverMatch *left = &((const DriverIndexEntry *) a)->match;
  const DriverMatch *right = &((const DriverIndexEntry *) b)->match;

  if (left->manufacturer != right->manufacturer)
    return left->manufacturer < right->manufacturer ? -1 : 1;
  return (gint) particularity (right) - (gint) particularity (left);
}

static guint32
slot_of (const DriverIndex *self, guint16 manufacturer)
{
  return (manufacturer * 0x9E3779B1u >> 16) & self->slot_mask;
}

void
driver_index_build (DriverIndex *self)
{
  guint n_slots = 16;
  guint16 before = 0;

  while (n_slots < 2 * self->entries->len)
    n_slots *= 2;
  self->slot_mask = n_slots - 1;
  self->slots = g_renew (gint32, self->slots, n_slots);
  for (guint i = 0; i < n_slots; i++)
    self->slots[i] = SLOT_NONE;
  /* g_array_sort() keeps the order of equals */
  g_array_sort (self->entries, compare_entries);
  for (guint i = 0; i < self->entries->len; i++)
    {
      guint16 manufacturer = g_array_index (self->entries, DriverIndexEntry, i).match.manufacturer;
      guint32 slot = slot_of (self, manufacturer);

      if (manufacturer == before)
        continue;
      before = manufacturer;
      while (self->slots[slot] != SLOT_NONE)
        slot = (slot + 1) & self->slot_mask;
      self->slots[slot] = (gint32) i;
    }
}

gboolean
driver_match_fits (const DriverMatch *match, const AmselIdentity *identity)
{
  return match->manufacturer == LETTERS (identity->manufacturer)
         && (match->version == DRIVER_ANY || match->version == identity->version)
         && (match->medium == DRIVER_ANY || match->medium == identity->medium);
}

static guint
first_entry (const DriverIndex *self, guint16 manufacturer)
{
  for (guint32 slot = slot_of (self, manufacturer); self->slots[slot] != SLOT_NONE;
       slot = (slot + 1) & self->slot_mask)
    {
      guint place = (guint) self->slots[slot];

      if (g_array_index (self->entries, DriverIndexEntry, place).match.manufacturer == manufacturer)
        return place;
    }
  return self->entries->len;
}

gconstpointer
driver_index_next (const DriverIndex *self, const AmselIdentity *identity, guint *position)
{
  /* one more than the place of the entry that was given last; 0 at the beginning */
  guint i = *position > 0 ? *position : first_entry (self, LETTERS (identity->manufacturer));

  for (; i < self->entries->len; i++)
    {
      const DriverIndexEntry *entry = &g_array_index (self->entries, DriverIndexEntry, i);

      if (entry->match.manufacturer != LETTERS (identity->manufacturer))
        return NULL;
      if (driver_match_fits (&entry->match, identity))
        {
          *position = i + 1;
          return entry->driver;
        }
    }
  return NULL;
}
