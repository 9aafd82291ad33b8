/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The CI field: which layer or message follows, and with which header (EN 13757-7:2018, table 2). */
#pragma once

#include <amsel.h>

G_BEGIN_DECLS

/* Bytes of the short and the long header of the transport layer. */
#define EN13757_SHORT_HEADER_LENGTH 4
#define EN13757_LONG_HEADER_LENGTH  12

/* What follows the header. */
typedef enum
{
  EN13757_CONTENT_OTHER,   /* something that is named, but not a meter's data */
  EN13757_CONTENT_RECORDS, /* a full frame */
  EN13757_CONTENT_COMPACT, /* a compact frame: data without DIF and VIF */
  EN13757_CONTENT_FORMAT,  /* a format frame: DIF and VIF without data */
  EN13757_CONTENT_FIXED,   /* the fixed data structure of old wired meters */
  EN13757_CONTENT_ERROR,   /* report of an application error */
  EN13757_CONTENT_ALARM,   /* report of an alarm */
  EN13757_CONTENT_NOTHING, /* the header is all */
  EN13757_CONTENT_MAKER,   /* the manufacturer's own */
} En13757Content;

typedef struct
{
  guint8 content;       /* En13757Content */
  guint8 header_length; /* 0, EN13757_SHORT_HEADER_LENGTH or EN13757_LONG_HEADER_LENGTH */
  gboolean high_first;  /* numbers begin with their most significant byte: mode 2 of wired meters */
} En13757Ci;

/* What a CI field means. By radio some mean something else than on a cable. */
En13757Ci en13757_ci_get (guint8 code, gboolean wireless);
/* Its name, such as "response, short header". */
const gchar *en13757_ci_get_name (guint8 code);

G_END_DECLS
