/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AT commands from a script: one after the other, each when the one before has its result. Pure: bytes in,
 * what to send and to print out. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

/* Longest answer line that is looked at as a result; longer ones are data. */
#define AT_SCRIPT_LINE_MAX 64

typedef enum
{
  AT_SCRIPT_NONE,
  AT_SCRIPT_OK,     /* OK or CONNECT */
  AT_SCRIPT_FAILED, /* ERROR, BUSY, NO CARRIER, NO ANSWER */
} AtScriptResult;

/* Looks for the end of an answer. */
typedef struct
{
  gchar *echo;      /* (owned) (nullable): the command, which comes back where the far end echoes */
  GString *line;    /* (owned): the line that has not ended */
  gboolean in_text; /* within quotes, which may go over several lines */
} AtScript;

void at_script_init (AtScript *self);
void at_script_clear (AtScript *self);
/* A command is sent now. */
void at_script_begin (AtScript *self, const gchar *command);
/* Takes received bytes. Lines that are to be shown are added to out. */
AtScriptResult at_script_take (AtScript *self, const gchar *data, gsize length, GString *out);
/* What has come of a line that has not ended, such as a question. */
const gchar *at_script_get_rest (const AtScript *self);

G_END_DECLS
