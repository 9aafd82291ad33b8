/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the plugin exports. */
#include "at-service.h"

AMSEL_PLUGIN_DEFINE (service_at, AT_VERSION,
                     { "at", "A terminal that is commanded by AT commands", at_service_get_type })
