/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All that a plugin or a program may include. */
#pragma once

#include "amsel-clock.h"
#include "amsel-cursor.h"
#include "amsel-date.h"
#include "amsel-decimal.h"
#include "amsel-error.h"
#include "amsel-hex.h"
#include "amsel-json.h"
#include "amsel-macros.h"
#include "amsel-param.h"

#include "amsel-frame.h"
#include "amsel-identity.h"
#include "amsel-meter.h"
#include "amsel-modifier.h"
#include "amsel-quantity.h"
#include "amsel-readout.h"
#include "amsel-record.h"
#include "amsel-telegram.h"
#include "amsel-telegram-json.h"

#include "amsel-controller.h"
#include "amsel-dialogue.h"
#include "amsel-exporter.h"
#include "amsel-outbox.h"
#include "amsel-protocol.h"
#include "amsel-recording.h"
#include "amsel-service.h"
#include "amsel-simulator.h"
#include "amsel-transport.h"

#include "amsel-config.h"
#include "amsel-line.h"
#include "amsel-plugin.h"
#include "amsel-problem.h"
#include "amsel-registry.h"
