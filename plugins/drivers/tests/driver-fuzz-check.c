/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks at all that is made of a telegram with fields: each has a name of its own, a value that can be
 * printed and read again or a reason; the JSON is read by another program's parser. */
#include "driver-fuzz-check.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "driver-explain.h"
#include "driver-telegram.h"

static void
check_number (const AmselField *field)
{
  g_autofree gchar *text = amsel_decimal_to_string (&field->decimal);
  gchar *end;
  gdouble number = g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || !isfinite (number) || strspn (text, "-.0123456789") != strlen (text))
    g_error ("%s is %s", field->name, text);
}

static void
check_text (const AmselTelegram *telegram, const AmselField *field)
{
  const gchar *text = amsel_telegram_get_text_of_field (telegram, field);

  if (strlen (text) != field->text_length || !g_utf8_validate (text, field->text_length, NULL))
    g_error ("the text of %s is none", field->name);
}

static void
check_field (const AmselTelegram *telegram, const AmselField *field)
{
  if (!amsel_field_name_is_valid (field->name) || field->role > AMSEL_FIELD_INFO
      || amsel_quantity_get_name ((AmselQuantity) field->quantity) == NULL
      || (field->kind == AMSEL_VALUE_NONE) != (field->reason != AMSEL_REASON_NONE))
    g_error ("field %s makes no sense", field->name);
  switch ((AmselValueKind) field->kind)
    {
    case AMSEL_VALUE_NONE:
      g_assert_nonnull (amsel_reason_get_name ((AmselReason) field->reason));
      return;
    case AMSEL_VALUE_DECIMAL:
      check_number (field);
      return;
    case AMSEL_VALUE_DATE:
      if (!amsel_date_is_valid (&field->date))
        g_error ("%s is no date", field->name);
      return;
    case AMSEL_VALUE_TEXT:
      check_text (telegram, field);
      return;
    case AMSEL_VALUE_REAL:
    case AMSEL_VALUE_BYTES:
      g_error ("%s has a value of a kind that fields do not have", field->name);
    }
}

/* One object that has a member for each field: so names are not doubled, either. */
static void
check_json (const AmselTelegram *telegram, gsize n_fields)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = amsel_telegram_to_json (telegram, "wmbus");
  JsonObject *object;

  if (!json_parser_load_from_data (parser, text, -1, &error))
    g_error ("%s in %s", error->message, text);
  object = json_node_get_object (json_parser_get_root (parser));
  if (json_object_has_member (object, "fields") != (amsel_telegram_get_driver (telegram) != NULL))
    g_error ("fields and driver belong together: %s", text);
  if (n_fields > 0
      && json_object_get_size (json_object_get_object_member (object, "fields")) != (guint) n_fields)
    g_error ("there are %" G_GSIZE_FORMAT " fields: %s", n_fields, text);
}

void
driver_fuzz_check (const AmselTelegram *telegram)
{
  gsize n;
  const AmselField *fields = amsel_telegram_get_fields (telegram, &n);

  if (n > 0 && amsel_telegram_get_driver (telegram) == NULL)
    g_error ("fields of no driver");
  for (gsize i = 0; i < n; i++)
    check_field (telegram, &fields[i]);
  check_json (telegram, n);
}

void
driver_fuzz_check_explanation (const AmselTelegram *telegram)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GByteArray) bytes = NULL;
  gsize length;
  const guint8 *data;

  driver_explain (telegram, text);
  g_assert_true (g_utf8_validate (text->str, (gssize) text->len, NULL));
  bytes = driver_telegram_collect (text->str);
  data = amsel_telegram_get_payload (telegram, &length);
  g_assert_cmpmem (bytes->data, bytes->len, data, length);
}
