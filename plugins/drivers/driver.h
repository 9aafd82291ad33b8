/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Meter drivers: what makes named fields (total_m3, flow_temperature_c) of a telegram.
 *
 * There are two kinds. A *described* driver is a YAML file that names records. A *compiled* one is a C file
 * that takes payloads which are no records, or are encrypted or packed in the maker's own way. Both say which
 * meters they are for by manufacturer, version and medium, and one meter may have one of each.
 *
 * A protocol calls driver_decode_payload() as soon as it has the plain payload, then decodes records unless
 * the payload was consumed, then calls driver_apply(). All of it is pure and may be used in several threads.
 */
#pragma once

#include <amsel.h>

G_BEGIN_DECLS

/* Any version, any medium. */
#define DRIVER_ANY (-1)

/* The manufacturer code of three letters: DRIVER_MANUFACTURER ('H', 'Y', 'D'). */
#define DRIVER_MANUFACTURER(a, b, c) ((guint16) (((a) -64) << 10 | ((b) -64) << 5 | ((c) -64)))

#define DRIVER_KEY_LENGTH 16

/* Described drivers; see driver-library.h. */
typedef struct _DriverLibrary DriverLibrary;

/* One line of what a driver is for. */
typedef struct
{
  guint16 manufacturer; /* 0 ends a list */
  gint16 version;       /* 0 to 255 or DRIVER_ANY */
  gint16 medium;        /* 0 to 255 or DRIVER_ANY */
} DriverMatch;

/* Bytes that a compiled driver reads, for those who want to see what is understood of a telegram. */
typedef struct
{
  gsize offset; /* in the telegram's payload */
  gsize length;
  const gchar *what; /* the name of a field, or words */
} DriverNote;

/* All that a driver is given. Everything is borrowed for the call. */
typedef struct
{
  AmselTelegram *telegram; /* gets the fields; its header is filled */
  const AmselIdentity
      *identity;         /* effective: of the TPL where it has a long header, else of the link layer */
  guint8 ci;             /* the CI field that payload follows: 72, 7A, 78, A0 to B7... */
  const guint8 *link;    /* the whole link-layer telegram: wireless from the L field on without CRCs, */
  gsize link_length;     /* wired the long frame */
  const guint8 *payload; /* decrypted, behind the TPL header */
  gsize payload_length;
  gsize
      payload_offset; /* where payload is in the telegram's payload, for records; G_MAXSIZE where it is not */
  const guint8 *key;  /* (nullable): DRIVER_KEY_LENGTH bytes */
  const DriverLibrary *library; /* (nullable): the described drivers; NULL is the default ones */
  GArray *notes;                /* (nullable) (element-type DriverNote): gets what is read */
} DriverContext;

/* What a compiled driver made of a payload. */
typedef enum
{
  DRIVER_RESULT_NOT_MINE, /* it is not of this driver after all; nothing was added, another one may try */
  DRIVER_RESULT_RECORDS,  /* fields were added, and the payload also has records to be decoded */
  DRIVER_RESULT_CONSUMED, /* the payload is no sequence of records: they are not looked for */
} DriverResult;

typedef DriverResult (*DriverDecodeFunc) (DriverContext *context);

/* Adds fields from what the maker has put into or behind the records, which are decoded by then; FALSE when
 * there is nothing of this driver in them. */
typedef gboolean (*DriverRecordsFunc) (DriverContext *context);

/* A compiled driver: one constant of its file, which driver-codes.h lists. */
typedef struct
{
  const gchar *name;          /* (nullable): such as "izar"; of what only opens a payload there is none */
  const gchar *title;         /* for people, such as "Diehl Izar water radio (PRIOS)" */
  const DriverMatch *matches; /* ends with manufacturer 0 */
  DriverDecodeFunc decode;    /* (nullable): takes payloads */
  DriverRecordsFunc records;  /* (nullable): takes what is in the records */
} DriverCode;

/* Some makers write the address of the link layer in an order of their own: puts it right, seen from the
 * link-layer telegram (wireless, without CRCs). FALSE where nothing is to be put right. */
gboolean driver_correct_identity (const guint8 *link, gsize length, AmselIdentity *identity);

/* Tries the compiled drivers of the meter; the first that takes the payload names the telegram's driver. */
DriverResult driver_decode_payload (DriverContext *context);

/* Applies the drivers of the meter to the records of the telegram: a compiled one that finds something of its
 * own in them, and the described one, which names the telegram's driver. */
void driver_apply (DriverContext *context);

/* All DIF and VIF chains (element-type GBytes) whose compact frames have a signature; NULL where no driver
 * knows them. library is a DriverLibrary, or NULL for the default one. */
const GPtrArray *driver_find_formats (guint16 signature, gconstpointer library);

/* Whether a line is for a meter. */
gboolean driver_match_fits (const DriverMatch *match, const AmselIdentity *identity);

/* For compiled drivers. Names are string constants; texts are UTF-8 and are copied. */
AmselField *driver_add_decimal (DriverContext *context, const gchar *name, gint64 mantissa, gint exponent);
AmselField *driver_add_date (DriverContext *context, const gchar *name, const AmselDate *date);
AmselField *driver_add_text (DriverContext *context, const gchar *name, const gchar *text);
AmselField *driver_add_null (DriverContext *context, const gchar *name, AmselReason reason);

/* Says what some bytes of the link-layer telegram or of the payload are. */
void driver_note (DriverContext *context, const guint8 *bytes, gsize length, const gchar *what);

/* A day; where it does not exist, null with the reason. */
AmselField *driver_add_day (DriverContext *context, const gchar *name, guint year, guint month, guint day);

G_END_DECLS
