/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A terminal over a simulated bus with the two meters of the documentation, on a clock that the test moves,
 * and one session of it. */
#pragma once

#include "at-service.h"
#include "at-session.h"
#include "mbus-protocol.h"
#include "mbus-simulator.h"
#include "mbus-slave.h"
#include "mock-line.h"
#include "simulator-transport.h"
#include "test-clock.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define MINUTE (60 * SECOND)

/* 2026-01-01 00:00 UTC */
#define EPOCH_S  G_GINT64_CONSTANT (1767225600)
#define EPOCH_US (EPOCH_S * SECOND)

#define WATER                                                                                                \
  "685E5E680800726817030865329906AF0000000C13022000000B22746404046D0511E81C326C00000C786817030806FD0C0A0001" \
  "00FA010DFD0B05313248465701FD0E004C1374180000426CDF1C0F37FD170000000000000000027A2502027825021F16"
/* The water meter again, with primary address 1. */
#define TWIN                                                                                                 \
  "685E5E680801726817030865329906AF0000000C13022000000B22746404046D0511E81C326C00000C786817030806FD0C0A0001" \
  "00FA010DFD0B05313248465701FD0E004C1374180000426CDF1C0F37FD170000000000000000027A2502027825022016"
#define POWER                                                                                                \
  "684B4B680801721604021592B00102090000000C04790200008C1004790200008C2004000000001C04660300009C100466030000" \
  "9C2004000000002C0487000000AC100487000000AC2004000000008016"

typedef struct
{
  gchar *folder; /* (owned) */
  TestClock *clock;
  AmselSimulator *simulator;
  MockTransport *radio; /* (unowned): of the pipeline “radio”, which listens */
  AmselTransport *bus;  /* (unowned): of the terminal's line */
  AmselEngine *engine;
  AmselService *service;
  AtTerminal *terminal;
  AtSettings settings;
  AtSession *session;
  GString *output;
  gsize queued; /* what the client claims not to have taken */
  GString *log;
} AtFixture;

/* Where answers are gathered: in AtFixture.output. */
extern const AtOutput AT_FIXTURE_OUTPUT;

/* data: NULL; "one": the water meter alone; "twins": two of its secondary address. */
void at_fixture_set_up (AtFixture *f, gconstpointer data);
void at_fixture_tear_down (AtFixture *f, gconstpointer data);
void at_fixture_add_slave (AtFixture *f, const gchar *telegram);
/* The terminal's end, and its next start with the same files. */
void at_fixture_end_terminal (AtFixture *f);
void at_fixture_begin_terminal (AtFixture *f);

void at_fixture_type (AtFixture *f, const gchar *text);
/* Lets the bus and the store work until the answer is there: by steps of the clock, where the bus is needed.
 */
void at_fixture_wait_answer (AtFixture *f, gint64 step_us);
/* Types a command and compares what comes after its echo. */
void at_fixture_ask (AtFixture *f, const gchar *command, const gchar *expected);
void at_fixture_ask_in (AtFixture *f, gint64 step_us, const gchar *command, const gchar *expected);
/* Types a command and looks for a part of the answer: telegrams count on. */
void at_fixture_ask_part (AtFixture *f, const gchar *command, const gchar *part);
/* What was read is stored. */
void at_fixture_settle (AtFixture *f);
