/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A sender that a listening pipeline has heard. */
#pragma once

#include "amsel-identity.h"
#include "amsel-telegram.h"

G_BEGIN_DECLS

/**
 * AmselHeard:
 * @identity: who it is
 * @meter: (nullable): its name in the list of the pipeline; %NULL for a stranger
 * @n_telegrams: how many telegrams came, without copies
 * @n_unreadable: how many of these could not be read
 * @first_us: when the first one came, wall-clock microseconds since 1970 UTC
 * @last_us: when the last one came
 * @rssi_dbm: signal strength of the last one in dBm, or %AMSEL_RSSI_UNKNOWN
 * @encryption: what became of the encryption of the last one that was read: #AmselEncryption
 *
 * What is known of a sender without a key, and more where there is one.
 */
typedef struct
{
  AmselIdentity identity;
  gchar *meter;
  guint64 n_telegrams;
  guint64 n_unreadable;
  gint64 first_us;
  gint64 last_us;
  gint rssi_dbm;
  AmselEncryption encryption;
} AmselHeard;

#define AMSEL_TYPE_HEARD (amsel_heard_get_type ())
AMSEL_API GType amsel_heard_get_type (void) G_GNUC_CONST;

AMSEL_API AmselHeard *amsel_heard_copy (const AmselHeard *self);
AMSEL_API void amsel_heard_free (AmselHeard *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AmselHeard, amsel_heard_free)

G_END_DECLS
