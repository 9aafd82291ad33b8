/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the terminal keeps across a restart: the tables of meters, the ports, and its settings. The file is
 * written as a whole or not at all. */
#pragma once

#include "at-meter.h"

G_BEGIN_DECLS

#define AT_N_PORTS 2

/* Items of AT^SCCFG. */
#define AT_CONFIG_MODE        "MODE" /* 0 stands alone, 1 dials its server */
#define AT_CONFIG_SERVER_IP   "SERVER_IP"
#define AT_CONFIG_SERVER_PORT "SERVER_PORT"
#define AT_CONFIG_AUTH_PASS   "AUTH_PASS"
#define AT_CONFIG_ENCRYPT     "ENCRYPT"
#define AT_CONFIG_ENCRYPT_KEY "ENCRYPT_KEY"
#define AT_CONFIG_LISTEN_PORT "LISTENPORTCMD"

/* Characters of a port; what PARITY says: 0 none, 1 even, 2 odd. */
typedef struct
{
  guint baud;
  guint data_bits;
  guint stop_bits;
  guint parity;
} AtPort;

typedef struct
{
  gboolean enabled;
  guint retry;
  GPtrArray *meters; /* (owned) (element-type AtMeter) */

  gboolean wireless_enabled;
  gboolean wireless_decrypt;
  GPtrArray *wireless; /* (owned) (element-type AtWireless) */

  AtPort ports[AT_N_PORTS]; /* what is in force */

  GHashTable *config; /* (owned) (element-type utf8 utf8): AT^SCCFG, by upper-case item */
  gchar *ping_host;   /* (owned) */
  guint ping_interval_min;
} AtState;

AtState *at_state_new (void);
void at_state_free (AtState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtState, at_state_free)

/* A file that is not there leaves the settings as the factory made them. One that is not understood is an
 * error; nothing is taken from it. */
gboolean at_state_load (AtState *self, const gchar *path, GError **error);
gboolean at_state_parse (AtState *self, const gchar *text, gsize length, GError **error);
gboolean at_state_save (const AtState *self, const gchar *path, GError **error);

/* As the factory made it. */
void at_state_reset (AtState *self);

AmselLineSettings at_port_get_settings (const AtPort *self);

G_END_DECLS
