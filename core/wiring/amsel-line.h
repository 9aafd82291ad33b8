/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A physical line: one owner of the port, one request at a time, whoever asks. */
#pragma once

#include "amsel-controller.h"
#include "amsel-protocol.h"
#include "amsel-transport.h"

G_BEGIN_DECLS

#define AMSEL_TYPE_LINE (amsel_line_get_type ())
AMSEL_API G_DECLARE_FINAL_TYPE (AmselLine, amsel_line, AMSEL, LINE, GObject)

    /**
     * AmselLane:
     * @AMSEL_LANE_ON_DEMAND: somebody waits for the answer
     * @AMSEL_LANE_SCHEDULED: a slot of a schedule
     * @AMSEL_LANE_SEARCH: a search, which has time
     *
     * How urgent a dialogue is.
     */
    typedef enum {
      AMSEL_LANE_ON_DEMAND,
      AMSEL_LANE_SCHEDULED,
      AMSEL_LANE_SEARCH,
    } AmselLane;

#define AMSEL_TYPE_LANE (amsel_lane_get_type ())
AMSEL_API GType amsel_lane_get_type (void) G_GNUC_CONST;

/**
 * AmselLineState:
 * @AMSEL_LINE_STATE_NONE: not started
 * @AMSEL_LINE_STATE_OPENING: being opened
 * @AMSEL_LINE_STATE_OPEN: open
 * @AMSEL_LINE_STATE_WAITING: could not be opened or was lost; will be tried again
 * @AMSEL_LINE_STATE_ENDED: a recording has come to its end; nothing will follow
 *
 * State of a line.
 */
typedef enum
{
  AMSEL_LINE_STATE_NONE,
  AMSEL_LINE_STATE_OPENING,
  AMSEL_LINE_STATE_OPEN,
  AMSEL_LINE_STATE_WAITING,
  AMSEL_LINE_STATE_ENDED,
} AmselLineState;

#define AMSEL_TYPE_LINE_STATE (amsel_line_state_get_type ())
AMSEL_API GType amsel_line_state_get_type (void) G_GNUC_CONST;

/**
 * AmselLineDone: (skip)
 * @dialogue: the dialogue, which holds its frames
 * @report: what else is known
 * @error: (nullable): why it failed
 * @user_data: what amsel_line_submit() was given
 *
 * Called once for each dialogue, in the main context.
 */
typedef void (*AmselLineDone) (AmselDialogue *dialogue, const AmselDialogueReport *report,
                               const GError *error, gpointer user_data);

/**
 * AmselLineHeard: (skip)
 * @frame: a frame that came without being asked for
 * @user_data: what amsel_line_listen() was given
 *
 * Called for each frame of a line that is listened to.
 */
typedef void (*AmselLineHeard) (AmselFrame *frame, gpointer user_data);

AMSEL_API AmselLine *amsel_line_new (const gchar *name, AmselTransport *transport);
AMSEL_API const gchar *amsel_line_get_name (AmselLine *self);
AMSEL_API AmselTransport *amsel_line_get_transport (AmselLine *self);
AMSEL_API AmselLineState amsel_line_get_state (AmselLine *self);
AMSEL_API void amsel_line_start (AmselLine *self);
AMSEL_API void amsel_line_stop (AmselLine *self);
AMSEL_API guint amsel_line_get_n_waiting (AmselLine *self);

AMSEL_API void amsel_line_submit (AmselLine *self, AmselLane lane, AmselProtocol *protocol,
                                  AmselDialogue *dialogue, AmselPatience patience, AmselLineDone done,
                                  gpointer user_data);
AMSEL_API void amsel_line_cancel (AmselLine *self, AmselDialogue *dialogue);
AMSEL_API void amsel_line_borrow (AmselLine *self, AmselBorrowed borrowed, gpointer user_data);
AMSEL_API void amsel_line_give_back (AmselLine *self, gpointer user_data);
AMSEL_API void amsel_line_listen (AmselLine *self, AmselProtocol *protocol, AmselLineHeard heard,
                                  gpointer user_data);

G_END_DECLS
