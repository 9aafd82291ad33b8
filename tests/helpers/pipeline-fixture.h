/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pipeline on a scripted line and a test clock, and what it said. */
#pragma once

#include "mock-line.h"

G_BEGIN_DECLS

/* Where the clock begins: 2026-01-01 00:00 UTC. */
#define PIPELINE_FIXTURE_EPOCH_US (G_GINT64_CONSTANT (1767225600) * G_USEC_PER_SEC)

typedef struct
{
  TestClock *clock;
  MockTransport *transport;
  AmselLine *line;
  AmselProtocol *protocol;
  AmselPipeline *pipeline;
  GPtrArray *readouts; /* (owned) (element-type AmselReadout) */
  GString *notices;    /* (owned): one a line */
} PipelineFixture;

/* Makes a pipeline without settings, and starts its line. Takes the protocol. */
void pipeline_fixture_begin (PipelineFixture *f, AmselProtocol *protocol);

/* Stops the pipeline, and makes another one without settings that is not started, as after a restart of the
 * program. Takes the protocol, or goes on with the one that there was (NULL). What was said stays. */
void pipeline_fixture_restart (PipelineFixture *f, AmselProtocol *protocol);

void pipeline_fixture_tear_down (PipelineFixture *f, gconstpointer data);

G_END_DECLS
