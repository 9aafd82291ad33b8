/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the search share. */
#pragma once

#include "mbus-pace.h"
#include "mbus-search.h"
#include "mbus-tree.h"

G_BEGIN_DECLS

/* What is being asked. */
typedef enum
{
  MBUS_SEARCH_STEP_BEGIN,
  MBUS_SEARCH_STEP_RESET,  /* SND_NKE to a primary address */
  MBUS_SEARCH_STEP_SELECT, /* a mask */
  MBUS_SEARCH_STEP_DATA,   /* REQ_UD2 after either */
} MbusSearchStep;

struct _MbusSearch
{
  AmselSearch parent_instance;

  /* settings */
  MbusStrategy strategy;
  GStrv bauds; /* (owned) (nullable) */
  gchar *mask; /* (owned) */
  GStrv known; /* (owned) (nullable) */
  guint first;
  guint last;
  gint expected;
  gboolean thorough;
  gint64 timeout_extra_us;

  /* where it is */
  GArray *rates;     /* (owned) (element-type guint) */
  guint rate;        /* index of the one at work */
  MbusTree *tree;    /* (owned) (nullable): secondary addresses at this rate */
  GArray *primaries; /* (owned) (element-type guint8): primary addresses at this rate */
  guint primary;     /* index of the one at work */
  MbusPace pace;
  gboolean is_instant; /* answers take no time at all */
  MbusSearchStep step;
  MbusAddress asked;   /* what is being asked for */
  guint n_silent_data; /* times that this one was acknowledged, but gave no data */
  guint n_tries;       /* times that its data came damaged */
  guint n_damaged;     /* characters of its data that were damaged, and the first of them */
  guint first_damaged;
  gint64 latency_us; /* of its acknowledgement */
  guint n_compared;  /* meters that were looked at for others that they may hide */
  gboolean repeated; /* the pass over what was silent has been made at this rate */

  /* what was learned of the line */
  guint n_healed;   /* damaged data that came whole at another try, or damaged in another way: noise */
  guint n_crowds;   /* masks whose acknowledgements showed that there are several meters */
  guint n_twins;    /* data that stayed damaged: meters that answer at the same moment */
  gboolean rare;    /* a meter with one of the digits A to E was found */
  GArray *masks;    /* (owned) (element-type MbusAddress): what each meter that was found was asked by */
  GHashTable *seen; /* (owned) (element-type utf8): addresses that were found */
  GString *shared;  /* (owned): addresses that several meters share */
  gint64 spent_us;  /* time on the line, as far as it is known here */
};

/* Begins at a rate; there must be one. */
void mbus_search_begin_rate (MbusSearch *self);
/* Makes ready for the first step; FALSE where a setting cannot be used. */
gboolean mbus_search_prepare (MbusSearch *self, GError **error);
/* Adds a meter unless it was found already. */
void mbus_search_add (MbusSearch *self, const AmselIdentity *identity, const MbusAddress *address,
                      AmselFrame *frame);

/* The same, of a meter of which no more is known than what was asked for. */
void mbus_search_add_bare (MbusSearch *self);

AmselRequest *mbus_search_step (AmselSearch *search, const AmselAnswer *answer, GError **error);
gchar *mbus_search_save (AmselSearch *search);
gboolean mbus_search_restore (AmselSearch *search, const gchar *state, GError **error);

G_END_DECLS
