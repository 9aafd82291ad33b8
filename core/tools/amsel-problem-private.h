/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Collects the problems of files while they are read. */
#pragma once

#include "amsel-problem.h"
#include "amsel-source-private.h"

G_BEGIN_DECLS

/* More problems than this are counted, not kept. */
#define AMSEL_PROBLEMS_MAX 500

typedef struct
{
  GPtrArray *list;  /* (owned) (element-type AmselProblem) */
  GHashTable *seen; /* (owned) (element-type utf8): each problem is told once, however often it is met */
  guint n_errors;
  guint n_dropped;
} AmselProblems;

AMSEL_API void amsel_problems_init (AmselProblems *self);
AMSEL_API void amsel_problems_clear (AmselProblems *self);

/* Adds a problem. The hint says what was expected, or what to do; NULL where the message says it all. */
AMSEL_API void amsel_problems_add (AmselProblems *self, AmselSeverity severity, const AmselMark *mark,
                                   const gchar *hint, const gchar *format, ...) G_GNUC_PRINTF (5, 6);

/* Takes a complete problem of another file. It does not count as an error: what it is about is passed over.
 */
AMSEL_API void amsel_problems_take (AmselProblems *self, AmselProblem *problem);

/* Completes the problems with the lines that they are about, and gives them away in the order of the files.
 */
AMSEL_API GPtrArray *amsel_problems_finish (AmselProblems *self);

G_END_DECLS
