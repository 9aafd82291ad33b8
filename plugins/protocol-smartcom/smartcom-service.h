/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server of terminals as a service of the engine. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

#define SMARTCOM_TYPE_SERVICE (smartcom_service_get_type ())
G_DECLARE_FINAL_TYPE (SmartcomService, smartcom_service, SMARTCOM, SERVICE, AmselService)

G_END_DECLS
