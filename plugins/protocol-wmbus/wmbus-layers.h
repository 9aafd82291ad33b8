/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The layers between link and application: extended link layer, network layer, and the layer for
 * authentication and fragmentation (EN 13757-4 clause 13, EN 13757-7 clause 6). Each begins with a CI field
 * that says what it is, so they are read in a loop until one says that the application begins.
 *
 *   8C ELL I    CC ACC                            8D ELL II   CC ACC SN(4) PLCRC(2)
 *   8E ELL III  CC ACC M2(2) A2(6)                8F ELL IV   CC ACC M2 A2 SN PLCRC
 *   81 NWL      length, then so many bytes
 *   90 AFL      length FCL(2) [MCL] [KI(2)] [MCR(4)] [MAC] [ML(2)] */
#pragma once

#include "en13757-security.h"
#include "wmbus-link.h"

G_BEGIN_DECLS

/* What is wrong with the layers (domain "wmbus-layer"). */
typedef enum
{
  WMBUS_LAYER_ERROR_NONE,
  WMBUS_LAYER_ERROR_PREMATURE_END,     /* the telegram ends within a layer */
  WMBUS_LAYER_ERROR_TWICE,             /* a layer that may be there once is there again */
  WMBUS_LAYER_ERROR_WRONG_FRAGMENT,    /* a fragment that does not continue what came before */
  WMBUS_LAYER_ERROR_WRONG_LENGTH,      /* the message is not as long as it says */
  WMBUS_LAYER_ERROR_UNSUPPORTED_LAYER, /* a layer whose form is not known */
} WmbusLayerError;

#define WMBUS_TYPE_LAYER_ERROR (wmbus_layer_error_get_type ())
GType wmbus_layer_error_get_type (void) G_GNUC_CONST;
#define WMBUS_LAYER_ERROR (wmbus_layer_error_quark ())
GQuark wmbus_layer_error_quark (void);

/* Encryptions of the extended link layer, bits 29 to 31 of the session number. */
#define WMBUS_SESSION_PLAIN   0
#define WMBUS_SESSION_AES_CTR 1

/* Bits of the communication control field that a repeater changes. */
#define WMBUS_CC_HOP      0x10
#define WMBUS_CC_REPEATED 0x02

#define WMBUS_PLCRC_LENGTH 2

typedef struct
{
  gboolean present;
  guint8 cc;
  guint8 access_number;
  gboolean has_address; /* the sender is another one than the link layer's: the meter of a radio adapter */
  AmselIdentity address;
  gboolean has_session;
  guint32 session;
  gsize plcrc; /* where the check of the payload is: with a session */
} WmbusEll;

typedef struct
{
  gboolean present;
  guint fragment; /* number of the fragment, from 1; 0 for a message that is whole */
  gboolean more;  /* whether more fragments follow */
  En13757Afl security;
} WmbusAfl;

typedef struct
{
  WmbusEll ell;
  gboolean has_nwl;
  WmbusAfl afl;
  gsize application; /* where the CI field of the application is */
} WmbusLayers;

/* Reads one layer after the other. position is where the next CI field is. Stops before the payload of an
 * encrypted ELL, whose check and content are not readable yet, with *closed set. Errors: WMBUS_LAYER_ERROR.
 */
gboolean wmbus_layers_parse (WmbusLayers *self, const guint8 *data, gsize length, gsize position,
                             gboolean *closed, GError **error);

/* The encryption that a session number says. */
guint wmbus_ell_get_encryption (const WmbusEll *self);

G_END_DECLS
