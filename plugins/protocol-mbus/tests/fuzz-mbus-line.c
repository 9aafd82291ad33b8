/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whatever comes over a line while a meter is read: the reading must end, with an error or a telegram, and
 * the line must be free for the next one.
 *
 * The input is what the line brings. A byte from F0 to FF is an instruction instead: how long to wait before
 * the next byte, a damaged character, a lost port, or a user who gives up. */
#include "mbus-meter.h"
#include "mbus-protocol.h"
#include "mock-line.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define PAUSE_US  7000
#define LIMIT_US  (600 * (gint64) G_USEC_PER_SEC)
#define INPUT_MAX 4096

enum
{
  CODE_FIRST = 0xF0,
  CODE_DAMAGED = 0xFC,
  CODE_BREAK = 0xFD,
  CODE_LOST = 0xFE,
  CODE_CANCEL = 0xFF,
};

typedef struct
{
  TestClock *clock;
  MockTransport *transport;
  AmselLine *line;
  AmselDialogue *dialogue; /* (unowned): the one that runs */
  gboolean done;
} Fixture;

static void
on_done (AmselDialogue *dialogue, const AmselDialogueReport *report G_GNUC_UNUSED, const GError *error,
         gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_false (f->done);
  g_assert_true (error != NULL || amsel_dialogue_get_frames (dialogue)->len > 0);
  f->done = TRUE;
}

static void
begin (Fixture *f, AmselProtocol *protocol, const gchar *address)
{
  g_autoptr (AmselMeter) meter = g_object_new (MBUS_TYPE_METER, "address", address, NULL);
  g_autoptr (AmselDialogue) dialogue = amsel_protocol_read (protocol, meter, NULL);

  f->done = FALSE;
  f->dialogue = dialogue;
  amsel_line_submit (f->line, AMSEL_LANE_SCHEDULED, protocol, dialogue, AMSEL_PATIENCE_FULL, on_done, f);
}

static void
bring (Fixture *f, guint8 byte)
{
  g_autoptr (GError) lost =
      g_error_new_literal (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_LOST, "the port is gone");
  const gchar character = byte == CODE_BREAK ? '\0' : 'x';
  g_autoptr (GBytes) bytes = g_bytes_new (&byte, 1);

  if (byte < CODE_FIRST)
    amsel_transport_received (AMSEL_TRANSPORT (f->transport), bytes);
  else if (byte < CODE_DAMAGED)
    test_clock_advance (f->clock, PAUSE_US << (byte - CODE_FIRST));
  else if (byte < CODE_LOST)
    mock_transport_inject_damaged (f->transport, &character, 1);
  else if (byte == CODE_LOST)
    amsel_transport_lost (AMSEL_TRANSPORT (f->transport), lost);
  else if (!f->done)
    amsel_line_cancel (f->line, f->dialogue);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const gchar *const ADDRESSES[] = { "5", "12345678", "254" };
  Fixture f = { .clock = test_clock_new (0) };
  g_autoptr (AmselProtocol) protocol = g_object_new (MBUS_TYPE_PROTOCOL, NULL);

  f.transport = mock_transport_new (f.clock);
  f.line = amsel_line_new ("fuzz", AMSEL_TRANSPORT (f.transport));
  amsel_line_start (f.line);
  test_clock_advance (f.clock, 0);
  begin (&f, protocol, ADDRESSES[size % G_N_ELEMENTS (ADDRESSES)]);
  for (gsize i = 0; i < MIN (size, INPUT_MAX); i++)
    bring (&f, data[i]);
  test_clock_run_until (f.clock, &f.done, LIMIT_US);
  /* the line is free, and open again where it was lost */
  test_clock_advance (f.clock, 120 * G_USEC_PER_SEC);
  g_assert_cmpuint (amsel_line_get_n_waiting (f.line), ==, 0);
  begin (&f, protocol, "7");
  test_clock_run_until (f.clock, &f.done, LIMIT_US);
  amsel_line_stop (f.line);
  test_clock_advance (f.clock, 0);
  g_object_unref (f.line);
  g_object_unref (f.transport);
  g_object_unref (f.clock);
  return 0;
}
