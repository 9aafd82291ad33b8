/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Security of the transport layer (EN 13757-7:2018 clauses 7.7 and 9): what the configuration field says,
 * which key is needed, and the way from encrypted to plain bytes, for wired and wireless telegrams alike.
 *
 *   mode 0    plain
 *   mode 2    DES-CBC (withdrawn); mode 3 with the day in its vector
 *   mode 5    AES-CBC, initialization vector of address and access number, check by 2F 2F
 *   mode 7    AES-CBC with a key derived for each message, check by 2F 2F and the MAC of the AFL
 *   mode 8    AES-CTR with CMAC, 9 AES-GCM, 10 AES-CCM: a tag of 4, 8, 12 or 16 bytes, and a key derived for
 *             each message
 *   mode 13   TLS: named, not decrypted
 *
 * A message authentication code is checked before anything is decrypted. */
#pragma once

#include "en13757-formats.h"
#include "en13757-keys.h"

G_BEGIN_DECLS

/* Why the content of a telegram stays closed (domain "security"). */
typedef enum
{
  EN13757_SECURITY_ERROR_NONE,
  EN13757_SECURITY_ERROR_NO_KEY,           /* encrypted, and there is no key for the meter */
  EN13757_SECURITY_ERROR_WRONG_KEY,        /* a check failed: the message says which one */
  EN13757_SECURITY_ERROR_TRUNCATED,        /* less is there than is said to be encrypted */
  EN13757_SECURITY_ERROR_UNSUPPORTED_MODE, /* a security mode that nobody here can decrypt */
  EN13757_SECURITY_ERROR_PLAIN,            /* plain, although the meter has a key: it may be somebody else */
  EN13757_SECURITY_ERROR_REPLAYED,         /* its counter is not above that of an earlier telegram */
} En13757SecurityError;

#define EN13757_TYPE_SECURITY_ERROR (en13757_security_error_get_type ())
GType en13757_security_error_get_type (void) G_GNUC_CONST;
#define EN13757_SECURITY_ERROR (en13757_security_error_quark ())
GQuark en13757_security_error_quark (void);

/* Bytes of an address as it goes into initialization vectors: manufacturer, identification, version, medium.
 */
#define EN13757_ADDRESS_LENGTH 8

/* What the authentication and fragmentation layer in front of the message says. */
typedef struct
{
  gboolean has_mac;
  gboolean has_counter;
  gboolean has_key_information;
  gboolean has_message_length;
  guint8 mcl; /* message control field */
  guint16 key_information;
  guint32 counter;
  guint16 message_length;
  const guint8 *mac; /* (unowned) */
  gsize mac_length;
} En13757Afl;

/* Whether the counter is above the last one of the meter, which it becomes then. */
typedef gboolean (*En13757TakeCounter) (gpointer counters, const AmselIdentity *meter, guint32 counter);

/* What is known of a telegram from outside of its application layer. All of it is borrowed. */
typedef struct
{
  gboolean wireless;       /* CI fields mean what they do by radio: 73 is a compact frame */
  gboolean decrypted;      /* what is flagged as encrypted but has the marks of plain data is plain */
  gboolean allow_plain;    /* a plain telegram of a meter that has a key is taken, and mode 7 without a MAC */
  gboolean was_encrypted;  /* a layer below has been decrypted already, with a check */
  AmselIdentity link;      /* by the link layer, for telegrams without an address of their own */
  En13757Key *key;         /* (nullable): the key of the meter */
  const En13757Keys *keys; /* (nullable): where to look for one otherwise */
  En13757Key *fallback;    /* (nullable): the key of those that are not found there */
  En13757TakeCounter take_counter;      /* (nullable): refuses counters that were used before */
  gpointer counters;                    /* for take_counter */
  En13757Formats *formats;              /* (nullable): of compact frames */
  const En13757Afl *afl;                /* (nullable) */
  const struct _DriverLibrary *drivers; /* (nullable): handed on to who names the meters' values */
} En13757Context;

/* The transport header of a message, as far as its security needs it. */
typedef struct
{
  gsize begin;          /* offset of the CI field */
  guint8 header_length; /* 0, 4 or 12 */
  guint16 configuration;
} En13757Transport;

/* The key for a meter: that of the context, or one of its keys for either address. */
En13757Key *en13757_context_find_key (const En13757Context *context, const AmselIdentity *identity);

/* Makes the content of a message plain. offset is behind the transport header, and moves behind what belongs
 * to security; end may come before a tag. The payload of the telegram is changed in place. Returns FALSE with
 * the telegram's fault, its encryption and a record with the closed bytes where that cannot be done. */
gboolean en13757_security_open (AmselTelegram *telegram, const En13757Context *context,
                                const En13757Transport *transport, gsize *offset, gsize *end);

/* The bytes of an address as they stand in initialization vectors. */
void en13757_identity_write (const AmselIdentity *identity, guint8 out[EN13757_ADDRESS_LENGTH]);

/* A record in place of bytes that stay closed. */
void en13757_add_closed (AmselTelegram *telegram, gsize offset, gsize end, AmselReason reason);

/* Lets the telegram know why its content stays closed, which is a record without a value then. */
void en13757_close (AmselTelegram *telegram, AmselEncryption encryption, En13757SecurityError code,
                    const gchar *message, gsize offset, gsize end);

G_END_DECLS
