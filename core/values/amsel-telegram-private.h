/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a telegram is made of, shared by its records and its fields. Internal. */
#pragma once

#include "amsel-telegram.h"

G_BEGIN_DECLS

struct _AmselTelegram
{
  gatomicrefcount refs;
  AmselFrame *frame;     /* (owned) */
  guint8 *own_payload;   /* (owned) (nullable): set where the payload is not the frame's bytes (decrypted) */
  const guint8 *payload; /* (unowned): own_payload or the frame's bytes */
  gsize payload_length;
  AmselTelegramHeader header;
  GError *fault;        /* (owned) (nullable): why not all of it could be read */
  AmselRecord *records; /* own_records, or (owned) where these were too few */
  gsize n_records;
  gsize n_allocated;
  const gchar *driver; /* (unowned) (nullable): lives as long as the program, or in names */
  AmselField *fields;  /* (owned) (nullable) */
  gsize n_fields;
  gsize n_fields_allocated;
  gchar *texts; /* (owned) (nullable): texts of fields, one behind the other, each with its zero */
  gsize texts_length;
  gsize texts_allocated;
  gchar *names; /* (owned) (nullable): names that do not live as long as the program */
  AmselRecord own_records[];
};

G_END_DECLS
