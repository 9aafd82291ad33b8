/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One collection from one terminal: the oldest records are read, stored, and only when they are durable here
 * deleted there, until none is left. */
#pragma once

#include "smartcom-barrier.h"
#include "smartcom-decoder.h"

G_BEGIN_DECLS

typedef struct _SmartcomCollect SmartcomCollect;

typedef struct
{
  SmartcomDecoder *decoder; /* (unowned) */
  SmartcomBarrier *barrier; /* (unowned) */
  AmselStore *store;        /* (unowned) */
  const gchar *source;      /* (unowned): name of the service */
  guint batch;              /* most records asked for at once */
  void (*readout) (AmselReadout *readout, gpointer user_data);
  void (*problem) (SmartcomTerminal *terminal, const GError *error, gpointer user_data);
  void (*notice) (SmartcomTerminal *terminal, const gchar *message, gpointer user_data);
  /* Ended, for good (error NULL) or not; the collection is gone after it. */
  void (*done) (SmartcomTerminal *terminal, const GError *error, guint n_records, gpointer user_data);
  gpointer user_data;
} SmartcomCollectContext;

/* The terminal is online. The context must stay. */
void smartcom_collect_begin (const SmartcomCollectContext *context, SmartcomTerminal *terminal);

G_END_DECLS
