/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The packed form of readouts: what comes out is what went in, and damaged bytes are an error. */
#include "amsel-readout-pack.h"
#include "amsel.h"
#include "test-readout.h"

typedef struct
{
  GByteArray *packed; /* (owned) */
  GByteArray *frames; /* (owned) */
} Packed;

static void
packed_clear (Packed *self)
{
  g_byte_array_unref (self->packed);
  g_byte_array_unref (self->frames);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Packed, packed_clear)

static Packed
pack (const AmselReadout *readout)
{
  Packed self = { g_byte_array_new (), g_byte_array_new () };

  g_assert_true (amsel_readout_pack (readout, self.packed, self.frames));
  return self;
}

static AmselReadout *
unpack (const AmselReadout *original, const guint8 *packed, gsize n_packed, const guint8 *frames,
        gsize n_frames, GError **error)
{
  return amsel_readout_unpack (amsel_readout_get_info (original), 42, packed, n_packed, frames, n_frames,
                               error);
}

static void
assert_round_trip (const AmselReadout *readout)
{
  g_auto (Packed) p = pack (readout);
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselReadout) again =
      unpack (readout, p.packed->data, p.packed->len, p.frames->data, p.frames->len, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (amsel_readout_get_sequence (again), ==, 42);
  test_readout_assert_equal (readout, again);
}

static void
test_round_trip (void)
{
  g_autoptr (AmselReadout) all = test_readout_new ("5", 7);
  g_autoptr (AmselReadout) plain = test_readout_new_plain ("5", 8, 300);
  g_autoptr (AmselReadout) silent = test_readout_new_silent ("5", 9);

  assert_round_trip (all);
  assert_round_trip (plain);
  assert_round_trip (silent);
}

/* numbers at the edges of varints and of 64 bits */
static void
test_numbers (void)
{
  const AmselDecimal vectors[] = {
    { 0, 0, 0 },
    { 0, 0, -3 },
    { 63, 0, 0 },
    { 64, 0, 0 },
    { G_MAXINT64, 0, G_MAXINT16 },
    { (guint64) G_MININT64, -1, G_MININT16 },
    { G_MAXUINT64, -1, 0 },
    { G_MAXUINT64, 0, 0 },
    { 0, -1, 0 },
    { 0, G_MININT64, 0 },
    { G_MAXUINT64, G_MAXINT64, 1 },
  };
  AmselReadoutInfo info = { .end_us = G_MAXINT64 };
  g_autoptr (AmselFrame) frame = amsel_frame_new (NULL, 0, G_MININT64, G_MININT);
  g_autoptr (AmselTelegram) telegram = amsel_telegram_new (frame, 0);
  g_autoptr (AmselReadout) readout = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      AmselRecord *r = amsel_telegram_add_record (telegram);

      r->kind = AMSEL_VALUE_DECIMAL;
      r->decimal = vectors[i];
    }
  readout = amsel_readout_new (&info, &telegram, 1, 0);
  assert_round_trip (readout);
}

/* what most meters send must stay small: about as large as the frame itself */
static void
test_compact (void)
{
  g_autoptr (AmselReadout) readout = test_readout_new_plain ("5", 5, 12);
  g_auto (Packed) p = pack (readout);

  g_assert_cmpuint (p.packed->len, <, 200);
}

/* the form in files of today must be read by every later version: these bytes never change */
static void
test_stable (void)
{
  const guint8 expected[] = {
    0x01, 0x01,                               /* version, telegrams */
    0x00, 0x03, 0x00, 0x00,                   /* flags, frame length, time, rssi */
    0x68, 0x17, 0x03, 0x08, 0xA5, 0x32, 0x99, /* id, manufacturer, version */
    0x06, 0x0A, 0x72, 0x00, 0x00, 0x00, 0x00, /* medium, address, ci, access, status, configuration */
    0x00, 0x01,                               /* encryption, records */
    0x01, 0x10, 0x03, 0x02, 0x01, 0x01, 0x01, /* mask, quantity, unit, DIF, VIF, data */
    0x05, 0xA4, 0x1F,                         /* -3, 2002 */
  };
  const guint8 data[] = { 0x0C, 0x13, 0x02 };
  AmselReadoutInfo info = { .end_us = 1000 };
  g_autoptr (AmselFrame) frame = amsel_frame_new (data, sizeof data, 1000, 0);
  g_autoptr (AmselTelegram) telegram = amsel_telegram_new (frame, 1);
  g_autoptr (AmselReadout) readout = NULL;
  AmselTelegramHeader *header = amsel_telegram_edit_header (telegram);
  AmselRecord *r = amsel_telegram_add_record (telegram);

  header->identity = (AmselIdentity){ 0x08031768, 0x32A5, 153, 6, 5 };
  header->ci = 0x72;
  *r = (AmselRecord){ .quantity = 3,
                      .unit = 2,
                      .kind = AMSEL_VALUE_DECIMAL,
                      .dif_length = 1,
                      .vif_length = 1,
                      .data_offset = 2,
                      .data_length = 1 };
  amsel_decimal_set (&r->decimal, 2002, -3);
  readout = amsel_readout_new (&info, &telegram, 1, 0);
  {
    g_auto (Packed) p = pack (readout);

    g_assert_cmpmem (p.packed->data, p.packed->len, expected, sizeof expected);
    g_assert_cmpmem (p.frames->data, p.frames->len, data, sizeof data);
  }
  assert_round_trip (readout);
}

static void
assert_damaged (const AmselReadout *readout, const guint8 *packed, gsize n_packed, const guint8 *frames,
                gsize n_frames)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselReadout) again = unpack (readout, packed, n_packed, frames, n_frames, &error);

  g_assert_null (again);
  g_assert_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_DAMAGED);
}

static void
test_cut_short (void)
{
  g_autoptr (AmselReadout) readout = test_readout_new ("5", 7);
  g_auto (Packed) p = pack (readout);

  for (guint n = 0; n < p.packed->len; n++)
    {
      g_autofree guint8 *copy = g_memdup2 (p.packed->data, n);

      assert_damaged (readout, copy, n, p.frames->data, p.frames->len);
    }
  for (guint n = 0; n < p.frames->len; n++)
    {
      g_autofree guint8 *copy = g_memdup2 (p.frames->data, n);

      assert_damaged (readout, p.packed->data, p.packed->len, copy, n);
    }
}

static void
test_damaged (void)
{
  const struct
  {
    const gchar *fault;
    const guint8 bytes[48];
    gsize length;
  } vectors[] = {
    { "unknown version", { 0x03, 0x00 }, 2 },
    { "byte behind the end", { 0x01, 0x00, 0x00 }, 3 },
    { "more telegrams than bytes", { 0x01, 0xFF, 0xFF, 0xFF, 0x7F }, 5 },
    { "number of 65 bits", { 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02 }, 11 },
    { "number that does not end",
      { 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00 },
      12 },
    { "unknown flag", { 0x01, 0x01, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 22 },
    { "frame that is not there",
      { 0x01, 0x01, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
      22 },
    { "unknown encryption", { 0x01, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0 }, 22 },
    { "more records than bytes",
      { 0x01, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 99 },
      22 },
    { "data outside of the payload",
      { 0x01, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x05, 0, 0, 0, 0, 0, 9 },
      29 },
    { "kind of value that does not exist",
      { 0x01, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x07, 0, 0, 0, 0, 0, 0 },
      29 },
    { "eleven modifiers",
      { 0x01, 0x01, 0, 0, 0, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        1,    0x80, 0, 0, 0, 0, 0, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
      41 },
  };
  g_autoptr (AmselReadout) readout = test_readout_new_silent ("5", 7);

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_test_message ("%s", vectors[i].fault);
      assert_damaged (readout, vectors[i].bytes, vectors[i].length, NULL, 0);
    }
}

/* larger than any meter sends: refused, not half written */
static void
test_too_large (void)
{
  AmselReadoutInfo info = { 0 };
  gsize length = AMSEL_READOUT_PACK_MAX + 1;
  g_autofree guint8 *data = g_malloc0 (length);
  g_autoptr (AmselFrame) frame = amsel_frame_new (data, length, 0, 0);
  g_autoptr (AmselTelegram) telegram = amsel_telegram_new (frame, 0);
  g_autoptr (AmselReadout) readout = amsel_readout_new (&info, &telegram, 1, 0);
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GByteArray) frames = g_byte_array_new ();

  g_assert_false (amsel_readout_pack (readout, packed, frames));
  g_assert_cmpuint (packed->len + frames->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pack/round-trip", test_round_trip);
  g_test_add_func ("/pack/numbers", test_numbers);
  g_test_add_func ("/pack/compact", test_compact);
  g_test_add_func ("/pack/stable", test_stable);
  g_test_add_func ("/pack/cut-short", test_cut_short);
  g_test_add_func ("/pack/damaged", test_damaged);
  g_test_add_func ("/pack/too-large", test_too_large);
  return g_test_run ();
}
