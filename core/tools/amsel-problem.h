/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Something wrong in a file that a person wrote, with the place where it stands. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

/**
 * AmselSeverity:
 * @AMSEL_SEVERITY_NONE: not used
 * @AMSEL_SEVERITY_WARNING: can be used as it is, but is probably not what was meant
 * @AMSEL_SEVERITY_ERROR: cannot be used
 *
 * How bad a problem is.
 */
typedef enum
{
  AMSEL_SEVERITY_NONE,
  AMSEL_SEVERITY_WARNING,
  AMSEL_SEVERITY_ERROR,
} AmselSeverity;

#define AMSEL_TYPE_SEVERITY (amsel_severity_get_type ())
AMSEL_API GType amsel_severity_get_type (void) G_GNUC_CONST;

/**
 * AmselProblem:
 *
 * One problem of a file: where it is, what is wrong, and what was expected. Immutable and reference-counted.
 */
typedef struct _AmselProblem AmselProblem;

#define AMSEL_TYPE_PROBLEM (amsel_problem_get_type ())
AMSEL_API GType amsel_problem_get_type (void) G_GNUC_CONST;

AMSEL_API AmselProblem *amsel_problem_ref (AmselProblem *self);
AMSEL_API void amsel_problem_unref (AmselProblem *self);
AMSEL_API AmselSeverity amsel_problem_get_severity (const AmselProblem *self);
AMSEL_API const gchar *amsel_problem_get_file (const AmselProblem *self);
AMSEL_API guint amsel_problem_get_line (const AmselProblem *self);
AMSEL_API guint amsel_problem_get_column (const AmselProblem *self);
AMSEL_API const gchar *amsel_problem_get_message (const AmselProblem *self);
AMSEL_API const gchar *amsel_problem_get_hint (const AmselProblem *self);
AMSEL_API gchar *amsel_problem_to_string (const AmselProblem *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AmselProblem, amsel_problem_unref)

G_END_DECLS
