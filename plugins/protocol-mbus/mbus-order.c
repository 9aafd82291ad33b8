/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Orders to meters (SND_UD). */
#include "mbus-order.h"

#include "en13757.h"

/* Records that set something, EN 13757-3 table 12: primary address; date and time of type F. */
#define DIF_ADDRESS 0x01
#define VIF_ADDRESS 0x7A
#define DIF_TYPE_F  0x04
#define VIF_DATE    0x6D

/* CI field, DIF and VIF before the value. */
#define HEAD_LENGTH 3

#define BAUD_FIRST 300

/* Type F has no seconds, so the nearest minute is told; and years that every meter understands. */
#define HALF_MINUTE_S 30
#define FIRST_S       G_GINT64_CONSTANT (946771200)  /* 2000-01-02 */
#define LAST_S        G_GINT64_CONSTANT (3502742400) /* 2080-12-30 */

GBytes *
mbus_order_new_clock (gint64 real_us)
{
  gint64 real_s = CLAMP (real_us / G_USEC_PER_SEC, FIRST_S, LAST_S) + HALF_MINUTE_S;
  g_autoptr (GDateTime) local = g_date_time_new_from_unix_local (real_s);
  guint8 order[HEAD_LENGTH + EN13757_TYPE_F_LENGTH] = { MBUS_CI_SEND, DIF_TYPE_F, VIF_DATE };
  AmselDate date = { .parts = AMSEL_DATE_DAY | AMSEL_DATE_MINUTE };

  date.year = (guint16) g_date_time_get_year (local);
  date.month = (guint8) g_date_time_get_month (local);
  date.day = (guint8) g_date_time_get_day_of_month (local);
  date.hour = (guint8) g_date_time_get_hour (local);
  date.minute = (guint8) g_date_time_get_minute (local);
  if (g_date_time_is_daylight_savings (local))
    date.parts |= AMSEL_DATE_DST;
  en13757_encode_type_f (&date, order + HEAD_LENGTH);
  return g_bytes_new (order, sizeof order);
}

GBytes *
mbus_order_new_baud (guint baud)
{
  for (guint8 ci = MBUS_CI_BAUD_FIRST; ci <= MBUS_CI_BAUD_LAST; ci++)
    if (baud == (guint) BAUD_FIRST << (ci - MBUS_CI_BAUD_FIRST))
      return g_bytes_new (&ci, sizeof ci);
  return NULL;
}

gint
mbus_order_get_new_address (GBytes *order)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (order, &length);

  if (length != HEAD_LENGTH + 1 || data[0] != MBUS_CI_SEND || data[1] != DIF_ADDRESS || data[2] != VIF_ADDRESS
      || data[HEAD_LENGTH] > MBUS_ADDRESS_LAST)
    return -1;
  return data[HEAD_LENGTH];
}
