/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of quantities, units and functions as whoever writes thousands of records wants them: with their
 * length and all of one size, so that a name is put in two moves and needs not be measured. */
#pragma once

#include <string.h>

#include "amsel-quantity.h"

G_BEGIN_DECLS

/* 32 bytes in all. */
#define AMSEL_NAME_CHARS 31

typedef struct
{
  gchar text[AMSEL_NAME_CHARS]; /* with its zero */
  guint8 length;
} AmselName;

/* That of 0 outside the enumeration. */
const AmselName *amsel_quantity_find_name (guint quantity);
const AmselName *amsel_unit_find_symbol (guint unit);
const AmselName *amsel_function_find_name (guint function);

/* Puts a name at a place that has room for AMSEL_NAME_CHARS characters, whatever its length; returns the
 * place behind it. */
static inline gchar *
amsel_name_put (const AmselName *self, gchar *at)
{
  memcpy (at, self->text, AMSEL_NAME_CHARS);
  return at + self->length;
}

G_END_DECLS
