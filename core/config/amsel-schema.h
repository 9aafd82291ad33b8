/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can stand in a configuration, for editors and for the inspection. */
#pragma once

#include "amsel-registry.h"

G_BEGIN_DECLS

#ifndef __GI_SCANNER__

/* A part of the configuration that is no kind of a stage. */
typedef struct
{
  const gchar *name;
  const gchar *blurb;
  GType (*get_type) (void);
} AmselSection;

/* Ends with an entry of zeros. */
AMSEL_API const AmselSection *amsel_schema_get_sections (void);

#endif /* __GI_SCANNER__ */

AMSEL_API gchar *amsel_schema_to_json (AmselRegistry *registry);

G_END_DECLS
