/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One decoded message of a meter.
 *
 * The records are one array at the end of the telegram's block, and text or raw bytes stay in the payload,
 * where records point by offset: a telegram is one allocation however many records it has (a few more only
 * where they were not expected), and passing it to another thread is counting one reference. */
#include <string.h>

#include "amsel-error.h"
#include "amsel-telegram-private.h"

G_DEFINE_BOXED_TYPE (AmselTelegram, amsel_telegram, amsel_telegram_ref, amsel_telegram_unref)

G_DEFINE_ENUM_TYPE (AmselEncryption, amsel_encryption, G_DEFINE_ENUM_VALUE (AMSEL_ENCRYPTION_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_ENCRYPTION_DECRYPTED, "decrypted"),
                    G_DEFINE_ENUM_VALUE (AMSEL_ENCRYPTION_NO_KEY, "no-key"),
                    G_DEFINE_ENUM_VALUE (AMSEL_ENCRYPTION_WRONG_KEY, "wrong-key"),
                    G_DEFINE_ENUM_VALUE (AMSEL_ENCRYPTION_UNSUPPORTED, "unsupported"),
                    G_DEFINE_ENUM_VALUE (AMSEL_ENCRYPTION_UNCHECKED, "unchecked"))

static const gchar *const ENCRYPTION_NAMES[] = {
  [AMSEL_ENCRYPTION_NONE] = "none",
  [AMSEL_ENCRYPTION_DECRYPTED] = "decrypted",
  [AMSEL_ENCRYPTION_NO_KEY] = "no-key",
  [AMSEL_ENCRYPTION_WRONG_KEY] = "wrong-key",
  [AMSEL_ENCRYPTION_UNSUPPORTED] = "unsupported",
  [AMSEL_ENCRYPTION_UNCHECKED] = "unchecked",
};

static const AmselRecord EMPTY;

/**
 * amsel_encryption_get_name:
 * @encryption: one of the enumeration
 *
 * Returns: (transfer none): its name, such as "decrypted"
 */
const gchar *
amsel_encryption_get_name (AmselEncryption encryption)
{
  return ENCRYPTION_NAMES[(guint) encryption < G_N_ELEMENTS (ENCRYPTION_NAMES) ? encryption : 0];
}

/**
 * amsel_telegram_new: (constructor)
 * @frame: the frame it was decoded from
 * @n_records_expected: how many records there will probably be; more are possible
 *
 * Makes an empty telegram. For protocols.
 *
 * Returns: (transfer full): a telegram whose payload is the bytes of @frame
 */
AmselTelegram *
amsel_telegram_new (AmselFrame *frame, gsize n_records_expected)
{
  gsize n_allocated = CLAMP (n_records_expected, 1, 4096);
  AmselTelegram *self = g_malloc (sizeof *self + n_allocated * sizeof (AmselRecord));

  memset (self, 0, sizeof *self);
  g_atomic_ref_count_init (&self->refs);
  self->frame = amsel_frame_ref (frame);
  self->payload = amsel_frame_get_data (frame, &self->payload_length);
  self->header.identity.address = AMSEL_ADDRESS_NONE;
  self->n_allocated = n_allocated;
  self->records = self->own_records;
  return self;
}

/**
 * amsel_telegram_ref:
 * @self: a telegram
 *
 * Returns: (transfer full): @self
 */
AmselTelegram *
amsel_telegram_ref (AmselTelegram *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * amsel_telegram_unref:
 * @self: (transfer full): a telegram
 */
void
amsel_telegram_unref (AmselTelegram *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  amsel_frame_unref (self->frame);
  g_free (self->own_payload);
  g_clear_error (&self->fault);
  if (self->records != self->own_records)
    g_free (self->records);
  g_free (self->fields);
  g_free (self->texts);
  g_free (self->names);
  g_free (self);
}

/**
 * amsel_telegram_take_payload: (skip)
 * @self: a telegram that is being filled
 * @payload: (transfer full) (array length=length): bytes from g_malloc()
 * @length: how many
 *
 * Lets the records refer to other bytes than the frame's: the decrypted ones. For protocols.
 */
void
amsel_telegram_take_payload (AmselTelegram *self, guint8 *payload, gsize length)
{
  g_free (self->own_payload);
  self->own_payload = payload;
  self->payload = payload;
  self->payload_length = length;
}

/**
 * amsel_telegram_edit_payload: (skip)
 * @self: a telegram that is being filled
 *
 * Gives the telegram bytes of its own, copied from the frame's where it has none yet. For protocols, which
 * decrypt in place.
 *
 * Returns: (transfer none): the bytes that the offsets in records point into, to be written
 */
guint8 *
amsel_telegram_edit_payload (AmselTelegram *self)
{
  if (self->own_payload == NULL)
    amsel_telegram_take_payload (self, g_memdup2 (self->payload, self->payload_length), self->payload_length);
  return self->own_payload;
}

/**
 * amsel_telegram_take_fault: (skip)
 * @self: a telegram that is being filled
 * @fault: (transfer full): why not all of it could be read
 *
 * Says that the telegram is whole and its sender known, but its values are not or not all: there is no key,
 * or the key does not fit. The first fault stays. For protocols.
 */
void
amsel_telegram_take_fault (AmselTelegram *self, GError *fault)
{
  if (self->fault == NULL)
    self->fault = fault;
  else
    g_error_free (fault);
}

/**
 * amsel_telegram_clear_fault: (skip)
 * @self: a telegram that is being filled
 *
 * Forgets why not all of it could be read, since somebody could after all. For protocols.
 */
void
amsel_telegram_clear_fault (AmselTelegram *self)
{
  g_clear_error (&self->fault);
}

/**
 * amsel_telegram_get_fault:
 * @self: a telegram
 *
 * Returns: (transfer none) (nullable): why not all of it could be read; %NULL where it could
 */
const GError *
amsel_telegram_get_fault (const AmselTelegram *self)
{
  return self->fault;
}

/**
 * amsel_telegram_edit_header: (skip)
 * @self: a telegram that is being filled
 *
 * Returns: (transfer none): its header, to be written. For protocols.
 */
AmselTelegramHeader *
amsel_telegram_edit_header (AmselTelegram *self)
{
  return &self->header;
}

/* The records move out of the telegram's block. Rare, so it stays out of the way of what adds one. */
static G_GNUC_NO_INLINE AmselRecord *
grow_and_add (AmselTelegram *self)
{
  AmselRecord *records = g_new (AmselRecord, 2 * self->n_allocated);

  memcpy (records, self->records, self->n_records * sizeof *records);
  if (self->records != self->own_records)
    g_free (self->records);
  self->records = records;
  self->n_allocated *= 2;
  return amsel_telegram_add_record (self);
}

/**
 * amsel_telegram_add_record: (skip)
 * @self: a telegram that is being filled
 *
 * Adds a record. For protocols.
 *
 * Returns: (transfer none): the record, all zero, to be written; valid until the next one is added
 */
AmselRecord *
amsel_telegram_add_record (AmselTelegram *self)
{
  AmselRecord *record;

  if (G_UNLIKELY (self->n_records == self->n_allocated))
    return grow_and_add (self);
  record = &self->records[self->n_records++];
  *record = EMPTY; /* copied in a dozen moves; what compilers clear so many bytes with takes longer */
  return record;
}

/**
 * amsel_telegram_drop_record: (skip)
 * @self: a telegram that is being filled
 *
 * Takes the last record back, because it turned out to be incomplete. For protocols.
 */
void
amsel_telegram_drop_record (AmselTelegram *self)
{
  g_return_if_fail (self->n_records > 0);
  self->n_records--;
}

/**
 * amsel_telegram_set_identity:
 * @self: a telegram that is being filled
 * @identity: who sent it
 *
 * For protocols in other languages.
 */
void
amsel_telegram_set_identity (AmselTelegram *self, const AmselIdentity *identity)
{
  self->header.identity = *identity;
}

/**
 * amsel_telegram_set_state:
 * @self: a telegram that is being filled
 * @access_number: the meter's counter of its telegrams, of which eight bits are kept
 * @status: status byte of EN 13757-3, of which eight bits are kept
 * @more_follows: whether the meter has another telegram of the same reading
 *
 * For protocols in other languages.
 */
void
amsel_telegram_set_state (AmselTelegram *self, guint access_number, guint status, gboolean more_follows)
{
  self->header.access_number = (guint8) access_number;
  self->header.status = (guint8) status;
  self->header.more_follows = more_follows;
}

/**
 * amsel_telegram_set_payload:
 * @self: a telegram that is being filled, without records
 * @payload: the bytes that the offsets in records point into, instead of those of the frame; they are copied
 *
 * For protocols in other languages.
 */
void
amsel_telegram_set_payload (AmselTelegram *self, GBytes *payload)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (payload, &length);

  g_return_if_fail (self->n_records == 0);
  amsel_telegram_take_payload (self, g_memdup2 (data, length), length);
}

static gboolean
is_inside (const AmselTelegram *self, guint32 offset, guint32 length)
{
  return offset <= self->payload_length && length <= self->payload_length - offset;
}

/**
 * amsel_telegram_append:
 * @self: a telegram that is being filled
 * @record: a record, which is copied
 * @error: return location for an #AmselPluginError
 *
 * Adds a record, after checking that it is one. For protocols in other languages.
 *
 * Returns: whether it was added
 */
gboolean
amsel_telegram_append (AmselTelegram *self, const AmselRecord *record, GError **error)
{
  const gchar *fault = NULL;

  if (record->kind > AMSEL_VALUE_BYTES)
    fault = "has an unknown kind of value";
  else if (record->n_modifiers > AMSEL_RECORD_MODIFIERS)
    fault = "has too many modifiers";
  else if (record->kind == AMSEL_VALUE_DATE && !amsel_date_is_valid (&record->date))
    fault = "has a date that does not exist";
  else if (!is_inside (self, record->data_offset, record->data_length)
           || !is_inside (self, record->dif_offset, (guint32) record->dif_length + record->vif_length)
           || !is_inside (self, record->vif_text_offset, record->vif_text_length))
    fault = "points outside the payload";
  if (fault != NULL)
    {
      g_set_error (error, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_CONTRACT, "record %" G_GSIZE_FORMAT " %s",
                   self->n_records, fault);
      return FALSE;
    }
  *amsel_telegram_add_record (self) = *record;
  return TRUE;
}

/**
 * amsel_telegram_dup_payload:
 * @self: a telegram
 *
 * Returns: (transfer full): a copy of the bytes that the offsets in records point into
 */
GBytes *
amsel_telegram_dup_payload (const AmselTelegram *self)
{
  return g_bytes_new (self->payload, self->payload_length);
}

/**
 * amsel_telegram_get_frame:
 * @self: a telegram
 *
 * Returns: (transfer none): the frame it was decoded from
 */
AmselFrame *
amsel_telegram_get_frame (const AmselTelegram *self)
{
  return self->frame;
}

/**
 * amsel_telegram_get_header: (skip)
 * @self: a telegram
 *
 * Returns: (transfer none): what precedes the records
 */
const AmselTelegramHeader *
amsel_telegram_get_header (const AmselTelegram *self)
{
  return &self->header;
}

/**
 * amsel_telegram_get_payload: (skip)
 * @self: a telegram
 * @length: (out): how many bytes
 *
 * Returns: (transfer none) (array length=length): the bytes that the offsets in records point into
 */
const guint8 *
amsel_telegram_get_payload (const AmselTelegram *self, gsize *length)
{
  *length = self->payload_length;
  return self->payload;
}

/**
 * amsel_telegram_get_records: (skip)
 * @self: a telegram
 * @n_records: (out): how many
 *
 * Returns: (transfer none) (array length=n_records): the records
 */
const AmselRecord *
amsel_telegram_get_records (const AmselTelegram *self, gsize *n_records)
{
  *n_records = self->n_records;
  return self->records;
}

/**
 * amsel_telegram_get_identity:
 * @self: a telegram
 *
 * Returns: (transfer none): who sent it
 */
const AmselIdentity *
amsel_telegram_get_identity (const AmselTelegram *self)
{
  return &self->header.identity;
}

/**
 * amsel_telegram_get_access_number:
 * @self: a telegram
 *
 * Returns: the meter's counter of its telegrams, 0 to 255
 */
guint
amsel_telegram_get_access_number (const AmselTelegram *self)
{
  return self->header.access_number;
}

/**
 * amsel_telegram_get_status:
 * @self: a telegram
 *
 * Returns: the status byte of EN 13757-3
 */
guint
amsel_telegram_get_status (const AmselTelegram *self)
{
  return self->header.status;
}

/**
 * amsel_telegram_get_encryption:
 * @self: a telegram
 *
 * Returns: what became of its encryption
 */
AmselEncryption
amsel_telegram_get_encryption (const AmselTelegram *self)
{
  return self->header.encryption;
}

/**
 * amsel_telegram_get_more_follows:
 * @self: a telegram
 *
 * Returns: whether the meter has another telegram of the same reading
 */
gboolean
amsel_telegram_get_more_follows (const AmselTelegram *self)
{
  return self->header.more_follows;
}

/**
 * amsel_telegram_get_n_records:
 * @self: a telegram
 *
 * Returns: how many records it has
 */
guint
amsel_telegram_get_n_records (const AmselTelegram *self)
{
  return (guint) self->n_records;
}

/**
 * amsel_telegram_get_record:
 * @self: a telegram
 * @index: number of a record, from 0
 *
 * Returns: (transfer none) (nullable): the record; %NULL where there are not so many
 */
const AmselRecord *
amsel_telegram_get_record (const AmselTelegram *self, guint index)
{
  return index < self->n_records ? &self->records[index] : NULL;
}
