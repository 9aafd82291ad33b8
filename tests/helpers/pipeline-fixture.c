/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pipeline on a scripted line and a test clock. */
#include "pipeline-fixture.h"

static void
on_readout (AmselPipeline *pipeline G_GNUC_UNUSED, AmselReadout *readout, gpointer user_data)
{
  PipelineFixture *f = user_data;

  g_ptr_array_add (f->readouts, amsel_readout_ref (readout));
}

static void
on_notice (AmselPipeline *pipeline G_GNUC_UNUSED, const gchar *message, gpointer user_data)
{
  PipelineFixture *f = user_data;

  g_string_append_printf (f->notices, "%s\n", message);
}

static AmselPipeline *
add_pipeline (PipelineFixture *f)
{
  AmselPipeline *pipeline = amsel_pipeline_new ("house", f->line, f->protocol);

  g_signal_connect (pipeline, "readout", G_CALLBACK (on_readout), f);
  g_signal_connect (pipeline, "notice", G_CALLBACK (on_notice), f);
  return pipeline;
}

void
pipeline_fixture_begin (PipelineFixture *f, AmselProtocol *protocol)
{
  f->clock = test_clock_new (PIPELINE_FIXTURE_EPOCH_US);
  f->transport = mock_transport_new (f->clock);
  f->line = amsel_line_new ("cellar", AMSEL_TRANSPORT (f->transport));
  f->protocol = protocol;
  f->pipeline = add_pipeline (f);
  f->readouts = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_readout_unref);
  f->notices = g_string_new (NULL);
  amsel_line_start (f->line);
}

void
pipeline_fixture_restart (PipelineFixture *f, AmselProtocol *protocol)
{
  amsel_pipeline_stop (f->pipeline);
  g_assert_finalize_object (f->pipeline);
  if (protocol != NULL)
    {
      g_assert_finalize_object (f->protocol);
      f->protocol = protocol;
    }
  f->pipeline = add_pipeline (f);
}

void
pipeline_fixture_tear_down (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  amsel_pipeline_stop (f->pipeline);
  amsel_line_stop (f->line);
  test_clock_advance (f->clock, 0); /* an opening that was broken off comes to its end */
  g_assert_finalize_object (f->pipeline);
  g_assert_finalize_object (f->line);
  g_assert_finalize_object (f->transport);
  g_assert_finalize_object (f->protocol);
  g_assert_finalize_object (f->clock);
  g_ptr_array_unref (f->readouts);
  g_string_free (f->notices, TRUE);
}
