/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A transport without a line: what is sent comes back. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

#define SAMPLE_TYPE_TRANSPORT (sample_transport_get_type ())
G_DECLARE_FINAL_TYPE (SampleTransport, sample_transport, SAMPLE, TRANSPORT, AmselTransport)

G_END_DECLS
