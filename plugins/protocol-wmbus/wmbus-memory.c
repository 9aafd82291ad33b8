/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fragments. Who floods with first fragments only pushes out other messages that wait. */
#include "wmbus-memory.h"

/* A message of which fragments have come. */
typedef struct
{
  guint64 sender;
  gint64 received_us;  /* of the last fragment; 0 where not known */
  guint fragment;      /* number of the last one */
  En13757Afl security; /* what the first one said; without its MAC */
  GByteArray *bytes;   /* (owned) */
} Assembly;

struct _WmbusMemory
{
  GMutex mutex;
  GQueue assemblies; /* (element-type Assembly): the one that got a fragment last is the last */
};

static guint64
to_number (const AmselIdentity *identity)
{
  return (guint64) identity->manufacturer << 48 | (guint64) identity->id << 16
         | (guint64) identity->version << 8 | identity->medium;
}

static void
assembly_free (gpointer data)
{
  Assembly *self = data;

  g_byte_array_unref (self->bytes);
  g_free (self);
}

WmbusMemory *
wmbus_memory_new (void)
{
  WmbusMemory *self = g_new0 (WmbusMemory, 1);

  g_mutex_init (&self->mutex);
  g_queue_init (&self->assemblies);
  return self;
}

void
wmbus_memory_free (WmbusMemory *self)
{
  g_queue_clear_full (&self->assemblies, assembly_free);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

guint
wmbus_memory_get_n_assemblies (WmbusMemory *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->assemblies.length;
  g_mutex_unlock (&self->mutex);
  return n;
}

static gboolean
is_late (const Assembly *assembly, gint64 received_us)
{
  return assembly->received_us != 0 && received_us != 0
         && (received_us < assembly->received_us
             || received_us - assembly->received_us > WMBUS_FRAGMENT_WAIT_US);
}

/* Those whose next fragment has not come in time are given up. */
static void
drop_late (WmbusMemory *self, gint64 received_us)
{
  for (GList *link = self->assemblies.head; link != NULL;)
    {
      GList *next = link->next;

      if (is_late (link->data, received_us))
        {
          assembly_free (link->data);
          g_queue_delete_link (&self->assemblies, link);
        }
      link = next;
    }
}

static GList *
find (WmbusMemory *self, guint64 sender)
{
  for (GList *link = self->assemblies.head; link != NULL; link = link->next)
    if (((Assembly *) link->data)->sender == sender)
      return link;
  return NULL;
}

static void
drop (WmbusMemory *self, GList *link)
{
  assembly_free (link->data);
  g_queue_delete_link (&self->assemblies, link);
}

static void
begin (WmbusMemory *self, guint64 sender, gint64 received_us, const WmbusAfl *afl, const guint8 *data,
       gsize length)
{
  Assembly *assembly = g_new0 (Assembly, 1);

  if (self->assemblies.length >= WMBUS_ASSEMBLIES_MAX)
    drop (self, self->assemblies.head);
  assembly->sender = sender;
  assembly->received_us = received_us;
  assembly->fragment = 1;
  assembly->security = afl->security;
  assembly->bytes = g_byte_array_new ();
  g_byte_array_append (assembly->bytes, data, (guint) length);
  g_queue_push_tail (&self->assemblies, assembly);
}

static gboolean
refuse (GError **error, WmbusLayerError code, const gchar *what, guint fragment)
{
  g_set_error (error, WMBUS_LAYER_ERROR, code, "fragment %u %s", fragment, what);
  return FALSE;
}

/* Adds a fragment to the message that waits for it. FALSE with an error where it is none of it. */
static gboolean
go_on (WmbusMemory *self, GList *link, gint64 received_us, const WmbusAfl *afl, const guint8 *data,
       gsize length, GError **error)
{
  Assembly *assembly = link != NULL ? link->data : NULL;

  if (assembly == NULL || afl->fragment != assembly->fragment + 1)
    return refuse (error, WMBUS_LAYER_ERROR_WRONG_FRAGMENT,
                   "continues no message of this meter: those before it were not heard, or too long ago",
                   afl->fragment);
  if (assembly->bytes->len + length > WMBUS_MESSAGE_MAX)
    {
      drop (self, link);
      return refuse (error, WMBUS_LAYER_ERROR_WRONG_LENGTH, "makes the message too long", afl->fragment);
    }
  assembly->fragment++;
  assembly->received_us = received_us;
  g_byte_array_append (assembly->bytes, data, (guint) length);
  g_queue_unlink (&self->assemblies, link);
  g_queue_push_tail_link (&self->assemblies, link);
  return TRUE;
}

/* The message is whole: takes it out, with what the first fragment said and the MAC of the last. */
static GByteArray *
finish (WmbusMemory *self, GList *link, WmbusAfl *afl, GError **error)
{
  Assembly *assembly = link->data;
  GByteArray *bytes = g_byte_array_ref (assembly->bytes);
  En13757Afl last = afl->security;

  afl->security = assembly->security;
  afl->security.has_mac = last.has_mac;
  afl->security.mac = last.mac;
  afl->security.mac_length = last.mac_length;
  drop (self, link);
  if (!afl->security.has_message_length || afl->security.message_length == bytes->len)
    return bytes;
  g_set_error (error, WMBUS_LAYER_ERROR, WMBUS_LAYER_ERROR_WRONG_LENGTH,
               "the message of fragments has %u bytes, and says that it has %u", bytes->len,
               (guint) afl->security.message_length);
  g_byte_array_unref (bytes);
  return NULL;
}

GByteArray *
wmbus_memory_take_fragment (WmbusMemory *self, const AmselIdentity *sender, gint64 received_us, WmbusAfl *afl,
                            const guint8 *data, gsize length, GError **error)
{
  guint64 number = to_number (sender);
  GByteArray *whole = NULL;
  GList *link;

  g_mutex_lock (&self->mutex);
  drop_late (self, received_us);
  link = find (self, number);
  if (afl->fragment == 1)
    {
      if (link != NULL)
        drop (self, link);
      begin (self, number, received_us, afl, data, length);
    }
  else if (go_on (self, link, received_us, afl, data, length, error) && !afl->more)
    whole = finish (self, link, afl, error);
  g_mutex_unlock (&self->mutex);
  return whole;
}
