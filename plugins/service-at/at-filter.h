/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The filter of AT^SCDATA="GET_FILTERED": up to ten conditions, all of which must hold. Pure.
 *
 *   <condition>;<condition>...      a condition is <parameter><relation><value>
 *
 * Parameters of all records: RECORD_TYPE, TIME_STAMP, SEQ_NUM, DATA; of AMS: PROTOCOL, INDEX, ERROR_CODE,
 * DEV_ID; of WMBUS: RSSI, LENGTH. Relations: == (or =) != > < >= <=; texts know only the first two. In a
 * text, "*" stands for any characters. A condition on what a record has not does not hold. */
#pragma once

#include "at-record.h"

G_BEGIN_DECLS

#define AT_FILTER_TEXT_MAX       150
#define AT_FILTER_CONDITIONS_MAX 10

typedef enum
{
  AT_RELATION_NONE,
  AT_RELATION_EQUAL,
  AT_RELATION_DIFFERENT,
  AT_RELATION_GREATER,
  AT_RELATION_LESS,
  AT_RELATION_GREATER_EQUAL,
  AT_RELATION_LESS_EQUAL,
} AtRelation;

typedef struct
{
  guint parameter; /* of the table in at-filter.c */
  AtRelation relation;
  gint64 number;
  gchar text[AT_FILTER_TEXT_MAX + 1]; /* upper case */
} AtCondition;

typedef struct
{
  guint n;
  AtCondition conditions[AT_FILTER_CONDITIONS_MAX];
} AtFilter;

gboolean at_filter_parse (AtFilter *self, const gchar *text);
gboolean at_filter_matches (const AtFilter *self, const AtRecord *record);

G_END_DECLS
