/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Identification numbers of several slaves at once.
 *
 * What a search costs depends on how the numbers lie, so a line can be filled with numbers as buildings have
 * them. Numbers are in the packed form of the wire: one digit in each four bits. */
#include "mbus-numbers.h"

#include "mbus-random.h"

#define DIGITS        8
#define NUMBERS_COUNT 100000000 /* of eight decimal digits */

/* Sequence of random numbers that nothing else on the line uses. */
#define STREAM 0x6E756D62

G_DEFINE_ENUM_TYPE (MbusNumbers, mbus_numbers, G_DEFINE_ENUM_VALUE (MBUS_NUMBERS_CONSECUTIVE, "consecutive"),
                    G_DEFINE_ENUM_VALUE (MBUS_NUMBERS_RANDOM, "random"),
                    G_DEFINE_ENUM_VALUE (MBUS_NUMBERS_CLUSTERS, "clusters"),
                    G_DEFINE_ENUM_VALUE (MBUS_NUMBERS_LETTERS, "letters"))

gboolean
mbus_number_parse (const gchar *text, guint32 *out_id)
{
  guint32 id = 0;

  for (guint i = 0; i < DIGITS; i++)
    {
      gint digit = g_ascii_xdigit_value (text[i]);

      if (digit < 0)
        return FALSE;
      id = id << 4 | (guint32) digit;
    }
  *out_id = id;
  return text[DIGITS] == '\0';
}

static guint32
pack (guint64 decimal)
{
  guint32 id = 0;

  for (guint i = 0; i < DIGITS; i++, decimal /= 10)
    id |= (guint32) (decimal % 10) << (4 * i);
  return id;
}

gboolean
mbus_number_add (guint32 id, guint64 n, guint32 *out_id)
{
  guint64 decimal = 0;

  *out_id = id;
  if (n == 0)
    return TRUE;
  for (guint i = DIGITS; i > 0; i--)
    {
      guint digit = id >> (4 * (i - 1)) & 15;

      if (digit > 9)
        return FALSE;
      decimal = decimal * 10 + digit;
    }
  *out_id = pack (decimal + n);
  return TRUE;
}

/* F is no digit of a number: it is the wildcard of a selection. */
static guint32
draw_letters (MbusRandom *random)
{
  guint32 id = 0;

  for (guint i = 0; i < DIGITS; i++)
    id = id << 4 | (guint32) mbus_random_below (random, 15);
  return id;
}

/* Beginnings of the runs of consecutive numbers. */
static guint32
draw_in_cluster (MbusRandom *random, guint64 *begins, guint n_clusters, guint nth)
{
  guint64 *begin = &begins[nth % n_clusters];

  if (nth < n_clusters)
    *begin = mbus_random_below (random, NUMBERS_COUNT);
  return pack ((*begin + nth / n_clusters) % NUMBERS_COUNT);
}

guint32 *
mbus_numbers_draw (MbusNumbers kind, guint n, guint n_clusters, guint64 seed)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (NULL, NULL);
  g_autofree guint64 *begins = g_new0 (guint64, n_clusters);
  guint32 *numbers = g_new (guint32, n);
  MbusRandom random;
  guint tries = 0;

  mbus_random_init (&random, seed, STREAM);
  for (guint i = 0; i < n; tries++)
    {
      /* runs that meet leave no number for the rest of a cluster, which then lies anywhere */
      if (kind == MBUS_NUMBERS_CLUSTERS && tries < n)
        numbers[i] = draw_in_cluster (&random, begins, n_clusters, tries);
      else if (kind == MBUS_NUMBERS_LETTERS)
        numbers[i] = draw_letters (&random);
      else
        numbers[i] = pack (mbus_random_below (&random, NUMBERS_COUNT));
      if (g_hash_table_add (taken, GUINT_TO_POINTER (numbers[i])))
        i++;
    }
  return numbers;
}
