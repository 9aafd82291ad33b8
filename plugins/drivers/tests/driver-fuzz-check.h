/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the fields of a telegram must be, whatever bytes it is made of, for fuzz targets of drivers. */
#pragma once

#include <amsel.h>

/* Aborts where a field makes no sense, cannot be printed, or the telegram is no JSON. */
void driver_fuzz_check (const AmselTelegram *telegram);

/* Aborts where an explanation does not have every byte once and in its order. */
void driver_fuzz_check_explanation (const AmselTelegram *telegram);
