/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transport that plays a recording. */
#pragma once

#include <amsel.h>

G_BEGIN_DECLS

/**
 * ReplaySpeed:
 * @REPLAY_SPEED_REAL: with the pauses of the recording
 * @REPLAY_SPEED_FAST: as fast as the listener takes it
 */
typedef enum
{
  REPLAY_SPEED_REAL,
  REPLAY_SPEED_FAST,
} ReplaySpeed;

#define REPLAY_TYPE_SPEED (replay_speed_get_type ())
GType replay_speed_get_type (void) G_GNUC_CONST;

/**
 * ReplayMatch:
 * @REPLAY_MATCH_ORDER: what is sent must be what was sent next
 * @REPLAY_MATCH_ANY: what is sent is looked up anywhere in the recording
 */
typedef enum
{
  REPLAY_MATCH_ORDER,
  REPLAY_MATCH_ANY,
} ReplayMatch;

#define REPLAY_TYPE_MATCH (replay_match_get_type ())
GType replay_match_get_type (void) G_GNUC_CONST;

#define REPLAY_TYPE_TRANSPORT (replay_transport_get_type ())
G_DECLARE_FINAL_TYPE (ReplayTransport, replay_transport, REPLAY, TRANSPORT, AmselTransport)

G_END_DECLS
