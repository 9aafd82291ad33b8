/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A protocol of text lines: each line is a volume in litres. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

#define SAMPLE_TYPE_PROTOCOL (sample_protocol_get_type ())
G_DECLARE_FINAL_TYPE (SampleProtocol, sample_protocol, SAMPLE, PROTOCOL, AmselProtocol)

G_END_DECLS
