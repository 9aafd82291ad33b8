/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Meters as the tables of the terminal have them, and what their texts mean. Pure. */
#pragma once

#include "at-command.h"

G_BEGIN_DECLS

#define AT_PORT_INPUTS  128 /* the inputs of the terminal itself */
#define AT_PORT_MAX     1000
#define AT_TEXT_MAX     32 /* longest protocol and address */
#define AT_METERS_MAX   64 /* in the AMS table */
#define AT_WIRELESS_MAX 1000

typedef struct
{
  guint port;
  gchar *protocol; /* (owned): as at_protocol_parse() gives it */
  gchar *address;  /* (owned) */
  gchar *interval; /* (owned): one of the nineteen, upper case */
} AtMeter;

typedef struct
{
  gchar *address;  /* (owned) */
  gchar *interval; /* (owned): the shortest time between two records */
  gchar *key;      /* (owned) (nullable): 32 hexadecimal digits; never shown */
} AtWireless;

AtMeter *at_meter_new (guint port, const gchar *protocol, const gchar *address, const gchar *interval);
AtMeter *at_meter_copy (const AtMeter *self);
void at_meter_free (AtMeter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtMeter, at_meter_free)
AtWireless *at_wireless_new (const gchar *address, const gchar *interval, const gchar *key);
AtWireless *at_wireless_copy (const AtWireless *self);
void at_wireless_free (AtWireless *self);

/* The protocol by its number or name: "MBUS", "IEC62056-21" or "AIN_DIN"; NULL where there is no such. */
const gchar *at_protocol_parse (const gchar *text);
/* The interval by its name in upper case; NULL where it is none of the nineteen. */
const gchar *at_interval_parse (const gchar *text);
gint64 at_interval_get_us (const gchar *interval);
/* One of the rates of a port; 0 where it is none. */
guint at_baud_parse (const gchar *text);

/* The two parts of "*15020416@2400" or "1@2400": address, without its asterisk, and baud rate; 0 where none
 * stands there. FALSE where it is malformed. */
gboolean at_address_parse (const gchar *text, gchar **address, guint *baud);
/* Whether an address can stand in the table for that protocol. */
gboolean at_address_check (const gchar *protocol, const gchar *address);

G_END_DECLS
