/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What somebody probably meant: the candidate that the fewest typing mistakes turn into the word.
 *
 * A mistake is a letter too many, too few, wrong, or two neighbours swapped (the optimal string alignment
 * form of the Damerau-Levenshtein distance). One mistake in three letters is forgiven, not more: a wild guess
 * is worse than none. */
#include "amsel-suggest.h"

#include <string.h>

/* Longer words are no keys and no kinds; this also bounds the work. */
#define WORD_MAX 48

static guint
count_mistakes (const gchar *a, gsize a_length, const gchar *b, gsize b_length)
{
  guint rows[3][WORD_MAX + 1];

  for (gsize j = 0; j <= b_length; j++)
    rows[0][j] = (guint) j;
  for (gsize i = 1; i <= a_length; i++)
    {
      guint *row = rows[i % 3];
      const guint *above = rows[(i + 2) % 3];
      const guint *above2 = rows[(i + 1) % 3];

      row[0] = (guint) i;
      for (gsize j = 1; j <= b_length; j++)
        {
          gchar x = g_ascii_tolower (a[i - 1]);
          gchar y = g_ascii_tolower (b[j - 1]);

          row[j] = MIN (MIN (above[j], row[j - 1]) + 1, above[j - 1] + (x != y));
          if (i > 1 && j > 1 && x == g_ascii_tolower (b[j - 2]) && y == g_ascii_tolower (a[i - 2]))
            row[j] = MIN (row[j], above2[j - 2] + 1);
        }
    }
  return rows[a_length % 3][b_length];
}

/* An underscore where a hyphen belongs is no mistake, and neither is a word that stops early. */
static guint
measure (const gchar *word, gsize length, const gchar *candidate, gsize candidate_length)
{
  g_autofree gchar *copy = g_strdelimit (g_strndup (word, length), "_ ", '-');

  if (length >= 3 && g_ascii_strncasecmp (copy, candidate, length) == 0)
    return length == candidate_length ? 0 : 1;
  return count_mistakes (copy, length, candidate, candidate_length);
}

/**
 * amsel_suggest: (skip)
 * @word: what was written
 * @candidates: (array zero-terminated=1): what would have been right
 *
 * Returns: (transfer none) (nullable): the nearest candidate; %NULL where none is near
 */
const gchar *
amsel_suggest (const gchar *word, const gchar *const *candidates)
{
  gsize length = strlen (word);
  guint best = G_MAXUINT;
  const gchar *found = NULL;

  if (length > WORD_MAX)
    return NULL;
  for (gsize i = 0; candidates[i] != NULL; i++)
    {
      gsize candidate_length = strlen (candidates[i]);
      guint mistakes;

      if (candidate_length > WORD_MAX)
        continue;
      mistakes = measure (word, length, candidates[i], candidate_length);
      if (mistakes < best && mistakes <= MAX (MAX (length, candidate_length) / 3, 1)
          && mistakes < MAX (length, candidate_length))
        {
          best = mistakes;
          found = candidates[i];
        }
    }
  return found;
}
