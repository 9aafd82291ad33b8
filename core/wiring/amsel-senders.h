/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose telegram is it, and what is remembered of whoever sends: one look into a table for each telegram,
 * whether the sender is in the list of meters or a stranger. */
#pragma once

#include "amsel-heard.h"
#include "amsel-meter-watch.h"
#include "amsel-protocol.h"

G_BEGIN_DECLS

/* A moment that has not been. */
#define AMSEL_SENDER_NEVER G_MININT64

/* Most senders that are remembered; who makes up addresses only makes the table begin anew. */
#define AMSEL_SENDERS_MAX 200000

/* One sender. An entry of the list with wildcards has many; it is small, as the list may be long. */
typedef struct
{
  AmselIdentity identity; /* who it is */
  AmselIdentity carrier;  /* the device with the radio */
  AmselMeterWatch *watch; /* (unowned) (nullable): its entry in the list; NULL for a stranger */
  gint64 first_us;        /* wall clock: its first telegram */
  gint64 last_us;         /* wall clock: its last telegram */
  gint64 heard_us;        /* monotonic: the same */
  gint64 read_us;         /* monotonic: the last one that counted and could be read */
  gint64 unread_us;       /* monotonic: the last one that counted and could not be read */
  guint n_telegrams;      /* without copies */
  guint n_unreadable;     /* how many of these could not be read */
  guint list;             /* number of the list that watch is from */
  guint n_faults;         /* telegrams in a row that could not be read */
  GQuark fault_domain;    /* the fault that was said last; 0 for none */
  gint fault_code;
  gint rssi_dbm;     /* of the last telegram */
  guint8 encryption; /* AmselEncryption of the last one that was read */
  guint8 is_silent;  /* whether it was said that it is not heard any longer */
} AmselSender;

typedef struct _AmselSenders AmselSenders;

/* watches (element-type AmselMeterWatch) is the list, borrowed for its life. */
AmselSenders *amsel_senders_new (GPtrArray *watches);
void amsel_senders_free (AmselSenders *self);

/* The list has changed. */
void amsel_senders_forget (AmselSenders *self);
/* The sender with an identity, which is known from now on. */
AmselSender *amsel_senders_get (AmselSenders *self, AmselProtocol *protocol, const AmselIdentity *identity,
                                const AmselIdentity *carrier);

typedef void (*AmselSenderFunc) (AmselSender *sender, gpointer user_data);

/* Calls func for every sender; its entry in the list is looked up again where the list has changed. */
void amsel_senders_foreach (AmselSenders *self, AmselProtocol *protocol, AmselSenderFunc func,
                            gpointer user_data);

G_END_DECLS
