/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a frame says, in one line: the name of its function, whom it is for or from, and what it carries. */
#include "mbus-describe.h"

#include "mbus-address.h"
#include "mbus-telegram.h"

/* The record of a selection by fabrication number: 0C 78 and four bytes. */
#define FABRICATION_LENGTH 6
#define FABRICATION_RECORD 0x780C

/* To whom the master speaks. */
static gchar *
describe_target (guint8 a)
{
  switch (a)
    {
    case MBUS_ADDRESS_SELECTED:
      return g_strdup ("the selected meter");
    case MBUS_ADDRESS_TEST:
      return g_strdup ("any meter (254)");
    case MBUS_ADDRESS_BROADCAST:
      return g_strdup ("all meters (255)");
    default:
      return g_strdup_printf ("%u", (guint) a);
    }
}

static const gchar *
get_function (guint8 c)
{
  switch (c & (guint8) ~(MBUS_C_FCB | MBUS_C_FCV))
    {
    case MBUS_C_SND_NKE:
      return "SND_NKE";
    case MBUS_C_SND_UD & ~MBUS_C_FCV:
      return "SND_UD";
    case MBUS_C_REQ_UD2 & ~MBUS_C_FCV:
      return "REQ_UD2";
    case MBUS_C_REQ_UD1 & ~MBUS_C_FCV:
      return "REQ_UD1";
    default:
      return NULL;
    }
}

/* The name of a function of the master, and its frame count bit where that is valid. */
static gchar *
describe_function (const MbusFrame *frame)
{
  g_autofree gchar *target = describe_target (frame->a);
  const gchar *name = get_function (frame->c);

  if (name == NULL)
    return g_strdup_printf ("control field %02Xh to %s", frame->c, target);
  if ((frame->c & MBUS_C_FCV) == 0)
    return g_strdup_printf ("%s to %s", name, target);
  return g_strdup_printf ("%s to %s, FCB %d", name, target, (frame->c & MBUS_C_FCB) != 0);
}

static gchar *
describe_selection (const MbusFrame *frame)
{
  AmselCursor cursor;
  MbusAddress address;
  gchar text[MBUS_ADDRESS_CHARS];
  guint16 record;

  mbus_address_init_any (&address);
  amsel_cursor_init (&cursor, frame->data, frame->data_length);
  if (!amsel_cursor_u32_le (&cursor, &address.id) || !amsel_cursor_u16_le (&cursor, &address.manufacturer)
      || !amsel_cursor_u8 (&cursor, &address.version) || !amsel_cursor_u8 (&cursor, &address.medium))
    return g_strdup ("selection that is too short");
  if (frame->data_length == MBUS_SELECTION_LENGTH + FABRICATION_LENGTH
      && amsel_cursor_u16_le (&cursor, &record) && record == FABRICATION_RECORD)
    amsel_cursor_u32_le (&cursor, &address.fabrication);
  mbus_address_write (&address, text);
  return g_strdup_printf ("selection of %s", text);
}

/* What the master sends to a meter beside requests. */
static gchar *
describe_command (const MbusFrame *frame)
{
  g_autofree gchar *function = describe_function (frame);

  if (frame->a == MBUS_ADDRESS_SELECTED && frame->ci == MBUS_CI_SELECT)
    return describe_selection (frame);
  if (frame->ci == MBUS_CI_RESET && frame->data_length > 0)
    return g_strdup_printf ("%s: application reset, subcode %02Xh", function, frame->data[0]);
  if (frame->ci == MBUS_CI_RESET)
    return g_strdup_printf ("%s: application reset", function);
  if (frame->ci >= MBUS_CI_BAUD_FIRST && frame->ci <= MBUS_CI_BAUD_LAST)
    return g_strdup_printf ("%s: change to %u Bd", function, 300u << (frame->ci - MBUS_CI_BAUD_FIRST));
  return g_strdup_printf ("%s: CI %02Xh, %" G_GSIZE_FORMAT " bytes", function, frame->ci, frame->data_length);
}

/* What a meter sends. */
static gchar *
describe_response (AmselFrame *frame, const MbusFrame *fields)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselTelegram) telegram = mbus_telegram_decode (frame, NULL, &error);
  const AmselIdentity *identity;
  g_autofree gchar *maker = NULL;
  g_autofree gchar *id = NULL;

  if (telegram == NULL)
    return g_strdup_printf ("RSP_UD from %u: %s", (guint) fields->a, error->message);
  identity = amsel_telegram_get_identity (telegram);
  maker = amsel_identity_get_manufacturer_text (identity);
  id = amsel_identity_get_id_text (identity);
  return g_strdup_printf ("RSP_UD from %u: %s %s %s, %u records%s", (guint) fields->a, maker, id,
                          amsel_identity_get_medium_name (identity), amsel_telegram_get_n_records (telegram),
                          amsel_telegram_get_more_follows (telegram) ? ", more follow" : "");
}

gchar *
mbus_describe (AmselFrame *frame)
{
  gsize length;
  const guint8 *data = amsel_frame_get_data (frame, &length);
  MbusFrame fields;

  if (!mbus_frame_parse (data, length, &fields, NULL))
    return NULL;
  if (fields.kind == MBUS_FRAME_KIND_ACK)
    return g_strdup ("acknowledged");
  if (mbus_telegram_is_response (fields.c))
    return fields.kind == MBUS_FRAME_KIND_LONG ? describe_response (frame, &fields)
                                               : g_strdup_printf ("RSP_UD from %u: empty", (guint) fields.a);
  return fields.kind == MBUS_FRAME_KIND_LONG ? describe_command (&fields) : describe_function (&fields);
}
