/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A service that counts how often it was started.
 *
 * A service is a front end: it commands the engine through the controller, in the main loop, and must not
 * block. */
#include "sample-service.h"

struct _SampleService
{
  AmselService parent_instance;

  AmselController *controller; /* (unowned) (nullable): there while it serves */
  guint n_starts;
};

G_DEFINE_FINAL_TYPE (SampleService, sample_service, AMSEL_TYPE_SERVICE)

typedef enum
{
  PROP_N_STARTS = 1,
} SampleServiceProperty;

static GParamSpec *properties[PROP_N_STARTS + 1];

static gboolean
sample_service_start (AmselService *service, AmselController *controller, GError **error G_GNUC_UNUSED)
{
  SampleService *self = SAMPLE_SERVICE (service);

  self->controller = controller;
  self->n_starts++;
  return TRUE;
}

static void
sample_service_stop (AmselService *service)
{
  SAMPLE_SERVICE (service)->controller = NULL;
}

static void
sample_service_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  switch ((SampleServiceProperty) property_id)
    {
    case PROP_N_STARTS:
      g_value_set_uint (value, SAMPLE_SERVICE (object)->n_starts);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
sample_service_class_init (SampleServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  AmselServiceClass *service_class = AMSEL_SERVICE_CLASS (klass);

  object_class->get_property = sample_service_get_property;
  service_class->start = sample_service_start;
  service_class->stop = sample_service_stop;

  /* not a setting, but a state: the configuration passes over it */
  properties[PROP_N_STARTS] =
      g_param_spec_uint ("n-starts", "n-starts", "How often the service was started.", 0, G_MAXUINT, 0,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | AMSEL_PARAM_RUNTIME);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sample_service_init (SampleService *self G_GNUC_UNUSED)
{
}
