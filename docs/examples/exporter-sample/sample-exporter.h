/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An exporter that appends readings to a text file. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

#define SAMPLE_TYPE_EXPORTER (sample_exporter_get_type ())
G_DECLARE_FINAL_TYPE (SampleExporter, sample_exporter, SAMPLE, EXPORTER, AmselExporter)

G_END_DECLS
