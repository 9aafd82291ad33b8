/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A meter as the configuration describes it. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

#define AMSEL_TYPE_METER (amsel_meter_get_type ())
AMSEL_API
G_DECLARE_DERIVABLE_TYPE (AmselMeter, amsel_meter, AMSEL, METER, GObject)

/**
 * AmselMeterClass:
 * @parent_class: the parent class
 *
 * Protocols derive from this class where their meters have settings of their own (addresses, keys); see
 * #AmselProtocolClass.get_meter_type. Every property of the derived class is a key in YAML.
 */
struct _AmselMeterClass
{
  GObjectClass parent_class;

  gpointer padding[4];
};

AMSEL_API AmselMeter *amsel_meter_new (const gchar *name, const gchar *address);
AMSEL_API const gchar *amsel_meter_get_name (AmselMeter *self);
AMSEL_API const gchar *amsel_meter_get_address (AmselMeter *self);

G_END_DECLS
