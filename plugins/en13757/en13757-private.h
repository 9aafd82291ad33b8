/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the decoder share: the rows of the VIF and VIFE tables, and what a VIF chain came to.
 *
 * The tables are constant arrays indexed by the seven bits of a code, so a lookup is one load and the decoder
 * needs neither search nor text. */
#pragma once

#include "en13757.h"

G_BEGIN_DECLS

/* The bit of DIF, DIFE, VIF and VIFE that says that another one follows. */
#define EN13757_EXTENSION 0x80

/* Most extension bytes behind a DIF or a VIF (EN 13757-3, 6.3.5 and 6.4.5). */
#define EN13757_EXTENSIONS_MAX 10

/* How the data of a record are read, where the DIF alone does not say it. */
typedef enum
{
  EN13757_TYPE_NUMBER,   /* as the DIF says; integers are signed (type B) */
  EN13757_TYPE_UNSIGNED, /* integers are unsigned or sets of bits (types C and D) */
  EN13757_TYPE_DATE,     /* a date, a time or both: type F, G, I or J by the length */
  EN13757_TYPE_RAW,      /* a structure of its own, kept as bytes */
} En13757Type;

/* By what a number is multiplied besides the power of ten. */
typedef enum
{
  EN13757_FACTOR_ONE,
  EN13757_FACTOR_MINUTE,
  EN13757_FACTOR_HOUR,
  EN13757_FACTOR_DAY,
  EN13757_FACTOR_5_POW_12, /* with 10^-12 this is 2^-12, exactly */
} En13757Factor;

/* One VIF: what it measures, in which unit × 10^exponent × factor. All zero is a code that is not defined. */
typedef struct
{
  guint8 quantity;
  guint8 unit;
  gint8 exponent;
  guint8 factor;
  guint8 type;
} En13757Vif;

/* What a VIFE does besides having a name. */
typedef enum
{
  EN13757_VIFE_NAME,         /* nothing: the name says it */
  EN13757_VIFE_SILENT,       /* nothing, and its name would say nothing */
  EN13757_VIFE_SCALE,        /* × 10^argument */
  EN13757_VIFE_ADD,          /* + 10^argument */
  EN13757_VIFE_TYPE,         /* the data have the type in argument; the unit stays */
  EN13757_VIFE_DATE,         /* the data are a date: the unit goes */
  EN13757_VIFE_DURATION,     /* the data are a duration in seconds × the factor in argument */
  EN13757_VIFE_COUNT,        /* the data are a count: the unit goes */
  EN13757_VIFE_INVALID,      /* the meter says that there is no valid value */
  EN13757_VIFE_NO_UNIT,      /* the unit is another one than the VIF says */
  EN13757_VIFE_EXTENSION,    /* the next VIFE is of the extension table */
  EN13757_VIFE_MANUFACTURER, /* all VIFEs that follow are the manufacturer's */
} En13757VifeAction;

typedef struct
{
  guint8 action;
  gint8 argument;
} En13757Vife;

/* What a VIF with all its VIFEs comes to: value = (data × 10^exponent + addends) × factor. */
typedef struct
{
  gint exponent;
  guint8 factor;
  guint8 type;
  gboolean invalid;
  guint n_addends;
  gint addends[EN13757_EXTENSIONS_MAX]; /* powers of ten */
} En13757Vib;

/* The low nibble of a DIF: how the data are coded. */
typedef enum
{
  EN13757_DATA_NONE,
  EN13757_DATA_INTEGER,
  EN13757_DATA_REAL,
  EN13757_DATA_READOUT,
  EN13757_DATA_BCD,
  EN13757_DATA_VARIABLE,
  EN13757_DATA_SPECIAL,
} En13757DataClass;

typedef struct
{
  guint8 class;
  guint8 length;
} En13757DataField;

extern const En13757DataField en13757_data_fields[16];

extern const En13757Vif en13757_vifs[128];
extern const En13757Vif en13757_vifs_fb[128];
extern const En13757Vif en13757_vifs_fd[128];
extern const En13757Vif en13757_vifs_fdfd[128];

extern const En13757Vife en13757_vifes[128];
extern const En13757Vife en13757_vifes_fc[128];

gboolean en13757_read_difes (AmselCursor *cursor, AmselRecord *record, GError **error);
gboolean en13757_read_lvar (AmselCursor *cursor, guint8 *out_lvar, guint8 *out_length, GError **error);
gboolean en13757_read_value (AmselCursor *cursor, guint8 *mutable, AmselRecord *record, const En13757Vib *vib,
                             En13757DataField field, GError **error);

/* Security mode 3: where in the content the two bytes are that depend on the day. */
#define EN13757_DATED_OFFSET 6
#define EN13757_DATED_LENGTH 2

gboolean en13757_dated_complete (guint8 *content, gsize length, gint64 received_us);
void en13757_profile_unfold (AmselTelegram *telegram, const En13757Vib *vib);
void en13757_set_number (AmselRecord *record, AmselInt128 number, const En13757Vib *vib);

gboolean en13757_decode_fixed (AmselTelegram *telegram, guint8 *mutable, gsize offset, gsize end,
                               GError **error);
gboolean en13757_decode_record_area (AmselTelegram *telegram, guint8 *mutable, gsize offset, gsize end,
                                     GError **error);
void en13757_reverse (guint8 *bytes, gsize length);

G_END_DECLS
