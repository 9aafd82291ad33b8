/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drivers that are in each other's way: two of one name, of which one is used, and two for the same meters,
 * of which one comes first. One's own may well be meant to take another's place, so these are warnings. */
#include "driver-remarks.h"

#include "amsel-yaml.h"
#include "driver-described.h"

typedef struct
{
  AmselProblems problems;
  const DriverDescribed *driver; /* that is looked at */
  AmselSource *source;           /* (unowned): its file, for the line that a remark is about */
  gboolean own;                  /* whether the other one is of the same folder */
} Remarks;

static void
remark (Remarks *self, const DriverPlace *place, const gchar *hint, const gchar *what,
        const DriverDescribed *other)
{
  const AmselMark mark = { self->source, place->line, place->column, 1 };

  amsel_problems_add (&self->problems, AMSEL_SEVERITY_WARNING, &mark, hint, "%s the driver “%s” of %s", what,
                      other->name, other->file);
}

/* One is enough for a line, so the other driver stands in the hint. */
static void
remark_behind (Remarks *self, const DriverPlace *place, const DriverDescribed *other)
{
  const AmselMark mark = { self->source, place->line, place->column, 1 };
  g_autofree gchar *hint = g_strdup_printf (
      "such as “%s” of %s; with version and medium this one would decide", other->name, other->file);

  amsel_problems_add (&self->problems, AMSEL_SEVERITY_WARNING, &mark, hint,
                      "for some of these meters there are more particular drivers, which come before it");
}

static gboolean
is_same (const DriverMatch *a, const DriverMatch *b)
{
  return a->manufacturer == b->manufacturer && a->version == b->version && a->medium == b->medium;
}

/* Whether a line is for some of the meters of another one, and decides, since it is more particular. */
static gboolean
goes_before (const DriverMatch *particular, const DriverMatch *general)
{
  return particular->manufacturer == general->manufacturer && !is_same (particular, general)
         && (general->version == DRIVER_ANY || general->version == particular->version)
         && (general->medium == DRIVER_ANY || general->medium == particular->medium);
}

static gboolean
has_match (const DriverDescribed *driver, const DriverMatch *match,
           gboolean (*fits) (const DriverMatch *own, const DriverMatch *match))
{
  for (guint i = 0; i < driver->matches->len; i++)
    if (fits (&g_array_index (driver->matches, DriverMatch, i), match))
      return TRUE;
  return FALSE;
}

/* One remark for each line of the meters. */
static void
compare_meters (Remarks *self, const DriverDescribed *other)
{
  const gchar *const hint = "the more particular line decides: manufacturer with version and medium";
  const gchar *what = self->own ? "for these meters there is already" : "for these meters it comes before";
  const DriverDescribed *driver = self->driver;

  if (driver->any_meter && other->any_meter)
    remark (self, &driver->meters_place, NULL, what, other);
  for (guint i = 0; i < driver->matches->len; i++)
    {
      const DriverMatch *match = &g_array_index (driver->matches, DriverMatch, i);
      const DriverPlace *place = &g_array_index (driver->places, DriverPlace, i);

      if (has_match (other, match, is_same))
        remark (self, place, self->own ? hint : NULL, what, other);
      else if (!self->own && has_match (other, match, goes_before))
        remark_behind (self, place, other);
    }
}

/* Whether the driver has the name of one of some others, which is told. A folder may be named twice: a file
 * is not in its own way. */
static gboolean
compare_names (Remarks *self, const GPtrArray *others, guint n_others)
{
  for (guint i = 0; i < n_others; i++)
    {
      const DriverDescribed *other = g_ptr_array_index (others, i);

      if (!g_str_equal (self->driver->name, other->name) || g_str_equal (self->driver->file, other->file))
        continue;
      if (self->own)
        remark (self, &self->driver->name_place, "each driver needs a name of its own; this one is not used",
                "there is already", other);
      else
        remark (self, &self->driver->name_place, NULL, "it takes the place of", other);
      return TRUE;
    }
  return FALSE;
}

static void
compare_all_meters (Remarks *self, const GPtrArray *others, guint n_others)
{
  for (guint i = 0; i < n_others; i++)
    {
      const DriverDescribed *other = g_ptr_array_index (others, i);

      if (!g_str_equal (self->driver->name, other->name))
        compare_meters (self, other);
    }
}

/* Adds the remarks about one driver. */
static void
look_at (const GPtrArray *own, guint number, const GPtrArray *behind, GPtrArray *out)
{
  Remarks self = { .driver = g_ptr_array_index (own, number), .own = TRUE };
  g_autoptr (AmselSource) source = amsel_source_load (self.driver->file, AMSEL_YAML_BYTES_MAX, NULL);

  if (source == NULL)
    source = amsel_source_new (self.driver->file, "", 0);
  self.source = source;
  amsel_problems_init (&self.problems);
  if (!compare_names (&self, own, number))
    {
      compare_all_meters (&self, own, number);
      self.own = FALSE;
      compare_names (&self, behind, behind->len);
      compare_all_meters (&self, behind, behind->len);
    }
  g_ptr_array_extend_and_steal (out, amsel_problems_finish (&self.problems));
  amsel_problems_clear (&self.problems);
}

GPtrArray *
driver_remarks_collect (const GPtrArray *own, const GPtrArray *behind)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_problem_unref);

  for (guint i = 0; i < own->len; i++)
    look_at (own, i, behind, all);
  return all;
}
