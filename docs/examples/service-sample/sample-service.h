/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A service that counts how often it was started. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

#define SAMPLE_TYPE_SERVICE (sample_service_get_type ())
G_DECLARE_FINAL_TYPE (SampleService, sample_service, SAMPLE, SERVICE, AmselService)

G_END_DECLS
