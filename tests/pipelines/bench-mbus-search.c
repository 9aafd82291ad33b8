/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a search of a line at 2400 Bd costs, in seconds of the line's clock, for numbers as buildings have
 * them; and how many meters it misses. Median over SEEDS lines each. */
#include <stdlib.h>

#include "mbus-numbers.h"
#include "search-line.h"

#define SEEDS 25

static const struct
{
  const gchar *name;
  MbusNumbers numbers;
  guint sizes[5];
} CASES[] = {
  { "random", MBUS_NUMBERS_RANDOM, { 1, 10, 60, 250 } },
  { "consecutive", MBUS_NUMBERS_CONSECUTIVE, { 10, 60, 250 } },
  { "clusters", MBUS_NUMBERS_CLUSTERS, { 10, 60, 250 } },
};

static gint
compare (const void *a, const void *b)
{
  gdouble difference = *(const gdouble *) a - *(const gdouble *) b;

  return difference < 0 ? -1 : difference > 0;
}

static gdouble
measure (MbusNumbers numbers, guint n, guint64 seed, gint *missed)
{
  g_autoptr (SearchLine) line = search_line_new (seed);
  g_autofree gchar *first = g_strdup_printf ("%08u", (guint) (10000000 + seed * 7654321 % 80000000));
  gdouble seconds;

  search_line_add (line, "generate", MBUS_GENERATE_WATER, "length", MEAN_BODY_LENGTH, "count", n, "ids",
                   numbers, "clusters", 5, "id", numbers == MBUS_NUMBERS_CONSECUTIVE ? first : NULL,
                   "address-step", 0, NULL);
  seconds = search_line_run (line);
  *missed += search_line_count_missed (line);
  return seconds;
}

int
main (int argc, char **argv)
{
  const gchar *only = argc > 1 ? argv[1] : NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (CASES); i++)
    for (gsize k = 0; CASES[i].sizes[k] != 0; k++)
      {
        gdouble seconds[SEEDS];
        gint missed = 0;

        if (only != NULL && !g_str_equal (only, CASES[i].name))
          continue;
        for (guint seed = 0; seed < SEEDS; seed++)
          seconds[seed] = measure (CASES[i].numbers, CASES[i].sizes[k], seed + 1, &missed);
        qsort (seconds, SEEDS, sizeof *seconds, compare);
        g_print ("search_%s_%u_s %.1f s\n", CASES[i].name, CASES[i].sizes[k], seconds[SEEDS / 2]);
        g_print ("search_%s_%u_missed %d meters\n", CASES[i].name, CASES[i].sizes[k], missed);
      }
  return 0;
}
