/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The AT terminal as a service: settings, and the ways to it. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

#define AT_TYPE_SERVICE (at_service_get_type ())
G_DECLARE_FINAL_TYPE (AtService, at_service, AT, SERVICE, AmselService)

G_END_DECLS
