/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a fuzz target as an ordinary test, without a fuzzing engine: every seed as it is, every prefix of it,
 * and a fixed number of deterministic mutations. Seeds are files, or folders of files. */
#include <glib.h>
#include <string.h>

#define MUTATIONS_PER_SEED 400
#define PREFIXES_PER_SEED  200
#define INPUT_MAX          (64 * 1024)

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static guint64 n_runs;

/* A copy of exactly the right size, so that a read beyond the end is seen by the sanitizers. */
static void
run (const guint8 *data, gsize size)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);

  LLVMFuzzerTestOneInput (copy, size);
  n_runs++;
}

static void
mutate (GRand *rand, GByteArray *bytes)
{
  guint n = (guint) g_rand_int_range (rand, 1, 5);

  for (guint i = 0; i < n && bytes->len > 0; i++)
    {
      guint at = (guint) g_rand_int_range (rand, 0, (gint) bytes->len);
      const guint8 interesting[] = { 0x00, 0x01, 0x7F, 0x80, 0xFF, 0x68, 0x16, '\n', '"', '{' };

      switch (g_rand_int_range (rand, 0, 6))
        {
        case 0:
          bytes->data[at] ^= (guint8) (1 << g_rand_int_range (rand, 0, 8));
          break;
        case 1:
          bytes->data[at] = (guint8) g_rand_int (rand);
          break;
        case 2:
          bytes->data[at] = interesting[g_rand_int_range (rand, 0, G_N_ELEMENTS (interesting))];
          break;
        case 3:
          g_byte_array_remove_index (bytes, at);
          break;
        case 4:
          g_byte_array_set_size (bytes, at);
          break;
        default:
          if (bytes->len < INPUT_MAX)
            {
              guint8 byte = bytes->data[at]; /* the array may move while it grows */

              g_byte_array_append (bytes, &byte, 1);
            }
        }
    }
}

static void
run_seed (const gchar *path, const guint8 *data, gsize size)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_str_hash (path));

  size = MIN (size, INPUT_MAX);
  run (data, size);
  for (gsize i = 0; i < MIN (size, PREFIXES_PER_SEED); i++)
    run (data, i);
  for (guint i = 0; i < MUTATIONS_PER_SEED; i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      g_byte_array_append (bytes, data, (guint) size);
      mutate (rand, bytes);
      run (bytes->data, bytes->len);
    }
}

static void
run_path (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autofree gchar *data = NULL;
  gsize size;
  const gchar *name;

  if (dir != NULL)
    {
      while ((name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree gchar *inner = g_build_filename (path, name, NULL);

          run_path (inner);
        }
      return;
    }
  if (!g_file_get_contents (path, &data, &size, NULL))
    g_error ("cannot read the seed %s", path);
  run_seed (path, (const guint8 *) data, size);
}

int
main (int argc, char **argv)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  run ((const guint8 *) "", 0);
  for (int i = 1; i < argc; i++)
    run_path (argv[i]);
  for (guint i = 0; i < 2000; i++)
    {
      guint8 noise[256];
      gsize n = (gsize) g_rand_int_range (rand, 0, sizeof noise);

      for (gsize k = 0; k < n; k++)
        noise[k] = (guint8) g_rand_int (rand);
      run (noise, n);
    }
  g_print ("%" G_GUINT64_FORMAT " inputs\n", n_runs);
  return 0;
}
