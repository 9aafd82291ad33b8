/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A conversation with a meter as a pure object: given the last answer, it says what to send next.
 *
 * A dialogue does no I/O and knows no clock. The core's exchange sends, waits, repeats and records for it, so
 * the same dialogue runs over a serial port, a TCP gateway, an AT modem, a recording or a test table. */
#pragma once

#include "amsel-frame.h"
#include "amsel-transport.h"

G_BEGIN_DECLS

/**
 * AmselRequestKind:
 * @AMSEL_REQUEST_NONE: not used
 * @AMSEL_REQUEST_ASK: send, then wait for an answer
 * @AMSEL_REQUEST_TELL: send, and expect no answer
 * @AMSEL_REQUEST_FINISHED: the dialogue is over
 *
 * What the exchange is to do next.
 */
typedef enum
{
  AMSEL_REQUEST_NONE,
  AMSEL_REQUEST_ASK,
  AMSEL_REQUEST_TELL,
  AMSEL_REQUEST_FINISHED,
} AmselRequestKind;

#define AMSEL_TYPE_REQUEST_KIND (amsel_request_kind_get_type ())
AMSEL_API GType amsel_request_kind_get_type (void) G_GNUC_CONST;

/**
 * AmselRequest:
 * @kind: #AmselRequestKind
 * @data: (nullable): what to send
 * @settings: settings of the line for this request and what follows; baud 0 leaves them
 * @timeout_us: longest silence from the end of sending to the first byte of the answer. The exchange adds
 * what the transport needs
 * @gap_us: longest silence inside an answer
 * @linger_us: how long to listen on after a whole answer, for a second one (a collision); 0 not at all
 * @listen_us: how long to listen from the end of sending in any case, also after an answer, because others
 * may answer too; 0 not at all
 * @latency_us: what the transport adds to the time of an answer, where the dialogue has measured it; -1 to
 * take the transport's word for it
 * @pause_us: shortest silence on the line before sending
 * @retries: how often to repeat the request when the answer stays away or is damaged
 * @limit: most bytes that an answer may have before it counts as endless; 0 for 4096
 * @mirrored: whether the answer may be the very bytes of the request. Otherwise those are the echo of a
 * converter, and are passed over
 *
 * What a dialogue wants next. Times are in microseconds.
 */
typedef struct
{
  AmselRequestKind kind;
  GBytes *data;
  AmselLineSettings settings;
  gint64 timeout_us;
  gint64 gap_us;
  gint64 linger_us;
  gint64 listen_us;
  gint64 latency_us;
  gint64 pause_us;
  guint retries;
  gsize limit;
  gboolean mirrored;
} AmselRequest;

#define AMSEL_TYPE_REQUEST (amsel_request_get_type ())
AMSEL_API GType amsel_request_get_type (void) G_GNUC_CONST;

AMSEL_API AmselRequest *amsel_request_new (AmselRequestKind kind, GBytes *data, gint64 timeout_us);
AMSEL_API AmselRequest *amsel_request_new_finished (void);
AMSEL_API AmselRequest *amsel_request_copy (const AmselRequest *self);
AMSEL_API void amsel_request_free (AmselRequest *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AmselRequest, amsel_request_free)

/**
 * AmselAnswerStatus:
 * @AMSEL_ANSWER_NONE: nothing was asked yet: the dialogue begins
 * @AMSEL_ANSWER_FRAME: a whole frame came
 * @AMSEL_ANSWER_SILENCE: nothing came, also not after all repeats
 * @AMSEL_ANSWER_DAMAGED: something came that is no frame, also after all repeats; the error says what is
 * wrong
 * @AMSEL_ANSWER_COLLISION: a whole frame came, and more after it
 * @AMSEL_ANSWER_SENT: what expected no answer was sent
 * @AMSEL_ANSWER_NOT_BEGUN: nothing of it was sent: the port does not take the settings or any bytes, or the
 * line is never quiet; the error says which
 * @AMSEL_ANSWER_NOT_SENT: not all of it has left in time, or a line that echoes has not given it back; the
 * error says which
 * @AMSEL_ANSWER_STOPPED: nothing will be sent any more, because the user wants it so or the line was lost;
 * the error says why. The dialogue may name it in its own words, or finish with the frames it has
 *
 * What became of the last request.
 */
typedef enum
{
  AMSEL_ANSWER_NONE,
  AMSEL_ANSWER_FRAME,
  AMSEL_ANSWER_SILENCE,
  AMSEL_ANSWER_DAMAGED,
  AMSEL_ANSWER_COLLISION,
  AMSEL_ANSWER_SENT,
  AMSEL_ANSWER_NOT_BEGUN,
  AMSEL_ANSWER_NOT_SENT,
  AMSEL_ANSWER_STOPPED,
} AmselAnswerStatus;

#define AMSEL_TYPE_ANSWER_STATUS (amsel_answer_status_get_type ())
AMSEL_API GType amsel_answer_status_get_type (void) G_GNUC_CONST;

/**
 * AmselAnswer:
 * @status: #AmselAnswerStatus
 * @frame: (nullable): the frame, with %AMSEL_ANSWER_FRAME and %AMSEL_ANSWER_COLLISION
 * @error: (nullable): what was wrong, with %AMSEL_ANSWER_DAMAGED, %AMSEL_ANSWER_NOT_BEGUN,
 * %AMSEL_ANSWER_NOT_SENT and %AMSEL_ANSWER_STOPPED
 * @latency_us: from the end of sending to the first byte, where one came
 * @end_us: from the end of sending to the last byte, where one came
 * @n_bytes: how many characters came, whatever became of them
 * @n_damaged: how many of them had a wrong parity or stop bit, as far as the transport can tell
 * @first_damaged: how many came before the first of those
 * @n_frames: how many whole frames came without anything between them and after them; 0 where the first bytes
 * are none
 * @attempts: how often the request was sent
 * @transport_us: what the transport says that it may add to the time of an answer
 * @real_us: the time of day when this is said, in microseconds since 1970 UTC, for dialogues that tell a
 * meter what time it is; 0 with %AMSEL_ANSWER_STOPPED
 *
 * What came back. It belongs to the exchange and is valid during the call only.
 */
typedef struct
{
  AmselAnswerStatus status;
  AmselFrame *frame;
  GError *error;
  gint64 latency_us;
  gint64 end_us;
  guint n_bytes;
  guint n_damaged;
  guint first_damaged;
  guint n_frames;
  guint attempts;
  gint64 transport_us;
  gint64 real_us;
} AmselAnswer;

#define AMSEL_TYPE_ANSWER (amsel_answer_get_type ())
AMSEL_API GType amsel_answer_get_type (void) G_GNUC_CONST;
AMSEL_API AmselAnswer *amsel_answer_new (void);
AMSEL_API void amsel_answer_set_frame (AmselAnswer *self, AmselFrame *frame);
AMSEL_API void amsel_answer_set_error (AmselAnswer *self, const GError *error);
AMSEL_API AmselAnswer *amsel_answer_copy (const AmselAnswer *self);
AMSEL_API void amsel_answer_free (AmselAnswer *self);

#define AMSEL_TYPE_DIALOGUE (amsel_dialogue_get_type ())
AMSEL_API
G_DECLARE_DERIVABLE_TYPE (AmselDialogue, amsel_dialogue, AMSEL, DIALOGUE, GObject)

/**
 * AmselDialogueClass:
 * @parent_class: the parent class
 * @next: given the last answer, what to do next; %NULL with an error ends the dialogue as failed
 *
 * What a dialogue implements.
 */
struct _AmselDialogueClass
{
  GObjectClass parent_class;

  AmselRequest *(*next) (AmselDialogue *self, const AmselAnswer *answer, GError **error);

  gpointer padding[4];
};

/**
 * AmselPatience:
 * @AMSEL_PATIENCE_FULL: every request is repeated as often as it asks for
 * @AMSEL_PATIENCE_ONE_TRY: no request is repeated
 * @AMSEL_PATIENCE_ONE_SILENCE: no request is repeated, and the first one that nothing answers ends the
 * dialogue
 *
 * How long to try while the other side has not answered at all. From its first answer on, requests are always
 * repeated as often as they ask for.
 */
typedef enum
{
  AMSEL_PATIENCE_FULL,
  AMSEL_PATIENCE_ONE_TRY,
  AMSEL_PATIENCE_ONE_SILENCE,
} AmselPatience;

#define AMSEL_TYPE_PATIENCE (amsel_patience_get_type ())
AMSEL_API GType amsel_patience_get_type (void) G_GNUC_CONST;

/**
 * AmselDialogueReport: (skip)
 * @start_us: wall-clock time when the first request was sent; 0 where none was
 * @end_us: wall-clock time when it was over
 * @attempts: most times that one request was sent
 * @contact: whether any whole frame came
 * @line_fault: whether it ended because of the line, or because somebody stopped it, which says nothing about
 * the meter
 * @unsent: whether it ended because a request could not be sent, which may be otherwise a while later
 *
 * What is known of a dialogue that is over, besides its frames.
 */
typedef struct
{
  gint64 start_us;
  gint64 end_us;
  guint attempts;
  gboolean contact;
  gboolean line_fault;
  gboolean unsent;
} AmselDialogueReport;

AMSEL_API AmselRequest *amsel_dialogue_next (AmselDialogue *self, const AmselAnswer *answer, GError **error);
AMSEL_API GError *amsel_dialogue_stop (AmselDialogue *self, const GError *reason);
AMSEL_API void amsel_dialogue_add_frame (AmselDialogue *self, AmselFrame *frame);
AMSEL_API GPtrArray *amsel_dialogue_get_frames (AmselDialogue *self);
AMSEL_API void amsel_dialogue_set_complete (AmselDialogue *self, gboolean complete);
AMSEL_API gboolean amsel_dialogue_get_complete (AmselDialogue *self);

G_END_DECLS
