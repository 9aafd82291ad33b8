/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of value reports. Where a word has been seen in a real report it stands here; everything else is
 * called by its own name, which follows the same rule: '-' between words. */
#include "report-words.h"

#include <string.h>

static const struct
{
  AmselQuantity quantity;
  const gchar *word;
} DESCRIPTIONS[] = {
  { AMSEL_QUANTITY_FLOW_TEMPERATURE, "flow-temp" },
  { AMSEL_QUANTITY_RETURN_TEMPERATURE, "return-temp" },
  { AMSEL_QUANTITY_TEMPERATURE_DIFFERENCE, "diff-temp" },
  { AMSEL_QUANTITY_EXTERNAL_TEMPERATURE, "external-temp" },
  { AMSEL_QUANTITY_DATE_TIME, "datetime" },
  { AMSEL_QUANTITY_FABRICATION_NUMBER, "fabrication-no" },
  { AMSEL_QUANTITY_ERROR_FLAGS, "error-flags-dev-spec" },
};

const gchar *
report_words_get_description (AmselQuantity quantity)
{
  for (guint i = 0; i < G_N_ELEMENTS (DESCRIPTIONS); i++)
    if (DESCRIPTIONS[i].quantity == quantity)
      return DESCRIPTIONS[i].word;
  return amsel_quantity_get_name (quantity);
}

const gchar *
report_words_get_function (AmselFunction function)
{
  switch (function)
    {
    case AMSEL_FUNCTION_MAXIMUM:
      return "max-value";
    case AMSEL_FUNCTION_MINIMUM:
      return "min-value";
    case AMSEL_FUNCTION_ERROR:
      return "err-value";
    case AMSEL_FUNCTION_NONE:
    case AMSEL_FUNCTION_INSTANTANEOUS:
      return "inst-value";
    }
  return "inst-value";
}

const gchar *
report_words_get_unit (AmselUnit unit)
{
  return unit == AMSEL_UNIT_CEL ? "°C" : amsel_unit_get_symbol (unit);
}

/* "heat/cooling load", "hot water". */
void
report_words_write_device_type (guint8 medium, GString *out)
{
  if (medium == 0x0D)
    {
      g_string_append (out, "heat/cooling load");
      return;
    }
  for (const gchar *p = amsel_medium_get_name (medium); *p != '\0'; p++)
    g_string_append_c (out, *p == '-' ? ' ' : *p);
}

static const gchar *
get_modifier_word (AmselModifier modifier)
{
  if (modifier == AMSEL_MODIFIER (COMBINABLE, 0x3B))
    return "acc-of-abs-value-only-if-pos-contr";
  if (modifier == AMSEL_MODIFIER (COMBINABLE, 0x3C))
    return "acc-of-abs-value-only-if-neg-contr";
  return amsel_modifier_get_name (modifier);
}

/* What follows the description: " no-error", " manufacturer-specific-02"; and what belongs to a VIF that only
 * the manufacturer knows: "-ff-07". */
void
report_words_write_modifiers (const AmselRecord *record, GString *out)
{
  gboolean unknown = record->quantity == AMSEL_QUANTITY_MANUFACTURER_SPECIFIC;
  guint n = MIN (record->n_modifiers, AMSEL_RECORD_MODIFIERS);

  for (guint i = 0; i < n; i++)
    {
      AmselModifier modifier = record->modifiers[i];

      if (modifier >> 8 == AMSEL_MODIFIER_TABLE_MANUFACTURER)
        g_string_append_printf (out, unknown ? "-ff-%02x" : " manufacturer-specific-%02x", modifier & 0xFF);
      else if (modifier != AMSEL_MODIFIER (COMBINABLE, 0x7F) || i + 1 == n)
        {
          g_string_append_c (out, ' ');
          g_string_append (out, get_modifier_word (modifier));
        }
    }
}

/* EN 13757-3 table 10: the low two bits of the VIFs of times say in what they count. */
const ReportDuration *
report_words_get_duration (const AmselTelegram *telegram, const AmselRecord *record)
{
  static const ReportDuration durations[] = {
    { "second(s)", 1 },
    { "minute(s)", 60 },
    { "hour(s)", 3600 },
    { "day(s)", 86400 },
  };
  guint8 vif[AMSEL_VIF_BYTES];
  gsize length = amsel_telegram_write_vif (telegram, record, vif);
  guint8 code = length > 0 ? vif[0] & 0x7F : 0;

  if ((code >= 0x20 && code <= 0x27) || (code >= 0x70 && code <= 0x77))
    return &durations[code & 3];
  return &durations[0];
}
