/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records to readouts: by the protocol that each record names. */
#pragma once

#include "smartcom-terminal.h"

G_BEGIN_DECLS

typedef struct _SmartcomDecoder SmartcomDecoder;

/* source: name of the service, the pipeline of the readouts. keys: file with keys of meters; may be NULL. */
SmartcomDecoder *smartcom_decoder_new (AmselRegistry *registry, const gchar *source, const gchar *keys);
void smartcom_decoder_free (SmartcomDecoder *self);

/* Always makes a readout: bytes that cannot be read are kept with the reason. */
AmselReadout *smartcom_decoder_decode (SmartcomDecoder *self, SmartcomTerminal *terminal,
                                       const SmartcomRecord *record);
/* A line that is no sound record; record holds what was understood of it. */
AmselReadout *smartcom_decoder_keep (SmartcomDecoder *self, SmartcomTerminal *terminal,
                                     const SmartcomRecord *record, const gchar *line, const GError *error);

G_END_DECLS
