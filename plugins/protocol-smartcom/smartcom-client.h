/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The answer of a terminal to one AT command, from any bytes: echo on or off, CR, LF or both, lines in
 * pieces, quoted fields that go over several lines. Pure; what a terminal can make it keep is bounded. */
#pragma once

#include "smartcom-fault.h"

G_BEGIN_DECLS

/* Longest line, quoted line breaks included, and largest answer. */
#define SMARTCOM_LINE_MAX   (64 * 1024)
#define SMARTCOM_ANSWER_MAX (8 * 1024 * 1024)

/* What may come between two commands before it is too much. */
#define SMARTCOM_UNASKED_MAX 4096

typedef enum
{
  SMARTCOM_CLIENT_MORE,  /* more bytes are needed */
  SMARTCOM_CLIENT_LINE,  /* a line of the answer */
  SMARTCOM_CLIENT_OK,    /* the answer has ended */
  SMARTCOM_CLIENT_ERROR, /* the same: the terminal refused */
  SMARTCOM_CLIENT_FAULT, /* this is no answer */
} SmartcomClientEvent;

typedef struct
{
  gchar *command; /* (owned) (nullable): that is being answered */
  GString *line;  /* (owned) (nullable): the beginning of the next line */
  gboolean quoted;
  gboolean complete; /* the line was given away, and goes with the next call */
  gboolean echoed;   /* the echo has come, or is not to be expected any more */
  gsize n_bytes;     /* of this answer, or since the last one */
} SmartcomClient;

void smartcom_client_clear (SmartcomClient *self);
/* A command without its line end has been sent. */
void smartcom_client_begin (SmartcomClient *self, const gchar *command);
gboolean smartcom_client_is_busy (const SmartcomClient *self);

/* Takes received bytes up to the next event; used says how many. line, with LINE and ERROR, is valid until
 * the next call; its line breaks are LF. */
SmartcomClientEvent smartcom_client_feed (SmartcomClient *self, const guint8 *data, gsize length, gsize *used,
                                          const gchar **line, GError **error);

G_END_DECLS
