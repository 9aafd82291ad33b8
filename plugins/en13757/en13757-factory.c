/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys that all meters of a maker, or of one of its models, leave the factory with, and keep unless the owner
 * has others set. They are known to everybody, so they keep no secret; they are tried where there is no key.
 */
#include "en13757-key.h"

#define LETTERS(a, b, c) ((guint16) (((a) -64) << 10 | ((b) -64) << 5 | ((c) -64)))
#define LETTERS_MASK     0x7FFF
#define ANY              (-1)

typedef enum
{
  KEY_DIEHL,
  KEY_ZERO,
  N_KEYS
} FactoryKey;

static const guint8 KEYS[N_KEYS][EN13757_AES_KEY_LENGTH] = {
  /* the second key of Diehl's shift register, twice */
  [KEY_DIEHL] = { 0x51, 0x72, 0x89, 0x10, 0xE6, 0x6D, 0x83, 0xF8, 0x51, 0x72, 0x89, 0x10, 0xE6, 0x6D, 0x83,
                  0xF8 },
  [KEY_ZERO] = { 0 },
};

static const struct
{
  guint16 manufacturer;
  gint16 version;
  gint16 medium;
  FactoryKey key;
} METERS[] = {
  /* Diehl and the makers that it has bought */
  { LETTERS ('D', 'M', 'E'), ANY, ANY, KEY_DIEHL },
  { LETTERS ('E', 'W', 'T'), ANY, ANY, KEY_DIEHL },
  { LETTERS ('H', 'Y', 'D'), ANY, ANY, KEY_DIEHL },
  { LETTERS ('S', 'A', 'P'), ANY, ANY, KEY_DIEHL },
  { LETTERS ('S', 'P', 'L'), ANY, ANY, KEY_DIEHL },
  /* Apator's water module AT-WMBUS-16-2 */
  { LETTERS ('A', 'P', 'A'), 0x05, 0x06, KEY_ZERO },
  { LETTERS ('A', 'P', 'A'), 0x05, 0x07, KEY_ZERO },
  { LETTERS ('A', 'P', 'T'), 0x05, 0x07, KEY_ZERO },
};

static En13757Key *
get_key (FactoryKey number)
{
  static En13757Key *keys[N_KEYS];
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    {
      for (gsize i = 0; i < N_KEYS; i++)
        keys[i] = en13757_key_new (KEYS[i], EN13757_AES_KEY_LENGTH);
      g_once_init_leave (&ready, 1);
    }
  return keys[number];
}

/* (transfer none) (nullable): the key of the maker of a meter */
En13757Key *
en13757_key_get_factory (const AmselIdentity *identity)
{
  for (gsize i = 0; i < G_N_ELEMENTS (METERS); i++)
    if (METERS[i].manufacturer == (identity->manufacturer & LETTERS_MASK)
        && (METERS[i].version == ANY || METERS[i].version == identity->version)
        && (METERS[i].medium == ANY || METERS[i].medium == identity->medium))
      return get_key (METERS[i].key);
  return NULL;
}
