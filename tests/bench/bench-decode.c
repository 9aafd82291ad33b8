/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decodes telegrams for a measurement: find the frame, decode it to records, and with "json" write it as
 * JSON.
 *
 *   bench-decode records|json FILE...
 *
 * The work is done in bench_measured() alone, which run-decode.py tells callgrind to watch. A first round,
 * outside of it, fills caches of the libraries and grows buffers. Prints the number of telegrams, of records,
 * and of heap allocations of the measured round. */
#include <stdio.h>
#include <stdlib.h>

#include "mbus-protocol.h"

static guint64 n_allocations;

/* The program's own allocators come before those of the C library, for GLib too. A sanitizer has its own. */
#ifndef __SANITIZE_ADDRESS__
extern void *__libc_malloc (size_t size);
extern void *__libc_realloc (void *memory, size_t size);
extern void *__libc_calloc (size_t n, size_t size);

AMSEL_API void *
malloc (size_t size)
{
  n_allocations++;
  return __libc_malloc (size);
}

AMSEL_API void *
realloc (void *memory, size_t size)
{
  n_allocations++;
  return __libc_realloc (memory, size);
}

AMSEL_API void *
calloc (size_t n, size_t size)
{
  n_allocations++;
  return __libc_calloc (n, size);
}
#endif

typedef struct
{
  AmselProtocol *protocol;
  GPtrArray *telegrams; /* (element-type GBytes): whole frames */
  gboolean as_json;
  AmselJson json;
  guint64 n_records;
} Bench;

static void
decode_all (Bench *self)
{
  self->n_records = 0;
  for (guint i = 0; i < self->telegrams->len; i++)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (self->telegrams, i), &length);
      g_autoptr (AmselFrame) frame = NULL;
      g_autoptr (AmselTelegram) telegram = NULL;
      gsize used = 0;

      if (amsel_protocol_find_frame (self->protocol, data, length, 1, &used, &frame, NULL)
          != AMSEL_FRAME_STATUS_COMPLETE)
        g_error ("telegram %u is no frame", i);
      telegram = amsel_protocol_decode (self->protocol, frame, NULL, NULL);
      if (telegram == NULL)
        g_error ("telegram %u cannot be decoded", i);
      self->n_records += amsel_telegram_get_n_records (telegram);
      if (self->as_json)
        {
          amsel_json_reset (&self->json);
          amsel_telegram_write_json (telegram, "mbus", &self->json);
        }
    }
}

AMSEL_API void bench_measured (Bench *self);

__attribute__ ((noinline)) void
bench_measured (Bench *self)
{
  decode_all (self);
}

/* Lines of hexadecimal digits; # begins a comment. A file may also be one telegram over several lines. */
static void
load (Bench *self, const gchar *path)
{
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    g_error ("cannot read %s", path);
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (GBytes) bytes = amsel_hex_decode (g_strdelimit (lines[i], "#\r", '\0'), -1, NULL);
      g_autoptr (AmselFrame) frame = NULL;

      if (bytes == NULL || g_bytes_get_size (bytes) == 0)
        continue;
      frame = amsel_protocol_adopt (self->protocol, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                    NULL);
      if (frame != NULL)
        g_ptr_array_add (self->telegrams, amsel_frame_get_bytes (frame));
    }
}

int
main (int argc, char **argv)
{
  Bench bench = { .json = AMSEL_JSON_INIT };

  if (argc < 3)
    return 2;
  bench.protocol = g_object_new (MBUS_TYPE_PROTOCOL, NULL);
  bench.telegrams = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  bench.as_json = g_str_equal (argv[1], "json");
  for (int i = 2; i < argc; i++)
    load (&bench, argv[i]);
  decode_all (&bench);
  n_allocations = 0;
  bench_measured (&bench);
  printf ("%u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", bench.telegrams->len, bench.n_records,
          n_allocations);
  amsel_json_clear (&bench.json);
  g_ptr_array_unref (bench.telegrams);
  g_object_unref (bench.protocol);
  return 0;
}
