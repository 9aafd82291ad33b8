/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A simulated meter as the configuration describes it: settings, and nothing that happens. */
#pragma once

#include "mbus-generator.h"
#include "mbus-numbers.h"
#include "mbus-telegrams.h"

G_BEGIN_DECLS

/* What a slave may do wrong with its telegrams. */
typedef enum
{
  MBUS_SLAVE_FAULT_NONE,
  MBUS_SLAVE_FAULT_WRONG_FIRST_START,
  MBUS_SLAVE_FAULT_WRONG_SECOND_START,
  MBUS_SLAVE_FAULT_WRONG_STOP,
  MBUS_SLAVE_FAULT_WRONG_CHECKSUM,
  MBUS_SLAVE_FAULT_LENGTH_MISMATCH,
  MBUS_SLAVE_FAULT_WRONG_LENGTH,
  MBUS_SLAVE_FAULT_WRONG_CONTROL,
  MBUS_SLAVE_FAULT_WRONG_ADDRESS,
  MBUS_SLAVE_FAULT_WRONG_CI,
  MBUS_SLAVE_FAULT_OTHER_ID,
  MBUS_SLAVE_FAULT_TRUNCATED,
  MBUS_SLAVE_FAULT_GARBAGE,
  MBUS_SLAVE_FAULT_PARITY,
  MBUS_SLAVE_FAULT_FRAMING,
  MBUS_SLAVE_FAULT_TWICE,
  MBUS_SLAVE_FAULT_ENDLESS,
  MBUS_SLAVE_FAULT_ONLY_ACKS,
  MBUS_SLAVE_FAULT_WRONG_ACK,
} MbusSlaveFault;

#define MBUS_TYPE_SLAVE_FAULT (mbus_slave_fault_get_type ())
GType mbus_slave_fault_get_type (void) G_GNUC_CONST;

typedef struct
{
  gint address;        /* -1: as its telegram says */
  gchar *id;           /* (owned) (nullable) */
  gchar *manufacturer; /* (owned) (nullable) */
  gchar *medium;       /* (owned) (nullable) */
  gchar *fabrication;  /* (owned) (nullable) */
  gint version;        /* -1: as its telegram says */
  gchar **telegrams;   /* (owned) (nullable) */
  gchar *file;         /* (owned) (nullable) */
  MbusGenerate generate;
  guint parts;
  guint length; /* of a generated telegram at least; 0: as it is */
  guint count;
  MbusNumbers ids;
  guint clusters;
  guint id_step;
  guint address_step;
  guint baud; /* 0: the line's */
  gint64 latency_min_us;
  gint64 latency_max_us;
  gboolean dead;
  gdouble drop;
  MbusSlaveFault fault;
  gdouble fault_rate;
  guint fault_limit;
  gchar **applications; /* (owned) (nullable): hexadecimal subcodes, one for each telegram */
  gint64 wake_up_us;
  gint64 away_after_us;
  gint64 away_for_us;
  guint quota;
} MbusSlaveSettings;

#define MBUS_TYPE_SLAVE (mbus_slave_get_type ())
G_DECLARE_FINAL_TYPE (MbusSlave, mbus_slave, MBUS, SLAVE, GObject)

const MbusSlaveSettings *mbus_slave_get_settings (MbusSlave *self);
gboolean mbus_slave_parse_application (const gchar *text, guint8 *out_subcode);
MbusTelegrams *mbus_slave_load_telegrams (MbusSlave *self, GError **error);

G_END_DECLS
