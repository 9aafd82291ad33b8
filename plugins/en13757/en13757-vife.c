/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the combinable VIFEs do to a value: EN 13757-3:2018 table 15, its extension FC (table 16) and the
 * record errors (table 18). Their names are those of #AmselModifier. A code that is missing here only has a
 * name.
 *
 *   value = (data × 10^exponent + corrections) × seconds per unit
 *
 * The multiplicative corrections join the exponent, so nothing is rounded. The additive ones count in the
 * unit of the VIF at power of ten zero (in hours where the VIF counts hours), and a multiplicative correction
 * that follows an additive one scales it too, as the VIFEs apply one after the other. */
#include "en13757-private.h"

#define ACTION(name)                                                                                         \
  {                                                                                                          \
    EN13757_VIFE_##name, 0                                                                                   \
  }
#define SCALE(exponent)                                                                                      \
  {                                                                                                          \
    EN13757_VIFE_SCALE, (exponent)                                                                           \
  }
#define ADD(exponent)                                                                                        \
  {                                                                                                          \
    EN13757_VIFE_ADD, (exponent)                                                                             \
  }
#define DURATION(factor)                                                                                     \
  {                                                                                                          \
    EN13757_VIFE_DURATION, EN13757_FACTOR_##factor                                                           \
  }
#define DURATIONS(code)                                                                                      \
  [(code)] = DURATION (ONE), [(code) + 1] = DURATION (MINUTE), [(code) + 2] = DURATION (HOUR),               \
  [(code) + 3] = DURATION (DAY)

/* One row of the standard is one line. */
/* clang-format off */

const En13757Vife en13757_vifes[128] = {
  [0x00] = ACTION (SILENT),
  [0x13] = { EN13757_VIFE_TYPE, EN13757_TYPE_RAW },
  [0x15] = ACTION (INVALID), [0x16] = ACTION (INVALID), [0x17] = ACTION (INVALID), [0x18] = ACTION (INVALID),
  [0x1E] = { EN13757_VIFE_TYPE, EN13757_TYPE_RAW },
  [0x1F] = { EN13757_VIFE_TYPE, EN13757_TYPE_RAW },
  [0x39] = ACTION (DATE),
  [0x3D] = ACTION (NO_UNIT),
  [0x41] = ACTION (COUNT), [0x49] = ACTION (COUNT),
  [0x42] = ACTION (DATE), [0x43] = ACTION (DATE), [0x46] = ACTION (DATE), [0x47] = ACTION (DATE),
  [0x4A] = ACTION (DATE), [0x4B] = ACTION (DATE), [0x4E] = ACTION (DATE), [0x4F] = ACTION (DATE),
  DURATIONS (0x50), DURATIONS (0x54), DURATIONS (0x58), DURATIONS (0x5C),
  DURATIONS (0x60), DURATIONS (0x64),
  [0x6A] = ACTION (DATE), [0x6B] = ACTION (DATE), [0x6E] = ACTION (DATE), [0x6F] = ACTION (DATE),
  [0x70] = SCALE (-6), [0x71] = SCALE (-5), [0x72] = SCALE (-4), [0x73] = SCALE (-3),
  [0x74] = SCALE (-2), [0x75] = SCALE (-1), [0x76] = SCALE (0), [0x77] = SCALE (1),
  [0x78] = ADD (-3), [0x79] = ADD (-2), [0x7A] = ADD (-1), [0x7B] = ADD (0),
  [0x7C] = ACTION (EXTENSION),
  [0x7D] = SCALE (3),
  [0x7F] = ACTION (MANUFACTURER),
};

const En13757Vife en13757_vifes_fc[128] = {
  [0x11] = { EN13757_VIFE_TYPE, EN13757_TYPE_UNSIGNED },
  [0x12] = { EN13757_VIFE_TYPE, EN13757_TYPE_UNSIGNED },
};
