/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server's side of the link: listens, and lets terminals in that can log in. What comes from strangers is
 * bounded: how many may be at the door, and for how long. */
#pragma once

#include "smartcom-channel.h"
#include "smartcom-scram.h"

G_BEGIN_DECLS

typedef struct _SmartcomGate SmartcomGate;

/* Only borrowed by smartcom_gate_new(). */
typedef struct
{
  const gchar *address; /* of the interface, such as 127.0.0.1 */
  guint port;           /* 0: any; see smartcom_gate_get_port() */
  guint max_logins;     /* at the door at once; the one that has waited longest makes room */
  gint64 login_timeout_us;
  gint64 keep_alive_us;
  AmselClock *clock;
} SmartcomGateSettings;

typedef struct
{
  /* Somebody says that he is this terminal: call smartcom_gate_answer() with the number, now or later. */
  void (*wanted) (SmartcomGate *self, guint64 guest, const gchar *serial, gboolean encrypted,
                  gpointer user_data);
  /* He is. The channel is given away; bytes that came behind the login are passed on. */
  void (*entered) (SmartcomGate *self, const gchar *serial, SmartcomChannel *channel, const guint8 *rest,
                   gsize length, gpointer user_data);
  /* Somebody was sent away, or left. serial may be "". */
  void (*refused) (SmartcomGate *self, const gchar *from, const gchar *serial, const GError *error,
                   gpointer user_data);
  /* The key of a terminal; FALSE where it has none. */
  SmartcomKeyFunc find_key;
} SmartcomGateCallbacks;

SmartcomGate *smartcom_gate_new (const SmartcomGateSettings *settings, const SmartcomGateCallbacks *callbacks,
                                 gpointer user_data, GError **error);
void smartcom_gate_free (SmartcomGate *self);
guint smartcom_gate_get_port (SmartcomGate *self);

/* The verifier of the terminal that wants in; NULL where there is no such terminal (it hears only at the end
 * that it is refused, like one with a wrong password). why, where given, sends it away with that sentence. */
void smartcom_gate_answer (SmartcomGate *self, guint64 guest, const SmartcomVerifier *verifier,
                           const gchar *why);

G_END_DECLS
