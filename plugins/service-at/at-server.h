/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The TCP port on which the terminal is commanded. */
#pragma once

#include "at-terminal.h"

G_BEGIN_DECLS

typedef struct
{
  const gchar *address; /* to listen on */
  guint port;
  guint max_sessions;
  const gchar *login;    /* (nullable): asked for where there is a password */
  const gchar *password; /* (nullable) */
} AtServerSettings;

typedef struct _AtServer AtServer;

/* The settings are borrowed for its life. */
AtServer *at_server_new (AtTerminal *terminal, const AtServerSettings *settings, GError **error);
void at_server_free (AtServer *self);

G_END_DECLS
