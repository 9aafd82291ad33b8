/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of terminals: those of the configuration, those that operators added, and what was learned of
 * both, which is kept in a file. */
#pragma once

#include "smartcom-terminal.h"

G_BEGIN_DECLS

typedef struct _SmartcomList SmartcomList;

SmartcomList *smartcom_list_new (void);
void smartcom_list_free (SmartcomList *self);

/* Takes a reference. Its serial number must be new. */
gboolean smartcom_list_add (SmartcomList *self, SmartcomTerminal *terminal, GError **error);
gboolean smartcom_list_remove (SmartcomList *self, SmartcomTerminal *terminal);
SmartcomTerminal *smartcom_list_find (SmartcomList *self, const gchar *serial);
SmartcomTerminal *smartcom_list_get (SmartcomList *self, guint id);
/* (element-type SmartcomTerminal): in the order of their ids, once they are loaded. */
GPtrArray *smartcom_list_get_all (SmartcomList *self);

/* Numbers of actions go on from run to run. */
guint64 smartcom_list_next_action (SmartcomList *self);

/* Reads what an earlier run kept, and gives ids to whoever has none. A file that is missing is no error. */
gboolean smartcom_list_load (SmartcomList *self, const gchar *path, GError **error);
/* The text of the file. Passwords are in it as hashes only. */
gchar *smartcom_list_to_text (SmartcomList *self);

G_END_DECLS
