/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which protocol a telegram is of is found by trying. A protocol that finds one whole frame with its checks
 * in the bytes comes before those that would also take them without a link layer. */
#include "decode-protocols.h"

#include "cli.h"

typedef struct
{
  gchar *kind;             /* (owned) */
  AmselProtocol *protocol; /* (owned) */
  AmselMeter *meter;       /* (owned) (nullable): one with the key below */
  gchar key[DECODE_KEY_CHARS];
  AmselFrameStatus looks; /* how the bytes look to it; MORE as long as nobody has asked */
} Candidate;

struct _DecodeProtocols
{
  GPtrArray *candidates; /* (owned) (element-type Candidate): in the order in which they are tried */
};

static void
candidate_free (gpointer data)
{
  Candidate *self = data;

  g_free (self->kind);
  g_clear_object (&self->protocol);
  g_clear_object (&self->meter);
  g_free (self);
}

static gboolean
has_property (GObject *object, const gchar *name)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (object), name) != NULL;
}

/* Who decodes by hand wants to see what is there, so plain telegrams of meters with keys are taken. */
static gboolean
set_up (GObject *protocol, const DecodeOptions *options, GError **error)
{
  if (has_property (protocol, "key"))
    g_object_set (protocol, "key", options->key, "keys", options->keys, "decrypted", options->decrypted,
                  "allow-plain", TRUE, NULL);
  return amsel_protocol_check (AMSEL_PROTOCOL (protocol), error);
}

static gboolean
add_candidate (DecodeProtocols *self, const gchar *kind, const DecodeOptions *options, gboolean *options_fit,
               GError **error)
{
  GObject *protocol = cli_create (AMSEL_TYPE_PROTOCOL, kind, error);
  Candidate *candidate;

  if (protocol == NULL)
    return FALSE;
  candidate = g_new0 (Candidate, 1);
  candidate->kind = g_strdup (kind);
  candidate->looks = AMSEL_FRAME_STATUS_MORE;
  candidate->protocol = AMSEL_PROTOCOL (protocol);
  g_ptr_array_add (self->candidates, candidate);
  *options_fit = set_up (protocol, options, error);
  return *options_fit;
}

/* The protocol that was asked for, or all that there are. On FALSE the fault has been reported. */
static gboolean
find_protocols (DecodeProtocols *self, const DecodeOptions *options)
{
  gboolean all = options->protocol == NULL || g_str_equal (options->protocol, DECODE_PROTOCOL_AUTO);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) kinds = NULL;
  gboolean options_fit = TRUE;

  if (!all)
    {
      if (!add_candidate (self, options->protocol, options, &options_fit, &error))
        cli_complain ("%s", error->message);
      return error == NULL;
    }
  kinds = amsel_registry_list_kinds (cli_get_registry (), AMSEL_TYPE_PROTOCOL);
  for (gsize i = 0; kinds[i] != NULL; i++)
    if (!add_candidate (self, kinds[i], options, &options_fit, &error))
      {
        cli_complain ("protocol %s: %s", kinds[i], error->message);
        if (!options_fit)
          return FALSE;
        g_clear_error (&error);
      }
  if (self->candidates->len == 0)
    cli_complain ("there is no protocol to decode with; are the plugins installed?");
  return self->candidates->len > 0;
}

DecodeProtocols *
decode_protocols_new (const DecodeOptions *options)
{
  DecodeProtocols *self = g_new0 (DecodeProtocols, 1);

  self->candidates = g_ptr_array_new_with_free_func (candidate_free);
  if (find_protocols (self, options))
    return self;
  decode_protocols_free (self);
  return NULL;
}

void
decode_protocols_free (DecodeProtocols *self)
{
  g_ptr_array_unref (self->candidates);
  g_free (self);
}

/* A meter with the key of the line; lines in a row often have the same one. */
static AmselMeter *
get_meter (Candidate *self, const DecodeLine *line)
{
  GType type = amsel_protocol_get_meter_type (self->protocol);
  g_autoptr (GTypeClass) klass = NULL;

  if (line->key[0] == '\0')
    return NULL;
  if (self->meter != NULL && g_str_equal (self->key, line->key))
    return self->meter;
  klass = g_type_class_ref (type);
  if (g_object_class_find_property (G_OBJECT_CLASS (klass), "key") == NULL)
    return NULL;
  g_clear_object (&self->meter);
  self->meter = g_object_new (type, "key", line->key, NULL);
  g_strlcpy (self->key, line->key, sizeof self->key);
  return self->meter;
}

/* How far the bytes are a frame, with all that a link layer has for a check: COMPLETE where all of them are
 * one. */
static AmselFrameStatus
look_at (Candidate *candidate, const GByteArray *bytes)
{
  g_autoptr (AmselFrame) frame = NULL;
  gsize used = 0;
  AmselFrameStatus status =
      amsel_protocol_find_frame (candidate->protocol, bytes->data, bytes->len, 0, &used, &frame, NULL);

  return status == AMSEL_FRAME_STATUS_COMPLETE && used != bytes->len ? AMSEL_FRAME_STATUS_MORE : status;
}

/* The error to show where nobody decodes the bytes: of two the one from whoever got further. */
typedef struct
{
  GError *best; /* (owned) (nullable) */
  guint best_rank;
} Attempts;

static AmselTelegram *
attempt (Candidate *candidate, const DecodeLine *line, Attempts *attempts)
{
  g_autoptr (GError) local = NULL;
  AmselTelegram *telegram = NULL;
  g_autoptr (AmselFrame) frame =
      amsel_protocol_adopt (candidate->protocol, line->bytes->data, line->bytes->len, &local);
  guint rank = (frame != NULL ? 2 : 0) + (candidate->looks != AMSEL_FRAME_STATUS_DAMAGED ? 1 : 0);

  if (frame != NULL)
    telegram = amsel_protocol_decode (candidate->protocol, frame, get_meter (candidate, line), &local);
  if (telegram == NULL && (attempts->best == NULL || rank > attempts->best_rank))
    {
      g_clear_error (&attempts->best);
      attempts->best = g_steal_pointer (&local);
      attempts->best_rank = rank;
    }
  return telegram;
}

AmselTelegram *
decode_protocols_decode (DecodeProtocols *self, const DecodeLine *line, const gchar **out_kind,
                         GError **error)
{
  Attempts attempts = { 0 };
  gboolean several = self->candidates->len > 1;
  AmselTelegram *telegram = NULL;

  for (guint i = 0; several && telegram == NULL && i < self->candidates->len; i++)
    {
      Candidate *candidate = g_ptr_array_index (self->candidates, i);

      candidate->looks = look_at (candidate, line->bytes);
      if (candidate->looks != AMSEL_FRAME_STATUS_COMPLETE)
        continue;
      telegram = attempt (candidate, line, &attempts);
      *out_kind = candidate->kind;
    }
  for (guint i = 0; telegram == NULL && i < self->candidates->len; i++)
    {
      Candidate *candidate = g_ptr_array_index (self->candidates, i);

      if (several && candidate->looks == AMSEL_FRAME_STATUS_COMPLETE)
        continue;
      telegram = attempt (candidate, line, &attempts);
      *out_kind = candidate->kind;
    }
  if (telegram != NULL)
    g_clear_error (&attempts.best);
  else
    g_propagate_error (error, attempts.best);
  return telegram;
}

AmselTelegram *
decode_protocols_decode_text (DecodeProtocols *self, const DecodeLine *line, const gchar **out_kind,
                              GError **error)
{
  for (guint i = 0; i < self->candidates->len; i++)
    {
      Candidate *candidate = g_ptr_array_index (self->candidates, i);
      g_autoptr (AmselFrame) frame = amsel_protocol_adopt_line (candidate->protocol, line->text->str, NULL);

      *out_kind = candidate->kind;
      if (frame != NULL)
        return amsel_protocol_decode (candidate->protocol, frame, get_meter (candidate, line), error);
    }
  return NULL;
}

AmselTelegram *
decode_protocols_decode_frame (DecodeProtocols *self, const gchar *kind, AmselFrame *frame, GError **error)
{
  for (guint i = 0; i < self->candidates->len; i++)
    {
      Candidate *candidate = g_ptr_array_index (self->candidates, i);

      if (g_str_equal (candidate->kind, kind))
        return amsel_protocol_decode (candidate->protocol, frame, NULL, error);
    }
  g_set_error (error, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_UNKNOWN_KIND, "there is no protocol “%s”", kind);
  return NULL;
}
