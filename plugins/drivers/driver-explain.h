/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A telegram byte by byte, for people. */
#pragma once

#include "driver.h"

G_BEGIN_DECLS

/* Appends one line for each part of a telegram: where it is, its bytes, and what they mean; then the fields
 * of its driver, and how much of the content is understood. */
void driver_explain (const AmselTelegram *telegram, GString *out);

/* What is being explained; internal to the files of the explanation. */
typedef struct
{
  GString *out;
  const guint8 *data;
  gsize length;
  gsize position;
} DriverExplanation;

/* A line for the next n bytes (fewer where there are not so many). */
void driver_explain_bytes (DriverExplanation *self, gsize n, const gchar *format, ...) G_GNUC_PRINTF (3, 4);
/* Everything up to the content: link layer, other layers, CI field and transport layer. */
void driver_explain_layers (DriverExplanation *self, const AmselTelegramHeader *header);

G_END_DECLS
