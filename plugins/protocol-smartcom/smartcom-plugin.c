/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "smartcom-service.h"

AMSEL_PLUGIN_DEFINE (protocol_smartcom, "1.0",
                     { "smartcom", "Server that collects the records of AT terminals",
                       smartcom_service_get_type })
