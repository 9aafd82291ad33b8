/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A command line to a command with its arguments: pure.
 *
 *   AT^SCAMS?                     read
 *   AT^SCAMS=?                    test
 *   AT^SCAMS="DEV_ADD",2,"MBUS"   write
 *   ATI3, ATE0V1                  basic commands: letters with a number each
 *
 * Upper or lower case, and blanks outside of quotes, make no difference. */
#pragma once

#include "at-line.h"

G_BEGIN_DECLS

#define AT_NAME_MAX 16
#define AT_ARGS_MAX 12

typedef enum
{
  AT_FORM_NONE,
  AT_FORM_EXECUTE,
  AT_FORM_READ,
  AT_FORM_TEST,
  AT_FORM_WRITE,
} AtForm;

typedef struct
{
  const gchar *text; /* without its quotes */
  gboolean quoted;
} AtArg;

typedef struct
{
  gchar name[AT_NAME_MAX]; /* upper case, with its "+" or "^"; "" for basic commands or none at all */
  AtForm form;
  guint n_args;
  AtArg args[AT_ARGS_MAX];
  const gchar *basic; /* what stands after AT where name is "" */

  gchar room[AT_LINE_MAX + AT_ARGS_MAX + 1]; /* the texts */
} AtCommand;

/* A basic command, such as I3 or &F0. */
typedef struct
{
  gchar letter;      /* upper case */
  gboolean is_amp;   /* "&" stood before it */
  guint number;      /* 0 where none was given */
  const gchar *rest; /* D: what follows, the number to dial */
} AtBasic;

/* FALSE where the line is no command. */
gboolean at_command_parse (AtCommand *self, const gchar *line);

/* Takes the next basic command. FALSE at the end, or, with *error, where something else stands. */
gboolean at_basic_next (const gchar **text, AtBasic *out, gboolean *error);

/* Whether argument i is there and is this word. */
gboolean at_command_is (const AtCommand *self, guint i, const gchar *word);
/* A whole number within bounds, with or without quotes. */
gboolean at_command_get_number (const AtCommand *self, guint i, guint64 min, guint64 max, guint64 *out);
/* A text of min to max characters; NULL where it is none. */
const gchar *at_command_get_text (const AtCommand *self, guint i, gsize min, gsize max);

G_END_DECLS
