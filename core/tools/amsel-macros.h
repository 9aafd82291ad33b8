/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every header of the library needs: the mark of an exported symbol. */
#pragma once

#include <glib-object.h>

/* The library is built with hidden visibility; only what carries this mark is for plugins and programs. */
#define AMSEL_API __attribute__ ((visibility ("default")))
