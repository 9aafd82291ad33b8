/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the line share. */
#pragma once

#include "amsel-exchange.h"
#include "amsel-line-opener.h"
#include "amsel-line-queue.h"
#include "amsel-line.h"

G_BEGIN_DECLS

typedef struct _AmselListener AmselListener;

struct _AmselLine
{
  GObject parent_instance;

  gchar *name;               /* (owned) (nullable) */
  AmselTransport *transport; /* (owned) (nullable) */
  gint64 gap_us;
  gint64 reopen_min_us;
  gint64 reopen_max_us;
  gint64 silence_us;

  AmselLineState state;
  AmselLineOpener *opener; /* (owned) */
  GError *fault;           /* (owned) (nullable): why it is not open */

  AmselLineQueue queue;
  AmselLineJob *job;       /* (owned) (nullable): the one that is conducted */
  AmselExchange *exchange; /* (owned) (nullable): conducts it */
  gint64 free_us;          /* monotonic: when the last dialogue ended */
  GSource *next;           /* (owned) (nullable): will begin the next dialogue */

  AmselBorrowed borrower; /* (nullable): who has, or waits for, the line to himself */
  gpointer borrower_data;
  gboolean is_lent; /* he has it */

  AmselListener *listener; /* (owned) (nullable): of frames that nobody asks for */
  AmselLineSense *sense;   /* (owned): what the line is like */
};

/* The properties. */
void amsel_line_install_settings (GObjectClass *object_class);

/* Takes the transport, and what it reports. */
void amsel_line_set_transport (AmselLine *self, AmselTransport *transport);

/* Says something about what is heard. */
void amsel_line_notice (AmselLine *self, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

/* Closes the line and opens it again after a pause, with the reason. */
void amsel_line_give_up (AmselLine *self, const GError *error);

/* Begins the next dialogue, or the loan that somebody waits for, when the line is free. */
void amsel_line_schedule_next (AmselLine *self);

/* amsel-line-loan.c */

/* The line is free for who waits to have it to himself. */
void amsel_line_begin_loan (AmselLine *self);
/* Takes the line away from him; he may borrow again in it. */
void amsel_line_end_loan (AmselLine *self, const GError *error);
GError *amsel_line_new_busy_error (AmselLine *self);

G_END_DECLS
