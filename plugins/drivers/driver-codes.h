/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The compiled drivers: one line for each file that defines a constant driver_NAME. The order is that in
 * which they are tried where several are for the same meter. */
#pragma once

#include "driver.h"

/* clang-format off */
#define DRIVER_CODES(X) \
  X (izar) \
  X (diehl) \
  X (fhkvdataiii) \
  X (mkradio3) \
  X (mkradio3a) \
  X (compact5) \
  X (vario451) \
  X (tsd2) \
  X (apator08) \
  X (apator162) \
  X (apator172) \
  X (apatorna1) \
  X (apatoreitn) \
  X (apatoreitn40) \
  X (qundis) \
  X (hydrodigit) \
  X (hydroclima) \
  X (rfmtx1) \
  X (gwfwater) \
  X (zenner0b) \
  X (bfw240radio)
/* clang-format on */

#define DRIVER_CODE_DECLARE(name) extern const DriverCode driver_##name;
DRIVER_CODES (DRIVER_CODE_DECLARE)
