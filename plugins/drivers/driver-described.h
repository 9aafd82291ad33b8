/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Described drivers: what a YAML file says, compiled into flat tables of rules.
 *
 * Each record of a telegram becomes one 64-bit key (quantity, function, storage, tariff, subunit), and a rule
 * is for it where the key agrees in the bits that the rule's mask has. Ranges of storage numbers and the like
 * are written out when the file is read, so applying a driver compares numbers and nothing else. */
#pragma once

#include "driver-private.h"

/* Most rules of one driver, ranges written out. */
#define DRIVER_RULES_MAX 1000

/* Lists that rules are sorted into by the quantity and storage number that they are for, one more for those
 * that are for several, and one for those of the status byte. */
#define DRIVER_BUCKETS     64
#define DRIVER_LIST_OTHERS DRIVER_BUCKETS
#define DRIVER_LIST_STATUS (DRIVER_BUCKETS + 1)
#define DRIVER_LISTS       (DRIVER_BUCKETS + 2)

/* Most texts that are joined of several rules, such as the status. */
#define DRIVER_JOINS_MAX 8

G_BEGIN_DECLS

/* Where the value of a rule is. */
typedef enum
{
  DRIVER_SOURCE_RECORD,
  DRIVER_SOURCE_BLOCK,  /* bytes of a record: of the manufacturer's data, or of any other */
  DRIVER_SOURCE_STATUS, /* the status byte of the header */
} DriverSource;

/* How the bytes of DRIVER_SOURCE_BLOCK are coded. */
typedef enum
{
  DRIVER_CODING_UNSIGNED,
  DRIVER_CODING_SIGNED,
  DRIVER_CODING_BCD,
  DRIVER_CODING_DATE,
  DRIVER_CODING_BYTES,
} DriverCoding;

/* What is made of a number. */
typedef enum
{
  DRIVER_SENSE_VALUE,
  DRIVER_SENSE_WORDS, /* the text of the number */
  DRIVER_SENSE_BITS,  /* the texts of the bits that are set */
} DriverSense;

/* A number, or a set of bits, and its text. */
typedef struct
{
  guint64 value;
  const gchar *text;
} DriverWord;

typedef struct
{
  guint64 key;
  guint64 mask;
  const gchar *name;
  guint8 source;
  guint8 coding;
  guint8 sense;
  guint8 role;
  guint16 quantity;
  gint8 join; /* number of the text that this one is a part of, or -1 */
  guint8 nth; /* which of the records that fit, from 1 */

  /* the DIF and VIF chains (chain_vif: the VIF chain alone) that the record must have; 0: whatever it has */
  guint8 chain_length;
  gboolean chain_vif;
  guint8 chain[22];
  gboolean no_vif;        /* only records without any VIF: the manufacturer's data behind DIF 0F or 1F */
  gboolean any_modifiers; /* else the record must have just these */
  guint8 n_modifiers;
  AmselModifier modifiers[AMSEL_RECORD_MODIFIERS];

  /* the unit of the name */
  gboolean has_unit;
  guint8 unit;
  gint8 exponent;
  guint seconds;
  AmselDecimal scale;
  gint8 decimals; /* to which it is rounded; -1: as it is */

  /* the unit of a number that comes without one */
  gboolean has_raw_unit;
  guint8 raw_unit;
  gint8 raw_exponent;
  guint raw_seconds;

  /* DRIVER_SOURCE_BLOCK: so many bytes from here on, and which bits of them */
  guint8 at;
  guint8 length;
  guint64 bits;

  guint n_nulls;
  const guint64 *nulls; /* raw numbers that mean "no value" */
  guint n_words;
  const DriverWord *words;
  const gchar *otherwise; /* (nullable): the text where no bit is set */
} DriverRule;

/* Line and column of a file, from 1. */
typedef struct
{
  guint line;
  guint column;
} DriverPlace;

typedef struct
{
  const gchar *name;
  const gchar *title;
  const gchar *file;               /* where it was read from */
  DriverPlace name_place;          /* of its name in the file */
  DriverPlace meters_place;        /* of “meters” */
  GArray *places;                  /* (owned) (element-type DriverPlace): of the matches, parallel to them */
  gboolean any_meter;              /* for all meters that no other driver is for */
  GArray *matches;                 /* (owned) (element-type DriverMatch): ends with manufacturer 0 */
  GArray *rules;                   /* (owned) (element-type DriverRule) */
  guint n_joins;                   /* how many texts are joined */
  GArray *order;                   /* (owned) (element-type guint16): numbers of the rules, list after list */
  guint16 lists[DRIVER_LISTS + 1]; /* where each list begins in order; the last one is its end */
  GPtrArray *formats;              /* (owned) (element-type GBytes): chains of compact frames */
  GPtrArray *tests;                /* (owned) (element-type DriverTest) */
  GStringChunk *strings;           /* (owned): of all the above */
  GPtrArray *tables;               /* (owned): nulls and words */
} DriverDescribed;

/* A telegram and what it must give. */
typedef struct
{
  const gchar *telegram; /* hexadecimal digits */
  const gchar *key;      /* (nullable) */
  GPtrArray *names;      /* (owned) (element-type utf8): fields, parallel to values */
  GPtrArray *values;     /* (owned) (element-type utf8): NULL is null */
  guint line;
} DriverTest;

#define DRIVER_KEY_QUANTITY_MASK (G_GUINT64_CONSTANT (0xFFFF) << 48)
#define DRIVER_KEY_FUNCTION_MASK (G_GUINT64_CONSTANT (0xFF) << 40)
#define DRIVER_KEY_STORAGE_MASK  (G_GUINT64_CONSTANT (0xFFFF) << 24)
#define DRIVER_KEY_TARIFF_MASK   (G_GUINT64_CONSTANT (0xFFFF) << 8)
#define DRIVER_KEY_SUBUNIT_MASK  G_GUINT64_CONSTANT (0xFF)
#define DRIVER_STORAGE_MAX       0xFFFE
#define DRIVER_TARIFF_MAX        0xFFFE
#define DRIVER_SUBUNIT_MAX       0xFE

/* The key of a record; what is too large for its bits is one that no rule can have. */
static inline guint64
driver_key (guint quantity, guint function, guint64 storage, guint32 tariff, guint subunit)
{
  return (guint64) quantity << 48 | (guint64) function << 40 | MIN (storage, 0xFFFF) << 24
         | (guint64) MIN (tariff, 0xFFFF) << 8 | MIN (subunit, 0xFF);
}

/* The list of rules that are for a quantity and a storage number. */
static inline guint
driver_bucket (guint64 key)
{
  return (guint) ((key >> 48) * 7 + (key >> 24 & 0xFFFF)) % DRIVER_BUCKETS;
}

/* Whether a record is one whose meaning only the maker knows. */
static inline gboolean
driver_record_is_of_maker (const AmselRecord *record)
{
  return record->quantity == AMSEL_QUANTITY_UNKNOWN
         || record->quantity == AMSEL_QUANTITY_MANUFACTURER_SPECIFIC;
}

DriverDescribed *driver_described_parse (const gchar *path, const gchar *text, gsize length,
                                         GPtrArray **problems);
DriverDescribed *driver_described_load (const gchar *path, GPtrArray **problems);
void driver_described_free (DriverDescribed *self);
void driver_described_apply (const DriverDescribed *self, DriverContext *context);
/* Appends the names of the fields that a record is for. */
void driver_described_name (const DriverDescribed *self, const AmselTelegram *telegram,
                            const AmselRecord *record, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DriverDescribed, driver_described_free)

/* A number in the unit of a record to that of a rule; FALSE where the units do not belong together. */
gboolean driver_value_convert (const DriverRule *rule, AmselUnit unit, AmselDecimal *number);

G_END_DECLS
