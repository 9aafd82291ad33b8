/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A dialogue that finds out which meters are on a line.
 *
 * Like every dialogue it does no I/O. It can be paused between two requests, so that a line stays free for
 * readings while a search of many minutes goes on, ended early without losing what it has found, and taken up
 * again later from a text. */
#pragma once

#include "amsel-dialogue.h"
#include "amsel-identity.h"

G_BEGIN_DECLS

/**
 * AmselFound:
 * @identity: who the meter says it is
 * @address: what its protocol reads it by, as in a configuration
 * @baud: baud rate that it answered at; 0 where that has no meaning
 * @latency_us: how long it took until its answer began, the longest one seen
 * @frame: (nullable): its telegram, where one was read
 *
 * A meter that a search has found.
 */
typedef struct
{
  AmselIdentity identity;
  gchar *address;
  guint baud;
  gint64 latency_us;
  AmselFrame *frame;
} AmselFound;

#define AMSEL_TYPE_FOUND (amsel_found_get_type ())
AMSEL_API GType amsel_found_get_type (void) G_GNUC_CONST;

AMSEL_API AmselFound *amsel_found_new (const AmselIdentity *identity, const gchar *address,
                                       AmselFrame *frame);
AMSEL_API AmselFound *amsel_found_copy (const AmselFound *self);
AMSEL_API void amsel_found_free (AmselFound *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AmselFound, amsel_found_free)

#define AMSEL_TYPE_SEARCH (amsel_search_get_type ())
AMSEL_API
G_DECLARE_DERIVABLE_TYPE (AmselSearch, amsel_search, AMSEL, SEARCH, AmselDialogue)

/**
 * AmselSearchClass:
 * @parent_class: the parent class
 * @step: given the last answer, what to do next, as #AmselDialogueClass.next. With %AMSEL_ANSWER_NONE the
 * search begins, or goes on after a pause: the last request was not sent, and others were
 * @save: the state as a text (nullable: it cannot be taken up again)
 * @restore: goes on from such a text, before the first step (nullable: it cannot)
 *
 * What a search implements. Its options are its properties.
 */
struct _AmselSearchClass
{
  AmselDialogueClass parent_class;

  AmselRequest *(*step) (AmselSearch *self, const AmselAnswer *answer, GError **error);
  gchar *(*save) (AmselSearch *self);
  gboolean (*restore) (AmselSearch *self, const gchar *state, GError **error);

  gpointer padding[4];
};

AMSEL_API GPtrArray *amsel_search_get_found (AmselSearch *self);
AMSEL_API void amsel_search_get_progress (AmselSearch *self, guint *n_found, gdouble *share, gint64 *left_us);
AMSEL_API void amsel_search_abort (AmselSearch *self);
AMSEL_API gboolean amsel_search_is_aborted (AmselSearch *self);
AMSEL_API void amsel_search_pause (AmselSearch *self);
AMSEL_API gboolean amsel_search_is_paused (AmselSearch *self);
AMSEL_API gchar *amsel_search_save (AmselSearch *self);
AMSEL_API gboolean amsel_search_restore (AmselSearch *self, const gchar *state, GError **error);

/* for implementations */
AMSEL_API void amsel_search_add_found (AmselSearch *self, const AmselFound *found);
AMSEL_API void amsel_search_set_progress (AmselSearch *self, gdouble share, gint64 left_us);

G_END_DECLS
