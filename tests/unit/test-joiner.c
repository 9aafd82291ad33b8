/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Joining the telegrams of a meter: what newer ones replace, what is too old, conflicts, and bounds. */
#include "amsel-joiner.h"

#include <string.h>

#include "amsel.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define MINUTE (60 * SECOND)

/* 2026-01-01 00:00 UTC */
#define EPOCH_US (G_GINT64_CONSTANT (1767225600) * SECOND)

typedef struct
{
  gint64 join_us;
  gint64 memory;
  AmselJoiner *joiner;
  gint64 now_us;
  AmselTelegram *telegram; /* (owned) (nullable): the last one */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  f->join_us = 10 * MINUTE;
  f->memory = 1024 * 1024;
  f->now_us = EPOCH_US;
  f->joiner = amsel_joiner_new (&f->join_us, &f->memory);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  amsel_joiner_free (f->joiner);
  g_clear_pointer (&f->telegram, amsel_telegram_unref);
}

/* Begins a telegram that comes now. The payload has the numbers of its bytes, for chains that point there. */
static void
begin (Fixture *f)
{
  guint8 bytes[32];
  g_autoptr (AmselFrame) frame = NULL;

  for (guint8 i = 0; i < sizeof bytes; i++)
    bytes[i] = i;
  frame = amsel_frame_new (bytes, sizeof bytes, f->now_us, -70);
  g_clear_pointer (&f->telegram, amsel_telegram_unref);
  f->telegram = amsel_telegram_new (frame, 2);
}

static AmselRecord *
add (Fixture *f, AmselQuantity quantity, guint64 storage, gint64 value)
{
  AmselRecord *record = amsel_telegram_add_record (f->telegram);

  record->quantity = quantity;
  record->function = AMSEL_FUNCTION_INSTANTANEOUS;
  record->storage = storage;
  record->kind = AMSEL_VALUE_DECIMAL;
  amsel_decimal_set (&record->decimal, value, 0);
  return record;
}

static void
add_field (Fixture *f, const gchar *name, const gchar *text)
{
  amsel_telegram_set_driver (f->telegram, "tester");
  amsel_telegram_set_field_text (f->telegram, amsel_telegram_add_field (f->telegram, name), text,
                                 strlen (text));
}

/* The joined values of the telegram at hand: "volume=7@0 volume/1=3@-60 name=text@-60", with the storage and
 * how many seconds ago each was taken. */
static gchar *
join (Fixture *f, guint32 id)
{
  const AmselIdentity meter = { .id = id, .address = AMSEL_ADDRESS_NONE };
  g_autoptr (GString) text = g_string_new (NULL);
  gsize n;
  AmselTelegram *const *telegrams = amsel_joiner_join (f->joiner, &meter, f->telegram, &n);

  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpuint (n, <=, AMSEL_JOINED_MAX);
  g_assert_true (telegrams[0] == f->telegram);
  for (gsize i = 0; i < n; i++)
    {
      gint64 received_us = amsel_frame_get_received_us (amsel_telegram_get_frame (telegrams[i]));
      gint since = (gint) ((received_us - f->now_us) / SECOND);

      for (guint k = 0; k < amsel_telegram_get_n_records (telegrams[i]); k++)
        {
          const AmselRecord *record = amsel_telegram_get_record (telegrams[i], k);
          g_autofree gchar *value = amsel_telegram_get_value_text (telegrams[i], k);

          g_string_append (text, amsel_quantity_get_name ((AmselQuantity) record->quantity));
          if (record->storage != 0)
            g_string_append_printf (text, "/%u", (guint) record->storage);
          g_string_append_printf (text, "=%s@%d ", value != NULL ? value : "none", since);
        }
      for (guint k = 0; k < amsel_telegram_get_n_fields (telegrams[i]); k++)
        {
          g_autofree gchar *value = amsel_telegram_get_field_value_text (telegrams[i], k);

          g_string_append_printf (text, "%s=%s@%d ", amsel_telegram_get_field_name (telegrams[i], k), value,
                                  since);
        }
    }
  if (text->len > 0)
    g_string_truncate (text, text->len - 1);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

#define ASSERT_JOINED(f, id, expected)                                                                       \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    g_autofree gchar *joined = join (f, id);                                                                 \
    g_assert_cmpstr (joined, ==, expected);                                                                  \
  }                                                                                                          \
  G_STMT_END

/* a short kind every ten seconds and a long one in between: every value is there, once, the newest */
static void
test_two_kinds (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  begin (f);
  add (f, AMSEL_QUANTITY_VOLUME, 0, 10);
  ASSERT_JOINED (f, 1, "volume=10@0");
  f->now_us += 10 * SECOND;
  begin (f);
  add (f, AMSEL_QUANTITY_VOLUME, 0, 11);
  add (f, AMSEL_QUANTITY_VOLUME, 1, 5);
  add (f, AMSEL_QUANTITY_ALARM, 0, 0);
  ASSERT_JOINED (f, 1, "volume=11@0 volume/1=5@0 alarm=0@0");
  for (gint i = 1; i <= 5; i++)
    {
      g_autofree gchar *expected =
          g_strdup_printf ("volume=%d@0 volume/1=5@%d alarm=0@%d", 11 + i, -10 * i, -10 * i);

      f->now_us += 10 * SECOND;
      begin (f);
      add (f, AMSEL_QUANTITY_VOLUME, 0, 11 + i);
      ASSERT_JOINED (f, 1, expected);
    }
  f->now_us += 10 * SECOND;
  begin (f);
  add (f, AMSEL_QUANTITY_VOLUME, 0, 20);
  add (f, AMSEL_QUANTITY_VOLUME, 1, 6);
  add (f, AMSEL_QUANTITY_ALARM, 0, 1);
  ASSERT_JOINED (f, 1, "volume=20@0 volume/1=6@0 alarm=1@0");
}

/* a kind that does not come any more is left out when it is too old, and comes back */
static void
test_silent_kind (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  begin (f);
  add (f, AMSEL_QUANTITY_ALARM, 0, 3);
  ASSERT_JOINED (f, 1, "alarm=3@0");
  f->now_us += 10 * MINUTE;
  begin (f);
  add (f, AMSEL_QUANTITY_VOLUME, 0, 10);
  ASSERT_JOINED (f, 1, "volume=10@0 alarm=3@-600");
  f->now_us += SECOND;
  begin (f);
  add (f, AMSEL_QUANTITY_VOLUME, 0, 11);
  ASSERT_JOINED (f, 1, "volume=11@0");
  begin (f);
  add (f, AMSEL_QUANTITY_ALARM, 0, 4);
  ASSERT_JOINED (f, 1, "alarm=4@0 volume=11@0");
}

/* the newest counts even where it says that there is no value; scale does not matter, unit and function do */
static void
test_conflicts (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  AmselRecord *record;

  begin (f);
  record = add (f, AMSEL_QUANTITY_ENERGY, 0, 5000);
  record->unit = AMSEL_UNIT_WH;
  record = add (f, AMSEL_QUANTITY_ENERGY, 0, 18);
  record->unit = AMSEL_UNIT_J;
  add (f, AMSEL_QUANTITY_POWER, 0, 7)->function = AMSEL_FUNCTION_MAXIMUM;
  g_free (join (f, 1));
  f->now_us += SECOND;
  begin (f);
  record = add (f, AMSEL_QUANTITY_ENERGY, 0, 6);
  record->unit = AMSEL_UNIT_WH;
  record->decimal.exponent = 3;
  add (f, AMSEL_QUANTITY_POWER, 0, 2);
  ASSERT_JOINED (f, 1, "energy=6000@0 power=2@0 energy=18@-1 power=7@-1");
  f->now_us += SECOND;
  begin (f);
  record = add (f, AMSEL_QUANTITY_ENERGY, 0, 0);
  record->unit = AMSEL_UNIT_WH;
  record->kind = AMSEL_VALUE_NONE;
  record->reason = AMSEL_REASON_NOT_AVAILABLE;
  ASSERT_JOINED (f, 1, "energy=none@0 power=2@-1 energy=18@-2 power=7@-2");
}

/* A record that two bytes of the payload announce, which nobody knows. */
static void
add_unknown (Fixture *f, guint32 offset, gint64 value)
{
  AmselRecord *record = add (f, AMSEL_QUANTITY_UNKNOWN, 0, value);

  record->dif_offset = offset;
  record->dif_length = record->vif_length = 1;
}

/* what has no meaning that is known is told apart by the bytes before it, and by its length */
static void
test_unknown (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  begin (f);
  add_unknown (f, 0, 0);
  add_unknown (f, 4, 1);
  add (f, AMSEL_QUANTITY_MANUFACTURER_SPECIFIC, 0, 7)->data_length = 7;
  g_free (join (f, 1));
  f->now_us += SECOND;
  begin (f);
  add_unknown (f, 4, 9);
  add (f, AMSEL_QUANTITY_MANUFACTURER_SPECIFIC, 0, 8)->data_length = 8;
  ASSERT_JOINED (f, 1, "unknown=9@0 manufacturer-specific=8@0 unknown=0@-1 manufacturer-specific=7@-1");
}

/* fields of drivers by their names; names and texts that do not live as long as the program are copied */
static void
test_fields (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gchar *names = g_strdup ("target_date");

  begin (f);
  add_field (f, "status", "leak");
  amsel_telegram_set_field_text (f->telegram, amsel_telegram_add_field (f->telegram, names), "2025-12-31",
                                 10);
  amsel_telegram_take_names (f->telegram, names);
  ASSERT_JOINED (f, 1, "status=leak@0 target_date=2025-12-31@0");
  f->now_us += SECOND;
  begin (f);
  add_field (f, "status", "fine");
  ASSERT_JOINED (f, 1, "status=fine@0 target_date=2025-12-31@-1");
  f->now_us += SECOND;
  begin (f);
  add (f, AMSEL_QUANTITY_VOLUME, 0, 1);
  ASSERT_JOINED (f, 1, "volume=1@0 status=fine@-1 target_date=2025-12-31@-2");
}

/* a telegram that says nothing is joined and not kept; meters do not mix */
static void
test_empty (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  begin (f);
  ASSERT_JOINED (f, 1, "");
  g_assert_cmpuint (amsel_joiner_get_n_meters (f->joiner), ==, 0);
  begin (f);
  add (f, AMSEL_QUANTITY_VOLUME, 0, 1);
  ASSERT_JOINED (f, 1, "volume=1@0");
  begin (f);
  add (f, AMSEL_QUANTITY_ALARM, 0, 1);
  ASSERT_JOINED (f, 2, "alarm=1@0");
  begin (f);
  ASSERT_JOINED (f, 1, "volume=1@0");
}

/* a clock that is set back: what is from the future is as old as it is far away */
static void
test_clock (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  begin (f);
  add (f, AMSEL_QUANTITY_ALARM, 0, 1);
  g_free (join (f, 1));
  f->now_us -= MINUTE;
  begin (f);
  add (f, AMSEL_QUANTITY_VOLUME, 0, 1);
  ASSERT_JOINED (f, 1, "volume=1@0 alarm=1@60");
  f->now_us -= 24 * 60 * MINUTE;
  begin (f);
  add (f, AMSEL_QUANTITY_VOLUME, 0, 2);
  ASSERT_JOINED (f, 1, "volume=2@0");
}

/* a meter that makes up a new kind with every telegram has the newest few */
static void
test_many_kinds (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree gchar *joined = NULL;
      g_auto (GStrv) values = NULL;

      begin (f);
      add (f, AMSEL_QUANTITY_VOLUME, i, i);
      joined = join (f, 1);
      values = g_strsplit (joined, " ", -1);
      g_assert_cmpuint (g_strv_length (values), ==, MIN (i + 1, AMSEL_JOINED_MAX));
    }
}

/* more meters than there is memory for: those that were not heard for longest begin anew */
static void
test_many_meters (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint n;

  for (guint32 id = 1; id <= 10000; id++)
    {
      f->now_us += SECOND / 100;
      begin (f);
      add (f, AMSEL_QUANTITY_ALARM, 0, id);
      g_free (join (f, id));
      if (id % 100 != 0)
        continue;
      begin (f);
      add (f, AMSEL_QUANTITY_VOLUME, 0, id);
      g_free (join (f, 1));
    }
  n = amsel_joiner_get_n_meters (f->joiner);
  g_assert_cmpuint (n, >, 500);
  g_assert_cmpuint (n, <, 5000);
  g_assert_cmpuint (amsel_joiner_get_n_forgotten (f->joiner), ==, 10000 - n);
  begin (f);
  add (f, AMSEL_QUANTITY_POWER, 0, 0);
  ASSERT_JOINED (f, 1, "power=0@0 volume=10000@0 alarm=1@-99");
  begin (f);
  add (f, AMSEL_QUANTITY_POWER, 0, 0);
  ASSERT_JOINED (f, 2, "power=0@0");
  /* and all of them go when they are old */
  f->now_us += 60 * MINUTE;
  begin (f);
  add (f, AMSEL_QUANTITY_POWER, 0, 1);
  ASSERT_JOINED (f, 1, "power=1@0");
  g_assert_cmpuint (amsel_joiner_get_n_meters (f->joiner), ==, 1);
}

/* one meter alone does not take more either */
static void
test_large (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  f->memory = 64 * 1024;
  for (guint i = 0; i < 20; i++)
    {
      gsize n;
      const AmselIdentity meter = { .id = 1, .address = AMSEL_ADDRESS_NONE };

      begin (f);
      for (guint k = 0; k < 200; k++)
        add (f, AMSEL_QUANTITY_VOLUME, 1000 * i + k, 1);
      amsel_joiner_join (f->joiner, &meter, f->telegram, &n);
      g_assert_cmpuint (n, <=, 2);
    }
}

int
main (int argc, char **argv)
{
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("/joiner/two-kinds", test_two_kinds);
  ADD ("/joiner/silent-kind", test_silent_kind);
  ADD ("/joiner/conflicts", test_conflicts);
  ADD ("/joiner/unknown", test_unknown);
  ADD ("/joiner/fields", test_fields);
  ADD ("/joiner/empty", test_empty);
  ADD ("/joiner/clock", test_clock);
  ADD ("/joiner/many-kinds", test_many_kinds);
  ADD ("/joiner/many-meters", test_many_meters);
  ADD ("/joiner/large", test_large);
  return g_test_run ();
}
