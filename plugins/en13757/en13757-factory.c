/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys that all meters of a maker leave the factory with, and keep unless the owner has others set. They are
 * known to everybody, so they keep no secret; they are tried where there is no key. */
#include "en13757-key.h"

#define LETTERS(a, b, c) ((guint16) (((a) -64) << 10 | ((b) -64) << 5 | ((c) -64)))
#define LETTERS_MASK     0x7FFF

/* Diehl and the makers that it has bought: the second key of its shift register, twice. */
static const guint8 DIEHL_KEY[EN13757_AES_KEY_LENGTH] = { 0x51, 0x72, 0x89, 0x10, 0xE6, 0x6D, 0x83, 0xF8,
                                                          0x51, 0x72, 0x89, 0x10, 0xE6, 0x6D, 0x83, 0xF8 };

static const guint16 DIEHL[] = { LETTERS ('D', 'M', 'E'), LETTERS ('E', 'W', 'T'), LETTERS ('H', 'Y', 'D'),
                                 LETTERS ('S', 'A', 'P'), LETTERS ('S', 'P', 'L') };

/* (transfer none) (nullable): the key of the maker of a meter */
En13757Key *
en13757_key_get_factory (const AmselIdentity *identity)
{
  static En13757Key *diehl = NULL;

  if (g_once_init_enter (&diehl))
    g_once_init_leave (&diehl, en13757_key_new (DIEHL_KEY, sizeof DIEHL_KEY));
  for (gsize i = 0; i < G_N_ELEMENTS (DIEHL); i++)
    if (DIEHL[i] == (identity->manufacturer & LETTERS_MASK))
      return diehl;
  return NULL;
}
