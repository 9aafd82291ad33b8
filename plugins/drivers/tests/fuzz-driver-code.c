/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a radio telegram of a meter of the compiled driver FUZZ_DRIVER, one program for each: maker,
 * version and medium are always those of its meters, so that every input reaches it.
 *
 *   0     bits 0-3 which line of what the driver is for; bits 4-6 Options
 *   1-6   address: number, version and medium, the last two where the driver leaves them open
 *   7...  from the CI field on
 *
 * What a driver only understands behind a key is packed as the meter does it, if the input wants it, so that
 * the input reaches what lies behind. */
#include <nettle/aes.h>
#include <string.h>

#include "driver-codes.h"
#include "driver-diehl-scramble.h"
#include "driver-fuzz-check.h"
#include "driver-telegram.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define ADDRESS_OFFSET 4
#define ADDRESS_LENGTH 6
#define CI_OFFSET      10
#define LENGTH_MAX     256

#define ELL_CI     0x8C
#define ELL_LENGTH 3
#define LONG_CI    0x72

enum
{
  OPTION_KEY = 0x10,  /* the meter has a key */
  OPTION_HIDE = 0x20, /* the payload is packed as the meter does it */
  OPTION_SND_IR = 0x40,
};

static const guint8 KEY[DRIVER_KEY_LENGTH] = { 0x5A, 0xC3, 0x0F, 0x81, 0x96, 0x3C, 0xF0, 0x18 };

/* The bits of a shift register over the payload; the same bits open it again. */
static void
scramble (guint8 *link, gsize length, const guint8 *key)
{
  guint8 hidden[LENGTH_MAX];
  guint32 start;

  diehl_scramble_key (key, 0, &start);
  diehl_descramble (link, length, start, hidden);
  memcpy (link + DIEHL_SCRAMBLE_OFFSET, hidden, length - DIEHL_SCRAMBLE_OFFSET);
}

static void
hide_prios (guint8 *link, gsize length, const guint8 *key)
{
  if (length <= DIEHL_SCRAMBLE_OFFSET)
    return;
  link[DIEHL_SCRAMBLE_OFFSET] = 0x4B;
  scramble (link, length, key);
}

/* Records are known by their sum, which lies in front of them with one bit of its own. */
static void
hide_real_data (guint8 *link, gsize length, const guint8 *key)
{
  guint8 sum = 0;

  if (length <= DIEHL_SCRAMBLE_OFFSET)
    return;
  for (gsize i = DIEHL_SCRAMBLE_OFFSET; i < length; i++)
    sum = (guint8) (sum + link[i]);
  link[CI_OFFSET] = 0x7A;
  link[DIEHL_SCRAMBLE_OFFSET - 1] = sum | 0x10;
  scramble (link, length, key);
}

/* One block of AES behind access number and flags. */
static void
hide_na1 (guint8 *link, gsize length, const guint8 *key)
{
  static const guint8 FACTORY_KEY[DRIVER_KEY_LENGTH] = { 0 };
  guint8 *block = link + CI_OFFSET + 3;
  struct aes128_ctx aes;

  if (length < CI_OFFSET + 3 + AES_BLOCK_SIZE)
    return;
  block[0] = 0x2F;
  for (gsize i = 0; i < AES_BLOCK_SIZE; i++)
    block[i] ^= i < 8 ? link[2 + i] : link[CI_OFFSET + 1];
  aes128_set_encrypt_key (&aes, key != NULL ? key : FACTORY_KEY);
  aes128_encrypt (&aes, AES_BLOCK_SIZE, block, block);
}

static const struct
{
  const DriverCode *code;
  void (*hide) (guint8 *link, gsize length, const guint8 *key);
} PACKINGS[] = {
  { &driver_izar, hide_prios },
  { &driver_diehl, hide_real_data },
  { &driver_apatorna1, hide_na1 },
};

static void
write_meter (guint8 *version_and_medium, const DriverMatch *match)
{
  if (match->version != DRIVER_ANY)
    version_and_medium[0] = (guint8) match->version;
  if (match->medium != DRIVER_ANY)
    version_and_medium[1] = (guint8) match->medium;
}

/* Makes the telegram one of a meter that the driver is for: on the link layer, and where a long header says
 * who the meter is. */
static void
set_meter (guint8 *link, gsize length, guint choice)
{
  const DriverMatch *matches = FUZZ_DRIVER.matches;
  const DriverMatch *match;
  gsize tpl;
  guint n = 0;

  while (matches[n].manufacturer != 0)
    n++;
  match = &matches[choice % n];
  link[2] = (guint8) match->manufacturer;
  link[3] = (guint8) (match->manufacturer >> 8);
  write_meter (link + 8, match);
  tpl = link[CI_OFFSET] == ELL_CI ? CI_OFFSET + ELL_LENGTH : CI_OFFSET;
  if (tpl + 9 > length || link[tpl] != LONG_CI)
    return;
  memcpy (link + tpl + 5, link + 2, 2);
  write_meter (link + tpl + 7, match);
}

static void
hide (guint8 *link, gsize length, const guint8 *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (PACKINGS); i++)
    if (PACKINGS[i].code == &FUZZ_DRIVER)
      PACKINGS[i].hide (link, length, key);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gsize length = MIN (size + 3, LENGTH_MAX);
  const guint8 *key;
  g_autofree guint8 *link = NULL;
  g_autoptr (AmselTelegram) telegram = NULL;

  if (size < 1 + ADDRESS_LENGTH + 1)
    return 0;
  link = g_malloc0 (length); /* just as long as the telegram: what reads beyond is seen */
  memcpy (link + ADDRESS_OFFSET, data + 1, length - ADDRESS_OFFSET);
  link[0] = (guint8) (length - 1);
  link[1] = data[0] & OPTION_SND_IR ? 0x46 : 0x44;
  set_meter (link, length, data[0] & 0x0F);
  key = data[0] & OPTION_KEY ? KEY : NULL;
  if (data[0] & OPTION_HIDE)
    hide (link, length, key);
  telegram = driver_telegram_decode (link, length, key);
  driver_fuzz_check (telegram);
  driver_fuzz_check_explanation (telegram);
  return 0;
}
