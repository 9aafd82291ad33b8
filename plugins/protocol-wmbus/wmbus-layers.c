/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The layers between link and application. */
#include "wmbus-layers.h"

#include "en13757-cipher.h"

#define CI_NWL   0x81
#define CI_ELL_V 0x86
#define CI_ELL_1 0x8C
#define CI_ELL_2 0x8D
#define CI_ELL_3 0x8E
#define CI_ELL_4 0x8F
#define CI_AFL   0x90

/* Fragmentation control field. */
#define FCL_MORE            0x4000
#define FCL_MESSAGE_CONTROL 0x2000
#define FCL_MESSAGE_LENGTH  0x1000
#define FCL_COUNTER         0x0800
#define FCL_MAC             0x0400
#define FCL_KEY_INFORMATION 0x0200
#define FCL_FRAGMENT        0x00FF

#define SESSION_ENCRYPTION_SHIFT 29

AMSEL_DEFINE_SHARED_ENUM_TYPE (WmbusLayerError, wmbus_layer_error,
                               G_DEFINE_ENUM_VALUE (WMBUS_LAYER_ERROR_NONE, "none"),
                               G_DEFINE_ENUM_VALUE (WMBUS_LAYER_ERROR_PREMATURE_END, "premature-end"),
                               G_DEFINE_ENUM_VALUE (WMBUS_LAYER_ERROR_TWICE, "layer-twice"),
                               G_DEFINE_ENUM_VALUE (WMBUS_LAYER_ERROR_WRONG_FRAGMENT, "wrong-fragment"),
                               G_DEFINE_ENUM_VALUE (WMBUS_LAYER_ERROR_WRONG_LENGTH, "wrong-length"),
                               G_DEFINE_ENUM_VALUE (WMBUS_LAYER_ERROR_UNSUPPORTED_LAYER, "unsupported-layer"))

AMSEL_DEFINE_ERROR_DOMAIN (wmbus_layer_error_quark, "wmbus-layer", WMBUS_TYPE_LAYER_ERROR)

guint
wmbus_ell_get_encryption (const WmbusEll *self)
{
  return self->has_session ? self->session >> SESSION_ENCRYPTION_SHIFT : WMBUS_SESSION_PLAIN;
}

static gboolean
premature (const gchar *layer, const AmselCursor *cursor, GError **error)
{
  g_set_error (error, WMBUS_LAYER_ERROR, WMBUS_LAYER_ERROR_PREMATURE_END,
               "the telegram ends at byte %" G_GSIZE_FORMAT ", within its %s", cursor->length, layer);
  return FALSE;
}

static gboolean
twice (const gchar *layer, const AmselCursor *cursor, GError **error)
{
  g_set_error (error, WMBUS_LAYER_ERROR, WMBUS_LAYER_ERROR_TWICE,
               "byte %" G_GSIZE_FORMAT ": a second %s in one telegram", cursor->position - 1, layer);
  return FALSE;
}

static gboolean
read_address (AmselCursor *cursor, AmselIdentity *out)
{
  *out = (AmselIdentity){ .address = AMSEL_ADDRESS_NONE };
  return amsel_cursor_u16_le (cursor, &out->manufacturer) && amsel_cursor_u32_le (cursor, &out->id)
         && amsel_cursor_u8 (cursor, &out->version) && amsel_cursor_u8 (cursor, &out->medium);
}

static gboolean
read_ell (WmbusEll *self, guint8 ci, AmselCursor *cursor, GError **error)
{
  if (self->present)
    return twice ("extended link layer", cursor, error);
  self->present = TRUE;
  self->has_address = ci == CI_ELL_3 || ci == CI_ELL_4;
  self->has_session = ci == CI_ELL_2 || ci == CI_ELL_4;
  if (!amsel_cursor_u8 (cursor, &self->cc) || !amsel_cursor_u8 (cursor, &self->access_number)
      || (self->has_address && !read_address (cursor, &self->address))
      || (self->has_session && !amsel_cursor_u32_le (cursor, &self->session)))
    return premature ("extended link layer", cursor, error);
  self->plcrc = cursor->position;
  if (self->has_session && !amsel_cursor_skip (cursor, WMBUS_PLCRC_LENGTH))
    return premature ("extended link layer", cursor, error);
  return TRUE;
}

/* The network layer says how long it is; what it says of the way is for repeaters. */
static gboolean
read_nwl (WmbusLayers *self, AmselCursor *cursor, GError **error)
{
  guint8 length;

  if (self->has_nwl)
    return twice ("network layer", cursor, error);
  self->has_nwl = TRUE;
  if (!amsel_cursor_u8 (cursor, &length) || !amsel_cursor_skip (cursor, length))
    return premature ("network layer", cursor, error);
  return TRUE;
}

static gboolean
read_afl_fields (WmbusAfl *self, guint16 fcl, AmselCursor *fields)
{
  En13757Afl *security = &self->security;

  self->fragment = fcl & FCL_FRAGMENT;
  self->more = (fcl & FCL_MORE) != 0;
  security->has_counter = (fcl & FCL_COUNTER) != 0;
  security->has_key_information = (fcl & FCL_KEY_INFORMATION) != 0;
  security->has_message_length = (fcl & FCL_MESSAGE_LENGTH) != 0;
  security->has_mac = (fcl & FCL_MAC) != 0;
  if (((fcl & FCL_MESSAGE_CONTROL) && !amsel_cursor_u8 (fields, &security->mcl))
      || (security->has_key_information && !amsel_cursor_u16_le (fields, &security->key_information))
      || (security->has_counter && !amsel_cursor_u32_le (fields, &security->counter)))
    return FALSE;
  security->mac_length = security->has_mac ? en13757_mac_get_length (security->mcl) : 0;
  /* the last fragment has a MAC and no message control field: what is left before the length is the MAC */
  if (security->has_mac && !(fcl & FCL_MESSAGE_CONTROL))
    security->mac_length =
        amsel_cursor_left (fields) - MIN (amsel_cursor_left (fields), security->has_message_length ? 2 : 0);
  return amsel_cursor_bytes (fields, security->mac_length, &security->mac)
         && (!security->has_message_length || amsel_cursor_u16_le (fields, &security->message_length));
}

static gboolean
read_afl (WmbusAfl *self, AmselCursor *cursor, GError **error)
{
  AmselCursor fields;
  const guint8 *bytes;
  guint8 length;
  guint16 fcl;

  if (self->present)
    return twice ("authentication and fragmentation layer", cursor, error);
  self->present = TRUE;
  if (!amsel_cursor_u8 (cursor, &length) || !amsel_cursor_bytes (cursor, length, &bytes))
    return premature ("authentication and fragmentation layer", cursor, error);
  amsel_cursor_init (&fields, bytes, length);
  if (amsel_cursor_u16_le (&fields, &fcl) && read_afl_fields (self, fcl, &fields))
    return TRUE;
  g_set_error (error, WMBUS_LAYER_ERROR, WMBUS_LAYER_ERROR_WRONG_LENGTH,
               "the authentication and fragmentation layer has %u bytes, less than its fields need",
               (guint) length);
  return FALSE;
}

gboolean
wmbus_layers_parse (WmbusLayers *self, const guint8 *data, gsize length, gsize position, gboolean *closed,
                    GError **error)
{
  AmselCursor cursor;
  guint8 ci;

  *closed = FALSE;
  amsel_cursor_init (&cursor, data, length);
  cursor.position = position;
  for (;;)
    {
      self->application = cursor.position;
      if (!amsel_cursor_u8 (&cursor, &ci))
        return premature ("layers: a CI field is expected", &cursor, error);
      switch (ci)
        {
        case CI_ELL_1:
        case CI_ELL_2:
        case CI_ELL_3:
        case CI_ELL_4:
          if (!read_ell (&self->ell, ci, &cursor, error))
            return FALSE;
          self->application = cursor.position;
          *closed = wmbus_ell_get_encryption (&self->ell) != WMBUS_SESSION_PLAIN;
          if (*closed)
            return TRUE;
          break;
        case CI_ELL_V:
          g_set_error (error, WMBUS_LAYER_ERROR, WMBUS_LAYER_ERROR_UNSUPPORTED_LAYER,
                       "byte %" G_GSIZE_FORMAT ": extended link layer V, whose form is not known",
                       cursor.position - 1);
          return FALSE;
        case CI_NWL:
          if (!read_nwl (self, &cursor, error))
            return FALSE;
          break;
        case CI_AFL:
          if (!read_afl (&self->afl, &cursor, error))
            return FALSE;
          self->application = cursor.position;
          /* in the middle of a message there is no CI field */
          if (self->afl.fragment > 1)
            return TRUE;
          break;
        default:
          return TRUE;
        }
    }
}
