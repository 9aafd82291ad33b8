/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line of scripted meters on a test clock, and what becomes of the dialogues that it is given. */
#pragma once

#include "mock-line.h"

G_BEGIN_DECLS

typedef struct
{
  TestClock *clock;
  MockTransport *transport;
  AmselLine *line;
  AmselProtocol *protocol;
  GString *log; /* labels of the dialogues, in the order in which they ended */
} LineFixture;

/* Starts the line; the transport is open when the clock has been advanced. */
void line_fixture_set_up (LineFixture *f, gconstpointer data);
void line_fixture_tear_down (LineFixture *f, gconstpointer data);

/* Begins as zeros, but for the label. */
typedef struct
{
  LineFixture *fixture;
  const gchar *label; /* (nullable) */
  gboolean done;
  guint attempts;
  gboolean contact;
  gboolean line_fault;
  GError *error; /* (owned) (nullable) */
  gchar *answer; /* (owned) (nullable): the first frame */
} LineOutcome;

void line_outcome_clear (LineOutcome *outcome);

/* Asks a meter. Returns (transfer none): the dialogue, which the line holds while it lasts. */
AmselDialogue *line_fixture_submit (LineFixture *f, AmselLane lane, const gchar *address,
                                    AmselPatience patience, LineOutcome *outcome);

/* For amsel_line_submit(), with a LineOutcome. */
void line_outcome_note (AmselDialogue *dialogue, const AmselDialogueReport *report, const GError *error,
                        gpointer outcome);

G_END_DECLS
