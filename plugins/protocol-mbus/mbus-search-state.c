/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of a search as a text, so that one that was ended can be taken up again.
 *
 *   amsel-mbus-search 1
 *   rate N            which of the baud rates is at work
 *   primary N         how many primary addresses are done at it
 *   found ADDRESS BAUD LATENCY PRIMARY ID MANUFACTURER VERSION MEDIUM
 *   mask ADDRESS      what is left to look into */
#include <string.h>

#include "mbus-search-private.h"

#define HEADER "amsel-mbus-search 1"

/* A state has a line for each mask that is left; more than this is none. */
#define LINES_MAX 20000

gchar *
mbus_search_save (AmselSearch *search)
{
  MbusSearch *self = MBUS_SEARCH (search);
  GPtrArray *all = amsel_search_get_found (search);
  GString *out = g_string_new (HEADER "\n");

  if (self->tree == NULL && mbus_search_prepare (self, NULL) && self->rate < self->rates->len)
    mbus_search_begin_rate (self);
  g_string_append_printf (out, "rate %u\nprimary %u\n", self->rate, self->primary);
  for (guint i = 0; i < all->len; i++)
    {
      const AmselFound *found = g_ptr_array_index (all, i);

      g_string_append_printf (out, "found %s %u %" G_GINT64_FORMAT " %d %08X %04X %02X %02X\n",
                              found->address, found->baud, found->latency_us, found->identity.address,
                              found->identity.id, found->identity.manufacturer, found->identity.version,
                              found->identity.medium);
    }
  if (self->tree != NULL)
    mbus_tree_save (self->tree, out);
  return g_string_free (out, FALSE);
}

/* The words of a line "found". */
enum
{
  WORD_ADDRESS = 1,
  WORD_BAUD,
  WORD_LATENCY,
  WORD_PRIMARY,
  WORD_ID,
  WORD_MANUFACTURER,
  WORD_VERSION,
  WORD_MEDIUM,
  N_WORDS,
};

static gboolean
parse_number (const gchar *word, guint base, guint64 max, guint64 *out)
{
  return g_ascii_string_to_unsigned (word, base, 0, max, out, NULL);
}

static gboolean
restore_found (MbusSearch *self, const gchar *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", N_WORDS + 1);
  gint64 primary = AMSEL_ADDRESS_NONE;
  AmselIdentity identity;
  MbusAddress address;
  g_autoptr (AmselFound) found = NULL;
  guint64 n[N_WORDS] = { 0 };

  if (g_strv_length (words) != N_WORDS || !mbus_address_parse (words[WORD_ADDRESS], &address, NULL)
      || !parse_number (words[WORD_BAUD], 10, G_MAXUINT, &n[WORD_BAUD])
      || !parse_number (words[WORD_LATENCY], 10, G_MAXINT64, &n[WORD_LATENCY])
      || !g_ascii_string_to_signed (words[WORD_PRIMARY], 10, AMSEL_ADDRESS_NONE, MBUS_ADDRESS_LAST, &primary,
                                    NULL)
      || !parse_number (words[WORD_ID], 16, G_MAXUINT32, &n[WORD_ID])
      || !parse_number (words[WORD_MANUFACTURER], 16, G_MAXUINT16, &n[WORD_MANUFACTURER])
      || !parse_number (words[WORD_VERSION], 16, G_MAXUINT8, &n[WORD_VERSION])
      || !parse_number (words[WORD_MEDIUM], 16, G_MAXUINT8, &n[WORD_MEDIUM]))
    return FALSE;
  identity = (AmselIdentity){ .id = (guint32) n[WORD_ID],
                              .manufacturer = (guint16) n[WORD_MANUFACTURER],
                              .version = (guint8) n[WORD_VERSION],
                              .medium = (guint8) n[WORD_MEDIUM],
                              .address = (gint16) primary };
  if (!g_hash_table_add (self->seen, g_strdup (words[WORD_ADDRESS])))
    return TRUE;
  found = amsel_found_new (&identity, words[WORD_ADDRESS], NULL);
  found->baud = (guint) n[WORD_BAUD];
  found->latency_us = (gint64) n[WORD_LATENCY];
  g_array_append_val (self->masks, address);
  amsel_search_add_found (AMSEL_SEARCH (self), found);
  return TRUE;
}

/* A line of a word and a number. */
static gboolean
restore_number (const gchar *line, const gchar *word, guint *out)
{
  guint64 value;

  if (!g_str_has_prefix (line, word) || !parse_number (line + strlen (word), 10, G_MAXUINT, &value))
    return FALSE;
  *out = (guint) value;
  return TRUE;
}

/* A state that was saved before the first step has nothing that is left: it begins. */
static gboolean
restore_lines (MbusSearch *self, gchar **lines, guint *rate, guint *primary, gsize *bad)
{
  for (gsize i = 1; lines[i] != NULL; i++)
    {
      *bad = i;
      if (lines[i][0] == '\0' || restore_number (lines[i], "rate ", rate)
          || restore_number (lines[i], "primary ", primary))
        continue;
      if (g_str_has_prefix (lines[i], "found ") ? !restore_found (self, lines[i])
                                                : !mbus_tree_restore_line (self->tree, lines[i]))
        return FALSE;
    }
  return TRUE;
}

gboolean
mbus_search_restore (AmselSearch *search, const gchar *state, GError **error)
{
  MbusSearch *self = MBUS_SEARCH (search);
  g_auto (GStrv) lines = g_strsplit (state, "\n", LINES_MAX);
  g_autoptr (MbusTree) fresh = NULL;
  guint rate = 0;
  guint primary = 0;
  gsize bad = 0;

  if (!mbus_search_prepare (self, error))
    return FALSE;
  if (self->tree == NULL)
    mbus_search_begin_rate (self);
  fresh = self->tree;
  self->tree = mbus_tree_new (self->strategy == MBUS_STRATEGY_ENHANCED);
  if (lines[0] == NULL || !g_str_equal (lines[0], HEADER)
      || !restore_lines (self, lines, &rate, &primary, &bad) || rate > self->rates->len)
    {
      g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                   "line %" G_GSIZE_FORMAT " is not the state of such a search", bad + 1);
      return FALSE;
    }
  self->rate = rate;
  self->primary = MIN (primary, self->primaries->len);
  if (rate < self->rates->len)
    self->pace.baud = g_array_index (self->rates, guint, rate);
  return TRUE;
}
