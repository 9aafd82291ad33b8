/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Message counters that survive the program, and files of them that are lost, damaged or somebody else's. */
#include <glib/gstdio.h>
#include <string.h>

#include "wmbus-counters.h"

typedef struct
{
  gchar *folder;
  gchar *path;
  WmbusCounters *counters;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("amsel-counters-XXXXXX", &error);
  g_assert_no_error (error);
  f->path = g_build_filename (f->folder, "counters", NULL);
  f->counters = wmbus_counters_new ();
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  wmbus_counters_free (f->counters);
  g_remove (f->path);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0); /* nothing else was left there */
  g_free (f->path);
  g_free (f->folder);
}

static gboolean
take (WmbusCounters *counters, guint32 id, guint32 counter)
{
  const AmselIdentity meter = { .id = id, .manufacturer = 0x05B3, .version = 0x33, .medium = 0x07 };

  return wmbus_counters_take (counters, &meter, counter);
}

/* Saving says nothing, or something with these words. */
static void
assert_saved (WmbusCounters *counters, const gchar *words)
{
  g_autoptr (GError) error = NULL;
  gboolean done = wmbus_counters_save (counters, &error);

  if (words == NULL)
    g_assert_no_error (error);
  g_assert_cmpint (done, ==, words == NULL);
  if (words != NULL)
    {
      g_assert_nonnull (error);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, words));
    }
}

/* The program ends and is started again, with what is in the file. */
static void
restart (Fixture *f)
{
  wmbus_counters_free (f->counters);
  f->counters = wmbus_counters_new ();
  wmbus_counters_set_path (f->counters, f->path);
}

static gchar *
read_file (Fixture *f, gsize *length)
{
  gchar *text = NULL;

  g_assert_true (g_file_get_contents (f->path, &text, length, NULL));
  return text;
}

static void
write_file (Fixture *f, const gchar *text, gsize length)
{
  g_remove (f->path); /* a new file is not forced to the disk */
  g_assert_true (g_file_set_contents (f->path, text, (gssize) length, NULL));
}

static guint
count_lines (Fixture *f)
{
  gsize length;
  g_autofree gchar *text = read_file (f, &length);
  guint n = 0;

  for (gsize i = 0; i < length; i++)
    n += text[i] == '\n' ? 1 : 0;
  return n;
}

/* what was taken before a restart is refused after it; a telegram alone writes nothing */
static void
test_restart (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  wmbus_counters_set_path (f->counters, f->path);
  assert_saved (f->counters, "not there");
  assert_saved (f->counters, NULL);
  g_assert_true (take (f->counters, 0x11111111, 17));
  g_assert_true (take (f->counters, 0x22222222, G_MAXUINT32 - 1));
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  assert_saved (f->counters, NULL);
  for (guint32 i = 18; i < 30; i++)
    {
      g_assert_true (take (f->counters, 0x11111111, i));
      assert_saved (f->counters, NULL);
    }
  g_assert_cmpuint (count_lines (f), ==, 1 + 2 + 12);
  restart (f);
  assert_saved (f->counters, NULL);
  g_assert_false (take (f->counters, 0x11111111, 29));
  g_assert_true (take (f->counters, 0x11111111, 30));
  g_assert_false (take (f->counters, 0x22222222, G_MAXUINT32 - 1));
  g_assert_true (take (f->counters, 0x22222222, G_MAXUINT32));
  g_assert_true (take (f->counters, 0x33333333, 0));
  g_assert_false (take (f->counters, 0x33333333, 0));
}

/* A file of three meters with the counters 101, 102 and 103; returns its text. */
static gchar *
make_file (Fixture *f, gsize *length)
{
  wmbus_counters_set_path (f->counters, f->path);
  for (guint32 i = 1; i <= 3; i++)
    {
      g_assert_true (take (f->counters, i, 100 + i));
      wmbus_counters_save (f->counters, NULL);
    }
  return read_file (f, length);
}

/* whatever byte is wrong: it is named, and only counters of that line may begin anew; none is raised */
static void
test_changed (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gsize length;
  g_autofree gchar *text = make_file (f, &length);
  gsize begin = (gsize) (strchr (text, '\n') - text) + 1;

  for (gsize i = begin; i < length; i++)
    {
      guint n_forgotten = 0;

      text[i] ^= 0x13;
      write_file (f, text, length);
      restart (f);
      text[i] ^= 0x13;
      assert_saved (f->counters, "damaged");
      for (guint32 k = 1; k <= 3; k++)
        {
          n_forgotten += take (f->counters, k, 100 + k) ? 1 : 0;
          g_assert_true (take (f->counters, k, 101 + k));
        }
      g_assert_cmpuint (n_forgotten, <=, 2);
      if (i % 8 != 0)
        continue;
      assert_saved (f->counters, NULL);
      restart (f);
      assert_saved (f->counters, NULL);
    }
}

/* wherever the writing of the last line was cut off: those before it count, and the next line is not spoilt
 */
static void
test_cut (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gsize length;
  g_autofree gchar *text = make_file (f, &length);

  for (gsize n = length - 28; n < length; n++)
    {
      write_file (f, text, n);
      restart (f);
      assert_saved (f->counters, "line 4 is damaged");
      g_assert_false (take (f->counters, 1, 101));
      g_assert_false (take (f->counters, 2, 102));
      g_assert_true (take (f->counters, 3, 103));
      assert_saved (f->counters, NULL);
      restart (f);
      assert_saved (f->counters, NULL);
      g_assert_false (take (f->counters, 3, 103));
    }
}

/* an empty file is named; another file is named and stays as it is, and so does a folder */
static void
test_foreign (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const gchar KEYS[] = "12345678;000102030405060708090A0B0C0D0E0F\n";
  gsize length;
  g_autofree gchar *text = NULL;

  write_file (f, "", 0);
  restart (f);
  assert_saved (f->counters, "empty");
  write_file (f, KEYS, strlen (KEYS));
  restart (f);
  assert_saved (f->counters, "left alone");
  g_assert_true (take (f->counters, 1, 1));
  g_assert_false (take (f->counters, 1, 1));
  assert_saved (f->counters, NULL);
  text = read_file (f, &length);
  g_assert_cmpstr (text, ==, KEYS);
  g_remove (f->path);
  g_assert_cmpint (g_mkdir (f->path, 0700), ==, 0);
  restart (f);
  assert_saved (f->counters, "left alone");
  g_assert_true (take (f->counters, 1, 1));
  assert_saved (f->counters, NULL);
}

/* a folder that is not there, or is full: said each time, and all is written when it is there */
static void
test_late (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  wmbus_counters_set_path (f->counters, f->path);
  assert_saved (f->counters, "not there");
  for (guint32 i = 1; i < 5; i++)
    {
      g_assert_true (take (f->counters, i, 1));
      assert_saved (f->counters, "No such file");
    }
  g_assert_cmpint (g_mkdir (f->folder, 0700), ==, 0);
  assert_saved (f->counters, NULL);
  restart (f);
  for (guint32 i = 1; i < 5; i++)
    g_assert_false (take (f->counters, i, 1));
}

/* who takes the file away, or writes into it, is noticed; what two programs know is put together */
static void
test_shared (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  WmbusCounters *other = wmbus_counters_new ();

  wmbus_counters_set_path (f->counters, f->path);
  assert_saved (f->counters, "not there");
  g_assert_true (take (f->counters, 1, 5));
  assert_saved (f->counters, NULL);
  wmbus_counters_set_path (other, f->path);
  g_assert_true (take (other, 2, 7));
  assert_saved (other, NULL);
  g_assert_true (take (f->counters, 1, 6));
  assert_saved (f->counters, NULL);
  g_assert_false (take (f->counters, 2, 7));
  g_remove (f->path);
  g_assert_true (take (f->counters, 3, 1));
  assert_saved (f->counters, "not there");
  restart (f);
  g_assert_false (take (f->counters, 1, 6));
  g_assert_false (take (f->counters, 2, 7));
  g_assert_false (take (f->counters, 3, 1));
  wmbus_counters_free (other);
}

/* the file does not grow for ever, and neither does memory */
static void
test_bounds (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  wmbus_counters_set_path (f->counters, f->path);
  assert_saved (f->counters, "not there");
  for (guint32 counter = 1; counter <= 60; counter++)
    {
      for (guint32 id = 0; id < 300; id++)
        g_assert_true (take (f->counters, id, counter));
      assert_saved (f->counters, NULL);
      g_assert_cmpuint (count_lines (f), <, 2 * 300 + 8192 + 300);
    }
  restart (f);
  g_assert_false (take (f->counters, 299, 60));
  for (guint32 id = 0; id < WMBUS_COUNTERS_MAX + 10; id++)
    take (f->counters, id, 100);
  g_assert_false (take (f->counters, WMBUS_COUNTERS_MAX + 9, 100));
  g_assert_true (take (f->counters, 1, 100));
}

int
main (int argc, char **argv)
{
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("/wmbus/counters/restart", test_restart);
  ADD ("/wmbus/counters/changed", test_changed);
  ADD ("/wmbus/counters/cut", test_cut);
  ADD ("/wmbus/counters/foreign", test_foreign);
  ADD ("/wmbus/counters/late", test_late);
  ADD ("/wmbus/counters/shared", test_shared);
  ADD ("/wmbus/counters/bounds", test_bounds);
  return g_test_run ();
}
