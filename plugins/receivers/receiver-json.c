/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Receivers that give one JSON object a line: rtl_433 with -F json, and bridges that forward telegrams.
 *
 *   rtl_433   {"time":"2024-05-01 10:11:12","model":"Wireless-MBus","mode":"T","data":"2e44…","mic":"CRC"}
 *   others    {"telegram":"2E44…","rssi_dbm":-71,"mode":"T1","timestamp":"2024-05-01T10:11:12Z"}
 *
 * The names that are known are in the tables below; everything else in an object is passed over. */
#include <json-glib/json-glib.h>

#include "receiver-private.h"

static const gchar *const TELEGRAM_NAMES[] = { "telegram", "data", "payload", "raw", NULL };
static const gchar *const RSSI_NAMES[] = { "rssi_dbm", "rssi", NULL };
static const gchar *const TIME_NAMES[] = { "timestamp", "time", NULL };

static JsonNode *
find_member (JsonObject *object, const gchar *const *names)
{
  for (gsize i = 0; names[i] != NULL; i++)
    {
      JsonNode *node = json_object_get_member (object, names[i]);

      if (node != NULL && JSON_NODE_HOLDS_VALUE (node))
        return node;
    }
  return NULL;
}

static const gchar *
get_text (JsonNode *node)
{
  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node)
                                                                          : NULL;
}

static gboolean
read_object (JsonObject *object, ReceiverMessage *out, GError **error)
{
  static const gchar *const mode_name[] = { "mode", NULL };
  const gchar *hex = get_text (find_member (object, TELEGRAM_NAMES));
  JsonNode *rssi = find_member (object, RSSI_NAMES);
  const gchar *text;

  if (hex == NULL)
    {
      g_set_error_literal (error, RECEIVER_ERROR, RECEIVER_ERROR_NO_TELEGRAM, "an object without a telegram");
      return FALSE;
    }
  if (!receiver_parse_hex (hex, strlen (hex), 1, out, error))
    return FALSE;
  if (rssi != NULL && json_node_get_value_type (rssi) != G_TYPE_STRING)
    out->rssi_dbm = receiver_check_rssi (json_node_get_double (rssi));
  text = get_text (find_member (object, mode_name));
  if (text != NULL)
    out->mode = receiver_parse_mode (text, strlen (text));
  text = get_text (find_member (object, TIME_NAMES));
  if (text != NULL)
    out->heard_us = receiver_parse_time (text, strlen (text));
  return TRUE;
}

static gboolean
read_line (const gchar *line, gsize length, gboolean only_wmbus, ReceiverMessage *out, GError **error)
{
  static const gchar *const model_name[] = { "model", NULL };
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) local = NULL;
  JsonNode *root;
  const gchar *model;

  if (!json_parser_load_from_data (parser, line, (gssize) length, &local))
    {
      g_set_error (error, RECEIVER_ERROR, RECEIVER_ERROR_GARBAGE, "a line that is no JSON: %s",
                   local->message);
      return FALSE;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, RECEIVER_ERROR, RECEIVER_ERROR_NO_TELEGRAM, "JSON that is no object");
      return FALSE;
    }
  model = get_text (find_member (json_node_get_object (root), model_name));
  if (only_wmbus && (model == NULL || g_ascii_strcasecmp (model, "Wireless-MBus") != 0))
    {
      g_set_error (error, RECEIVER_ERROR, RECEIVER_ERROR_NO_TELEGRAM, "a message of “%s”",
                   model != NULL ? model : "no model");
      return FALSE;
    }
  return read_object (json_node_get_object (root), out, error);
}

static gboolean
read_rtl_433 (const gchar *line, gsize length, ReceiverMessage *out, GError **error)
{
  return read_line (line, length, TRUE, out, error);
}

static gboolean
read_json (const gchar *line, gsize length, ReceiverMessage *out, GError **error)
{
  return read_line (line, length, FALSE, out, error);
}

static AmselFrameStatus
find_rtl_433 (const guint8 *data, gsize length, gsize *used, ReceiverMessage *out, GError **error)
{
  return receiver_find_in_line (data, length, used, read_rtl_433, out, error);
}

static AmselFrameStatus
find_json (const guint8 *data, gsize length, gsize *used, ReceiverMessage *out, GError **error)
{
  return receiver_find_in_line (data, length, used, read_json, out, error);
}

const ReceiverKind receiver_rtl_433 = {
  .name = "rtl-433",
  .is_text = TRUE,
  .blurb = "JSON lines of rtl_433 (RTL-SDR sticks)",
  .find = find_rtl_433,
};

const ReceiverKind receiver_json = {
  .name = "json",
  .is_text = TRUE,
  .blurb = "JSON lines with a telegram in hexadecimal digits",
  .find = find_json,
};
