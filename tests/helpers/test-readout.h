/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Readouts for tests: with records of every kind, and a comparison of everything in them. */
#pragma once

#include "amsel-readout.h"

G_BEGIN_DECLS

/* A sound readout of two telegrams whose records are of every kind and use every field. The number makes each
 * one different, and is its slot in seconds. */
AmselReadout *test_readout_new (const gchar *meter, guint number);

/* A readout of one telegram with so many plain records, as most are. */
AmselReadout *test_readout_new_plain (const gchar *meter, guint number, guint n_records);

/* A readout without a telegram: the meter gave no answer. */
AmselReadout *test_readout_new_silent (const gchar *meter, guint number);

/* One of the three above, for one of seven meters: always the same for the same number. */
AmselReadout *test_readout_new_numbered (guint number);

/* Fails the test where anything but the sequence differs. */
void test_readout_assert_equal (const AmselReadout *a, const AmselReadout *b);

G_END_DECLS
