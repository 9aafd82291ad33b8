/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Frames to readout. A frame that cannot be decoded becomes a telegram without records, so that its bytes
 * reach the store and a better decoder can read them later. */
#include "amsel-harvest.h"

#include "amsel-error.h"

/* More telegrams than any meter sends in one reading. */
#define FRAMES_MAX 256

void
amsel_harvest_set_error (AmselReadoutInfo *info, const GError *error)
{
  if (error == NULL)
    return;
  info->error_domain = g_quark_to_string (error->domain);
  info->error_code = error->code;
  info->error_message = error->message;
}

AmselReadout *
amsel_harvest (AmselProtocol *protocol, AmselMeter *meter, AmselFrame *const *frames, gsize n_frames,
               gboolean complete, const GError *error, AmselReadoutInfo *info)
{
  AmselTelegram *telegrams[FRAMES_MAX] = { NULL };
  gsize n = MIN (n_frames, FRAMES_MAX);
  g_autoptr (GError) unreadable = NULL;
  AmselReadout *readout;

  for (gsize i = 0; i < n; i++)
    {
      telegrams[i] =
          amsel_protocol_decode (protocol, frames[i], meter, unreadable == NULL ? &unreadable : NULL);
      if (telegrams[i] == NULL)
        telegrams[i] = amsel_telegram_new (frames[i], 1);
      else if (unreadable == NULL && amsel_telegram_get_fault (telegrams[i]) != NULL)
        unreadable = g_error_copy (amsel_telegram_get_fault (telegrams[i]));
    }
  if (unreadable != NULL)
    {
      info->quality = AMSEL_QUALITY_UNREADABLE;
      amsel_harvest_set_error (info, unreadable);
    }
  else if (n == 0)
    info->quality = AMSEL_QUALITY_NO_READING;
  else
    info->quality = complete && error == NULL ? AMSEL_QUALITY_GOOD : AMSEL_QUALITY_PARTIAL;
  amsel_harvest_set_error (info, error);
  readout = amsel_readout_new (info, telegrams, n, 0);
  for (gsize i = 0; i < n; i++)
    amsel_telegram_unref (telegrams[i]);
  return readout;
}

AmselReadout *
amsel_harvest_nothing (AmselQuality quality, AmselReadError code, const gchar *message,
                       AmselReadoutInfo *info)
{
  info->quality = quality;
  info->error_domain = g_quark_to_string (AMSEL_READ_ERROR);
  info->error_code = (gint) code;
  info->error_message = message;
  return amsel_readout_new (info, NULL, 0, 0);
}
