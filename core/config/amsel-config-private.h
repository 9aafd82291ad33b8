/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files that load a configuration share: text to nodes (amsel-yaml), nodes to values
 * (amsel-config-text, -value), values to objects (-object), lists of meters (-meters, -csv), pipelines and
 * services (-pipeline, -service), several files (-include), and the whole (amsel-config). */
#pragma once

#include "amsel-config.h"
#include "amsel-meter.h"
#include "amsel-pipeline.h"
#include "amsel-registry.h"
#include "amsel-service.h"
#include "amsel-setting.h"
#include "amsel-yaml.h"

G_BEGIN_DECLS

/* Longest text after ${NAME} was put in, and largest file of a secret. */
#define AMSEL_CONFIG_TEXT_MAX (64 * 1024)
/* How deep included files may include others, and how many files there may be. */
#define AMSEL_CONFIG_INCLUDE_DEPTH_MAX 8
#define AMSEL_CONFIG_FILES_MAX         1000
/* A list of meters. */
#define AMSEL_CONFIG_CSV_BYTES_MAX   (64 * 1024 * 1024)
#define AMSEL_CONFIG_CSV_ROWS_MAX    100000
#define AMSEL_CONFIG_CSV_COLUMNS_MAX 100

/* Something that has a name, by which other parts of the configuration may mean it. */
typedef struct
{
  AmselMark mark;
  AmselYamlNode *node; /* (unowned) (nullable): of a template */
  GObject *object;     /* (owned) (nullable): NULL where it could not be made, which has been told */
  gboolean used;
} AmselNamed;

typedef struct
{
  AmselRegistry *registry; /* (unowned) */
  AmselProblems problems;
  GPtrArray *sources;    /* (owned) (element-type AmselSource) */
  GPtrArray *trees;      /* (owned) (element-type AmselYamlTree) */
  GPtrArray *roots;      /* (unowned) (element-type AmselYamlNode): of each file, in order */
  guint budget;          /* nodes that may still come */
  GHashTable *lines;     /* (owned) (element-type utf8 AmselNamed) */
  GHashTable *pipelines; /* (owned) (element-type utf8 AmselNamed) */
  GHashTable *exporters; /* (owned) (element-type utf8 AmselNamed) */
  GHashTable *services;  /* (owned) (element-type utf8 AmselNamed) */
  GHashTable *templates; /* (owned) (element-type utf8 AmselNamed) */
  GHashTable *told;      /* (owned) (element-type utf8): warnings that are enough once in a file */
} AmselLoader;

void amsel_loader_init (AmselLoader *self, AmselRegistry *registry);
void amsel_loader_clear (AmselLoader *self);
void amsel_loader_error (AmselLoader *self, const AmselYamlNode *node, const gchar *hint, const gchar *format,
                         ...) G_GNUC_PRINTF (4, 5);
void amsel_loader_warn (AmselLoader *self, const AmselYamlNode *node, const gchar *hint, const gchar *format,
                        ...) G_GNUC_PRINTF (4, 5);
/* "line 12" of the same file, "FILE, line 12" of another. */
gchar *amsel_loader_place (const AmselMark *place, const AmselMark *seen_from);
/* "expected one of: …; did you mean “…”?" */
gchar *amsel_loader_choices_hint (const gchar *word, const gchar *const *choices);
/* Finds what a name means. Where there is none, that is told, and what was probably meant counts as used. */
AmselNamed *amsel_loader_find_name (AmselLoader *self, GHashTable *table, const gchar *what,
                                    const gchar *section, const gchar *name, const AmselYamlNode *node);
/* Tells that a file cannot be read. */
void amsel_loader_report_file (AmselLoader *self, const AmselYamlNode *named_by, const gchar *path,
                               const GError *error);
/* Takes a name for an object; FALSE where somebody has it. */
AmselNamed *amsel_loader_add_name (AmselLoader *self, GHashTable *table, const gchar *what, const gchar *name,
                                   const AmselYamlNode *node);
gboolean amsel_loader_expect (AmselLoader *self, const AmselYamlNode *node, AmselYamlType type,
                              const gchar *what, const gchar *hint);

/* Files. */
gboolean amsel_loader_read_file (AmselLoader *self, const gchar *path);
gboolean amsel_loader_read_source (AmselLoader *self, AmselSource *source);

/* Text of a scalar with ${NAME} put in; NULL after an error was told. out_foreign says that it does not stand
 * in the file itself; may be NULL. */
gchar *amsel_config_text_expand (AmselLoader *self, const AmselYamlNode *node, gboolean *out_foreign);
/* Text of a setting: expanded, or fetched where a tag says that it is a secret. */
gchar *amsel_config_text_get (AmselLoader *self, const AmselYamlNode *node, GParamSpec *pspec);

/* Scalar or list to the value of a property that is no object. */
gboolean amsel_config_value_parse (AmselLoader *self, GParamSpec *pspec, const AmselYamlNode *node,
                                   GValue *out);

/* A map to an object of a type: every key that is not in others sets a property. The object is made even
 * where some keys are wrong, so that the rest can be checked; *out_ok says whether all was well. */
GObject *amsel_config_object_new (AmselLoader *self, GType type, const gchar *what, const AmselYamlNode *map,
                                  const gchar *const *others, gboolean *out_ok);
/* The same for a map with the key “kind”; NULL where there is no such kind. out_kind may be NULL. */
GObject *amsel_config_kind_new (AmselLoader *self, GType stage, const AmselYamlNode *map,
                                const gchar *const *others, gchar **out_kind, gboolean *out_ok);

/* Calls a function for each meter of a list: an item as it is, or each row of a CSV file, templates applied.
 * The map lives only during the call. */
typedef void (*AmselMeterFunc) (AmselLoader *self, const AmselYamlNode *map, gpointer user_data);
void amsel_config_meters_foreach (AmselLoader *self, const AmselYamlNode *list, AmselMeterFunc func,
                                  gpointer user_data);
void amsel_config_meters_add_templates (AmselLoader *self, const AmselYamlNode *root);
void amsel_config_meters_warn_unused (AmselLoader *self);

/* A pipeline with its meters; NULL where the item is none. Its errors are told. */
AmselPipeline *amsel_config_pipeline_new (AmselLoader *self, const AmselYamlNode *item);

/* A service with its items; NULL where the item is none. Its errors are told. */
AmselService *amsel_config_service_new (AmselLoader *self, const AmselYamlNode *map);
gchar *amsel_config_service_dup_item_key (AmselLoader *self, const AmselYamlNode *map);
/* Checks a list of names of exporters. */
void amsel_config_exporters_check (AmselLoader *self, const AmselYamlNode *list);
/* The value of the key that a sentence mentions first; the map where it mentions none. */
const AmselYamlNode *amsel_config_find_blamed (const AmselYamlNode *map, const gchar *sentence);

/* Calls a function for each row of a CSV file: a map whose keys are those of the first row, without the cells
 * that are empty. FALSE where the function wants no more. */
typedef gboolean (*AmselRowFunc) (const AmselYamlNode *row, gpointer user_data);
void amsel_config_csv_foreach (AmselLoader *self, AmselSource *source, AmselRowFunc func, gpointer user_data);

/* For tests and fuzz targets: a configuration, a simulator, or a list of meters from memory. */
AmselConfig *amsel_config_load_text (const gchar *text, gsize length, const gchar *name,
                                     AmselRegistry *registry, GPtrArray **problems);

G_END_DECLS
