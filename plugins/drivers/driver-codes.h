/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The compiled drivers: one line for each file that defines a constant driver_NAME. The order is that in
 * which they are tried where several are for the same meter. */
#pragma once

#include "driver.h"

/* clang-format off */
#define DRIVER_CODES(X)
/* clang-format on */

#define DRIVER_CODE_DECLARE(name) extern const DriverCode driver_##name;
DRIVER_CODES (DRIVER_CODE_DECLARE)
