/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of value reports. */
#pragma once

#include "amsel-telegram.h"

/* How the time that a record counts is told: the unit that its meter uses. */
typedef struct
{
  const gchar *word;
  guint seconds;
} ReportDuration;

const gchar *report_words_get_description (AmselQuantity quantity);
const gchar *report_words_get_function (AmselFunction function);
const gchar *report_words_get_unit (AmselUnit unit);
void report_words_write_device_type (guint8 medium, GString *out);
void report_words_write_modifiers (const AmselRecord *record, GString *out);
const ReportDuration *report_words_get_duration (const AmselTelegram *telegram, const AmselRecord *record);
