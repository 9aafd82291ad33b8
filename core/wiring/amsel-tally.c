/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts of a line. There are as many names of faults as protocols define, so the list stays short. */
#include "amsel-tally.h"

#include "amsel-error.h"

typedef struct
{
  GQuark domain;
  gint code;
  guint64 n;
} Fault;

struct _AmselTally
{
  guint64 n_frames;
  guint64 n_bytes; /* that were no frame */
  GArray *faults;  /* (owned) (element-type Fault): in the order in which they came first */
  gint last;       /* index of the fault that goes on byte by byte; -1 for none */
};

AmselTally *
amsel_tally_new (void)
{
  AmselTally *self = g_new0 (AmselTally, 1);

  self->faults = g_array_new (FALSE, FALSE, sizeof (Fault));
  self->last = -1;
  return self;
}

void
amsel_tally_free (AmselTally *self)
{
  g_array_unref (self->faults);
  g_free (self);
}

void
amsel_tally_add_frame (AmselTally *self)
{
  self->n_frames++;
  self->last = -1;
}

static guint
find (AmselTally *self, const GError *error)
{
  Fault fault = { error->domain, error->code, 0 };

  for (guint i = 0; i < self->faults->len; i++)
    if (g_error_matches (error, g_array_index (self->faults, Fault, i).domain,
                         g_array_index (self->faults, Fault, i).code))
      return i;
  g_array_append_val (self->faults, fault);
  return self->faults->len - 1;
}

gboolean
amsel_tally_add_fault (AmselTally *self, const GError *error, gsize n)
{
  guint i = find (self, error);
  Fault *fault = &g_array_index (self->faults, Fault, i);

  self->n_bytes += n;
  if (n != 1 || self->last != (gint) i)
    fault->n++;
  else
    return FALSE;
  self->last = (gint) i;
  return fault->n == 1;
}

gchar *
amsel_tally_to_string (const AmselTally *self)
{
  GString *text;

  if (self->n_frames == 0 && self->n_bytes == 0)
    return NULL;
  text = g_string_new (NULL);
  g_string_append_printf (text, "%" G_GUINT64_FORMAT " telegram%s", self->n_frames,
                          self->n_frames == 1 ? "" : "s");
  for (guint i = 0; i < self->faults->len; i++)
    {
      const Fault *fault = &g_array_index (self->faults, Fault, i);
      const gchar *name = amsel_error_get_name (fault->domain, fault->code);

      g_string_append_printf (text, ", %s %" G_GUINT64_FORMAT,
                              name != NULL ? name : g_quark_to_string (fault->domain), fault->n);
    }
  if (self->n_bytes > 0)
    g_string_append_printf (text, " (%" G_GUINT64_FORMAT " bytes that were none)", self->n_bytes);
  return g_string_free (text, FALSE);
}
