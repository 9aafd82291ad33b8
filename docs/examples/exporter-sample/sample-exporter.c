/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An exporter that appends readings to a text file, none lost and none doubled.
 *
 * The state that export returns is committed to the store together with the position of the last readout. So
 * the length of the file is the state: what stands behind it after a crash was never committed, and is cut
 * off. An exporter has a thread of its own and may block. */
#include "sample-exporter.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct _SampleExporter
{
  AmselExporter parent_instance;

  gchar *path; /* (owned) (nullable) */
  int fd;      /* -1 while it is stopped */
};

G_DEFINE_FINAL_TYPE (SampleExporter, sample_exporter, AMSEL_TYPE_EXPORTER)

typedef enum
{
  PROP_PATH = 1,
} SampleExporterProperty;

static GParamSpec *properties[PROP_PATH + 1];

static gboolean
set_error (SampleExporter *self, int code, GError **error)
{
  g_set_error (error, AMSEL_EXPORT_ERROR, code == ENOSPC ? AMSEL_EXPORT_ERROR_FULL : AMSEL_EXPORT_ERROR_WRITE,
               "%s: %s", self->path, g_strerror (code));
  return FALSE;
}

static void
sample_exporter_stop (AmselExporter *exporter)
{
  SampleExporter *self = SAMPLE_EXPORTER (exporter);

  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

static gboolean
sample_exporter_start (AmselExporter *exporter, const gchar *state, GError **error)
{
  SampleExporter *self = SAMPLE_EXPORTER (exporter);
  guint64 length = 0;

  sample_exporter_stop (exporter);
  if (state != NULL && !g_ascii_string_to_unsigned (state, 10, 0, G_MAXINT64, &length, NULL))
    {
      g_set_error (error, AMSEL_EXPORT_ERROR, AMSEL_EXPORT_ERROR_STATE, "“%s” is not the length of a file",
                   state);
      return FALSE;
    }
  self->fd = open (self->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (self->fd < 0 || (state != NULL && ftruncate (self->fd, (off_t) length) != 0))
    return set_error (self, errno, error);
  return TRUE;
}

static void
append_readout (GString *text, AmselReadout *readout)
{
  for (guint i = 0; i < amsel_readout_get_n_readings (readout); i++)
    {
      g_autoptr (AmselReading) reading = amsel_readout_get_reading (readout, i);
      g_autofree gchar *value = amsel_reading_get_value_text (reading);

      g_string_append_printf (text, "%s %s %s %s\n", amsel_readout_get_meter (readout),
                              amsel_quantity_get_name (amsel_reading_get_quantity (reading)),
                              value != NULL ? value : "-", amsel_reading_get_unit (reading));
    }
}

static gboolean
write_all (SampleExporter *self, const GString *text, GError **error)
{
  gsize written = 0;

  while (written < text->len)
    {
      gssize n = write (self->fd, text->str + written, text->len - written);

      if (n < 0 && errno != EINTR)
        return set_error (self, errno, error);
      written += (gsize) MAX (n, 0);
    }
  return fsync (self->fd) == 0 || set_error (self, errno, error);
}

static gboolean
sample_exporter_export (AmselExporter *exporter, GPtrArray *readouts, gchar **out_state,
                        GCancellable *cancellable G_GNUC_UNUSED, GError **error)
{
  SampleExporter *self = SAMPLE_EXPORTER (exporter);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < readouts->len; i++)
    append_readout (text, g_ptr_array_index (readouts, i));
  if (!write_all (self, text, error))
    return FALSE;
  *out_state = g_strdup_printf ("%" G_GINT64_FORMAT, (gint64) lseek (self->fd, 0, SEEK_END));
  return TRUE;
}

static void
sample_exporter_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  switch ((SampleExporterProperty) property_id)
    {
    case PROP_PATH:
      g_value_set_string (value, SAMPLE_EXPORTER (object)->path);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
sample_exporter_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  SampleExporter *self = SAMPLE_EXPORTER (object);

  switch ((SampleExporterProperty) property_id)
    {
    case PROP_PATH:
      amsel_param_set_string (&self->path, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
sample_exporter_finalize (GObject *object)
{
  SampleExporter *self = SAMPLE_EXPORTER (object);

  sample_exporter_stop (AMSEL_EXPORTER (self));
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (sample_exporter_parent_class)->finalize (object);
}

static void
sample_exporter_class_init (SampleExporterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  AmselExporterClass *exporter_class = AMSEL_EXPORTER_CLASS (klass);

  object_class->get_property = sample_exporter_get_property;
  object_class->set_property = sample_exporter_set_property;
  object_class->finalize = sample_exporter_finalize;
  exporter_class->start = sample_exporter_start;
  exporter_class->export = sample_exporter_export;
  exporter_class->stop = sample_exporter_stop;

  properties[PROP_PATH] = g_param_spec_string ("path", "path", "The file to append to.", NULL,
                                               AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED | AMSEL_PARAM_PATH);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sample_exporter_init (SampleExporter *self)
{
  self->fd = -1;
}
