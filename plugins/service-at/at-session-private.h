/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the commands see of a session. */
#pragma once

#include "at-escape.h"
#include "at-line.h"
#include "at-session.h"

G_BEGIN_DECLS

/* Final results, with their numbers of V.250 for ATV0. */
typedef enum
{
  AT_RESULT_OK = 0,
  AT_RESULT_CONNECT = 1,
  AT_RESULT_NO_CARRIER = 3,
  AT_RESULT_ERROR = 4,
  AT_RESULT_BUSY = 7,
  AT_RESULT_NO_ANSWER = 8,
  AT_RESULT_PENDING = 100, /* comes later, by at_session_finish() */
  AT_RESULT_NONE = 101,    /* the command has answered, or there is nothing to say */
} AtResult;

typedef enum
{
  AT_STAGE_LOGIN,
  AT_STAGE_PASSWORD,
  AT_STAGE_COMMAND,
  AT_STAGE_BUSY, /* a command has not ended */
  AT_STAGE_DATA, /* bytes pass to the line */
} AtStage;

/* Gives the next part of a long answer; TRUE while there is more. */
typedef gboolean (*AtPump) (AtSession *self, gpointer data);

struct _AtSession
{
  AtTerminal *terminal; /* (owned) */
  gchar *peer;          /* (owned) */
  AtOutput output;
  gpointer user_data;
  gboolean is_closed;

  AtStage stage;
  AtLine line;
  GByteArray *input; /* (owned): waits for its turn */
  gboolean echo;
  gboolean verbose;
  gboolean quiet;
  gboolean has_written;    /* a line of the present answer */
  gboolean has_overflown;  /* that was told */
  gboolean has_complained; /* of a line that is none */
  gboolean is_processing;  /* input is being taken */

  gchar *login;    /* (owned) (nullable) */
  gchar *password; /* (owned) (nullable) */
  gchar *user;     /* (owned) (nullable): what was given as login */
  guint n_refused;

  void (*on_key) (AtSession *self); /* (nullable): ends the command that is going on, at any key */
  gpointer job;                     /* (unowned): what on_key is about */
  GCancellable *cancellable;        /* (owned) (nullable): of the command that is going on */
  AtPump pump;
  gpointer pump_data;
  GDestroyNotify pump_destroy;
  GSource *pump_alarm; /* (owned) (nullable) */

  guint64 listed; /* number of the oldest record at the last GET_OLDEST; 0 for none */

  guint port;                /* of the data connection; 0 for none */
  AmselTransport *transport; /* (owned) (nullable): lent for it */
  gboolean is_waiting;       /* for the line */
  AtEscape escape;
  GSource *escape_alarm; /* (owned) (nullable) */
};

AtSession *at_session_ref (AtSession *self);
void at_session_unref (AtSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtSession, at_session_unref)

/* A line of the answer. Does nothing where the session is closed. */
void at_session_say (AtSession *self, const gchar *format, ...) G_GNUC_PRINTF (2, 3);
/* Ends a command that was pending. */
void at_session_finish (AtSession *self, AtResult result);
/* A result out of turn. */
void at_session_tell (AtSession *self, AtResult result);
/* A long answer, piece by piece; ends with OK. */
AtResult at_session_begin_pump (AtSession *self, AtPump pump, gpointer data, GDestroyNotify destroy);

/* at-data.c: the data connection */
AtResult at_data_dial (AtSession *self, const gchar *number);
AtResult at_data_resume (AtSession *self);
void at_data_hang_up (AtSession *self);
void at_data_receive (AtSession *self, const guint8 *data, gsize length);

/* at-commands.c: all commands */
AtResult at_commands_run (AtSession *self, const gchar *line);

/* Their groups. */
AtResult at_command_scams (AtSession *self, const AtCommand *command);
AtResult at_command_scamsadd (AtSession *self, const AtCommand *command);
AtResult at_command_scdata (AtSession *self, const AtCommand *command);
AtResult at_command_scport (AtSession *self, const AtCommand *command);
AtResult at_command_scwmbus (AtSession *self, const AtCommand *command);
AtResult at_command_sccfg (AtSession *self, const AtCommand *command);
AtResult at_command_scping (AtSession *self, const AtCommand *command);

G_END_DECLS
