/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The outcome of reading one meter once: its readings, or why there are none. */
#pragma once

#include "amsel-telegram.h"

G_BEGIN_DECLS

/**
 * AmselQuality:
 * @AMSEL_QUALITY_NONE: not known
 * @AMSEL_QUALITY_GOOD: the meter answered and the telegram is sound
 * @AMSEL_QUALITY_PARTIAL: the meter announced more telegrams than could be read
 * @AMSEL_QUALITY_UNREADABLE: a telegram came but cannot be decoded or decrypted; its bytes are kept
 * @AMSEL_QUALITY_NO_READING: the meter was asked and gave no usable answer
 * @AMSEL_QUALITY_SUSPENDED: the meter was not asked, because it is silent and waits for its next probe
 * @AMSEL_QUALITY_MISSED: the meter was not asked, because the slot passed before its turn came
 *
 * How far a readout can be trusted.
 */
typedef enum
{
  AMSEL_QUALITY_NONE,
  AMSEL_QUALITY_GOOD,
  AMSEL_QUALITY_PARTIAL,
  AMSEL_QUALITY_UNREADABLE,
  AMSEL_QUALITY_NO_READING,
  AMSEL_QUALITY_SUSPENDED,
  AMSEL_QUALITY_MISSED,
} AmselQuality;

#define AMSEL_TYPE_QUALITY (amsel_quality_get_type ())
AMSEL_API GType amsel_quality_get_type (void) G_GNUC_CONST;
AMSEL_API const gchar *amsel_quality_get_name (AmselQuality quality);

/**
 * AmselReadoutInfo:
 * @pipeline: name of the pipeline
 * @line: name of the line
 * @meter: name of the meter in the configuration
 * @protocol: kind of the protocol, such as "mbus"
 * @slot_us: the moment of the schedule that this reading is for; 0 for a reading outside of any schedule
 * @start_us: when the first request was sent; 0 where none was
 * @end_us: when the last byte came, or when waiting ended
 * @attempts: how many times a request was sent until it was answered or given up
 * @origin: number that the readout had where it was collected from, such as a record in the memory of a
 * terminal; 0 for one that was read here
 * @quality: #AmselQuality
 * @error_domain: (nullable): domain of the error, such as "mbus-read"; %NULL where there was none
 * @error_code: its code: for wired M-Bus the number of the AMS table
 * @error_message: (nullable): its sentence
 *
 * What is known of a readout besides its telegrams. All times are wall-clock microseconds since 1970 UTC. The
 * strings are borrowed: amsel_readout_new() copies them.
 */
typedef struct
{
  const gchar *pipeline;
  const gchar *line;
  const gchar *meter;
  const gchar *protocol;
  gint64 slot_us;
  gint64 start_us;
  gint64 end_us;
  guint attempts;
  guint64 origin;
  AmselQuality quality;
  const gchar *error_domain;
  gint error_code;
  const gchar *error_message;
} AmselReadoutInfo;

/**
 * AmselReadout:
 *
 * The outcome of reading one meter once. Immutable, reference-counted, for any thread. The readings are the
 * records of its telegrams: a meter that sends its values in several telegrams has them all in one readout.
 */
typedef struct _AmselReadout AmselReadout;

#define AMSEL_TYPE_READOUT (amsel_readout_get_type ())
AMSEL_API GType amsel_readout_get_type (void) G_GNUC_CONST;

AMSEL_API AmselReadout *amsel_readout_new (const AmselReadoutInfo *info, AmselTelegram *const *telegrams,
                                           gsize n_telegrams, guint64 sequence);
AMSEL_API AmselReadout *amsel_readout_ref (AmselReadout *self);
AMSEL_API void amsel_readout_unref (AmselReadout *self);

AMSEL_API const AmselReadoutInfo *amsel_readout_get_info (const AmselReadout *self);
AMSEL_API guint64 amsel_readout_get_sequence (const AmselReadout *self);
AMSEL_API AmselTelegram *const *amsel_readout_get_telegrams (const AmselReadout *self, gsize *n_telegrams);
AMSEL_API gboolean amsel_readout_is_joined (const AmselReadout *self, guint index);
AMSEL_API const AmselIdentity *amsel_readout_get_identity (const AmselReadout *self);
AMSEL_API gboolean amsel_readout_get_meter_time (const AmselReadout *self, AmselDate *out_date);

AMSEL_API const gchar *amsel_readout_get_meter (const AmselReadout *self);
AMSEL_API const gchar *amsel_readout_get_pipeline (const AmselReadout *self);
AMSEL_API const gchar *amsel_readout_get_line (const AmselReadout *self);
AMSEL_API gint64 amsel_readout_get_slot_us (const AmselReadout *self);
AMSEL_API gint64 amsel_readout_get_start_us (const AmselReadout *self);
AMSEL_API guint64 amsel_readout_get_origin (const AmselReadout *self);
AMSEL_API gint64 amsel_readout_get_end_us (const AmselReadout *self);
AMSEL_API AmselQuality amsel_readout_get_quality (const AmselReadout *self);
AMSEL_API const gchar *amsel_readout_get_error_message (const AmselReadout *self);
AMSEL_API gint amsel_readout_get_error_code (const AmselReadout *self);
AMSEL_API guint amsel_readout_get_n_telegrams (const AmselReadout *self);
AMSEL_API AmselTelegram *amsel_readout_get_telegram (const AmselReadout *self, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AmselReadout, amsel_readout_unref)

/**
 * AmselReading:
 *
 * One value of a meter with everything that is known about it. A handle: it keeps its #AmselReadout alive.
 * For programs and bindings; code that goes through many values walks the telegrams of the readout instead.
 */
typedef struct _AmselReading AmselReading;

#define AMSEL_TYPE_READING (amsel_reading_get_type ())
AMSEL_API GType amsel_reading_get_type (void) G_GNUC_CONST;

AMSEL_API guint amsel_readout_get_n_readings (const AmselReadout *self);
AMSEL_API AmselReading *amsel_readout_get_reading (AmselReadout *self, guint index);
AMSEL_API AmselReading *amsel_reading_ref (AmselReading *self);
AMSEL_API void amsel_reading_unref (AmselReading *self);
AMSEL_API AmselReadout *amsel_reading_get_readout (const AmselReading *self);
AMSEL_API const AmselRecord *amsel_reading_get_record (const AmselReading *self);
AMSEL_API AmselQuantity amsel_reading_get_quantity (const AmselReading *self);
AMSEL_API const gchar *amsel_reading_get_unit (const AmselReading *self);
AMSEL_API AmselFunction amsel_reading_get_function (const AmselReading *self);
AMSEL_API guint64 amsel_reading_get_storage (const AmselReading *self);
AMSEL_API guint amsel_reading_get_tariff (const AmselReading *self);
AMSEL_API guint amsel_reading_get_subunit (const AmselReading *self);
AMSEL_API gchar **amsel_reading_get_modifiers (const AmselReading *self);
AMSEL_API AmselValueKind amsel_reading_get_kind (const AmselReading *self);
AMSEL_API gchar *amsel_reading_get_value_text (const AmselReading *self);
AMSEL_API gdouble amsel_reading_get_value_double (const AmselReading *self);
AMSEL_API const gchar *amsel_reading_get_reason (const AmselReading *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AmselReading, amsel_reading_unref)

G_END_DECLS
