/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lending a line: somebody else has its transport to himself, and what is submitted meanwhile fails at once.
 */
#include "amsel-error.h"
#include "amsel-line-private.h"

void
amsel_line_end_loan (AmselLine *self, const GError *error)
{
  AmselBorrowed borrower = self->borrower;

  self->borrower = NULL;
  self->is_lent = FALSE;
  if (borrower != NULL)
    borrower (NULL, error, self->borrower_data);
}

GError *
amsel_line_new_busy_error (AmselLine *self)
{
  return g_error_new (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_BUSY, "line %s is in use by somebody else",
                      amsel_line_get_name (self));
}

void
amsel_line_begin_loan (AmselLine *self)
{
  g_autoptr (GError) busy = amsel_line_new_busy_error (self);

  self->is_lent = TRUE;
  amsel_line_queue_fail_all (&self->queue, amsel_transport_get_clock (self->transport), busy);
  if (self->is_lent)
    self->borrower (self->transport, NULL, self->borrower_data);
}

/**
 * amsel_line_borrow: (skip)
 * @self: a line
 * @borrowed: called with the transport when the one dialogue that is going on has ended; or without, at once
 * where the line is not open, is being searched, or somebody else has it
 * @user_data: for @borrowed
 *
 * Asks for a line to have it to oneself: what is submitted to it meanwhile fails with
 * %AMSEL_TRANSPORT_ERROR_BUSY. The borrower listens to the transport's signals, sends and configures, and
 * never closes it.
 */
void
amsel_line_borrow (AmselLine *self, AmselBorrowed borrowed, gpointer user_data)
{
  g_autoptr (GError) refusal = NULL;

  if (self->state != AMSEL_LINE_STATE_OPEN)
    refusal = self->fault != NULL ? g_error_copy (self->fault)
                                  : g_error_new (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_CLOSED,
                                                 "line %s is not open", amsel_line_get_name (self));
  else if (self->borrower != NULL || (self->job != NULL && self->job->lane == AMSEL_LANE_SEARCH)
           || amsel_line_queue_get_lane_length (&self->queue, AMSEL_LANE_SEARCH) > 0)
    refusal = amsel_line_new_busy_error (self);
  if (refusal != NULL)
    {
      borrowed (NULL, refusal, user_data);
      return;
    }
  self->borrower = borrowed;
  self->borrower_data = user_data;
  amsel_line_schedule_next (self);
}

/**
 * amsel_line_give_back: (skip)
 * @self: a line
 * @user_data: what amsel_line_borrow() was given
 *
 * Ends a loan, or the wish for one. Does nothing where @user_data has it not.
 */
void
amsel_line_give_back (AmselLine *self, gpointer user_data)
{
  if (self->borrower == NULL || self->borrower_data != user_data)
    return;
  self->borrower = NULL;
  self->is_lent = FALSE;
  self->free_us = amsel_clock_get_monotonic_us (amsel_transport_get_clock (self->transport));
  amsel_line_schedule_next (self);
}
