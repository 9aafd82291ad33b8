/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Services that are a source: their readouts are stored and routed, and they may have a list of their own in
 * the configuration. */
#include <glib/gstdio.h>
#include <string.h>

#include "test-kinds.h"
#include "test-readout.h"

#define DRAIN_US (30 * G_USEC_PER_SEC)

/* The source: its items are meters, of which none may have the address 13. */
typedef struct
{
  AmselService parent_instance;

  guint n_items;
} SourceKind;

typedef struct
{
  AmselServiceClass parent_class;
} SourceKindClass;

static GType source_kind_get_type (void);
G_DEFINE_TYPE (SourceKind, source_kind, AMSEL_TYPE_SERVICE)

static gboolean
source_kind_start (AmselService *service, AmselController *controller G_GNUC_UNUSED,
                   GError **error G_GNUC_UNUSED)
{
  amsel_service_notice (service, "hello");
  amsel_service_problem (service, "nobody is there");
  return TRUE;
}

static void
source_kind_stop (AmselService *service G_GNUC_UNUSED)
{
}

static gboolean
source_kind_check (AmselService *service, GError **error)
{
  if (((SourceKind *) service)->n_items < 3)
    return TRUE;
  g_set_error_literal (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, "too many boxes");
  return FALSE;
}

static GType
source_kind_get_item_type (AmselService *service G_GNUC_UNUSED)
{
  return AMSEL_TYPE_METER;
}

static gboolean
source_kind_add_item (AmselService *service, GObject *item, GError **error)
{
  if (!g_str_equal (amsel_meter_get_address (AMSEL_METER (item)), "13"))
    {
      ((SourceKind *) service)->n_items++;
      return TRUE;
    }
  g_set_error_literal (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, "13 is no address");
  return FALSE;
}

static void
source_kind_class_init (SourceKindClass *klass)
{
  AmselServiceClass *service_class = AMSEL_SERVICE_CLASS (klass);

  service_class->start = source_kind_start;
  service_class->stop = source_kind_stop;
  service_class->check = source_kind_check;
  service_class->item_key = "boxes";
  service_class->get_item_type = source_kind_get_item_type;
  service_class->add_item = source_kind_add_item;
}

static void
source_kind_init (SourceKind *self G_GNUC_UNUSED)
{
}

/* An exporter that counts. */
typedef struct
{
  AmselExporter parent_instance;

  gint n_readouts; /* atomic */
} CountKind;

typedef struct
{
  AmselExporterClass parent_class;
} CountKindClass;

static GType count_kind_get_type (void);
G_DEFINE_TYPE (CountKind, count_kind, AMSEL_TYPE_EXPORTER)

static gboolean
count_kind_start (AmselExporter *exporter G_GNUC_UNUSED, const gchar *state G_GNUC_UNUSED,
                  GError **error G_GNUC_UNUSED)
{
  return TRUE;
}

static gboolean
count_kind_export (AmselExporter *exporter, GPtrArray *readouts, gchar **out_state,
                   GCancellable *cancellable G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
  g_atomic_int_add (&((CountKind *) exporter)->n_readouts, (gint) readouts->len);
  *out_state = NULL;
  return TRUE;
}

static void
count_kind_class_init (CountKindClass *klass)
{
  AMSEL_EXPORTER_CLASS (klass)->start = count_kind_start;
  AMSEL_EXPORTER_CLASS (klass)->export = count_kind_export;
}

static void
count_kind_init (CountKind *self G_GNUC_UNUSED)
{
}

typedef struct
{
  gchar *folder; /* (owned) */
  AmselRegistry *registry;
  GPtrArray *problems; /* (nullable) */
  GString *said;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  f->folder = g_dir_make_tmp ("amsel-service-XXXXXX", NULL);
  f->registry = test_kinds_new_registry ();
  f->said = g_string_new (NULL);
  g_assert_true (amsel_registry_add_kind (f->registry, "source", "A source", source_kind_get_type (), NULL));
  g_assert_true (amsel_registry_add_kind (f->registry, "count", "Counts", count_kind_get_type (), NULL));
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree gchar *path = g_build_filename (f->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (f->folder);
  g_free (f->folder);
  g_object_unref (f->registry);
  g_clear_pointer (&f->problems, g_ptr_array_unref);
  g_string_free (f->said, TRUE);
}

static AmselConfig *
load (Fixture *f, const gchar *text)
{
  g_autofree gchar *path = g_build_filename (f->folder, "main.yaml", NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_clear_pointer (&f->problems, g_ptr_array_unref);
  return amsel_config_load (path, f->registry, &f->problems);
}

static void
on_said (AmselEngine *engine G_GNUC_UNUSED, const gchar *message, gpointer user_data)
{
  g_string_append_printf (((Fixture *) user_data)->said, "%s\n", message);
}

#define HEAD                                                                                                 \
  "store: {file: readings.db}\n"                                                                             \
  "exporters:\n"                                                                                             \
  "- {name: mine, kind: count}\n"                                                                            \
  "- {name: other, kind: count}\n"                                                                           \
  "services:\n"

static void
test_routes (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselConfig) config = load (f, HEAD "- {name: server, kind: source, exporters: [mine]}\n"
                                                 "- {name: silent, kind: source, exporters: [other]}\n");
  g_autoptr (AmselEngine) engine = NULL;
  AmselReadoutInfo info = { .pipeline = "server",
                            .line = "50-0663-0027",
                            .meter = "08031768",
                            .protocol = "mbus",
                            .end_us = G_GINT64_CONSTANT (1449585962) * G_USEC_PER_SEC,
                            .origin = 4,
                            .quality = AMSEL_QUALITY_NO_READING };
  g_autoptr (AmselReadout) readout = amsel_readout_new (&info, NULL, 0, 0);
  g_autoptr (GPtrArray) stored = NULL;
  g_autoptr (GError) error = NULL;
  CountKind *mine, *other;
  guint64 number;
  gint64 end_us;

  g_assert_nonnull (config);
  engine = amsel_engine_new_for_config (config);
  g_signal_connect (engine, "notice", G_CALLBACK (on_said), f);
  g_signal_connect (engine, "problem", G_CALLBACK (on_said), f);
  g_assert_true (amsel_engine_start (engine, &error));
  g_assert_nonnull (strstr (f->said->str, "service server: hello\nservice server: nobody is there\n"));
  amsel_service_emit_readout (g_ptr_array_index (amsel_config_get_services (config), 0), readout);
  g_assert_true (amsel_store_flush (amsel_engine_get_store (engine), &error));
  g_assert_true (amsel_store_get_origin (amsel_engine_get_store (engine), "server", "50-0663-0027", &number,
                                         &end_us, &error));
  g_assert_cmpuint (number, ==, 4);
  g_assert_cmpint (end_us, ==, info.end_us);
  g_assert_true (amsel_store_get_origin (amsel_engine_get_store (engine), "server", "50-0663-0028", &number,
                                         &end_us, &error));
  g_assert_cmpuint (number, ==, 0);
  stored = amsel_store_read_after (amsel_engine_get_store (engine), 0, 10, &error);
  g_assert_cmpuint (stored->len, ==, 1);
  g_assert_cmpuint (amsel_readout_get_origin (g_ptr_array_index (stored, 0)), ==, 4);
  g_assert_cmpuint (amsel_engine_get_n_failed (engine), ==, 1);
  g_assert_true (amsel_engine_stop (engine, DRAIN_US));
  mine = g_ptr_array_index (amsel_config_get_exporters (config), 0);
  other = g_ptr_array_index (amsel_config_get_exporters (config), 1);
  g_assert_cmpint (g_atomic_int_get (&mine->n_readouts), ==, 1);
  g_assert_cmpint (g_atomic_int_get (&other->n_readouts), ==, 0);
}

/* Each text with the places and sentences of its problems. */
static void
test_problems (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    const gchar *text;
    const gchar *expected;
  } vectors[] = {
    { HEAD "- {name: server, kind: source, exporters: [mine, mine, other]}\n", "6:50: the exporter stands" },
    { HEAD "- {name: server, kind: source, exporters: [mine, other, third]}\n",
      "6:57: there is no exporter" },
    { HEAD "- {name: server, kind: source, exporters: [mine]}\n", "4:10: nobody has the exporter “other”" },
    { HEAD "- {name: server, kind: source, exporters: [mine, other], boxes: [{address: 13}]}\n",
      "6:66: 13 is no address" },
    { HEAD "- {name: server, kind: source, exporters: [mine, other], boxes: [{adress: 1}]}\n",
      "6:66: an item of “boxes” needs the key “address”" },
    { HEAD "- {name: s, kind: source, exporters: [mine, other], boxes: [{from: boxes.csv}]}\n",
      "13 is no address" },
    { HEAD "- name: s\n  kind: source\n  exporters: [mine, other]\n"
           "  boxes: [{address: 1}, {address: 2}, {address: 3}]\n",
      "9:10: too many boxes" },
    { "services: [{name: s, kind: source}]\n", "1:1: the configuration needs the key “store”" },
    { HEAD "- {name: s, kind: web, exporters: [mine, other], boxes: []}\n", "has no key “boxes”" },
  };
  g_autofree gchar *path = g_build_filename (f->folder, "boxes.csv", NULL);

  g_assert_true (g_file_set_contents (path, "address\n12\n13\n", -1, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (AmselConfig) config = load (f, vectors[i].text);
      const AmselProblem *problem;
      g_autofree gchar *said = NULL;

      g_assert_null (config);
      g_assert_cmpuint (f->problems->len, >=, 1);
      problem = g_ptr_array_index (f->problems, 0);
      said = g_strdup_printf ("%u:%u: %s", amsel_problem_get_line (problem),
                              amsel_problem_get_column (problem), amsel_problem_get_message (problem));
      if (strstr (said, vectors[i].expected) == NULL)
        g_test_message ("%s\ninstead of %s", said, vectors[i].expected);
      g_assert_nonnull (strstr (said, vectors[i].expected));
    }
}

static void
test_items (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *path = g_build_filename (f->folder, "boxes.csv", NULL);
  g_autoptr (AmselConfig) config = NULL;
  const SourceKind *source;

  g_assert_true (g_file_set_contents (path, "address\n12\n", -1, NULL));
  config = load (f, HEAD "- {name: s, kind: source, exporters: [mine, other], boxes: [{from: boxes.csv}, "
                         "{address: 2}]}\n");
  g_assert_nonnull (config);
  source = g_ptr_array_index (amsel_config_get_services (config), 0);
  g_assert_cmpuint (source->n_items, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/service/routes", Fixture, NULL, set_up, test_routes, tear_down);
  g_test_add ("/service/items", Fixture, NULL, set_up, test_items, tear_down);
  g_test_add ("/service/problems", Fixture, NULL, set_up, test_problems, tear_down);
  return g_test_run ();
}
