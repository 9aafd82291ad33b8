/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What “amsel read” tells a meter before it reads it: settings of the meter that its protocol knows. */
#include "read-orders.h"

#define PRIMARY_MAX 250

static gboolean
refuse (GError **error, const gchar *message)
{
  g_set_error_literal (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, message);
  return FALSE;
}

/* Data record “primary address”: 8 bit integer 01, VIF 7A (EN 13757-3 table 12). */
static gchar *
order_primary (guint primary)
{
  return g_strdup_printf ("51017A%02X", primary);
}

static gboolean
check (const ReadOrders *self, AmselMeter *meter, GError **error)
{
  static const gchar *const NEEDED[] = { "send", "application", "set-clock", "new-baud" };

  for (gsize i = 0; i < G_N_ELEMENTS (NEEDED); i++)
    if (g_object_class_find_property (G_OBJECT_GET_CLASS (meter), NEEDED[i]) == NULL)
      return refuse (error, "meters of this protocol cannot be told anything before they are read");
  if (self->primary > PRIMARY_MAX)
    return refuse (error, "--set-primary: expected 0 to 250");
  if (self->application > 255)
    return refuse (error, "--application: expected 0 to 255");
  for (guint baud = 300; self->new_baud != 0; baud *= 2)
    if ((guint) self->new_baud == baud)
      break;
    else if (baud >= 38400)
      return refuse (error, "--set-baud: expected 300, 600, 1200, 2400, 4800, 9600, 19200 or 38400");
  return TRUE;
}

gboolean
read_orders_apply (const ReadOrders *self, AmselMeter *meter, GError **error)
{
  g_autoptr (GPtrArray) send = g_ptr_array_new_with_free_func (g_free);

  if (self->send == NULL && self->application < 0 && self->primary < 0 && !self->set_clock
      && self->new_baud == 0)
    return TRUE;
  if (!check (self, meter, error))
    return FALSE;
  for (gsize i = 0; self->send != NULL && self->send[i] != NULL; i++)
    g_ptr_array_add (send, g_strdup (self->send[i]));
  if (self->primary >= 0)
    g_ptr_array_add (send, order_primary ((guint) self->primary));
  g_ptr_array_add (send, NULL);
  g_object_set (meter, "send", send->pdata, "application", self->application, "set-clock", self->set_clock,
                "new-baud", (guint) self->new_baud, NULL);
  return TRUE;
}

void
read_orders_clear (ReadOrders *self)
{
  g_clear_pointer (&self->send, g_strfreev);
}
