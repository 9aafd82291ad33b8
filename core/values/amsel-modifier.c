/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of modifiers. Codes without a meaning in the standard are named by their number, so that two values
 * that differ only in such a code still differ in every output: many meters tell phases apart by them. */
#include "amsel-modifier.h"

G_DEFINE_ENUM_TYPE (AmselModifierTable, amsel_modifier_table,
                    G_DEFINE_ENUM_VALUE (AMSEL_MODIFIER_TABLE_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_MODIFIER_TABLE_COMBINABLE, "combinable"),
                    G_DEFINE_ENUM_VALUE (AMSEL_MODIFIER_TABLE_EXTENSION, "extension"),
                    G_DEFINE_ENUM_VALUE (AMSEL_MODIFIER_TABLE_MANUFACTURER, "manufacturer"),
                    G_DEFINE_ENUM_VALUE (AMSEL_MODIFIER_TABLE_FIXED, "fixed"),
                    G_DEFINE_ENUM_VALUE (AMSEL_MODIFIER_TABLE_APPLICATION, "application"))

#define CODES 256

static const gchar *const COMBINABLE[CODES] = {
  [0x00] = "no-error",
  [0x01] = "error-too-many-difes",
  [0x02] = "error-storage-not-implemented",
  [0x03] = "error-subunit-not-implemented",
  [0x04] = "error-tariff-not-implemented",
  [0x05] = "error-function-not-implemented",
  [0x06] = "error-data-class-not-implemented",
  [0x07] = "error-data-size-not-implemented",
  [0x0B] = "error-too-many-vifes",
  [0x0C] = "error-illegal-vif-group",
  [0x0D] = "error-illegal-vif-exponent",
  [0x0E] = "error-vif-dif-mismatch",
  [0x0F] = "error-unimplemented-action",
  [0x12] = "average",
  [0x13] = "inverse-compact-profile",
  [0x14] = "relative-deviation",
  [0x15] = "error-no-data-available",
  [0x16] = "error-data-overflow",
  [0x17] = "error-data-underflow",
  [0x18] = "error-data-error",
  [0x1C] = "error-premature-end-of-record",
  [0x1D] = "standard-conform-data",
  [0x1E] = "compact-profile-with-registers",
  [0x1F] = "compact-profile",
  [0x20] = "per-second",
  [0x21] = "per-minute",
  [0x22] = "per-hour",
  [0x23] = "per-day",
  [0x24] = "per-week",
  [0x25] = "per-month",
  [0x26] = "per-year",
  [0x27] = "per-revolution",
  [0x28] = "increment-per-input-pulse-0",
  [0x29] = "increment-per-input-pulse-1",
  [0x2A] = "increment-per-output-pulse-0",
  [0x2B] = "increment-per-output-pulse-1",
  [0x2C] = "per-litre",
  [0x2D] = "per-m3",
  [0x2E] = "per-kg",
  [0x2F] = "per-kelvin",
  [0x30] = "per-kwh",
  [0x31] = "per-gj",
  [0x32] = "per-kw",
  [0x33] = "per-kelvin-litre",
  [0x34] = "per-volt",
  [0x35] = "per-ampere",
  [0x36] = "times-second",
  [0x37] = "times-second-per-volt",
  [0x38] = "times-second-per-ampere",
  [0x39] = "start-date",
  [0x3A] = "uncorrected",
  [0x3B] = "accumulation-positive",
  [0x3C] = "accumulation-negative",
  [0x3D] = "non-metric-units",
  [0x3E] = "at-base-conditions",
  [0x3F] = "obis-declaration",
  [0x40] = "lower-limit",
  [0x41] = "exceeds-of-lower-limit",
  [0x42] = "begin-of-first-lower-limit-exceed",
  [0x43] = "end-of-first-lower-limit-exceed",
  [0x46] = "begin-of-last-lower-limit-exceed",
  [0x47] = "end-of-last-lower-limit-exceed",
  [0x48] = "upper-limit",
  [0x49] = "exceeds-of-upper-limit",
  [0x4A] = "begin-of-first-upper-limit-exceed",
  [0x4B] = "end-of-first-upper-limit-exceed",
  [0x4E] = "begin-of-last-upper-limit-exceed",
  [0x4F] = "end-of-last-upper-limit-exceed",
  [0x50] = "duration-of-first-lower-limit-exceed",
  [0x51] = "duration-of-first-lower-limit-exceed",
  [0x52] = "duration-of-first-lower-limit-exceed",
  [0x53] = "duration-of-first-lower-limit-exceed",
  [0x54] = "duration-of-last-lower-limit-exceed",
  [0x55] = "duration-of-last-lower-limit-exceed",
  [0x56] = "duration-of-last-lower-limit-exceed",
  [0x57] = "duration-of-last-lower-limit-exceed",
  [0x58] = "duration-of-first-upper-limit-exceed",
  [0x59] = "duration-of-first-upper-limit-exceed",
  [0x5A] = "duration-of-first-upper-limit-exceed",
  [0x5B] = "duration-of-first-upper-limit-exceed",
  [0x5C] = "duration-of-last-upper-limit-exceed",
  [0x5D] = "duration-of-last-upper-limit-exceed",
  [0x5E] = "duration-of-last-upper-limit-exceed",
  [0x5F] = "duration-of-last-upper-limit-exceed",
  [0x60] = "duration-of-first",
  [0x61] = "duration-of-first",
  [0x62] = "duration-of-first",
  [0x63] = "duration-of-first",
  [0x64] = "duration-of-last",
  [0x65] = "duration-of-last",
  [0x66] = "duration-of-last",
  [0x67] = "duration-of-last",
  [0x68] = "during-lower-limit-exceed",
  [0x69] = "leakage",
  [0x6A] = "begin-of-first",
  [0x6B] = "end-of-first",
  [0x6C] = "during-upper-limit-exceed",
  [0x6D] = "overflow",
  [0x6E] = "begin-of-last",
  [0x6F] = "end-of-last",
  [0x7E] = "future",
  [0x7F] = "manufacturer-specific",
};

static const gchar *const COMBINABLE_EXTENSION[CODES] = {
  [0x01] = "phase-l1",
  [0x02] = "phase-l2",
  [0x03] = "phase-l3",
  [0x04] = "neutral",
  [0x05] = "phase-l1-l2",
  [0x06] = "phase-l2-l3",
  [0x07] = "phase-l3-l1",
  [0x08] = "quadrant-1",
  [0x09] = "quadrant-2",
  [0x0A] = "quadrant-3",
  [0x0B] = "quadrant-4",
  [0x0C] = "import-export-delta",
  [0x10] = "accumulation-absolute",
  [0x11] = "unsigned",
  [0x12] = "bits",
  [0x14] = "to-meter",
  [0x15] = "from-meter",
};

static const gchar *const APPLICATION_ERROR[CODES] = {
  [0x00] = "unspecified",
  [0x01] = "unimplemented-ci",
  [0x02] = "buffer-too-long",
  [0x03] = "too-many-records",
  [0x04] = "premature-end-of-record",
  [0x05] = "too-many-difes",
  [0x06] = "too-many-vifes",
  [0x08] = "busy",
  [0x09] = "too-many-readouts",
};

static const gchar *const FIXED[CODES] = {
  [0x01] = "historic",
  [0x02] = "at-fixed-date",
};

/* The codes of a table by number: "manufacturer-00" to "manufacturer-FF". */
#define NUMBERED_16(prefix, digit)                                                                           \
  prefix digit "0", prefix digit "1", prefix digit "2", prefix digit "3", prefix digit "4",                  \
      prefix digit "5", prefix digit "6", prefix digit "7", prefix digit "8", prefix digit "9",              \
      prefix digit "A", prefix digit "B", prefix digit "C", prefix digit "D", prefix digit "E",              \
      prefix digit "F"
#define NUMBERED(prefix)                                                                                     \
  {                                                                                                          \
    NUMBERED_16 (prefix, "0"), NUMBERED_16 (prefix, "1"), NUMBERED_16 (prefix, "2"),                         \
        NUMBERED_16 (prefix, "3"), NUMBERED_16 (prefix, "4"), NUMBERED_16 (prefix, "5"),                     \
        NUMBERED_16 (prefix, "6"), NUMBERED_16 (prefix, "7"), NUMBERED_16 (prefix, "8"),                     \
        NUMBERED_16 (prefix, "9"), NUMBERED_16 (prefix, "A"), NUMBERED_16 (prefix, "B"),                     \
        NUMBERED_16 (prefix, "C"), NUMBERED_16 (prefix, "D"), NUMBERED_16 (prefix, "E"),                     \
        NUMBERED_16 (prefix, "F"),                                                                           \
  }

static const gchar *const UNNAMED_COMBINABLE[CODES] = NUMBERED ("reserved-");
static const gchar *const UNNAMED_EXTENSION[CODES] = NUMBERED ("reserved-extension-");
static const gchar *const UNNAMED_MANUFACTURER[CODES] = NUMBERED ("manufacturer-");
static const gchar *const UNNAMED_FIXED[CODES] = NUMBERED ("reserved-fixed-");
static const gchar *const UNNAMED_APPLICATION[CODES] = NUMBERED ("error-");

static const struct
{
  const gchar *const *names;   /* (nullable): with gaps */
  const gchar *const *unnamed; /* without gaps */
} TABLES[] = {
  [AMSEL_MODIFIER_TABLE_COMBINABLE] = { COMBINABLE, UNNAMED_COMBINABLE },
  [AMSEL_MODIFIER_TABLE_EXTENSION] = { COMBINABLE_EXTENSION, UNNAMED_EXTENSION },
  [AMSEL_MODIFIER_TABLE_MANUFACTURER] = { NULL, UNNAMED_MANUFACTURER },
  [AMSEL_MODIFIER_TABLE_FIXED] = { FIXED, UNNAMED_FIXED },
  [AMSEL_MODIFIER_TABLE_APPLICATION] = { APPLICATION_ERROR, UNNAMED_APPLICATION },
};

/**
 * amsel_modifier_new: (skip)
 * @table: where the code is from
 * @code: the code, 0 to 255
 *
 * Returns: the modifier
 */
AmselModifier
amsel_modifier_new (AmselModifierTable table, guint code)
{
  return (AmselModifier) ((guint) table << 8 | (code & 0xFF));
}

/**
 * amsel_modifier_get_name:
 * @modifier: a modifier
 *
 * Returns: (transfer none): its name, such as "accumulation-positive"; a code that the standard reserves or
 * that only the manufacturer knows is named by its number, such as "manufacturer-01"
 */
const gchar *
amsel_modifier_get_name (AmselModifier modifier)
{
  guint table = modifier >> 8;
  guint code = modifier & 0xFF;

  if (table == AMSEL_MODIFIER_TABLE_NONE)
    return "none";
  if (table >= G_N_ELEMENTS (TABLES))
    return "unknown";
  if (TABLES[table].names != NULL && TABLES[table].names[code] != NULL)
    return TABLES[table].names[code];
  return TABLES[table].unnamed[code];
}
