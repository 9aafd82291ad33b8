/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Second stage: finds frames in bytes, decodes them to telegrams, and conducts dialogues. Pure: no I/O, no
 * clock. */
#pragma once

#include "amsel-dialogue.h"
#include "amsel-meter.h"
#include "amsel-search.h"
#include "amsel-telegram.h"

G_BEGIN_DECLS

/**
 * AmselFrameStatus:
 * @AMSEL_FRAME_STATUS_NONE: no status: a contract violation, so that a Python function that raised is noticed
 * @AMSEL_FRAME_STATUS_COMPLETE: a whole frame stands at the beginning
 * @AMSEL_FRAME_STATUS_MORE: what is there may become a frame
 * @AMSEL_FRAME_STATUS_DAMAGED: the first bytes are no frame and never will be; the error says why
 *
 * Outcome of amsel_protocol_find_frame().
 */
typedef enum
{
  AMSEL_FRAME_STATUS_NONE,
  AMSEL_FRAME_STATUS_COMPLETE,
  AMSEL_FRAME_STATUS_MORE,
  AMSEL_FRAME_STATUS_DAMAGED,
} AmselFrameStatus;

#define AMSEL_TYPE_FRAME_STATUS (amsel_frame_status_get_type ())
AMSEL_API GType amsel_frame_status_get_type (void) G_GNUC_CONST;

#define AMSEL_TYPE_PROTOCOL (amsel_protocol_get_type ())
AMSEL_API
G_DECLARE_DERIVABLE_TYPE (AmselProtocol, amsel_protocol, AMSEL, PROTOCOL, GObject)

/**
 * AmselProtocolClass:
 * @parent_class: the parent class
 * @find_frame: looks at the beginning of received bytes; see amsel_protocol_find_frame()
 * @adopt: makes a frame of bytes that somebody stored, with or without their link layer (nullable: the bytes
 * must be one whole frame)
 * @adopt_line: makes a frame of a line of text as receivers print it (nullable: there are none of this
 * protocol)
 * @decode: a frame to a telegram; see amsel_protocol_decode()
 * @read: begins the dialogue that reads one meter (nullable: meters of this protocol cannot be asked)
 * @search: makes the dialogue that searches a line, with the settings of the protocol; its options are its
 * properties (nullable: meters of this protocol cannot be searched for)
 * @prepare: begins the dialogue that sets up what stands at the other end of a line that is listened to, such
 * as a radio receiver; see amsel_protocol_prepare() (nullable: there is nothing to set up)
 * @get_meter_type: type of the meters, derived from #AmselMeter (nullable: #AmselMeter itself)
 * @check: whether the settings of the protocol can be used (nullable: they always can)
 * @check_meter: whether the settings of a meter can be used (nullable: they always can)
 * @identify: who sent a frame, as far as that is known without a key (nullable: decoding tells)
 * @get_fingerprint: a number that copies of a frame have in common (nullable: there are no copies)
 * @get_meter_id: the identification number that all telegrams of a meter have (nullable: it is not known)
 * @is_encrypted: whether a frame is encrypted, as far as that is seen without a key (nullable: it is not)
 * @get_gap_us: longest pause within a frame that comes without being asked for (nullable: any)
 * @matches: whether a telegram with this identity is from this meter (nullable: never)
 * @list_problems: what is wrong in files that the settings name, and is passed over (nullable: there are
 * none)
 * @describe: what a frame says, in one line (nullable: it says nothing)
 * @listen: finds frames on one of several lines; see amsel_protocol_listen() (nullable: the protocol itself
 * does, on all of them)
 * @save: keeps what must survive the program; see amsel_protocol_save() (nullable: there is nothing to keep)
 *
 * What a protocol implements. All functions are pure and may be called in any thread, in several at once.
 */
struct _AmselProtocolClass
{
  GObjectClass parent_class;

  AmselFrameStatus (*find_frame) (AmselProtocol *self, const guint8 *data, gsize length, gint64 received_us,
                                  gsize *used, AmselFrame **frame, GError **error);
  AmselFrame *(*adopt) (AmselProtocol *self, const guint8 *data, gsize length, GError **error);
  AmselTelegram *(*decode) (AmselProtocol *self, AmselFrame *frame, AmselMeter *meter, GError **error);
  AmselDialogue *(*read) (AmselProtocol *self, AmselMeter *meter, GError **error);
  AmselSearch *(*search) (AmselProtocol *self, GError **error);
  GType (*get_meter_type) (AmselProtocol *self);
  gboolean (*check_meter) (AmselProtocol *self, AmselMeter *meter, GError **error);
  gboolean (*matches) (AmselProtocol *self, AmselMeter *meter, const AmselIdentity *identity);

  AmselFrame *(*adopt_line) (AmselProtocol *self, const gchar *line, GError **error);
  gboolean (*check) (AmselProtocol *self, GError **error);
  AmselDialogue *(*prepare) (AmselProtocol *self, AmselProtocol **finder);
  gchar *(*describe) (AmselProtocol *self, AmselFrame *frame);

  gboolean (*identify) (AmselProtocol *self, AmselFrame *frame, AmselIdentity *meter, AmselIdentity *carrier);
  guint64 (*get_fingerprint) (AmselProtocol *self, AmselFrame *frame);
  gboolean (*get_meter_id) (AmselProtocol *self, AmselMeter *meter, guint32 *id);
  gboolean (*is_encrypted) (AmselProtocol *self, AmselFrame *frame);
  gint64 (*get_gap_us) (AmselProtocol *self);

  GPtrArray *(*list_problems) (AmselProtocol *self);
  AmselProtocol *(*listen) (AmselProtocol *self, guint index, guint n_lines, GError **error);
  gboolean (*save) (AmselProtocol *self, GError **error);

  gpointer padding[4];
};

AMSEL_API AmselFrameStatus amsel_protocol_find_frame (AmselProtocol *self, const guint8 *data, gsize length,
                                                      gint64 received_us, gsize *used, AmselFrame **frame,
                                                      GError **error);
AMSEL_API AmselFrame *amsel_protocol_adopt (AmselProtocol *self, const guint8 *data, gsize length,
                                            GError **error);
AMSEL_API AmselFrame *amsel_protocol_adopt_line (AmselProtocol *self, const gchar *line, GError **error);
AMSEL_API AmselTelegram *amsel_protocol_decode (AmselProtocol *self, AmselFrame *frame, AmselMeter *meter,
                                                GError **error);
AMSEL_API AmselDialogue *amsel_protocol_read (AmselProtocol *self, AmselMeter *meter, GError **error);
AMSEL_API AmselSearch *amsel_protocol_search (AmselProtocol *self, GError **error);
AMSEL_API gboolean amsel_protocol_can_read (AmselProtocol *self);
AMSEL_API AmselDialogue *amsel_protocol_prepare (AmselProtocol *self, AmselProtocol **finder);
AMSEL_API AmselProtocol *amsel_protocol_listen (AmselProtocol *self, guint index, guint n_lines,
                                                GError **error);
AMSEL_API gboolean amsel_protocol_save (AmselProtocol *self, GError **error);
AMSEL_API GType amsel_protocol_get_meter_type (AmselProtocol *self);
AMSEL_API gboolean amsel_protocol_check (AmselProtocol *self, GError **error);
AMSEL_API GPtrArray *amsel_protocol_list_problems (AmselProtocol *self);
AMSEL_API gboolean amsel_protocol_check_meter (AmselProtocol *self, AmselMeter *meter, GError **error);
AMSEL_API gchar *amsel_protocol_describe (AmselProtocol *self, AmselFrame *frame);
AMSEL_API gboolean amsel_protocol_identify (AmselProtocol *self, AmselFrame *frame, AmselIdentity *meter,
                                            AmselIdentity *carrier);
AMSEL_API guint64 amsel_protocol_get_fingerprint (AmselProtocol *self, AmselFrame *frame);
AMSEL_API gboolean amsel_protocol_get_meter_id (AmselProtocol *self, AmselMeter *meter, guint32 *id);
AMSEL_API gint64 amsel_protocol_get_gap_us (AmselProtocol *self);
AMSEL_API gboolean amsel_protocol_is_encrypted (AmselProtocol *self, AmselFrame *frame);
AMSEL_API gboolean amsel_protocol_matches (AmselProtocol *self, AmselMeter *meter,
                                           const AmselIdentity *identity);

G_END_DECLS
