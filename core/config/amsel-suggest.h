/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What somebody probably meant. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

AMSEL_API const gchar *amsel_suggest (const gchar *word, const gchar *const *candidates);

G_END_DECLS
