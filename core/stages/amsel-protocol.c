/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base class of protocols: the public functions check what the implementation returns, since it may be a
 * plugin of somebody else, or Python. */
#include "amsel-protocol.h"

#include "amsel-error.h"
#include "amsel-problem.h"

G_DEFINE_ABSTRACT_TYPE (AmselProtocol, amsel_protocol, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AmselFrameStatus, amsel_frame_status,
                    G_DEFINE_ENUM_VALUE (AMSEL_FRAME_STATUS_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_FRAME_STATUS_COMPLETE, "complete"),
                    G_DEFINE_ENUM_VALUE (AMSEL_FRAME_STATUS_MORE, "more"),
                    G_DEFINE_ENUM_VALUE (AMSEL_FRAME_STATUS_DAMAGED, "damaged"))

static void
set_contract_error (AmselProtocol *self, GError **error, const gchar *fault)
{
  g_set_error (error, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_CONTRACT, "%s %s", G_OBJECT_TYPE_NAME (self),
               fault);
}

/**
 * amsel_protocol_find_frame: (virtual find_frame)
 * @self: a protocol
 * @data: (array length=length): received bytes; at least one
 * @length: how many
 * @received_us: when the last of them came: wall-clock microseconds
 * @used: (out): bytes that are done with: the frame's, or those that are no frame
 * @frame: (out) (nullable): the frame, with %AMSEL_FRAME_STATUS_COMPLETE
 * @error: return location for what is wrong, with %AMSEL_FRAME_STATUS_DAMAGED
 *
 * Looks for a frame at the beginning of received bytes. On %AMSEL_FRAME_STATUS_DAMAGED the caller drops @used
 * bytes, of which there is at least one, and tries again with the rest.
 *
 * Returns: the outcome
 */
AmselFrameStatus
amsel_protocol_find_frame (AmselProtocol *self, const guint8 *data, gsize length, gint64 received_us,
                           gsize *used, AmselFrame **frame, GError **error)
{
  g_autoptr (AmselFrame) found = NULL;
  GError *local = NULL;
  gsize n = 0;
  AmselFrameStatus status =
      AMSEL_PROTOCOL_GET_CLASS (self)->find_frame (self, data, length, received_us, &n, &found, &local);
  const gchar *fault = NULL;

  if (n > length)
    fault = "used more bytes than there are";
  else if (status == AMSEL_FRAME_STATUS_COMPLETE && (found == NULL || n == 0 || local != NULL))
    fault = "found a frame without bytes";
  else if (status == AMSEL_FRAME_STATUS_NONE && local == NULL)
    fault = "returned no status";
  else if (status != AMSEL_FRAME_STATUS_COMPLETE && status != AMSEL_FRAME_STATUS_MORE && local == NULL)
    fault = "found a fault and gave no reason";

  *frame = NULL;
  if (fault != NULL)
    {
      g_clear_error (&local);
      set_contract_error (self, &local, fault);
    }
  if (local != NULL)
    {
      /* at least one byte must go, or the caller would try for ever */
      *used = CLAMP (n, 1, length);
      g_propagate_error (error, local);
      return AMSEL_FRAME_STATUS_DAMAGED;
    }
  *used = status == AMSEL_FRAME_STATUS_COMPLETE ? n : 0;
  *frame = g_steal_pointer (&found);
  return status;
}

static AmselFrame *
default_adopt (AmselProtocol *self, const guint8 *data, gsize length, GError **error)
{
  g_autoptr (AmselFrame) frame = NULL;
  gsize used = 0;
  AmselFrameStatus status = AMSEL_FRAME_STATUS_MORE;

  if (length > 0)
    status = amsel_protocol_find_frame (self, data, length, 0, &used, &frame, error);
  if (status == AMSEL_FRAME_STATUS_DAMAGED)
    return NULL;
  if (status == AMSEL_FRAME_STATUS_COMPLETE && used == length)
    return g_steal_pointer (&frame);
  g_set_error (error, AMSEL_READ_ERROR, AMSEL_READ_ERROR_DAMAGED,
               status == AMSEL_FRAME_STATUS_MORE ? "the frame ends too early, after %" G_GSIZE_FORMAT " bytes"
                                                 : "%" G_GSIZE_FORMAT " bytes follow the frame",
               status == AMSEL_FRAME_STATUS_MORE ? length : length - used);
  return NULL;
}

/**
 * amsel_protocol_adopt: (virtual adopt)
 * @self: a protocol
 * @data: (array length=length): bytes that somebody stored
 * @length: how many
 * @error: return location for an error
 *
 * Makes a frame of bytes that are one telegram, with its link layer or without.
 *
 * Returns: (transfer full): a frame
 */
AmselFrame *
amsel_protocol_adopt (AmselProtocol *self, const guint8 *data, gsize length, GError **error)
{
  GError *local = NULL;
  AmselFrame *frame = AMSEL_PROTOCOL_GET_CLASS (self)->adopt (self, data, length, &local);

  if (frame != NULL && local == NULL)
    return frame;
  if (local == NULL)
    set_contract_error (self, &local, "did not take the bytes and gave no reason");
  g_clear_pointer (&frame, amsel_frame_unref);
  g_propagate_error (error, local);
  return NULL;
}

/**
 * amsel_protocol_adopt_line: (virtual adopt_line)
 * @self: a protocol
 * @line: a line of text
 * @error: return location for an error
 *
 * Makes a frame of a line as receivers of this protocol print it, with what they say of time and signal
 * strength.
 *
 * Returns: (transfer full): a frame
 */
AmselFrame *
amsel_protocol_adopt_line (AmselProtocol *self, const gchar *line, GError **error)
{
  AmselProtocolClass *klass = AMSEL_PROTOCOL_GET_CLASS (self);
  GError *local = NULL;
  AmselFrame *frame = klass->adopt_line != NULL ? klass->adopt_line (self, line, &local) : NULL;

  if (frame != NULL && local == NULL)
    return frame;
  if (local == NULL)
    set_contract_error (self, &local,
                        klass->adopt_line != NULL ? "did not take the line and gave no reason"
                                                  : "has no lines");
  g_clear_pointer (&frame, amsel_frame_unref);
  g_propagate_error (error, local);
  return NULL;
}

/**
 * amsel_protocol_decode: (virtual decode)
 * @self: a protocol
 * @frame: a frame
 * @meter: (nullable): the meter that it is from, whose settings (keys) may be needed
 * @error: return location for an error
 *
 * Decodes a frame. Unknown but well-formed parts become records with their bytes, not errors.
 *
 * Returns: (transfer full): the telegram
 */
AmselTelegram *
amsel_protocol_decode (AmselProtocol *self, AmselFrame *frame, AmselMeter *meter, GError **error)
{
  GError *local = NULL;
  AmselTelegram *telegram = AMSEL_PROTOCOL_GET_CLASS (self)->decode (self, frame, meter, &local);

  if (telegram != NULL && local == NULL)
    return telegram;
  if (local == NULL)
    set_contract_error (self, &local, "did not decode and gave no reason");
  g_clear_pointer (&telegram, amsel_telegram_unref);
  g_propagate_error (error, local);
  return NULL;
}

/**
 * amsel_protocol_can_read:
 * @self: a protocol
 *
 * Returns: whether meters of this protocol can be asked; otherwise they speak by themselves
 */
gboolean
amsel_protocol_can_read (AmselProtocol *self)
{
  return AMSEL_PROTOCOL_GET_CLASS (self)->read != NULL;
}

/**
 * amsel_protocol_read: (virtual read)
 * @self: a protocol
 * @meter: the meter to read
 * @error: return location for an error
 *
 * Begins the dialogue that reads a meter.
 *
 * Returns: (transfer full): the dialogue
 */
AmselDialogue *
amsel_protocol_read (AmselProtocol *self, AmselMeter *meter, GError **error)
{
  AmselProtocolClass *klass = AMSEL_PROTOCOL_GET_CLASS (self);
  GError *local = NULL;
  AmselDialogue *dialogue = klass->read != NULL ? klass->read (self, meter, &local) : NULL;

  if (dialogue != NULL && local == NULL)
    return dialogue;
  if (local == NULL)
    set_contract_error (self, &local,
                        klass->read != NULL ? "began no dialogue and gave no reason" : "cannot ask meters");
  g_clear_object (&dialogue);
  g_propagate_error (error, local);
  return NULL;
}

/**
 * amsel_protocol_search: (virtual search)
 * @self: a protocol
 * @error: return location for an error; %AMSEL_READ_ERROR_UNSUPPORTED where meters of this protocol cannot be
 * searched for
 *
 * Makes the dialogue that finds out which meters are on a line. Its options are its properties.
 *
 * Returns: (transfer full): the search
 */
AmselSearch *
amsel_protocol_search (AmselProtocol *self, GError **error)
{
  AmselProtocolClass *klass = AMSEL_PROTOCOL_GET_CLASS (self);
  GError *local = NULL;
  AmselSearch *search;

  if (klass->search == NULL)
    {
      g_set_error_literal (error, AMSEL_READ_ERROR, AMSEL_READ_ERROR_UNSUPPORTED,
                           "meters of this protocol cannot be searched for");
      return NULL;
    }
  search = klass->search (self, &local);
  if (search != NULL && local == NULL)
    return search;
  if (local == NULL)
    set_contract_error (self, &local, "made no search and gave no reason");
  g_clear_object (&search);
  g_propagate_error (error, local);
  return NULL;
}

/**
 * amsel_protocol_prepare: (virtual prepare)
 * @self: a protocol
 * @finder: (out) (transfer full) (nullable): finds the answers of that dialogue, which are not the frames of
 * @self
 *
 * Begins the dialogue that sets up what stands at the other end of a line that is listened to, such as a
 * radio receiver. A line conducts it when it has been opened, and again after a long silence.
 *
 * Returns: (transfer full) (nullable): the dialogue; %NULL where there is nothing to set up
 */
AmselDialogue *
amsel_protocol_prepare (AmselProtocol *self, AmselProtocol **finder)
{
  AmselProtocolClass *klass = AMSEL_PROTOCOL_GET_CLASS (self);
  g_autoptr (AmselDialogue) dialogue = NULL;
  AmselProtocol *found = NULL;

  if (klass->prepare != NULL)
    dialogue = klass->prepare (self, &found);
  if (dialogue != NULL && found == NULL)
    found = g_object_ref (self);
  if (dialogue == NULL)
    g_clear_object (&found);
  *finder = found;
  return g_steal_pointer (&dialogue);
}

/**
 * amsel_protocol_listen: (virtual listen)
 * @self: a protocol
 * @index: number of the line, from 0: that of the pipeline, then others on which the same meters are heard
 * @n_lines: how many lines there are
 * @error: return location for an error of the settings
 *
 * Makes what finds frames on a line that is listened to, and sets up what stands at its other end. That may
 * be another thing on each line, such as a radio receiver of another kind, and is for one line alone.
 *
 * Returns: (transfer full): a protocol of which no more is used than its frames and what it prepares; %NULL
 * with an error where the settings are not for so many lines
 */
AmselProtocol *
amsel_protocol_listen (AmselProtocol *self, guint index, guint n_lines, GError **error)
{
  AmselProtocolClass *klass = AMSEL_PROTOCOL_GET_CLASS (self);
  g_autoptr (AmselProtocol) finder = NULL;
  GError *local = NULL;

  if (klass->listen == NULL)
    return g_object_ref (self);
  finder = klass->listen (self, index, n_lines, &local);
  if (finder != NULL && local == NULL)
    return g_steal_pointer (&finder);
  if (local == NULL)
    set_contract_error (self, &local, "does not listen and gave no reason");
  g_propagate_error (error, local);
  return NULL;
}

/**
 * amsel_protocol_save: (virtual save)
 * @self: a protocol
 * @error: return location for what could not be kept, or was not there or damaged when it was looked for
 *
 * Keeps what must survive the program, where the settings name a file for it. Called when a pipeline begins
 * to listen, a few seconds after a telegram has come, and when the pipeline ends.
 *
 * Returns: whether all is well
 */
gboolean
amsel_protocol_save (AmselProtocol *self, GError **error)
{
  AmselProtocolClass *klass = AMSEL_PROTOCOL_GET_CLASS (self);
  GError *local = NULL;

  if (klass->save == NULL || (klass->save (self, &local) && local == NULL))
    return TRUE;
  if (local == NULL)
    set_contract_error (self, &local, "did not save and gave no reason");
  g_propagate_error (error, local);
  return FALSE;
}

/**
 * amsel_protocol_get_meter_type: (virtual get_meter_type)
 * @self: a protocol
 *
 * Returns: type of its meters: #AmselMeter or derived from it
 */
GType
amsel_protocol_get_meter_type (AmselProtocol *self)
{
  AmselProtocolClass *klass = AMSEL_PROTOCOL_GET_CLASS (self);
  GType type = klass->get_meter_type != NULL ? klass->get_meter_type (self) : AMSEL_TYPE_METER;

  return g_type_is_a (type, AMSEL_TYPE_METER) ? type : AMSEL_TYPE_METER;
}

/**
 * amsel_protocol_check: (virtual check)
 * @self: a protocol
 * @error: return location for what is wrong with its settings
 *
 * Returns: whether the settings can be used
 */
gboolean
amsel_protocol_check (AmselProtocol *self, GError **error)
{
  AmselProtocolClass *klass = AMSEL_PROTOCOL_GET_CLASS (self);
  GError *local = NULL;

  if (klass->check == NULL || klass->check (self, &local))
    {
      g_clear_error (&local);
      return TRUE;
    }
  if (local == NULL)
    set_contract_error (self, &local, "refused its settings and gave no reason");
  g_propagate_error (error, local);
  return FALSE;
}

/**
 * amsel_protocol_list_problems: (virtual list_problems) (skip)
 * @self: a protocol
 *
 * Tells what is wrong in files that its settings name, where the protocol goes on without what is wrong: a
 * description of a meter that cannot be read, or one that takes the place of another. What it cannot go on
 * without is told by amsel_protocol_check().
 *
 * Returns: (transfer full) (element-type AmselProblem): the problems, in the order of the files
 */
GPtrArray *
amsel_protocol_list_problems (AmselProtocol *self)
{
  AmselProtocolClass *klass = AMSEL_PROTOCOL_GET_CLASS (self);
  GPtrArray *problems = klass->list_problems != NULL ? klass->list_problems (self) : NULL;

  return problems != NULL ? problems : g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_problem_unref);
}

/**
 * amsel_protocol_check_meter: (virtual check_meter)
 * @self: a protocol
 * @meter: a meter
 * @error: return location for what is wrong with its settings
 *
 * Returns: whether the meter's settings can be used
 */
gboolean
amsel_protocol_check_meter (AmselProtocol *self, AmselMeter *meter, GError **error)
{
  AmselProtocolClass *klass = AMSEL_PROTOCOL_GET_CLASS (self);
  GError *local = NULL;

  if (klass->check_meter == NULL || klass->check_meter (self, meter, &local))
    {
      g_clear_error (&local);
      return TRUE;
    }
  if (local == NULL)
    set_contract_error (self, &local, "refused a meter and gave no reason");
  g_propagate_error (error, local);
  return FALSE;
}

/* A protocol that cannot look from outside has to decode. */
static gboolean
identify_by_decoding (AmselProtocol *self, AmselFrame *frame, AmselIdentity *meter)
{
  g_autoptr (AmselTelegram) telegram = amsel_protocol_decode (self, frame, NULL, NULL);

  if (telegram != NULL)
    *meter = *amsel_telegram_get_identity (telegram);
  return telegram != NULL;
}

/**
 * amsel_protocol_identify: (virtual identify) (skip)
 * @self: a protocol
 * @frame: a frame
 * @meter: (out caller-allocates): the meter that it is from
 * @carrier: (out caller-allocates): the device that has sent it, such as a radio adapter; often the meter
 * itself
 *
 * Finds out who sent a frame, as far as that is known without a key.
 *
 * Returns: whether it is known
 */
gboolean
amsel_protocol_identify (AmselProtocol *self, AmselFrame *frame, AmselIdentity *meter, AmselIdentity *carrier)
{
  AmselProtocolClass *klass = AMSEL_PROTOCOL_GET_CLASS (self);

  *meter = *carrier = (AmselIdentity){ .address = AMSEL_ADDRESS_NONE };
  if (klass->identify != NULL)
    return klass->identify (self, frame, meter, carrier);
  if (!identify_by_decoding (self, frame, meter))
    return FALSE;
  *carrier = *meter;
  return TRUE;
}

/**
 * amsel_protocol_get_fingerprint: (virtual get_fingerprint) (skip)
 * @self: a protocol
 * @frame: a frame
 *
 * Returns: a number that is the same for all copies of a telegram, also those that repeaters have sent on; 0
 * where telegrams have no copies
 */
guint64
amsel_protocol_get_fingerprint (AmselProtocol *self, AmselFrame *frame)
{
  AmselProtocolClass *klass = AMSEL_PROTOCOL_GET_CLASS (self);

  return klass->get_fingerprint != NULL ? klass->get_fingerprint (self, frame) : 0;
}

/**
 * amsel_protocol_get_meter_id: (virtual get_meter_id) (skip)
 * @self: a protocol
 * @meter: a meter
 * @id: (out): identification number of the telegrams that amsel_protocol_matches() takes for those of @meter
 *
 * Lets a long list of meters be searched at once.
 *
 * Returns: whether there is just one such number
 */
gboolean
amsel_protocol_get_meter_id (AmselProtocol *self, AmselMeter *meter, guint32 *id)
{
  AmselProtocolClass *klass = AMSEL_PROTOCOL_GET_CLASS (self);

  *id = 0;
  return klass->get_meter_id != NULL && klass->get_meter_id (self, meter, id);
}

/**
 * amsel_protocol_is_encrypted: (virtual is_encrypted)
 * @self: a protocol
 * @frame: a frame
 *
 * Returns: whether the frame says that what it carries is encrypted; nothing is decrypted or checked
 */
gboolean
amsel_protocol_is_encrypted (AmselProtocol *self, AmselFrame *frame)
{
  AmselProtocolClass *klass = AMSEL_PROTOCOL_GET_CLASS (self);

  return klass->is_encrypted != NULL && klass->is_encrypted (self, frame);
}

/**
 * amsel_protocol_get_gap_us: (virtual get_gap_us)
 * @self: a protocol
 *
 * Returns: longest pause within a frame that comes without being asked for, in microseconds: what comes after
 * a longer one does not belong to what came before; 0 for any
 */
gint64
amsel_protocol_get_gap_us (AmselProtocol *self)
{
  AmselProtocolClass *klass = AMSEL_PROTOCOL_GET_CLASS (self);

  return klass->get_gap_us != NULL ? MAX (klass->get_gap_us (self), 0) : 0;
}

/**
 * amsel_protocol_describe: (virtual describe)
 * @self: a protocol
 * @frame: a frame, of either direction
 *
 * Says what a frame is, for people who read what went over a line: its function, from whom or for whom, what
 * it carries.
 *
 * Returns: (transfer full) (nullable): one line; %NULL where the protocol has no words for it
 */
gchar *
amsel_protocol_describe (AmselProtocol *self, AmselFrame *frame)
{
  AmselProtocolClass *klass = AMSEL_PROTOCOL_GET_CLASS (self);

  return klass->describe != NULL ? klass->describe (self, frame) : NULL;
}

/**
 * amsel_protocol_matches: (virtual matches)
 * @self: a protocol
 * @meter: a meter
 * @identity: who a telegram is from
 *
 * Returns: whether that is this meter
 */
gboolean
amsel_protocol_matches (AmselProtocol *self, AmselMeter *meter, const AmselIdentity *identity)
{
  AmselProtocolClass *klass = AMSEL_PROTOCOL_GET_CLASS (self);

  return klass->matches != NULL && klass->matches (self, meter, identity);
}

static void
amsel_protocol_class_init (AmselProtocolClass *klass)
{
  klass->adopt = default_adopt;
}

static void
amsel_protocol_init (AmselProtocol *self G_GNUC_UNUSED)
{
}
