/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands before the content of a telegram: the link layer of EN 13757-2 (wired) or EN 13757-4 (wireless,
 * CRCs removed), the extended link layer, the authentication layer, the CI field and the header of the
 * transport layer (EN 13757-7). */
#include "driver-explain.h"
#include "en13757-ci.h"

#define WIRED_START 0x68
#define CI_ELL_1    0x8C
#define CI_ELL_2    0x8D
#define CI_ELL_3    0x8E
#define CI_ELL_4    0x8F
#define CI_AFL      0x90

static guint8
peek (const DriverExplanation *self, gsize offset)
{
  gsize place = self->position + offset;

  return place < self->length ? self->data[place] : 0;
}

static void
explain_manufacturer (DriverExplanation *self)
{
  gchar letters[4];

  amsel_manufacturer_write ((guint16) (peek (self, 0) | peek (self, 1) << 8), letters);
  driver_explain_bytes (self, 2, "manufacturer %s", letters);
}

static void
explain_id (DriverExplanation *self)
{
  driver_explain_bytes (self, 4, "identification number %02X%02X%02X%02X", peek (self, 3), peek (self, 2),
                        peek (self, 1), peek (self, 0));
}

static void
explain_version_and_medium (DriverExplanation *self)
{
  driver_explain_bytes (self, 1, "version %u", peek (self, 0));
  driver_explain_bytes (self, 1, "medium %s", amsel_medium_get_name (peek (self, 0)));
}

static void
explain_link_address (DriverExplanation *self)
{
  explain_manufacturer (self);
  explain_id (self);
  explain_version_and_medium (self);
}

static void
explain_wired (DriverExplanation *self)
{
  driver_explain_bytes (self, 1, "start of a long frame");
  driver_explain_bytes (self, 2, "L: %u bytes, twice", peek (self, 0));
  driver_explain_bytes (self, 1, "start again");
  driver_explain_bytes (self, 1, "C: data of a meter");
  driver_explain_bytes (self, 1, "A: primary address %u", peek (self, 0));
}

static void
explain_wireless (DriverExplanation *self)
{
  driver_explain_bytes (self, 1, "L: %u bytes follow", peek (self, 0));
  driver_explain_bytes (self, 1, "C: %s",
                        peek (self, 0) & 0x40 ? "sent by the meter by itself" : "an answer");
  explain_link_address (self);
}

/* The extended link layer: communication control, access number, and what its kind adds. */
static void
explain_ell (DriverExplanation *self, guint8 ci)
{
  driver_explain_bytes (self, 1, "extended link layer: communication control%s%s",
                        peek (self, 0) & 0x80 ? ", two ways" : "", peek (self, 0) & 0x10 ? ", repeated" : "");
  driver_explain_bytes (self, 1, "access number %u", peek (self, 0));
  if (ci == CI_ELL_3 || ci == CI_ELL_4)
    explain_link_address (self);
  if (ci != CI_ELL_2 && ci != CI_ELL_4)
    return;
  driver_explain_bytes (self, 4, "session number%s", peek (self, 3) & 0x20 ? ", AES in counter mode" : "");
  driver_explain_bytes (self, 2, "check of what follows");
}

static gboolean
explain_layer (DriverExplanation *self)
{
  guint8 ci = peek (self, 0);
  gsize length;

  if (ci < CI_ELL_1 || ci > CI_AFL)
    return FALSE;
  driver_explain_bytes (self, 1, "CI: %s", en13757_ci_get_name (ci));
  if (ci != CI_AFL)
    {
      explain_ell (self, ci);
      return TRUE;
    }
  length = peek (self, 0);
  driver_explain_bytes (self, 1, "authentication and fragmentation layer: %" G_GSIZE_FORMAT " bytes", length);
  driver_explain_bytes (self, length, "its control fields, counter and MAC");
  return TRUE;
}

static void
explain_status (DriverExplanation *self)
{
  guint8 status = peek (self, 0);

  driver_explain_bytes (self, 1, "status%s%s%s%s%s", status == 0 ? ": nothing to report" : "",
                        status & 0x03 ? ": application busy or in error" : "",
                        status & 0x04 ? ": power low" : "", status & 0x08 ? ": permanent error" : "",
                        status & 0xF0 ? ": temporary or the maker's" : "");
}

/* The header of the transport layer, as far as the CI field announces one. */
static void
explain_transport (DriverExplanation *self, const AmselTelegramHeader *header)
{
  gsize length = en13757_ci_get (header->ci, TRUE).header_length;
  guint mode = header->configuration >> 8 & 0x1F;

  if (length == EN13757_LONG_HEADER_LENGTH)
    {
      explain_id (self);
      explain_manufacturer (self);
      explain_version_and_medium (self);
    }
  if (length == 0)
    return;
  driver_explain_bytes (self, 1, "access number %u", peek (self, 0));
  explain_status (self);
  driver_explain_bytes (self, 2, "configuration: security mode %u, %s", mode,
                        amsel_encryption_get_name (header->encryption));
}

void
driver_explain_layers (DriverExplanation *self, const AmselTelegramHeader *header)
{
  if (peek (self, 0) == WIRED_START && peek (self, 3) == WIRED_START)
    explain_wired (self);
  else
    explain_wireless (self);
  while (explain_layer (self))
    ;
  driver_explain_bytes (self, 1, "CI: %s", en13757_ci_get_name (peek (self, 0)));
  explain_transport (self, header);
}
