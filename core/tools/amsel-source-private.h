/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A text file that is being read, and places in it: what every message about a configuration points to. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

typedef struct
{
  gchar *path;             /* (owned): as the user knows it */
  gchar *folder;           /* (owned): what relative paths in the file start from */
  gchar *text;             /* (owned): ends with a zero byte */
  gsize length;            /* bytes in text, without that zero byte */
  gboolean world_readable; /* everybody on the machine may read the file */
  guint64 device;          /* with the inode: which file it is, whatever its path */
  guint64 inode;
  GArray *lines; /* (owned) (nullable): offset of each line, made when the first one is wanted */
  GArray *masks; /* (owned) (element-type AmselMark): secrets, never to be shown */
} AmselSource;

/* A place in a file. Lines and columns count from 1, columns in characters; line 0 is the file as a whole. */
typedef struct
{
  AmselSource *source; /* (unowned) */
  guint line;
  guint column;
  guint length; /* characters to underline */
} AmselMark;

AMSEL_API AmselSource *amsel_source_new (const gchar *path, const gchar *text, gsize length);
AMSEL_API AmselSource *amsel_source_load (const gchar *path, gsize bytes_max, GError **error);
AMSEL_API void amsel_source_free (AmselSource *self);

/* Where the first byte stands that is no UTF-8 text; FALSE where all of it is text. */
AMSEL_API gboolean amsel_source_find_damage (AmselSource *self, AmselMark *out_mark);

/* A line of the text, secrets masked, tabs as blanks; empty where there is no such line. */
gchar *amsel_source_dup_line (AmselSource *self, guint line);

/* Hides what stands at a place in every message. */
void amsel_source_mask (AmselSource *self, const AmselMark *mark);

/* Overwrites what looks like the key of a meter with stars: 32 or 16 hexadecimal digits, or one more or less.
 * So one that stands where no key is expected is not shown either. */
void amsel_source_hide_keys (gchar *text);

/* A path that stands in the file, from the folder of the file. */
gchar *amsel_source_resolve (AmselSource *self, const gchar *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AmselSource, amsel_source_free)

G_END_DECLS
