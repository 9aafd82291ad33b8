/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A clock that stands still until a test moves it. */
#pragma once

#include "amsel-clock.h"

G_BEGIN_DECLS

#define TEST_TYPE_CLOCK (test_clock_get_type ())
G_DECLARE_FINAL_TYPE (TestClock, test_clock, TEST, CLOCK, GObject)

TestClock *test_clock_new (gint64 real_us);

/* Lets time pass: every alarm on the way is called at its time, and what the main context has to do is done
 * first. */
void test_clock_advance (TestClock *self, gint64 us);

/* Jumps to the next alarm and calls it; FALSE where there is none. */
gboolean test_clock_step (TestClock *self);

/* Steps until *done is true. Fails the test where the clock has run by more than limit_us. */
void test_clock_run_until (TestClock *self, const gboolean *done, gint64 limit_us);

/* Sets the wall clock without time passing, as an operator or NTP does. */
void test_clock_set_real (TestClock *self, gint64 real_us);

G_END_DECLS
