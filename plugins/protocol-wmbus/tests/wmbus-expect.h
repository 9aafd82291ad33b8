/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of security have in common: three records, two keys, and what is expected of a telegram. */
#pragma once

#include "wmbus-encoder.h"
#include "wmbus-telegram.h"

G_BEGIN_DECLS

/* A volume, a date and time, and error flags. */
#define WMBUS_EXPECT_RECORDS "0C1378563412046D32371F1502FD170000"

/* The session number of an encrypted extended link layer. */
#define WMBUS_EXPECT_SESSION 0x20001234u

extern const guint8 wmbus_expect_key[16];
extern const guint8 wmbus_expect_other_key[16];

/* Decodes a telegram without CRCs whose sender is known. */
AmselTelegram *wmbus_expect_decode (const GByteArray *bytes, const En13757Context *context);

/* The telegram has the three records. */
void wmbus_expect_records (AmselTelegram *telegram);

/* The telegram has a fault, and shows nothing of its content. */
void wmbus_expect_fault (AmselTelegram *telegram, En13757SecurityError code, AmselEncryption encryption);

G_END_DECLS
