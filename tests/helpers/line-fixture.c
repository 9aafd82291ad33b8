/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line of scripted meters on a test clock. */
#include "line-fixture.h"

void
line_fixture_set_up (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  f->clock = test_clock_new (0);
  f->transport = mock_transport_new (f->clock);
  f->line = amsel_line_new ("test", AMSEL_TRANSPORT (f->transport));
  f->protocol = g_object_new (MOCK_TYPE_PROTOCOL, NULL);
  f->log = g_string_new (NULL);
  amsel_line_start (f->line);
}

void
line_fixture_tear_down (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  amsel_line_stop (f->line);
  g_assert_finalize_object (f->line);
  g_assert_finalize_object (f->transport);
  g_assert_finalize_object (f->protocol);
  g_assert_finalize_object (f->clock);
  g_string_free (f->log, TRUE);
}

void
line_outcome_clear (LineOutcome *outcome)
{
  g_clear_error (&outcome->error);
  g_clear_pointer (&outcome->answer, g_free);
}

void
line_outcome_note (AmselDialogue *dialogue, const AmselDialogueReport *report, const GError *error,
                   gpointer user_data)
{
  LineOutcome *outcome = user_data;
  GPtrArray *frames = amsel_dialogue_get_frames (dialogue);

  g_assert_false (outcome->done);
  outcome->done = TRUE;
  outcome->attempts = report->attempts;
  outcome->contact = report->contact;
  outcome->line_fault = report->line_fault;
  outcome->error = error != NULL ? g_error_copy (error) : NULL;
  if (frames->len > 0)
    {
      gsize length;
      const guint8 *bytes = amsel_frame_get_data (g_ptr_array_index (frames, 0), &length);

      outcome->answer = g_strndup ((const gchar *) bytes, length);
    }
  if (outcome->label != NULL)
    g_string_append (outcome->fixture->log, outcome->label);
}

AmselDialogue *
line_fixture_submit (LineFixture *f, AmselLane lane, const gchar *address, AmselPatience patience,
                     LineOutcome *outcome)
{
  g_autoptr (AmselMeter) meter = amsel_meter_new (NULL, address);
  g_autoptr (AmselDialogue) dialogue = amsel_protocol_read (f->protocol, meter, NULL);

  outcome->fixture = f;
  amsel_line_submit (f->line, lane, f->protocol, dialogue, patience, line_outcome_note, outcome);
  return dialogue;
}
